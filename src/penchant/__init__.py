"""Penchant: an open engine for hyper-personalization, one model per person.

This is the one place that knows both the engine and the adapters: it hands the engine its store,
and whoever asks for a client of a service that client, which is loaded only then.
"""

from collections.abc import Sequence
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
    Position,
    Profile,
    QuietHours,
    Reason,
    Receipt,
    Refused,
    Removed,
    Signal,
    Slate,
    Trait,
)

if TYPE_CHECKING:
    from penchant.adapters.client.client import AsyncClient, Client
    from penchant.contract.installed import Installed

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
    "Position",
    "Profile",
    "QuietHours",
    "Reason",
    "Receipt",
    "Refused",
    "Removed",
    "Signal",
    "Slate",
    "Trait",
]


def _find_packs(names: Sequence[str]) -> "tuple[Installed, ...]":
    """Find packs where some are asked for: an engine without any does not look for them."""
    if not names:
        return ()
    from penchant.adapters.packs.finding import find_packs

    return find_packs(names)


Engine.open_store = staticmethod(open_store)
Engine.find_packs = staticmethod(_find_packs)


def __getattr__(name: str) -> Any:
    """Load a client when it is asked for: an engine alone needs no HTTP."""
    if name in {"AsyncClient", "Client"}:
        from penchant.adapters.client import client

        return getattr(client, name)
    msg = f"module `penchant` has no attribute `{name}`"
    raise AttributeError(msg)
