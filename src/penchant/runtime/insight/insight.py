"""Insight: read-only views of a running engine, for pages and metrics.

Everything here is read from what the engine keeps anyway, and from its tallies; nothing is changed.
Rule: the lock is held while tables in memory are read, not while the disk is.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from penchant.learn.evaluate.decided import Columns, journal_columns
from penchant.limits import check_id
from penchant.runtime.insight.counting import MINUTE
from penchant.runtime.insight.decision_reading import read_decision
from penchant.runtime.insight.moment_reading import lately, read_moment
from penchant.runtime.insight.person_reading import Wanted, read_person
from penchant.runtime.insight.readings import (
    DecisionReading,
    MomentLine,
    MomentReading,
    Overview,
    PersonReading,
)
from penchant.runtime.insight.recent import PEOPLE
from penchant.runtime.insight.summing import (
    compared_at,
    counts_of,
    days_of,
    first_day,
    health_of,
    latest_of,
    n_of,
    running_of,
)
from penchant.runtime.insight.tallies import MomentTally
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.memory import Memory
from penchant.words import Decision

__all__ = ["Insight"]

_EPOCH = date(1970, 1, 1)
_MINUTES = 60


class Insight:
    """What can be seen of one engine.

    Example:
        >>> from penchant import Action, Engine, Moment
        >>> with Engine.open(seed=7) as engine:
        ...     engine.declare(Moment("home.hero", purpose="news", actions=[Action("tip")]))
        ...     engine.decide("home.hero").action.name
        ...     engine.insight.overview().n
        'tip'
        1
    """

    def __init__(self, memory: Memory) -> None:
        """Look at what an engine keeps."""
        self._memory = memory

    @property
    def now(self) -> datetime:
        """The present, by the engine's clock."""
        with self._memory.lock:
            return self._memory.now()

    def overview(self, now: datetime | None = None, *, days: int | None = None) -> Overview:
        """Give what happened at all moments in the last `days` days (UTC), or in all time.

        Args:
            now: The present; None asks the engine's clock.
            days: How many, today included; None for all time.
        """
        memory = self._memory
        with memory.lock:
            at = now or memory.now()
            moments = dict(memory.moments)
            tallies = [memory.tallies.moment(name) for name in moments]
            first = first_day(at, days)
            counts = counts_of(tallies, first)
            since = None if first is None else _EPOCH + timedelta(days=first)
            people = memory.tallies.recent.people
            met = [one for one in people.values() if since is None or _on(one) >= since]
            lines = _lines(moments, tallies, first)
            asked = [line.moment for line in lines if line.compared]
            return Overview(
                at=at,
                since=since,
                n=n_of(counts),
                n_people=len(met),
                people_are_all=len(people) < PEOPLE,
                latest=latest_of(tallies),
                minutes=_minutes(tallies, at),
                days=days_of(tallies, first),
                counts=counts,
                compared=compared_at(asked, tallies, first),
                running=running_of(tallies, first),
                health=tuple(
                    health_of(live.moment, tally)
                    for live, tally in zip(moments.values(), tallies, strict=True)
                    if tally.ratios
                ),
                refused=dict(memory.tallies.refused),
                moments=lines,
            )

    def moment(self, name: str) -> MomentReading:
        """Give one moment.

        Raises:
            UnknownMoment: When none of that name was declared.
        """
        memory = self._memory
        with memory.lock:
            live, tally = memory.moment(name), memory.tallies.moment(name)
            latest = list(memory.tallies.recent.latest())
        seen = lately(live.moment.name, latest)
        with memory.lock:
            return read_moment(live, tally, seen, memory.now())

    def person(
        self, person: str, *, facts: int = 50, decisions: int = 8, lately: bool = False
    ) -> PersonReading | None:
        """Give one person, with the latest facts and decisions; None when nothing is kept.

        With `lately` the beliefs about somebody of whom nothing came for four weeks are told as of
        then: today they have faded.

        Raises:
            BadName: For an id that is none.
        """
        check_id(person, "A person id", self._memory.limits)
        return read_person(self._memory, person, Wanted(facts, decisions, lately))

    def people(self, n: int = 100) -> tuple[tuple[str, datetime], ...]:
        """Give whom something was decided for lately, and when, the latest first."""
        memory = self._memory
        with memory.lock:
            memory.tallies.settle()
            met = reversed(memory.tallies.recent.people.items())
            return tuple(sorted(met, key=lambda one: one[1], reverse=True)[:n])

    def decision(self, decision_id: str) -> DecisionReading:
        """Give one decision, what followed it and why it was taken.

        Raises:
            UnknownDecision: When no decision of that id is kept.
        """
        return read_decision(self._memory, decision_id)

    def log(self, moment: str) -> Columns:
        """Give the decisions of a moment as columns that can be judged, read from the journal.

        Left out are those of people who restrict the use of what is kept. With many facts it takes
        seconds; nothing waits for it.

        Raises:
            UnknownMoment: When none of that name was declared.
        """
        memory = self._memory
        with memory.lock:
            resting = memory.moment(moment).learning.asleep
        return journal_columns(memory.store.read(), moment, rests=lambda one: one in resting)

    def recent(self, n: int = 50, *, skip: int = 0) -> tuple[Decision, ...]:
        """Give the latest decisions, the last one first; about a thousand are kept at hand."""
        memory = self._memory
        with memory.lock:
            memory.tallies.settle()
            return tuple(islice(memory.tallies.recent.latest(), skip, skip + n))


def _lines(
    moments: dict[str, LiveMoment], tallies: Sequence[MomentTally], first: int | None
) -> tuple[MomentLine, ...]:
    """Give each moment with its count and comparison."""
    return tuple(
        MomentLine(
            live.moment,
            n_of(counts_of([tally], first)),
            compared_at([live.moment], [tally], first),
            latest_of([tally]),
        )
        for live, tally in zip(moments.values(), tallies, strict=True)
    )


def _minutes(tallies: Sequence[MomentTally], now: datetime) -> tuple[int, ...]:
    """Count the decisions of each of the last minutes, the present one last."""
    last, counts = int(now.timestamp()) // MINUTE, Counter[int]()
    for tally in tallies:
        counts.update(tally.minutes)
    return tuple(counts[minute] for minute in range(last - _MINUTES + 1, last + 1))


def _on(at: datetime) -> date:
    return at.astimezone(UTC).date()
