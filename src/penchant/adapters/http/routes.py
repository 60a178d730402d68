"""The table of routes: everything that is served, with all that can be said of it."""

from collections.abc import Sequence

from penchant.adapters.http.bodies import (
    Ask,
    AskMany,
    AskSlate,
    AskSlates,
    DecisionAnswer,
    DecisionMany,
    Kept,
    KeptMany,
    OutcomeMany,
    OutcomeOne,
    SignalMany,
    SignalOne,
    SlateAnswer,
    SlateMany,
)
from penchant.adapters.http.decisions import decision_routes
from penchant.adapters.http.described import Described
from penchant.adapters.http.moments import moment_routes
from penchant.adapters.http.own import OwnRoutes
from penchant.adapters.http.people import people_routes
from penchant.adapters.http.rights import rights_routes
from penchant.adapters.http.settings import Settings
from penchant.engine import Engine

__all__ = ["hot_routes", "routes_of"]


_REASONS = (("reasons", "`true` adds the reasons of each decision."),)


def hot_routes() -> list[Described]:
    """Give the routes that the lanes serve."""
    return [
        *_deciding(),
        Described(
            "POST",
            "/v1/signals",
            "observe_signals",
            "signals:write",
            "Keep a signal, or a batch of them.",
            takes=(SignalOne, SignalMany),
            gives=(Kept, KeptMany),
        ),
        Described(
            "POST",
            "/v1/outcomes",
            "learn_outcomes",
            "outcome:write",
            "Learn what followed a decision, or a batch of them; the first outcome counts.",
            takes=(OutcomeOne, OutcomeMany),
            gives=(Kept, KeptMany),
        ),
    ]


def _deciding() -> list[Described]:
    """Give the routes that decide."""
    return [
        Described(
            "POST",
            "/v1/decisions",
            "decide",
            "decide:read",
            "Decide a moment, or a batch of them.",
            takes=(Ask, AskMany),
            gives=(DecisionAnswer, DecisionMany),
            may_fail=(404,),
            asks=_REASONS,
        ),
        Described(
            "POST",
            "/v1/slates",
            "decide_slate",
            "decide:read",
            "Decide several actions that are shown together, or a batch of such slates.",
            takes=(AskSlate, AskSlates),
            gives=(SlateAnswer, SlateMany),
            may_fail=(404,),
            asks=_REASONS,
        ),
    ]


def routes_of(
    engine: Engine, own: OwnRoutes, mounted: Sequence[Described], settings: Settings
) -> list[Described]:
    """Give every route of a service but the pages of the console."""
    routes = [
        *hot_routes(),
        *decision_routes(engine),
        *moment_routes(engine),
        *people_routes(engine),
        *rights_routes(engine, settings.import_bytes),
        *mounted,
        *own.routes(),
    ]
    own.describe(routes)
    return routes
