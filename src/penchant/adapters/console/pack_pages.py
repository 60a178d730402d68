"""Pages of packs in the console: shown at `/pack`, and what their forms send.

Rule 1: a page about many lists ids, so it is there only where the console may list people.
Rule 2: a form is trusted as any of this console's; what it sends is a signal that the page
declares, kept only under that person's consent.
"""

from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from penchant.adapters.console.figures import Page
from penchant.adapters.console.frame import Frame, entry_of
from penchant.adapters.console.lists_page import wrong_page
from penchant.adapters.console.pack_blocks import FIELD, Drawing
from penchant.adapters.console.rendering import HEADERS
from penchant.adapters.console.wording import code
from penchant.contract.declarations import Pack, Paging
from penchant.errors import BadInput
from penchant.words import Refused

__all__ = ["PackPages"]

KEPT = "Kept. It counts from now on."


class PackPages:
    """The handlers."""

    def __init__(self, frame: Frame) -> None:
        """Work within a console."""
        self._frame = frame

    def show(self, request: Request) -> Response:
        """Answer with a page of a pack, the first one where none is named."""
        asked = request.query_params
        pack = self._pack(asked.get("pack", ""))
        declared = _declared(pack, asked.get("page", ""))
        said = KEPT if "kept" in asked else ""
        return self._shown(request, pack, declared, asked.get("person", ""), said=said)

    async def send(self, request: Request) -> Response:
        """Send the signal that a form asks for, and go back to its page."""
        return await self._frame.posted(request, self._sent, here="")

    def _sent(self, request: Request, fields: dict[str, str]) -> Response:
        engine = self._frame.engine
        data = {
            name.removeprefix(FIELD): value
            for name, value in fields.items()
            if name.startswith(FIELD)
        }
        try:
            pack = self._pack(fields.get("pack", ""))
            declared = _declared(pack, fields.get("page", ""))
            about = fields.get("about", "")
            kind = fields.get("signal", "")
            answer = engine.observe(
                engine.packs.formed(pack.name, declared.name, kind, about, data)
            )
        except BadInput as wrong:
            return self._frame.show(request, wrong_page(str(wrong), 422), here="")
        person = fields.get("person", "")
        if isinstance(answer, Refused):
            return self._shown(request, pack, declared, person, wrong=answer.sentence)
        query = {"pack": pack.name, "page": declared.name, "kept": "1"}
        place = self._frame.address.page("pack", **query, **({"person": person} if person else {}))
        part = quote(fields.get("part", ""), safe="")
        return RedirectResponse(f"{place}#{part}", 303, headers=dict(HEADERS))

    def _pack(self, name: str) -> Pack:
        """Give a pack that has pages.

        Raises:
            BadInput: When none of that name was opened, or it has none.
        """
        pack = self._frame.engine.packs[name]
        if not pack.pages:
            raise BadInput(f"Pack `{name}` has no pages.")
        return pack

    def _shown(
        self,
        request: Request,
        pack: Pack,
        declared: Paging,
        person: str,
        *,
        said: str = "",
        wrong: str = "",
    ) -> Response:
        frame = self._frame
        lists = frame.settings.show_people
        if declared.of == "people" and not lists:
            return frame.show(request, _unlisted(pack, declared), here=entry_of(pack.name))
        if declared.of == "person" and not person:
            return frame.show(request, _asking(pack, declared), here=entry_of(pack.name))
        form, cookie = frame.forms.code(request)
        reading = frame.engine.packs.page(pack.name, declared.name, person)
        drawing = Drawing(frame.address, pack, declared, person)
        given = {"code": form, "said": said, "wrong": wrong, "lists": lists}
        try:
            page = drawing.page(reading, given)
        except (AttributeError, KeyError, TypeError, ValueError):  # a stranger's values
            sentence = f"Page `{declared.name}` of pack `{pack.name}` holds what cannot be drawn."
            return frame.show(request, wrong_page(sentence, 500), here=entry_of(pack.name))
        status = 409 if wrong else 200
        response = frame.show(request, page._replace(status=status), here=entry_of(pack.name))
        frame.forms.set_cookie(response, cookie)
        return response


def _declared(pack: Pack, name: str) -> Paging:
    """Give a page of a pack; without a name the first one.

    Raises:
        BadInput: When there is none of that name.
    """
    found = next((one for one in pack.pages if name in {"", one.name}), None)
    if found is None:
        raise BadInput(f"Pack `{pack.name}` has no page `{name[:64]}`.")
    return found


def _unlisted(pack: Pack, declared: Paging) -> Page:
    answer = "This page names people, and this console does not list them."
    return _finding(pack, declared, answer)


def _asking(pack: Pack, declared: Paging) -> Page:
    return _finding(pack, declared, "This page is about one person, found by their exact id.")


def _finding(pack: Pack, declared: Paging, answer: str) -> Page:
    """Put the page together on which a person of a pack is found."""
    one = next((page for page in pack.pages if page.of == "person"), None)
    values = {
        "answer": answer,
        "pack": pack,
        "says": Markup("{}").format(code(declared.says)),
        "find": one.name if one else "",
    }
    return Page("pack_find.html", declared.title, values)
