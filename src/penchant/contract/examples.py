"""Examples of a pack: people who never were, to look at the pack with.

Loop: beside it. An example gives files, answers to consent and signals as values; who starts an
engine with one brings them in by the same verbs as anything else.
Rule: all of it is simulated, and every signal of it is marked so before it is kept.
"""

from datetime import datetime
from typing import Protocol

import numpy as np
from msgspec import Struct

from penchant.words import Signal

__all__ = ["SIMULATED", "Agreed", "Example", "File", "Lived"]

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


class Lived(Struct, frozen=True):
    """What an example holds; signals of one person in the order of their times."""

    files: tuple[File, ...]
    agreed: tuple[Agreed, ...]
    signals: tuple[Signal, ...]


class Example(Protocol):
    """Makes people up."""

    def lived(self, until: datetime, dice: np.random.Generator) -> Lived:
        """Give what happened to them up to a time, drawn with these dice."""
        ...
