"""Tastes that no straight model fits: hidden segments and bends; ideal points, moods, satiation.

Everything here is SIMULATED. 500 people x 100 decisions from zero, in four worlds: `nonlinear`
(segments, bent tastes) and `ideal` (ideal points, a mood that moves with the hour, what was shown
wears off), each with 20 of 200 items drawn anew at every decision (`changing`) and with the same
20 every time (`fixed`). Vowpal Wabbit sees what Penchant sees, crosses of context and of person
with the item's features, and with the item's name too where the same items come back; in the
`ideal` world one also has crosses of the item's features with each other, which ideals ask for.

Normalised reward: 0 is a random choice, 1 what somebody takes who knows the world and looks no step
ahead; where tastes wear off, each lives with what it showed before.

    python bench/tastes.py --seeds 10 --jobs 2
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from games import Line, differences, interval, means, player_of, results

from penchant.laboratory import KINDS, PARTS, Shape, limits, make_world, part, play, score

WORLDS = [(kind, is_fixed) for kind in KINDS[1:] for is_fixed in (False, True)]
AHEAD = {False: 0.02, True: 0.05}
"""What is wanted overall, where slates change and where actions repeat."""
PERSONAL: Mapping[str, tuple[str, ...]] = {
    "nonlinear": ("vw-squarecb-personal{}", "vw-regcbopt-personal{}"),
    "ideal": (
        "vw-squarecb-personal{}",
        "vw-regcbopt-personal{}",
        "vw-squarecb-personal{}-squares",
    ),
}
POOLED: Mapping[str, tuple[str, ...]] = {
    "nonlinear": ("vw-squarecb-pooled{}", "vw-regcbopt-pooled{}"),
    "ideal": ("vw-squarecb-pooled{}", "vw-squarecb-pooled{}-squares"),
}
"""On seeds 100 and 101 item x item crosses bring it more of ideals, and cost it elsewhere."""


def rivals(kind: str, *, is_fixed: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the rivals of a world: personal ones, pooled ones."""
    end = "-names" if is_fixed else ""
    personal, pooled = (tuple(name.format(end) for name in of[kind]) for of in (PERSONAL, POOLED))
    return personal, pooled


def run(game: Line) -> Line:
    """Let one player play one world."""
    shape = Shape(people=game["people"], rounds=game["rounds"], is_fixed=game["is_fixed"])
    world = make_world(game["kind"], game["seed"], shape)
    chances = play(world, player_of(game["player"], world))
    known = limits(world)
    return {name: round(score(chances, known, part(name, shape.rounds)).value, 5) for name in PARTS}


def report(lines: list[Line]) -> None:
    """Print a table a world, and the differences that matter."""
    for kind, is_fixed in WORLDS:
        here = [one for one in lines if (one["kind"], one["is_fixed"]) == (kind, is_fixed)]
        if not here:
            continue
        size = f"{here[0]['people']:,} people x {here[0]['rounds']}"
        print(f"\nSIMULATED {kind} world, slates {'fixed' if is_fixed else 'changing'}, {size}")
        print(f"{'player':32}{'seeds':>6}" + "".join(f"{name:>14}" for name in PARTS))
        for name in sorted({one["player"] for one in here}):
            values = [means(here, name, field) for field in PARTS]
            row = "".join(f"{one.mean():14.3f}" for one in values)
            print(f"{name:32}{len(values[0]):6}{row}")
        personal, pooled = rivals(kind, is_fixed=is_fixed)
        wanted = f"(wanted {AHEAD[is_fixed]:+.2f})"
        _say(here, f"overall, of the best rival of each seed {wanted}", (*personal, *pooled))
        known = [name for name in (*personal, *pooled) if len(means(here, name, "overall"))]
        if known:
            one = max(known, key=lambda name: means(here, name, "overall").mean())
            _say(here, f"overall, of the best by its mean, {one} {wanted}", (one,))
        _say(here, "first five, of the best personal rival (wanted +0.00)", personal, "first five")
        _say(here, "first five, of the best pooled one (wanted -0.02)", pooled, "first five")


def _say(here: list[Line], label: str, theirs: tuple[str, ...], field: str = "overall") -> None:
    """Say how far ahead of the best of some, seed by seed."""
    gap = differences(here, "penchant", theirs, field)
    least = f", least {gap.min():+.3f}, {len(gap)} seeds" if len(gap) else ""
    print(f"  ahead {label}: {interval(gap)}{least}")


def main() -> None:
    """Play what is not played yet, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument(
        "--first", type=int, default=0, help="the first seed; 100 is kept for tuning"
    )
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--players", nargs="*", default=None)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, default=Path("build/tastes.jsonl"))
    given = parser.parse_args()
    games = [
        {"player": player, "kind": kind, "is_fixed": is_fixed, "seed": seed}
        | {"people": given.people, "rounds": given.rounds}
        for seed in range(given.first, given.first + given.seeds)
        for kind, is_fixed in WORLDS
        for player in given.players or ("penchant", *sum(rivals(kind, is_fixed=is_fixed), ()))
    ]
    report(results(given.results, games, run, given.jobs))


if __name__ == "__main__":
    main()
