"""Watching: what a person's facts say about the moments that open themselves.

Everything here is a fold of the journal, in the order the facts were kept, so a restart finds the
same: what is armed, what cools down, what is due.
Rule 1: a moment that opened itself for a person stays shut for an opening's cool-down, whichever
opening it was.
Rule 2: a signal opens what it may open, or nothing: what comes while a moment cools down is not
made up for. A level that is still reached at the next signal opens then.
Rule 3: what was due for an id when it became another person's, or its own again, is due for nobody.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from typing import NamedTuple

from penchant.journal import Decided, Fact, Linked, Observed
from penchant.limits import seconds
from penchant.openings import AtTime, OnLevel, OnSignal
from penchant.profile import levels
from penchant.profile.levels import Level
from penchant.runtime.opening.opening_nouns import opening_key, said
from penchant.words import Moment, Signal

__all__ = ["Declarations", "Due", "Watch", "Watched", "Watchlist", "in_order"]


Declarations = Sequence[tuple[datetime, Moment]]
"""All declarations of one moment with their times, the one in force last."""


class Watched(NamedTuple):
    """One opening of one moment, with its durations in seconds, and since when it is declared."""

    moment: str
    key: str
    opening: OnSignal | OnLevel
    late: float
    cool_down: float
    since: float


class Due(NamedTuple):
    """A moment that is to be opened for a person: since when, until when, and by what.

    `opened_by` are the words for the decision.
    """

    at: float
    until: float
    key: str
    cool_down: float
    opened_by: str


class Watchlist:
    """The openings by signal and by level of all moments, by the kinds of signal they are about."""

    def __init__(self, declared: Iterable[Declarations]) -> None:
        """List what moments open by, each given with all of its declarations."""
        self.by_kind: dict[str, list[Watched]] = {}
        self.resets: dict[str, list[Watched]] = {}
        self.late = 0.0
        for one in declared:
            for opening in one[-1][1].opens:
                if not isinstance(opening, AtTime):
                    self._add(one, opening)

    def concerns(self, fact: Fact) -> bool:
        """Tell whether a fact may change what is due."""
        if isinstance(fact, Observed):
            return fact.signal.kind in self.by_kind or fact.signal.kind in self.resets
        if isinstance(fact, Linked):
            return bool(self.by_kind)
        return isinstance(fact, Decided) and bool(fact.opening)

    def _add(self, declared: Declarations, opening: OnSignal | OnLevel) -> None:
        late, key = seconds(opening.late), opening_key(opening)
        since = declared[-1][0]
        for at, moment in reversed(declared):
            if key not in map(opening_key, moment.opens):
                break
            since = at
        name, cool_down = declared[-1][1].name, seconds(opening.cool_down)
        one = Watched(name, key, opening, late, cool_down, since.timestamp())
        self.late = max(self.late, late)
        self.by_kind.setdefault(opening.kind, []).append(one)
        if isinstance(opening, OnLevel) and opening.since:
            self.resets.setdefault(opening.since, []).append(one)


class Watch:
    """What is known of one person for the openings of a watchlist."""

    __slots__ = ("dues", "last", "levels")

    def __init__(self) -> None:
        """Start with everything armed and nothing due."""
        self.dues: dict[str, Due] = {}
        """By moment."""
        self.last: dict[str, float] = {}
        """When each moment last opened itself, in seconds since 1970."""
        self.levels: dict[tuple[str, str], Level] = {}
        """By moment and key of the opening."""

    def take(self, fact: Fact, watchlist: Watchlist) -> None:
        """Take a fact in, the next in the order of the journal."""
        if isinstance(fact, Observed):
            at = (fact.signal.at or fact.at).timestamp()
            for one in watchlist.resets.get(fact.signal.kind, ()):
                self._restart(one, at)
            for one in watchlist.by_kind.get(fact.signal.kind, ()):
                if levels.matches(one.opening.where, fact.signal.data):
                    self._see(one, fact.signal, at)
        elif isinstance(fact, Decided) and fact.opening:
            self._open(fact.decision.moment, fact.opening, fact.at.timestamp())
        elif isinstance(fact, Linked):
            self.dues.clear()

    def _open(self, moment: str, key: str, at: float) -> None:
        self.dues.pop(moment, None)
        self.last[moment] = max(at, self.last.get(moment, at))
        level = self.levels.get((moment, key))
        if level is not None:
            self.levels[moment, key] = levels.opened(level)

    def _restart(self, one: Watched, at: float) -> None:
        opening = one.opening
        if isinstance(opening, OnLevel):
            level = self.levels.get((one.moment, one.key), Level())
            self.levels[one.moment, one.key] = levels.restarted(level, opening, at)

    def _see(self, one: Watched, signal: Signal, at: float) -> None:
        opening = one.opening
        if isinstance(opening, OnLevel):
            before = self.levels.get((one.moment, one.key), Level())
            after = levels.seen(before, opening, signal.data, at)
            self.levels[one.moment, one.key] = after
            if after is before or not levels.is_reached(after, opening):
                return
        last = self.last.get(one.moment, -math.inf)
        if at < one.since or at < last + one.cool_down:
            return
        due = Due(at, at + one.late, one.key, one.cool_down, said(opening))
        known = self.dues.get(one.moment)
        if known is None or due.until >= known.until:
            self.dues[one.moment] = due


def in_order(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Give the facts of a person who has several ids as one stream.

    The order within an id is that of the journal. Between ids facts go by time, and by no earlier
    one than that of what stands before them in their own stream; of one time links go first.
    """
    streams: dict[str, list[tuple[float, bool, int, Fact]]] = {}
    for number, fact in enumerate(facts):
        stream = streams.setdefault(fact.person, [])
        at = max(fact.at.timestamp(), stream[-1][0] if stream else fact.at.timestamp())
        stream.append((at, not isinstance(fact, Linked), number, fact))
    yield from (fact for *_, fact in merge(*streams.values()))
