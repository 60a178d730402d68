"""Actions known by their features, half of them new midway: what is known of one tells of others.

SIMULATED. 200 items of 8 features, 5 numbers of context, 20 items offered a round, 3,000 rounds;
the second hundred exist from round 1,500 on. The chance of a reward is logistic in a taste for
features (spread 1), a taste that moves with the context (1) and an effect of each item beyond its
features (0, .5 or 1.5). In the world `nothing` features are noise: an item has an effect (1) and
weights on the context (1) of its own, and nothing that is known of it says which.
Penchant has `nothing` among its actions, which is never rewarded: doing it is worth 0.
The gain is (expected reward of what was drawn - mean) / (best - mean) of the items offered, in
sum; "after" are the 300 rounds after the new ones came. Everybody meets the same rounds. World and
rivals were fixed before anything of ours was tuned on seeds 100 to 109.

Run: python bench/featured.py [--seeds 0-9] [--worlds 0,nothing] [--players all] [--keep FILE]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import numpy as np
import vowpalwabbit
from measuring import machine, on_one_thread
from numpy.typing import NDArray

from penchant import Action, Engine, Moment

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ITEMS, FEATURES, CONTEXT, SLATE, ROUNDS = 200, 8, 5, 20, 3_000
MIDWAY, AFTER = ROUNDS // 2, 300
BIAS = -1.0
WORLDS = ("0", ".5", "1.5", "nothing")
PEOPLE = 100
CRITICAL = {2: 4.303, 4: 2.776, 9: 2.262}
"""Student's t at 5 %, two sides, by degrees of freedom."""


class World(NamedTuple):
    """A world, whole: what is known of the items, and of every round what is offered and worth.

    Attributes:
        items: ``(200, 8)``; contexts: ``(3000, 5)``; slates: ``(3000, 20)``, places of items.
        chances: ``(3000, 20)`` of a reward; luck, draws, ``(3000,)`` in 0..1; seed: of it all.
    """

    items: Floats
    contexts: Floats
    slates: Ints
    chances: Floats
    luck: Floats
    draws: Floats
    seed: int


def world_of(kind: str, seed: int) -> World:
    """Draw a world."""
    dice = np.random.default_rng([seed, WORLDS.index(kind)])
    items, contexts = dice.normal(size=(ITEMS, FEATURES)), dice.normal(size=(ROUNDS, CONTEXT))
    own = dice.normal(size=ITEMS)
    if kind == "nothing":
        moving = dice.normal(size=(CONTEXT, ITEMS)) / np.sqrt(CONTEXT)
        utility = BIAS + own + contexts @ moving
    else:
        taste = dice.normal(size=FEATURES) / np.sqrt(FEATURES)
        moving = dice.normal(size=(CONTEXT, FEATURES)) / np.sqrt(CONTEXT * FEATURES)
        utility = BIAS + float(kind) * own + items @ taste + contexts @ moving @ items.T
    there = [ITEMS // 2 if step < MIDWAY else ITEMS for step in range(ROUNDS)]
    slates = np.array([dice.choice(count, SLATE, replace=False) for count in there])
    chances = 1.0 / (1.0 + np.exp(-np.take_along_axis(utility, slates, axis=1)))
    return World(items, contexts, slates, chances, dice.random(ROUNDS), dice.random(ROUNDS), seed)


class Player(Protocol):
    """Who is asked for the propensities of a slate, and told what followed."""

    def decide(self, step: int) -> tuple[int, float]:
        """Give the place of the item drawn, -1 for none, and its propensity."""
        ...

    def learn(self, step: int, place: int, propensity: float, reward: float) -> None:
        """Learn what followed."""
        ...


class Ours:
    """Penchant; `by_name` is told no features, `people` says whether the rounds are of people."""

    def __init__(
        self, world: World, *, by_name: bool = False, people: bool = False, off: bool = False
    ) -> None:
        """Open an engine with one moment whose actions come with each call."""
        self._world, self._people, self._id = world, people, ""
        self._items = [
            Action(f"i{item}", features={} if by_name else _named("f", row))
            for item, row in enumerate(world.items)
        ]
        self._engine = Engine.open(seed=world.seed)
        asked = Moment("slate", purpose="bench", actions=[], default="nothing")
        if off:
            asked = Moment(
                "slate", purpose="bench", actions=[], default="nothing", explore=0.0,
                neutral_share=0.0,
            )  # fmt: skip
        self._engine.declare(asked)
        for person in range(PEOPLE if people else 0):
            self._engine.consent(f"p{person}", "bench", granted=True, dial=1.0)

    def decide(self, step: int) -> tuple[int, float]:
        """Ask the engine; the draw is the world's."""
        world = self._world
        decision = self._engine.decide(
            "slate",
            person=f"p{step % PEOPLE}" if self._people else None,
            context=_named("c", world.contexts[step]),
            actions=[self._items[item] for item in world.slates[step].tolist()],
            draw=float(world.draws[step]),
        )
        self._id = decision.id
        name, slate = decision.action.name, world.slates[step].tolist()
        place = -1 if name == "nothing" else slate.index(int(name.removeprefix("i")))
        return place, decision.propensity

    def learn(self, step: int, place: int, propensity: float, reward: float) -> None:
        """Tell the engine."""
        del step, place, propensity
        self._engine.learn(self._id, reward=reward)


class PerItem:
    """A ridge regression on the context for each item, chosen by a bonus: LinUCB."""

    def __init__(self, world: World, alpha: float) -> None:
        """Start an empty learner."""
        self._world, self._alpha = world, alpha
        width = CONTEXT + 1
        self._inverse = np.tile(np.eye(width), (ITEMS, 1, 1))
        self._moment = np.zeros((ITEMS, width))
        self._mean = np.zeros((ITEMS, width))

    def decide(self, step: int) -> tuple[int, float]:
        """Give all to the best; what ties is shared."""
        x, slate = np.append(1.0, self._world.contexts[step]), self._world.slates[step]
        score = self._mean[slate] @ x
        score += self._alpha * np.sqrt((self._inverse[slate] @ x) @ x)
        best = score >= score.max() - 1e-12
        return _drawn(best / best.sum(), float(self._world.draws[step]))

    def learn(self, step: int, place: int, propensity: float, reward: float) -> None:
        """Update the inverse by Sherman and Morrison's formula."""
        del propensity
        x, item = np.append(1.0, self._world.contexts[step]), self._world.slates[step, place]
        seen = self._inverse[item] @ x
        self._inverse[item] -= np.outer(seen, seen) / (1.0 + x @ seen)
        self._moment[item] += reward * x
        self._mean[item] = self._inverse[item] @ self._moment[item]


class Vowpal:
    """Vowpal Wabbit with context by item crosses; `by_name` is told the names beside features."""

    def __init__(self, world: World, explorer: str, *, by_name: bool = False) -> None:
        """Start an empty learner."""
        self._world = world
        self._workspace = vowpalwabbit.Workspace(
            f"--cb_explore_adf {explorer} --interactions ca -b 20 --quiet"
            f" --random_seed {world.seed}"
        )
        self._label = vowpalwabbit.LabelType.CONTEXTUAL_BANDIT
        self._items = [
            f"|a {_text('f', row)}" + (f" i{item}" if by_name else "")
            for item, row in enumerate(world.items)
        ]

    def decide(self, step: int) -> tuple[int, float]:
        """Ask for the propensities."""
        found = np.array(self._use(self._lines(step), self._workspace.predict))
        return _drawn(found / found.sum(), float(self._world.draws[step]))

    def learn(self, step: int, place: int, propensity: float, reward: float) -> None:
        """Teach; costs are negative rewards."""
        lines = self._lines(step)
        lines[place + 1] = f"0:{-reward}:{propensity:.6f} {lines[place + 1]}"
        self._use(lines, self._workspace.learn)

    def _lines(self, step: int) -> list[str]:
        slate = self._world.slates[step].tolist()
        context = f"shared |c {_text('c', self._world.contexts[step])}"
        return [context, *(self._items[item] for item in slate)]

    def _use(self, lines: list[str], use: Callable[[Any], Any]) -> Any:
        examples = self._workspace.parse(lines, self._label)
        answer = use(examples)
        self._workspace.finish_example(examples)
        return answer


def _drawn(weights: Floats, draw: float) -> tuple[int, float]:
    ends = weights.cumsum()
    place = min(int((ends <= draw * ends[-1]).sum()), len(ends) - 1)
    return place, float(weights[place])


def _named(prefix: str, row: Floats) -> dict[str, float]:
    return {f"{prefix}{place}": value for place, value in enumerate(row.tolist())}


def _text(prefix: str, row: Floats) -> str:
    return " ".join(f"{prefix}{place}:{value:.5f}" for place, value in enumerate(row.tolist()))


PLAYERS: Mapping[str, Callable[[World], Player]] = MappingProxyType(
    {
        "Penchant": Ours,
        "Penchant, explore 0": lambda world: Ours(world, off=True),
        "Penchant, for 100 people": lambda world: Ours(world, people=True),
        "Penchant, told names only": lambda world: Ours(world, by_name=True),
        "LinUCB .3 per item": lambda world: PerItem(world, 0.3),
        "LinUCB .1 per item": lambda world: PerItem(world, 0.1),
        "VW squarecb": lambda world: Vowpal(world, "--squarecb"),
        "VW squarecb 1000": lambda world: Vowpal(world, "--squarecb --gamma_scale 1000"),
        "VW squarecb 1000, names": lambda world: Vowpal(
            world, "--squarecb --gamma_scale 1000", by_name=True
        ),
        "VW regcbopt": lambda world: Vowpal(
            world, "--regcbopt --cb_min_cost -1 --cb_max_cost 0 --mellowness 0.001"
        ),
        "VW regcbopt, names": lambda world: Vowpal(
            world, "--regcbopt --cb_min_cost -1 --cb_max_cost 0 --mellowness 0.001", by_name=True
        ),
    }
)


def play(player: Player, world: World) -> tuple[float, float]:
    """Let a player go through a world; give the gain of all rounds, and of those after midway."""
    won, possible = np.zeros(ROUNDS), np.zeros(ROUNDS)
    for step in range(ROUNDS):
        (place, propensity), chances = player.decide(step), world.chances[step]
        chance = float(chances[place]) if place >= 0 else 0.0
        won[step] = chance - chances.mean()
        possible[step] = chances.max() - chances.mean()
        player.learn(step, place, propensity, float(world.luck[step] < chance))
    after = slice(MIDWAY, MIDWAY + AFTER)
    return won.sum() / possible.sum(), won[after].sum() / possible[after].sum()


class Gain(NamedTuple):
    """What one player made of one world."""

    player: str
    world: str
    seed: int
    all: float
    after: float


def numbers(text: str) -> list[int]:
    """Read `0-9` or `0,1,2`."""
    first, _, last = text.partition("-")
    return [*range(int(first), int(last) + 1)] if last else [int(one) for one in text.split(",")]


def interval(values: Floats) -> str:
    """Write a mean and its 95 % interval by t, where there are enough seeds for one."""
    if len(values) - 1 not in CRITICAL:
        return f"{values.mean():.3f}"
    half = CRITICAL[len(values) - 1] * values.std(ddof=1) / len(values) ** 0.5
    return f"{values.mean():.3f} ± {half:.3f}"


def table(kept: list[Gain]) -> None:
    """Print a table a world."""
    for kind in WORLDS:
        here = [one for one in kept if one.world == kind]
        if here:
            print(f"\nSIMULATED, own effect {kind}: all rounds, after midway, seeds")
        for name in PLAYERS:
            found = np.array([one[3:] for one in here if one.player == name])
            if len(found):
                first, after = interval(found[:, 0]), interval(found[:, 1])
                print(f"{name:28}{first:>16}{after:>16}{len(found):6}")


def main() -> None:
    """Play, keep, print."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--seeds", default="0-9", help="0-9, or 0,1,2")
    options.add_argument("--worlds", default=",".join(WORLDS))
    options.add_argument("--players", default="all", help="names, with `;` between")
    options.add_argument("--keep", type=Path, help="JSON lines: added to, and not played again")
    options.add_argument("--table", action="store_true", help="only print what was kept")
    given = options.parse_args()
    names = [*PLAYERS] if given.players == "all" else given.players.split(";")
    kept: list[Gain] = []
    if given.keep and given.keep.exists():
        lines = given.keep.read_text(encoding="utf-8").splitlines()
        kept = [Gain(**json.loads(line)) for line in lines]
    print(machine())
    done = {one[:3] for one in kept}
    for seed in [] if given.table else numbers(given.seeds):
        for kind in given.worlds.split(","):
            world = world_of(kind, seed)
            for name in names:
                if (name, kind, seed) in done:
                    continue
                one = Gain(name, kind, seed, *play(PLAYERS[name](world), world))
                kept.append(one)
                print(f"{name:28}{kind:8}{seed:4}{one.all:8.3f}{one.after:8.3f}", flush=True)
                if given.keep:
                    with given.keep.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(one._asdict()) + "\n")
    table(kept)


if __name__ == "__main__":
    main()
