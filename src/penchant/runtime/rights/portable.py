"""The lines of an export: what each one says.

An export is JSON Lines: a header, the person's facts as the journal keeps them, what is needed to
go on deciding for them elsewhere, and what was inferred about them, for themselves to read.
Rule: a line that `importing` reads is a value that is written out whole; it is read back the same.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from penchant.journal import (
    Claimed,
    Consented,
    Decided,
    Declared,
    Learned,
    Linked,
    Observed,
    Settled,
    as_plain,
    from_plain,
)
from penchant.model.numbers import Numbers
from penchant.words import ConsentState, Explanation, Profile

__all__ = [
    "SCHEMA",
    "VERSION",
    "Believed",
    "Explained",
    "Folded",
    "Header",
    "Imported",
    "Kept",
    "Line",
    "PersonFact",
    "Population",
    "PurposeKept",
    "line_of",
    "read_line",
]

SCHEMA = "penchant.person"
VERSION = 1
"""Of the schema: it grows when a line says something else than before."""


class Header(Struct, frozen=True, tag="header"):
    """What an export is, about whom, under all of their ids, and from when."""

    schema: str
    version: int
    person: str
    ids: tuple[str, ...]
    at: datetime


class Population(Struct, frozen=True, tag="population"):
    """What many people taught one moment, in aggregate numbers; none of them is one person's."""

    at: datetime
    moment: str
    numbers: Numbers


class Explained(Struct, frozen=True, tag="explained", omit_defaults=True):
    """Why one decision was taken, or why that cannot be said any more."""

    decision: str
    explanation: Explanation | None = None
    sentence: str = ""


class PurposeKept(Struct, frozen=True):
    """What is kept under one purpose, what the person answered, and which moments decide by it."""

    purpose: str
    state: ConsentState
    dial: float
    at: datetime | None
    until: datetime | None
    signals: int
    moments: tuple[str, ...]


class Kept(Struct, frozen=True, tag="kept"):
    """For what, for how long and for whom all of this is kept.

    `channels` are those by which something was brought to the person.
    """

    purposes: tuple[PurposeKept, ...]
    facts: Mapping[str, int]
    channels: tuple[str, ...]
    retention: str


class Folded(Struct, frozen=True, tag="folded"):
    """What an expert of a pack keeps of the person; another instance folds it from the signals."""

    at: datetime
    pack: str
    expert: str
    state: Any


class Believed(Struct, frozen=True, tag="believed"):
    """All that is believed about the person."""

    at: datetime
    profile: Profile


PersonFact = Observed | Consented | Linked | Decided | Claimed | Settled | Learned
Line = (
    Header
    | Observed
    | Consented
    | Linked
    | Decided
    | Claimed
    | Settled
    | Learned
    | Declared
    | Population
    | Explained
    | Kept
    | Folded
    | Believed
)


class Imported(Struct, frozen=True):
    """What became of an import: how many facts were kept, and how many were there already.

    `declared` are the moments that were new here, `given` those that decide by what the export
    brought, `own` those that go on by their own declaration or by what was learned here.
    """

    person: str
    facts: int
    known: int = 0
    declared: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Count as true."""
        return True

    @property
    def sentence(self) -> str:
        """Say where decisions may differ from those of the instance they came from; or ""."""
        if not self.own:
            return ""
        names = ", ".join(f"`{name}`" for name in self.own)
        return f"At {names} this instance goes by its own, so decisions may differ there."


_encoder = msgspec.json.Encoder(enc_hook=as_plain)
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line, dec_hook=from_plain)


def line_of(line: Line) -> str:
    """Give a line as text, with its end."""
    return _encoder.encode(line).decode() + "\n"


def read_line(text: str | bytes) -> Line:
    """Give the line that a text is.

    Raises:
        msgspec.DecodeError: When it is none.
    """
    return _decoder.decode(text)
