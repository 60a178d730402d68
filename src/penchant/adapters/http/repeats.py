"""Repeats: the same request again has the same answer, and no second effect.

A request says `Idempotency-Key`. While its answer is remembered, it is given again; the ids of
what it makes are derived from the key, so that also after a restart the journal knows them.
Rule 1: memory is bounded; what is let go of first is what was answered first.
Rule 2: nothing is remembered here that names a person: a decision is read from the journal again,
so that forgetting somebody leaves no trace.
"""

import hashlib
from collections import OrderedDict
from typing import NamedTuple

from penchant.adapters.http.problems import Refusal

__all__ = ["Answer", "Repeats", "Seed", "not_the_same", "seed_of"]

_MOST_BYTES = 32 * 2**20
_KEY_CHARACTERS = 255
_ID_DIGITS = 32
_ENTRY_BYTES = 400  # what the table itself takes, about


class Answer(NamedTuple):
    """What a request is answered."""

    status: int
    body: bytes


class Seed(NamedTuple):
    """What makes a request the same as an earlier one: who says which key; and what it holds."""

    name: bytes
    body: bytes

    def id(self, index: int) -> str:
        """Derive the id of what item `index` of the request makes."""
        return hashlib.sha256(b"%b|%d" % (self.name, index)).hexdigest()[:_ID_DIGITS]


def seed_of(value: bytes, who: str, route: str, body: bytes) -> Seed:
    """Read an `Idempotency-Key`.

    Raises:
        Refusal: When it is too long to be one.
    """
    if len(value) > _KEY_CHARACTERS:
        raise Refusal(400, f"An `Idempotency-Key` has at most {_KEY_CHARACTERS} characters.")
    name = hashlib.sha256(b"%b|%b" % (who.encode(), value)).digest()
    return Seed(name, hashlib.sha256(route.encode() + b"|" + body).digest())


class Repeats:
    """The answers of requests that said an `Idempotency-Key`, for as long as there is room."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """Start with none."""
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[bytes, tuple[bytes, Answer | None]] = OrderedDict()

    def find(self, seed: Seed) -> Answer | None:
        """Give the answer that the same request got, if it is remembered here.

        Raises:
            Refusal: When the key came with another body before.
        """
        kept = self._kept.get(seed.name)
        if kept is None:
            return None
        if kept[0] != seed.body:
            raise not_the_same()
        return kept[1]

    def keep(self, seed: Seed, answer: Answer | None) -> None:
        """Remember an answer; None where the journal gives it again."""
        before = self._kept.pop(seed.name, None)
        self._bytes -= 0 if before is None else _size(before[1])
        self._kept[seed.name] = (seed.body, answer)
        self._bytes += _size(answer)
        while self._bytes > self._most and self._kept:
            _, (_, gone) = self._kept.popitem(last=False)
            self._bytes -= _size(gone)


def not_the_same() -> Refusal:
    """Say that a key came with another request before."""
    return Refusal(
        422,
        "This `Idempotency-Key` came with another request before. Send the same request again, "
        "or choose a new key.",
    )


def _size(answer: Answer | None) -> int:
    return _ENTRY_BYTES + (0 if answer is None else len(answer.body))
