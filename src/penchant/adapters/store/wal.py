"""The write-ahead log: is all of it there that was promised, and how to empty it for good.

SQLite cuts a log at the first frame whose checksum fails. After a power cut that is right: the
rest was never acknowledged. After a flipped bit it would drop acknowledged entries in silence.
The log's index (`-shm`) says how many frames were synced and acknowledged; it is written after
the sync, so it may lag behind but never run ahead. Fewer whole frames than it says is damage.
Source: https://sqlite.org/fileformat2.html#the_write_ahead_log, https://sqlite.org/walformat.html.
"""

import os
import sqlite3
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from penchant.adapters.store.schema import closed_on_error, damaged
from penchant.errors import StoreDamaged, StoreFailed

__all__ = ["LogIndex", "beside", "check_log"]

_HEADER, _FRAME_HEADER = 32, 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
_INDEX_HEADER, _INDEX_SUMMED, _COPIED_AT = 48, 40, 96


class _Promise(NamedTuple):
    """What the index says of the log: its salts, frames acknowledged, frames copied home."""

    salts: bytes
    frames: int
    copied: int


def beside(path: Path, ending: str) -> Path:
    """Give the file of that ending beside another, such as `people.db-wal`."""
    return path.with_name(path.name + ending)


def check_log(path: Path) -> None:
    """Hold the log against what its index promises, before SQLite opens and cuts it.

    Args:
        path: The database whose `-wal` and `-shm` are looked at; no connection may be open.

    Raises:
        StoreDamaged: When acknowledged frames are missing or changed.
    """
    promise = _promise(_bytes(beside(path, "-shm")))
    if promise is None or promise.copied >= promise.frames:
        return
    log = _bytes(beside(path, "-wal"))
    order = _byte_order(log)
    if order is None:
        whole = 0
    elif log[16:24] != promise.salts:
        return  # a later log: SQLite starts one only when all of the former was copied home
    else:
        whole = _whole_frames(log, order)
    if whole < promise.frames:
        raise StoreDamaged(damaged(beside(path, "-wal")))


class LogIndex:
    """Empties the log of a connection for good, its index being truthful on disk at every step.

    The index stays open as long as this: closing any descriptor of it would drop the locks SQLite
    holds on it (POSIX).
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Take over a connection; it is closed with this, and when the file is not whole."""
        self._connection, self._path = connection, path
        with closed_on_error(connection):
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # makes the index
            self._file = os.open(beside(path, "-shm"), os.O_RDWR)

    def empty(self) -> None:
        """Copy the log home and cut it to nothing.

        Raises:
            StoreFailed: When a reader holds on to the log.
        """
        self._checkpoint("FULL")
        os.fsync(self._file)  # else a power cut could leave an index that promises what is cut now
        self._checkpoint("TRUNCATE")

    def close(self) -> None:
        """Empty the log if nobody reads it, then close the connection, then the index."""
        with suppress(sqlite3.Error, StoreFailed):  # what is in the log is durable there, too
            self.empty()
        self._connection.close()
        os.close(self._file)

    def _checkpoint(self, how: Literal["FULL", "TRUNCATE"]) -> None:
        """Run one checkpoint and look at its busy flag."""
        busy, _, _ = self._connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
        if busy:
            raise StoreFailed(
                f"The log of `{self._path.name}` cannot be emptied while another program reads "
                f"it. Close that program, then call again; the next opening finishes it too."
            )


def _bytes(path: Path) -> bytes:
    """Give what a file holds; nothing when there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _promise(index: bytes) -> _Promise | None:
    """Read the index's header, when both copies of it agree and its checksum fits."""
    if len(index) < _COPIED_AT + 4 or index[:_INDEX_HEADER] != index[_INDEX_HEADER : 2 * 48]:
        return None
    native = "<" if sys.byteorder == "little" else ">"
    summed = struct.unpack_from(f"{native}2I", index, _INDEX_SUMMED)
    if not any(summed) or _checksum(index[:_INDEX_SUMMED], native, (0, 0)) != summed:
        return None
    (frames,) = struct.unpack_from(f"{native}I", index, 16)
    (copied,) = struct.unpack_from(f"{native}I", index, _COPIED_AT)
    return _Promise(index[32:40], frames, copied)


def _byte_order(log: bytes) -> str | None:
    """Give the byte order of the log's checksums, or None when its header is not whole."""
    if len(log) < _HEADER:
        return None
    order = _MAGIC.get(int.from_bytes(log[:4], "big"))
    whole = order is not None and _checksum(log[:24], order, (0, 0)) == _pair(log, 24)
    return order if whole else None


def _whole_frames(log: bytes, order: str) -> int:
    """Count the frames up to the last commit whose checksums fit."""
    size = _FRAME_HEADER + int.from_bytes(log[8:12], "big")
    seed, committed = _pair(log, 24), 0
    for number, at in enumerate(range(_HEADER, len(log) - size + 1, size), start=1):
        seed = _checksum(log[at : at + 8] + log[at + _FRAME_HEADER : at + size], order, seed)
        if log[at + 8 : at + 16] != log[16:24] or seed != _pair(log, at + 16):
            break
        if any(log[at + 4 : at + 8]):
            committed = number
    return committed


def _pair(log: bytes, at: int) -> tuple[int, int]:
    """Read two big-endian words."""
    return int.from_bytes(log[at : at + 4], "big"), int.from_bytes(log[at + 4 : at + 8], "big")


def _checksum(content: bytes, order: str, seed: tuple[int, int]) -> tuple[int, int]:
    """Go on with SQLite's checksum over some bytes (file format, section 4.2)."""
    one, two = seed
    words = iter(struct.unpack(f"{order}{len(content) // 4}I", content))
    for even, odd in zip(words, words, strict=True):
        one = (one + even + two) & 0xFFFFFFFF
        two = (two + odd + one) & 0xFFFFFFFF
    return one, two
