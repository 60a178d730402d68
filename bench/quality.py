"""Decisions in simulated worlds: Penchant beside its rivals, on the same people and the same luck.

Everything here is SIMULATED. Each player plays each world from zero: 2,000 people x 100 decisions,
20 of 200 items a decision. Normalised reward is (expected reward of what was drawn - mean) /
(best - mean), of sums over decisions; "first 5" are a person's decisions one to five.
`nothing` is among Penchant's actions and never rewarded; drawing it counts as reward 0.

    python bench/quality.py --seeds 10 --jobs 2

Results are kept line by line in `--results`, and a run that is repeated goes on where it stopped.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import numpy as np
from worlds import CONTEXT_FEATURES, Floats, Kind, Round, Shape, World, make_world

from penchant import NOTHING, Action, Engine, Moment

FIRST = 5
WORLDS: tuple[Kind, ...] = ("linear", "nonlinear")
SETTINGS: Mapping[str, Mapping[str, float]] = {
    "penchant": {},
    "penchant-exploration-off": {"explore": 0.0, "neutral_share": 0.0},
    "penchant-pooled": {},
    "penchant-unpooled": {},
}
MAIN = (
    "penchant",
    "penchant-exploration-off",
    "vw-squarecb-pooled",
    "vw-squarecb-personal",
    "vw-regcbopt-pooled",
    "vw-regcbopt-personal",
)
"""Those that every seed is played by; the others are slow and played on `--few` seeds."""
EXTRA = ("penchant-pooled", "vw-squarecb-personal-names")
SLOW = ("penchant-unpooled", "mabwiser-lints", "mabwiser-linucb")
SMALL = Shape(people=200, rounds=50)


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


class Penchant:
    """Penchant through its public calls, with the settings it has by default."""

    def __init__(self, world: World, name: str) -> None:
        """Open an engine in memory and ask everybody for consent."""
        self.is_pooled = name == "penchant-pooled"
        self.is_unpooled = name == "penchant-unpooled"
        self.items = [
            Action(f"i{place}", {"x": row.tolist()}) for place, row in enumerate(world.items)
        ]
        self.engine = Engine.open(seed=world.seed)
        self.n_nothing = 0
        people = range(world.shape.people)
        names = [f"slate.{one}" for one in people] if self.is_unpooled else ["slate"]
        for moment in names:
            self.engine.declare(Moment(moment, purpose="bench", **SETTINGS[name]))  # type: ignore[arg-type]
        for one in people:
            self.engine.consent(f"p{one}", "bench", granted=True, dial=1.0)

    def play(self, step: Round) -> Floats:
        """Decide once for everybody; give the gain over random, and the gain that was possible."""
        mean, best = step.expected.mean(axis=1), step.expected.max(axis=1)
        got = np.zeros(len(step.people))
        for place, person in enumerate(step.people.tolist()):
            slate = step.slates[place].tolist()
            alone = self.is_pooled or self.is_unpooled
            decision = self.engine.decide(
                f"slate.{person}" if self.is_unpooled else "slate",
                person=None if alone else f"p{person}",
                context=dict(zip(CONTEXT_FEATURES, step.contexts[place].tolist(), strict=True)),
                actions=[self.items[item] for item in slate],
                draw=float(step.draws[place]),
            )
            name = decision.action.name
            self.n_nothing += name == NOTHING
            if name != NOTHING:
                got[place] = step.expected[place, slate.index(int(name[1:]))]
            self.engine.learn(decision.id, reward=float(step.luck[place] < got[place]))
        return np.array([(got - mean).sum(), (best - mean).sum()])


def run(job: Job) -> Result:
    """Let one player play one world."""
    started = time.perf_counter()
    world = make_world(job.kind, job.seed, SMALL if job.shape == "small" else None)
    nothing = 0
    if job.player in SETTINGS:
        player = Penchant(world, job.player)
        gains = np.array([player.play(step) for step in world.rounds()])
        nothing = player.n_nothing
        player.engine.close()
    else:
        from rivals import RIVALS, play  # noqa: PLC0415 - peers are loaded only where they play

        gains = play(RIVALS[job.player](world), world)
    overall, first = (float(part[:, 0].sum() / part[:, 1].sum()) for part in (gains, gains[:FIRST]))
    return Result(*job, overall, first, time.perf_counter() - started, nothing)


def jobs_of(first_seed: int, seeds: int, few: int) -> Iterator[Job]:
    """Give all jobs, the seeds one after the other."""
    for seed in range(first_seed, first_seed + seeds):
        for kind in WORLDS:
            players = MAIN + (EXTRA if seed < first_seed + few else ())
            yield from (Job(player, kind, seed, "full") for player in players)
            if seed < first_seed + few:
                yield from (Job(player, kind, seed, "small") for player in (*SLOW, *MAIN))


def interval(values: Floats) -> str:
    """Give a mean with its 95 % interval over seeds, by 10,000 bootstrap resamples."""
    drawn = np.random.default_rng(0).choice(values, (10_000, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{values.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def report(results: list[Result]) -> None:
    """Print the tables."""
    for shape in ("full", "small"):
        for kind in WORLDS:
            here = [one for one in results if (one.kind, one.shape) == (kind, shape)]
            if here:
                _table(kind, shape, here)


def _table(kind: str, shape: str, here: list[Result]) -> None:
    by: dict[str, dict[int, Result]] = {}
    for one in here:
        by.setdefault(one.player, {})[one.seed] = one
    size = "200 people x 50" if shape == "small" else "2,000 people x 100"
    print(f"\nSIMULATED {kind} world, {size} decisions; normalised reward, mean over seeds")
    print(f"{'player':30} {'seeds':>5} {'overall':>8} {'first 5':>8} {'µs a pair':>10}")
    n_pairs = 10_000 if shape == "small" else 200_000
    for name, runs in sorted(
        by.items(), key=lambda item: -np.mean([r.overall for r in item[1].values()])
    ):
        rows = list(runs.values())
        mean = [
            np.mean([getattr(row, field) for row in rows])
            for field in ("overall", "first", "seconds")
        ]
        print(
            f"{name:30} {len(rows):5} {mean[0]:8.3f} {mean[1]:8.3f} {mean[2] / n_pairs * 1e6:10.0f}"
        )
    if "penchant" in by:
        _compare(by)


def _compare(by: Mapping[str, Mapping[int, Result]]) -> None:
    """Print paired differences over the seeds that all of those compared have played."""
    issue = [name for name in MAIN if name.startswith("vw") and name in by]
    personal = [name for name in issue if "personal" in name]
    pooled = [name for name in issue if "pooled" in name]
    for label, mine, theirs, field in (
        ("overall, against the best of VW in each seed", "penchant", issue, "overall"),
        ("first 5, against the best personal VW", "penchant", personal, "first"),
        ("first 5, against the best pooled VW", "penchant", pooled, "first"),
        ("first 5, the same with exploration off", "penchant-exploration-off", pooled, "first"),
        ("overall, against VW by name", "penchant", ["vw-squarecb-personal-names"], "overall"),
    ):
        if mine in by and theirs and all(name in by for name in theirs):
            seeds = sorted(set(by[mine]).intersection(*(by[name] for name in theirs)))
            gaps = [
                getattr(by[mine][seed], field)
                - max(getattr(by[name][seed], field) for name in theirs)
                for seed in seeds
            ]
            if gaps:
                told = f"{interval(np.array(gaps))}, least {min(gaps):+.3f}"
                print(f"  {label}: {told}, {len(gaps)} seeds")


def main() -> None:
    """Play what is not played yet, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--few", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, default=Path("build/quality.jsonl"))
    given = parser.parse_args()
    given.results.parent.mkdir(parents=True, exist_ok=True)
    lines = given.results.read_text().splitlines() if given.results.exists() else []
    results = [Result(**json.loads(line)) for line in lines]
    done = {Job(*one[:4]) for one in results}
    wanted = [job for job in jobs_of(given.first_seed, given.seeds, given.few) if job not in done]
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
