"""The routes that are not hot: found in the table, let in by the door, served by Starlette.

Rule 1: a path that the table does not know is not served, whoever mounted it; what is below
`/console` is for an open session alone.
Rule 2: the answer may not be kept by anything between here and whoever asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

from starlette.routing import BaseRoute, Route, Router

from penchant.adapters.http.described import Described
from penchant.adapters.http.door import Door, Headers, Principal
from penchant.adapters.http.problems import Refusal
from penchant.adapters.http.reading import Reader, Receive
from penchant.adapters.http.sessions import ENTER, Sessions

__all__ = ["Cold", "Found", "Scope", "Send", "is_page"]

Scope = MutableMapping[str, Any]
Header = tuple[bytes, bytes]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CONSOLE = "/console"
_NOBODY = Principal("", frozenset())
_SAFE = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
_POLICY = (
    b"content-security-policy",
    (
        b"default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
)
_ENTERED = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Penchant</title>'
    b'<meta http-equiv="refresh" content="0; url=/console">'
    b'<p>You are in. <a href="/console">Open the console</a>.</p></html>'
)


def is_page(path: str) -> bool:
    """Say whether a path is the console's.

    Example:
        >>> is_page("/console/people"), is_page("/consoles")
        (True, False)
    """
    return path == CONSOLE or path.startswith(f"{CONSOLE}/")


class Found(NamedTuple):
    """What serves a request, and what it is called in metrics."""

    template: str
    is_stream: bool
    route: Described | None = None
    parts: tuple[tuple[str, str], ...] = ()


class Cold:
    """Serves the table of routes, and the pages of the console."""

    def __init__(
        self,
        routes: Sequence[Described],
        pages: Sequence[BaseRoute],
        parts: tuple[Door, Reader, Sessions],
    ) -> None:
        """Keep what is served; `pages` lie below `/console`."""
        self._door, self._reader, self.sessions = parts
        self.closing = asyncio.Event()
        self._patterns = [(one.pattern(), one) for one in routes]
        own = [
            Route(one.path, one.endpoint, methods=[one.method]) for one in routes if one.endpoint
        ]
        self._router = Router([*own, *pages])

    def live(self) -> Iterator[tuple[str, str]]:
        """Give method and path of what the router serves, the pages of the console aside."""
        for route in self._router.routes:
            if isinstance(route, Route) and not is_page(route.path):
                yield from (
                    (method, route.path) for method in (route.methods or ()) if method != "HEAD"
                )

    def find(self, scope: Scope) -> Found:
        """Find what a request means.

        Raises:
            Refusal: 404 for a path that is none, 405 for a method that it does not have.
        """
        if is_page(scope["path"]):
            return Found(CONSOLE, is_stream=False)
        path = _raw_path(scope)
        here = [
            (one, match)
            for pattern, one in self._patterns
            if (match := pattern.fullmatch(path)) is not None
        ]
        if not here:
            raise Refusal(404, "There is nothing at this path. `/openapi.json` lists what is.")
        meant = "GET" if scope["method"] == "HEAD" else scope["method"]
        for one, match in here:
            if one.method == meant:
                parts = tuple((name, unquote(part)) for name, part in match.groupdict().items())
                return Found(one.path, one.is_stream, one, parts)
        methods = ", ".join(sorted({one.method for one, _ in here}))
        raise Refusal(405, f"This path takes {methods}.", headers={"allow": methods})

    async def serve(
        self, found: Found, scope: Scope, headers: Headers, receive: Receive, send: Send
    ) -> int:
        """Serve what was found; give the status of the answer."""
        route = found.route
        if route is None:
            if scope["path"] == ENTER:
                return await self._enter(scope, send)
            scope["penchant.principal"] = self._session(scope, headers)
        else:
            scope["penchant.principal"] = await self._principal(found, headers)
            scope["path"] = _raw_path(scope)
        scope["penchant.reader"] = self._reader
        scope["penchant.closing"] = self.closing
        status = 200
        extra = _SAFE if route is not None else (*_SAFE, _POLICY)

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with(message.get("headers", ()), extra)
            await send(message)

        await self._router(scope, receive, sending)
        return status

    async def _principal(self, found: Found, headers: Headers) -> Principal:
        """Give who asks; a key bound to a person asks for that person."""
        if found.route is None or not found.route.scope:
            return _NOBODY
        principal = await self._door.admit(headers, found.route.scope)
        if found.route.is_wide:
            principal.check_person("")
        for name, part in found.parts:
            if name == "person":
                principal.check_person(part)
        return principal

    def _session(self, scope: Scope, headers: Headers) -> Principal:
        """Give who looks at the console.

        Raises:
            Refusal: 401 without an open session, 403 for what a page elsewhere sends.
        """
        principal = self.sessions.who(headers.get(b"cookie", b""))
        if principal is None:
            raise Refusal(
                401,
                "The console opens with the link that `penchant up` prints, once. "
                "`penchant link` prints a new one.",
            )
        if scope["method"] not in {"GET", "HEAD"} and b"origin" not in headers:
            raise Refusal(403, "A form of the console says its origin; this one did not.")
        return principal

    async def _enter(self, scope: Scope, send: Send) -> int:
        """Open a session with the secret of a link."""
        given = parse_qs(scope["query_string"].decode("latin-1")).get("link", [""])[0]
        cookie = self.sessions.enter(given)
        if not cookie:
            raise Refusal(
                401,
                "This link was used before, or is older than a quarter of an hour. "
                "`penchant link` prints a new one.",
            )
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", b"%d" % len(_ENTERED)),
            (b"set-cookie", self.sessions.header(cookie).encode()),
            *_SAFE,
            _POLICY,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _ENTERED})
        return 200


def _with(headers: Iterable[Header], extra: Iterable[Header]) -> list[Header]:
    """Add headers where the answer does not say them itself."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    return [*given, *(one for one in extra if one[0] not in names)]


def _raw_path(scope: Scope) -> str:
    """Give the path as it was sent, so that a `%2F` within an id stays one."""
    raw: bytes | None = scope.get("raw_path")
    return scope["path"] if raw is None else raw.partition(b"?")[0].decode("latin-1")
