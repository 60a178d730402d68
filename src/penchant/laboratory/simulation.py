"""A simulation: the engine lives through a world, twice, and is held against what was possible.

Once it keeps a model for each person, once it decides for nobody in particular with the same
features; both meet the same people, slates and luck. Of a world with adversaries only those who
answer by their taste count, because the others have said nothing true that could be missed.
Clock and dice come in from outside, with the engine.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from penchant.engine import Engine
from penchant.errors import BadInput
from penchant.laboratory.engine_player import Clock, EnginePlayer, Shown, Way
from penchant.laboratory.playing import Limits, Marks, Progress, limits, play
from penchant.laboratory.scoring import PARTS, Score, drawn_people, part, score
from penchant.laboratory.tastes import Floats, Ints
from penchant.laboratory.world import World

__all__ = ["RESAMPLES", "Opener", "Simulation", "simulate"]

Opener = Callable[[Clock], Engine]
"""Opens an empty engine that looks at the clock given."""

RESAMPLES = 1_000
_PLAYED: tuple[Way, ...] = ("personal", "pooled")


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of a simulation. SIMULATED, every number of it.

    Attributes:
        world: In which it played.
        people: Of how many people the scores are.
        scores: Of `personal` and `pooled`, by the parts of the game.
        ahead: How much `personal` is ahead of `pooled`, by the same parts and people drawn anew.
        rewards: Mean chance of a reward a decision of `random`, `pooled`, `personal` and `best`.
        log: What `personal` showed to whom, and what followed, in the order of time.
    """

    world: World
    people: int
    scores: Mapping[str, Mapping[str, Score]]
    ahead: Mapping[str, Score]
    rewards: Mapping[str, float]
    log: tuple[Shown, ...]


def simulate(
    world: World, opened: Opener, *, keeps: bool = False, progress: Progress | None = None
) -> Simulation:
    """Let the engine live through a world.

    Args:
        world: Which.
        opened: Opens an engine; it is closed here.
        keeps: Keep the log.
        progress: Called with how many decisions are done, and of how many.

    Returns:
        Scores with intervals over people, drawn anew with dice of the world's seed; NaN as the
        interval of one person alone.

    Raises:
        BadInput: When nobody answers by their taste, so that there is nobody to score.

    Example:
        >>> import random
        >>> from penchant.adapters.store.memory import MemoryStore
        >>> from penchant.laboratory import Shape, make_world
        >>> def opened(clock):
        ...     return Engine(MemoryStore(), clock=clock, dice=random.Random(1))
        >>> found = simulate(make_world("linear", 1, Shape(people=5, rounds=8)), opened)
        >>> sorted(found.scores["personal"])
        ['first five', 'last quarter', 'overall']
    """
    n, who = world.shape.people * world.shape.rounds, ~world.adversaries
    if not who.any():
        raise BadInput(
            "With this share of `adversaries` nobody answers by their taste, so there is nobody "
            "to score. Take a smaller one."
        )
    chances: dict[str, Floats] = {}
    log: tuple[Shown, ...] = ()
    for turn, way in enumerate(_PLAYED):
        clock = Clock()
        with opened(clock) as engine:
            player = EnginePlayer(world, engine, clock, way=way, keeps=keeps and not turn)
            chances[way] = play(world, player, _from(progress, turn * n, len(_PLAYED) * n))
            log = log or tuple(player.log())
    known, people = limits(world), int(who.sum())
    dice = np.random.default_rng(world.seed)
    drawn = drawn_people(people, RESAMPLES, dice) if people > 1 else None
    earned = {"random": known.random, **chances, "best": known.best}
    return Simulation(
        world=world,
        people=people,
        scores={
            way: {name: _scored(chances[way], known, name, drawn, who) for name in PARTS}
            for way in _PLAYED
        },
        ahead={name: _ahead(chances, known, name, drawn, who) for name in PARTS},
        rewards={name: float(each[:, who].mean()) for name, each in earned.items()},
        log=log,
    )


def _from(progress: Progress | None, done_before: int, all_: int) -> Progress | None:
    """Count one player's decisions behind those of the players before."""
    if progress is None:
        return None
    return lambda done, _: progress(done_before + done, all_)


def _scored(chances: Floats, known: Limits, name: str, drawn: Ints | None, who: Marks) -> Score:
    return score(chances, known, part(name, len(chances)), drawn, who=who)


def _ahead(
    chances: Mapping[str, Floats], known: Limits, name: str, drawn: Ints | None, who: Marks
) -> Score:
    """Score the difference: as if the pooled answer were the random one, in the same units."""
    gain = known.random + chances["personal"] - chances["pooled"]
    return _scored(gain, known, name, drawn, who)
