"""What every page of one console shares: the engine, addresses, templates, forms."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.console.address import Address
from penchant.adapters.console.figures import Page
from penchant.adapters.console.forms import BadForm, Forms, read_form
from penchant.adapters.console.lists_page import people_page, wrong_page
from penchant.adapters.console.person_page import person_page
from penchant.adapters.console.rendering import Renderer
from penchant.adapters.console.settings import ConsoleSettings
from penchant.engine import Engine

__all__ = ["Frame", "entry_of"]

FACTS, MANY_FACTS = 20, 500


def entry_of(pack: str) -> str:
    """Give what the entry of a pack in the rail is known by."""
    return f"pack {pack}"


class Frame:
    """One console over one engine."""

    def __init__(self, engine: Engine, settings: ConsoleSettings) -> None:
        """Load what pages need; the secret of the forms ends with the process."""
        self.engine = engine
        self.settings = settings
        self.address = Address(settings.prefix)
        self.forms = Forms(settings.prefix)
        self._renderer = Renderer(self.address, self._entries())

    def _entries(self) -> tuple[tuple[str, str, str], ...]:
        """Give the entries of packs in the rail: key, name, and address of the first page."""
        return tuple(
            (entry_of(pack.name), pack.about.title, self.address.page("pack", pack=pack.name))
            for pack in self.engine.packs
            if pack.pages
        )

    async def posted(
        self, request: Request, then: Callable[[Request, dict[str, str]], Response], *, here: str
    ) -> Response:
        """Read a form and check that it is one of ours; then do what it asks for, in a thread."""
        try:
            fields = await read_form(request)
            self.forms.check(request, fields)
        except BadForm as wrong:
            return self.show(request, wrong_page(str(wrong), wrong.status), here=here)
        return await run_in_threadpool(then, request, fields)

    def show(self, request: Request, page: Page, *, here: str) -> Response:
        """Give a page; `here` is the entry of the navigation it belongs to."""
        return self._renderer.respond(page, request, here=here)

    def show_person(
        self, request: Request, person: str, *, said: str = "", wrong: str = "", status: int = 200
    ) -> Response:
        """Give the page of one person, with what was done or could not be."""
        insight = self.engine.insight
        facts = MANY_FACTS if "facts" in request.query_params else FACTS
        lately = request.query_params.get("told") != "today"
        reading = insight.person(person, facts=facts, lately=lately)
        if reading is None:
            page = people_page(insight.now, asked=person, people=None)
            return self.show(request, page, here="people")
        moments = [line.moment for line in insight.overview(days=1).moments]
        code, cookie = self.forms.code(request)
        page = person_page(reading, moments, code=code, said=said, wrong=wrong)
        response = self.show(request, page._replace(status=status), here="people")
        self.forms.set_cookie(response, cookie)
        return response
