"""The table of routes: everything that is served, with all that can be said of it."""

from importlib.metadata import version
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.answering import answered
from penchant.adapters.http.bodies import (
    Ask,
    AskMany,
    DecisionAnswer,
    DecisionMany,
    Health,
    Kept,
    KeptMany,
    OutcomeMany,
    OutcomeOne,
    SignalMany,
    SignalOne,
)
from penchant.adapters.http.described import Described
from penchant.adapters.http.moments import moment_routes
from penchant.adapters.http.people import people_routes
from penchant.engine import Engine

if TYPE_CHECKING:
    from penchant.adapters.http.app import App

__all__ = ["hot_routes", "routes_of"]


def hot_routes() -> list[Described]:
    """Give the routes that the lanes serve."""
    return [
        Described("POST", "/v1/signals", "signals:write", "Keep a signal, or a batch of them.",
                  takes=(SignalOne, SignalMany), gives=(Kept, KeptMany)),
        Described("POST", "/v1/decisions", "decide:read", "Decide a moment, or a batch of them.",
                  takes=(Ask, AskMany), gives=(DecisionAnswer, DecisionMany), may_fail=(404,),
                  asks=(("reasons", "`true` adds the reasons of each decision."),)),
        Described("POST", "/v1/outcomes", "outcome:write", "Learn what followed a decision.",
                  takes=(OutcomeOne, OutcomeMany), gives=(Kept, KeptMany)),
    ]  # fmt: skip


def routes_of(engine: Engine, app: "App") -> list[Described]:
    """Give every route of a service."""
    del app

    async def health(request: Request) -> Response:
        del request
        return answered(
            Health(ok=True, version=version("penchant"), durability=engine.many.durability)
        )

    return [
        *hot_routes(),
        *moment_routes(engine),
        *people_routes(engine),
        Described("GET", "/healthz", "", "Whether the service serves.",
                  gives=(Health,), endpoint=health),
    ]  # fmt: skip
