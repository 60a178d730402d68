"""The service as one ASGI application: hot routes raw, the rest through Starlette's router.

Rule 1: a path that the table of routes does not know is not served, whoever mounted it.
Rule 2: what goes wrong is answered as a problem; an error of our own is logged without contents.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.routing import Route, Router

from penchant.adapters.http.access import KeyFile
from penchant.adapters.http.described import Described
from penchant.adapters.http.door import Door, Headers, Principal
from penchant.adapters.http.hot import Turn
from penchant.adapters.http.problems import Refusal, problem_body, refusal_of
from penchant.adapters.http.reading import ClientGone, Reader, Receive
from penchant.adapters.http.repeats import Answer, Repeats, seed_of
from penchant.adapters.http.routes import hot_routes, routes_of
from penchant.adapters.http.settings import Settings
from penchant.adapters.http.turns import Lane
from penchant.adapters.http.verbs import Decide, Learn, Observe, Question, Verb
from penchant.engine import Engine

__all__ = ["App", "create"]

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_JSON = (b"content-type", b"application/json")
_PROBLEM = (b"content-type", b"application/problem+json")
_OK = 200
_TURN = 256
_VERBS: dict[str, type[Any]] = {
    "/v1/signals": Observe,
    "/v1/decisions": Decide,
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
        self._reader = Reader(settings.body_seconds)
        self._busy = 0
        repeats = Repeats()
        self._hot: dict[str, _Hot] = {}
        for one in hot_routes():
            verb: Verb[Any] = _VERBS[one.path](engine.many)
            lane = Lane(one.path.rpartition("/")[2], Turn(verb, repeats), most=_TURN)
            self._hot[one.path] = _Hot(one.path, one.scope, lane)
        self._routes = routes_of(engine, self)
        self._patterns = [(one.pattern(), one) for one in self._routes]
        self._router = Router([_starlette(one) for one in self._routes if one.endpoint])

    @property
    def token(self) -> str:
        """A key for whoever started the service; it ends with it."""
        return self._door.token

    @property
    def routes(self) -> list[Described]:
        """Every route that is served."""
        return self._routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    def close(self) -> None:
        """Answer what was asked and stop the lanes; the engine stays open."""
        for hot in self._hot.values():
            hot.lane.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        hot = self._hot.get(scope["path"]) if scope["method"] == "POST" else None
        headers = dict(scope["headers"])
        self._busy += 1
        try:
            self._door.check_host(headers)
            self._check_room()
            if hot is not None:
                answer = await self._ask(hot, scope, headers, receive)
                status = await _send(send, answer, _JSON)
            else:
                status = await self._route(scope, headers, receive, send)
        except ClientGone:
            status = 499
        except Exception as wrong:  # noqa: BLE001 - everything becomes an answer here
            status = await self._refuse(wrong, send)
        finally:
            self._busy -= 1
        del started, status

    def _check_room(self) -> None:
        if self._busy > self._settings.concurrency:
            raise Refusal(
                503,
                "More requests are under way than this service takes at once. Ask again.",
                headers={"retry-after": "1"},
            )

    async def _ask(self, hot: _Hot, scope: Scope, headers: Headers, receive: Receive) -> Answer:
        """Put the question of a hot route into its lane."""
        principal = self._door.admit(headers, hot.scope)
        body = await self._reader.read(headers, receive, self._most)
        said = headers.get(b"idempotency-key")
        seed = None if said is None else seed_of(said, principal.id, hot.path, body)
        wants = b"reasons=true" in scope["query_string"]
        return await hot.lane.ask(Question(body, principal, seed, wants))

    async def _route(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> int:
        """Serve a route that is not hot."""
        path = scope["raw_path"].decode("latin-1") if "raw_path" in scope else scope["path"]
        path = path.partition("?")[0]
        found = self._match(scope["method"], path)
        person = found.pattern().fullmatch(path)
        if found.scope:
            principal = self._door.admit(headers, found.scope)
            if person and "person" in person.groupdict():
                from urllib.parse import unquote

                principal.check_person(unquote(person["person"]))
        else:
            principal = Principal("", frozenset())
        scope["penchant.principal"] = principal
        scope["penchant.reader"] = self._reader
        scope["path"] = path
        status = _OK

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._router(scope, receive, sending)
        return status

    def _match(self, method: str, path: str) -> Described:
        """Give the route of a request.

        Raises:
            Refusal: 404 for a path that is none, 405 for a method that it does not have.
        """
        here = [one for pattern, one in self._patterns if pattern.fullmatch(path)]
        if not here:
            raise Refusal(404, "There is nothing at this path. `/openapi.json` lists what is.")
        meant = "GET" if method == "HEAD" else method
        for one in here:
            if one.method == meant:
                return one
        methods = ", ".join(sorted({one.method for one in here}))
        raise Refusal(405, f"This path takes {methods}.", headers={"allow": methods})

    async def _refuse(self, wrong: Exception, send: Send) -> int:
        refusal = refusal_of(wrong)
        if refusal is None and isinstance(wrong, HTTPException):
            refusal = Refusal(wrong.status_code, str(wrong.detail))
        if refusal is None:
            refusal = Refusal(500, "This is a mistake of ours; nothing of the request is shown.")
        body = problem_body(refusal)
        extra = [(name.encode(), value.encode()) for name, value in refusal.headers.items()]
        return await _send(send, Answer(refusal.status, body), _PROBLEM, *extra)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start and stop as the server says."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                await asyncio.to_thread(self.close)
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _send(send: Send, answer: Answer, *headers: tuple[bytes, bytes]) -> int:
    status, body = answer
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
    return status


def _starlette(one: Described) -> Route:
    if one.endpoint is None:
        msg = f"`{one.path}` has nothing that serves it."
        raise RuntimeError(msg)
    return Route(one.path, one.endpoint, methods=[one.method])
