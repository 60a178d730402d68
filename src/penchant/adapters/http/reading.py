"""A body comes in: of the right type, no larger than allowed, and not for ever.

Rule 1: the size is held while reading, whatever the request says of itself.
Rule 2: whoever sends slowly costs a place in a table, not a thread, and is given up in the end.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from penchant.adapters.http.door import Headers
from penchant.adapters.http.problems import Refusal

__all__ = ["ClientGone", "Reader", "Receive"]

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

_JSON = (b"application/json",)
_DRAINED = 16 * 2**20
_SWEEP_SECONDS = 0.25


class ClientGone(Exception):
    """Whoever asked hung up before the body was whole; nobody is there to answer."""


class Reader:
    """Reads the bodies of requests, and gives up on those that take too long."""

    def __init__(self, seconds: float) -> None:
        """Give each body so many seconds."""
        self._seconds = seconds
        self._ends_at: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._is_sweeping = False

    async def read(
        self,
        headers: Headers,
        receive: Receive,
        most: int,
        *,
        types: tuple[bytes, ...] = _JSON,
    ) -> bytes:
        """Read a body.

        Args:
            headers: Of the request.
            receive: Gives its parts.
            most: Bytes it may have.
            types: Media types it may be.

        Raises:
            Refusal: 415 for another type, 413 for more bytes, 408 when it takes too long.
            ClientGone: When it will never be whole.
        """
        _check_type(headers, types)
        task = asyncio.current_task()
        if task is None:
            msg = "A body is read in a task."
            raise RuntimeError(msg)
        loop = asyncio.get_running_loop()
        self._ends_at[task] = loop.time() + self._seconds
        if not self._is_sweeping:
            self._is_sweeping = True
            loop.call_later(_SWEEP_SECONDS, self._sweep, loop)
        try:
            return await _whole(headers, receive, most)
        except asyncio.CancelledError:
            if task not in self._late:
                raise
            self._late.discard(task)
            task.uncancel()
            raise Refusal(
                408,
                f"The body took longer than {self._seconds:g} s, so it was given up. "
                "Nothing of it was kept.",
                headers={"connection": "close"},
            ) from None
        finally:
            self._ends_at.pop(task, None)

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


async def _whole(headers: Headers, receive: Receive, most: int) -> bytes:
    length = headers.get(b"content-length")
    if length is not None and length.isdigit() and int(length) > most:
        if b"expect" not in headers and int(length) <= _DRAINED:
            await _drain(receive, int(length))
        raise _too_large(most)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.request" and not message.get("more_body"):
        if len(body) > most:
            raise _too_large(most)
        return body
    parts, size = [body], len(body)
    while message["type"] == "http.request" and message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            if message.get("more_body"):
                await _drain(receive, _DRAINED - size)
            raise _too_large(most)
    if message["type"] != "http.request":
        raise ClientGone
    return b"".join(parts)


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
