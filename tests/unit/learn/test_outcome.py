"""Outcomes: from what a caller says to the number the model learns from."""

import pytest

from penchant.errors import BadNumber
from penchant.learn.outcome import reward_of, scaled, unscaled
from penchant.words import Moment, Outcome

STEPS = Moment("steps", outcome=Outcome("walked"), reward_range=(-500.0, 1_500.0))


def test_a_reward_is_taken_as_it_is_within_its_range() -> None:
    """Both ends belong to it."""
    assert [reward_of(STEPS, reward, None) for reward in (-500, 0, 1_500)] == [-500.0, 0.0, 1_500.0]


def test_the_moments_outcome_is_reward_1() -> None:
    """By its own name and no other."""
    assert reward_of(STEPS, None, "walked") == 1.0
    with pytest.raises(BadNumber, match="`walked`"):
        reward_of(STEPS, None, "clicked")


def test_an_outcome_that_is_no_reward_of_the_range_is_told() -> None:
    """Where 1 lies outside the range, the name alone says nothing."""
    narrow = Moment("m", reward_range=(2.0, 3.0))
    with pytest.raises(BadNumber, match="between 2 and 3"):
        reward_of(narrow, None, "followed")


def test_rewards_are_scaled_to_0_1_and_back() -> None:
    """Differences come back in units of reward, without the offset."""
    assert [scaled(STEPS, reward) for reward in (-500.0, 500.0, 1_500.0)] == [0.0, 0.5, 1.0]
    assert unscaled(STEPS, 0.5) == 1_000.0
