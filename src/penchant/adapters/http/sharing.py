"""Sharing answers with pages of other origins that were let in when the service was started (CORS).

Keys travel in headers, never in cookies, so no credentials are shared.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["Send", "is_preflight", "preflight_headers", "shared"]

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_READABLE = (b"access-control-expose-headers", b"Retry-After")
_VARY = (b"vary", b"Origin")


def is_preflight(method: str, headers: dict[bytes, bytes]) -> bool:
    """Say whether a browser asks what it may ask.

    Example:
        >>> is_preflight("OPTIONS", {b"access-control-request-method": b"POST"})
        True
    """
    return method == "OPTIONS" and b"access-control-request-method" in headers


def preflight_headers() -> list[tuple[bytes, bytes]]:
    """Give what a browser is told that it may ask."""
    return [
        (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
        (
            b"access-control-allow-headers",
            b"Authorization, Content-Type, Idempotency-Key, X-API-Key",
        ),
        (b"access-control-max-age", b"600"),
    ]


def shared(send: Send, origin: bytes) -> Send:
    """Let a page of that origin read what is sent."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            allowed = (b"access-control-allow-origin", origin)
            message["headers"] = [*message.get("headers", ()), allowed, _READABLE, _VARY]
        await send(message)

    return sending
