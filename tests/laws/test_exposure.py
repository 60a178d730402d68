"""Laws of what a person was shown: sums with a time, in any grouping, read in whole hundredths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.lengths import tried

from penchant.model.exposure import (
    NOBODY_SHOWN,
    Asked,
    Exposures,
    Recent,
    asked_of,
    counts,
    shown,
    together,
)

CLOSE = 1e-9
DAY = 86_400.0
KEYS = st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True).map(sorted)
EVENTS = st.lists(st.tuples(KEYS, st.floats(0.0, 30 * DAY)), max_size=12)
MANY = tried(0.2)

Event = tuple[list[int], float]


def folded(events: list[tuple[int, Event]]) -> Recent:
    """Fold some exposures, each with which decision of the person it was."""
    recent = NOBODY_SHOWN
    for count, (keys, at) in events:
        recent = shown(recent, np.array(keys), np.ones(len(keys)), at, float(count))
    return recent


def same(one: Recent, other: Recent) -> None:
    """Hold two pasts against each other."""
    at, count = max(one.at, other.at), max(one.decisions, other.decisions)
    later = Recent(NOBODY_SHOWN.keys, NOBODY_SHOWN.total, at, count)
    one, other = together(one, later), together(other, later)
    assert one.keys.tolist() == other.keys.tolist()
    assert one.total == pytest.approx(other.total, rel=CLOSE, abs=CLOSE)


@pytest.mark.proof
@MANY
@given(EVENTS, st.lists(st.integers(0, 3), min_size=12, max_size=12))
def test_any_grouping_gives_the_same_sums(events: list[Event], parts: list[int]) -> None:
    """A past is the sum of its parts, whichever way it was cut."""
    numbered = list(enumerate(events, 1))
    whole = folded(numbered)
    grouped = NOBODY_SHOWN
    for part in range(4):
        mine = [one for one, place in zip(numbered, parts, strict=False) if place == part]
        grouped = together(grouped, folded(mine))

    same(whole, grouped)


@pytest.mark.proof
@MANY
@given(EVENTS, EVENTS, EVENTS)
def test_adding_pasts_is_commutative_and_associative(
    first: list[Event], second: list[Event], third: list[Event]
) -> None:
    """And somebody who was shown nothing adds nothing."""
    one, two, three = (folded(list(enumerate(part, 1))) for part in (first, second, third))

    same(together(one, two), together(two, one))
    same(together(together(one, two), three), together(one, together(two, three)))
    same(together(one, NOBODY_SHOWN), one)


@pytest.mark.proof
@MANY
@given(EVENTS, st.floats(0.0, 60 * DAY))
def test_counts_are_whole_hundredths_that_only_fade(events: list[Event], later: float) -> None:
    """What is read is what a record can keep, and without more exposures it never grows."""
    recent = folded(list(enumerate(events, 1)))
    asked = Asked(np.array([0, 2, 4, 6]), np.array([1, 3, 5]), np.full((4, 3), 1 / 3))
    now = max(recent.at, 0.0)
    before, after = counts(recent, asked, now), counts(recent, asked, now + later)

    assert (before == np.rint(before)).all()
    assert (before >= 0.0).all()
    assert (after <= before).all()


def test_ids_that_are_one_person_share_what_they_were_shown() -> None:
    """Both parts are kept apart, and added up when they are read."""
    exposures = Exposures()
    exposures.gather(0, [0, 1])
    exposures.add(0, 0, np.array([2]), DAY)
    exposures.add(1, 0, np.array([2, 4]), DAY)
    recent = exposures.of(0)

    assert recent.keys.tolist() == [2, 4]
    assert recent.total[:, 1].tolist() == [2.0, 1.0]
    assert recent.decisions == 2.0
    exposures.forget(1)
    assert exposures.of(0).keys.tolist() == [2]
    exposures.gather(0, [0])
    exposures.clear()
    assert len(exposures) == 0


def test_what_means_nothing_is_never_counted() -> None:
    """Its place is -1: it has no keys and no kinds."""
    asked = asked_of(np.array([-1, 3]), np.array([[1.0], [1.0]]), np.ones(1, dtype=bool))

    assert asked.of(0).tolist() == []
    assert asked.of(1).tolist() == [1, 6]
    assert asked.shares.tolist() == [[0.0], [1.0]]


def test_few_keys_are_kept_of_what_faded() -> None:
    """Memory is bounded by what was shown lately."""
    recent = NOBODY_SHOWN
    for count in range(1, 500):
        recent = shown(recent, np.array([count]), np.ones(1), count * DAY, float(count))

    assert len(recent.keys) <= 64
