"""Thousands of candidates in one call: the engine beside the arithmetic that none can do without.

One person, one moment, candidates known only now by 16 numbers each. The floor is numpy alone on
arrays that are there: expected rewards, what the person adds, how unsure both are, 32 points
of optimism, the floor of exploration, and a draw. What stands between the two: reading features,
guardrails, names and records, and the journal in memory. `new` are candidates that were never met,
`again` the same ones once more.

    python bench/candidates.py [--calls 20]
"""

from __future__ import annotations

from measuring import Times, machine, on_one_thread, percentiles

if __name__ == "__main__":
    on_one_thread()

import argparse
import random
from typing import Any

import numpy as np

from penchant import Action, Engine, Moment, Outcome
from penchant.adapters.store.memory import MemoryStore
from penchant.decide.weighing import OPTIMISM

COUNTS = (100, 1_000, 10_000)
NUMBERS, OUTCOMES, OFFERED, POSITIONS = 16, 100, 20, 10
CLICKED = 0.3


def engine_of(rng: np.random.Generator) -> Engine:
    """Give an engine that has learned."""
    engine = Engine(MemoryStore(), dice=random.Random(7))  # noqa: S311 - no secrets
    engine.declare(Moment("row", "news", (), Outcome("clicked", window="1h")))
    engine.consent("ada", "news")
    for turn in range(OUTCOMES):
        one = engine.decide("row", person="ada", actions=candidates(rng, OFFERED, f"w{turn}"))
        engine.learn(one.id, reward=float(rng.random() < CLICKED))
    return engine


def candidates(rng: np.random.Generator, count: int, name: str) -> list[Action]:
    """Give new candidates."""
    rows = rng.normal(size=(count, NUMBERS)).tolist()
    return [Action(f"{name}-{i}", {"v": row}) for i, row in enumerate(rows)]


def floor(arrays: dict[str, Any], draw: float) -> int:
    """Score all candidates, count the points, raise the floor, draw."""
    scores = 1.0 / (1.0 + np.exp(-arrays["rows"] @ arrays["weights"]))
    scores += arrays["seen"] @ arrays["mean"]
    width = np.sqrt(arrays["pairs"] @ arrays["covariance"])
    points = scores[None, :] + OPTIMISM * width[None, :]
    share = np.bincount(points.argmax(axis=1), minlength=len(scores)) / len(OPTIMISM)
    raised = np.maximum(share, 0.01 / len(scores))
    ends = np.cumsum(raised)
    return int(np.searchsorted(ends, draw * ends[-1]))


def arrays_of(rng: np.random.Generator, count: int) -> dict[str, Any]:
    """Give the arrays that the floor works on."""
    seen = rng.normal(size=(count, 8))
    return {
        "rows": rng.normal(size=(count, NUMBERS + 1)),
        "weights": rng.normal(size=NUMBERS + 1),
        "seen": seen,
        "mean": rng.normal(size=8),
        "pairs": (seen[:, :, None] * seen[:, None, :]).reshape(count, 64),
        "covariance": np.eye(8).reshape(64),
    }


def main() -> None:
    """Print the median milliseconds of each, and how many floors they are."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--calls", type=int, default=20)
    calls = asked.parse_args().calls
    print(machine())
    rng = np.random.default_rng(1)
    engine = engine_of(rng)
    print(
        f"{'candidates':>10}{'floor':>10}{'new':>16}{'again':>16}{'slate of 10':>16}   ms, floors"
    )
    for count in COUNTS:
        arrays, times = arrays_of(rng, count), [Times() for _ in range(4)]
        for call in range(calls):
            given = candidates(rng, count, f"c{count}-{call}")
            times[0].call(0, floor, arrays, rng.random())
            times[1].call(0, engine.decide, "row", person="ada", actions=given)
            times[2].call(0, engine.decide, "row", person="ada", actions=given)
            times[3].call(0, engine.decide_slate, "row", POSITIONS, person="ada", actions=given)
        least, *others = (percentiles(one.taken()).p50 / 1e3 for one in times)
        told = "".join(f"{one:9.2f} ({one / least:4.0f})" for one in others)
        print(f"{count:10,}{least:10.3f}{told}", flush=True)


if __name__ == "__main__":
    main()
