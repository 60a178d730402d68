"""The routes about the service itself: its description, its health, its counts, its console."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.access import SCOPES
from penchant.adapters.http.answering import answered, principal_of
from penchant.adapters.http.bodies import Health, Link
from penchant.adapters.http.described import Described
from penchant.adapters.http.meters import METRICS_TYPE, Meters
from penchant.adapters.http.openapi import openapi
from penchant.adapters.http.problems import Refusal
from penchant.adapters.http.sessions import Sessions
from penchant.engine import Engine

__all__ = ["OwnRoutes"]


class OwnRoutes:
    """Serves what is about the service itself."""

    def __init__(self, engine: Engine, meters: Meters, sessions: Sessions) -> None:
        """Keep what they tell of."""
        self._meters, self._sessions, self._text = meters, sessions, b""
        self._health = Health(
            ok=True, version=version("penchant"), durability=engine.many.durability
        )

    def routes(self) -> list[Described]:
        """Give the routes."""
        return [*self._open(), *self._kept()]

    def describe(self, routes: Sequence[Described]) -> None:
        """Take the whole table in, for the description."""
        self._text = msgspec.json.encode(openapi(routes))

    def _open(self) -> list[Described]:
        """Give those that need no key."""
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
        ]

    def _kept(self) -> list[Described]:
        """Give those that need one."""
        return [
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

    async def openapi(self, request: Request) -> Response:
        """Describe the service."""
        del request
        return Response(self._text, media_type="application/json")

    async def health(self, request: Request) -> Response:
        """Say that it serves."""
        del request
        return answered(self._health)

    async def link(self, request: Request) -> Response:
        """Give a link to the console."""
        if missing := [name for name in SCOPES if name not in principal_of(request).scopes]:
            raise Refusal(
                403,
                "The console shows everything, so only a key with every scope may open it; this "
                f"one lacks `{missing[0]}`.",
            )
        return answered(Link(self._sessions.link()))

    async def metrics(self, request: Request) -> Response:
        """Give what was counted."""
        del request
        return Response(self._meters.exposed(), headers={"content-type": METRICS_TYPE})
