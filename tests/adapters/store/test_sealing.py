"""Seals and chains as the pages say: written out once more here, from the formulas."""

import hashlib

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from penchant.adapters.store.sealing import START, Names, bound, link, seal, unseal

KEY, NONCE, NAME = bytes(range(32)), bytes(range(12)), bytes(range(16))
PLACE = (NAME, "observed", 7)


def test_a_chain_follows_its_formula() -> None:
    """Two entries are linked as SHA-256 over what came before, place, length, name and content."""
    first = hashlib.sha256(
        bytes(32) + b"\0\0\0\0\0\0\0\1" + b"\0\0\0\3" + NAME + NONCE + b"abc"
    ).digest()
    second = hashlib.sha256(first + b"\0\0\0\0\0\0\0\2" + b"\0\0\0\0" + NAME + NONCE + b"").digest()

    assert link(START, 1, NAME, NONCE, b"abc") == first
    assert link(first, 2, NAME, NONCE, b"") == second


@pytest.mark.parametrize(
    "place", [(NAME[::-1], "observed", 7), (NAME, "learned", 7), (NAME, "observed", 8)]
)
def test_a_seal_opens_only_in_its_place(place: tuple[bytes, str, int]) -> None:
    """The same bytes in another stream, of another kind or at another place do not open."""
    cipher = AESGCM(KEY)
    sealed = seal(cipher, NONCE, b"content", PLACE)

    assert unseal(cipher, NONCE, sealed, PLACE) == b"content"
    with pytest.raises(InvalidTag):
        unseal(cipher, NONCE, sealed, place)


def test_no_two_places_are_bound_to_the_same_bytes() -> None:
    """Fields carry their lengths, so moving a border between two of them shows."""
    assert bound(b"ab", b"c") != bound(b"a", b"bc") != bound(b"abc", b"")


def test_names_depend_on_the_key_and_on_their_use() -> None:
    """A person and a decision of one id have different names, and so under another key."""
    names, others = Names(KEY), Names(KEY[::-1])

    assert names.pseudonym("ada") == Names(KEY).pseudonym("ada")
    assert len({names.pseudonym("ada"), names.ref("ada"), others.pseudonym("ada")}) == 3
