"""Streams: how long each person's chain is and what its last hash says.

The head (seq and hash) of a stream is written in the same transaction as its entries, so a tail
that was cut off is seen. Used by the writing thread alone.
"""

import sqlite3
from collections import OrderedDict
from pathlib import Path

from msgspec import Struct

from penchant.adapters.store.sealing import START, Names
from penchant.errors import StoreDamaged, StoreFailed

__all__ = ["FORGOTTEN", "MISFITS", "REMOVED", "Stream", "Streams", "misfit", "named"]

FORGOTTEN = "forgotten"
"""The kind of the entry that says: all before it was forgotten. It holds a time and no more."""

REMOVED = "removed"
"""The kind of an entry that was emptied by itself; what vouches for it stands for its nonce."""

MISFITS = (
    "SELECT s.pseudonym, s.seq FROM stream s"
    " LEFT JOIN entry head ON head.stream = s.id AND head.seq = s.seq"
    " LEFT JOIN entry mark ON mark.stream = s.id AND mark.seq = s.erased"
    " WHERE ((head.hash IS NOT s.hash AND (s.seq <> 0 OR s.hash <> zeroblob(32)))"
    " OR (s.erased <> 0 AND mark.kind IS NOT 'forgotten'))"
)
"""Streams whose last entry, or whose last forgetting, is not where the head says."""

_KNOWN = 50_000  # heads kept at hand; about 200 bytes each

_LOOK_UP = (
    "SELECT s.id, s.seq, s.hash, s.erased, s.key_version,"
    " EXISTS (SELECT 1 FROM erasure WHERE stream = s.id AND NOT done)"
    " FROM stream s WHERE s.pseudonym = ?"
)


class Stream(Struct):
    """The head of one person's chain; entries up to `erased` are forgotten.

    `key_version` is that of the key which seals the others, or sealed the last that are forgotten.
    """

    id: int
    pseudonym: bytes
    seq: int
    hash: bytes
    erased: int
    key_version: int = 0

    @property
    def is_live(self) -> bool:
        """Whether there are entries that are not forgotten."""
        return self.seq > self.erased


class Streams:
    """Finds heads by person, and keeps those used last at hand."""

    def __init__(self, connection: sqlite3.Connection, names: Names, path: Path) -> None:
        self._connection, self._names, self._path = connection, names, path
        self._known: OrderedDict[str, Stream] = OrderedDict()

    def find(self, person: str) -> Stream | None:
        """Give the head of a person's stream, or None when there is none.

        Raises:
            StoreDamaged: When the chain's end is not where its head says.
            StoreFailed: When a forgetting of this person is not finished.
        """
        stream = self._known.get(person)
        if stream is None:
            stream = self._load(self._names.pseudonym(person))
            if stream is not None:
                self._keep(person, stream)
        else:
            self._known.move_to_end(person)
        return stream

    def add(self, person: str) -> Stream:
        """Start the stream of a person who has none, in the running transaction."""
        pseudonym = self._names.pseudonym(person)
        added = self._connection.execute(
            "INSERT INTO stream (pseudonym, seq, hash, erased) VALUES (?, 0, ?, 0)",
            (pseudonym, START),
        )
        stream = Stream(int(added.lastrowid or 0), pseudonym, 0, START, 0)
        self._keep(person, stream)
        return stream

    def drop(self, person: str) -> None:
        """Know nothing of a head any more; the next look goes to the disk."""
        self._known.pop(person, None)

    def _load(self, pseudonym: bytes) -> Stream | None:
        """Read a head from the disk."""
        row = self._connection.execute(_LOOK_UP, (pseudonym,)).fetchone()
        if row is None:
            return None
        number, seq, last, erased, key_version, unfinished = row
        if unfinished:
            raise StoreFailed(
                f"Stream `{pseudonym.hex()}` is being forgotten, and the last try did not get to "
                f"its end. Call forget again, or open the store anew; then go on."
            )
        wrong = self._connection.execute(f"{MISFITS} AND s.pseudonym = ?", (pseudonym,)).fetchone()
        if wrong is not None:
            raise misfit(self._path, *wrong)
        return Stream(number, pseudonym, seq, last, erased, key_version)

    def _keep(self, person: str, stream: Stream) -> None:
        """Keep a head at hand, and drop the one used longest ago when there are too many."""
        self._known[person] = stream
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)


def named(pseudonym: object) -> str:
    """Give the name of a stream for a message; it may be anything where a bit was changed."""
    return pseudonym.hex() if isinstance(pseudonym, bytes) else "?"


def misfit(path: Path, pseudonym: object, seq: object) -> StoreDamaged:
    """Say which stream is not whole, and where."""
    return StoreDamaged(
        f"Stream `{named(pseudonym)}` of `{path.name}` is not whole at seq {seq}: an entry is "
        "missing, moved or changed. Restore the file with its key file from a backup of the same "
        "time."
    )
