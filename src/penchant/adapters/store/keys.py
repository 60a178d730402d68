"""The keys: one for each person, wrapped by a key-encryption key, in a file of their own.

Rule 1: a key is on disk before the first entry sealed with it is; so a key without entries is
harmless, and an entry without a key is damage.
Rule 2: destroying a key overwrites it, in the file and in its log, before the call returns; its
version stays, so that a journal older than that is known to be.
Rule 3: versions of one person's keys only grow, whatever becomes of the journal.
Rule 4: unwrapped keys live only here, the most recently used of them.
"""

import os
import secrets
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from penchant.adapters.store.schema import (
    Form,
    connect,
    damaged,
    disk,
    migrate,
    transaction,
    verify,
)
from penchant.adapters.store.sealing import NONCE_BYTES, bound, derive
from penchant.adapters.store.wal import LogIndex, beside, check_log
from penchant.errors import StoreDamaged

__all__ = ["KEYS", "Destroyed", "Key", "Keyring", "own_kek"]

KEY_BYTES = 32

_SAY_DESTROYED = (
    "INSERT INTO destroyed VALUES (?, ?, ?) ON CONFLICT (pseudonym) DO UPDATE"
    " SET version = excluded.version, at = excluded.at WHERE excluded.version > version"
)


def _keys_1(connection: sqlite3.Connection) -> None:
    """Make the tables of the keys."""
    connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL)")
    connection.execute(
        "CREATE TABLE key (pseudonym BLOB PRIMARY KEY, version INTEGER NOT NULL,"
        " nonce BLOB NOT NULL, wrapped BLOB NOT NULL) WITHOUT ROWID"
    )


def _keys_2(connection: sqlite3.Connection) -> None:
    """Make the table of keys that were destroyed, up to which version and when."""
    connection.execute(
        "CREATE TABLE destroyed (pseudonym BLOB PRIMARY KEY, version INTEGER NOT NULL,"
        " at INTEGER NOT NULL) WITHOUT ROWID"
    )


KEYS = Form("key file", 0x504E434B, (_keys_1, _keys_2))
"""The keys: PNCK."""


class Key(NamedTuple):
    """What seals and opens one person's entries, and which of their keys it is."""

    version: int
    cipher: AESGCM


class Destroyed(NamedTuple):
    """Of whom every key up to a version is destroyed, and when, in microseconds since 1970."""

    pseudonym: bytes
    version: int
    at: int


def own_kek(path: Path, *, may_make: bool) -> bytes:
    """Give the key-encryption key that lies in the file `path`, made at the first opening.

    Raises:
        StoreDamaged: When it is gone, or is not 32 bytes.
    """
    with disk(path):
        if may_make and not path.exists():
            _write_durably(path, secrets.token_bytes(KEY_BYTES))
        kek = path.read_bytes() if path.exists() else None
    if kek is None:
        raise StoreDamaged(
            f"`{path.name}`, the key-encryption key, is missing. Put it back from its backup, or "
            f"set PENCHANT_KEK to the key this store was made with; without it nothing can be read."
        )
    if len(kek) != KEY_BYTES:
        raise StoreDamaged(
            f"`{path.name}` holds {len(kek)} bytes and not {KEY_BYTES}. "
            f"Put it back from its backup."
        )
    return kek


def _write_durably(path: Path, content: bytes) -> None:
    """Make a file nobody else may read, whole or not at all, and on disk."""
    draft = beside(path, ".new")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(file, content)
        os.fsync(file)
    finally:
        os.close(file)
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable, where the system has that."""
    if os.name == "posix":
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def make_private(path: Path) -> None:
    """Make an empty file that nobody else may read; SQLite gives its logs the same rights."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


class Keyring:
    """The keys of one store; safe to call from several threads."""

    def __init__(self, path: Path, kek: bytes, *, store: bytes, cached: int) -> None:
        """Open the key file, or make it.

        Args:
            path: The key file.
            kek: The key-encryption key, 32 bytes.
            store: The id of the store it belongs to.
            cached: How many unwrapped keys are kept at hand.

        Raises:
            StoreDamaged: When the file is damaged, belongs to another store, or the
                key-encryption key does not fit.
        """
        self._path, self._wrapper, self._most = path, AESGCM(kek), cached
        self._lock = threading.Lock()
        self._cache: OrderedDict[bytes, Key] = OrderedDict()
        with disk(path):
            check_log(path)
            make_private(path)
            sync_folder(path.parent)
            self._connection = connect(path, busy_seconds=5.0)
            self._log = LogIndex(self._connection, path)
        try:
            with disk(path):
                self._prepare(kek, store)
        except BaseException:
            self._log.close()
            raise

    def key(self, pseudonym: bytes) -> Key | None:
        """Give the key of one person, or None when there is none.

        Raises:
            StoreDamaged: When the key does not unwrap.
        """
        with self._lock:
            key = self._cache.get(pseudonym)
            if key is None:
                key = self._unwrap(pseudonym)
                if key is not None:
                    self._keep(pseudonym, key)
            else:
                self._cache.move_to_end(pseudonym)
            return key

    def make(self, later_than: Mapping[bytes, int]) -> dict[bytes, Key]:
        """Make a key for each pseudonym, durably, of a version that none of theirs had before.

        Args:
            later_than: Versions that the journal knows of.
        """
        rows, keys = [], {}
        with self._lock, disk(self._path):
            for pseudonym, known in later_than.items():
                version = max(known, self._last_destroyed(pseudonym)) + 1
                nonce = secrets.token_bytes(NONCE_BYTES)
                key = AESGCM.generate_key(bit_length=KEY_BYTES * 8)
                wrapped = self._wrapper.encrypt(nonce, key, _wrapped_for(pseudonym, version))
                rows.append((pseudonym, version, nonce, wrapped))
                keys[pseudonym] = Key(version, AESGCM(key))
            with transaction(self._connection):
                self._connection.executemany("INSERT INTO key VALUES (?, ?, ?, ?)", rows)
            for pseudonym, made in keys.items():
                self._keep(pseudonym, made)
        return keys

    def erase(self, gone: Sequence[Destroyed]) -> None:
        """Destroy keys up to a version each: overwritten in the file, and gone from its log.

        Raises:
            StoreFailed: When the log cannot be emptied now; the keys are deleted all the same.
        """
        with self._lock, disk(self._path):
            for pseudonym, _, _ in gone:
                self._cache.pop(pseudonym, None)
            with transaction(self._connection):
                self._connection.executemany(
                    "DELETE FROM key WHERE pseudonym = ? AND version <= ?",
                    [(pseudonym, version) for pseudonym, version, _ in gone],
                )
                self._connection.executemany(_SAY_DESTROYED, gone)
            self._log.empty()

    def versions(self) -> dict[bytes, int]:
        """Give the version of each key there is, by pseudonym.

        Raises:
            StoreDamaged: When one is none.
        """
        with self._lock, disk(self._path):
            versions = dict(self._connection.execute("SELECT pseudonym, version FROM key"))
        self._see_that_all_are_numbers(versions.values())
        return versions

    def destroyed(self) -> dict[bytes, Destroyed]:
        """Give up to which version keys were destroyed, by pseudonym.

        Raises:
            StoreDamaged: When what is said of one makes no sense.
        """
        with self._lock, disk(self._path):
            rows = self._connection.execute("SELECT pseudonym, version, at FROM destroyed")
            destroyed = {row[0]: Destroyed(*row) for row in rows}
        self._see_that_all_are_numbers(one.version for one in destroyed.values())
        self._see_that_all_are_numbers(one.at for one in destroyed.values())
        return destroyed

    def close(self) -> None:
        """Forget every unwrapped key and let go of the file."""
        with self._lock, disk(self._path):
            self._cache.clear()
            self._log.close()

    def _prepare(self, kek: bytes, store: bytes) -> None:
        """Set up a new file, or see that an old one fits."""
        migrate(self._connection, KEYS, self._path)
        verify(self._connection, self._path)
        fits = {"store": store, "check": derive(kek, b"check")}
        about = dict(self._connection.execute("SELECT name, value FROM about"))
        if not about:
            with transaction(self._connection):
                self._connection.executemany("INSERT INTO about VALUES (?, ?)", fits.items())
            return
        if about.get("store") != store:
            raise StoreDamaged(
                f"`{self._path.name}` belongs to another store. Put back the key file that was "
                f"made with this one; if you mean to start anew, move both files away."
            )
        if about != fits:
            raise StoreDamaged(
                f"The key-encryption key does not fit `{self._path.name}`. Give the one this store "
                f"was made with, in PENCHANT_KEK or in the `.kek` file beside it."
            )

    def _see_that_all_are_numbers(self, given: Iterable[object]) -> None:
        """See that a column holds whole numbers; a changed bit may make something else of one."""
        if not all(isinstance(one, int) for one in given):
            raise StoreDamaged(damaged(self._path))

    def _last_destroyed(self, pseudonym: bytes) -> int:
        """Give up to which version a person's keys were destroyed; 0 for none."""
        row = self._connection.execute(
            "SELECT version FROM destroyed WHERE pseudonym = ?", (pseudonym,)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def _unwrap(self, pseudonym: bytes) -> Key | None:
        """Read one key from the file."""
        with disk(self._path):
            row = self._connection.execute(
                "SELECT version, nonce, wrapped FROM key WHERE pseudonym = ?", (pseudonym,)
            ).fetchone()
        if row is None:
            return None
        version, nonce, wrapped = row
        try:
            key = self._wrapper.decrypt(nonce, wrapped, _wrapped_for(pseudonym, version))
            return Key(version, AESGCM(key))
        except (InvalidTag, TypeError, ValueError, OverflowError, AttributeError) as error:
            # One bit of a row's header makes a text of the version; SQLite's check accepts that.
            raise StoreDamaged(
                f"The key of stream `{pseudonym.hex()}` in `{self._path.name}` does not unwrap. "
                f"Restore the key file from its backup."
            ) from error

    def _keep(self, pseudonym: bytes, key: Key) -> None:
        """Keep a key at hand, and drop the one used longest ago when there are too many."""
        self._cache[pseudonym] = key
        if len(self._cache) > self._most:
            self._cache.popitem(last=False)


def _wrapped_for(pseudonym: bytes, version: int) -> bytes:
    """Give what a wrapped key is bound to."""
    return bound(pseudonym, version.to_bytes(8, "big"))
