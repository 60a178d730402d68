"""Laws of comparing with the neutral answer: an interval may be looked at as often as one likes."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from penchant.learn.confidence import (
    ALPHA,
    Outcomes,
    compared,
    no_outcomes,
    outcomes_of,
    ratio_evidence,
    share_of,
    summed,
)

Floats = NDArray[np.float64]

N_RUNS = 2_000 if os.environ.get("PENCHANT_PROOF") == "full" else 120
N_OUTCOMES = 1_600
LOOKS = 50


class World(NamedTuple):
    """How two ways of choosing between two actions differ, and what the actions bring.

    `share` of decisions are neutral by lot, `floor` is half of `explore`; in a share `apart` of
    contexts the engine does one thing and the neutral answer the other, with mean rewards `mine`
    and `other`; elsewhere both do the same, and everything brings `usual`.
    """

    share: float
    floor: float
    apart: float
    mine: float
    other: float
    usual: float


WORLDS = {
    "half apart": World(0.01, 0.005, 0.5, 0.5, 0.3, 0.5),
    "seldom apart": World(0.01, 0.005, 0.05, 0.6, 0.4, 0.02),
    "nearly always apart": World(0.01, 0.005, 0.9, 0.5, 0.3, 0.5),
    "no difference": World(0.01, 0.005, 0.5, 0.3, 0.3, 0.3),
    "worse": World(0.05, 0.025, 0.5, 0.1, 0.8, 0.5),
    "a large share": World(0.2, 0.05, 0.5, 0.5, 0.3, 0.5),
}


def stream(world: World, rng: np.random.Generator) -> tuple[list[Outcomes], Floats]:
    """Draw outcomes in blocks, one for each look, and the true difference up to each."""
    n, floor = N_OUTCOMES, world.floor
    apart = rng.random(n) < world.apart
    own = np.full(n, 1.0 - floor)
    neutral = np.where(apart, floor, 1.0 - floor)
    logged = own + world.share * (neutral - own)
    first = rng.random(n) < logged
    means = np.where(first, world.mine, world.other)
    rewards = (rng.random(n) < np.where(apart, means, world.usual)).astype(np.float64)
    both = np.stack([neutral / logged, (1.0 - neutral) / (1.0 - logged)])
    ratios = np.where(first, *both)
    chi = neutral * both[0] + (1.0 - neutral) * both[1] - 1.0
    reach = np.abs(1.0 - both).max(axis=0)
    gain = (logged - neutral) * np.where(apart, world.mine - world.other, 0.0)
    size = n // LOOKS
    blocks = [
        outcomes_of(*(column[start : start + size] for column in (rewards, ratios, chi, reach)))
        for start in range(0, n, size)
    ]
    return blocks, np.cumsum(gain)[size - 1 :: size] / np.arange(size, n + 1, size)


def looks(blocks: Sequence[Outcomes]) -> Iterator[Outcomes]:
    """Give what is known at each look."""
    known = no_outcomes()
    for block in blocks:
        known = summed([known, block])
        yield known


@pytest.mark.proof
@pytest.mark.parametrize("name", WORLDS)
def test_an_interval_misses_seldom_however_often_one_looks(name: str) -> None:
    """Looked at fifty times, the interval of the difference misses in at most 5 % of runs."""
    rng = np.random.default_rng(7)
    misses = 0
    for _ in range(N_RUNS):
        blocks, truth = stream(WORLDS[name], rng)
        found = [compared([known]) for known in looks(blocks)]
        misses += any(
            one is not None and not one.difference.low <= true <= one.difference.high
            for one, true in zip(found, truth, strict=True)
        )

    assert misses <= ALPHA * N_RUNS


@pytest.mark.proof
def test_a_share_misses_seldom_however_often_one_looks() -> None:
    """Looked at fifty times, the interval of a share misses in at most 5 % of runs."""
    rng = np.random.default_rng(8)
    misses = 0
    for share in np.tile([0.01, 0.1, 0.5], N_RUNS // 3):
        counts = np.cumsum(rng.random(N_OUTCOMES) < share)[31::32]
        found = [share_of(float(count), 32.0 * (at + 1)) for at, count in enumerate(counts)]
        misses += any(not one.low <= share <= one.high for one in found)

    assert misses <= ALPHA * N_RUNS


@pytest.mark.proof
def test_a_true_share_seldom_looks_wrong_and_a_wrong_one_always_does() -> None:
    """Odds of 20 against a share that holds come in at most 5 % of runs, at every look at once."""
    rng = np.random.default_rng(9)
    alarms = 0
    for _ in range(N_RUNS):
        counts = np.cumsum(rng.random(N_OUTCOMES) < 0.05)[31::32].tolist()
        alarms += any(
            ratio_evidence(count, 32 * (at + 1), 0.05) >= 20 for at, count in enumerate(counts)
        )
    half = int(0.025 * 10_000)

    assert alarms <= ALPHA * N_RUNS
    assert ratio_evidence(half, 10_000, 0.05) > 1e6


numbers = st.floats(0.0, 1.0)
rows = st.lists(
    st.tuples(numbers, st.floats(0.0, 50.0), st.floats(0.0, 50.0), numbers), max_size=12
)


def sums_of(given: Sequence[tuple[float, ...]]) -> Outcomes:
    """Sum rows: reward, ratio, chi and reach of each."""
    return outcomes_of(*np.array(given, dtype=np.float64).reshape(len(given), 4).T)


@pytest.mark.proof
@given(rows, rows)
def test_sums_add_up_in_any_grouping(
    one: list[tuple[float, ...]], other: list[tuple[float, ...]]
) -> None:
    """What two parts give together is what all rows at once give."""
    together = summed([sums_of(one), sums_of(other)])

    assert np.allclose(together, sums_of([*one, *other]), rtol=1e-9, atol=1e-9)
    assert together == summed([sums_of(other), sums_of(one)])


@pytest.mark.proof
@given(rows.filter(len), st.integers(1, 6))
def test_an_interval_holds_its_estimate(given_rows: list[tuple[float, ...]], times: int) -> None:
    """Estimates lie within their intervals, and those within what rewards can be."""
    found = compared([sums_of(given_rows * times)])

    assert found is not None
    assert found.engine.low <= found.engine.value <= found.engine.high
    assert 0.0 <= found.engine.low <= found.engine.high <= 1.0
    assert 0.0 <= found.neutral.low <= found.neutral.high <= 1.0
    assert -1.0 <= found.difference.low <= found.difference.high <= 1.0
    assert found.smallest >= 0.0
