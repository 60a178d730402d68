"""Decisions that wait for what follows, until their window closes.

Loop: Learn. Rule 1: the first outcome counts; a decision is taken out once. Rule 2: memory is
bounded: beyond so many open decisions of one person at one moment the oldest is let go, and its
outcome refused. Rule 3: no clock; who asks says what time it is.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from heapq import heappop, heappush
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from penchant.words import Decision

__all__ = ["Open", "OpenColumns", "Pending"]

Floats = NDArray[np.float64]

_REMEMBERED = 65_536
_LEARNED = "Its outcome was learned before; the first one counts."


class Open(NamedTuple):
    """A decision whose outcome is awaited: raw features (dc,) and (da,) of what was chosen.

    `place` is the place of the action among the decision's names.
    """

    decision: Decision
    context: Floats
    action: Floats
    place: int
    closes_at: float


class OpenColumns(Protocol):
    """Decisions that were taken in columns and wait: `waiting` (n,) says which still do."""

    waiting: NDArray[np.bool_]

    def place(self, decision: str) -> int:
        """Give the place of the decision of that id, or -1."""
        ...

    def opened(self, place: int) -> Open:
        """Build one decision as it waits for its outcome."""
        ...

    def drop(self, person: str) -> int:
        """Blank everything of one person."""
        ...


class Pending:
    """The open decisions of an engine."""

    def __init__(self, most_per_person: int) -> None:
        """Start with none; `most_per_person` and moment stay open at a time."""
        self._most = most_per_person
        self._open: dict[str, Open] = {}
        self._of_person: dict[tuple[str, str], deque[str]] = {}
        self._closing: list[tuple[float, str]] = []
        self._gone: OrderedDict[str, tuple[str, str | None]] = OrderedDict()
        self._blocks: dict[str, OpenColumns] = {}

    def __len__(self) -> int:
        """Count the open decisions."""
        return len(self._open)

    def add(self, one: Open) -> None:
        """Wait for the outcome of a decision."""
        decision = one.decision
        self._open[decision.id] = one
        heappush(self._closing, (one.closes_at, decision.id))
        if (
            len(self._closing) > 2 * (len(self._open) + len(self._blocks)) + 1_024
        ):  # mostly decisions taken out since
            self._let_go_of_times()
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
                    decision.person,
                )

    def add_block(self, name: str, block: OpenColumns, closes_at: float) -> None:
        """Wait for the outcomes of decisions that were taken in columns."""
        self._blocks[name] = block
        heappush(self._closing, (closes_at, name))

    def take(self, decision: str) -> Open | str:
        """Take a decision out to learn from it, or say why there is none to take."""
        one = self._open.pop(decision, None) or self._from_block(decision)
        if one is None:
            known = decision.rpartition(".")[0] in self._blocks
            unknown = _LEARNED if known else "No decision of that id waits for an outcome."
            return self._gone.get(decision, (unknown, None))[0]
        self._part(one)
        self._remember(decision, _LEARNED, one.decision.person)
        return one

    def waiting(self, person: str, moment: str) -> tuple[Decision, ...]:
        """Give the decisions of a person at a moment that wait, the oldest first."""
        theirs = self._of_person.get((person, moment), ())
        return tuple(self._open[one].decision for one in theirs if one in self._open)

    def waits_at(self, moment: str) -> bool:
        """Tell whether an outcome of that moment may be waited for."""
        if any(one.decision.moment == moment for one in self._open.values()):
            return True
        return any(block.waiting.any() for block in self._blocks.values())

    def let_go(self, decision: str, sentence: str) -> None:
        """Wait no more for the outcome of a decision that never reached anybody, and say why."""
        one = self._open.pop(decision, None)
        if one is not None:
            self._part(one)
            self._remember(decision, sentence, one.decision.person)

    def put_back(self, one: Open) -> None:
        """Undo a `take` whose outcome could not be made durable."""
        self._gone.pop(one.decision.id, None)
        self.add(one)

    def due_at(self) -> float | None:
        """Say when the next window closes, or one that was taken out would have."""
        return self._closing[0][0] if self._closing else None

    def close(self, now: float) -> Iterator[Open]:
        """Take out the decisions whose window closed before `now`."""
        closing = self._closing
        while closing and closing[0][0] < now:
            _, decision = heappop(closing)
            yield from self._close_block(decision)
            one = self._open.pop(decision, None)
            if one is not None and one.closes_at < now:
                self._part(one)
                late = "Its window had closed before its outcome came."
                self._remember(decision, late, one.decision.person)
                yield one

    def drop(self, person: str) -> None:
        """Let go of all that waits for a person who is to be forgotten, and of what did."""
        for key in [key for key in self._of_person if key[0] == person]:
            for decision in self._of_person.pop(key):
                self._open.pop(decision, None)
        for decision in [one for one, (_, whose) in self._gone.items() if whose == person]:
            del self._gone[decision]
        for block in self._blocks.values():
            block.drop(person)
        self._let_go_of_times()

    def _from_block(self, decision: str) -> Open | None:
        block = self._blocks.get(decision.rpartition(".")[0])
        place = -1 if block is None else block.place(decision)
        if block is None or place < 0 or not block.waiting[place]:
            return None
        block.waiting[place] = False
        return block.opened(place)

    def _close_block(self, name: str) -> Iterator[Open]:
        block = self._blocks.pop(name, None)
        if block is not None:
            for place in np.flatnonzero(block.waiting).tolist():
                block.waiting[place] = False
                yield block.opened(place)

    def _part(self, one: Open) -> None:
        """Take a decision out of its person's list."""
        person, moment = one.decision.person, one.decision.moment
        if person is None:
            return
        theirs = self._of_person.get((person, moment))
        if theirs is None:
            return
        if theirs[-1] == one.decision.id:
            theirs.pop()
        elif one.decision.id in theirs:
            theirs.remove(one.decision.id)
        if not theirs:
            del self._of_person[person, moment]

    def _let_go_of_times(self) -> None:
        """Keep the closing times of what still waits."""
        known = self._open.keys() | self._blocks.keys()
        self._closing = sorted(entry for entry in self._closing if entry[1] in known)

    def _remember(self, decision: str, sentence: str, person: str | None) -> None:
        """Keep why a decision is no longer open, for the latest ones, and whose it was."""
        self._gone[decision] = sentence, person
        if len(self._gone) > _REMEMBERED:
            self._gone.popitem(last=False)
