"""The console's routes: each asks the engine on a worker thread and answers with a page.

Rule: addresses are the state. Whatever a page shows can be linked, and needs no script.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from penchant.adapters.console.address import Address
from penchant.adapters.console.decision_page import decision_page
from penchant.adapters.console.figures import Page
from penchant.adapters.console.overview_page import PERIODS, overview_page
from penchant.adapters.console.person_page import person_page
from penchant.adapters.console.rendering import Renderer, static_files
from penchant.adapters.console.settings import ConsoleSettings
from penchant.engine import Engine
from penchant.words import Moment

__all__ = ["routes"]

Answer = Callable[[Request], Response]
FOREVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


def routes(engine: Engine, settings: ConsoleSettings | None = None) -> list[Route]:
    """Give the console's routes, for a service to mount.

    Args:
        engine: What is shown; its calls block, so every handler is a plain function, which
            Starlette runs on a worker thread.
        settings: How the console runs.
    """
    chosen = settings or ConsoleSettings()
    return _Console(engine, chosen).routes()


class _Console:
    """The handlers, with what they share."""

    def __init__(self, engine: Engine, settings: ConsoleSettings) -> None:
        self.engine = engine
        self.settings = settings
        self.address = Address(settings.prefix)
        self.renderer = Renderer(self.address)

    def routes(self) -> list[Route]:
        """Give every route."""
        pages: dict[str, Answer] = {
            "": self.overview,
            "/person": self.person,
            "/decision": self.decision,
        }
        prefix = self.settings.prefix
        found = [
            Route(f"{prefix}{path}", answer, methods=["GET"]) for path, answer in pages.items()
        ]
        return [*found, *(_static(prefix, name, *file) for name, file in static_files().items())]

    def overview(self, request: Request) -> Response:
        """Answer: is it better than neutral, and is all well?"""
        asked = request.query_params.get("days", "")
        chosen = asked if asked in PERIODS else self._usual_period()
        overview = self.engine.insight.overview(days=PERIODS[chosen][1])
        return self._respond(request, overview_page(overview, chosen), here="overview")

    def person(self, request: Request) -> Response:
        """Answer: what is believed about one person, and what did they settle?"""
        insight, person = self.engine.insight, request.query_params.get("id", "")
        reading = insight.person(person)
        if reading is None:
            return Response("Nobody", 404)
        page = person_page(reading, self.engine.profile(person), self._moments())
        return self._respond(request, page, here="people")

    def decision(self, request: Request) -> Response:
        """Answer: why this decision?"""
        reading = self.engine.insight.decision(request.query_params.get("id", ""))
        page = decision_page(reading, replay="replay" in request.query_params)
        return self._respond(request, page, here="decisions")

    def _usual_period(self) -> str:
        """Give a week, unless nothing was decided in it."""
        week = self.engine.insight.overview(days=7)
        return "7" if week.n or not week.latest else "all"

    def _moments(self) -> list[Moment]:
        return [line.moment for line in self.engine.insight.overview(days=1).moments]

    def _respond(self, request: Request, page: Page, *, here: str) -> Response:
        return self.renderer.respond(page, request, here=here)


def _static(prefix: str, name: str, body: bytes, kind: str) -> Route:
    def file(request: Request) -> Response:
        del request
        return Response(body, media_type=kind, headers=FOREVER)

    return Route(f"{prefix}/static/{name}", file, methods=["GET"])
