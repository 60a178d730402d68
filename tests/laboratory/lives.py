"""Lives in small worlds, for tests: engines whose clock and dice the world sets."""

import random

from penchant import Engine
from penchant.adapters.store.memory import MemoryStore
from penchant.laboratory import (
    Clock,
    EnginePlayer,
    Floats,
    Shape,
    Way,
    World,
    limits,
    part,
    play,
    score,
)
from penchant.laboratory.playing import Marks

__all__ = ["SMALL", "engine_of", "lived", "scored"]

SMALL = Shape(people=50, rounds=30, items=40, slate=8, features=6)
"""As large as people can be told apart in, in half a second."""


def engine_of(clock: Clock, seed: int = 7) -> Engine:
    """Open an engine in memory."""
    return Engine(MemoryStore(), clock=clock, dice=random.Random(seed))  # noqa: S311 - dice


def lived(world: World, way: Way = "personal") -> Floats:
    """Let an engine live through a world; give the chances of what it chose."""
    clock = Clock()
    with engine_of(clock, world.seed) as engine:
        return play(world, EnginePlayer(world, engine, clock, way=way))


def scored(
    world: World, chances: Floats, name: str = "last quarter", who: Marks | None = None
) -> float:
    """Give the normalised reward of a part."""
    return score(chances, limits(world), part(name, world.shape.rounds), who=who).value
