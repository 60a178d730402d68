"""Recalling: who may be due, read from the whole journal when an engine opens.

Only what openings need is kept, and only while it is read: answers to some purposes, time zones,
when moments opened themselves, and whose signals came so late that nobody may have seen to them.
"""

import math
from collections.abc import Callable, Iterator
from datetime import datetime
from operator import itemgetter

from penchant.journal import Consented, Decided, Fact, Linked, Observed
from penchant.runtime.opening.timetable import Timetable
from penchant.runtime.opening.watching import Watchlist

__all__ = ["Recall"]

_Said = tuple[float, bool | str]
"""When somebody answered, or said where they live, and what."""


class Recall:
    """What one reading of the journal says for openings."""

    def __init__(self, watchlist: Watchlist, timetable: Timetable, now: datetime) -> None:
        """Listen for what these openings need.

        Args:
            watchlist: Openings by signal and by level.
            timetable: Openings by time.
            now: Of the reading.
        """
        self.touched: dict[str, float] = {}
        """Who had a signal lately that may open something, with its time."""
        self.opened: dict[tuple[str, str], float] = {}
        """When a moment with an opening by time last opened itself, by person and moment."""
        self.latest = 0.0
        """The time of the latest fact, none after now."""
        self._now = now.timestamp()
        self._watchlist, self._purposes = watchlist, frozenset(timetable.timed)
        self._moments = {one.moment for listed in timetable.timed.values() for one in listed}
        self._is_needed = bool(self._purposes or watchlist.by_kind)
        self._answers: dict[str, dict[str, list[_Said]]] = {}
        self._zones: dict[str, list[_Said]] = {}
        self._linked: dict[str, float] = {}

    def see(self, fact: Fact) -> None:
        """Take in the next fact of the journal."""
        if not self._is_needed:
            return
        at = fact.at.timestamp()
        self.latest = max(self.latest, min(at, self._now))
        if isinstance(fact, Observed):
            self._observed(fact, at)
        elif isinstance(fact, Consented) and fact.consent.purpose in self._purposes:
            given = fact.consent
            theirs = self._answers.setdefault(fact.person, {}).setdefault(given.purpose, [])
            theirs.append(((given.at or fact.at).timestamp(), given.state == "granted"))
        elif isinstance(fact, Linked):
            for one in (fact.person, fact.to):
                self._linked[one] = max(at, self._linked.get(one, at))
        elif isinstance(fact, Decided) and fact.opening and fact.decision.moment in self._moments:
            slot = (fact.person, fact.decision.moment)
            self.opened[slot] = max(at, self.opened.get(slot, at))

    def people(
        self, ids_of: Callable[[str], tuple[str, ...]]
    ) -> Iterator[tuple[str, dict[str, float], str]]:
        """Give who granted which purposes and since when, and their zone, by the id they go by."""
        met: set[str] = set()
        for person in self._answers:
            ids = ids_of(person)
            if ids[0] in met:
                continue
            met.add(ids[0])
            since, zone = _latest([said for one in ids for said in self._zones.get(one, ())])
            since = max(since, *(self._linked.get(one, since) for one in ids))
            granted: dict[str, float] = {}
            for purpose in self._purposes:
                answers = [self._answers.get(one, {}).get(purpose, ()) for one in ids]
                begun, yes = _latest([said for theirs in answers for said in theirs])
                if yes:
                    granted[purpose] = max(begun, since)
            if granted:
                yield ids[0], granted, str(zone or "")

    def _observed(self, fact: Observed, at: float) -> None:
        kind = fact.signal.kind
        if kind in self._watchlist.by_kind and at + self._watchlist.late >= self._now:
            self.touched[fact.person] = at
        if kind == "trait.stated" and self._purposes and "time_zone" in fact.signal.data:
            zone = str(fact.signal.data["time_zone"])
            self._zones.setdefault(fact.person, []).append((at, zone))


def _latest(said: list[_Said]) -> tuple[float, bool | str]:
    """Give what was said last, and since when the same was said."""
    since = -math.inf
    last: bool | str = False
    for at, now in sorted(said, key=itemgetter(0)):
        if now != last:
            since, last = at, now
    return since, last
