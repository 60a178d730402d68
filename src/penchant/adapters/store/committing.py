"""A batch of appends becomes one transaction: keys first, then entries and heads together.

Used by the writing thread alone. A caller whose stream is damaged fails alone; when the disk
fails, every caller of the batch does and nothing of it is kept.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from penchant.adapters.store.keys import Key, Keyring
from penchant.adapters.store.schema import disk, transaction
from penchant.adapters.store.sealing import NONCE_BYTES, link, seal
from penchant.adapters.store.streams import Stream, Streams
from penchant.adapters.store.writing import Ticket
from penchant.errors import StoreDamaged, StoreError

__all__ = ["Append", "Committer", "Entry"]

Row = tuple[int, int, str, bytes | None, bytes, bytes, bytes]
_End = tuple[Stream, AESGCM]

_INSERT = (
    "INSERT INTO entry (stream, seq, kind, ref, nonce, sealed, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_HEADS = "UPDATE stream SET seq = ?, hash = ?, key_version = ? WHERE id = ?"


class Entry(NamedTuple):
    """A fact as it goes to the disk, before it is sealed; `ref` is what finds a decision."""

    person: str
    kind: str
    ref: bytes | None
    content: bytes


class Append(Ticket):
    """Entries that one caller waits for."""

    __slots__ = ("entries",)

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.entries = entries

    @property
    def size(self) -> int:
        """How many facts."""
        return len(self.entries)

    @property
    def is_joined(self) -> bool:
        """Appends share commits."""
        return True


class Committer:
    """Seals, chains and writes batches."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, streams: Streams, keyring: Keyring
    ) -> None:
        self._connection, self._path = connection, path
        self._streams, self._keyring = streams, keyring

    def commit(self, batch: Sequence[Append]) -> None:
        """Make a batch durable.

        Raises:
            StoreFailed: When the disk fails; nothing of the batch is kept.
        """
        people = dict.fromkeys(entry.person for ticket in batch for entry in ticket.entries)
        try:
            with disk(self._path), transaction(self._connection):
                ends, wrong = self._prepare(people)
                whole = [ticket for ticket in batch if not _fail(ticket, wrong)]
                self._write([entry for ticket in whole for entry in ticket.entries], ends)
        except BaseException:
            for person in people:
                self._streams.drop(person)
            raise

    def _prepare(self, people: Iterable[str]) -> tuple[dict[str, _End], dict[str, StoreError]]:
        """Give stream and cipher of every person, made where there are none, and what is wrong."""
        streams: dict[str, Stream] = {}
        wrong: dict[str, StoreError] = {}
        keys: dict[bytes, Key] = {}
        missing: dict[bytes, int] = {}
        for person in people:
            try:
                stream = self._streams.find(person) or self._streams.add(person)
                key = _fitting(stream, self._keyring.key(stream.pseudonym))
                if key is None:
                    missing[stream.pseudonym] = stream.key_version
                else:
                    keys[stream.pseudonym] = key
                streams[person] = stream
            except StoreError as error:
                wrong[person] = error
        if missing:
            keys.update(self._keyring.make(missing))
        ends: dict[str, _End] = {}
        for person, stream in streams.items():
            stream.key_version, cipher = keys[stream.pseudonym]
            ends[person] = stream, cipher
        return ends, wrong

    def _write(self, entries: Sequence[Entry], ends: Mapping[str, _End]) -> None:
        """Put the entries and the heads they lead to into the running transaction."""
        self._connection.executemany(_INSERT, _sealed(entries, ends))
        touched = {entry.person: ends[entry.person][0] for entry in entries}
        self._connection.executemany(
            _HEADS, [(one.seq, one.hash, one.key_version, one.id) for one in touched.values()]
        )


def _sealed(entries: Sequence[Entry], ends: Mapping[str, _End]) -> Iterator[Row]:
    """Seal each entry and chain it to the one before, moving the heads on."""
    nonces = os.urandom(NONCE_BYTES * len(entries))
    for number, (person, kind, ref, content) in enumerate(entries):
        stream, cipher = ends[person]
        nonce = nonces[number * NONCE_BYTES : (number + 1) * NONCE_BYTES]
        seq = stream.seq + 1
        sealed = seal(cipher, nonce, content, (stream.pseudonym, kind, seq))
        stream.hash = link(stream.hash, seq, stream.pseudonym, nonce, sealed)
        stream.seq = seq
        yield stream.id, seq, kind, ref, nonce, sealed, stream.hash


def _fitting(stream: Stream, key: Key | None) -> Key | None:
    """Give the key that goes on sealing a stream; None for one to be made.

    Raises:
        StoreDamaged: When there are entries that another key sealed.
    """
    if stream.is_live and (key is None or key.version != stream.key_version):
        raise StoreDamaged(
            f"The key of stream `{stream.pseudonym.hex()}` is missing while the journal has "
            f"entries under it. Put back the key file that belongs to this journal."
        )
    return key


def _fail(ticket: Append, wrong: dict[str, StoreError]) -> bool:
    """Fail a ticket that has a person with something wrong; say whether."""
    for entry in ticket.entries:
        if entry.person in wrong:
            ticket.error = wrong[entry.person]
            return True
    return False
