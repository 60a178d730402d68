"""Tastes that change at once: how soon is it noticed, and what is lost and won back?

Everything here is SIMULATED. In the `linear` world the taste of 30 % of people moves by 1.5
standard deviations, somewhere in the middle third of their decisions. Three engines of one seed:

* `fixed`: never notices; what it learned before the change counts like the rest;
* `told`: an oracle that is told of each change as it happens and lets what is older count as little
  as an alarm does: no detector that does the same can be quicker, a delay-optimal one included;
* `penchant`: as it is.

Reward is the true chance of a reward of what was shown, of those whose taste moved: in the last 15
decisions before the change, then in windows of 15 after it. A false alarm is one before any change
of that person, in a thousand decisions.

    python bench/shift.py --seeds 10
"""

from __future__ import annotations

import argparse
import math
import random
from typing import NamedTuple

import numpy as np
from games import interval
from numpy.typing import NDArray

from penchant import Engine
from penchant.adapters.store.memory import MemoryStore
from penchant.laboratory import MOMENT, Clock, EnginePlayer, Shape, World, make_world, play
from penchant.model import drift

Floats = NDArray[np.float64]

PLAYERS = ("fixed", "told", "penchant")
SHIFT, SHARE, WINDOW = 1.5, 0.3, 15
ALARM = drift.ALARM


class Played(NamedTuple):
    """One game: chances of a reward (rounds, people), and when each person's alarms came."""

    chances: Floats
    alarms: list[tuple[int, int]]


class Watching(EnginePlayer):
    """An engine that plays, and notes whose alarm came; it may be told of changes."""

    def __init__(self, world: World, engine: Engine, clock: Clock, *, is_told: bool) -> None:
        """Start to play."""
        super().__init__(world, engine, clock)
        self._people = engine._memory.moments[MOMENT].model.people  # noqa: SLF001 - looked at
        self._model = engine._memory.moments[MOMENT].model  # noqa: SLF001
        self._turns, self._told = world.turns, is_told
        self._before = np.full(world.shape.people, drift.ALWAYS)
        self._number = -1
        self.alarms: list[tuple[int, int]] = []

    def decide(self, step, rows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201 - as below
        """Decide, after looking whether a round began."""
        if step.number != self._number:
            self._number = step.number
            self._look()
            if self._told:
                self._tell(float(self._clock.now.timestamp()))  # type: ignore[union-attr]
        return super().decide(step, rows)

    def _look(self) -> None:
        rows = [self._people.homes.find(f"p{one}") for one in range(len(self._before))]
        known = np.array([max(row, 0) for row in rows], dtype=np.int64)
        since = np.where(np.array(rows) >= 0, self._people.drift.since(known), drift.ALWAYS)
        for one in np.flatnonzero(since > self._before).tolist():
            self.alarms.append((one, self._number - 1))
        self._before = since

    def _tell(self, now: float) -> None:
        for one in np.flatnonzero(self._turns == self._number).tolist():
            row = self._people.homes.find(f"p{one}")
            self._people.drift.forget(row)
            self._people.drift._since[row] = now  # noqa: SLF001 - what no engine is told
            self._people.refold_one(row, self._model.evidence.rows(), self._model.version)


def played(world: World, player: str) -> Played:
    """Let an engine play a world."""
    drift.ALARM = ALARM if player == "penchant" else math.inf  # type: ignore[misc]
    clock, dice = Clock(), random.Random(world.seed)  # noqa: S311 - dice, not secrets
    with Engine(MemoryStore(), clock=clock, dice=dice) as engine:
        watching = Watching(world, engine, clock, is_told=player == "told")
        return Played(play(world, watching), watching.alarms)


def windows(world: World, chances: Floats) -> Floats:
    """Give the mean chance in windows from the change on, the one before it first."""
    movers = np.flatnonzero(world.turns < world.shape.rounds)
    found = []
    for window in range(-1, 3):
        inside = [
            chances[
                world.turns[one] + window * WINDOW : world.turns[one] + (window + 1) * WINDOW, one
            ]
            for one in movers
        ]
        found.append(np.mean([part.mean() for part in inside if len(part)]))
    return np.array(found)


def told(world: World, games: dict[str, Played]) -> tuple[Floats, float, float, float]:
    """Give windows of each player, false alarms in a thousand, the share noticed, the delay."""
    rows = np.array([windows(world, games[name].chances) for name in PLAYERS])
    turns = world.turns
    early = [(one, at) for one, at in games["penchant"].alarms if at < turns[one]]
    right = {
        one: at - turns[one] for one, at in reversed(games["penchant"].alarms) if at >= turns[one]
    }
    n_before = float(np.minimum(turns, world.shape.rounds).sum())
    n_movers = int((turns < world.shape.rounds).sum())
    delay = float(np.median(list(right.values()))) if right else math.nan
    return rows, 1_000 * len(early) / n_before, len(right) / n_movers, delay


def main() -> None:
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=150)
    given = parser.parse_args()
    shape = Shape(people=given.people, rounds=given.rounds, drifters=SHARE, drift=SHIFT)
    found = []
    for seed in range(given.first, given.first + given.seeds):
        world = make_world("linear", seed, shape)
        rows, false, share, delay = told(world, {name: played(world, name) for name in PLAYERS})
        found.append((rows, false, share, delay))
        print(
            f"seed {seed}: false alarms {false:.2f} in a thousand, "
            f"noticed {share:.0%}, delay {delay:g}"
        )
        for name, row in zip(PLAYERS, rows, strict=True):
            print(f"  {name:10}" + "".join(f"{one:9.3f}" for one in row), flush=True)
    print(f"\nSIMULATED; before the change, then windows of {WINDOW} decisions after it")
    for place, name in enumerate(PLAYERS):
        print(
            f"{name:10}"
            + "".join(f"{one:9.3f}" for one in np.mean([f[0][place] for f in found], axis=0))
        )
    print("false alarms in a thousand: " + interval(np.array([one[1] for one in found])))
    print("share of changes noticed: " + interval(np.array([one[2] for one in found])))
    gain = np.array([one[0][2] - one[0][0] for one in found])
    for window in range(1, 4):
        print(f"penchant ahead of fixed, window {window}: {interval(gain[:, window])}")


if __name__ == "__main__":
    main()
