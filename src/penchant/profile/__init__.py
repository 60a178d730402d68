"""Profile: what we believe about one person, as a fold of that person's facts."""

from penchant.profile.beliefs import Estimator, believe, profile_of
from penchant.profile.registers import Registers, fold, join, no_room, start, trait_features

__all__ = [
    "Estimator",
    "Registers",
    "believe",
    "fold",
    "join",
    "no_room",
    "profile_of",
    "start",
    "trait_features",
]
