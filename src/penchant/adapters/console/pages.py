"""The console's routes: each asks the engine on a worker thread and answers with a page.

Rule 1: addresses are the state. Whatever a page shows can be linked, and needs no script.
Rule 2: who may come here is the service's to ask; what is shown of people is settled here.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from penchant.adapters.console.acting import DONE
from penchant.adapters.console.changes import Changes
from penchant.adapters.console.decision_page import decision_page
from penchant.adapters.console.frame import Frame
from penchant.adapters.console.judge_page import judge_page
from penchant.adapters.console.judging import Judging
from penchant.adapters.console.lists_page import PAGE, decisions_page, people_page, wrong_page
from penchant.adapters.console.moments_page import moment_page, moments_page
from penchant.adapters.console.overview_page import PERIODS, overview_page
from penchant.adapters.console.pack_pages import PackPages
from penchant.adapters.console.rendering import HEADERS, static_files
from penchant.adapters.console.settings import ConsoleSettings
from penchant.engine import Engine
from penchant.errors import BadInput, PenchantError
from penchant.learn.evaluate.evaluation import AS_LOGGED
from penchant.runtime.insight.readings import Overview

__all__ = ["routes"]

Answer = Callable[[Request], Response]

ENOUGH = 200  # outcomes from which the shortest stretch of time says something
FURTHEST = 10_000_000
A_DAY = {
    "Cache-Control": "public, max-age=86400",
    "X-Content-Type-Options": "nosniff",
}


def routes(engine: Engine, settings: ConsoleSettings | None = None) -> list[Route]:
    """Give the console's routes, for a service to mount.

    Args:
        engine: What is shown. Its calls block, so they run on worker threads.
        settings: How the console runs.
    """
    frame = Frame(engine, settings or ConsoleSettings())
    pages, prefix = _Pages(frame), frame.address.prefix
    gets: dict[str, Answer] = {
        "": pages.overview,
        "/people": pages.people,
        "/person": pages.person,
        "/export": pages.export,
        "/moments": pages.moments,
        "/moment": pages.moment,
        "/judge": pages.judge,
        "/decisions": pages.decisions,
        "/decision": pages.decision,
    }
    packs = PackPages(frame)
    gets["/pack"] = packs.show
    return [
        *(
            Route(prefix + path, pages.telling(answer), methods=["GET"])
            for path, answer in gets.items()
        ),
        Route(f"{prefix}/person", Changes(frame).act, methods=["POST"]),
        Route(f"{prefix}/pack", packs.send, methods=["POST"]),
        *(_static(prefix, name, *file) for name, file in static_files().items()),
        Route(f"{prefix}/{{rest:path}}", pages.telling(_missing), methods=["GET"]),
    ]


class _Pages:
    """The handlers, and what they share."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._engine = frame.engine
        self._judging = Judging(frame.engine)

    def telling(self, answer: Answer) -> Answer:
        """Give a handler that turns what the engine says of an id that is none into a page."""

        def handler(request: Request) -> Response:
            try:
                return answer(request)
            except BadInput as wrong:
                return self._frame.show(request, wrong_page(str(wrong), 404), here="")
            except PenchantError as wrong:
                return self._frame.show(request, wrong_page(str(wrong), 500), here="")

        return handler

    def overview(self, request: Request) -> Response:
        """Answer: is it better than neutral, and is all well?"""
        asked = request.query_params.get("days", "")
        insight = self._engine.insight
        if asked in PERIODS:
            overview = insight.overview(days=PERIODS[asked][1])
            return self._frame.show(request, overview_page(overview, asked), here="overview")
        chosen, overview = self._shortest()
        return self._frame.show(request, overview_page(overview, chosen), here="overview")

    def _shortest(self) -> tuple[str, Overview]:
        """Give the shortest stretch of time with outcomes enough to say something, else all."""
        insight = self._engine.insight
        for chosen in ("7", "28", "365"):
            overview = insight.overview(days=PERIODS[chosen][1])
            found = overview.compared
            if found is not None and found.comparison.n >= ENOUGH:
                return chosen, overview
        return "all", insight.overview()

    def people(self, request: Request) -> Response:
        """Answer: where is this person?"""
        insight, asked = self._engine.insight, request.query_params.get("id", "")
        if asked and insight.person(asked, facts=0, decisions=0) is not None:
            return RedirectResponse(self._frame.address.person(asked), 303, headers=dict(HEADERS))
        people = insight.people() if self._frame.settings.show_people else None
        page = people_page(insight.now, asked=asked, people=people)
        return self._frame.show(request, page, here="people")

    def person(self, request: Request) -> Response:
        """Answer: what is believed about one person, and what did they settle?"""
        done = DONE.get(request.query_params.get("done", ""), "")
        return self._frame.show_person(request, request.query_params.get("id", ""), said=done)

    def export(self, request: Request) -> Response:
        """Give every fact kept about one person as a file."""
        lines = self._engine.export(request.query_params.get("id", ""))
        headers = {**HEADERS, "Content-Disposition": 'attachment; filename="person.jsonl"'}
        return Response(lines, media_type="application/x-ndjson", headers=headers)

    def moments(self, request: Request) -> Response:
        """Answer: what is declared?"""
        insight = self._engine.insight
        page = moments_page(insight.now, insight.overview().moments)
        return self._frame.show(request, page, here="moments")

    def moment(self, request: Request) -> Response:
        """Answer: what is chosen for whom at one moment?"""
        asked = request.query_params
        reading = self._engine.insight.moment(asked.get("name", ""))
        page = moment_page(reading, asked.get("action", ""))
        return self._frame.show(request, page, here="moments")

    def judge(self, request: Request) -> Response:
        """Answer: would another policy earn more at this moment?"""
        asked = request.query_params
        against = asked.get("against", "")
        against = "" if against == AS_LOGGED else against
        reading = self._engine.insight.moment(asked.get("moment", ""))
        name, n = reading.moment.name, reading.n_outcomes
        found, is_newer = self._judging.ask(name, against, n)
        page = judge_page(reading, found, against, is_newer=is_newer)
        return self._frame.show(request, page, here="moments")

    def decisions(self, request: Request) -> Response:
        """Answer: what was decided lately?"""
        insight, asked = self._engine.insight, request.query_params.get("skip", "0")
        skip = int(asked) if asked.isdecimal() and int(asked) < FURTHEST else 0
        page = decisions_page(
            insight.now,
            insight.recent(PAGE + 1, skip=skip),
            skip=skip,
            names_people=self._frame.settings.show_people,
        )
        return self._frame.show(request, page, here="decisions")

    def decision(self, request: Request) -> Response:
        """Answer: why this decision?"""
        asked = request.query_params
        reading = self._engine.insight.decision(asked.get("id", ""))
        page = decision_page(
            reading, replay="replay" in asked, names_people=self._frame.settings.show_people
        )
        return self._frame.show(request, page, here="decisions")


def _missing(request: Request) -> Response:
    del request
    raise BadInput("There is no such page.")


def _static(prefix: str, name: str, body: bytes, kind: str) -> Route:
    def file(request: Request) -> Response:
        del request
        return Response(body, media_type=kind, headers=A_DAY)

    return Route(f"{prefix}/static/{name}", file, methods=["GET"])
