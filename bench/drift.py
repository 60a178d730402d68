"""Tastes that move: how much of what a move costs is back, and how soon.

Everything here is SIMULATED. In the linear world the taste of 30 of 100 people moves once by 1.5
spreads between people, somewhere in the middle third of their 90 decisions. What a move costs is
what these people earn less than they do in a world in which they were always as they are now
(`settled`: same people, slates and luck), by decisions since; "back" is the share of the first five
decisions' cost that is gone later. `told` is the same engine, told of every move by meeting the
person as somebody new: it bounds what an alarm that forgets everything at once could bring.

    python bench/drift.py --seeds 10 --jobs 2
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from games import Floats, Line, means, paired, player_of, results

from penchant.laboratory import Ints, Player, Round, Shape, World, limits, make_world, play

PLAYERS = ("penchant", "told", "settled")
STEPS = ((-10, 0), (0, 5), (5, 10), (10, 15), (15, 25))
"""Decisions since the move; nobody can know of it at once."""
WANTED = 0.9


class Told:
    """Penchant, which meets everybody whose taste moved as somebody new."""

    batch = 1

    def __init__(self, world: World) -> None:
        """Start with room for everybody twice."""
        self._world = world
        twice = replace(world.shape, people=2 * world.shape.people)
        self._player = player_of("penchant", replace(world, shape=twice))

    def decide(self, step: Round, rows: Ints) -> Ints:
        """Decide, under the new name where there is one."""
        return self._player.decide(self._renamed(step), rows)

    def learn(self, step: Round, rows: Ints, rewards: Floats) -> None:
        """Learn."""
        self._player.learn(step, rows, rewards)

    def _renamed(self, step: Round) -> Round:
        turned = self._world.turns[step.people] <= step.number
        return replace(step, people=step.people + turned * self._world.shape.people)


def run(game: Line) -> Line:
    """Let one player play one world; give what movers and others lost against the best."""
    shape = Shape(people=game["people"], rounds=game["rounds"], drifters=0.3)
    world = make_world("linear", game["seed"], shape)
    movers = np.flatnonzero(world.turns < shape.rounds)
    where = world
    if game["player"] == "settled":
        where = replace(world, turns=np.where(world.turns < shape.rounds, 0, world.turns))
    player: Player = Told(world) if game["player"] == "told" else player_of("penchant", where)
    lost = limits(where).best - play(where, player)
    others = np.setdiff1d(np.arange(shape.people), movers)
    found = {_name(step): _mean(lost, movers, world.turns[movers], step) for step in STEPS}
    found["others"] = float(lost[shape.rounds // 2 :, others].mean())
    return {name: round(value, 5) for name, value in found.items()}


def _name(step: tuple[int, int]) -> str:
    return f"{step[0]} to {step[1]}"


def _mean(lost: Floats, movers: Ints, turns: Ints, step: tuple[int, int]) -> float:
    """Give the mean loss of people, so many decisions since their own move."""
    each = [
        lost[turn + step[0] : turn + step[1], who] for who, turn in zip(movers, turns, strict=True)
    ]
    return float(np.concatenate(each).mean())


def report(lines: list[Line]) -> None:
    """Print losses, and what is back."""
    one, fields = lines[0], [*map(_name, STEPS), "others"]
    print(f"\nSIMULATED linear world, {one['people']} people x {one['rounds']}, 30 % move by 1.5")
    print("lost a decision against the best, by decisions since the move")
    print(f"{'player':12}{'seeds':>6}" + "".join(f"{name:>10}" for name in fields))
    for name in PLAYERS:
        values = [means(lines, name, field) for field in fields]
        if len(values[0]):
            row = "".join(f"{each.mean():10.3f}" for each in values)
            print(f"{name:12}{len(values[0]):6}{row}")
    for name in PLAYERS[:2]:
        costs = [_cost(lines, name, field) for field in fields[1:-1]]
        for field, cost in zip(fields[2:-1], costs[1:], strict=True):
            if len(cost):
                back = _share(cost, costs[0])
                print(f"  {name}: back in decisions {field}: {back}, wanted {WANTED:.2f} after 15")


def _cost(lines: list[Line], name: str, field: str) -> Floats:
    found = paired(lines, (name, "settled"), field)
    return np.asarray(found[name] - found["settled"])


def _share(later: Floats, first: Floats) -> str:
    """Give the share that is back: a ratio of means, with its interval over seeds."""
    rows = np.random.default_rng(0).integers(len(first), size=(10_000, len(first)))
    drawn = 1 - later[rows].mean(axis=1) / first[rows].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{1 - later.mean() / first.mean():.2f} ({low:.2f} to {high:.2f}), {len(first)} seeds"


def main() -> None:
    """Play what is not played yet, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first seed; 100 is for tuning")
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=90)
    parser.add_argument("--players", nargs="*", default=PLAYERS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, default=Path("build/drift.jsonl"))
    given = parser.parse_args()
    games = [
        {"player": player, "seed": seed, "people": given.people, "rounds": given.rounds}
        for seed in range(given.first, given.first + given.seeds)
        for player in given.players
    ]
    report(results(given.results, games, run, given.jobs))


if __name__ == "__main__":
    main()
