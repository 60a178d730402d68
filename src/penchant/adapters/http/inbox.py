"""The routes of a person's inbox: the letters that lie in it, as a list and as they come (SSE).

Rule: a stream ends when its client leaves, when the service stops, or when the client stopped
reading; whatever was not read lies in the list still.
"""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from penchant.adapters.channels.inbox import Inbox, Listening
from penchant.adapters.http.answering import answered, part_of
from penchant.adapters.http.described import Described
from penchant.deliver.letter import Letter
from penchant.journal import as_plain
from penchant.limits import Limits, check_id

__all__ = ["inbox_routes"]

_EVENTS = "text/event-stream"
_BEAT_SECONDS = 15.0
_LAST_SECONDS = 2.0


def inbox_routes(inbox: Inbox, limits: Limits) -> list[Described]:
    """Give the routes of an inbox."""
    serve = _Inbox(inbox, limits)
    one = "/v1/people/{person}/inbox"
    return [
        Described(
            "GET",
            one,
            "list_inbox",
            "decide:read",
            "The letters that lie in a person's inbox, oldest first; what waited counts as sent.",
            gives=(list[Letter],),
            endpoint=serve.list,
        ),
        Described(
            "GET",
            f"{one}/stream",
            "stream_inbox",
            "decide:read",
            "The same, then each letter as it comes: events named `letter`, until the client "
            "leaves. A letter may come again after a reconnection, with the same id.",
            gives=(_EVENTS,),
            endpoint=serve.stream,
            is_stream=True,
        ),
    ]


class _Inbox:
    """Serves them."""

    def __init__(self, inbox: Inbox, limits: Limits) -> None:
        self._inbox, self._limits = inbox, limits

    async def list(self, request: Request) -> Response:
        return answered(await run_in_threadpool(self._inbox.list, self._person(request)))

    async def stream(self, request: Request) -> Response:
        return _Stream(self._inbox, self._person(request), request.scope["penchant.closing"])

    def _person(self, request: Request) -> str:
        return check_id(part_of(request, "person"), "A person id", self._limits)


class _Stream(Response):
    """An answer that lasts."""

    media_type = _EVENTS

    def __init__(self, inbox: Inbox, person: str, closing: asyncio.Event) -> None:
        super().__init__()
        self._inbox, self._person, self._closing = inbox, person, closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write letters until one side has had enough."""
        del scope
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with self._inbox.listen(self._person) as listening:
            writing = asyncio.create_task(_write(listening, send))
            others = [
                asyncio.create_task(_left(receive)),
                asyncio.create_task(_wait(self._closing)),
                asyncio.create_task(_wait(listening.ended)),
            ]
            await asyncio.wait([writing, *others], return_when=asyncio.FIRST_COMPLETED)
            if not others[0].done():  # what it still holds is written, if somebody reads
                listening.end()
                await asyncio.wait([writing], timeout=_LAST_SECONDS)
            for task in (writing, *others):
                task.cancel()
            await asyncio.gather(writing, *others, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_SECONDS):
                await send({"type": "http.response.body", "body": b""})


async def _write(listening: Listening, send: Send) -> None:
    """Write each letter as an event, and now and then a beat, so that a dead line is noticed."""
    letters = aiter(listening)
    while True:
        event = b": still here\n\n"
        try:
            async with asyncio.timeout(_BEAT_SECONDS):
                event = _event(await anext(letters))
        except StopAsyncIteration:
            return
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": event, "more_body": True})


def _event(letter: Letter) -> bytes:
    told = msgspec.json.encode(letter, enc_hook=as_plain)
    return b"id: %b\nevent: letter\ndata: %b\n\n" % (letter.id.encode(), told)


async def _left(receive: Receive) -> None:
    """Wait until the client leaves."""
    message: Any = {}
    while message.get("type") != "http.disconnect":
        message = await receive()


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
