"""Comparing with the neutral answer, by hand."""

import math

import numpy as np
import pytest

from penchant.learn.confidence import (
    Estimate,
    Outcomes,
    compared,
    needed,
    no_outcomes,
    outcomes_of,
    radius,
    ratio_evidence,
    share_of,
    summed,
)


def same(n: int, rate: float) -> Outcomes:
    """Give outcomes where the neutral answer would have done the same."""
    rewards = (np.arange(n) < rate * n).astype(np.float64)
    return outcomes_of(rewards, np.ones(n), np.zeros(n), np.zeros(n))


def lots(n: int, mine: float, other: float) -> Outcomes:
    """Give outcomes of a fair lot between what the engine does and what the neutral answer does."""
    first = np.arange(n) % 2 == 0
    order = np.arange(n) // 2 % 100
    rewards = np.where(first, order < 100 * mine, order < 100 * other).astype(np.float64)
    return outcomes_of(rewards, np.where(first, 0.0, 2.0), np.ones(n), np.ones(n))


def test_nothing_compares_nothing() -> None:
    """Without an outcome there is no comparison."""
    assert compared([]) is None
    assert compared([no_outcomes(), no_outcomes()]) is None
    assert summed([]) == no_outcomes()


def test_where_both_would_do_the_same_there_is_no_difference() -> None:
    """Equal propensities give a difference of exactly 0, with no doubt about it."""
    found = compared([same(500, 0.3)])

    assert found is not None
    assert found.difference == Estimate(0.0, 0.0, 0.0)
    assert found.engine.value == found.neutral.value == pytest.approx(0.3)
    assert found.weight.value == 1.0


def test_a_fair_lot_gives_the_difference_of_its_arms() -> None:
    """Half drawn neutral: the engine is the mixture, and half of what sets the arms apart."""
    found = compared([lots(20_000, 0.6, 0.4)])

    assert found is not None
    assert found.engine.value == pytest.approx(0.5)
    assert found.neutral.value == pytest.approx(0.4)
    assert found.difference.value == pytest.approx(0.1)
    assert found.difference.low > 0.05
    assert not found.difference.holds_zero


def test_moments_keep_their_own_spread() -> None:
    """Beside a moment that compares nothing, another one is as sure as its share of outcomes."""
    alone = compared([lots(2_000, 0.6, 0.4)])
    beside = compared([lots(2_000, 0.6, 0.4), same(2_000, 0.1)])

    assert alone is not None
    assert beside is not None
    assert beside.difference.value == pytest.approx(alone.difference.value / 2)
    assert beside.spread == pytest.approx(alone.spread / 2)


def test_a_neutral_answer_without_a_chance_cannot_be_valued() -> None:
    """Where the neutral answer would do what never is done, only the engine has a value."""
    hopeless = same(50, 0.5)._replace(chi=math.inf, reach=math.inf)
    found = compared([same(50, 0.5), hopeless])

    assert found is not None
    assert found.engine.value == pytest.approx(0.5)
    assert math.isnan(found.difference.value)
    assert found.difference.holds_zero
    assert needed(found, 0.1) is None


def test_the_effect_that_would_be_seen_shrinks_with_outcomes() -> None:
    """An effect too small to be seen by now is seen at the count said to be needed."""
    found = compared([lots(2_000, 0.6, 0.4)])
    assert found is not None
    n = needed(found, 0.02)

    assert n is not None
    assert found.smallest > 0.02
    assert n > 2_000
    assert needed(found, -0.02) == n
    assert needed(found, 1e-9) is None


def test_the_radius_falls_with_outcomes_and_grows_with_spread_and_reach() -> None:
    """More outcomes, less spread and less reach are surer."""
    assert radius(2_000, 0.25, 1.0) < radius(1_000, 0.25, 1.0) < radius(1_000, 0.5, 1.0)
    assert radius(1_000, 0.25, 1.0) < radius(1_000, 0.25, 9.0)


def test_a_share_of_nothing_is_not_known() -> None:
    """Of no decisions no share is known, and it may be anything."""
    found = share_of(0, 0)

    assert math.isnan(found.value)
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("count", "n", "share", "odds"),
    [(0, 10, 0.0, 1.0), (1, 10, 0.0, math.inf), (10, 10, 1.0, 1.0), (9, 10, 1.0, math.inf)],
)
def test_a_share_of_none_or_all_is_held_to_the_letter(
    count: int, n: int, share: float, odds: float
) -> None:
    """Where nothing, or everything, is to be neutral, one exception is proof."""
    assert ratio_evidence(count, n, share) == odds
