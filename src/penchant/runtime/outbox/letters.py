"""Letters: those on their way, and how far each has come. A fold of the journal.

A letter waits, is claimed by the one channel that may send it, and is settled. What was claimed and
never settled before the process ended is unknown: perhaps it was sent, so it is not sent again.
Rule 1: memory holds a letter until its window closes, whatever became of it.
Rule 2: nothing here writes; `outbox.py` makes a step durable before it takes it here.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Literal

from msgspec import Struct

from penchant.deliver.letter import Letter, letter_of
from penchant.journal import Claimed, Settled
from penchant.runtime.live_moment import LiveMoment, declared_at
from penchant.words import Decision

__all__ = ["NOT_SENT", "Letters", "State", "Way"]

NOT_SENT = frozenset({"refused", "failed", "expired"})
"""How a letter may end that surely reached nobody."""

State = Literal["waiting", "claimed", "sent", "unknown"]


class Way(Struct):
    """How far a letter has come; `returned` counts the tries after which it waited again."""

    letter: Letter
    state: State = "waiting"
    returned: int = 0
    is_lost: bool = False


class Resting:
    """Letters that wait and may not be tried before a time: in quiet hours, until they end."""

    def __init__(self) -> None:
        """Start with none."""
        self._until: list[tuple[float, str]] = []

    @property
    def due_at(self) -> float | None:
        """Say when the next may be tried again."""
        return self._until[0][0] if self._until else None

    def put(self, decision: str, until: float) -> None:
        """Let a letter rest."""
        heappush(self._until, (until, decision))

    def take(self, now: float) -> Iterator[str]:
        """Take out those that may be tried again by now."""
        while self._until and self._until[0][0] <= now:
            yield heappop(self._until)[1]


class Letters:
    """The letters of one engine, oldest first."""

    def __init__(self, began: datetime) -> None:
        """Start with none; what was sent and over before `began` is not kept."""
        self._began = began
        self._ways: dict[str, Way] = {}
        self._of_person: dict[str, dict[str, None]] = {}
        self._closing: list[tuple[float, str]] = []
        self.resting = Resting()

    def __len__(self) -> int:
        """Count those whose window is open."""
        return len(self._ways)

    def post(self, decision: Decision, live: LiveMoment) -> Letter | None:
        """Make a letter of a decision that opened by itself, if there is anything to bring."""
        until = decision.at + timedelta(seconds=live.window)
        letter = letter_of(decision, declared_at(live.declared, decision.at) or live.moment, until)
        if letter is not None:
            self._add(Way(letter))
        return letter

    def find(self, decision: str) -> Way | None:
        """Give how far a letter has come; None when it is settled, too old, or was none."""
        return self._ways.get(decision)

    def is_unsure(self, decision: str) -> bool:
        """Tell whether a decision is a letter of which nobody knows that it reached anybody."""
        way = self._ways.get(decision)
        return way is not None and way.state != "sent"

    def of(self, people: Iterable[str] | None = None) -> Iterator[Way]:
        """Give the letters of some ids, or all, oldest first."""
        if people is None:
            yield from list(self._ways.values())
            return
        ids = [one for person in people for one in self._of_person.get(person, ())]
        yield from sorted(map(self._ways.__getitem__, ids), key=lambda way: way.letter.at)

    def see(self, fact: Claimed | Settled) -> None:
        """Take in that a letter was claimed or settled."""
        way = self._ways.get(fact.decision)
        if way is None:
            return
        if isinstance(fact, Claimed):
            way.state = "claimed"
        elif fact.how == "returned":
            way.state, way.returned = "waiting", way.returned + 1
        elif fact.how == "unknown" or (fact.how == "sent" and self._began < way.letter.until):
            way.state = fact.how
        else:
            self._drop(fact.decision)

    def lose(self) -> None:
        """Note that whoever claimed letters so far is gone."""
        for way in self._ways.values():
            way.is_lost = way.state == "claimed"

    @property
    def lost(self) -> list[Way]:
        """Give the letters of which nobody knows whether they were sent, and nobody said so yet."""
        return [way for way in self._ways.values() if way.is_lost and way.state == "claimed"]

    @property
    def due_at(self) -> float | None:
        """Say when the next window closes, or a letter may be tried again."""
        while self._closing and self._closing[0][1] not in self._ways:
            heappop(self._closing)
        times = (self._closing[0][0] if self._closing else None, self.resting.due_at)
        return min((one for one in times if one is not None), default=None)

    def closed(self, now: float) -> list[Way]:
        """Take out the letters whose window closed by now."""
        closed = []
        while self._closing and self._closing[0][0] <= now:
            _, decision = heappop(self._closing)
            way = self._drop(decision)
            if way is not None:
                closed.append(way)
        return closed

    def put_back(self, ways: Iterable[Way]) -> None:
        """Undo `closed` for letters whose end could not be written."""
        for way in ways:
            self._add(way)

    def forget(self, ids: Iterable[str]) -> None:
        """Let go of all letters of some ids."""
        for person in ids:
            for decision in list(self._of_person.get(person, ())):
                self._drop(decision)

    def _add(self, way: Way) -> None:
        letter = way.letter
        self._ways[letter.id] = way
        self._of_person.setdefault(letter.person, {})[letter.id] = None
        heappush(self._closing, (letter.until.timestamp(), letter.id))

    def _drop(self, decision: str) -> Way | None:
        way = self._ways.pop(decision, None)
        if way is not None:
            theirs = self._of_person[way.letter.person]
            del theirs[decision]
            if not theirs:
                del self._of_person[way.letter.person]
        return way
