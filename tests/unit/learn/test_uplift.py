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


def repeated(seed: int, n_people: int = 60, times: int = 30) -> tuple[Ints, Floats, Floats, Ints]:
    """Draw a trial in which people gain differently, whatever their features, and come often."""
    rng = np.random.default_rng(seed)
    people = np.repeat(np.arange(n_people), times)
    contexts, own = rng.normal(size=(n_people, 4))[people], rng.normal(size=n_people)[people]
    done = rng.integers(0, 2, len(people))
    return done, rng.normal(size=len(people)) + own * done, contexts, people


def test_a_persons_own_rows_do_not_teach_the_scores_they_are_tested_by() -> None:
    """Where gains do not hang on features, few trials of people who come often find that."""
    found = {"apart": 0, "as others": 0}
    for seed in range(60):
        done, rewards, contexts, people = repeated(seed)
        half = np.full(len(people), 0.5)
        phi = gains(done, rewards, contexts, half, people=people)
        found["apart"] += heterogeneity(phi, contexts, people=people).is_found
        found["as others"] += heterogeneity(phi, contexts).is_found

    assert found["apart"] <= 3
    assert found["apart"] < found["as others"]


def test_people_who_come_often_and_gain_by_a_feature_are_found() -> None:
    """Whole people are held out, and what the feature tells is found all the same."""
    done, rewards, contexts, people = repeated(1)
    rewards = rewards + 1.5 * done * contexts[:, 0]
    phi = gains(done, rewards, contexts, np.full(len(people), 0.5), people=people)

    assert heterogeneity(phi, contexts, people=people).is_found


def test_people_of_a_trial_are_checked() -> None:
    """Others than there are rows, missing ones, and too few."""
    done, rewards, contexts, people = repeated(1)
    half = np.full(len(people), 0.5)
    for whose, says in (
        (people[:-1], "`people` has 1799 rows, but `done` has 1800"),
        (["", *people[1:].tolist()], "misses the person of 1 rows"),
        (people % 9, "There are 9 people; it takes at least 10"),
    ):
        with pytest.raises(BadInput, match=says):
            gains(done, rewards, contexts, half, people=whose)


def test_scores_are_asked_of_the_features_they_were_learned_from() -> None:
    """One feature in place of six would be spread over all; what is missing has no score."""
    done, rewards, contexts, chances = trial(2, 0.2)
    fitted = fit_uplift(gains(done, rewards, contexts, chances), contexts)

    for asked, says in (
        (contexts[:, 0], "has 1 features, but what doing adds was learned from 6"),
        (contexts[:, :2], "has 2 features, but what doing adds was learned from 6"),
        (contexts * np.nan, "`contexts` is missing or not finite in 6000 of 6000 rows"),
    ):
        with pytest.raises(BadInput, match=says):
            fitted.scores(asked)
