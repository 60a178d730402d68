"""The judge: right on worlds whose truth is known, and a sentence where a log cannot say."""

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.errors import BadInput, BadNumber
from penchant.learn.evaluate import Estimate, estimate, judge

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class World(NamedTuple):
    """A simulated log of three actions, a policy to ask about, and what that policy is worth."""

    actions: Ints
    rewards: Floats
    propensities: Floats
    target: Floats
    contexts: Floats
    truth: float


def world(seed: int, n: int = 3_000) -> World:
    """Draw a log: what pays hangs on the contexts, and the policy knows it imperfectly."""
    rng = np.random.default_rng(seed)
    contexts = rng.normal(size=(n, 3))
    means = 1 / (1 + np.exp(-contexts))
    chances = np.exp(contexts[:, [1, 2, 0]])
    chances = 0.7 * chances / chances.sum(axis=1, keepdims=True) + 0.1
    actions = (chances.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    rewards = (rng.random(n) < means[np.arange(n), actions]).astype(np.float64)
    target = 0.8 * np.eye(3)[(contexts + rng.normal(size=(n, 3))).argmax(axis=1)] + 0.2 / 3
    truth = float((target * means).sum(axis=1).mean())
    return World(actions, rewards, chances[np.arange(n), actions], target, contexts, truth)


def asked(one: World, **changed: Any) -> Estimate:
    """Ask for the world's target policy, with some of the columns changed."""
    columns = {**one._asdict(), **changed}
    columns.pop("truth")
    return estimate(
        columns.pop("actions"),
        columns.pop("rewards"),
        columns.pop("propensities"),
        columns.pop("target"),
        **columns,
    )


@pytest.fixture(scope="module")
def known() -> World:
    """Give one world."""
    return world(1)


def test_both_intervals_hold_the_truth_and_the_value(known: World) -> None:
    """An answer holds the truth, and its two intervals lie in each other."""
    found = asked(known)

    assert found.refused is None
    assert found.low < known.truth < found.high
    assert found.anytime_low < found.low < found.value < found.high < found.anytime_high
    assert 200 < found.ess < 3_000


def test_contexts_sharpen_the_answer(known: World) -> None:
    """What explains rewards narrows the interval."""
    with_contexts, without = asked(known), asked(known, contexts=None)

    assert with_contexts.high - with_contexts.low < 0.97 * (without.high - without.low)


def test_the_policy_that_logged_earned_the_plain_mean(known: World) -> None:
    """Where target and logging policy are one, the value is the mean, to the last digits."""
    even = np.full((3_000, 3), 1 / 3)
    found = asked(
        known, propensities=np.full(3_000, 1 / 3), target=even, actions=np.arange(3_000) % 3
    )

    assert found.value == pytest.approx(known.rewards.mean(), abs=1e-12)
    assert found.estimator == "mean"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"rewards": np.full(3_000, 0.5)}, "All 3000 rewards are 0.5"),
        ({"rewards": np.full(3_000, np.nan)}, "`rewards` is missing or not finite in 3000"),
        ({"rewards": np.r_[np.inf, np.ones(2_999)]}, "not finite in 1 of 3000"),
        ({"propensities": None}, "no propensities"),
        ({"propensities": np.r_[np.nan, np.full(2_999, 0.3)]}, "`propensities` is missing"),
        ({"propensities": np.r_[0.0, np.full(2_999, 0.3)]}, "1 of 3000 propensities"),
        ({"propensities": np.full(3_000, 1.2)}, "3000 of 3000 propensities"),
        ({"propensities": np.full(3_000, 0.9)}, "do not fit what was logged"),
        ({"target": np.full((3_000, 3), 0.5)}, "sum to 1"),
        ({"target": np.full((3_000, 3), np.nan)}, "`target` is missing"),
        ({"contexts": np.full((3_000, 1), np.inf)}, "`contexts` is missing"),
        ({"groups": ["ada"] * 3_000}, "the log is of 1 person"),
        ({"actions": np.zeros(3_000)}, "never logged"),
    ],
)
def test_what_the_log_does_not_support_is_a_sentence(
    known: World, changed: dict[str, Any], says: str
) -> None:
    """No number is made of a log that cannot tell: the sentence says why."""
    found = asked(known, **changed)

    assert found.refused is not None
    assert says in found.refused
    assert math.isnan(found.value)
    assert found.low == found.anytime_low == -math.inf


def test_one_action_alone_holds_nothing_to_compare() -> None:
    """One column is no choice; one action ever logged is none either."""
    ones, rewards = np.ones(500), np.arange(500) % 2
    column = estimate(np.zeros(500), rewards, ones, np.ones((500, 1)))
    logged = estimate(np.zeros(500), rewards, ones, np.tile([1.0, 0.0], (500, 1)))

    assert column.refused is not None
    assert "only one action" in column.refused
    assert logged.refused is not None
    assert "one and the same action" in logged.refused


def test_few_rows_and_rows_that_weigh_little_are_refused() -> None:
    """An empty log, a short one, and one that hardly did what the policy would do."""
    rng = np.random.default_rng(3)
    rare = (rng.random(5_000) < 0.01).astype(int)
    rewards = rng.random(5_000)
    target = np.tile([0.0, 1.0], (5_000, 1))

    empty = estimate([], [], [], np.empty((0, 2)))
    short = estimate(rare[:50], rewards[:50], np.where(rare, 0.01, 0.99)[:50], target[:50])
    seldom = estimate(rare, rewards, np.where(rare, 0.01, 0.99), target)

    assert [one.refused is not None for one in (empty, short, seldom)] == [True] * 3
    assert "weigh like" in (seldom.refused or "")
    assert seldom.ess < 200


def test_shapes_that_do_not_fit_are_errors(known: World) -> None:
    """What cannot be read as a log at all is an error that names the column."""
    with pytest.raises(BadInput, match="`rewards` has 2 rows"):
        asked(known, rewards=[1.0, 0.0])
    with pytest.raises(BadInput, match="`actions` must be whole numbers"):
        asked(known, actions=np.full(3_000, 3))
    with pytest.raises(BadInput, match="`target` must have the shape"):
        asked(known, target=np.ones(3_000))
    with pytest.raises(BadInput, match="must hold numbers"):
        asked(known, rewards=["much"] * 3_000)
    with pytest.raises(BadInput, match="misses the person of 3000 rows"):
        asked(known, groups=[None] * 3_000)
    with pytest.raises(BadNumber, match="`alpha`"):
        asked(known, alpha=0.0)


def test_an_answer_says_what_it_rests_on(known: World) -> None:
    """Beside the number stand the weights, what they rest on, and every estimator's own value."""
    columns = known._asdict()
    found = judge(
        known.actions, known.rewards, known.propensities, known.target, contexts=columns["contexts"]
    )

    assert found.support is not None
    assert found.support.mean_weight == pytest.approx(1, abs=0.05)
    assert found.support.unsupported == 0
    names = {name for name, _ in found.others}
    assert names == {"DR", "DM", "SWITCH-DR", "DRos", "IPS", "SNIPS"}
    assert all(abs(number - known.truth) < 0.1 for _, number in found.others)
