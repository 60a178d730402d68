"""What a personal part gains by reaching further: what was shown of late, the hour, own alarms.

Everything here is SIMULATED. The engine plays worlds from zero as it is (`penchant`) and held to
the plain personal part (`plain`: no recency, no numbers of the context, no squares, no alarms),
paired by seed: `ideal` worlds (ideal points, moods by the hour, what was shown wears off) with the
same 20 items every time and with 20 of 200 drawn anew, and `linear`, where nothing is to gain.

    python bench/reach.py --seeds 10 --jobs 1

Normalised reward: 0 is a random choice, 1 what somebody takes who knows the world.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from games import Line, differences, interval, means, player_of, results

from penchant.laboratory import PARTS, Shape, limits, make_world, part, play, score
from penchant.learn import panel
from penchant.model import drift

WORLDS = (("ideal", True), ("ideal", False), ("linear", False))
HELD = {
    (panel, "FEWEST"): (panel.FEWEST, 2**62),
    (panel, "SHOWN_TO_A_COLUMN"): (panel.SHOWN_TO_A_COLUMN, 2**62),
    (drift, "ALARM"): (drift.ALARM, math.inf),
}
"""What holds the personal part back, and what these are usually."""


def run(game: Line) -> Line:
    """Let the engine play one world, as it is or held back."""
    held = game["player"] == "plain"
    for (module, name), (usual, never) in HELD.items():
        setattr(module, name, never if held else usual)
    shape = Shape(people=game["people"], rounds=game["rounds"], is_fixed=game["is_fixed"])
    world = make_world(game["kind"], game["seed"], shape)
    chances, known = play(world, player_of("penchant", world)), limits(world)
    return {name: round(score(chances, known, part(name, shape.rounds)).value, 5) for name in PARTS}


def report(lines: list[Line]) -> None:
    """Print a table a world."""
    for kind, is_fixed in WORLDS:
        here = [one for one in lines if (one["kind"], one["is_fixed"]) == (kind, is_fixed)]
        if not here:
            continue
        print(f"\nSIMULATED {kind} world, slates {'fixed' if is_fixed else 'changing'}")
        for name in ("penchant", "plain"):
            row = "".join(f"{means(here, name, field).mean():14.3f}" for field in PARTS)
            print(f"{name:12}{row}")
        for field in PARTS:
            gaps = differences(here, "penchant", ("plain",), field)
            print(f"  gained {field}: {interval(gaps)}, least {gaps.min():+.3f}, {len(gaps)} seeds")


def main() -> None:
    """Play what is not played yet, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--worlds", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--results", type=Path, default=Path("build/reach.jsonl"))
    given = parser.parse_args()
    games = [
        {"player": player, "kind": kind, "is_fixed": is_fixed, "seed": seed}
        | {"people": given.people, "rounds": given.rounds}
        for seed in range(given.first, given.first + given.seeds)
        for kind, is_fixed in (WORLDS[place] for place in given.worlds)
        for player in ("penchant", "plain")
    ]
    report(results(given.results, games, run, given.jobs))


if __name__ == "__main__":
    main()
