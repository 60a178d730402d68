"""Removing: some facts of a person emptied in place, everything else left as it was.

An entry that is emptied keeps its place and its hash, so the chain goes on through it; where the
nonce stood, a keyed hash vouches that this store emptied it. Used by the writing thread alone.
Rule 1: the entries of one person are emptied in one transaction.
Rule 2: the log is emptied before anybody is told that it is done.
Price: no key is destroyed, as it seals the others too; see docs/explanation/decisions/0014.
"""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag

from penchant.adapters.store.keys import Keyring
from penchant.adapters.store.schema import disk, transaction
from penchant.adapters.store.sealing import Names, unseal
from penchant.adapters.store.streams import REMOVED, Streams, misfit
from penchant.adapters.store.wal import LogIndex
from penchant.adapters.store.writing import Ticket
from penchant.journal import Fact, decode

__all__ = ["Remove", "Removing"]

_LIVE = (
    "SELECT id, seq, kind, nonce, sealed, hash FROM entry"
    " WHERE stream = ? AND seq > ? AND sealed IS NOT NULL ORDER BY seq"
)
_EMPTY = "UPDATE entry SET kind = ?, ref = NULL, nonce = ?, sealed = NULL WHERE id = ?"


class Remove(Ticket):
    """A removal that one caller waits for."""

    __slots__ = ("chosen", "people", "removed")

    def __init__(self, people: Iterable[str], chosen: Callable[[Fact], bool]) -> None:
        super().__init__()
        self.people, self.chosen = people, chosen
        self.removed = 0


class Removing:
    """Empties entries."""

    def __init__(
        self, connection: sqlite3.Connection, log: LogIndex, keyring: Keyring, path: Path
    ) -> None:
        self._connection, self._log = connection, log
        self._keyring, self._path = keyring, path

    def remove(self, ticket: Remove, streams: Streams, names: Names) -> None:
        """Empty what a ticket chooses.

        Raises:
            StoreDamaged: When a stream is not whole.
            StoreFailed: When it could not be finished now.
        """
        with disk(self._path):
            for person in ticket.people:
                ticket.removed += self._of_one(person, ticket.chosen, streams, names)
            self._log.empty()  # even if nothing was chosen: the call before may have failed here

    def _of_one(
        self, person: str, chosen: Callable[[Fact], bool], streams: Streams, names: Names
    ) -> int:
        """Empty entries of one person; give how many."""
        stream = streams.find(person)
        key = None if stream is None else self._keyring.key(stream.pseudonym)
        if stream is None or key is None:
            return 0
        emptied = []
        for row in self._connection.execute(_LIVE, (stream.id, stream.erased)):
            number, seq, kind, nonce, sealed, last = row
            try:
                fact = decode(unseal(key.cipher, nonce, sealed, (stream.pseudonym, kind, seq)))
            except (InvalidTag, msgspec.MsgspecError, TypeError, ValueError) as error:
                raise misfit(self._path, stream.pseudonym, seq) from error
            if chosen(fact):
                said = names.removed(stream.pseudonym, seq, last)
                emptied.append((REMOVED, said, number))
        if emptied:
            with transaction(self._connection):
                self._connection.executemany(_EMPTY, emptied)
        return len(emptied)
