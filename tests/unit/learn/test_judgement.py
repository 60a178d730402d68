"""Comparing two policies on one log: promote, roll back, keep looking, or "cannot say"."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.learn.evaluate import Gain, judge

Floats = NDArray[np.float64]


def log_of(n: int, *, seed: int = 4) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Draw a log of three actions worth .3, .5 and .5, chosen evenly."""
    rng = np.random.default_rng(seed)
    actions = rng.integers(0, 3, n)
    rewards = (rng.random(n) < np.array([0.3, 0.5, 0.5])[actions]).astype(np.float64)
    return actions, rewards, np.full(n, 1 / 3)


def always(action: int, n: int) -> Floats:
    """Give the policy that always takes one action."""
    return np.tile(np.eye(3)[action], (n, 1))


def test_the_better_one_is_promoted_and_the_worse_one_rolled_back() -> None:
    """The gain has the sign of the truth, holds it, and turns round with the policies."""
    log = log_of(3_000)
    better = judge(*log, always(1, 3_000), current=always(0, 3_000))
    worse = judge(*log, always(0, 3_000), current=always(1, 3_000))

    assert better.verdict == "promote"
    assert worse.verdict == "roll back"
    assert better.gain.anytime_low < better.gain.low < 0.2 < better.gain.high
    assert better.gain.value == pytest.approx(-worse.gain.value, abs=0.02)
    assert better.current.value == pytest.approx(worse.estimate.value, abs=0.02)


def test_policies_alike_in_worth_are_looked_at_further() -> None:
    """Where nothing tells two apart the verdict is to go on, and about how long if that helps."""
    found = judge(*log_of(3_000), always(1, 3_000), current=always(2, 3_000))

    assert found.verdict == "keep looking"
    assert found.gain.anytime_low < 0 < found.gain.anytime_high
    assert (found.gain.needed(3_000) or 4_000) > 3_000


def test_the_current_policy_may_be_what_cannot_be_judged() -> None:
    """The sentence says which of the two the log does not support."""
    actions, rewards, propensities = log_of(3_000)
    seldom = np.random.default_rng(6).choice(3, 3_000, p=[0.49, 0.49, 0.02])
    chances = np.where(seldom == 2, 0.02, 0.49)

    rare = judge(seldom, rewards, chances, always(1, 3_000), current=always(2, 3_000))
    same = judge(actions, rewards, propensities, always(1, 3_000), current=always(1, 3_000))

    assert rare.verdict == "cannot say"
    assert (rare.refused or "").startswith("Of the current policy: Cannot say")
    assert rare.estimate.refused is None
    assert rare.current.refused is not None
    assert math.isnan(rare.gain.value)
    assert "do the same in every row" in (same.refused or "")
    assert same.verdict == "cannot say"


def test_the_policy_that_logged_is_not_compared_with_itself() -> None:
    """Whoever asks about the logging policy gets its value, and no verdict."""
    actions, rewards, propensities = log_of(3_000)
    found = judge(actions, rewards, propensities, np.full((3_000, 3), 1 / 3))

    assert found.estimate.value == pytest.approx(rewards.mean())
    assert found.estimate.refused is None
    assert "do the same in every row" in (found.refused or "")


def test_an_unreadable_current_policy_is_said_to_be_that() -> None:
    """A target that is no policy is a sentence, with its place."""
    found = judge(*log_of(500), always(1, 500), current=np.full((500, 3), 0.5))

    assert (found.refused or "").startswith("Of the current policy: ")
    assert "sum to 1" in (found.refused or "")


def test_whoever_logged_has_earned_the_plain_mean() -> None:
    """Held against nobody named, the current value is the mean of the log, with its intervals."""
    actions, rewards, propensities = log_of(3_000)
    found = judge(actions, rewards, propensities, always(0, 3_000))

    assert found.current.value == pytest.approx(rewards.mean())
    assert found.current.anytime_low < found.current.low < rewards.mean() < found.current.high
    assert found.verdict == "roll back"


def test_a_decided_gain_needs_nothing_more() -> None:
    """How many more rows it takes is asked only where looking goes on and would end."""
    assert Gain(0.2, 0.1, 0.3, 0.05, 0.4).needed(100) is None
    assert Gain(0.0, -0.1, 0.1, -0.2, 0.2).needed(100) is None
    assert Gain(1e-9, -0.1, 0.1, -0.2, 0.2).needed(100) is None
    assert Gain(-0.1, -0.2, 0.0, -0.3, 0.1).needed(100) == 300
    assert Gain(math.nan, 0, 0, 0, 0).verdict == "cannot say"


@pytest.mark.slow
def test_the_interval_of_a_difference_holds_at_every_look() -> None:
    """Of 200 pairs of policies worth the same, hardly any is ever promoted or rolled back."""
    from penchant.learn.evaluate.log import read_log  # noqa: PLC0415 - this test alone
    from penchant.learn.evaluate.sequences import gain_sequence, walked  # noqa: PLC0415

    missed = 0
    for seed in range(200):
        actions, rewards, propensities = log_of(600, seed=seed)
        log = read_log(actions, rewards, propensities, always(1, 600), contexts=None, groups=None)
        assert not isinstance(log, str)
        low, high = gain_sequence(walked(log, always(2, 600)), 0.05)
        missed += not low <= 0 <= high
    assert missed <= 10
