"""Penchant: an open engine for hyper-personalization, one model per person.

This is the one place that knows both the engine and the adapters: it hands the engine its store,
and whoever asks for a client of a service that client, which is loaded only then.
"""

from typing import TYPE_CHECKING, Any

from penchant.adapters.store import open_store
from penchant.engine import Engine
from penchant.limits import Limits
from penchant.runtime.rights.portable import Imported
from penchant.words import (
    NOTHING,
    Accepted,
    Action,
    AtTime,
    Belief,
    Cap,
    Consent,
    Correction,
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

if TYPE_CHECKING:
    from penchant.adapters.client.client import AsyncClient, Client

__all__ = [
    "NOTHING",
    "Accepted",
    "Action",
    "AsyncClient",
    "AtTime",
    "Belief",
    "Cap",
    "Client",
    "Consent",
    "Correction",
    "Decision",
    "Engine",
    "Explanation",
    "Goal",
    "Imported",
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


def __getattr__(name: str) -> Any:
    """Load a client when it is asked for: an engine alone needs no HTTP."""
    if name in {"AsyncClient", "Client"}:
        from penchant.adapters.client import client

        return getattr(client, name)
    msg = f"module `penchant` has no attribute `{name}`"
    raise AttributeError(msg)
