"""Facts in SQLite: sealed per person, chained per person, durable when `append` returns.

Loop: below the engine. This file puts the parts together: `lock` one owner, `schema` tables,
`wal` the log, `keys` keys, `writing` + `committing` the way in, `reading` the way out,
`forgetting` the way to nothing, `removing` that of some. See docs/explanation/what-is-on-disk.md.
Rule 1: facts are encoded in the caller's thread, sealed and written in one thread.
Rule 2: before anything is served, both files are read through and open forgettings finished.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from penchant.adapters.store.agreeing import held_together
from penchant.adapters.store.committing import Append, Committer, Entry
from penchant.adapters.store.forgetting import Forgetting
from penchant.adapters.store.keys import Keyring, make_private, own_kek, sync_folder
from penchant.adapters.store.lock import FileLock
from penchant.adapters.store.reading import Reader
from penchant.adapters.store.removing import Remove, Removing
from penchant.adapters.store.schema import JOURNAL, connect, disk, migrate, verify
from penchant.adapters.store.sealing import Names
from penchant.adapters.store.streams import Streams
from penchant.adapters.store.wal import LogIndex, beside, check_log
from penchant.adapters.store.writing import Ticket, Writer
from penchant.errors import BadName, StoreDamaged, StoreError
from penchant.journal import NOBODY, Block, Decided, Fact, encode
from penchant.words import Decision, Receipt

__all__ = ["SqliteStore", "StoreLimits"]


class StoreLimits(Struct, frozen=True):
    """Bounds of one store: facts a commit takes, rows a read takes at once, keys at hand.

    `emptied_at_once` is how many entries of a forgotten person one commit empties (4,096 of 1 KB
    take about 30 ms).
    """

    batch_facts: int = 4_096
    chunk_rows: int = 512
    keys_cached: int = 10_000
    emptied_at_once: int = 4_096
    busy_seconds: float = 5.0


class _Forget(Ticket):
    """A forgetting that one caller waits for."""

    __slots__ = ("at", "person", "receipt")

    def __init__(self, person: str, at: datetime) -> None:
        super().__init__()
        self.person, self.at = person, at
        self.receipt: Receipt | None = None


class SqliteStore:
    """A journal in a file; safe to call from several threads of the process that owns it."""

    durability = "full"

    def __init__(
        self, path: str | Path, *, kek: bytes | None = None, limits: StoreLimits | None = None
    ) -> None:
        """Open the store at `path`, or make it.

        Args:
            path: The journal; its keys are at `path.keys`, its lock at `path.lock`.
            kek: The key-encryption key, 32 bytes; None for the one in `path.kek`.
            limits: Its bounds, where the usual ones do not do.

        Raises:
            StoreLocked: When somebody else has the file.
            StoreDamaged: When the files are not as written, or do not belong together.
            StoreTooNew: When a later version of Penchant wrote them.
            StoreFailed: When the disk does not do what is asked.
        """
        self._path = Path(path)
        self._limits = limits or StoreLimits()
        with ExitStack() as parts:
            self._open(kek, parts)
            self._parts = parts.pop_all()

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep the facts, all or none; return when they are durable.

        Raises:
            StoreFailed: When they could not be made durable; none of them is kept.
            StoreDamaged: When a person's stream is not whole; none of them is kept.
        """
        entries = [self._entry(fact) for fact in facts]
        if entries:
            self._writer.submit(Append(entries))

    def read(self, person: str | None = None) -> Iterator[Fact]:
        """Give one person's facts, or everybody's, in the order of appending.

        What is appended after the call is not given; what is forgotten meanwhile is left out.

        Raises:
            StoreDamaged: Before giving a fact whose seal or chain does not fit.
        """
        return self._reader.read(person)

    def find(self, decision: str) -> Decision | None:
        """Give the latest decision of that id, or None when it is not kept (any more).

        Raises:
            StoreDamaged: When it is not as written.
        """
        return self._reader.find(decision)

    def forget(self, person: str, at: datetime) -> Receipt:
        """Make every fact of a person unreadable, durably, and say how many they were.

        The same id may come back later: its chain goes on behind the mark, under a new key.

        Raises:
            BadName: When nobody is named.
            StoreDamaged: When what is said of an earlier forgetting does not fit the stream.
            StoreFailed: When it could not be finished now; the next call or opening finishes it.
        """
        if person == NOBODY:
            raise BadName("Whom to forget? Give a person's id; facts about nobody stay.")
        ticket = _Forget(person, at)
        self._writer.submit(ticket)
        return ticket.receipt or Receipt("", at, 0)

    def remove(self, people: Iterable[str], chosen: Callable[[Fact], bool]) -> int:
        """Empty the facts that are chosen, durably, and say how many they were.

        Raises:
            StoreDamaged: When a stream is not whole.
            StoreFailed: When it could not be finished now; calling again finishes it.
        """
        ticket = Remove(people, chosen)
        self._writer.submit(ticket)
        return ticket.removed

    def forgotten(self, person: str) -> datetime | None:
        """Say when a person was last forgotten here, or None; of the id itself nothing is kept."""
        return self._reader.forgotten(person)

    def close(self) -> None:
        """Finish what is under way and let go of the files; a second call does nothing."""
        self._parts.close()

    def _open(self, kek: bytes | None, parts: ExitStack) -> None:
        """Put the parts together; each is closed again when a later one fails."""
        path, keys = self._path, beside(self._path, ".keys")
        with disk(path):
            parts.callback(FileLock(beside(path, ".lock"), path.name).release)
            has_keys = _is_there(keys)
            if has_keys and not _is_there(path):
                raise _incomplete(path, keys)
            connection, log = self._open_journal(parts)
            store = connection.execute("SELECT value FROM about WHERE name = 'store'").fetchone()
            has_entries = connection.execute("SELECT 1 FROM entry LIMIT 1").fetchone() is not None
        if has_entries and not has_keys:
            raise _incomplete(keys, path)
        kek = kek or own_kek(beside(path, ".kek"), may_make=not has_keys)
        keyring = Keyring(keys, kek, store=store and store[0], cached=self._limits.keys_cached)
        parts.callback(keyring.close)
        self._names = Names(kek)
        at_once = self._limits.emptied_at_once
        self._forgetting = Forgetting(connection, log, keyring, path, at_once=at_once)
        with disk(path):
            behind = held_together(connection, keyring, path)
            self._forgetting.finish_open()  # destroys keys, so what it rests on is checked first
            self._forgetting.say_again(behind.journal)
            self._forgetting.finish_open()
            if behind.keys:
                keyring.erase(behind.keys)
        self._removing = Removing(connection, log, keyring, path)
        self._streams = Streams(connection, self._names, path)
        self._committer = Committer(connection, path, self._streams, keyring)
        self._reader = Reader(path, self._names, keyring, chunk_rows=self._limits.chunk_rows)
        parts.callback(self._reader.close)
        parts.callback(self._finish)
        self._writer: Writer[Ticket] = Writer(
            self._run, most=self._limits.batch_facts, between=self._go_on
        )
        parts.callback(self._writer.close)

    def _open_journal(self, parts: ExitStack) -> tuple[sqlite3.Connection, LogIndex]:
        """Open the journal's file, or make it, and read it through."""
        path = self._path
        check_log(path)
        make_private(path)
        sync_folder(path.parent)
        connection = connect(path, busy_seconds=self._limits.busy_seconds)
        log = LogIndex(connection, path)
        parts.callback(log.close)
        migrate(connection, JOURNAL, path)
        verify(connection, path)
        return connection, log

    def _entry(self, fact: Fact) -> Entry:
        """Encode a fact; a decision gets what it is found by."""
        kind = str(type(fact).__struct_config__.tag)
        ref = self._names.ref(fact.decision.id) if isinstance(fact, Decided) else None
        return Entry(fact.person, kind, ref, encode(fact))

    def _run(self, batch: Sequence[Ticket]) -> None:
        """Do a batch, in the writing thread: appends come together, a forgetting alone."""
        appends = [ticket for ticket in batch if isinstance(ticket, Append)]
        if appends:
            self._committer.commit(appends)
        for ticket in batch:
            if isinstance(ticket, Remove):
                self._removing.remove(ticket, self._streams, self._names)
            if isinstance(ticket, _Forget):
                self._streams.drop(ticket.person)
                ticket.receipt = self._forgetting.forget(ticket.person, ticket.at, self._names)

    def _go_on(self) -> bool:
        """Empty some room of the forgotten, whose keys are gone; what fails, opening takes up."""
        try:
            return self._forgetting.empty_some()
        except StoreError:
            return False

    def _finish(self) -> None:
        """Empty what room is left, once nobody waits for the writing thread any more."""
        while self._go_on():
            pass


def _is_there(path: Path) -> bool:
    """Whether a file is there and holds anything."""
    return path.exists() and path.stat().st_size > 0


def _incomplete(missing: Path, other: Path) -> StoreDamaged:
    """Say that one of the two files is gone."""
    return StoreDamaged(
        f"`{missing.name}` is missing or empty while `{other.name}` is there; they belong "
        f"together. Put it back from its backup, or move both away to start anew."
    )
