"""Slates in a simulated world of clicks: does an item's place pass for its worth?

Everything here is SIMULATED. So many people come so often; 5 of 12 items are shown, the best first.
An item is clicked when somebody looks at its position, with the share that the world says, and then
with what it is worth to that person. Two worlds: one in which people look down less and less
(1, .6, .4, .25, .15), and one in which they look at all positions alike.

Beside the engine as it is stand: the engine that takes every position to be looked at alike, the
engine that is told the true shares, and Vowpal Wabbit's `--ccb_explore_adf` with person-by-item
crosses, which is given the position as a feature of the slot. Score: expected clicks of the slates
shown, between those of random slates (0) and of the best ones (1), over all decisions and over
the last third. Intervals are of the paired difference to the engine. `error of worth` is,
at the end, the root mean square of what the engine expects of items at the top less what they are
worth to that person.

    python bench/slates.py --seeds 10 [--first 0] [--people 100] [--rounds 30] [--only NAME]

With `--results FILE` what was played is kept line by line; a run that is repeated goes on there.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import vowpalwabbit
from numpy.typing import NDArray

from penchant import Action, Engine, Moment, Outcome
from penchant.adapters.store.memory import MemoryStore
from penchant.model.positions import Positions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LESS = (1.0, 0.6, 0.4, 0.25, 0.15)
ALIKE = (1.0,) * 5
WORLDS: Mapping[str, tuple[float, ...]] = {"looked at less": LESS, "looked at alike": ALIKE}
ITEMS, OFFERED, FEATURES = 60, 12, 8
T_95 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26}


class World(NamedTuple):
    """Features of the items, what each is worth to each person, and how far people look."""

    features: Floats
    worth: Floats
    looks: Floats


class Player(Protocol):
    """Shows slates and is told what was clicked."""

    def show(self, person: int, offered: Sequence[int]) -> list[int]:
        """Give the items of a slate, the top one first."""
        ...

    def learn(self, clicks: Sequence[float]) -> None:
        """Learn what was clicked of the slate last shown."""
        ...


def world_of(seed: int, looks: tuple[float, ...], people: int) -> World:
    """Make a world: tastes are linear in the items' features, partly shared."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(ITEMS, FEATURES))
    shared, own = rng.normal(size=FEATURES), rng.normal(size=(people, FEATURES))
    scores = (0.5 * shared + 0.7 * own) @ features.T / np.sqrt(FEATURES) * 2.0 - 1.5
    return World(features, 1.0 / (1.0 + np.exp(-scores)), np.array(looks))


class Penchant:
    """The engine; `shares` takes the place of what it learns of positions, where it is given."""

    def __init__(self, world: World, seed: int, shares: tuple[float, ...] | None = None) -> None:
        """Declare the items."""
        self.engine = Engine(MemoryStore(), dice=random.Random(seed))  # noqa: S311 - no secrets
        items = [
            Action(f"i{item}", {f"f{i}": float(value) for i, value in enumerate(row)})
            for item, row in enumerate(world.features)
        ]
        self.engine.declare(
            Moment("row", "news", items, Outcome("clicked", window="1h"), default="i0")
        )
        if shares is not None:
            model = self.engine._memory.moments["row"].model  # noqa: SLF001 - only here
            model.positions = Told(model.half_life, shares)
        self._ids: list[str] = []
        self._asked: set[int] = set()

    def show(self, person: int, offered: Sequence[int]) -> list[int]:
        """Decide a slate."""
        if person not in self._asked:
            self._asked.add(person)
            self.engine.consent(f"p{person}", "news")
        slate = self.engine.decide_slate(
            "row", len(LESS), person=f"p{person}", actions=[f"i{item}" for item in offered]
        )
        self._ids = [one.id for one in slate]
        return [int(action.name[1:]) for action in slate.actions]

    def error(self, world: World) -> float:
        """Give the root mean square of what is expected at the top less what it is worth."""
        wrong = []
        for person in sorted(self._asked):
            one = self.engine.decide("row", person=f"p{person}", draw=0.5)
            said = np.array(one.expected) + np.array(one.personal)
            wrong.append(said - world.worth[person, [int(name[1:]) for name in one.names]])
        return float(np.sqrt(np.mean(np.square(wrong))))

    def learn(self, clicks: Sequence[float]) -> None:
        """Learn each position."""
        items = [
            {"decision": one, "reward": click} for one, click in zip(self._ids, clicks, strict=True)
        ]
        self.engine.learn_many(items)


class Told(Positions):
    """Positions of which the shares are told."""

    def __init__(self, half_life: float, shares: tuple[float, ...]) -> None:
        """Keep the shares."""
        super().__init__(half_life)
        self._told = shares

    def shares(self, count: int, unseen: float) -> tuple[float, ...]:
        """Give what was told, as float32 has it."""
        del unseen
        return tuple(float(np.float32(share)) for share in self._told[:count])


class Wabbit:
    """Vowpal Wabbit's conditional contextual bandit; a slot's position is its feature."""

    def __init__(self, world: World, seed: int, explorer: str, crosses: Sequence[str]) -> None:
        """Start an empty learner."""
        interactions = " ".join(f"--interactions {cross}" for cross in crosses)
        self._workspace = vowpalwabbit.Workspace(
            f"--ccb_explore_adf {explorer} {interactions} -b 22 --random_seed {seed + 1} --quiet"
        )
        self._label = vowpalwabbit.LabelType.CONDITIONAL_CONTEXTUAL_BANDIT
        self._items = [
            "ccb action |a " + " ".join(f"f{i}:{value:.4f}" for i, value in enumerate(row))
            for row in world.features
        ]
        self._head: list[str] = []
        self._shown: list[tuple[int, float]] = []

    def show(self, person: int, offered: Sequence[int]) -> list[int]:
        """Ask for a slate; the first of each slot's list is what it drew."""
        self._head = [f"ccb shared |p p{person}", *(self._items[item] for item in offered)]
        slots = [f"ccb slot |s s{place}" for place in range(len(LESS))]
        examples = self._workspace.parse([*self._head, *slots], self._label)
        told = self._workspace.predict(examples)
        self._workspace.finish_example(examples)
        self._shown = [slot[0] for slot in told]
        return [offered[action] for action, _ in self._shown]

    def learn(self, clicks: Sequence[float]) -> None:
        """Teach the slate last shown."""
        slots = [
            f"ccb slot {action}:{-click}:{chance:.6f} |s s{place}"
            for place, ((action, chance), click) in enumerate(zip(self._shown, clicks, strict=True))
        ]
        examples = self._workspace.parse([*self._head, *slots], self._label)
        self._workspace.learn(examples)
        self._workspace.finish_example(examples)


SQUARE = "--squarecb --gamma_scale 1000"
REGCB = "--regcbopt --cb_min_cost -1 --cb_max_cost 0 --mellowness 0.001"
PLAYERS: Mapping[str, Callable[[World, int], Player]] = {
    "penchant": Penchant,
    "penchant, positions alike": lambda world, seed: Penchant(world, seed, ALIKE),
    "penchant, told the shares": lambda world, seed: Penchant(world, seed, tuple(world.looks)),
    "VW ccb squarecb personal": lambda world, seed: Wabbit(world, seed, SQUARE, ["pa"]),
    "VW ccb squarecb personal, slot crossed": lambda world, seed: Wabbit(
        world, seed, SQUARE, ["pa", "sa"]
    ),
    "VW ccb regcbopt personal": lambda world, seed: Wabbit(world, seed, REGCB, ["pa"]),
    "VW ccb epsilon .05 personal": lambda world, seed: Wabbit(
        world, seed, "--epsilon 0.05", ["pa"]
    ),
    "VW ccb squarecb pooled": lambda world, seed: Wabbit(world, seed, SQUARE, []),
}


def play(player: Player, world: World, seed: int, rounds: int) -> tuple[float, float]:
    """Let people come in a random order; give the score overall and in the last third."""
    rng = np.random.default_rng(seed + 10_000)
    people, k = len(world.worth), len(world.looks)
    scores = np.zeros((rounds * people, 3))
    for turn in range(len(scores)):
        person = int(rng.integers(people))
        offered = [0, *(1 + rng.choice(ITEMS - 1, OFFERED - 1, replace=False)).tolist()]
        luck = rng.random((ITEMS, k))
        shown = player.show(person, offered)
        chance = world.looks[: len(shown)] * world.worth[person, shown]
        player.learn([float(luck[item, at] < chance[at]) for at, item in enumerate(shown)])
        worth = np.sort(world.worth[person, offered])[::-1]
        scores[turn] = chance.sum(), world.looks.sum() * worth.mean(), world.looks @ worth[:k]
    return _normalised(scores), _normalised(scores[-len(scores) // 3 :])


def _normalised(scores: Floats) -> float:
    earned, by_chance, best = scores.sum(axis=0)
    return float((earned - by_chance) / (best - by_chance))


class Played(NamedTuple):
    """What one player reached in one world: score, score in the last third, error of worth."""

    world: str
    seed: int
    who: str
    score: float
    late: float
    error: float
    shares: str


def played(world_name: str, seed: int, who: str, people: int, rounds: int) -> Played:
    """Play one world with one player."""
    world = world_of(seed, WORLDS[world_name], people)
    player = PLAYERS[who](world, seed)
    score, late = play(player, world, seed, rounds)
    if not isinstance(player, Penchant):
        return Played(world_name, seed, who, score, late, float("nan"), "")
    model = player.engine._memory.moments["row"].model  # noqa: SLF001 - only here
    shares = " ".join(f"{one:.2f}" for one in model.positions.shares(len(LESS), 0.0))
    return Played(world_name, seed, who, score, late, player.error(world), shares)


def main() -> None:
    """Play every world with every player, seed by seed, and print what is known so far."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--people", type=int, default=100)
    asked.add_argument("--rounds", type=int, default=30)
    asked.add_argument("--results", type=Path)
    asked.add_argument("--only", default="", help="players whose names hold this")
    given = asked.parse_args()
    lines = (
        given.results.read_text().splitlines() if given.results and given.results.exists() else []
    )
    found = {one[:3]: one for one in (Played(*json.loads(line)) for line in lines)}
    for seed in range(given.first, given.first + given.seeds):
        for world in WORLDS:
            for who in PLAYERS:
                if given.only in who and (world, seed, who) not in found:
                    one = played(world, seed, who, given.people, given.rounds)
                    found[one[:3]] = one
                    if given.results:
                        with given.results.open("a") as kept:
                            kept.write(json.dumps(one) + "\n")
    print(f"SIMULATED, {given.people * given.rounds:,} slates. 0: random slates, 1: the best.")
    for world in WORLDS:
        _say(world, [one for one in found.values() if one.world == world])


def _say(world: str, plays: Sequence[Played]) -> None:
    """Print the mean of each player, and the interval of the engine's lead over it."""
    names = {one.who: None for one in plays}
    by = {who: [one for one in plays if one.who == who] for who in names}
    first = by["penchant"]
    print(f"\n{world}, seeds {first[0].seed}-{first[-1].seed}; shares that were learned:")
    print("  " + ", ".join(one.shares for one in first))
    print(f"{'':40}{'all':>6}{'last third':>12}{'error of worth':>16}   the engine's lead, 95 %")
    for who, mine in by.items():
        scores, lates, errors = np.array([one[3:6] for one in mine]).T
        told = (
            ""
            if who == "penchant"
            else _interval([a.score - b.score for a, b in zip(first, mine, strict=True)])
        )
        error = "" if np.isnan(errors).any() else f"{errors.mean():.3f}"
        print(f"{who:40}{scores.mean():6.3f}{lates.mean():12.3f}{error:>16}   {told}", flush=True)


def _interval(leads: Sequence[float]) -> str:
    half = (
        T_95.get(len(leads), 1.96) * np.std(leads, ddof=1) / np.sqrt(len(leads))
        if len(leads) > 1
        else 0.0
    )
    return f"{np.mean(leads):+.3f} ± {half:.3f}"


if __name__ == "__main__":
    main()
