"""Decisions that wait for what follows, until their window closes.

Loop: Learn. Rule 1: the first outcome counts; a decision is taken out once. Rule 2: memory is
bounded: beyond so many open decisions of one person at one moment the oldest is let go, and its
outcome refused. Rule 3: no clock; who asks says what time it is.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.words import Decision

__all__ = ["Open", "Pending"]

Floats = NDArray[np.float64]

_REMEMBERED = 65_536


class Open(NamedTuple):
    """A decision whose outcome is awaited: raw features (dc,) and (da,) of what was chosen."""

    decision: Decision
    context: Floats
    action: Floats
    place: int
    closes_at: float


class Pending:
    """The open decisions of an engine."""

    def __init__(self, most_per_person: int) -> None:
        """Start with none; `most_per_person` and moment stay open at a time."""
        self._most = most_per_person
        self._open: dict[str, Open] = {}
        self._of_person: dict[tuple[str, str], deque[str]] = {}
        self._closing: list[tuple[float, str]] = []
        self._gone: OrderedDict[str, str] = OrderedDict()

    def __len__(self) -> int:
        """Count the open decisions."""
        return len(self._open)

    def add(self, one: Open) -> None:
        """Wait for the outcome of a decision."""
        decision = one.decision
        self._open[decision.id] = one
        heappush(self._closing, (one.closes_at, decision.id))
        if len(self._closing) > 2 * len(self._open) + 1_024:  # mostly decisions taken out since
            self._closing = sorted((one.closes_at, name) for name, one in self._open.items())
        if decision.person is None:
            return
        theirs = self._of_person.setdefault((decision.person, decision.moment), deque())
        theirs.append(decision.id)
        while len(theirs) > self._most:
            oldest = theirs.popleft()
            if self._open.pop(oldest, None) is not None:
                self._remember(
                    oldest,
                    f"Its outcome came too late: {self._most} newer decisions of the same person "
                    "and moment were open.",
                )

    def take(self, decision: str) -> Open | str:
        """Take a decision out to learn from it, or say why there is none to take."""
        one = self._open.pop(decision, None)
        if one is None:
            return self._gone.get(decision, "No decision of that id waits for an outcome.")
        self._part(one)
        self._remember(decision, "Its outcome was learned before; the first one counts.")
        return one

    def put_back(self, one: Open) -> None:
        """Undo a `take` whose outcome could not be made durable."""
        self._gone.pop(one.decision.id, None)
        self.add(one)

    def is_due(self, now: float) -> bool:
        """Say whether a window may have closed before `now`."""
        return bool(self._closing) and self._closing[0][0] < now

    def close(self, now: float) -> Iterator[Open]:
        """Take out the decisions whose window closed before `now`."""
        closing = self._closing
        while closing and closing[0][0] < now:
            _, decision = heappop(closing)
            one = self._open.pop(decision, None)
            if one is not None and one.closes_at < now:
                self._part(one)
                self._remember(decision, "Its window had closed before its outcome came.")
                yield one

    def drop(self, person: str) -> None:
        """Let go of all that waits for a person who is to be forgotten."""
        for key in [key for key in self._of_person if key[0] == person]:
            for decision in self._of_person.pop(key):
                self._open.pop(decision, None)

    def _part(self, one: Open) -> None:
        """Take a decision out of its person's list."""
        person, moment = one.decision.person, one.decision.moment
        if person is None:
            return
        theirs = self._of_person[person, moment]
        if theirs[-1] == one.decision.id:
            theirs.pop()
        elif one.decision.id in theirs:
            theirs.remove(one.decision.id)
        if not theirs:
            del self._of_person[person, moment]

    def _remember(self, decision: str, sentence: str) -> None:
        """Keep why a decision is no longer open, for the latest ones."""
        self._gone[decision] = sentence
        if len(self._gone) > _REMEMBERED:
            self._gone.popitem(last=False)
