"""Newcomers to a mature population: what somebody gets whom nobody knows yet.

Everything here is SIMULATED. 1,000 people live 60 decisions each in the linear world, then 100 who
were never seen come, and live 200 decisions each; only what these get counts. 20 of 200 items a
decision. Beside Penchant play Vowpal Wabbit with and without person crosses, and Penchant for
nobody in particular (`penchant-pooled`), taught by the same people.

    python bench/newcomers.py --seeds 10 --jobs 2
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from games import Line, differences, interval, means, player_of, results

from penchant.laboratory import Limits, Shape, limits, make_world, play, score

BINS = ((0, 5), (5, 10), (10, 20), (20, 50), (50, 100), (100, 200))
WANTED = {"0-5": 0.65, "all": 0.81}
PERSONAL = ("vw-squarecb-personal", "vw-regcbopt-personal")
POOLED = ("vw-squarecb-pooled", "penchant-pooled")
PLAYERS = ("penchant", *PERSONAL, *POOLED)


def run(game: Line) -> Line:
    """Let one player grow up with a population, then meet newcomers."""
    before, rounds = game["before"], game["before"] + game["rounds"]
    shape = Shape(people=game["mature"] + game["newcomers"], rounds=rounds)
    world = make_world("linear", game["seed"], shape)
    new = np.arange(shape.people) >= game["mature"]
    player = player_of(game["player"], world)
    play(world, player, rounds=range(before), who=~new)
    chances = play(world, player, rounds=range(before, rounds), who=new)
    whole = limits(world)
    known = Limits(whole.random[before:], whole.best[before:])
    bins = [one for one in BINS if one[0] < game["rounds"]]
    found = {
        f"{low}-{high}": score(chances, known, slice(low, high), who=new) for low, high in bins
    }
    found["all"] = score(chances, known, slice(None), who=new)
    return {name: round(one.value, 5) for name, one in found.items()}


def report(lines: list[Line]) -> None:
    """Print the table, and the differences that matter."""
    one = lines[0]
    fields = [f"{low}-{high}" for low, high in BINS if f"{low}-{high}" in one] + ["all"]
    print(f"\nSIMULATED linear world, {one['mature']:,} people x {one['before']} decisions, then")
    print(f"{one['newcomers']:,} newcomers x {one['rounds']}; normalised reward by interaction")
    print(f"{'player':24}{'seeds':>6}" + "".join(f"{name:>9}" for name in fields))
    for name in PLAYERS:
        values = [means(lines, name, field) for field in fields]
        if len(values[0]):
            row = "".join(f"{each.mean():9.3f}" for each in values)
            print(f"{name:24}{len(values[0]):6}{row}")
    for name, wanted in WANTED.items():
        mine = means(lines, "penchant", name)
        print(f"  interactions {name}: {interval(mine)}, wanted {wanted:.2f}")
    for name in fields:
        for label, theirs in (("personal VW", PERSONAL), ("pooled", POOLED)):
            gap = differences(lines, "penchant", theirs, name)
            if len(gap):
                least = f"least {gap.min():+.3f}, {len(gap)} seeds"
                print(f"  {name}, ahead of the best {label}: {interval(gap)}, {least}")


def main() -> None:
    """Play what is not played yet, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed; 100 is for tuning")
    parser.add_argument("--mature", type=int, default=1_000)
    parser.add_argument("--before", type=int, default=60)
    parser.add_argument("--newcomers", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--players", nargs="*", default=PLAYERS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, default=Path("build/newcomers.jsonl"))
    given = parser.parse_args()
    sizes = {name: getattr(given, name) for name in ("mature", "before", "newcomers", "rounds")}
    games = [
        {"player": player, "seed": seed, **sizes}
        for seed in range(given.first, given.first + given.seeds)
        for player in given.players
    ]
    report(results(given.results, games, run, given.jobs))


if __name__ == "__main__":
    main()
