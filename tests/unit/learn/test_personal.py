"""Is it really personal: found where people differ in it, and not where they differ in all else."""

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.errors import BadInput
from penchant.learn.evaluate.personal import Personal, is_personal

Floats = NDArray[np.float64]


def asked(seed: int, spread: float) -> Personal:
    """Draw 30 people of very different levels, whose effects differ by `spread`; ask."""
    rng = np.random.default_rng(seed)
    people = np.repeat(np.arange(30), 40)
    level, own = 3 * rng.normal(size=30), 0.5 + spread * rng.normal(size=30)
    propensity = np.where(people % 2, 0.3, 0.6)
    done = (rng.random(len(people)) < propensity).astype(np.int64)
    rewards = level[people] + done * own[people] + rng.normal(size=len(people))
    return is_personal(done, rewards, propensity, people, rng)


def test_people_who_differ_in_it_are_found() -> None:
    """Effects that differ by 1 are found, with about their size."""
    found = asked(1, 1.0)

    assert found.chance == pytest.approx(0.001)
    assert found.spread == pytest.approx(1.0, abs=0.4)
    assert "It is personal" in found.sentence


def test_levels_alone_are_not_personal() -> None:
    """Where people differ in all but this, it is found about as seldom as chance allows."""
    found = [asked(10 + seed, 0.0).chance < 0.05 for seed in range(40)]

    assert sum(found) <= 6
    assert "Not shown" in asked(10, 0.0).sentence


def test_a_log_that_cannot_tell_is_an_error() -> None:
    """Few people, or an action that was certain, are told."""
    rng, ones = np.random.default_rng(1), np.ones(100)
    done = np.arange(100) % 2

    with pytest.raises(BadInput, match="5 people"):
        is_personal(done, ones, ones / 2, np.arange(100) % 5, rng)
    with pytest.raises(BadInput, match="between 0 and 1"):
        is_personal(done, ones, ones, np.arange(100), rng)
