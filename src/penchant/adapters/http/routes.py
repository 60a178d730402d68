"""The table of routes: everything that is served, with all that can be said of it."""

from importlib.metadata import version
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.access import SCOPES
from penchant.adapters.http.answering import answered, principal_of
from penchant.adapters.http.bodies import (
    Ask,
    AskMany,
    DecisionAnswer,
    DecisionMany,
    Health,
    Kept,
    KeptMany,
    Link,
    OutcomeMany,
    OutcomeOne,
    SignalMany,
    SignalOne,
)
from penchant.adapters.http.described import Described
from penchant.adapters.http.meters import METRICS_TYPE, Meters
from penchant.adapters.http.moments import moment_routes
from penchant.adapters.http.mounts import mounted
from penchant.adapters.http.openapi import openapi
from penchant.adapters.http.people import people_routes
from penchant.adapters.http.problems import Refusal
from penchant.adapters.http.sessions import Sessions
from penchant.engine import Engine

__all__ = ["hot_routes", "routes_of"]


def hot_routes() -> list[Described]:
    """Give the routes that the lanes serve."""
    return [
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
            "/v1/decisions",
            "decide",
            "decide:read",
            "Decide a moment, or a batch of them.",
            takes=(Ask, AskMany),
            gives=(DecisionAnswer, DecisionMany),
            may_fail=(404,),
            asks=(("reasons", "`true` adds the reasons of each decision."),),
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


def routes_of(engine: Engine, meters: Meters, sessions: Sessions) -> list[Described]:
    """Give every route of a service but the pages of the console."""
    own = _Own(engine, meters, sessions)
    routes = [
        *hot_routes(),
        *moment_routes(engine),
        *people_routes(engine),
        *mounted(engine),
        *own.routes(),
    ]
    own.describe(routes)
    return routes


class _Own:
    """Serves what is about the service itself."""

    def __init__(self, engine: Engine, meters: Meters, sessions: Sessions) -> None:
        self._meters, self._sessions, self._text = meters, sessions, b""
        self._health = Health(
            ok=True, version=version("penchant"), durability=engine.many.durability
        )

    def routes(self) -> list[Described]:
        return [
            Described(
                "GET",
                "/openapi.json",
                "describe",
                "",
                "This description.",
                gives=(dict[str, Any],),
                endpoint=self.openapi,
            ),
            Described(
                "GET",
                "/healthz",
                "health",
                "",
                "Whether the service serves, and what an acknowledged fact survives.",
                gives=(Health,),
                endpoint=self.health,
            ),
            Described(
                "GET",
                "/metrics",
                "metrics",
                "audit:read",
                "What was counted, as Prometheus reads it.",
                gives=(METRICS_TYPE.partition(";")[0],),
                endpoint=self.metrics,
                is_wide=True,
            ),
            Described(
                "POST",
                "/v1/links",
                "link_console",
                "policy:admin",
                "A link that opens the console once; for a key that may do everything.",
                gives=(Link,),
                endpoint=self.link,
                is_wide=True,
            ),
        ]

    def describe(self, routes: list[Described]) -> None:
        self._text = msgspec.json.encode(openapi(routes))

    async def openapi(self, request: Request) -> Response:
        del request
        return Response(self._text, media_type="application/json")

    async def health(self, request: Request) -> Response:
        del request
        return answered(self._health)

    async def link(self, request: Request) -> Response:
        if missing := [name for name in SCOPES if name not in principal_of(request).scopes]:
            raise Refusal(
                403,
                "The console shows everything, so only a key with every scope may open it; this "
                f"one lacks `{missing[0]}`.",
            )
        return answered(Link(self._sessions.link()))

    async def metrics(self, request: Request) -> Response:
        del request
        return Response(self._meters.exposed(), headers={"content-type": METRICS_TYPE})
