"""Reading: every link of a chain is followed and every seal opened before its fact is given.

Rows come in chunks, each in a read of its own, so that a slow reader never holds on to the log.
A fact forgotten while a read goes on is left out from then on.
"""

import hmac
import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag

from penchant.adapters.store.keys import Keyring
from penchant.adapters.store.schema import disk, reconnect
from penchant.adapters.store.sealing import EPOCH, START, Names, link, unseal
from penchant.adapters.store.streams import FORGOTTEN, MISFITS, REMOVED, misfit
from penchant.errors import StoreDamaged, StoreFailed
from penchant.journal import Decided, Fact, decode
from penchant.words import Decision

__all__ = ["Reader", "Row"]

_ROW = (
    "SELECT e.id, e.seq, e.kind, e.ref, e.nonce, e.sealed, e.hash, s.id, s.pseudonym, s.erased"
    " FROM entry e LEFT JOIN stream s ON s.id = e.stream"
)
_OF_ONE = f"{_ROW} WHERE e.stream = :stream AND e.seq > :after AND e.seq <= :last ORDER BY e.seq"
_OF_ALL = f"{_ROW} WHERE e.id > :after AND e.id <= :last ORDER BY e.id"
_FORGOTTEN = (
    "SELECT r.at FROM erasure r JOIN stream s ON s.id = r.stream"
    " WHERE s.pseudonym = ? ORDER BY r.seq DESC LIMIT 1"
)
_FOUND = f"{_ROW} WHERE e.ref = ? AND e.seq > s.erased ORDER BY e.id DESC LIMIT 1"


class Row(NamedTuple):
    """One entry as it lies on the disk, beside the head of its stream; nothing in it is trusted."""

    id: int
    seq: int
    kind: Any
    ref: Any
    nonce: Any
    sealed: Any
    hash: Any
    stream: Any
    pseudonym: Any
    erased: Any


class _Span(NamedTuple):
    """Which rows a read goes through, and how many they must be."""

    stream: int | None
    last: int
    rows: int


class Reader:
    """Reads from many threads at once, each chunk with a connection of its own."""

    def __init__(self, path: Path, names: Names, keyring: Keyring, *, chunk_rows: int) -> None:
        self._path, self._names, self._keyring = path, names, keyring
        self._chunk_rows = chunk_rows
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        self._closed = threading.Event()

    def read(self, person: str | None) -> Iterator[Fact]:
        """Give one person's facts, or everybody's, as they stand at this call.

        Raises:
            StoreDamaged: At once when an end does not fit; else before the fact that does not.
        """
        pseudonym = None if person is None else self._names.pseudonym(person)
        with self._connection() as connection:
            connection.execute("BEGIN")
            try:
                span = self._span(connection, pseudonym)
            finally:
                connection.execute("COMMIT")
        return self._facts(span)

    def find(self, decision: str) -> Decision | None:
        """Give the latest decision of that id, or None."""
        ref = self._names.ref(decision)
        with self._connection() as connection:
            found = connection.execute(_FOUND, (ref,)).fetchone()
            if found is None:
                return None
            row = Row(*found)
            before = connection.execute(
                "SELECT hash FROM entry WHERE stream = ? AND seq = ?", (row.stream, row.seq - 1)
            ).fetchone()
        self._follow(row, row.seq - 1, START if before is None else before[0])
        fact = self._open(row)
        return fact.decision if isinstance(fact, Decided) else None

    def forgotten(self, person: str) -> datetime | None:
        """Give the time of the last forgetting of a person, or None."""
        with self._connection() as connection:
            found = connection.execute(_FORGOTTEN, (self._names.pseudonym(person),)).fetchone()
        return None if found is None else EPOCH + timedelta(microseconds=found[0])

    def close(self) -> None:
        """Close every connection that is not reading right now; the others follow."""
        self._closed.set()
        while not self._idle.empty():
            self._idle.get().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection."""
        if self._closed.is_set():
            raise StoreFailed("The store is closed. Open it again to go on.")
        with disk(self._path):
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                connection = reconnect(self._path, busy_seconds=5.0)
            try:
                yield connection
            finally:
                self._idle.put(connection)
                if self._closed.is_set():
                    self.close()

    def _span(self, connection: sqlite3.Connection, pseudonym: bytes | None) -> _Span:
        """See that ends fit, and say what is to be read."""
        which = "" if pseudonym is None else " AND s.pseudonym = :name"
        wrong = connection.execute(f"{MISFITS}{which} LIMIT 1", {"name": pseudonym}).fetchone()
        if wrong is not None:
            raise misfit(self._path, *wrong)
        if pseudonym is None:
            rows = connection.execute("SELECT coalesce(sum(seq), 0) FROM stream").fetchone()[0]
            last = connection.execute("SELECT coalesce(max(id), 0) FROM entry").fetchone()[0]
            return _Span(None, last, rows)
        head = connection.execute(
            "SELECT id, seq FROM stream WHERE pseudonym = ?", (pseudonym,)
        ).fetchone()
        return _Span(0, 0, 0) if head is None else _Span(head[0], head[1], head[1])

    def _rows(self, span: _Span) -> Iterator[Row]:
        """Give the rows of a span, chunk by chunk."""
        statement = f"{_OF_ALL if span.stream is None else _OF_ONE} LIMIT {self._chunk_rows}"
        after = 0
        while after < span.last:
            bounds = {"stream": span.stream, "after": after, "last": span.last}
            with self._connection() as connection:
                chunk = connection.execute(statement, bounds).fetchall()
            yield from map(Row._make, chunk)
            if len(chunk) < self._chunk_rows:
                return
            end = Row._make(chunk[-1])
            after = end.id if span.stream is None else end.seq

    def _facts(self, span: _Span) -> Iterator[Fact]:
        """Follow every chain of a span and give its facts."""
        ends: dict[Any, tuple[int, bytes]] = {}
        count = 0
        for row in self._rows(span):
            count += 1
            self._follow(row, *ends.get(row.stream, (0, START)))
            ends[row.stream] = row.seq, row.hash
            if row.seq > row.erased and row.sealed is not None:
                fact = self._open(row)
                if fact is not None:
                    yield fact
        if count != span.rows:
            raise misfit(self._path, None, f"{count}, where {span.rows} entries were expected")

    def _follow(self, row: Row, seq: int, before: bytes) -> None:
        """See that a row comes right after the one before it.

        Raises:
            StoreDamaged: When it does not.
        """
        try:
            if row.sealed is None:
                fits = row.seq < row.erased or self._was_removed(row)
            else:
                fits = row.hash == link(before, row.seq, row.pseudonym, row.nonce, row.sealed)
            fits = fits and row.seq == seq + 1 and isinstance(row.hash, bytes)
        except (TypeError, ValueError, OverflowError, AttributeError) as error:
            raise misfit(self._path, row.pseudonym, seq + 1) from error
        if not fits or (row.seq == row.erased and row.kind != FORGOTTEN):
            raise misfit(self._path, row.pseudonym, seq + 1)

    def _open(self, row: Row) -> Fact | None:
        """Open the seal of a row; None when its person was forgotten since it was read."""
        key = self._keyring.key(row.pseudonym)
        if key is None:
            self._see_it_was_forgotten(row)
            return None
        try:
            place = (row.pseudonym, row.kind, row.seq)
            fact = decode(unseal(key.cipher, row.nonce, row.sealed, place))
        except InvalidTag:
            self._see_it_was_forgotten(row)
            return None
        except (msgspec.MsgspecError, TypeError, ValueError, AttributeError) as error:
            raise misfit(self._path, row.pseudonym, row.seq) from error
        if isinstance(fact, Decided) and row.ref != self._names.ref(fact.decision.id):
            raise misfit(self._path, row.pseudonym, row.seq)
        return fact

    def _was_removed(self, row: Row) -> bool:
        """Tell whether an entry is empty because this store emptied it."""
        said = self._names.removed(row.pseudonym, row.seq, row.hash)
        return row.kind == REMOVED and hmac.compare_digest(said, row.nonce)

    def _see_it_was_forgotten(self, row: Row) -> None:
        """Accept that a row cannot be opened when it was forgotten meanwhile.

        Raises:
            StoreDamaged: When it was not.
        """
        with self._connection() as connection:
            now = connection.execute(
                "SELECT erased FROM stream WHERE id = ?", (row.stream,)
            ).fetchone()
        if now is None or now[0] < row.seq:
            raise StoreDamaged(
                f"Entry {row.seq} of stream `{row.pseudonym.hex()}` in `{self._path.name}` cannot "
                f"be opened: its seal or its key is not as written. Restore the file with its key "
                f"file from a backup of the same time."
            )
