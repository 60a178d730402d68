"""Rhythm: at which hours of the week, in whose zone, and how sure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from unit.profile.facts import DAY, NOW

from penchant.journal import Observed
from penchant.profile.evidence import Experience
from penchant.profile.rhythm import CELLS, Rhythm, smoothed
from penchant.words import Action, Belief, Signal

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def did(*times: datetime, **fields: Any) -> list[Observed]:
    """Give a signal at each of some times."""
    return [Observed("ada", at, Signal("a.b", "ada", at, **fields)) for at in times]


def each(hour: float, *, days: tuple[int, ...], weeks: int = 4) -> list[datetime]:
    """Give an hour of some days (0 is Monday) of each of some weeks."""
    return [
        MONDAY - week * 7 * DAY + day * DAY + timedelta(hours=hour)
        for week in range(weeks)
        for day in days
    ]


def say(signals: list[Observed], rhythm: Rhythm | None = None) -> Belief:
    """Say what rhythm believes."""
    rhythm = rhythm or Rhythm("UTC")
    (belief,) = rhythm.say(rhythm.see(signals), NOW)
    return belief


WORKDAYS = (0, 1, 2, 3, 4)


def test_mornings_of_working_days_are_said_so() -> None:
    """Ten mornings and three evenings."""
    times = [*each(8.5, days=WORKDAYS, weeks=2), *each(20, days=(0, 3, 5), weeks=1)]

    assert say(did(*times)).says == "mostly mornings on weekdays, fairly sure"


@pytest.mark.parametrize(
    ("hour", "days", "says"),
    [
        (21.0, (5, 6), "mostly evenings at weekends"),
        (3.0, tuple(range(7)), "mostly nights on any day"),
        (14.0, WORKDAYS, "mostly afternoons on weekdays"),
    ],
)
def test_parts_of_the_day_and_of_the_week_are_named(
    hour: float, days: tuple[int, ...], says: str
) -> None:
    """Four parts of the day; weekdays, weekends or any day."""
    assert say(did(*each(hour, days=days, weeks=10))).says == f"{says}, very sure"


def test_two_parts_of_the_day_may_lead_together() -> None:
    """Mornings and evenings alike, hardly anything between."""
    times = [*each(9, days=WORKDAYS, weeks=8), *each(20, days=WORKDAYS, weeks=8)]

    assert say(did(*times)).says.startswith("mostly mornings and evenings on weekdays, very sure")


def test_all_hours_alike_are_said_so() -> None:
    """The more is seen, the surer that there is no particular time."""
    few = say(did(*[MONDAY - 5 * n * timedelta(hours=1) for n in range(20)]))
    many = say(did(*[MONDAY - 5 * n * timedelta(hours=1) for n in range(300)]))

    assert many.says == "at no particular time of day, very sure"
    assert few.says.startswith("at no particular time of day")
    assert many.sure > few.sure


def test_little_evidence_is_not_enough_to_say() -> None:
    """Below eight signals nothing is claimed, but the map is there."""
    belief = say(did(*each(9, days=(0, 1, 2), weeks=1)))

    assert belief.says == "not enough yet to say when (about 3 of the 8 signals it takes)"
    assert belief.sure == 0.0
    assert tuple(belief.data) == CELLS


def test_what_was_around_or_measured_is_no_act_nor_are_outcomes() -> None:
    """A weather report every hour says nothing about a person's hours."""
    times = each(9, days=WORKDAYS)
    rhythm = Rhythm()
    state = rhythm.see([*did(*times, nature="contextual"), *did(*times, nature="sensed")])

    assert state.total.sum() == 0
    assert "about 0 of" in say([], rhythm).says
    assert rhythm.see([Experience(NOW, "home", Action("a"), 1.0)]).total.sum() == 0


def test_hours_are_those_of_the_persons_zone_over_a_change_of_clocks() -> None:
    """Nine in Berlin is seven in UTC in summer and eight in winter."""
    summer, winter = datetime(2026, 7, 6, 7, tzinfo=UTC), datetime(2026, 11, 16, 8, tzinfo=UTC)
    state = Rhythm("Europe/Berlin").see(did(summer, winter))

    assert np.flatnonzero(state.total).tolist() == [9]
    assert np.flatnonzero(Rhythm().see(did(summer, winter)).total).tolist() == [7, 8]


@pytest.mark.parametrize("zone", ["", "Mars/Base", "Europe", "../etc"])
def test_without_a_known_zone_hours_are_in_utc_and_it_is_said(zone: str) -> None:
    """A guess is named as one; UTC itself may be a person's zone."""
    signals = did(*each(9, days=WORKDAYS))

    assert say(signals, Rhythm(zone)).says.endswith("; hours in UTC, no time zone is known")
    assert "UTC" not in say(signals, Rhythm("UTC")).says
    assert say(signals, Rhythm(zone)).data == say(signals, Rhythm("UTC")).data


def test_shares_are_shrunk_to_people_in_general_and_sum_to_one() -> None:
    """With nothing seen they are the people's; with much, the person's."""
    people = tuple(np.full(168, 0.5 / 167).tolist())
    people = (0.5, *people[1:])
    rhythm = Rhythm("UTC", people)
    nothing = rhythm.shares(rhythm.see([]), NOW)
    much = rhythm.shares(rhythm.see(did(*each(12, days=(2,), weeks=8) * 100)), NOW)

    assert nothing.tolist() == pytest.approx(list(people))
    assert much.sum() == pytest.approx(1)
    assert CELLS[int(much.argmax())] == "Wed 12"


def test_counts_fade_and_joining_equals_seeing_both() -> None:
    """Eight weeks halve a count; two streams add up."""
    rhythm = Rhythm("UTC")
    old, new = did(MONDAY - 56 * DAY), did(MONDAY)
    both = rhythm.join(rhythm.see(old), rhythm.see(new))

    assert both.total[0] == pytest.approx(1.5)
    assert both.total.tolist() == pytest.approx(rhythm.see([*old, *new]).total.tolist())


def test_a_clock_that_went_back_reads_the_counts_as_they_stand() -> None:
    """The past does not get heavier by being looked at from before."""
    rhythm = Rhythm("UTC")
    state = rhythm.see(did(*each(9, days=WORKDAYS)))

    assert rhythm.say(state, MONDAY - 900 * DAY) == rhythm.say(state, MONDAY + 4 * DAY)


def test_smoothing_goes_round_the_week_and_keeps_the_sum() -> None:
    """Sunday 23 h is next to Monday 0 h."""
    counts = np.zeros(168)
    counts[0] = 10.0

    assert smoothed(counts).sum() == pytest.approx(10)
    assert smoothed(counts)[167] == pytest.approx(smoothed(counts)[1])
    assert smoothed(counts).min() >= 0
