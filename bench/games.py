"""Games: named players in simulated worlds, played once and kept, so that a run can go on.

Everything here is SIMULATED. A bench names its games; each is played in a process of its own, its
result kept as one line of JSON, and a bench that is started again plays only what is missing.
Where penchant plays, a round of the world is a day of its clock.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import random
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np

from penchant import Engine
from penchant.adapters.store.memory import MemoryStore
from penchant.laboratory import Clock, EnginePlayer, Floats, Player, World

__all__ = ["OURS", "differences", "interval", "means", "paired", "player_of", "results"]

Line = dict[str, Any]
OFF: Mapping[str, float] = {"explore": 0.0, "neutral_share": 0.0}
OURS: Mapping[str, Mapping[str, Any]] = {
    "penchant": {},
    "penchant-exploration-off": {"settings": OFF},
    "penchant-pooled": {"way": "pooled"},
    "penchant-separate": {"way": "separate"},
}


def player_of(name: str, world: World) -> Player:
    """Give an empty player by its name: one of ours, else a rival."""
    if name in OURS:
        clock = Clock()
        dice = random.Random(world.seed)  # noqa: S311 - dice, not secrets
        engine = Engine(MemoryStore(), clock=clock, dice=dice)
        return EnginePlayer(world, engine, clock, **OURS[name])
    import rivals  # noqa: PLC0415 - peers are loaded only where they play

    return rivals.RivalPlayer(rivals.RIVALS[name](world))


def results(
    path: Path, games: Iterable[Line], run: Callable[[Line], Line], jobs: int
) -> list[Line]:
    """Play what is not played yet; give all results asked for.

    Args:
        path: Where results are kept, a line each.
        games: What to play: what tells a game from the others, `player` and `seed` among it.
        run: Plays one, and gives what is added to its line.
        jobs: How many at a time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [json.loads(line) for line in lines]
    asked = list(games)
    done = [one for one in kept if any(game.items() <= one.items() for game in asked)]
    missing = [game for game in asked if not any(game.items() <= one.items() for one in done)]
    with ProcessPoolExecutor(jobs) as pool, path.open("a", encoding="utf-8") as file:
        futures = {pool.submit(run, game): game for game in missing}
        for number, future in enumerate(as_completed(futures), 1):
            line = {**futures[future], **future.result()}
            done.append(line)
            file.write(json.dumps(line) + "\n")
            file.flush()
            print(f"{number}/{len(missing)} {line}", flush=True)
    return done


def means(lines: Iterable[Line], player: str, field: str) -> Floats:
    """Give a player's values of a field, in the order of seeds."""
    mine = {one["seed"]: one[field] for one in lines if one["player"] == player}
    return np.array([mine[seed] for seed in sorted(mine)], dtype=np.float64)


def paired(lines: list[Line], players: Iterable[str], field: str) -> dict[str, Floats]:
    """Give values of a field for the seeds that all of some players played, in their order."""
    by = {
        name: {one["seed"]: one[field] for one in lines if one["player"] == name}
        for name in players
    }
    seeds = sorted(set.intersection(*(set(of) for of in by.values())))
    return {name: np.array([of[seed] for seed in seeds]) for name, of in by.items()}


def differences(lines: list[Line], mine: str, theirs: Iterable[str], field: str) -> Floats:
    """Give how far one player is ahead of the best of others, seed by seed."""
    others = tuple(theirs)
    found = paired(lines, (mine, *others), field)
    return np.asarray(found[mine] - np.max([found[name] for name in others], axis=0))


def interval(values: Floats) -> str:
    """Give a mean with its 95 % interval over seeds, by 10,000 bootstrap resamples.

    Example:
        >>> interval(np.array([0.5, 0.5]))
        '+0.500 (+0.500 to +0.500)'
    """
    if not len(values):
        return "not played"
    drawn = np.random.default_rng(0).choice(values, (10_000, len(values))).mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{values.mean():+.3f} ({low:+.3f} to {high:+.3f})"
