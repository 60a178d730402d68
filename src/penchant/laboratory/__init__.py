"""Laboratory: simulated worlds, and what is needed to play them and to say how a player did.

Loop: none; a world stands where people would. Everything drawn comes from a seed.
Rule 1: whatever is shown of it is labelled SIMULATED. Rule 2: a world knows nothing of a learner.
"""

from penchant.laboratory.shape import KINDS, MANNERS, Answering, Kind, Manner, Shape
from penchant.laboratory.tastes import Floats, Ints
from penchant.laboratory.world import Past, Round, Told, World, make_world

__all__ = [
    "KINDS",
    "MANNERS",
    "Answering",
    "Floats",
    "Ints",
    "Kind",
    "Manner",
    "Past",
    "Round",
    "Shape",
    "Told",
    "World",
    "make_world",
]
