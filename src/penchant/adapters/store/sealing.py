"""Seals and chains: what makes an entry unreadable without its key, and its place provable.

Loop: below the engine; an entry is sealed just before it is written, and opened just after it is
read. Rule 1: a seal (AES-256-GCM) binds the content to tenant, stream, kind and place, so a row
moved elsewhere does not open. Rule 2: each entry's hash takes in the one before it, per person.
Rule 3: the person's id is inside the seal only; outside stands a keyed pseudonym.
"""

import hmac
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = [
    "EPOCH",
    "NONCE_BYTES",
    "START",
    "TENANT",
    "Names",
    "bound",
    "derive",
    "link",
    "seal",
    "unseal",
]

START = bytes(32)
"""The hash before the first entry of a stream."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""From here on the times outside seals are counted, in microseconds."""

TENANT = b"default"
NONCE_BYTES = 12
_NAME_BYTES = 16
_TENANT = len(TENANT).to_bytes(4, "big") + TENANT
_EIGHT = (8).to_bytes(4, "big")


def derive(kek: bytes, use: bytes) -> bytes:
    """Give the 32-byte key for one use (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"penchant " + use).derive(kek)


class Names:
    """Turns ids into what may stand in the clear: keyed hashes of 16 bytes."""

    def __init__(self, kek: bytes) -> None:
        self._people = derive(kek, b"pseudonym")
        self._decisions = derive(kek, b"decision")
        self._removed = derive(kek, b"removed")

    def pseudonym(self, person: str) -> bytes:
        """Give the name of a person's stream."""
        return hmac.digest(self._people, person.encode(), "sha256")[:_NAME_BYTES]

    def ref(self, decision: str) -> bytes:
        """Give what a decision is looked up by."""
        return hmac.digest(self._decisions, decision.encode(), "sha256")[:_NAME_BYTES]

    def removed(self, pseudonym: bytes, seq: int, last: bytes) -> bytes:
        """Give what vouches for an entry that was emptied: nobody else can say it was."""
        place = pseudonym + seq.to_bytes(8, "big") + last
        return hmac.digest(self._removed, place, "sha256")[:_NAME_BYTES]


def bound(*fields: bytes) -> bytes:
    """Join the fields a seal is bound to, each behind its length, after the tenant.

    Example:
        >>> bound(b"ab").hex(" ", 4)
        '00 00000764 65666175 6c740000 00026162'
    """
    return _TENANT + b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def seal(cipher: "AESGCM", nonce: bytes, content: bytes, place: tuple[bytes, str, int]) -> bytes:
    """Encrypt `content` for its place: (pseudonym, kind, seq)."""
    return cipher.encrypt(nonce, content, _place(*place))


def unseal(cipher: "AESGCM", nonce: bytes, sealed: bytes, place: tuple[bytes, str, int]) -> bytes:
    """Decrypt what `seal` gave.

    Raises:
        cryptography.exceptions.InvalidTag: When anything about it differs.
    """
    return cipher.decrypt(nonce, sealed, _place(*place))


def _place(pseudonym: bytes, kind: str, seq: int) -> bytes:
    """Give the bytes a seal is bound to: `bound` of the three, written out as each entry needs it.

    Example:
        >>> _place(b"ab", "decided", 7) == bound(b"ab", b"decided", (7).to_bytes(8, "big"))
        True
    """
    length = len(pseudonym).to_bytes(4, "big")
    return b"".join((_TENANT, length, pseudonym, _field(kind), _EIGHT, seq.to_bytes(8, "big")))


@lru_cache(maxsize=64)
def _field(kind: str) -> bytes:
    """Give a kind of fact behind its length."""
    name = kind.encode()
    return len(name).to_bytes(4, "big") + name


def link(previous: bytes, seq: int, pseudonym: bytes, nonce: bytes, sealed: bytes) -> bytes:
    """Give the hash of an entry, which takes in the hash of the one before.

    SHA-256(previous ‖ u64be(seq) ‖ u32be(len(sealed)) ‖ pseudonym ‖ nonce ‖ sealed); pseudonym and
    nonce have fixed lengths.

    Example:
        >>> link(START, 1, bytes(16), bytes(12), b"").hex()[:16]
        'f82db6e0de46a257'
    """
    head = previous + seq.to_bytes(8, "big") + len(sealed).to_bytes(4, "big")
    return sha256(head + pseudonym + nonce + sealed).digest()
