"""The journal: facts are appended, never edited; a profile is a fold of them.

Every store implements the three ports at the end of this file and passes `testing/stores.py`.
Rule 1: each fact belongs to the stream of one person; what concerns nobody has the stream `NOBODY`.
Rule 2: `append` returns when the facts are durable, all of them or none.
Rule 3: a fact is encoded in one way only (`encode`, `decode`), whatever the store.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol, get_origin

import msgspec
from msgspec import Struct

from penchant.errors import BadInput
from penchant.words import Consent, Decision, FrozenMap, Moment, Receipt, Signal

__all__ = [
    "NOBODY",
    "Block",
    "Claimed",
    "Consented",
    "Decided",
    "Declared",
    "Derived",
    "Eraser",
    "Fact",
    "Journal",
    "Learned",
    "Linked",
    "Observed",
    "Provided",
    "Remover",
    "Settled",
    "Skipped",
    "Store",
    "as_plain",
    "decode",
    "encode",
    "from_plain",
]

NOBODY = ""
"""The stream of facts that concern no person: declarations and derived model versions."""


class Observed(Struct, frozen=True, tag="observed", omit_defaults=True):
    """A signal was kept under a purpose."""

    person: str
    at: datetime
    signal: Signal
    purpose: str = ""


class Consented(Struct, frozen=True, tag="consented", omit_defaults=True):
    """A person answered for one purpose."""

    person: str
    at: datetime
    consent: Consent


class Linked(Struct, frozen=True, tag="linked", omit_defaults=True):
    """From now on `person` is known to be `to`; an empty `to` undoes it."""

    person: str
    at: datetime
    to: str = ""


class Decided(Struct, frozen=True, tag="decided", omit_defaults=True):
    """A decision was taken; it is written before the caller sees it.

    `opening` is the key of what opened it by itself (`opening_key`), empty when a caller asked.
    """

    person: str
    at: datetime
    decision: Decision
    opening: str = ""


class Claimed(Struct, frozen=True, tag="claimed", omit_defaults=True):
    """A channel is about to send a decision: from now on nobody else may."""

    person: str
    at: datetime
    decision: str
    channel: str = ""


class Settled(Struct, frozen=True, tag="settled", omit_defaults=True):
    """What became of a decision that was to be sent; `returned` means not sent, and it may be yet.

    `sentence` says why, where it was not sent.
    """

    person: str
    at: datetime
    decision: str
    how: Literal["sent", "returned", "refused", "failed", "expired", "unknown"]
    sentence: str = ""
    channel: str = ""


class Skipped(Struct, frozen=True, tag="skipped", omit_defaults=True):
    """A time at which a moment should have opened itself was met too late: it was left out."""

    at: datetime
    moment: str
    due: datetime
    people: int
    sentence: str
    person: str = NOBODY


class Learned(Struct, frozen=True, tag="learned", omit_defaults=True):
    """What followed a decision, and the contribution it made.

    `reward` is as given, `scaled` the same in 0..1; `predicted` is the population model's answer
    alone, under `version`, for the action taken: the residual is `scaled - predicted`. `rest` is
    what neither people in general nor the person explained of it.
    `worth` is what it teaches where that is not `scaled`: below the top of a slate, what the action
    would have earned if everybody had looked at it; of an apprentice's own choice that was not the
    host's, the least. `carried` is what everybody's way of tiring added, `surprise` how far it
    spoke against what was believed of the person.
    """

    person: str
    at: datetime
    decision: str
    moment: str
    reward: float
    scaled: float
    predicted: float
    version: int
    rest: float = 0.0
    origin: Literal["reward", "outcome", "missing"] = "reward"
    worth: float | None = None
    carried: float = 0.0
    surprise: float = 0.0

    @property
    def teaches(self) -> float:
        """What the outcome says the action is worth, scaled."""
        return self.scaled if self.worth is None else self.worth


class Declared(Struct, frozen=True, tag="declared", omit_defaults=True):
    """A moment was declared, or declared again."""

    at: datetime
    moment: Moment
    person: str = NOBODY


class Derived(Struct, frozen=True, tag="derived", omit_defaults=True):
    """A version of the population model was derived; `numbers` is its content, encoded.

    `outcomes` is how many it was derived from, those of forgotten people not counted. One that
    `is_given` came with a person from another instance, whole, and follows from no outcomes here.
    `owed` is since when it has to be derived anew, because somebody was forgotten meanwhile.
    """

    at: datetime
    moment: str
    version: int
    numbers: bytes
    person: str = NOBODY
    outcomes: int = 0
    is_given: bool = False
    owed: datetime | None = None


class Provided(Struct, frozen=True, tag="provided", omit_defaults=True):
    """Content was brought for a pack, such as a course: a file as it came, and what reads it.

    The latest of a name counts.
    """

    at: datetime
    pack: str
    name: str
    importer: str
    content: bytes = b""
    person: str = NOBODY


Fact = (
    Observed
    | Consented
    | Linked
    | Decided
    | Claimed
    | Settled
    | Learned
    | Declared
    | Derived
    | Skipped
    | Provided
)


def as_plain(value: Any) -> Any:
    """Turn what msgspec does not know into what it does: maps to dicts, explainers to nothing.

    A text or number of a class of its own (an enumeration, a numpy scalar) becomes a plain one.

    Raises:
        BadInput: For anything else: what cannot be read again is not written.

    Example:
        >>> as_plain(FrozenMap({"hour": 9}))
        {'hour': 9}
    """
    if type(value) is FrozenMap:
        return dict(zip(value.names, value.held, strict=True))
    if callable(getattr(value, "reasons", None)):
        return None
    if isinstance(value, str):
        return str.__str__(value)  # not str(value), which is the class's own idea of it
    if isinstance(value, float | int):
        return float(value) if isinstance(value, float) else int(value)
    raise BadInput(
        f"A `{type(value).__name__}` cannot be kept. Give a text, a number, a yes/no or a list of "
        "numbers."
    )


def from_plain(kind: type, value: Any) -> Any:
    """Build the FrozenMap that a field of that type wants."""
    if (get_origin(kind) or kind) is FrozenMap:
        return FrozenMap(value)
    msg = f"No way to read a `{kind}`."
    raise TypeError(msg)


_encoder = msgspec.msgpack.Encoder(enc_hook=as_plain)
_decoder: msgspec.msgpack.Decoder[Fact] = msgspec.msgpack.Decoder(Fact, dec_hook=from_plain)


def encode(fact: Fact) -> bytes:
    """Give the bytes of a fact (MessagePack)."""
    return _encoder.encode(fact)


def decode(content: bytes) -> Fact:
    """Give the fact of some bytes.

    Raises:
        msgspec.DecodeError: When the bytes are no fact.
    """
    return _decoder.decode(content)


class Block(Protocol):
    """Many facts kept in columns; a store may keep it whole, and ask it for one person's part.

    `people` says whose facts they are, in order, so iterating and indexing it costs no facts.
    """

    people: Sequence[str]

    def __iter__(self) -> Iterator[Fact]:
        """Build the facts one after the other, those of forgotten people left out."""
        ...

    def of(self, person: str) -> Iterator[Fact]:
        """Build the facts of one person."""
        ...

    def find(self, decision: str) -> Decision | None:
        """Build the decision of that id, if it is one of these."""
        ...

    def drop(self, person: str) -> int:
        """Blank everything of one person; give how many facts that were."""
        ...


class Journal(Protocol):
    """Where facts live. Implementations are safe to call from several threads."""

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep the facts, all or none; return when they are durable.

        Raises:
            StoreFailed: When they could not be made durable; none of them is kept.
        """
        ...

    def read(self, person: str | None = None) -> Iterator[Fact]:
        """Give one person's facts, or everybody's, in the order of appending.

        Raises:
            StoreDamaged: Before giving a fact whose seal or chain does not fit.
        """
        ...

    def find(self, decision: str) -> Decision | None:
        """Give the decision of that id, or None when it is not kept (any more)."""
        ...


class Eraser(Protocol):
    """Another part of a store: making facts unreadable for good, and letting go of the file."""

    def forget(self, person: str, at: datetime) -> Receipt:
        """Make every fact of a person unreadable, durably, and say how many they were.

        A person who is not known gets a receipt over 0 entries. Interrupted at any point, the
        next opening of the store finishes it.
        """
        ...

    def forgotten(self, person: str) -> datetime | None:
        """Say when a person was last forgotten here, or None; of the id itself nothing is kept."""
        ...

    def close(self) -> None:
        """Finish what is under way and let go of the files; a second call does nothing."""
        ...


class Remover(Protocol):
    """The third part of a store: taking some facts out of the middle, and leaving the others."""

    def remove(self, people: Iterable[str], chosen: Callable[[Fact], bool]) -> int:
        """Empty the facts that are chosen, durably, and say how many they were.

        The facts of one person go at once or not at all. Everything else stays as it was: the
        order, and that a stream is whole. `NOBODY` may be among the people.

        Args:
            people: Whose facts are looked at.
            chosen: Asked of each of their facts, in order; what it chooses must be all that one
                person has in a block.

        Raises:
            StoreFailed: When it could not be finished; calling again finishes it.
        """
        ...


class Store(Journal, Eraser, Remover, Protocol):
    """What an engine needs of a disk."""
