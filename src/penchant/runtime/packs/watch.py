"""Watching: who answered for a pack, whose signals end when, and whether guard metrics get worse.

Loop: beside it; facts come in as they are written or read from the journal.
Rule 1: bounded: one time a person, and a number a day and guard.
Rule 2: what is counted names nobody.
"""

import math
from collections.abc import Iterable

from msgspec import Struct

from penchant.contract.declarations import Guard
from penchant.journal import Consented, Decided, Fact, Observed
from penchant.limits import seconds
from penchant.runtime.packs.loaded import Loaded

__all__ = ["GuardReading", "Watch"]

_DAY = 86_400.0
_NINETY = 1.645
"""Standard deviations of a 90 % interval."""


class GuardReading(Struct, frozen=True):
    """A guard metric as it stands: signals a decision over its window, with a 90 % interval.

    `is_broken` where even the lower end of the interval is above what is allowed.
    """

    pack: str
    guard: Guard
    decisions: int
    signals: int
    value: float
    low: float
    high: float

    @property
    def is_broken(self) -> bool:
        """Whether it is worse than is allowed, as far as can be told."""
        return self.low > self.guard.at_most


class Watch:
    """When signals end, and the guard metrics of the packs of an engine."""

    def __init__(self, loaded: Loaded) -> None:
        """Start with nothing seen."""
        self._loaded = loaded
        self._ends: dict[str, float] = {}
        self._asked: dict[str, None] = {}
        guards = [(pack.name, one) for pack in loaded.packs.values() for one in pack.guards]
        self._guards = [(pack, one, seconds(one.window) / _DAY) for pack, one in guards]
        self._days: dict[str, dict[int, list[int]]] = {}

    def see(self, facts: Iterable[Fact]) -> None:
        """Take facts in."""
        for fact in facts:
            if isinstance(fact, Observed) and fact.signal.kind in self._loaded.kinds:
                self.ends(fact.person, self.end_of(fact))
                self._count(fact.signal.kind, "", fact.at.timestamp())
            elif isinstance(fact, Decided) and fact.decision.expected:
                decision = fact.decision
                if decision.executed and decision.moment in self._loaded.giving:
                    self._count("", decision.moment, fact.at.timestamp())
            elif isinstance(fact, Consented) and self._loaded.owner(fact.consent.purpose):
                self._asked[fact.person] = None

    def end_of(self, fact: Fact) -> float:
        """Say when a fact ends, in seconds since 1970; infinity where it does not."""
        if not isinstance(fact, Observed):
            return math.inf
        length = self._loaded.kept_for.get(fact.signal.kind, math.inf)
        return fact.at.timestamp() + length

    def people(self) -> tuple[str, ...]:
        """Give the ids of those who answered for a purpose of a pack, with yes or no."""
        return tuple(self._asked)

    def ends(self, person: str, at: float) -> None:
        """Note that something of a person ends at a time."""
        if at < self._ends.get(person, math.inf):
            self._ends[person] = at

    def over(self, now: float, most: int) -> list[str]:
        """Take out some of those of whom something has ended."""
        found = [person for person, at in self._ends.items() if at < now][:most]
        for person in found:
            del self._ends[person]
        return found

    def forget(self, ids: Iterable[str]) -> None:
        """Know nothing of some ids any more."""
        for one in ids:
            self._ends.pop(one, None)
            self._asked.pop(one, None)

    def guards(self, now: float) -> tuple[GuardReading, ...]:
        """Give the guard metrics as they stand."""
        return tuple(self._reading(*one, now) for one in self._guards)

    def _count(self, kind: str, moment: str, at: float) -> None:
        """Count a signal or a decision on its day, for every guard that is about it."""
        for _, guard, window in self._guards:
            if guard.signal == kind or guard.moment == moment:
                days = self._days.setdefault(guard.name, {})
                day = days.setdefault(int(at // _DAY), [0, 0])
                day[bool(moment)] += 1
                if len(days) > window + 2:
                    del days[min(days)]

    def _reading(self, pack: str, guard: Guard, window: float, now: float) -> GuardReading:
        """Read one guard: signals as of a Poisson count, for the decisions there were."""
        first = (now / _DAY) - window
        days = [n for day, n in self._days.get(guard.name, {}).items() if day >= first]
        signals, decisions = sum(n[0] for n in days), sum(n[1] for n in days)
        if not decisions:
            return GuardReading(pack, guard, 0, signals, 0.0, 0.0, math.inf)
        # The square root of a count has about the deviation 1/2 (Anscombe 1948).
        root = math.sqrt(signals + 0.375)
        low = max(root - _NINETY / 2, 0.0) ** 2 - 0.375
        high = (root + _NINETY / 2) ** 2 - 0.375
        return GuardReading(
            pack,
            guard,
            decisions,
            signals,
            signals / decisions,
            max(low, 0.0) / decisions,
            high / decisions,
        )
