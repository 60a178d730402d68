"""Examples of a pack: people who never were, to look at the pack with.

Loop: beside it. An example gives files, answers to consent and signals as values; who starts an
engine with one brings them in by the same verbs as anything else.
Rule 1: all of it is simulated, and every signal of it is marked so before it is kept.
Rule 2: people who go on are a value: an answer gives the people as they are after it.
"""

from datetime import datetime
from typing import Protocol, Self

import numpy as np
from msgspec import Struct

from penchant.words import Signal

__all__ = ["SIMULATED", "Agreed", "Example", "File", "Lived", "Living"]

SIMULATED = "simulated"
"""The source of each signal of an example; what shows signals of it says so."""


class File(Struct, frozen=True):
    """A file to be brought to one of the pack's importers."""

    importer: str
    content: bytes


class Agreed(Struct, frozen=True):
    """Somebody who agreed to a purpose, and when."""

    person: str
    purpose: str
    at: datetime


class Living(Protocol):
    """People of an example who go on: at each decision of `moment` somebody answers."""

    @property
    def moment(self) -> str:
        """At which they are decided for."""
        ...

    @property
    def people(self) -> tuple[str, ...]:
        """Who go on."""
        ...

    def answered(
        self, person: str, action: str, at: datetime, dice: np.random.Generator
    ) -> tuple[Self, tuple[Signal, ...]]:
        """Give what a person does after an action, and the people after that."""
        ...


class Lived(Struct, frozen=True):
    """What an example holds; signals of one person in the order of their times.

    `living` are its people as they go on from there, where they do.
    """

    files: tuple[File, ...]
    agreed: tuple[Agreed, ...]
    signals: tuple[Signal, ...]
    living: Living | None = None


class Example(Protocol):
    """Makes people up."""

    def lived(self, until: datetime, dice: np.random.Generator) -> Lived:
        """Give what happened to them up to a time, drawn with these dice."""
        ...
