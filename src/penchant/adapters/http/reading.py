"""A body comes in: of the right type, no larger than allowed, and not for ever.

Rule 1: the size is held while reading, whatever the request says of itself, and so is what all
bodies take together until they are answered.
Rule 2: whoever sends slowly costs a place in a table, not a thread, and is given up in the end.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from penchant.adapters.http.door import Headers
from penchant.adapters.http.problems import Refusal, no_room

__all__ = ["ClientGone", "Reader", "Receive"]

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Task = asyncio.Task[Any]

_JSON = (b"application/json",)
_DRAINED = 16 * 2**20
_SWEEP_SECONDS = 0.25


class ClientGone(Exception):
    """Whoever asked hung up before the body was whole; nobody is there to answer."""


class Reader:
    """Reads the bodies of requests, and gives up on those that take too long."""

    def __init__(self, seconds: float, room_bytes: int) -> None:
        """Give each body so many seconds, and all that are not answered so many bytes."""
        self._seconds, self._room = seconds, room_bytes
        self._ends_at: dict[Task, float] = {}
        self._held: dict[Task, int] = {}
        self._total = 0
        self._late: set[Task] = set()
        self._is_sweeping = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def read(
        self,
        headers: Headers,
        receive: Receive,
        most: int,
        *,
        types: tuple[bytes, ...] = _JSON,
        seconds: float | None = None,
    ) -> bytes:
        """Read a body; whoever asked for it calls `release` when it is answered.

        Args:
            headers: Of the request.
            receive: Gives its parts.
            most: Bytes it may have.
            types: Media types it may be.
            seconds: How long it may take, where that is not the usual.

        Raises:
            Refusal: 415 for another type, 413 for more bytes, 408 when it takes too long, 503 when
                there is no room for it.
            ClientGone: When it will never be whole.
        """
        _check_type(headers, types)
        loop = self._running()
        task = _current(loop)
        allowed = self._seconds if seconds is None else seconds
        self._ends_at[task] = loop.time() + allowed
        if not self._is_sweeping:
            self._is_sweeping = True
            loop.call_later(_SWEEP_SECONDS, self._sweep, loop)
        try:
            return await self._whole(task, headers, receive, most)
        except asyncio.CancelledError:
            if task not in self._late:
                raise
            self._late.discard(task)
            task.uncancel()
            raise Refusal(
                408,
                f"The body took longer than {allowed:g} s, so it was given up. "
                "Nothing of it was kept.",
                headers={"connection": "close"},
            ) from None
        finally:
            self._ends_at.pop(task, None)

    def release(self) -> None:
        """Let go of what the request of the running task sent; called when it is answered."""
        if self._held:
            self._total -= self._held.pop(_current(self._running()), 0)

    def _running(self) -> asyncio.AbstractEventLoop:
        """Give the loop of the service; asking the system each time would cost a call to it."""
        loop = self._loop
        if loop is None or loop.is_closed():
            loop = self._loop = asyncio.get_running_loop()
        return loop

    async def _whole(self, task: Task, headers: Headers, receive: Receive, most: int) -> bytes:
        """Read to the end."""
        length = headers.get(b"content-length")
        if length is not None and length.isdigit() and int(length) > most:
            if b"expect" not in headers and int(length) <= _DRAINED:
                await _drain(receive, int(length))
            raise _too_large(most)
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise ClientGone
            part: bytes = message.get("body", b"")
            more = bool(message.get("more_body"))
            parts.append(part)
            size += len(part)
            if size > most:
                if more:
                    await _drain(receive, _DRAINED - size)
                raise _too_large(most)
            self._hold(task, len(part))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _hold(self, task: Task, size: int) -> None:
        """Count bytes that are held for a request."""
        self._held[task] = self._held.get(task, 0) + size
        self._total += size
        if self._total > self._room:
            raise no_room()

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give up on bodies whose time is over, and look again later while there are others."""
        now = loop.time()
        for task in [task for task, ends_at in self._ends_at.items() if ends_at <= now]:
            del self._ends_at[task]
            self._late.add(task)
            task.cancel()
        self._is_sweeping = bool(self._ends_at)
        if self._is_sweeping:
            loop.call_later(_SWEEP_SECONDS, self._sweep, loop)


def _current(loop: asyncio.AbstractEventLoop) -> Task:
    task = asyncio.current_task(loop)
    if task is None:
        msg = "A body is read in a task."
        raise RuntimeError(msg)
    return task


async def _drain(receive: Receive, most: int) -> None:
    """Let the rest of a body pass, so that whoever sends it comes to read the answer."""
    more, size = True, 0
    while more and size <= most:
        message = await receive()
        more = bool(message.get("more_body"))
        size += len(message.get("body", b""))


def _check_type(headers: Headers, types: tuple[bytes, ...]) -> None:
    given = headers.get(b"content-type", b"")
    if given not in types and given.partition(b";")[0].strip().lower() not in types:
        listed = " or ".join(f"`{one.decode()}`" for one in types)
        raise Refusal(415, f"The body must be {listed}; say so in `Content-Type`.")
    coding = headers.get(b"content-encoding", b"identity")
    if coding.lower() != b"identity":
        raise Refusal(415, "The body must come as it is, without a `Content-Encoding`.")


def _too_large(most: int) -> Refusal:
    return Refusal(
        413,
        f"The body has more than {most:,} bytes. Send it in parts.",
        headers={"connection": "close"},
    )
