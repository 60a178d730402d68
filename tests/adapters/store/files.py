"""What the tests of SQLite stores share: filling them, reading them, looking into their files."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from penchant.adapters.store.sqlite import SqliteStore
from penchant.journal import Fact, encode
from penchant.testing.stores import facts_of

NAME = "people.db"
KEK = bytes(range(32))


def plain(facts: Sequence[Fact]) -> list[bytes]:
    """Give facts as what is kept of them."""
    return [encode(fact) for fact in facts]


def fill(path: Path, *people: str, kek: bytes | None = None) -> list[bytes]:
    """Append every kind of fact about some people to a store, and close it."""
    facts = [fact for person in people for fact in facts_of(person)]
    store = SqliteStore(path, kek=kek)
    store.append(facts)
    store.close()
    return plain(facts)


def read_closed(path: Path, *, kek: bytes | None = None) -> list[bytes]:
    """Open a store, read all of it, close it."""
    store = SqliteStore(path, kek=kek)
    try:
        return plain(list(store.read()))
    finally:
        store.close()


def all_bytes(folder: Path) -> bytes:
    """Give what every file of a folder holds."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


@contextmanager
def sqlite_at(path: Path) -> Iterator[sqlite3.Connection]:
    """Look into a file with plain SQLite; each statement commits."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def column(path: Path, statement: str, *given: object) -> list[Any]:
    """Give the first column of what a statement finds."""
    with sqlite_at(path) as connection:
        return [row[0] for row in connection.execute(statement, given)]


def copy_files(folder: Path, to: Path) -> Path:
    """Copy a store's files as a kill would leave them, and give the path of the journal."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    return to / NAME
