"""Forgetting a person: five steps, each durable, so that it can stop anywhere and be finished.

1 say so in the journal  2 destroy the key  3 empty the entries  4 empty the log  5 say it is done.
After step 2 nothing can be read any more, wherever copies of the entries lie; of somebody with many
entries steps 3 to 5 follow behind the receipt, a piece at a time. What stays is the length of the
chain and its hashes. Used by the writing thread alone, and at opening.
Rule: no key is destroyed for a forgetting behind which the chain has gone on.
Source: docs/explanation/what-is-on-disk.md.
"""

import sqlite3
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from penchant.adapters.store.keys import Destroyed, Keyring
from penchant.adapters.store.schema import disk, transaction
from penchant.adapters.store.sealing import EPOCH, NONCE_BYTES, Names, link
from penchant.adapters.store.streams import FORGOTTEN, misfit
from penchant.adapters.store.wal import LogIndex
from penchant.words import Receipt

__all__ = ["Erasure", "Forgetting"]

_NO_NONCE = bytes(NONCE_BYTES)
_BEGUN, _DONE, _KEYLESS = 0, 1, 2
"""How far a forgetting is: said, finished, or with the key destroyed and room still to empty."""

_SAID = (
    "SELECT s.seq, s.id, s.pseudonym, s.key_version, r.seq, r.at, r.entries, r.outcomes"
    " FROM erasure r JOIN stream s ON s.id = r.stream WHERE r.done ="
)
_OPEN = f"{_SAID} {_BEGUN}"


class Erasure(Struct, frozen=True):
    """One forgetting: the stream, its key, the place of its mark, the time, and what it takes."""

    stream: int
    pseudonym: bytes
    key_version: int
    seq: int
    at_microseconds: int
    entries: int
    outcomes: int

    @property
    def destroyed(self) -> Destroyed:
        """Which keys it destroys."""
        return Destroyed(self.pseudonym, self.key_version, self.at_microseconds)

    def receipt(self) -> Receipt:
        """Give the proof of it."""
        at = EPOCH + timedelta(microseconds=self.at_microseconds)
        return Receipt(self.pseudonym.hex(), at, self.entries, self.outcomes)


class Forgetting:
    """Takes the steps, in order."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        log: LogIndex,
        keyring: Keyring,
        path: Path,
        *,
        at_once: int,
    ) -> None:
        """Work on a journal and its keys; nobody waits for more than `at_once` entries emptied."""
        self._connection, self._log = connection, log
        self._keyring, self._path, self._at_once = keyring, path, at_once
        self._emptying: deque[tuple[Erasure, int]] = deque()

    def forget(self, person: str, at: datetime, names: Names) -> Receipt:
        """Make all that is kept of a person unreadable.

        Raises:
            StoreDamaged: When what is said of an earlier forgetting does not fit the stream.
            StoreFailed: When it could not be finished now; the next call or opening finishes it.
        """
        pseudonym = names.pseudonym(person)
        with disk(self._path):
            at_microseconds = (at - EPOCH) // timedelta(microseconds=1)
            erasure = self._open(pseudonym) or self._begin(pseudonym, at_microseconds)
            if erasure is None:
                return Receipt(pseudonym.hex(), at, 0)
            if erasure.entries > self._at_once:
                self._take_key(erasure)
            else:
                self.finish(erasure)
            return erasure.receipt()

    def finish_open(self) -> None:
        """Finish whatever was begun and not finished.

        Raises:
            StoreDamaged: When what is said of a forgetting does not fit its stream.
            StoreFailed: When one could not be finished now.
        """
        with disk(self._path):
            for row in self._connection.execute(_OPEN).fetchall():
                self.finish(self._unfinished(*row))
            for _, *said in self._connection.execute(f"{_SAID} {_KEYLESS}").fetchall():
                self._emptying.append((Erasure(*said), 0))
        while self.empty_some():
            pass

    def say_again(self, gone: Sequence[Destroyed]) -> None:
        """Say of streams whose keys were destroyed after this journal was copied: forgotten.

        Raises:
            StoreFailed: When it could not be written; the next opening does.
        """
        with disk(self._path):
            for pseudonym, _, at_microseconds in gone:
                self._begin(pseudonym, at_microseconds)

    def finish(self, erasure: Erasure) -> None:
        """Take the steps after the first; taking one again does no harm."""
        self._keyring.erase([erasure.destroyed])
        self.empty_entries(erasure)
        self._log.empty()
        self.mark_done(erasure)

    def empty_some(self) -> bool:
        """Take the next piece of what follows behind a receipt; say whether there was one.

        Raises:
            StoreFailed: When it could not be taken now; the next call or opening takes it.
        """
        if not self._emptying:
            return False
        erasure, after = self._emptying[0]
        upto = min(after + self._at_once, erasure.seq - 1)
        with disk(self._path):
            self.empty_entries(erasure, after, upto)
            self._emptying[0] = erasure, upto
            if upto == erasure.seq - 1:
                self._log.empty()
                self.mark_done(erasure)
                self._emptying.popleft()
        return True

    def empty_entries(self, erasure: Erasure, after: int = 0, upto: int | None = None) -> None:
        """Leave of each entry its place and its hash; of those behind `after` up to `upto`."""
        last = erasure.seq - 1 if upto is None else upto
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE entry SET kind = NULL, ref = NULL, nonce = NULL, sealed = NULL"
                " WHERE stream = ? AND seq > ? AND seq <= ? AND sealed IS NOT NULL",
                (erasure.stream, after, last),
            )

    def mark_done(self, erasure: Erasure, how: int = _DONE) -> None:
        """Say how far it is: that nothing is left to do."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE erasure SET done = ? WHERE stream = ? AND seq = ?",
                (how, erasure.stream, erasure.seq),
            )

    def _take_key(self, erasure: Erasure) -> None:
        """Destroy the key, and let the room be emptied behind the receipt."""
        self._keyring.erase([erasure.destroyed])
        self.mark_done(erasure, _KEYLESS)
        self._emptying.append((erasure, 0))

    def _open(self, pseudonym: bytes) -> Erasure | None:
        """Give the forgetting of a stream that is not finished."""
        row = self._connection.execute(f"{_OPEN} AND s.pseudonym = ?", (pseudonym,)).fetchone()
        return None if row is None else self._unfinished(*row)

    def _unfinished(self, last: int, *said: Any) -> Erasure:
        """Take up a forgetting that the journal says is not finished.

        Raises:
            StoreDamaged: When the stream went on behind it. That only happens once it is finished:
                what says otherwise is not as written, and the key is one made since.
        """
        erasure = Erasure(*said)
        if last != erasure.seq:
            raise misfit(self._path, erasure.pseudonym, erasure.seq)
        return erasure

    def _begin(self, pseudonym: bytes, at_microseconds: int) -> Erasure | None:
        """Put the mark at the end of the stream; None when there is nothing to forget."""
        with transaction(self._connection):
            head = self._connection.execute(
                "SELECT id, seq, hash, erased, key_version FROM stream WHERE pseudonym = ?",
                (pseudonym,),
            ).fetchone()
            if head is None or head[1] == head[3]:
                return None
            stream, last, before, erased, version = head
            entries, outcomes = self._connection.execute(
                "SELECT count(*), coalesce(sum(kind = 'learned'), 0) FROM entry"
                " WHERE stream = ? AND seq > ?",
                (stream, erased),
            ).fetchone()
            erasure = Erasure(
                stream, pseudonym, version, last + 1, at_microseconds, entries, outcomes
            )
            self._write_mark(erasure, before)
        return erasure

    def _write_mark(self, erasure: Erasure, before: bytes) -> None:
        """Write the mark, the new head and the intent."""
        said = erasure.at_microseconds.to_bytes(8, "big", signed=True)
        last = link(before, erasure.seq, erasure.pseudonym, _NO_NONCE, said)
        self._connection.execute(
            "INSERT INTO entry (stream, seq, kind, nonce, sealed, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (erasure.stream, erasure.seq, FORGOTTEN, _NO_NONCE, said, last),
        )
        self._connection.execute(
            "UPDATE stream SET seq = ?, hash = ?, erased = ? WHERE id = ?",
            (erasure.seq, last, erasure.seq, erasure.stream),
        )
        self._connection.execute(
            "INSERT INTO erasure VALUES (?, ?, ?, ?, ?, 0)",
            (
                erasure.stream,
                erasure.seq,
                erasure.at_microseconds,
                erasure.entries,
                erasure.outcomes,
            ),
        )
