"""Own effects: how much of what is left of an action's rewards is its own."""

import numpy as np
import pytest

from penchant.model.own_effects import Effects, OwnEffects


def solved(true: np.ndarray, each: int, seed: int = 0) -> Effects:
    """Give what is believed after so many outcomes of each action, with a noise of .4."""
    dice = np.random.default_rng(seed)
    effects = OwnEffects(half_life=1e9)
    places = effects.places([f"a{place}" for place in range(len(true))]).repeat(each)
    rest = true[places] + 0.4 * dice.normal(size=len(places))
    effects.add(places, rest, np.ones(len(places)), at=0.0)
    return effects.solved()


def test_actions_that_differ_are_hardly_shrunk() -> None:
    """The spread among them is found, so few outcomes of one are enough to believe them."""
    true = 0.3 * np.random.default_rng(1).normal(size=200)
    found = solved(true, each=15)

    assert found.variance[0] == pytest.approx(0.09, rel=0.3)
    assert np.polyfit(true, found.mean, 1)[0] > 0.8
    assert found.variance[1:] == pytest.approx(1 / (15 / 0.16 + 1 / 0.09), rel=0.3)


def test_actions_alike_are_shrunk_to_nothing() -> None:
    """What is left of their rewards is noise, and is taken for it."""
    found = solved(np.zeros(200), each=15)

    assert np.abs(found.mean).max() < 0.05
    assert found.variance.max() < 0.003


def test_before_any_outcome_own_effects_are_small() -> None:
    """About what a hundred outcomes of noise would leave, and for a newcomer the same."""
    effects = OwnEffects(half_life=9.0)
    effects.places(["a", "b"])
    effects.add(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), at=0.0)

    assert effects.solved().mean.tolist() == [0.0, 0.0]
    assert effects.solved().variance == pytest.approx([0.002] * 3)


def test_what_was_added_can_be_taken_out() -> None:
    """As if it had never been there, the spread among actions included."""
    one, other = OwnEffects(1e9), OwnEffects(1e9)
    dice = np.random.default_rng(4)
    places, rest = dice.integers(0, 5, 60), dice.normal(size=60)
    for effects in (one, other):
        effects.places("abcde")
        effects.add(places, rest, np.ones(60), at=0.0)
    one.add(places[:9], rest[:9] * 3, np.ones(9), at=1.0)
    one.add(places[:9], rest[:9] * 3, -np.ones(9), at=1.0)

    assert one.solved().mean == pytest.approx(other.solved().mean)
    assert one.solved().variance == pytest.approx(other.solved().variance)
