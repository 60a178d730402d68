"""Summing tallies over a stretch of days: what happened, how it compares, whether it is sound."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from penchant.learn.confidence import Outcomes, compared, no_outcomes, ratio_evidence, summed
from penchant.runtime.insight.counting import DAY, MINUTE
from penchant.runtime.insight.readings import Compared, DayReading, Health, Running
from penchant.runtime.insight.tallies import Day, MomentTally
from penchant.words import Moment

__all__ = [
    "compared_at",
    "counts_of",
    "days_of",
    "first_day",
    "health_of",
    "latest_of",
    "n_of",
    "outcomes_of",
    "running_of",
    "stretch",
]

Numbered = tuple[int, Day]
POINTS = 120  # of a line over time
WAYS = ("personal", "neutral", "nobody")


def first_day(now: datetime, days: int | None) -> int | None:
    """Give the first day of the last `days` days, in days since 1970; None for all time."""
    return None if days is None else int(now.timestamp()) // DAY - days + 1


def stretch(tallies: Iterable[MomentTally], first: int | None) -> list[Numbered]:
    """Give the days of some moments from a day on, in order; of all time with None."""
    days = [
        (number, day)
        for tally in tallies
        for number, day in tally.days.items()
        if first is None or number >= first
    ]
    return sorted(days, key=lambda one: one[0])


def counts_of(tallies: Sequence[MomentTally], first: int | None) -> Counter[str]:
    """Count decisions by the words of `counting`."""
    counts: Counter[str] = Counter()
    for _, day in stretch(tallies, first):
        counts.update(day.counts)
    if first is None:
        for tally in tallies:
            counts.update(tally.before.counts)
    return counts


def n_of(counts: Counter[str]) -> int:
    """Count all decisions."""
    return sum(n for what, n in counts.items() if what in WAYS or what.startswith("no consent: "))


def compared_at(
    moments: Sequence[Moment], tallies: Sequence[MomentTally], first: int | None
) -> Compared | None:
    """Compare the engine with its neutral answer at some moments; None without outcomes.

    Rewards of several moments meet in 0..1; of one they are said in its own range.
    """
    found = compared([outcomes_of(tally, first) for tally in tallies])
    if found is None:
        return None
    if len(moments) != 1:
        return Compared("", 0.0, 1.0, found)
    return Compared(moments[0].name, *moments[0].reward_range, found)


def days_of(tallies: Sequence[MomentTally], first: int | None) -> tuple[DayReading, ...]:
    """Give the decisions of each day, days without any left out."""
    by_day: dict[int, Counter[str]] = {}
    for number, day in stretch(tallies, first):
        by_day.setdefault(number, Counter()).update(day.counts)
    return tuple(
        DayReading(
            _date(number),
            personal=counts["personal"],
            neutral=counts["neutral"],
            others=n_of(counts) - counts["personal"] - counts["neutral"],
        )
        for number, counts in by_day.items()
    )


def running_of(tallies: Sequence[MomentTally], first: int | None) -> tuple[Running, ...]:
    """Give the difference to the neutral answer as it stood at the end of each day."""
    days = [
        (number, place, day.outcomes)
        for place, tally in enumerate(tallies)
        for number, day in stretch([tally], first)
        if day.outcomes.n
    ]
    return tuple(_running(sorted(days, key=lambda one: one[0]), len(tallies)))


def outcomes_of(tally: MomentTally, first: int | None = None) -> Outcomes:
    """Sum the outcomes of a moment from a day on; over all time with None."""
    days = [day.outcomes for _, day in stretch([tally], first)]
    return summed(days if first is not None else [*days, tally.before.outcomes])


def health_of(moment: Moment, tally: MomentTally) -> Health:
    """Say whether the neutral share was drawn as declared, over all time.

    Each share that was ever declared is held against its own draws; evidence multiplies.
    """
    odds = 1.0
    for share, (drawn, n) in tally.ratios.items():
        odds *= ratio_evidence(drawn, n, share)
    drawn, n = tally.ratios.get(moment.neutral_share, (0, 0))
    found = compared([outcomes_of(tally)])
    weight = None if found is None else found.weight
    return Health(moment.name, moment.neutral_share, drawn, n, odds, weight)


def latest_of(tallies: Sequence[MomentTally]) -> datetime | None:
    """Give the latest minute in which something was decided."""
    minutes = [max(tally.minutes) for tally in tallies if tally.minutes]
    return datetime.fromtimestamp(MINUTE * max(minutes), UTC) if minutes else None


def _running(days: Sequence[tuple[int, int, Outcomes]], n: int) -> Iterator[Running]:
    """Add days of n moments up, each moment apart: day, place of the moment, outcomes.

    Of many days only some are given, evenly apart and the last among them: a line needs no more.
    """
    so_far = [no_outcomes() for _ in range(n)]
    numbers = [number for number, _, _ in days]
    ends = [place for place, now in enumerate(numbers, 1) if now not in numbers[place : place + 1]]
    each = len(ends) // POINTS + 1
    told = set(ends[::-each])
    for place, (number, which, outcomes) in enumerate(days, 1):
        so_far[which] = summed([so_far[which], outcomes])
        found = compared(so_far) if place in told else None
        if found is not None:
            yield Running(_date(number), found.n, found.difference)


def _date(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)
