"""What the judge does with logs that cannot tell: each has its sentence, and none a number."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.errors import BadInput, BadNumber
from penchant.learn.evaluate import estimate, judge, misfits
from penchant.learn.evaluate.personal import is_personal
from penchant.learn.evaluate.uplift import fit_uplift, gains, heterogeneity, qini

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N = 2_000
ALWAYS = np.tile([0.0, 1.0], (N, 1))


def log(**changed: Any) -> dict[str, Any]:
    """Give a good log of two actions drawn evenly, with some of its columns changed."""
    rng = np.random.default_rng(8)
    actions = rng.integers(0, 2, N)
    rewards = (rng.random(N) < 0.3 + 0.3 * actions).astype(np.float64)
    columns = {
        "actions": actions,
        "rewards": rewards,
        "propensities": np.full(N, 0.5),
        "target": ALWAYS,
        "contexts": rng.normal(size=(N, 2)),
    }
    return {**columns, **changed}


def some(value: float) -> Floats:
    """Give propensities of which one is something else."""
    chances = np.full(N, 0.5)
    chances[0] = value
    return chances


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"rewards": np.zeros(N)}, "All 2000 rewards are 0, so nothing can be said"),
        ({"target": np.ones((N, 1)), "actions": np.zeros(N)}, "There is only one action"),
        (
            {"actions": np.ones(N), "propensities": np.ones(N)},
            "Cannot say: the log took one and the same action in every row",
        ),
        ({"groups": ["ada"] * N}, "Cannot say: the log is of 1 person, and fewer than 10"),
        ({"propensities": None}, "The log has no propensities"),
        ({"propensities": some(math.nan)}, "`propensities` is missing or not finite in 1 of 2000"),
        ({"propensities": some(0.0)}, "1 of 2000 propensities are not above 0 and at most 1"),
        ({"propensities": some(1e-320)}, "1 of 2000 propensities are not above 0 and at most 1"),
        ({"propensities": some(-0.5)}, "1 of 2000 propensities are not above 0 and at most 1"),
        ({"propensities": some(1.5)}, "1 of 2000 propensities are not above 0 and at most 1"),
        (
            {"propensities": np.ones(N)},
            "Cannot say: the propensities do not fit what was logged. The mean weight is",
        ),
        (
            {"propensities": np.full(N, 0.7)},
            "Cannot say: the propensities do not fit what was logged.",
        ),
    ],
)
def test_a_log_that_cannot_tell_has_its_sentence(changed: dict[str, Any], says: str) -> None:
    """Every wrong column is named, by `estimate` and by `judge` alike, and no number is made."""
    found = estimate(**log(**changed))
    judged = judge(**log(**changed))

    assert found.refused is not None
    assert found.refused.startswith(says)
    assert math.isnan(found.value)
    assert judged.refused == found.refused
    assert judged.verdict == "cannot say"


def test_propensities_right_on_the_whole_and_wrong_for_one_action_are_found() -> None:
    """Each action is checked by itself: two errors that cancel are still two errors."""
    rng = np.random.default_rng(9)
    actions = rng.choice(4, N, p=[0.4, 0.2, 0.2, 0.2])
    rewards = rng.random(N)
    swapped = np.array([0.4, 0.1, 0.3, 0.2])[actions]

    found = estimate(actions, rewards, swapped, np.full((N, 4), 0.25))

    assert "do not fit what was logged" in (found.refused or "")
    assert "action" in (found.refused or "")


def test_nobody_at_all_is_said() -> None:
    """A log without rows has a sentence, whether people are named or not."""
    nobody: list[str] = []
    for groups in (None, nobody):
        found = estimate([], [], [], np.empty((0, 2)), groups=groups)
        assert found.refused == "The log is empty, so nothing can be said."


def test_a_person_with_a_million_rows_is_one_person() -> None:
    """However long one history is, it tells nothing of how people differ: that is said."""
    n = 1_000_000
    rng = np.random.default_rng(10)
    actions = rng.integers(0, 2, n)
    rewards = (rng.random(n) < 0.4).astype(np.float64)
    target = np.broadcast_to([0.0, 1.0], (n, 2))
    alone = estimate(actions, rewards, np.full(n, 0.5), target, groups=np.zeros(n, dtype=int))
    loud = np.where(np.arange(n) < n - 500, 0, 1 + np.arange(n) % 50)
    among = estimate(actions, rewards, np.full(n, 0.5), target, groups=loud)

    assert "the log is of 1 person" in (alone.refused or "")
    assert "most rows are of few people: the 51 there are weigh like 1.0" in (among.refused or "")


def test_a_person_with_many_rows_among_many_people_spoils_nothing() -> None:
    """One long history among hundreds of people leaves an answer, and no empty block a warning."""
    rng = np.random.default_rng(11)
    n = 6_000
    people = np.where(np.arange(n) < 600, 0, 1 + np.arange(n) % 300)
    actions = rng.integers(0, 2, n)
    rewards = (rng.random(n) < 0.3 + 0.3 * actions).astype(np.float64)
    found = estimate(actions, rewards, np.full(n, 0.5), np.tile([0.0, 1.0], (n, 1)), groups=people)

    assert found.refused is None
    assert found.anytime_low <= found.low < 0.6 < found.high <= found.anytime_high


def trial(**changed: Any) -> tuple[Ints, Floats, Floats]:
    """Give a trial with some of its columns changed."""
    rng = np.random.default_rng(12)
    columns = {
        "done": rng.integers(0, 2, N),
        "rewards": rng.random(N),
        "propensity": np.full(N, 0.5),
        **changed,
    }
    return columns["done"], columns["rewards"], columns["propensity"]


BAD_TRIALS = [
    ({"rewards": np.ones(N)}, "All 2000 rewards are 1, so nothing can be said"),
    ({"rewards": np.full(N, math.nan)}, "`rewards` is missing or not finite in 2000 of 2000"),
    ({"rewards": np.ones(3)}, "`rewards` has 3 rows, but `done` has 2000"),
    ({"done": np.ones(N, dtype=int)}, "All 2000 rows were treated alike"),
    ({"done": np.full(N, 2)}, "`done` must be 1 where it was done"),
    ({"propensity": np.full(N, math.nan)}, "`propensity` is missing or not finite"),
    ({"propensity": np.zeros(N)}, "must lie between 0 and 1 in every row"),
    ({"propensity": np.ones(N)}, "must lie between 0 and 1 in every row"),
    ({"propensity": np.full(N, 0.9)}, "The propensities do not fit what was done"),
]


@pytest.mark.parametrize(("changed", "says"), BAD_TRIALS)
def test_a_trial_that_is_none_has_its_sentence(changed: dict[str, Any], says: str) -> None:
    """Uplift and "is it personal?" refuse the same trials in the same words."""
    done, rewards, propensity = trial(**changed)
    contexts = np.random.default_rng(1).normal(size=(N, 2))
    people = np.arange(N) % 40
    asked: list[Callable[[], object]] = [
        lambda: gains(done, rewards, contexts, propensity),
        lambda: is_personal(done, rewards, propensity, people, np.random.default_rng(2)),
    ]

    for ask in asked:
        with pytest.raises(BadInput, match=says):
            ask()


def test_scores_and_gains_that_are_no_numbers_are_errors() -> None:
    """What is missing gets no rank and no slope."""
    done, rewards, propensity = trial()
    contexts = np.random.default_rng(1).normal(size=(N, 2))
    phi = gains(done, rewards, contexts, propensity)
    visited = (rewards > 0.5).astype(np.float64)

    with pytest.raises(BadInput, match="`scores` is missing"):
        qini(np.full(N, math.nan), done, visited)
    with pytest.raises(BadInput, match="All 2000 rewards are 0"):
        qini(rewards, done, np.zeros(N))
    with pytest.raises(BadInput, match="treated alike"):
        qini(rewards, np.ones(N, dtype=int), visited)
    with pytest.raises(BadInput, match="`phi` is missing"):
        fit_uplift(np.full(N, math.nan), contexts)
    with pytest.raises(BadInput, match="`contexts` is missing"):
        heterogeneity(phi, np.full((N, 1), math.nan))
    with pytest.raises(BadNumber, match="above 0 and at most 1"):
        misfits(done, np.zeros(N), n_actions=2)


def test_features_that_tell_nothing_find_nobody() -> None:
    """Constant, collinear and absent features leave everybody alike, in words."""
    done, rewards, propensity = trial()
    column = np.random.default_rng(1).normal(size=(N, 1))
    for contexts in (np.ones((N, 2)), np.hstack([column, column, 1e12 * column]), column[:, :0]):
        found = heterogeneity(gains(done, rewards, contexts, propensity), contexts)
        assert not found.is_found
        assert "No heterogeneity found" in found.sentence
