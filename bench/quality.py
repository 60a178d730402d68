"""Decisions in simulated worlds: Penchant beside its rivals, on the same people and the same luck.

Everything here is SIMULATED. Each player plays each world from zero: 2,000 people x 100 decisions,
20 of 200 items a decision, and with `--long` so many seeds of 2,000 x 200. Normalised reward is
(expected reward of what was drawn - mean) / (best - mean), of sums over decisions; "first 5" are a
person's decisions one to five. `nothing` is among Penchant's actions and never rewarded; drawing it
counts as reward 0.

    python bench/quality.py --seeds 10 --jobs 2
    python bench/quality.py --seeds 0 --long 10 --jobs 2

Results are kept line by line in `--results`, and a run that is repeated goes on where it stopped.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import numpy as np

from penchant import Engine
from penchant.laboratory import (
    PARTS,
    EnginePlayer,
    Floats,
    Kind,
    Shape,
    Way,
    limits,
    make_world,
    part,
    play,
    score,
)

WORLDS: tuple[Kind, ...] = ("linear", "nonlinear")
SETTINGS: Mapping[str, Mapping[str, float]] = {
    "penchant": {},
    "penchant-exploration-off": {"explore": 0.0, "neutral_share": 0.0},
    "penchant-pooled": {},
    "penchant-unpooled": {},
}
WAYS: Mapping[str, Way] = {"penchant-pooled": "pooled", "penchant-unpooled": "separate"}
PERSONAL = ("penchant", "vw-squarecb-personal", "vw-regcbopt-personal")
"""Those that play every seed in full."""
EARLY = ("penchant-exploration-off", "vw-squarecb-pooled", "vw-regcbopt-pooled")
"""Those that matter for the first five decisions; in full on `--few` seeds."""
EXTRA = ("penchant-pooled", "vw-squarecb-personal-names")
SLOW = ("penchant-unpooled", "mabwiser-lints", "mabwiser-linucb")
"""These, and all others beside them, play small worlds, on `--slow` seeds."""
LONG = (
    "penchant",
    "penchant-exploration-off",
    "vw-regcbopt-personal",
    "vw-squarecb-personal",
    "vw-squarecb-pooled",
)
SHAPES = {
    "full": Shape(),
    "first": Shape(rounds=5),
    "small": Shape(people=200, rounds=50),
    "long": Shape(rounds=200),
}
SIZES = {"full": "2,000 people x 100", "small": "200 people x 50", "long": "2,000 people x 200"}
"""The rounds of a world are drawn one by one, so "first" are the first five of "full"."""


class Job(NamedTuple):
    """One player in one world."""

    player: str
    kind: Kind
    seed: int
    shape: str


class Result(NamedTuple):
    """What came of a job: normalised reward overall and in a person's first five, and seconds."""

    player: str
    kind: str
    seed: int
    shape: str
    overall: float
    first: float
    seconds: float
    nothing: int


def run(job: Job) -> Result:
    """Let one player play one world."""
    started = time.perf_counter()
    world = make_world(job.kind, job.seed, SHAPES[job.shape])
    nothing = 0
    if job.player in SETTINGS:
        with Engine.open(seed=job.seed) as engine:
            way = WAYS.get(job.player, "personal")
            player = EnginePlayer(world, engine, way=way, settings=SETTINGS[job.player])
            chances = play(world, player)
            nothing = player.n_nothing
    else:
        import rivals  # noqa: PLC0415 - peers are loaded only where they play

        chances = rivals.play(rivals.RIVALS[job.player](world), world)
    known = limits(world)
    overall, first = (
        score(chances, known, part(name, world.shape.rounds)).value for name in PARTS[:2]
    )
    return Result(*job, overall, first, time.perf_counter() - started, nothing)


def jobs_of(given: argparse.Namespace) -> Iterator[Job]:
    """Give all jobs, the seeds one after the other."""
    for seed in range(given.seeds):
        for kind in WORLDS:
            yield from (Job(player, kind, seed, "full") for player in PERSONAL)
            early = "full" if seed < given.few else "first"
            yield from (Job(player, kind, seed, early) for player in EARLY)
            if seed < given.slow:
                yield from (Job(player, kind, seed, "full") for player in EXTRA)
                everybody = (*PERSONAL, *EARLY, *SLOW)
                yield from (Job(player, kind, seed, "small") for player in everybody)

    for seed in range(given.long):
        yield from (Job(player, "linear", seed, "long") for player in LONG)


def interval(values: Floats) -> str:
    """Give a mean with its 95 % interval over seeds, by 10,000 bootstrap resamples."""
    drawn = np.random.default_rng(0).choice(values, (10_000, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{values.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def report(results: list[Result]) -> None:
    """Print the tables."""
    for shape in SIZES:
        for kind in WORLDS:
            shapes = {shape, "first"} if shape == "full" else {shape}
            here = [one for one in results if one.kind == kind and one.shape in shapes]
            if here:
                _table(kind, shape, here)


def _table(kind: str, shape: str, here: list[Result]) -> None:
    """Print one world: means over whole games, then differences paired over seeds."""
    n_pairs = SHAPES[shape].people * SHAPES[shape].rounds
    whole = [one for one in here if one.shape == shape]
    print(f"\nSIMULATED {kind} world, {SIZES[shape]} decisions; normalised reward, mean over seeds")
    print(f"{'player':30} {'seeds':>5} {'overall':>8} {'first 5':>8} {'µs a pair':>10}")
    rows = []
    for name in sorted({one.player for one in whole}):
        runs = np.array([(r.overall, r.first, r.seconds) for r in whole if r.player == name])
        overall, first, seconds = runs.mean(axis=0)
        pair = seconds / n_pairs * 1e6
        told = f"{name:30} {len(runs):5} {overall:8.3f} {first:8.3f} {pair:10.0f}"
        rows.append((overall, told))
    print("\n".join(told for _, told in sorted(rows, reverse=True)))
    personal, pooled = PERSONAL[1:], EARLY[1:]
    _compare("overall, against the best personal VW", whole, personal, "overall")
    _compare("overall, against the best of all VW", whole, (*personal, *pooled), "overall")
    _compare("overall, against VW by name", whole, EXTRA[1:], "overall")
    _compare("first 5, against the best personal VW", here, personal, "first")
    _compare("first 5, against the best pooled VW", here, pooled, "first")
    _compare("first 5, exploration off, against pooled VW", here, pooled, "first", mine=EARLY[0])


def _compare(
    label: str,
    results: list[Result],
    theirs: Sequence[str],
    field: str,
    *,
    mine: str = "penchant",
) -> None:
    """Print how far one player is ahead of the best of others in each seed all of them played."""
    by = {name: {r.seed: getattr(r, field) for r in results if r.player == name} for name in theirs}
    own = {r.seed: getattr(r, field) for r in results if r.player == mine}
    seeds = sorted(set(own).intersection(*by.values()))
    if seeds:
        gaps = np.array([own[seed] - max(of[seed] for of in by.values()) for seed in seeds])
        print(f"  {label}: {interval(gaps)}, least {gaps.min():+.3f}, {len(seeds)} seeds")


def main() -> None:
    """Play what is not played yet, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--few", type=int, default=4)
    parser.add_argument("--slow", type=int, default=1)
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, default=Path("build/quality.jsonl"))
    given = parser.parse_args()
    given.results.parent.mkdir(parents=True, exist_ok=True)
    lines = given.results.read_text().splitlines() if given.results.exists() else []
    results = [Result(**json.loads(line)) for line in lines]
    done = {Job(*one[:4]) for one in results}
    wanted = [job for job in jobs_of(given) if job not in done]
    with ProcessPoolExecutor(given.jobs) as pool, given.results.open("a") as kept:
        for number, future in enumerate(as_completed(pool.submit(run, job) for job in wanted), 1):
            one = future.result()
            results.append(one)
            kept.write(json.dumps(one._asdict()) + "\n")
            kept.flush()
            print(f"{number}/{len(wanted)} {one.player} {one.kind} {one.seed}: {one.overall:.3f}")
    report(results)


if __name__ == "__main__":
    main()
