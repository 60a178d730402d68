"""Estimates from logs: right on worlds whose truth is known, and loud where a log cannot say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from penchant.errors import BadNumber
from penchant.learn.evaluate import (
    acceptance,
    difference,
    misfits,
    resample,
    value,
    weights,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N = 200_000
MEANS = np.array([0.2, 0.5, 0.8])
LOGGED = np.array([0.6, 0.3, 0.1])
TARGET = np.array([0.1, 0.3, 0.6])
TRUTH = float(TARGET @ MEANS)


@pytest.fixture(scope="module")
def world() -> tuple[Ints, Floats]:
    """Give actions drawn by LOGGED and their rewards."""
    rng = np.random.default_rng(5)
    actions = rng.choice(3, size=N, p=LOGGED)
    return actions, (rng.random(N) < MEANS[actions]).astype(np.float64)


def test_rejection_replay_is_unbiased(world: tuple[Ints, Floats]) -> None:
    """Accepting with pi / (c p) gives the target's value and one row in c."""
    actions, rewards = world
    rng = np.random.default_rng(6)
    drawn = rng.choice(3, size=N, p=TARGET)
    accepted = (drawn == actions) & (rng.random(N) < acceptance(LOGGED[actions]))

    assert accepted.mean() == pytest.approx(LOGGED.min(), rel=0.03)
    assert rewards[accepted].mean() == pytest.approx(TRUTH, abs=0.012)


def test_accepting_on_equality_is_biased(world: tuple[Ints, Floats]) -> None:
    """Accepting whenever the actions agree favours what the log did often."""
    actions, rewards = world
    drawn = np.random.default_rng(6).choice(3, size=N, p=TARGET)
    favoured = TARGET * LOGGED / (TARGET @ LOGGED)

    agreed = rewards[drawn == actions].mean()

    assert agreed == pytest.approx(float(favoured @ MEANS), abs=0.01)
    assert agreed < TRUTH - 0.1


def test_weights_find_the_value_of_another_policy(world: tuple[Ints, Floats]) -> None:
    """The estimate is near the truth, and its interval holds it."""
    actions, rewards = world
    row_weights = weights(TARGET[actions], LOGGED[actions])
    again = resample(np.arange(N) % 500, np.random.default_rng(1), n_resamples=1_000)

    found = value(rewards, row_weights, again)

    assert found.value == pytest.approx(TRUTH, abs=0.01)
    assert found.low < TRUTH < found.high
    assert found.rows == pytest.approx(N / float((TARGET**2 / LOGGED).sum()), rel=0.03)


def test_intervals_of_people_who_differ_are_wider() -> None:
    """Drawing people anew sees that their rows resemble each other; drawing rows does not."""
    rng = np.random.default_rng(2)
    people = np.repeat(np.arange(30), 50)
    rewards = rng.normal(size=30)[people] + 0.1 * rng.normal(size=1_500)
    ones = np.ones(1_500)

    by_person = value(rewards, ones, resample(people, rng))
    by_row = value(rewards, ones, resample(np.arange(1_500), rng, n_resamples=1_000))

    assert by_person.high - by_person.low > 4 * (by_row.high - by_row.low)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """With 24 people, nine in ten or more of the 95 % intervals hold the mean."""
    rng = np.random.default_rng(3)
    people = np.repeat(np.arange(24), 10)
    held = []
    for _ in range(300):
        rewards = rng.normal(size=24)[people] + rng.normal(size=240)
        one = value(rewards, np.ones(240), resample(people, rng, n_resamples=1_000))
        held.append(one.low <= 0.0 <= one.high)

    assert 0.90 <= np.mean(held) <= 0.99


def test_two_policies_are_compared_within_the_same_resamples() -> None:
    """What both share falls out: a steady difference is seen through noisy people."""
    rng = np.random.default_rng(4)
    people = np.repeat(np.arange(20), 100)
    took = rng.integers(2, size=2_000)
    rewards = 5 * rng.normal(size=20)[people] + 0.5 * took
    always = [weights((took == a).astype(float), np.full(2_000, 0.5)) for a in (0, 1)]
    again = resample(people, rng)

    apart = difference(rewards, always[1], always[0], again)
    alone = value(rewards, always[1], again)

    assert apart.high - apart.low < alone.high - alone.low
    assert difference(rewards, always[0], always[0], again).holds_zero


@pytest.mark.parametrize(("people", "rows"), [(1, 300), (9, 900), (10, 199)])
def test_too_few_people_or_rows_have_no_interval(people: int, rows: int) -> None:
    """With few people the same few are drawn again and again: nothing is said about the spread."""
    again = resample(np.arange(rows) % people, np.random.default_rng(0))
    rewards = np.ones(rows)

    one = value(rewards, np.ones(rows), again)

    assert one.value == 1.0
    assert (one.low, one.high) == (-math.inf, math.inf)
    assert difference(rewards, np.ones(rows), rewards, again).holds_zero


def test_enough_people_and_rows_have_one() -> None:
    """From ten people and two hundred rows on there is an interval."""
    one = value(
        np.arange(200.0), np.ones(200), resample(np.arange(200) % 10, np.random.default_rng(0))
    )

    assert math.isfinite(one.low)
    assert math.isfinite(one.high)


def test_a_policy_that_never_did_what_was_logged_has_no_value() -> None:
    """Where no row weighs anything there is nothing to say."""
    again = resample([1, 2], np.random.default_rng(0))

    assert math.isnan(value(np.ones(2), np.zeros(2), again).value)
    assert math.isnan(difference(np.ones(2), np.ones(2), np.zeros(2), again).value)


def test_no_rows_at_all_are_refused() -> None:
    """An empty log is an error, not a table of nothing."""
    with pytest.raises(BadNumber, match="no row"):
        resample([], np.random.default_rng(0))


@pytest.mark.parametrize("propensity", [0.0, -0.1, 1.1, math.nan])
def test_a_propensity_outside_its_range_is_refused(propensity: float) -> None:
    """0, above 1 and NaN are no propensities."""
    with pytest.raises(BadNumber, match="above 0 and at most 1"):
        weights(np.array([0.5, 0.5]), np.array([0.5, propensity]))


@given(
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=50),
    st.integers(0, 2**32 - 1),
)
def test_acceptance_is_a_chance_and_full_where_the_log_did_least(
    propensities: list[float], seed: int
) -> None:
    """It lies in (0, 1], is 1 at the rarest action, and times p is the same everywhere."""
    logged = np.random.default_rng(seed).permutation(np.array(propensities))

    chance = acceptance(logged)

    assert np.all((chance > 0) & (chance <= 1))
    assert chance[logged.argmin()] == 1.0
    assert np.allclose(chance * logged, logged.min())


@given(
    st.lists(st.tuples(st.integers(0, 4), st.floats(-9, 9)), min_size=2, max_size=40),
    st.integers(0, 2**32 - 1),
)
def test_the_same_dice_give_the_same_interval(rows: list[tuple[int, float]], seed: int) -> None:
    """Estimates are functions of data and dice, and the value lies within the rewards."""
    people = [person for person, _ in rows]
    rewards = np.array([reward for _, reward in rows])
    one, other = (
        value(rewards, np.ones(len(rows)), resample(people, np.random.default_rng(seed)))
        for _ in range(2)
    )

    assert one == other
    assert rewards.min() - 1e-9 <= one.value <= rewards.max() + 1e-9
    assert one.low <= one.high


@given(st.floats(0.1, 0.9), st.integers(0, 2**32 - 1))
def test_right_propensities_fit(chance: float, seed: int) -> None:
    """A log drawn by its propensities passes; four errors are rare."""
    actions = (np.random.default_rng(seed).random(2_000) < chance).astype(np.int64)
    logged = np.where(actions == 1, chance, 1 - chance)

    assert not misfits(actions, logged, n_actions=2, loud=6.0)


def test_wrong_propensities_are_found_with_what_was_measured() -> None:
    """An action logged in 41 % of rows and declared as 30 % is told; one as declared is not."""
    actions = np.repeat([0, 1, 2], [410, 256, 334])
    declared = np.array([0.3, 0.3, 0.3])[actions]

    found = {one.action: one for one in misfits(actions, declared, n_actions=3)}

    assert set(found) == {0}
    assert found[0].measured == pytest.approx(0.41)
    assert found[0].declared == pytest.approx(0.3)
    assert found[0].errors > 4


@pytest.mark.parametrize("seed", range(20))
def test_what_is_hardly_ever_drawn_in_most_rows_is_no_misfit(seed: int) -> None:
    """A policy that has learned draws an action of its choice, or one in two thousand times."""
    rng = np.random.default_rng(seed)
    chance = np.where(rng.random(1_200) < 0.5, 0.7, 0.0005)
    actions = (rng.random(1_200) >= chance).astype(np.int64)

    logged = np.where(actions == 0, chance, 1.0 - chance)
    assert not misfits(actions, logged, n_actions=2)


def test_propensities_that_change_from_row_to_row_are_tested_too() -> None:
    """The test needs no constant propensities: right ones pass, the same ones swapped do not."""
    rng = np.random.default_rng(8)
    chances = rng.uniform(0.2, 0.8, size=5_000)
    actions = (rng.random(5_000) < chances).astype(np.int64)
    right = np.where(actions == 1, chances, 1 - chances)

    assert not misfits(actions, right, n_actions=3)
    assert misfits(actions, 1 - right, n_actions=2)
