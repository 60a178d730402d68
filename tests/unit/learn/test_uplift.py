"""Uplift: who gains is found where somebody does, and not where nobody does."""

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.errors import BadInput
from penchant.learn.evaluate.uplift import fit_uplift, gains, heterogeneity, qini

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def trial(seed: int, effect: float, n: int = 6_000) -> tuple[Ints, Floats, Floats, Floats]:
    """Draw a trial: doing adds .1 to everybody, and `effect` more where feature 0 is 1."""
    rng = np.random.default_rng(seed)
    contexts = (rng.random((n, 6)) < 0.5).astype(np.float64)
    done = (rng.random(n) < 0.4).astype(np.int64)
    chance = 0.2 + 0.3 * contexts[:, 1] + done * (0.1 + effect * contexts[:, 0])
    return done, (rng.random(n) < chance).astype(np.float64), contexts, np.full(n, 0.4)


def test_gains_are_unbiased_on_average() -> None:
    """Their mean is what doing adds, and so is that of those with the feature."""
    done, rewards, contexts, chances = trial(1, 0.2, n=40_000)

    phi = gains(done, rewards, contexts, chances)

    assert phi.mean() == pytest.approx(0.2, abs=0.02)
    assert phi[contexts[:, 0] == 1].mean() == pytest.approx(0.3, abs=0.03)


def test_who_gains_is_found_and_ranked() -> None:
    """Where one feature decides, it alone is kept, the test finds it, and the ranking is good."""
    done, rewards, contexts, chances = trial(2, 0.2)
    phi = gains(done, rewards, contexts, chances)

    fitted = fit_uplift(phi, contexts)

    assert np.flatnonzero(fitted.parts).tolist() == [0]
    assert heterogeneity(phi, contexts).is_found
    again = trial(3, 0.2)
    assert qini(fitted.scores(again[2]), again[0], again[1]) > 0.05


def test_where_nobody_gains_more_nothing_is_found() -> None:
    """Of 60 trials without heterogeneity, hardly one is said to have some."""
    found = 0
    for seed in range(60):
        done, rewards, contexts, chances = trial(100 + seed, 0.0, n=1_500)
        found += heterogeneity(gains(done, rewards, contexts, chances), contexts).is_found
    calm = heterogeneity(np.resize([-1.0, 1.0], 1_000), np.zeros((1_000, 2)))

    assert found <= 3
    assert (calm.chance, calm.is_found) == (1.0, False)
    assert "No heterogeneity found" in calm.sentence


def test_the_test_says_so_in_words() -> None:
    """What is found is a sentence with its standard errors."""
    done, rewards, contexts, chances = trial(4, 0.3)

    assert (
        "Some gain more than others"
        in heterogeneity(gains(done, rewards, contexts, chances), contexts).sentence
    )


def test_qini_is_that_of_a_known_case() -> None:
    """Four people by hand; constant scores are chance."""
    scores = np.array([4.0, 3.0, 2.0, 1.0])
    done, rewards = np.array([1, 0, 1, 0]), np.array([1.0, 0.0, 0.0, 1.0])

    assert qini(scores, done, rewards) == pytest.approx(1.0)
    assert qini(-scores, done, rewards) < 0
    assert qini(np.zeros(4), done, rewards) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("chances", "done", "says"),
    [
        (1.0, None, "between 0 and 1"),
        (0.01, (np.arange(6_000) < 60).astype(np.int64), "at least 100 rows"),
    ],
)
def test_a_trial_that_is_none_is_an_error(chances: float, done: Ints | None, says: str) -> None:
    """Somebody has to go without, and by lot."""
    drawn, rewards, contexts, _ = trial(5, 0.1)

    with pytest.raises(BadInput, match=says):
        gains(drawn if done is None else done, rewards, contexts, np.full(6_000, chances))
