"""How wide, and how often wrong, is the interval of the engine against its neutral answer?

Simulated logs in which the truth is known, looked at after every 20 outcomes. Three intervals from
the same logs: `ours` (`penchant.learn.confidence`), `estimated`, the same mixture with the spread
of the weights estimated from those that were drawn, and `empirical Bernstein`, the bound of
Waudby-Smith et al. 2022 (arXiv 2210.10768), which assumes nothing. An interval that missed at any
look counts as wrong: 5 % may. The width is half of it, in points of reward.

Run: python bench/against_neutral.py [--runs 300] [--outcomes 3000]
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from measuring import machine
from numpy.typing import NDArray

from penchant.learn.confidence import ALPHA, compared, no_outcomes, outcomes_of, radius, summed

Floats = NDArray[np.float64]
LOOK = 20
LARGEST_STEP = 0.5


class World(NamedTuple):
    """A share of neutral decisions, half of `explore`, and what the two ways of choosing bring.

    In a share `apart` of contexts the engine does one thing (`mine`) and the neutral answer the
    other (`other`); elsewhere both do the same and everything brings `usual`.
    """

    share: float
    floor: float
    apart: float
    mine: float
    other: float
    usual: float


class Log(NamedTuple):
    """Rewards, w = q / p, the known variance of w, the largest |1 - w|, the truth so far."""

    rewards: Floats
    ratios: Floats
    chi: Floats
    reach: Floats
    truth: Floats


WORLDS = {
    "usual settings, half apart": World(0.01, 0.005, 0.5, 0.5, 0.3, 0.5),
    "usual settings, seldom apart": World(0.01, 0.005, 0.05, 0.6, 0.4, 0.02),
    "usual settings, no difference": World(0.01, 0.005, 0.5, 0.3, 0.3, 0.3),
    "5 % neutral, half apart": World(0.05, 0.025, 0.5, 0.5, 0.3, 0.5),
    "20 % neutral, half apart": World(0.2, 0.05, 0.5, 0.5, 0.3, 0.5),
}


def log_of(world: World, n: int, rng: np.random.Generator) -> Log:
    """Draw one log."""
    apart = rng.random(n) < world.apart
    own = np.full(n, 1.0 - world.floor)
    neutral = np.where(apart, world.floor, 1.0 - world.floor)
    logged = own + world.share * (neutral - own)
    first = rng.random(n) < logged
    brings = np.where(apart, np.where(first, world.mine, world.other), world.usual)
    both = np.stack([neutral / logged, (1.0 - neutral) / (1.0 - logged)])
    gain = (logged - neutral) * np.where(apart, world.mine - world.other, 0.0)
    return Log(
        rewards=(rng.random(n) < brings).astype(np.float64),
        ratios=np.where(first, *both),
        chi=neutral * both[0] + (1.0 - neutral) * both[1] - 1.0,
        reach=np.abs(1.0 - both).max(axis=0),
        truth=np.cumsum(gain) / np.arange(1, n + 1),
    )


def ours(log: Log) -> tuple[Floats, Floats]:
    """Give the ends of our interval at each look."""
    known, ends = no_outcomes(), []
    for start in range(0, len(log.rewards), LOOK):
        block = (column[start : start + LOOK] for column in log[:4])
        known = summed([known, outcomes_of(*block)])
        found = compared([known])
        ends.append((found.difference.low, found.difference.high) if found else (-1.0, 1.0))
    low, high = np.array(ends).T
    return low, high


def estimated(log: Log) -> tuple[Floats, Floats]:
    """Give the same mixture with the spread estimated from the weights that were drawn."""
    u, n = 1.0 - log.ratios, np.arange(1, len(log.rewards) + 1)
    squares = np.cumsum(u * u)
    b = np.cumsum(u * u * log.rewards) / np.maximum(squares, 1e-12)
    value = (np.cumsum(u * log.rewards) - b * np.cumsum(u)) / n
    left = np.cumsum(u * u * log.rewards**2) - 2 * b * np.cumsum(u * u * log.rewards)
    spread = np.maximum((left + b * b * squares) / n - value**2, 0.0)
    half = np.array([radius(float(k), float(v), 0.0) for k, v in zip(n, spread, strict=True)])
    return (value - half)[LOOK - 1 :: LOOK], (value + half)[LOOK - 1 :: LOOK]


def bernstein(log: Log) -> tuple[Floats, Floats]:
    """Give the empirical-Bernstein bound of both sides, made for weights without an upper end."""
    worse = _lower((log.ratios * log.rewards - log.rewards + 1.0) / 2.0)
    missed = 1.0 - log.rewards
    better = _lower((log.ratios * missed - missed + 1.0) / 2.0)
    return (2.0 * better - 1.0)[LOOK - 1 :: LOOK], (1.0 - 2.0 * worse)[LOOK - 1 :: LOOK]


def _lower(values: Floats) -> Floats:
    """Give a lower end of the mean of non-negative values, valid at every n, at alpha / 2."""
    level, bounds = math.log(2.0 / ALPHA), np.empty(len(values))
    steps = weighed = spent = 0.0
    guess, spread, total, squares, best = 0.5, 0.25, 0.0, 0.25, -math.inf
    for n, value in enumerate(values.tolist(), 1):
        step = min(math.sqrt(2 * level / (spread * n * math.log(1 + n))), LARGEST_STEP)
        steps, weighed = steps + step, weighed + step * value
        spent += (-math.log(1.0 - step) - step) * (value - min(guess, 1.0)) ** 2
        squares += (value - min(guess, 1.0)) ** 2
        best = max(best, (weighed - level - spent) / steps)
        bounds[n - 1] = best
        total += value
        guess, spread = (total + 0.5) / (n + 1), squares / (n + 1)
    return bounds


WAYS: dict[str, Callable[[Log], tuple[Floats, Floats]]] = {
    "ours": ours,
    "estimated": estimated,
    "empirical Bernstein": bernstein,
}


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--outcomes", type=int, default=3_000)
    asked = parser.parse_args()
    print(machine())
    heads = "".join(f"{way:>26}" for way in WAYS)
    print(f"{asked.runs} logs of {asked.outcomes:,} outcomes; wrong at any look, half width\n")
    print(f"{'':<32}{heads}")
    for name, world in WORLDS.items():
        rng = np.random.default_rng(5)
        logs = [log_of(world, asked.outcomes, rng) for _ in range(asked.runs)]
        told = "".join(_told(logs, way) for way in WAYS.values())
        print(f"{name:<32}{told}")


def _told(logs: Sequence[Log], way: Callable[[Log], tuple[Floats, Floats]]) -> str:
    """Give how often one way is wrong, and how wide it is at the end."""
    wrong, widths = 0, []
    for log in logs:
        low, high = way(log)
        truth = log.truth[LOOK - 1 :: LOOK]
        wrong += bool(((truth < low) | (truth > high)).any())
        widths.append(50.0 * float(high[-1] - low[-1]))
    return f"{100 * wrong / len(logs):>14.1f} %{np.mean(widths):>10.2f}"


if __name__ == "__main__":
    main()
