"""How much people differ, and what one model a person costs and brings.

Everything here is SIMULATED. 400 people x 100 decisions from zero, 20 of 200 items, in the linear
world; people's own tastes spread by 0, .25, 1 and 4 (what everybody shares spreads by 1). Regret is
the chance of a reward that was given away against the best choice, summed over all decisions.
Beside Penchant play: itself for nobody in particular (`penchant-pooled`), a model for each person
alone (`separate`), and oracles that are told how people differ (see `oracle.py`).

    python bench/heterogeneity.py --seeds 10 --jobs 2
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from games import Floats, Line, interval, paired, player_of, results
from oracle import ORACLES, Gaussians

from penchant.laboratory import Player, Shape, World, limits, make_world, play

SPREADS = (0.0, 0.25, 1.0, 4.0)
WANTED = {0.0: 0.05, 0.25: -0.30, 1.0: -0.30, 4.0: -0.10}
OF_ORACLE = 0.08
PLAYERS = ("penchant", "penchant-pooled", *ORACLES)
LATE = 2
"""The second half of the rounds stands beside all: by then people in general are known."""


def run(game: Line) -> Line:
    """Let one player play one world."""
    shape = Shape(people=game["people"], rounds=game["rounds"], heterogeneity=game["spread"])
    world = make_world("linear", game["seed"], shape)
    lost = limits(world).best - play(world, player(game["player"], world))
    return {"regret": round(float(lost.sum()), 3)} | {
        "late": round(float(lost[shape.rounds // LATE :].sum()), 3)
    }


def player(name: str, world: World) -> Player:
    """Give an empty player."""
    return Gaussians(world, name) if name in ORACLES else player_of(name, world)


def over(lines: list[Line], others: tuple[str, ...], field: str) -> Floats:
    """Give our regret over the least of others, less 1, seed by seed."""
    found = paired(lines, ("penchant", *others), field)
    return np.asarray(found["penchant"] / np.min([found[name] for name in others], axis=0) - 1)


def report(lines: list[Line]) -> None:
    """Print a table of regrets, and ours against others."""
    for spread in sorted({one["spread"] for one in lines}):
        here = [one for one in lines if one["spread"] == spread]
        size = f"{here[0]['people']:,} people x {here[0]['rounds']}"
        found = paired(here, [name for name in PLAYERS if _has(here, name)], "regret")
        late = paired(here, list(found), "late")
        print(f"\nSIMULATED linear world, spread of people's own tastes {spread}, {size}")
        print(f"{'regret a decision':26}{'all':>8}{'second half':>13}")
        n = here[0]["people"] * here[0]["rounds"]
        for name, values in found.items():
            print(f"{name:26}{values.mean() / n:8.4f}{late[name].mean() / n * LATE:13.4f}")
        wanted = WANTED.get(spread)
        told = "" if wanted is None else f" (wanted {wanted:+.2f} at most)"
        asked = {
            f"over the better of pooled and separate{told}": ("penchant-pooled", "separate"),
            "over pooled": ("penchant-pooled",),
            "over separate": ("separate",),
            f"over the oracle (wanted {OF_ORACLE:+.2f} at most)": ("oracle",),
            "over the oracle of everything": ("oracle-of-everything",),
        }
        for label, others in asked.items():
            if all(_has(here, name) for name in ("penchant", *others)):
                all_, half = over(here, others, "regret"), over(here, others, "late")
                print(f"  {label}: {interval(all_)}, {len(all_)} seeds")
                print(f"    second half: {interval(half)}")


def _has(lines: list[Line], name: str) -> bool:
    return any(one["player"] == name for one in lines)


def main() -> None:
    """Play what is not played yet, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed; 100 is for tuning")
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--spreads", type=float, nargs="*", default=SPREADS)
    parser.add_argument("--players", nargs="*", default=PLAYERS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, default=Path("build/heterogeneity.jsonl"))
    given = parser.parse_args()
    games = [
        {"player": name, "spread": spread, "seed": seed}
        | {"people": given.people, "rounds": given.rounds}
        for seed in range(given.first, given.first + given.seeds)
        for spread in given.spreads
        for name in given.players
    ]
    report(results(given.results, games, run, given.jobs))


if __name__ == "__main__":
    main()
