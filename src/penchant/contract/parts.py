"""The parts of a pack that are code, and all that they may see.

Loop: beside it. A part is made once, by the callable that the pack names, from the pack's own
content (`Contents`); after that everything it knows comes in as arguments.
Rule 1: a part sees one person through a `View` of one purpose: no id, no store, clock or dice.
Rule 2: what a part gives back is a value; the engine checks it before it is used.
Rule 3: a protocol has three methods at most.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from penchant.words import Action, FrozenMap, Goal, Signal, Value

__all__ = [
    "Brought",
    "Contents",
    "Expert",
    "Exporter",
    "Finding",
    "Importer",
    "Measure",
    "Measured",
    "Part",
    "Planner",
    "Proposer",
    "View",
]

S = TypeVar("S")

Contents = Mapping[str, Any]
"""What was brought for a pack, by name: a course, a bank of items. Values of the pack's own."""

Part = Callable[[Contents], Any]
"""What a pack names as a part: it makes the part from the pack's content."""


class View(Struct, frozen=True):
    """One person as one pack may see them for one purpose, at one time.

    Nobody in particular, and somebody who did not agree, is a view with nothing in it. `signals`
    are the latest of the pack's kinds, oldest first, without the person's id; `states` those of
    its experts by name.
    """

    purpose: str
    at: datetime
    signals: tuple[Signal, ...] = ()
    states: FrozenMap[Any] = FrozenMap()
    traits: FrozenMap[Value] = FrozenMap()
    goals: tuple[Goal, ...] = ()


class Expert(Protocol[S]):
    """A latent state folded from signals, and the features it gives.

    The state is a value: `fold` gives a new one and leaves the old as it was.
    """

    def initial(self) -> S:
        """Give the state of somebody of whom nothing is known."""
        ...

    def fold(self, state: S, signal: Signal) -> S:
        """Give the state with one more signal in it; signals come in the order of their times."""
        ...

    def features(self, state: S, at: datetime) -> Mapping[str, Value]:
        """Give the declared features as they stand at a time."""
        ...


class Proposer(Protocol):
    """Candidates for one person."""

    def propose(self, view: View, context: Mapping[str, Value]) -> Sequence[Action]:
        """Give what could be done; the feature `why` of each names the words of its reason."""
        ...


class Planner(Protocol):
    """An order over candidates, within a budget."""

    def plan(
        self, view: View, candidates: Sequence[Action], budget: float | None
    ) -> Sequence[Action]:
        """Give the candidates that fit, the one to do first before the others."""
        ...


class Finding(Struct, frozen=True):
    """What is wrong with something that was read: where, and a sentence."""

    line: int
    field: str
    sentence: str


class Brought(Struct, frozen=True):
    """What an importer read: signals about people, content of the pack's own, and what was wrong.

    What is wrong is left out, and the rest stands.
    """

    signals: tuple[Signal, ...] = ()
    content: FrozenMap[Any] = FrozenMap()
    findings: tuple[Finding, ...] = ()


class Importer(Protocol):
    """Reads a file format."""

    def read(self, content: bytes) -> Brought:
        """Give what the bytes of a file hold."""
        ...


class Exporter(Protocol):
    """Writes a file format."""

    def write(self, signals: Sequence[Signal]) -> bytes:
        """Give signals as the bytes of a file."""
        ...


class Measured(Struct, frozen=True):
    """What a claim measured: the metric, the baseline's on the same data, and over how many."""

    value: float
    baseline: float
    n: int
    low: float | None = None
    high: float | None = None


Measure = Callable[[Callable[[str], bytes]], Measured]
"""Measures a claim; it is given what reads a file of the claim's data set by its name."""
