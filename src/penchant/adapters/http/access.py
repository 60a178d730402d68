"""Who may ask: keys, each with its scopes, kept beside the database as what they hash to.

A key is `pk_ID_SECRET`: the id finds it, the secret is 256 bits of chance and is shown once. The
file (`PATH.access`, yours alone) holds SHA-256 of the whole key, so reading it opens nothing.
Rule 1: a file is replaced whole; a reader sees the old keys or the new ones.
Rule 2: secrets are compared in constant time.
Rule 3: a file that is not as it was written lets nobody in; a changed bit could free a key.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from penchant.adapters.store.lock import FileLock
from penchant.errors import BadInput, StoreDamaged

__all__ = ["SCOPES", "Key", "KeyFile", "access_path", "check_scopes", "id_of", "made", "opens"]

SCOPES: dict[str, str] = {
    "signals:write": "send signals",
    "decide:read": "ask for decisions, read them and their explanations, read the inbox",
    "outcome:write": "say what followed a decision",
    "profile:read": "read what is believed about a person",
    "consent:write": "keep a person's answer for a purpose",
    "rights:exec": "export, import and forget a person",
    "policy:admin": "declare moments",
    "audit:read": "read the metrics",
}
"""What a key may be allowed to do."""

_ID_BYTES, _SECRET_BYTES = 6, 32
_PREFIX = "pk"


class Key(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is kept of one key.

    Attributes:
        id: Finds it; it is the middle of the key and no secret.
        sha256: Of the whole key, in hex.
        scopes: What it may do.
        name: Whose it is, for whoever reads the list.
        person: The one person it may act for; "" for everybody.
    """

    id: str
    sha256: str
    scopes: tuple[str, ...]
    made_at: datetime
    name: str = ""
    person: str = ""
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class _Kept(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; `sum` is SHA-256 of the keys as they are written, in hex."""

    keys: tuple[Key, ...]
    sum: str
    version: Literal[2] = 2


class _KeptFirst(Struct, frozen=True, forbid_unknown_fields=True):
    """The file as the first version wrote it."""

    keys: tuple[Key, ...]
    version: Literal[1]


def access_path(database: Path) -> Path:
    """Say where the keys of a database's service are kept."""
    return Path(f"{database}.access")


def check_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """Give the scopes back, each once, in the order of the list.

    Raises:
        BadInput: For one that is none, or when there is none at all.

    Example:
        >>> check_scopes(["outcome:write", "decide:read"])
        ('decide:read', 'outcome:write')
    """
    given = set(scopes)
    listed = ", ".join(f"`{name}`" for name in SCOPES)
    for name in sorted(given - SCOPES.keys()):
        raise BadInput(f"There is no scope `{name[:64]}`. There are {listed}.")
    if not given:
        raise BadInput(f"A key without a scope opens nothing. Give it at least one of {listed}.")
    return tuple(name for name in SCOPES if name in given)


def made(
    scopes: Iterable[str],
    now: datetime,
    *,
    name: str = "",
    person: str = "",
    expires_at: datetime | None = None,
) -> tuple[str, Key]:
    """Make a key.

    Args:
        scopes: What it may do.
        now: When it is made.
        name: Whose it is.
        person: The one person it may act for; "" for everybody.
        expires_at: When it stops to open anything, if it does.

    Returns:
        The key, which nobody can show again, and what is kept of it.

    Raises:
        BadInput: For a scope that is none.
    """
    number = secrets.token_hex(_ID_BYTES)
    text = f"{_PREFIX}_{number}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    kept = Key(number, _hash(text.encode()), check_scopes(scopes), now, name, person, expires_at)
    return text, kept


def id_of(text: bytes) -> str:
    """Give the id within a key, or "" where there is none.

    Example:
        >>> id_of(b"pk_5f2c_c2VjcmV0"), id_of(b"hello")
        ('5f2c', '')
    """
    prefix, _, rest = text.partition(b"_")
    return rest.partition(b"_")[0].decode("ascii", "replace") if prefix == b"pk" else ""


def opens(key: Key, text: bytes) -> bool:
    """Say whether a text is that key, in a time that does not depend on how much of it fits."""
    return hmac.compare_digest(_hash(text), key.sha256)


class KeyFile:
    """The keys of one database, as they stand in its file; read anew when the file changes."""

    def __init__(self, path: Path) -> None:
        """Read the file; there need be none."""
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}
        self.refresh()

    @property
    def keys(self) -> dict[str, Key]:
        """The keys by id, revoked and expired ones too."""
        return self._keys

    def refresh(self) -> None:
        """Read the file again if it is another one now.

        Raises:
            StoreDamaged: When it is not as Penchant writes it.
        """
        seen = None
        with suppress(FileNotFoundError):
            about = self._path.stat()
            seen = (about.st_mtime_ns, about.st_ino, about.st_size)
        if seen == self._seen:
            return
        self._keys = {key.id: key for key in _read(self._path)} if seen else {}
        self._seen = seen

    def add(self, key: Key) -> None:
        """Keep one more key."""
        with self._alone():
            self._write({**self._keys, key.id: key})

    def revoke(self, number: str, now: datetime) -> Key:
        """Let a key open nothing any more.

        Raises:
            BadInput: When there is none of that id.
        """
        with self._alone():
            found = self._keys.get(number)
            if found is None:
                raise BadInput(f"There is no key `{number[:64]}`. `penchant key list` shows them.")
            revoked = replace(found, revoked_at=found.revoked_at or now)
            self._write({**self._keys, number: revoked})
        return revoked

    def _alone(self) -> "_Alone":
        return _Alone(self)

    def _write(self, keys: dict[str, Key]) -> None:
        """Replace the file: written whole and durable beside it, then given its name."""
        given = tuple(keys.values())
        content = msgspec.json.format(msgspec.json.encode(_Kept(given, _sum(given))), indent=2)
        beside = Path(f"{self._path}.new")
        file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as out:
            os.fchmod(file, 0o600)
            out.write(content + b"\n")
            out.flush()
            os.fsync(file)
        beside.replace(self._path)
        self.refresh()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._path


class _Alone:
    """One writer of a key file at a time, so that no revocation is lost to another's write."""

    def __init__(self, file: KeyFile) -> None:
        self._file = file

    def __enter__(self) -> None:
        path = self._file.path
        self._lock = FileLock(Path(f"{path}.lock"), path.name)
        self._file.refresh()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _hash(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _sum(keys: tuple[Key, ...]) -> str:
    return _hash(msgspec.json.encode(keys))


def _read(path: Path) -> tuple[Key, ...]:
    content = path.read_bytes()
    try:
        kept = msgspec.json.decode(content, type=_Kept)
        if kept.sum == _sum(kept.keys):
            return kept.keys
    except (msgspec.DecodeError, UnicodeDecodeError):
        with suppress(msgspec.DecodeError, UnicodeDecodeError):
            return msgspec.json.decode(content, type=_KeptFirst).keys
    raise StoreDamaged(
        f"`{path.name}` does not hold keys as Penchant writes them, so nobody is let in. "
        "Restore it from a backup, or move it away and make new keys."
    )
