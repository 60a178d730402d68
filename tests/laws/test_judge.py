"""Laws of the judge: what must hold whatever the log is."""

import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from laws.lengths import tried
from numpy.typing import NDArray

from penchant.errors import BadInput
from penchant.learn.evaluate import Estimate, estimate, judge

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

pytestmark = pytest.mark.proof


class Asked(NamedTuple):
    """One question of a log."""

    actions: Ints
    rewards: Floats
    propensities: Floats
    target: Floats
    contexts: Floats
    groups: Ints


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """Draw logs whose propensities are true and leave every action a chance."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(400, 900))
    n_actions = draw(st.integers(2, 4))
    contexts = rng.normal(size=(n, draw(st.integers(1, 3))))
    powers = np.exp(contexts[:, :1] * rng.normal(size=n_actions))
    chances = 0.6 * powers / powers.sum(axis=1, keepdims=True) + 0.4 / n_actions
    actions = (chances.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    rewards = rng.random(n) + actions * contexts[:, 0]
    target = rng.dirichlet(np.ones(n_actions), size=n)
    people = rng.integers(0, draw(st.integers(30, 200)), size=n)
    return Asked(actions, rewards, chances[np.arange(n), actions], target, contexts, people)


def answer(one: Asked, *, is_grouped: bool) -> Estimate:
    """Ask."""
    return estimate(
        one.actions,
        one.rewards,
        one.propensities,
        one.target,
        contexts=one.contexts,
        groups=one.groups if is_grouped else None,
    )


def near(one: Estimate, other: Estimate, scale: float) -> bool:
    """Tell whether two answers are one, but for the last digits; the anytime ends aside."""
    pairs = zip(one[:3], other[:3], strict=True)
    said = all(math.isclose(a, b, abs_tol=1e-9 * scale) or a == b for a, b in pairs)
    return one.refused == other.refused and (one.refused is not None or said)


@tried(0.25)
@given(questions(), st.booleans(), st.integers(0, 2**32))
def test_permuting_rows_changes_nothing(one: Asked, is_grouped: bool, seed: int) -> None:  # noqa: FBT001 - as drawn
    """The same rows in another order, each with its person, give the same value and interval."""
    order = np.random.default_rng(seed).permutation(len(one.actions))
    shuffled = Asked._make(column[order] for column in one)

    assert near(answer(one, is_grouped=is_grouped), answer(shuffled, is_grouped=is_grouped), 10.0)


@tried(0.25)
@given(questions(), st.floats(0.01, 1_000), st.floats(-100, 100))
def test_another_unit_of_rewards_is_another_unit_of_the_answer(
    one: Asked, scale: float, shift: float
) -> None:
    """Rewards times a number, plus another, give every end times the one, plus the other."""
    plain = answer(one, is_grouped=False)
    other = answer(one._replace(rewards=scale * one.rewards + shift), is_grouped=False)

    assert (plain.refused is None) == (other.refused is None)
    if plain.refused is None:
        for place in range(5):
            expected = scale * float(plain[place]) + shift  # type: ignore[arg-type]
            found = float(other[place])  # type: ignore[arg-type]
            assert found == pytest.approx(expected, abs=1e-6 * scale + 1e-9)


@tried(0.25)
@given(questions(), st.booleans())
def test_every_interval_holds_its_value(one: Asked, is_grouped: bool) -> None:  # noqa: FBT001 - as drawn
    """The value lies in both intervals, and both in what a reward can be; or nothing is said."""
    found = answer(one, is_grouped=is_grouped)

    if found.refused is None:
        assert found.low <= found.value <= found.high
        assert found.anytime_low <= found.value <= found.anytime_high
        assert one.rewards.min() - 1e-9 <= min(found.low, found.anytime_low)
        assert max(found.high, found.anytime_high) <= one.rewards.max() + 1e-9
    else:
        assert math.isnan(found.value)


@tried(0.25)
@given(questions())
def test_the_policy_that_logged_gets_the_plain_mean(one: Asked) -> None:
    """Where the target gives each logged action its own propensity, the value is the mean."""
    n = len(one.actions)
    even = np.full((n, one.target.shape[1]), 1 / one.target.shape[1])
    rng = np.random.default_rng(n)
    actions = rng.integers(0, even.shape[1], size=n)
    found = answer(
        one._replace(actions=actions, target=even, propensities=even[:, 0]), is_grouped=False
    )

    assert found.refused is not None or found.value == pytest.approx(one.rewards.mean(), abs=1e-9)


@tried(0.25)
@given(questions())
def test_a_gain_is_the_value_less_what_was_logged(one: Asked) -> None:
    """Promotion asks that every look so far leaves 0 out; the gain's own intervals hold it."""
    found = judge(one.actions, one.rewards, one.propensities, one.target, contexts=one.contexts)

    gain = found.gain
    if found.estimate.refused is None:
        assert gain.low <= gain.value <= gain.high
        assert gain.anytime_low <= gain.value <= gain.anytime_high
        unbiased = dict(found.others).get("DR", found.estimate.value)
        assert gain.value == pytest.approx(unbiased - one.rewards.mean(), abs=1e-6)
    assert (gain.verdict == "promote") == (gain.anytime_low > 0)


BAD = (np.nan, np.inf, -np.inf, 0.0, -1.0, 1.5, 1e300)


@tried(0.25)
@given(
    questions(),
    st.sampled_from(["rewards", "propensities", "target", "contexts", "actions"]),
    st.sampled_from(BAD),
    st.floats(0, 1),
)
def test_nothing_bad_becomes_a_number_in_silence(
    one: Asked, name: str, bad: float, share: float
) -> None:
    """With any column damaged there is a sentence, an error, or an answer that is finite."""
    column = getattr(one, name).astype(np.float64)
    rows = np.random.default_rng(1).random(len(column)) < share
    column[rows] = bad
    try:
        found = answer(one._replace(**{name: column}), is_grouped=False)
    except BadInput:
        return

    if found.refused is None:
        assert all(math.isfinite(end) for end in found[:5])
        harmless = not rows.any() or (name in {"rewards", "contexts"} and math.isfinite(bad))
        assert harmless or name in {"actions", "propensities", "target"}
    else:
        assert math.isnan(found.value)
