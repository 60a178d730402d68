"""Levels: what a sum, a count, a latest value is worth after each signal, and when it opens."""

import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.openings import OnLevel
from penchant.profile.levels import Level, is_reached, matches, opened, restarted, seen
from penchant.words import Value

DAY = 86_400.0
KM = OnLevel("run.finished", 30, field="km", since="shoes.replaced")


def after(opening: OnLevel, values: Sequence[object], step: float = DAY) -> Level:
    """Give the level after a value of the field a day."""
    level = Level()
    for number, value in enumerate(values):
        data: Mapping[str, Value] = {opening.field or "km": value}  # type: ignore[dict-item]
        level = seen(level, opening, data, number * step)
    return level


def opens(opening: OnLevel, values: Sequence[object]) -> list[int]:
    """Give the places of the values that open, one being opened as soon as it does."""
    level, places = Level(), []
    for number, value in enumerate(values):
        data: Mapping[str, Value] = {opening.field: value}  # type: ignore[dict-item]
        level = seen(level, opening, data, number * DAY)
        if is_reached(level, opening):
            places.append(number)
            level = opened(level)
    return places


def test_a_sum_is_reached_once() -> None:
    """It opens with the signal that brings it to the level, and with none behind it."""
    assert opens(KM, [10, 10, 9.9, 0.2, 10, 10]) == [3]


def test_a_count_needs_no_field() -> None:
    """Each signal counts one, whatever it says."""
    third = OnLevel("order.placed", 3, measure="count")

    assert opens(third, ["a", None, True, 9]) == [2]


def test_a_latest_value_opens_again_once_it_was_back() -> None:
    """Between the level and where it is armed again nothing opens: a value that trembles is one."""
    high = OnLevel("pulse.measured", 100, measure="latest", field="bpm", again_at=90)

    assert opens(high, [101, 99, 101, 91, 103, 90, 99, 100]) == [0, 7]


def test_a_level_without_a_way_back_opens_once() -> None:
    """Nothing arms it again."""
    high = OnLevel("pulse.measured", 100, measure="latest", field="bpm")

    assert opens(high, [101, 10, 101]) == [0]


def test_a_level_may_be_reached_from_above() -> None:
    """What falls to it opens, and is armed again above."""
    empty = OnLevel("account.seen", 50, "latest", "eur", again_at=80, falls=True)

    assert opens(empty, [90, 50, 40, 79, 45, 80, 50.5, 50]) == [1, 7]


@pytest.mark.parametrize("value", [None, "10", True, math.nan, math.inf, 10**400, (1.0,), [10]])
def test_what_is_no_number_counts_for_nothing(value: object) -> None:
    """A field that is missing, a text, a yes or a list is no guess at a number."""
    assert after(KM, [value, value]) == Level()
    assert seen(Level(), KM, {}, 0.0) == Level()


def test_a_reset_begins_anew_and_arms_again() -> None:
    """What came before it counts for nothing any more."""
    level = opened(after(KM, [20, 20]))
    fresh = restarted(level, KM, 1.5 * DAY)

    assert fresh.value is None
    assert fresh.is_armed
    assert seen(fresh, KM, {"km": 10}, DAY) == fresh  # a run of before, that comes late
    assert seen(fresh, KM, {"km": 10}, 2 * DAY).value == 10.0


def test_a_reset_that_comes_late_cuts_off_what_came_before_it() -> None:
    """Runs after the new shoes that were kept before the news of them still count."""
    level = restarted(after(KM, [20, 10, 3, 4]), KM, 1.0 * DAY)

    assert level.value == 7.0
    assert restarted(level, KM, 0.5 * DAY) == level  # an older one changes nothing


def test_a_reset_of_a_latest_value_arms_it() -> None:
    """There is no sum to begin anew."""
    high = OnLevel("pulse.measured", 100, measure="latest", field="bpm", since="doctor.seen")
    level = restarted(opened(after(high, [101])), high, DAY)

    assert is_reached(seen(level, high, {"bpm": 102}, 2 * DAY), high)


def test_a_sum_fades_by_its_half_life() -> None:
    """What is a day old counts half, also when it comes late; a pause arms it again."""
    fading = OnLevel("drink.had", 3, "count", half_life="1d", again_at=1.0)
    level = seen(seen(Level(), fading, {}, 0.0), fading, {}, DAY)

    assert level.value == 1.5
    assert seen(level, fading, {}, 0.0).value == 2.0
    assert not opened(level).is_armed
    assert seen(opened(level), fading, {}, 3 * DAY).is_armed


def test_a_value_that_comes_late_is_not_the_latest() -> None:
    """An older value than the one that is known changes nothing."""
    high = OnLevel("pulse.measured", 100, measure="latest", field="bpm")
    level = seen(seen(Level(), high, {"bpm": 60}, DAY), high, {"bpm": 120}, 0.0)

    assert level.value == 60.0


def test_what_is_unusual_is_said_from_enough_values_on() -> None:
    """The ninth value is held against the eight before it; fewer are no guess."""
    stress = OnLevel("stress.measured", 2, "unusual", "level", half_life="10y")
    usual = [10.0, 12.0] * 4

    assert after(stress, usual).value is None
    assert after(stress, [*usual, 14.0], step=70 * DAY).value is not None  # seldom measured
    assert after(stress, [*usual, 14.0]).value == pytest.approx(3.0, abs=0.01)  # mean 11, spread 1
    assert opens(stress, [*usual, 12.5, 14.0, 14.0]) == [9]


def test_what_was_always_the_same_makes_nothing_unusual() -> None:
    """Without a spread nobody can say how far away a value is."""
    stress = OnLevel("stress.measured", 2, "unusual", "level", half_life="10y")

    assert after(stress, [10.0] * 20 + [11.0]).value is None
    assert after(stress, [0.0] * 20 + [11.0]).value is None


def test_what_is_usual_follows_the_person() -> None:
    """Without a half-life it is about the last four weeks that count."""
    stress = OnLevel("stress.measured", 2, "unusual", "level")
    then, now = [10.0, 12.0] * 50, [20.0, 22.0] * 150

    assert after(stress, [*then, *now, 24.0]).value == pytest.approx(3.0, abs=0.3)


def test_data_match_by_all_values() -> None:
    """A value that is missing or another one does not match; nothing asked for matches all."""
    assert matches({}, {})
    assert matches(
        {"surface": "trail", "rain": False}, {"surface": "trail", "rain": False, "km": 1}
    )
    assert not matches({"surface": "trail"}, {"surface": "road"})
    assert not matches({"surface": "trail"}, {})


@given(
    st.lists(st.floats(0.0, 50.0), max_size=40),
    st.permutations(range(40)),
)
def test_the_order_of_arrival_does_not_change_a_sum(values: list[float], order: list[int]) -> None:
    """A device that sends late brings the same sum."""
    fading = OnLevel("run.finished", 1e9, field="km", half_life="7d")
    level = Level()
    for place in (one for one in order if one < len(values)):
        level = seen(level, fading, {"km": values[place]}, place * DAY)
    straight = after(fading, values)

    assert (level.value is None) == (straight.value is None)
    assert level.value is None or level.value == pytest.approx(straight.value, rel=1e-9, abs=1e-9)
