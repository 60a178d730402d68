"""From a page to a response: templates, filters, headers, static files.

Rule 1: everything in a template is escaped unless a drawing made it.
Rule 2: no inline style and no script, so the policy can forbid both.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from penchant.adapters.console import wording
from penchant.adapters.console.address import Address
from penchant.adapters.console.figures import Page, as_csv

__all__ = ["HEADERS", "Renderer", "shown_when", "static_files"]

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Pages hold what is known of people: nobody frames them, nothing keeps them."""

LONG_AGO = timedelta(days=60)
STATIC = {
    "console.css": "text/css",
    "inter.woff2": "font/woff2",
    "mark.svg": "image/svg+xml",
}


def static_files() -> dict[str, tuple[bytes, str]]:
    """Give the files a page needs, each with its type."""
    folder = resources.files("penchant.adapters.console") / "static"
    return {name: ((folder / name).read_bytes(), kind) for name, kind in STATIC.items()}


class Renderer:
    """Turns pages into responses."""

    def __init__(self, address: Address, entries: Sequence[tuple[str, str, str]] = ()) -> None:
        """Load the templates once; `entries` are those of packs in the rail: key, name, address."""
        self._address = address
        self._templates = Environment(
            loader=PackageLoader("penchant.adapters.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        digest = hashlib.sha256(b"".join(body for body, _ in static_files().values()))
        self._templates.globals.update(
            to=address, version=digest.hexdigest()[:12], of_packs=tuple(entries)
        )
        self._templates.filters.update(
            three=wording.three,
            whole=wording.whole,
            percentage=wording.percentage,
            counted=wording.counted,
            code=wording.code,
            plain=wording.value_in_words,
            pairs=wording.pairs,
            day=wording.day,
            how=wording.how,
            conditions=wording.conditions,
            ago=_time,
            when=shown_when,
            exact=wording.exact,
        )

    def respond(self, page: Page, request: Request, *, here: str) -> Response:
        """Give a page, or the numbers of one of its figures as CSV when `csv` names it.

        Args:
            page: What to show.
            request: What was asked; its address is where the numbers are exported from.
            here: Which entry of the navigation it belongs to.
        """
        if name := request.query_params.get("csv", ""):
            return self._numbers(page, name)

        def export(figure: str) -> str:
            return str(
                URL(request.url.path)
                .replace(query=request.url.query)
                .include_query_params(csv=figure)
            )

        base = str(request.base_url).rstrip("/")
        figures = {figure.name: figure for figure in page.figures}
        body = self._templates.get_template(page.template).render(
            page=page, here=here, figures=figures, export=export, base=base, **page.values
        )
        return HTMLResponse(body, page.status, headers=dict(HEADERS))

    def _numbers(self, page: Page, name: str) -> Response:
        found = next((figure for figure in page.figures if figure.name == name), None)
        if found is None:
            sentence = "This page has no figure of that name."
            return PlainTextResponse(sentence, 404, headers=dict(HEADERS))
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{found.name}.csv"'}
        return Response(as_csv(found.table), media_type="text/csv; charset=utf-8", headers=headers)


def shown_when(at: datetime, now: datetime) -> Markup:
    """Show a time in a list: how long ago it was, or the date where that would say too little."""
    if now - at < LONG_AGO:
        return _time(at, now)
    return Markup('<time datetime="{}" title="{}, {}">{}, {:%H:%M}</time>').format(
        at.isoformat(timespec="seconds"),
        wording.exact(at),
        wording.ago(at, now),
        wording.day(at),
        at,
    )


def _time(at: datetime, now: datetime) -> Markup:
    """Show a time as how long ago it was, with the exact one when the pointer rests on it."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), wording.exact(at), wording.ago(at, now)
    )
