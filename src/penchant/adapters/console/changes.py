"""What is posted: a form of a person's page, read, checked, done, and answered with a page."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from penchant.adapters.console.acting import change, forget
from penchant.adapters.console.figures import Page
from penchant.adapters.console.forms import BadForm
from penchant.adapters.console.frame import Frame
from penchant.adapters.console.rendering import HEADERS
from penchant.words import Receipt

__all__ = ["Changes"]


class Changes:
    """Takes forms; after one that was kept, the browser is sent back to the person's page."""

    def __init__(self, frame: Frame) -> None:
        """Work within a console."""
        self._frame = frame

    async def act(self, request: Request) -> Response:
        """Do what a form of a person's page asks for."""
        return await self._frame.posted(request, self._acted, here="people")

    def _acted(self, request: Request, fields: dict[str, str]) -> Response:
        frame, person = self._frame, fields.get("id", "")
        try:
            if fields.get("do") == "forget":
                return self._forgotten(request, forget(frame.engine, fields))
            changed = change(frame.engine, fields)
        except BadForm as wrong:
            return frame.show_person(request, person, wrong=str(wrong), status=wrong.status)
        place = frame.address.page("person", id=person, done=changed.done)
        return RedirectResponse(f"{place}#{changed.part}", 303, headers=dict(HEADERS))

    def _forgotten(self, request: Request, receipt: Receipt) -> Response:
        values: dict[str, Any] = {"receipt": receipt, "answer": "This person is forgotten."}
        page = Page("forgotten.html", "Forgotten", values)
        return self._frame.show(request, page, here="people")
