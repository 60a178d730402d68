"""Recalling: who may be due, read from the whole journal when an engine opens.

Only what openings need is kept, and only while it is read: answers to some purposes, time zones,
when moments opened themselves, and whose signals came so late that nobody may have seen to them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from penchant.journal import Consented, Decided, Fact, Observed
from penchant.runtime.timetable import Timetable
from penchant.runtime.watching import Watchlist

__all__ = ["Recall"]


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
        self._answers: dict[tuple[str, str], tuple[datetime, bool]] = {}
        self._zones: dict[str, tuple[datetime, str]] = {}

    def see(self, fact: Fact) -> None:
        """Take in the next fact of the journal."""
        at = fact.at.timestamp()
        self.latest = max(self.latest, min(at, self._now))
        if isinstance(fact, Observed):
            self._observed(fact, at)
        elif isinstance(fact, Consented) and fact.consent.purpose in self._purposes:
            given = fact.consent
            when = given.at or fact.at
            key = (fact.person, given.purpose)
            if key not in self._answers or self._answers[key][0] <= when:
                self._answers[key] = when, given.state == "granted"
        elif isinstance(fact, Decided) and fact.opening and fact.decision.moment in self._moments:
            slot = (fact.person, fact.decision.moment)
            self.opened[slot] = max(at, self.opened.get(slot, at))

    def people(self, home_of: Callable[[str], str]) -> Iterator[tuple[str, set[str], str]]:
        """Give who granted which purposes, and their zone, each under the id they go by."""
        purposes: dict[str, dict[str, tuple[datetime, bool]]] = {}
        for (person, purpose), answer in self._answers.items():
            theirs = purposes.setdefault(home_of(person), {})
            theirs[purpose] = max(answer, theirs.get(purpose, answer))
        zones: dict[str, tuple[datetime, str]] = {}
        for person, zone in self._zones.items():
            home = home_of(person)
            zones[home] = max(zone, zones.get(home, zone))
        for home, theirs in purposes.items():
            granted = {purpose for purpose, (_, yes) in theirs.items() if yes}
            if granted:
                yield home, granted, zones[home][1] if home in zones else ""

    def _observed(self, fact: Observed, at: float) -> None:
        kind = fact.signal.kind
        if kind in self._watchlist.by_kind and at + self._watchlist.late >= self._now:
            self.touched[fact.person] = at
        if kind == "trait.stated" and self._purposes and "time_zone" in fact.signal.data:
            known = self._zones.get(fact.person)
            if known is None or known[0] <= fact.at:
                self._zones[fact.person] = fact.at, str(fact.signal.data["time_zone"])
