"""Laboratory: simulated worlds, and what is needed to play them and to say how a player did.

Loop: none; a world stands where people would. Everything drawn comes from a seed.
Rule 1: whatever is shown of it is labelled SIMULATED. Rule 2: a world knows nothing of a learner.
"""

from penchant.laboratory.engine_player import (
    MOMENT,
    WAYS,
    Clock,
    EnginePlayer,
    Way,
    context_of,
    items_of,
)
from penchant.laboratory.playing import Limits, Player, limits, play
from penchant.laboratory.scoring import PARTS, Score, drawn_people, part, score
from penchant.laboratory.shape import KINDS, MANNERS, Answering, Kind, Manner, Shape
from penchant.laboratory.tastes import Floats, Ints
from penchant.laboratory.world import Past, Round, World, make_world

__all__ = [
    "KINDS",
    "MANNERS",
    "MOMENT",
    "PARTS",
    "WAYS",
    "Answering",
    "Clock",
    "EnginePlayer",
    "Floats",
    "Ints",
    "Kind",
    "Limits",
    "Manner",
    "Past",
    "Player",
    "Round",
    "Score",
    "Shape",
    "Way",
    "World",
    "context_of",
    "drawn_people",
    "items_of",
    "limits",
    "make_world",
    "part",
    "play",
    "score",
]
