"""Tables of the two files, how they are opened, and the road from one version to the next.

Rule 1: a file carries its application id and the version of its tables.
Rule 2: a new version is one more function at the end of a form's migrations; each runs in the
same transaction as the version it leads to, so a file is never between two.
Rule 3: whatever SQLite says becomes one of our errors: `StoreDamaged` when the file is wrong,
`StoreFailed` when the disk did not do what was asked.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from penchant.errors import StoreDamaged, StoreError, StoreFailed, StoreTooNew

__all__ = [
    "JOURNAL",
    "Form",
    "closed_on_error",
    "connect",
    "damaged",
    "disk",
    "migrate",
    "reconnect",
    "transaction",
    "verify",
]

_SETTINGS = (
    "PRAGMA page_size = 8192",  # a decision of 20 actions has 2 KB: one to a page of 4, three of 8
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",  # macOS: a plain fsync leaves data in the drive's own cache
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cell_size_check = ON",
    "PRAGMA trusted_schema = OFF",
)

# The disk or its owner, not the content: SQLite's primary codes, https://sqlite.org/rescode.html.
_DISK_CODES = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_NOLFS,
    }
)


class Form(NamedTuple):
    """What a file is, and the migrations that make it: number i leads to version i + 1."""

    what: str
    application_id: int
    migrations: tuple[Callable[[sqlite3.Connection], None], ...]


def _journal_1(connection: sqlite3.Connection) -> None:
    """Make the tables of the journal."""
    connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL)")
    connection.execute("INSERT INTO about VALUES ('store', randomblob(16))")
    connection.execute(
        "CREATE TABLE stream (id INTEGER PRIMARY KEY, pseudonym BLOB NOT NULL UNIQUE,"
        " seq INTEGER NOT NULL, hash BLOB NOT NULL, erased INTEGER NOT NULL)"
    )
    connection.execute(
        "CREATE TABLE entry (id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, seq INTEGER NOT NULL,"
        " kind TEXT, ref BLOB, nonce BLOB, sealed BLOB, hash BLOB NOT NULL, UNIQUE (stream, seq))"
    )
    connection.execute("CREATE INDEX entry_ref ON entry (ref) WHERE ref IS NOT NULL")
    connection.execute(
        "CREATE TABLE erasure (stream INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,"
        " entries INTEGER NOT NULL, outcomes INTEGER NOT NULL, done INTEGER NOT NULL,"
        " PRIMARY KEY (stream, seq))"
    )


def _journal_2(connection: sqlite3.Connection) -> None:
    """Say of each stream which version of its key seals its entries, or sealed the last of them."""
    connection.execute("ALTER TABLE stream ADD COLUMN key_version INTEGER NOT NULL DEFAULT 0")
    connection.execute("UPDATE stream SET key_version = erased + (seq > erased)")


def _journal_3(connection: sqlite3.Connection) -> None:
    """Let entries be emptied in the middle of a stream, which earlier versions take for damage."""


JOURNAL = Form("journal", 0x504E4348, (_journal_1, _journal_2, _journal_3))
"""The journal: PNCH."""


def migrate(connection: sqlite3.Connection, form: Form, path: Path) -> None:
    """Bring a file to the newest version of its form.

    Raises:
        StoreTooNew: When its version is later than what is known here.
        StoreDamaged: When it is a file of another kind.
    """
    application = _number(connection, "application_id")
    version = _number(connection, "user_version")
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application != form.application_id and (application or version or tables):
        raise StoreDamaged(
            f"`{path.name}` is no {form.what} of Penchant (application id {application:#x}, "
            f"expected {form.application_id:#x}). Give the right file, or a new name."
        )
    newest = len(form.migrations)
    if version > newest:
        raise StoreTooNew(
            f"`{path.name}` has version {version} of the {form.what}; this Penchant knows up to "
            f"{newest}. Update Penchant, then open it again."
        )
    if version < newest:
        with transaction(connection, "EXCLUSIVE"):
            for step in form.migrations[version:]:
                step(connection)
            connection.execute(f"PRAGMA application_id = {form.application_id}")
            connection.execute(f"PRAGMA user_version = {newest}")


def connect(path: Path, *, busy_seconds: float) -> sqlite3.Connection:
    """Open a connection that writes: WAL, every commit on disk before it returns.

    Raises:
        StoreFailed: When the file system cannot keep a write-ahead log.
    """
    connection = reconnect(path, busy_seconds=busy_seconds)
    with closed_on_error(connection):
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise StoreFailed(
                f"`{path.name}` cannot have a write-ahead log where it lies (mode `{mode}`). "
                f"Put it on a local disk."
            )
    return connection


def reconnect(path: Path, *, busy_seconds: float) -> sqlite3.Connection:
    """Open one more connection to a file that is set up."""
    connection = sqlite3.connect(
        path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
    )
    with closed_on_error(connection):
        for setting in _SETTINGS:
            connection.execute(setting)
    return connection


@contextmanager
def closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Let go of the file when it is not what it should be, so that it can be replaced."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def verify(connection: sqlite3.Connection, path: Path) -> None:
    """Read the whole file and hold tables against indexes; about 1.3 µs an entry.

    Raises:
        StoreDamaged: When they differ.
    """
    finding = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if finding != "ok":
        raise StoreDamaged(f"{damaged(path)} SQLite says: {finding}.")


@contextmanager
def transaction(connection: sqlite3.Connection, how: str = "IMMEDIATE") -> Iterator[None]:
    """Commit at the end, or undo all of it."""
    connection.execute(f"BEGIN {how}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk has undone it already
            connection.execute("ROLLBACK")
        raise


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Say what SQLite and the system say in our own errors.

    Raises:
        StoreDamaged: When the file is wrong.
        StoreFailed: When the disk is.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _ours(error, path) from error
    except UnicodeDecodeError:  # a name or a message with a changed bit; its text stays out
        raise StoreDamaged(damaged(path)) from None
    except OSError as error:
        raise StoreFailed(
            f"The disk failed for `{path.name}` ({error.strerror}). Nothing of it was kept; "
            f"see to the disk, then try again."
        ) from error


def damaged(path: Path) -> str:
    """Say that a file is not as it was written."""
    return (
        f"`{path.name}` is not as it was written. Restore it with its key file from a backup of "
        f"the same time; nothing was served."
    )


def _ours(error: sqlite3.Error, path: Path) -> StoreError:
    """Give our error for one of SQLite's; its own text stays out, as it may quote content."""
    code = getattr(error, "sqlite_errorcode", None)
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if isinstance(error, sqlite3.ProgrammingError) and code is None:
        return StoreFailed("The store is closed. Open it again to go on.")
    truncated = code == sqlite3.SQLITE_IOERR_SHORT_READ
    if code is not None and code & 0xFF in _DISK_CODES and not truncated:
        return StoreFailed(
            f"The disk failed for `{path.name}` ({name}). Nothing of it was kept; see to the disk "
            f"(space, rights, other readers), then try again."
        )
    return StoreDamaged(f"{damaged(path)} ({name})")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    """Give one number of the file's header."""
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])
