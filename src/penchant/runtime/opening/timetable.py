"""Timetable: when moments open themselves by time, and for whom.

People are kept in groups: those who granted a purpose, by the time zone they stated. A group has
one next time for each opening, so time costs as much as there are zones, however many people.
Rule 1: a group whose time has come is gone through once, in slices; who was opened for since, or
belongs to it only since then, or not any more, is passed over.
Rule 2: what is later than the opening allows is left out, counted, and never made up for.
Rule 3: it says who may be due. Consent, zone and guardrails are asked for each when it is opened.
"""

import math
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from penchant.guard.hours import is_zone, next_time
from penchant.limits import seconds
from penchant.openings import AtTime
from penchant.runtime.opening.opening_nouns import opening_key, said
from penchant.words import Moment

__all__ = ["Missed", "Timed", "Timetable"]

Group = tuple[str, str]
"""A purpose, and the zone that people stated; "" for those who stated none."""


Slot = tuple[str, str, str, str]
"""A moment, the key of an opening, and a group: what has a next time of its own."""


class Timed(NamedTuple):
    """One opening by time of one moment, with its durations in seconds."""

    moment: str
    purpose: str
    key: str
    opening: AtTime
    late: float
    cool_down: float

    def slot(self, group: Group) -> Slot:
        """Give what has a next time of its own."""
        return (self.moment, self.key, *group)

    def zone(self, stated: str) -> str:
        """Give the zone whose clock counts for people who stated one, or none."""
        return stated or self.opening.zone

    def words(self, stated: str) -> str:
        """Say what opened the moment."""
        return said(self.opening, self.zone(stated))


class Missed(NamedTuple):
    """A time that nobody looked at until it was too late, and for how many people."""

    timed: Timed
    due: float
    people: int


class _Round(NamedTuple):
    """A group that is gone through because its time has come."""

    timed: Timed
    group: Group
    due: float
    people: deque[str]


class Timetable:
    """The next times of all groups, and the groups that are gone through."""

    def __init__(self) -> None:
        """Start with no opening by time."""
        self.timed: dict[str, list[Timed]] = {}
        """By purpose."""
        self._groups: dict[Group, dict[str, float]] = {}
        """Who is in each, and since when."""
        self._groups_of: dict[str, tuple[Group, ...]] = {}
        self._opened: dict[str, dict[str, float]] = {}
        self._next: list[tuple[float, int, Slot]] = []
        self._timed_of: dict[Slot, Timed | None] = {}
        self._rounds: deque[_Round] = deque()
        self._number = count()

    def declare(self, moments: Iterable[Moment], after: float) -> None:
        """Take over the openings by time; what was due and not gone through yet still is.

        Args:
            moments: All that are declared.
            after: Now; an opening that is new begins with its next time.
        """
        self.timed = {}
        for moment in moments:
            for one in moment.opens:
                if isinstance(one, AtTime):
                    timed = Timed(
                        moment.name,
                        moment.purpose,
                        opening_key(one),
                        one,
                        seconds(one.late),
                        seconds(one.cool_down),
                    )
                    self.timed.setdefault(moment.purpose, []).append(timed)
        self._timed_of = dict.fromkeys(self._timed_of)  # none of them, until it is found again
        for group in self._groups:
            self._schedule(group, after)

    def place(self, person: str, purposes: Mapping[str, float], zone: str, after: float) -> None:
        """Put a person into the groups they belong to, and out of all others.

        Args:
            person: The id they go by.
            purposes: Those they granted, and since when they belong to whom it concerns.
            zone: As they stated it, or "".
            after: A group that is new begins with its next time after this.
        """
        stated = zone if is_zone(zone) else ""
        groups = tuple((one, stated) for one in purposes if one in self.timed)
        if zone and not stated:
            groups = ()  # a zone that nobody knows is no reason to take another
        before = {one: self._groups[one][person] for one in self._groups_of.get(person, ())}
        if groups == tuple(before):
            return
        self.remove((person,), is_moved=True)
        for group in groups:
            is_new = group not in self._groups
            since = before.get(group, purposes[group[0]])
            self._groups.setdefault(group, {})[person] = since
            if is_new:
                self._schedule(group, after)
        if groups:
            self._groups_of[person] = groups

    def opened(self, person: str, moment: str, at: float) -> None:
        """Note when a moment opened itself for a person."""
        theirs = self._opened.setdefault(moment, {})
        theirs[person] = max(at, theirs.get(person, at))

    def remove(self, people: Collection[str], *, is_moved: bool = False) -> None:
        """Know nothing of some people any more; of who only moved, when moments opened stays."""
        for person in people:
            for group in self._groups_of.pop(person, ()):
                members = self._groups[group]
                del members[person]
                if not members:
                    del self._groups[group]
        if is_moved:
            return
        for person in people:
            for theirs in self._opened.values():
                theirs.pop(person, None)
            for one in self._rounds:
                if person in one.people:
                    one.people.remove(person)

    @property
    def late(self) -> float:
        """The longest time after which an opening may still be met."""
        return max((one.late for listed in self.timed.values() for one in listed), default=0.0)

    @property
    def due_at(self) -> float | None:
        """Say when a group is due next."""
        if self._rounds:
            return self._rounds[0].due
        return self._next[0][0] if self._next else None

    def due(self, now: float, missed: list[Missed]) -> Iterator[tuple[str, Timed, str, float]]:
        """Give who is due by now, one by one, those of the earliest time first.

        Args:
            now: In seconds since 1970.
            missed: Gets what came too late.

        Yields:
            Person, opening, the zone they stated, and the time that has come.
        """
        self._begin(now, missed)
        while self._rounds:
            one = self._rounds[0]
            if one.timed not in self.timed.get(one.timed.purpose, ()):
                self._rounds.popleft()
                continue
            if now > one.due + one.timed.late:
                self._rounds.popleft()
                _miss(one.timed, one.due, len(one.people), missed)
                continue
            while one.people:
                person = one.people.popleft()
                if one.group in self._groups_of.get(person, ()):
                    yield person, one.timed, one.group[1], one.due
            self._rounds.popleft()

    def _begin(self, now: float, missed: list[Missed]) -> None:
        """Begin to go through the groups whose time has come."""
        while self._next and self._next[0][0] <= now:
            due, _, slot = heappop(self._next)
            timed, group = self._timed_of.pop(slot), slot[2:]
            members = self._groups.get(group)
            if timed is None or not members:
                continue
            opened = self._opened.get(timed.moment, {})
            people = deque(
                one
                for one, since in members.items()
                if since <= due and opened.get(one, -math.inf) < due
            )
            if now > due + timed.late:
                _miss(timed, due, len(people), missed)
                self._push(timed, group, now - timed.late)
            else:
                self._rounds.append(_Round(timed, group, due, people))
                self._push(timed, group, due)

    def _schedule(self, group: Group, after: float) -> None:
        """Note the next time of a group for each opening of its purpose that has none yet."""
        for timed in self.timed.get(group[0], ()):
            if timed.slot(group) in self._timed_of:
                self._timed_of[timed.slot(group)] = timed
            else:
                self._push(timed, group, after)

    def _push(self, timed: Timed, group: Group, after: float) -> None:
        opening, then = timed.opening, datetime.fromtimestamp(after, UTC)
        due = next_time(then, opening.at, timed.zone(group[1]), opening.days)
        if due is not None:
            self._timed_of[timed.slot(group)] = timed
            heappush(self._next, (due.timestamp(), next(self._number), timed.slot(group)))


def _miss(timed: Timed, due: float, people: int, missed: list[Missed]) -> None:
    if people:
        missed.append(Missed(timed, due, people))
