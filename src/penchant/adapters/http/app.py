"""The service as one ASGI application: hot routes in lanes, the rest through `cold`.

Rule: what goes wrong is answered as a problem; an error of our own is logged without contents.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException

from penchant.adapters.http.access import KeyFile
from penchant.adapters.http.cold import Cold, Found, Scope, Send, is_page
from penchant.adapters.http.described import Described
from penchant.adapters.http.door import Door, Headers
from penchant.adapters.http.hot import Turn
from penchant.adapters.http.log import logger
from penchant.adapters.http.meters import Meters
from penchant.adapters.http.mounts import Mounts
from penchant.adapters.http.own import OwnRoutes
from penchant.adapters.http.problems import (
    PROBLEM_TYPE,
    Refusal,
    no_room,
    page_body,
    problem_body,
    refusal_of,
)
from penchant.adapters.http.reading import ClientGone, Reader, Receive
from penchant.adapters.http.repeats import Answer, Repeats, seed_of
from penchant.adapters.http.routes import hot_routes, routes_of
from penchant.adapters.http.sessions import Sessions
from penchant.adapters.http.settings import Settings
from penchant.adapters.http.sharing import is_preflight, preflight_headers, shared
from penchant.adapters.http.slates import DecideSlates
from penchant.adapters.http.turns import Lane
from penchant.adapters.http.verbs import Decide, Learn, Observe, Question, Verb
from penchant.engine import Engine

__all__ = ["App", "create"]

_JSON = (b"content-type", b"application/json")
_PROBLEM = (b"content-type", PROBLEM_TYPE.encode())
_PAGE = (b"content-type", b"text/html; charset=utf-8")
_TURN = 256
_GONE, _NO_CONTENT = 499, 204
_UNKNOWN = "other"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_SLOW_SECONDS = 1.0
_VERBS: dict[str, type[Any]] = {
    "/v1/signals": Observe,
    "/v1/decisions": Decide,
    "/v1/slates": DecideSlates,
    "/v1/outcomes": Learn,
}


class _Hot(NamedTuple):
    """A hot route: who may, and the lane that answers."""

    path: str
    scope: str
    lane: Lane[Question, Answer]


def create(engine: Engine, settings: Settings | None = None, keys: KeyFile | None = None) -> "App":
    """Put the service together; whoever runs it closes it, then the engine.

    Args:
        engine: What it serves.
        settings: Its bounds, where the usual ones do not do.
        keys: Who may ask; without any, only the service's own token opens (`App.token`).
    """
    return App(engine, settings or Settings(), keys)


class App:
    """The application."""

    def __init__(self, engine: Engine, settings: Settings, keys: KeyFile | None) -> None:
        """Start the lanes."""
        self._settings = settings
        self._most = engine.many.limits.batch_bytes
        self._door = Door(settings, keys)
        self._reader = Reader(settings.body_seconds, settings.room_bytes)
        self._meters = Meters()
        self._busy = self._streams = 0
        self._hot = self._lanes(engine)
        self._mounts = Mounts(engine, settings)
        sessions = Sessions()
        own = OwnRoutes(engine, self._meters, sessions)
        self.routes: list[Described] = routes_of(engine, own, self._mounts.routes, settings)
        self._cold = Cold(self.routes, self._mounts.pages, (self._door, self._reader, sessions))
        self._meters.gauge("requests_under_way", "Requests under way.", lambda: self._busy)
        self._meters.gauge("streams_open", "Answers that last.", lambda: self._streams)
        self._meters.gauge("queue_depth", "Requests that wait for a turn.", self._waiting)

    @property
    def token(self) -> str:
        """A key for whoever started the service; it ends with it."""
        return self._door.token

    def link(self) -> str:
        """Give the path of a new link to the console; it opens once."""
        return self._cold.sessions.link()

    @property
    def live(self) -> set[tuple[str, str]]:
        """Method and path of all that something serves, whatever the table says."""
        return {*self._cold.live(), *(("POST", path) for path in self._hot)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    def stop(self) -> None:
        """Say to answers that last that the service stops; called in the event loop."""
        self._cold.closing.set()

    def close(self) -> None:
        """Answer what was asked and stop the lanes; the engine stays open."""
        for hot in self._hot.values():
            hot.lane.close()

    def _lanes(self, engine: Engine) -> dict[str, _Hot]:
        repeats, lanes = Repeats(), {}
        for one in hot_routes():
            verb: Verb[Any] = _VERBS[one.path](engine.many, self._meters)
            turn = Turn(verb, repeats, self._meters, one.name)
            lanes[one.path] = _Hot(one.path, one.scope, Lane(one.name, turn, most=_TURN))
        return lanes

    def _waiting(self) -> int:
        return sum(hot.lane.depth for hot in self._hot.values())

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        hot = self._hot.get(scope["path"]) if scope["method"] == "POST" else None
        found: Found | None = None
        self._busy += 1
        try:
            if b"origin" in headers and (origin := self._door.shares_with(headers)):
                send = shared(send, origin)
            self._door.check_host(headers)
            self._check_room()
            if hot is not None:
                answer = await self._ask(hot, scope, headers, receive)
                status = await _send(send, answer, _JSON)
            elif is_preflight(scope["method"], headers):
                status = await _send(send, Answer(_NO_CONTENT, b""), *preflight_headers())
            else:
                found = self._cold.find(scope)
                with self._place(found):
                    status = await self._cold.serve(found, scope, headers, receive, send)
        except ClientGone:
            status = _GONE
        except Exception as wrong:  # noqa: BLE001 - everything becomes an answer here
            status = await self._refuse(wrong, scope, send)
        finally:
            self._busy -= 1
            self._reader.release()
        template = hot.path if hot is not None else found.template if found else _UNKNOWN
        self._note(scope["method"], template, status, time.perf_counter() - started)

    @contextmanager
    def _place(self, found: Found) -> Iterator[None]:
        """Let an answer that lasts take a place among its like, not among requests under way."""
        if not found.is_stream:
            yield
            return
        if self._streams >= self._settings.streams:
            raise no_room()
        self._busy, self._streams = self._busy - 1, self._streams + 1
        try:
            yield
        finally:
            self._busy, self._streams = self._busy + 1, self._streams - 1

    def _note(self, method: str, template: str, status: int, seconds: float) -> None:
        """Count a request, and log it where that was asked for or it took long."""
        method = method if method in _METHODS else _UNKNOWN
        self._meters.request(method, template, status, seconds)
        if self._settings.logs_requests or (seconds > _SLOW_SECONDS and status < _GONE):
            told = {"method": method, "route": template, "status": status}
            logger.info("request", extra={"told": {**told, "seconds": round(seconds, 6)}})

    def _check_room(self) -> None:
        if self._busy > self._settings.concurrency:
            raise no_room()

    async def _ask(self, hot: _Hot, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        """Put the question of a hot route into its lane."""
        principal = await self._door.admit(headers, hot.scope)
        body = await self._reader.read(headers, receive, self._most)
        said = headers.get(b"idempotency-key")
        seed = None if said is None else seed_of(said, principal.id, hot.path, body)
        wants = b"reasons=true" in scope["query_string"].split(b"&")
        return await hot.lane.ask(Question(body, principal, seed, wants))

    async def _refuse(self, wrong: Exception, scope: Scope, send: Send) -> int:
        """Answer with the problem that an error stands for."""
        refusal = refusal_of(wrong)
        if refusal is None and isinstance(wrong, HTTPException):
            refusal = Refusal(wrong.status_code, str(wrong.detail))
        if refusal is None:
            logger.error("a request failed", exc_info=wrong)
            refusal = Refusal(
                500, "This is a mistake of ours. It was logged, without what was asked."
            )
        extra = [(name.encode(), value.encode()) for name, value in refusal.headers.items()]
        body, kind = problem_body(refusal), _PROBLEM
        if is_page(scope["path"]):
            body, kind = page_body(refusal), _PAGE
        with suppress(RuntimeError):  # the answer had begun when it went wrong
            await _send(send, Answer(refusal.status, body), kind, *extra)
        return refusal.status

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start and stop as the server says."""
        while (await receive())["type"] == "lifespan.startup":
            await self._mounts.start()
            await send({"type": "lifespan.startup.complete"})
        await self._mounts.stop()
        await asyncio.to_thread(self.close)
        await send({"type": "lifespan.shutdown.complete"})


async def _send(send: Send, answer: Answer, *headers: tuple[bytes, bytes]) -> int:
    status, body = answer
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
    return status
