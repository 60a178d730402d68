"""Do the intervals hold when somebody looks after every decision, and how wide are they for that?

Worlds are SIMULATED. In each replication a log grows decision by decision; a miss is any look at
which the interval leaves the truth out. Beside the sequence stands the usual 95 % interval of the
same weighted rewards, looked at as often; and at the end the width of both, and of the fixed
interval of `estimate`.
"""

from __future__ import annotations

import argparse
import math
import time
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.learn.evaluate import estimate
from penchant.learn.evaluate.log import Log, read_log
from penchant.learn.evaluate.sequences import evidence, sequence, walked

Floats = NDArray[np.float64]

ALPHA = 0.05
FIRST_LOOK = 50  # of the usual interval; before, it has hardly a variance
WIDTHS_OF = 40  # replications whose fixed interval is reckoned too


class World(NamedTuple):
    """One log with the target's value; contexts or people where the world has them."""

    actions: NDArray[np.int64]
    rewards: Floats
    propensities: Floats
    target: Floats
    contexts: Floats | None
    people: NDArray[np.int64] | None
    truth: float


def _drawn(rng: np.random.Generator, chances: Floats, target: Floats, means: Floats) -> World:
    n = len(chances)
    actions = (chances.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    here = np.arange(n)
    rewards = (rng.random(n) < means[here, actions]).astype(np.float64)
    truth = float((target * means).sum(axis=1).mean())
    return World(actions, rewards, chances[here, actions], target, None, None, truth)


def even(rng: np.random.Generator, n: int) -> World:
    """Two actions drawn evenly; a target that prefers the better one."""
    rows = np.ones((n, 1))
    return _drawn(rng, rows * [0.5, 0.5], rows * [0.2, 0.8], rows * [0.4, 0.6])


def rare(rng: np.random.Generator, n: int) -> World:
    """Three actions; the one the target always takes was drawn once in twenty."""
    rows = np.ones((n, 1))
    return _drawn(rng, rows * [0.9, 0.05, 0.05], rows * [0.0, 1.0, 0.0], rows * [0.3, 0.5, 0.2])


def contextual(rng: np.random.Generator, n: int) -> World:
    """Three actions whose rewards hang on contexts; the truth is that of the population."""
    contexts = rng.normal(size=(n, 3))
    powers = np.exp(contexts[:, [1, 2, 0]])
    chances = 0.7 * powers / powers.sum(axis=1, keepdims=True) + 0.1
    best = (contexts + rng.normal(size=(n, 3)) / 2).argmax(axis=1)
    target = 0.9 * np.eye(3)[best] + 0.1 / 3
    found = _drawn(rng, chances, target, 1 / (1 + np.exp(-2 * contexts)))
    return found._replace(contexts=contexts, truth=_population())


def grouped(rng: np.random.Generator, n: int) -> World:
    """Two actions; people with levels of their own, ten decisions of each one after the other."""
    people = np.repeat(np.arange(n // 10), 10)
    level = 0.25 * rng.standard_normal(n // 10).clip(-1.5, 1.5)[people]
    rows = np.ones((n, 1))
    means = np.stack([0.45 + level, 0.55 + level], axis=1)
    found = _drawn(rng, rows * [0.5, 0.5], rows * [0.2, 0.8], means)
    return found._replace(people=people, truth=0.2 * 0.45 + 0.8 * 0.55)


@lru_cache(maxsize=1)
def _population(n: int = 1_000_000) -> float:
    """Give the value of the contextual target over a million contexts, always the same ones."""
    rng = np.random.default_rng(99)
    contexts = rng.normal(size=(n, 3))
    best = (contexts + rng.normal(size=(n, 3)) / 2).argmax(axis=1)
    means = 1 / (1 + np.exp(-2 * contexts))
    return float((0.9 * means[np.arange(n), best] + 0.1 * means.mean(axis=1)).mean())


WORLDS = {"even": even, "rare": rare, "contextual": contextual, "grouped": grouped}


def peeked(log: Log, reward: float) -> bool:
    """Tell whether the usual interval of w r, looked at every row, ever leaves the truth out."""
    terms = log.weights * log.rewards
    n = np.arange(1, len(terms) + 1)
    mean = terms.cumsum() / n
    error = np.sqrt(np.maximum((terms**2).cumsum() / n - mean**2, 0) / n)
    return bool((np.abs(mean - reward) > 1.96 * error)[FIRST_LOOK:].any())


class Looked(NamedTuple):
    """What one replication gave: misses, and widths beside the usual and the fixed interval."""

    missed: bool
    missed_usual: bool
    wide: float
    beside_fixed: float


def looked(world: World, *, also_fixed: bool) -> Looked:
    """Look at one growing log after every row."""
    columns = (world.actions, world.rewards, world.propensities, world.target)
    log = read_log(*columns, contexts=world.contexts, groups=world.people)
    if isinstance(log, str):
        raise SystemExit(log)
    walk = walked(log)
    reward = (world.truth - log.low) / log.span
    won = max(float(one.max()) for one in evidence(walk, reward, ALPHA))
    low, high = sequence(walk, ALPHA)
    usual = 2 * 1.96 * float((log.weights * log.rewards).std()) / math.sqrt(len(log.rewards))
    beside = math.nan
    if also_fixed:
        found = estimate(*columns, contexts=world.contexts, groups=world.people)
        beside = log.span * (high - low) / (found.high - found.low)
    return Looked(won >= math.log(2 / ALPHA), peeked(log, reward), (high - low) / usual, beside)


def main() -> None:
    """Print misses and widths, world by world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--worlds", nargs="*", default=list(WORLDS))
    asked = parser.parse_args()
    print(f"{asked.replications} replications of {asked.rows} rows (SIMULATED), a look at each")
    print("world        misses (± 2 se)   usual, peeked   width / usual   width / fixed   seconds")
    for name in asked.worlds:
        begun = time.perf_counter()
        found = [
            looked(
                WORLDS[name](np.random.default_rng([seed, 5]), asked.rows),
                also_fixed=seed < WIDTHS_OF,
            )
            for seed in range(asked.replications)
        ]
        misses = np.array([one.missed for one in found])
        se = float(misses.std()) / math.sqrt(len(found))
        usual = 100 * float(np.mean([one.missed_usual for one in found]))
        wide = float(np.median([one.wide for one in found]))
        fixed = float(np.nanmedian([one.beside_fixed for one in found]))
        print(
            f"{name:<12} {100 * misses.mean():5.1f} % ± {200 * se:.1f}     {usual:9.1f} %   "
            f"{wide:13.2f}   {fixed:13.2f}   {time.perf_counter() - begun:7.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
