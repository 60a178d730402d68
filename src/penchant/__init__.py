"""Penchant: an open engine for hyper-personalization, one model per person.

This is the one place that knows both the engine and the adapters: it hands the engine its store.
"""

from penchant.adapters.store import open_store
from penchant.engine import Engine
from penchant.limits import Limits
from penchant.words import (
    NOTHING,
    Accepted,
    Action,
    AtTime,
    Belief,
    Cap,
    Consent,
    Decision,
    Explanation,
    Goal,
    Moment,
    Never,
    OnLevel,
    OnSignal,
    Outcome,
    Profile,
    QuietHours,
    Reason,
    Receipt,
    Refused,
    Removed,
    Signal,
    Trait,
)

__all__ = [
    "NOTHING",
    "Accepted",
    "Action",
    "AtTime",
    "Belief",
    "Cap",
    "Consent",
    "Decision",
    "Engine",
    "Explanation",
    "Goal",
    "Limits",
    "Moment",
    "Never",
    "OnLevel",
    "OnSignal",
    "Outcome",
    "Profile",
    "QuietHours",
    "Reason",
    "Receipt",
    "Refused",
    "Removed",
    "Signal",
    "Trait",
]

Engine.open_store = staticmethod(open_store)
