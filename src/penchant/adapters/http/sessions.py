"""Sessions of the console: a link that opens once, then a cookie that scripts cannot read.

There is no password. Whoever started the service gets the link; what it opens lives in memory and
ends with the process.
Rule: links and sessions are kept as hashes, and end by themselves.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from penchant.adapters.http.access import SCOPES
from penchant.adapters.http.door import Principal

__all__ = ["COOKIE", "ENTER", "Sessions"]

COOKIE = "penchant_session"
ENTER = "/console/enter"
_LINK_SECONDS = 15 * 60.0
_SESSION_SECONDS = 12 * 3_600.0
_BYTES = 32
_MOST = 1_000


class Sessions:
    """Links that were given out and not used yet, and sessions that are open."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with none; `clock` gives seconds."""
        self._clock = clock
        self._links: dict[bytes, float] = {}
        self._open: dict[bytes, float] = {}

    def link(self) -> str:
        """Give the path of a new link; it opens once, within a quarter of an hour."""
        return f"{ENTER}?link={self._new(self._links, _LINK_SECONDS)}"

    def enter(self, secret: str) -> str:
        """Use a link; give the value of the cookie, or "" when it opens nothing (any more)."""
        ends_at = self._links.pop(_hash(secret), 0.0)
        return self._new(self._open, _SESSION_SECONDS) if self._clock() < ends_at else ""

    def who(self, cookies: bytes) -> Principal | None:
        """Give who a `Cookie` header stands for, or None."""
        try:
            cookie = SimpleCookie(cookies.decode("latin-1")).get(COOKIE)
        except CookieError:
            return None
        ends_at = self._open.get(_hash(cookie.value), 0.0) if cookie else 0.0
        return Principal("console", frozenset(SCOPES)) if self._clock() < ends_at else None

    def header(self, value: str) -> str:
        """Give the `Set-Cookie` of a session."""
        attributes = f"Path=/console; HttpOnly; SameSite=Strict; Max-Age={_SESSION_SECONDS:.0f}"
        return f"{COOKIE}={value}; {attributes}"

    def _new(self, table: dict[bytes, float], seconds: float) -> str:
        now = self._clock()
        for name in [name for name, ends_at in table.items() if ends_at <= now]:
            del table[name]
        while len(table) >= _MOST:
            del table[next(iter(table))]
        secret = secrets.token_urlsafe(_BYTES)
        table[_hash(secret)] = now + seconds
        return secret


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
