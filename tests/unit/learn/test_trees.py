"""Trees of the judge: they find what bends, always alike for the same dice, whatever rows are."""

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.learn.evaluate import estimate
from penchant.learn.evaluate.trees import MOST_ROWS, grown

Floats = NDArray[np.float64]


def checkers(n: int, seed: int) -> tuple[NDArray[np.float32], Floats]:
    """Draw rows in which one of two answers is right, as on a board of four fields."""
    rows = np.random.default_rng(seed).random((n, 3)).astype(np.float32)
    right = ((rows[:, 0] > 0.5) != (rows[:, 1] > 0.5)).astype(np.float64)
    return rows, np.stack([right, 1.0 - right], axis=1)


def test_trees_find_what_no_straight_line_tells() -> None:
    """On a board of four fields they are right where a line is no better than chance."""
    rows, answers = checkers(4_000, 1)
    unseen, truth = checkers(1_000, 2)
    guessed = grown(rows, answers, np.random.default_rng(3)).guesses(unseen)

    assert guessed.shape == (1_000, 2)
    assert ((guessed[:, 0] > 0.5) == (truth[:, 0] > 0.5)).mean() > 0.9
    assert guessed.sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_the_same_dice_grow_the_same_trees() -> None:
    """Nothing but rows, answers and dice counts."""
    rows, answers = checkers(500, 1)
    one, other = (grown(rows, answers, np.random.default_rng(4)).guesses(rows) for _ in range(2))

    assert np.array_equal(one, other)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_rows_and_rows_alike_give_their_mean(n: int) -> None:
    """Where no question helps, every tree is a leaf."""
    answers = np.tile([0.25, 0.75], (n, 1))
    found = grown(np.zeros((n, 2), np.float32), answers, np.random.default_rng(5))

    assert found.guesses(np.ones((4, 2), np.float32)) == pytest.approx(
        np.tile([0.25, 0.75], (4, 1))
    )


def test_of_very_many_rows_some_are_used() -> None:
    """A log of any length grows trees of a bounded size."""
    rows, answers = checkers(MOST_ROWS + 5_000, 6)
    found = grown(rows, answers, np.random.default_rng(7))

    assert len(found.below) <= 2 * found.n_trees * MOST_ROWS


def test_an_estimate_is_sharper_where_rewards_bend() -> None:
    """Where one action is right by a rule of two features, the interval narrows with contexts."""
    rng = np.random.default_rng(8)
    rows, answers = checkers(3_000, 9)
    actions = rng.integers(0, 2, 3_000)
    rewards = answers[np.arange(3_000), actions]
    target = np.tile([0.8, 0.2], (3_000, 1))
    bent, plain = (
        estimate(actions, rewards, np.full(3_000, 0.5), target, contexts=contexts)
        for contexts in (rows.astype(np.float64), None)
    )

    assert bent.low < float((answers * target).sum(axis=1).mean()) < bent.high
    assert bent.high - bent.low < 0.8 * (plain.high - plain.low)
