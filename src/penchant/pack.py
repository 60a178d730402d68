"""All that a pack may import: nouns, errors, the algebra of decayed sums, checks.

A pack imports this and its own folder, nothing else of Penchant (numpy beside it), so that a
domain sees no store, clock, dice, network and no other person.
"""

from penchant.algebra import TOLERANCE, Sum, add, at_time, faded, subtract, zero
from penchant.errors import BadInput, BadName, BadNumber, BadTime, LimitReached, PenchantError
from penchant.frozen_map import FrozenMap, frozen
from penchant.limits import Limits, check_id, check_length, check_number, check_time, seconds
from penchant.words import (
    NOTHING,
    Accepted,
    Action,
    AtTime,
    Belief,
    Cap,
    Decision,
    Goal,
    Moment,
    Never,
    OnLevel,
    OnSignal,
    Outcome,
    QuietHours,
    Reason,
    Refused,
    Signal,
    Trait,
    Value,
    sureness,
)

__all__ = [
    "NOTHING",
    "TOLERANCE",
    "Accepted",
    "Action",
    "AtTime",
    "BadInput",
    "BadName",
    "BadNumber",
    "BadTime",
    "Belief",
    "Cap",
    "Decision",
    "FrozenMap",
    "Goal",
    "LimitReached",
    "Limits",
    "Moment",
    "Never",
    "OnLevel",
    "OnSignal",
    "Outcome",
    "PenchantError",
    "QuietHours",
    "Reason",
    "Refused",
    "Signal",
    "Sum",
    "Trait",
    "Value",
    "add",
    "at_time",
    "check_id",
    "check_length",
    "check_number",
    "check_time",
    "faded",
    "frozen",
    "seconds",
    "subtract",
    "sureness",
    "zero",
]
