"""The console's routes: each asks the engine on a worker thread and answers with a page.

Rule 1: addresses are the state. Whatever a page shows can be linked, and needs no script.
Rule 2: who may come here is the service's to ask; what is shown of people is settled here.
"""

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from penchant.adapters.console.acting import DONE, change, forget
from penchant.adapters.console.address import Address
from penchant.adapters.console.decision_page import decision_page
from penchant.adapters.console.figures import Page
from penchant.adapters.console.forms import BadForm, Forms, read_form
from penchant.adapters.console.lists_page import PAGE, decisions_page, people_page, wrong_page
from penchant.adapters.console.moments_page import moment_page, moments_page
from penchant.adapters.console.overview_page import PERIODS, overview_page
from penchant.adapters.console.person_page import person_page
from penchant.adapters.console.rendering import HEADERS, Renderer, static_files
from penchant.adapters.console.settings import ConsoleSettings
from penchant.engine import Engine
from penchant.errors import BadInput, PenchantError
from penchant.runtime.readings import Overview
from penchant.words import Receipt

__all__ = ["routes"]

Answer = Callable[[Request], Response]

FACTS, MANY_FACTS = 20, 500
ENOUGH = 200  # outcomes from which the shortest stretch of time says something
FURTHEST = 10_000_000
A_DAY = {
    "Cache-Control": "public, max-age=86400",
    "X-Content-Type-Options": "nosniff",
}


def routes(engine: Engine, settings: ConsoleSettings | None = None) -> list[Route]:
    """Give the console's routes, for a service to mount; no path has parameters.

    Args:
        engine: What is shown. Its calls block, so they run on worker threads.
        settings: How the console runs.
    """
    pages = _Pages(engine, settings or ConsoleSettings())
    prefix = pages.address.prefix
    gets: dict[str, Answer] = {
        "": pages.overview,
        "/people": pages.people,
        "/person": pages.person,
        "/export": pages.export,
        "/moments": pages.moments,
        "/moment": pages.moment,
        "/decisions": pages.decisions,
        "/decision": pages.decision,
    }
    return [
        *(
            Route(prefix + path, pages.telling(answer), methods=["GET"])
            for path, answer in gets.items()
        ),
        Route(f"{prefix}/person", pages.act, methods=["POST"]),
        *(_static(prefix, name, *file) for name, file in static_files().items()),
    ]


class _Pages:
    """The handlers, and what they share."""

    def __init__(self, engine: Engine, settings: ConsoleSettings) -> None:
        self.engine = engine
        self.settings = settings
        self.address = Address(settings.prefix)
        self.renderer = Renderer(self.address)
        self.forms = Forms(settings.prefix)

    def telling(self, answer: Answer) -> Answer:
        """Give a handler that turns what the engine says of an id that is none into a page."""

        def handler(request: Request) -> Response:
            try:
                return answer(request)
            except BadInput as wrong:
                return self._show(request, wrong_page(str(wrong), 404), here="")
            except PenchantError as wrong:
                return self._show(request, wrong_page(str(wrong), 500), here="")

        return handler

    def overview(self, request: Request) -> Response:
        """Answer: is it better than neutral, and is all well?"""
        asked = request.query_params.get("days", "")
        insight = self.engine.insight
        if asked in PERIODS:
            overview = insight.overview(days=PERIODS[asked][1])
            return self._show(request, overview_page(overview, asked), here="overview")
        chosen, overview = self._shortest()
        return self._show(request, overview_page(overview, chosen), here="overview")

    def _shortest(self) -> tuple[str, Overview]:
        """Give the shortest stretch of time with outcomes enough to say something, else all."""
        insight = self.engine.insight
        for chosen in ("7", "28", "365"):
            overview = insight.overview(days=PERIODS[chosen][1])
            found = overview.compared
            if found is not None and found.comparison.n >= ENOUGH:
                return chosen, overview
        return "all", insight.overview()

    def people(self, request: Request) -> Response:
        """Answer: where is this person?"""
        insight, asked = self.engine.insight, request.query_params.get("id", "")
        if asked and insight.person(asked, facts=0, decisions=0) is not None:
            return RedirectResponse(self.address.person(asked), 303, headers=dict(HEADERS))
        people = insight.people() if self.settings.show_people else None
        page = people_page(insight.now, asked=asked, people=people)
        return self._show(request, page, here="people")

    def person(self, request: Request) -> Response:
        """Answer: what is believed about one person, and what did they settle?"""
        done = DONE.get(request.query_params.get("done", ""), "")
        return self._show_person(request, request.query_params.get("id", ""), said=done)

    def export(self, request: Request) -> Response:
        """Give every fact kept about one person as a file."""
        lines = self.engine.export(request.query_params.get("id", ""))
        headers = {**HEADERS, "Content-Disposition": 'attachment; filename="person.jsonl"'}
        return Response(lines, media_type="application/x-ndjson", headers=headers)

    def moments(self, request: Request) -> Response:
        """Answer: what is declared?"""
        insight = self.engine.insight
        page = moments_page(insight.now, insight.overview().moments)
        return self._show(request, page, here="moments")

    def moment(self, request: Request) -> Response:
        """Answer: what is chosen for whom at one moment?"""
        asked = request.query_params
        reading = self.engine.insight.moment(asked.get("name", ""))
        page = moment_page(reading, asked.get("action", ""))
        return self._show(request, page, here="moments")

    def decisions(self, request: Request) -> Response:
        """Answer: what was decided lately?"""
        insight, asked = self.engine.insight, request.query_params.get("skip", "0")
        skip = int(asked) if asked.isdecimal() and int(asked) < FURTHEST else 0
        page = decisions_page(
            insight.now,
            insight.recent(PAGE + 1, skip=skip),
            skip=skip,
            names_people=self.settings.show_people,
        )
        return self._show(request, page, here="decisions")

    def decision(self, request: Request) -> Response:
        """Answer: why this decision?"""
        asked = request.query_params
        reading = self.engine.insight.decision(asked.get("id", ""))
        page = decision_page(
            reading, replay="replay" in asked, names_people=self.settings.show_people
        )
        return self._show(request, page, here="decisions")

    async def act(self, request: Request) -> Response:
        """Do what a form of a person's page asks for."""
        try:
            fields = await read_form(request)
            self.forms.check(request, fields)
        except BadForm as wrong:
            page = wrong_page(str(wrong), wrong.status)
            return self._show(request, page, here="people")
        return await run_in_threadpool(self._acted, request, fields)

    def _acted(self, request: Request, fields: dict[str, str]) -> Response:
        person = fields.get("id", "")
        try:
            if fields.get("do") == "forget":
                return self._forgotten(request, forget(self.engine, fields))
            changed = change(self.engine, fields)
        except BadForm as wrong:
            return self._show_person(request, person, wrong=str(wrong), status=wrong.status)
        here = f"{self.address.page('person', id=person, done=changed.done)}#{changed.part}"
        return RedirectResponse(here, 303, headers=dict(HEADERS))

    def _show_person(
        self, request: Request, person: str, *, said: str = "", wrong: str = "", status: int = 200
    ) -> Response:
        """Show one person, with what was done or could not be."""
        insight = self.engine.insight
        facts = MANY_FACTS if "facts" in request.query_params else FACTS
        reading = insight.person(person, facts=facts)
        if reading is None:
            page = people_page(insight.now, asked=person, people=None)
            return self._show(request, page, here="people")
        moments = [line.moment for line in insight.overview(days=1).moments]
        profile = self.engine.profile(person)
        code, cookie = self.forms.code(request)
        page = person_page(reading, profile, moments, code=code, said=said, wrong=wrong)
        response = self._show(request, page._replace(status=status), here="people")
        self.forms.set_cookie(response, cookie)
        return response

    def _show(self, request: Request, page: Page, *, here: str) -> Response:
        """Give a page."""
        return self.renderer.respond(page, request, here=here)

    def _forgotten(self, request: Request, receipt: Receipt) -> Response:
        values: dict[str, Any] = {"receipt": receipt, "answer": "This person is forgotten."}
        page = Page("forgotten.html", "Forgotten", values)
        return self._show(request, page, here="people")


def _static(prefix: str, name: str, body: bytes, kind: str) -> Route:
    def file(request: Request) -> Response:
        del request
        return Response(body, media_type=kind, headers=A_DAY)

    return Route(f"{prefix}/static/{name}", file, methods=["GET"])
