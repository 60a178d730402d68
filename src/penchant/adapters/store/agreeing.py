"""Two files, one truth: where journal and keys are not of the same time, which knows better.

Keys of one person have versions that only grow. The journal says which seals a stream; the key file
says which there are, and up to which they were destroyed. So when one of the two comes out of a
backup, what was forgotten since is forgotten again, whichever of them is the older.
Rule 1: entries whose key is neither there nor said to be destroyed are damage.
Rule 2: nothing is destroyed before all that can be checked is.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag

from penchant.adapters.store.keys import Destroyed, Keyring
from penchant.adapters.store.schema import damaged
from penchant.adapters.store.sealing import unseal
from penchant.adapters.store.streams import MISFITS, misfit, named
from penchant.errors import StoreDamaged

__all__ = ["Behind", "held_together"]

_HEADS = (
    "SELECT s.id, s.pseudonym, s.seq > s.erased, s.erased, s.key_version, r.at FROM stream s"
    " LEFT JOIN erasure r ON r.stream = s.id AND r.seq = s.erased AND s.erased > 0"
)
_FIRST = (
    "SELECT kind, seq, nonce, sealed FROM entry WHERE stream = ? AND seq >= ?"
    " AND sealed IS NOT NULL ORDER BY seq LIMIT 1"
)


class Behind(NamedTuple):
    """What each file has to make up for: streams to forget again, keys to destroy again."""

    journal: tuple[Destroyed, ...]
    keys: tuple[Destroyed, ...]


class _Head(NamedTuple):
    """What the journal says of one stream."""

    id: int
    pseudonym: bytes
    is_live: int
    erased: int
    key_version: int
    erased_at: int | None


def held_together(connection: sqlite3.Connection, keyring: Keyring, path: Path) -> Behind:
    """Hold the journal against its keys; give what each does not know yet.

    Raises:
        StoreDamaged: When a chain does not end where it should, or has entries without a key that
            nobody destroyed.
    """
    wrong = connection.execute(f"{MISFITS} LIMIT 1").fetchone()
    if wrong is not None:
        raise misfit(path, *wrong)
    versions, destroyed = keyring.versions(), keyring.destroyed()
    journal: list[Destroyed] = []
    keys: list[Destroyed] = []
    for head in _heads(connection, path):
        gone, version = destroyed.get(head.pseudonym), versions.get(head.pseudonym)
        if head.is_live and version != head.key_version:
            if gone is None or gone.version < head.key_version:
                raise _keyless(head, path)
            if _opens_all_the_same(connection, keyring, head):
                raise StoreDamaged(damaged(path))
            journal.append(gone)
        upto = head.key_version - head.is_live
        known = 0 if gone is None else gone.version
        if head.erased_at is not None and (known < upto or (version or upto + 1) <= upto):
            keys.append(Destroyed(head.pseudonym, upto, head.erased_at))
    return Behind(tuple(journal), tuple(keys))


def _heads(connection: sqlite3.Connection, path: Path) -> Iterator[_Head]:
    """Give what the journal says of each stream, whole numbers where they should be."""
    for row in connection.execute(_HEADS):
        head = _Head(*row)
        numbers: tuple[Any, ...] = (head.key_version, head.erased_at or 0)
        if not all(isinstance(number, int) for number in numbers):
            raise misfit(path, head.pseudonym, head.erased)
        yield head


def _opens_all_the_same(connection: sqlite3.Connection, keyring: Keyring, head: _Head) -> bool:
    """Tell whether the key there is opens what the journal says another one sealed.

    Then the version is not as written, and nothing may be destroyed for it.
    """
    key = keyring.key(head.pseudonym)
    if key is None:
        return False
    first = connection.execute(_FIRST, (head.id, head.erased + 1)).fetchone()
    if first is None:  # each of its entries was emptied, so there is nothing that a key opens
        return False
    kind, seq, nonce, sealed = first
    try:
        unseal(key.cipher, nonce, sealed, (head.pseudonym, kind, seq))
    except (InvalidTag, TypeError, ValueError, AttributeError):
        return False
    return True


def _keyless(head: _Head, path: Path) -> StoreDamaged:
    """Say that a stream has entries which nothing opens."""
    return StoreDamaged(
        f"Stream `{named(head.pseudonym)}` of `{path.name}` has entries, no key and no "
        f"forgetting: the key file is another one or an older one. Restore both files from a "
        f"backup of the same time, or put back the newest key file."
    )
