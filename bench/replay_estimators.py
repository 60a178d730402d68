"""Which way of reading a learner's value from a log is right, and how far off it is.

Worlds are SIMULATED and known, so the truth is: people with levels and likings of their own, two
actions logged with chances .8 and .2, rewards as skewed as steps. A small learner is replayed;
its true value along its path is what each estimate is held against.

Prints, for every estimate: its bias and its spread (standard deviation of its error) over the
logs, in percent of a reward's standard deviation; then how often the intervals hold the truth.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.learn import evaluate

Floats = NDArray[np.float64]

CHANCES = np.array([0.8, 0.2])
LIFT = 0.5  # of the second action, in standard deviations of the noise
LEVELS, LIKINGS = 0.5, 0.4  # spread between people: of their level, of what the lift is to them


class Log(NamedTuple):
    """One simulated trial; `means` are the true mean rewards of both actions, (n, 2)."""

    people: NDArray[np.int64]
    actions: NDArray[np.int64]
    rewards: Floats
    means: Floats


class Path(NamedTuple):
    """What a replayed learner did: its chances (n, 2), which rows it accepted, which agreed."""

    chances: Floats
    accepted: NDArray[np.bool_]
    agreed: NDArray[np.bool_]


def simulate(rng: np.random.Generator, n_people: int, n_rounds: int) -> Log:
    """Draw a trial: everybody has as many rounds, in random order."""
    people = rng.permutation(np.repeat(np.arange(n_people), n_rounds))
    level = LEVELS * rng.standard_normal(n_people)[people]
    lift = LIFT + LIKINGS * rng.standard_normal(n_people)[people]
    means = np.stack([level, level + lift], axis=1)
    actions = (rng.random(len(people)) < CHANCES[1]).astype(np.int64)
    noise = rng.exponential(1.0, len(people)) - 1.0  # skewed, mean 0, standard deviation 1
    rewards = means[np.arange(len(people)), actions] + noise
    return Log(people, actions, rewards, means)


def run(log: Log, rng: np.random.Generator, learns: str) -> Path:
    """Replay a learner of two means: it takes the better one with chance .9.

    `learns` from "accepted" rows, from rows that "agreed", or from "every" row.
    """
    n = len(log.actions)
    sums, counts = np.zeros(2), np.ones(2)
    chances, accepted, agreed = np.empty((n, 2)), np.zeros(n, bool), np.zeros(n, bool)
    draws, passes = rng.random(n), rng.random(n)
    keep = evaluate.acceptance(CHANCES)
    for i in range(n):
        best = int(sums[1] / counts[1] >= sums[0] / counts[0])
        chances[i, best], chances[i, 1 - best] = 0.9, 0.1
        action = int(log.actions[i])
        agreed[i] = int(draws[i] < chances[i, 1]) == action
        accepted[i] = agreed[i] and passes[i] < keep[action]
        if {"accepted": accepted[i], "agreed": agreed[i], "every": True}[learns]:
            sums[action] += log.rewards[i]
            counts[action] += 1
    return Path(chances, accepted, agreed)


def errors(log: Log, rng: np.random.Generator) -> dict[str, float]:
    """Give each estimate's error on one log, against the value of its own learner's path."""
    found = {}
    path = run(log, rng, "accepted")
    truth = _value(log, path)
    row_weights = _weights(log, path)
    found["rejection: mean of the accepted"] = log.rewards[path.accepted].mean() - truth
    found["weights (IPS), every row"] = (row_weights * log.rewards).mean() - truth
    found["weights (SNIPS), every row"] = row_weights @ log.rewards / row_weights.sum() - truth
    agreed = run(log, rng, "agreed")
    found["accepting on equality"] = log.rewards[agreed.agreed].mean() - _value(log, agreed)
    every = run(log, rng, "every")
    found["value gained by learning from every row"] = _value(log, every) - truth
    return found


def coverage(log: Log, rng: np.random.Generator) -> dict[str, bool]:
    """Tell whether each interval of the value of always taking the second action holds it."""
    row_weights = evaluate.weights((log.actions == 1).astype(float), CHANCES[log.actions])
    makers: dict[str, Callable[[], evaluate.Interval]] = {
        "people drawn anew, widened (used)": lambda: evaluate.value(
            log.rewards, row_weights, evaluate.resample(log.people.tolist(), rng, n_resamples=1_000)
        ),
        "people drawn anew, plain percentiles": lambda: _plain(log, row_weights, rng),
        "rows drawn anew": lambda: evaluate.value(
            log.rewards,
            row_weights,
            evaluate.resample(range(len(log.people)), rng, n_resamples=200),
        ),
    }
    return {name: (one := make()).low <= LIFT <= one.high for name, make in makers.items()}


def _plain(log: Log, row_weights: Floats, rng: np.random.Generator) -> evaluate.Interval:
    again = evaluate.resample(log.people.tolist(), rng, n_resamples=1_000)
    means = again.totals(row_weights * log.rewards) / again.totals(row_weights)
    return evaluate.Interval(math.nan, *np.quantile(means, (0.025, 0.975)).tolist())


def _value(log: Log, path: Path) -> float:
    return float((path.chances * log.means).sum(axis=1).mean())


def _weights(log: Log, path: Path) -> Floats:
    rows = np.arange(len(log.actions))
    return evaluate.weights(path.chances[rows, log.actions], CHANCES[log.actions])


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=400)
    n_logs = parser.parse_args().logs
    rng = np.random.default_rng(7)
    n_people, n_rounds = 24, 160
    logs = [simulate(rng, n_people, n_rounds) for _ in range(n_logs)]
    found = [errors(log, rng) for log in logs]
    print(f"{n_logs} simulated logs of {n_people} people x {n_rounds} rounds (SIMULATED)")
    print("percent of a reward's standard deviation       bias (± 2 se)     spread")
    for name in found[0]:
        values = 100 * np.array([one[name] for one in found])
        error = 2 * values.std() / math.sqrt(n_logs)
        print(f"  {name:<42} {values.mean():+7.2f} ± {error:.2f}   {values.std():7.2f}")
    held = [coverage(log, rng) for log in logs]
    print("\n95 % intervals that hold the truth, always taking the second action")
    for name in held[0]:
        share = np.mean([one[name] for one in held])
        print(f"  {name:<42} {100 * share:6.1f} %")


if __name__ == "__main__":
    main()
