"""The door: what is asked of every request before anything of it is read.

Host (a page elsewhere may have pointed its own name at this machine), origin (a page elsewhere may
not act with what its visitor has open), key or session, scope, and how much one key may ask.
Rule 1: what is not let in explicitly is refused, with a sentence that says what would let it in.
Rule 2: a key bound to a person acts for that person alone.
"""

import math
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from penchant.adapters.http.access import SCOPES, Key, KeyFile, id_of, made, opens
from penchant.adapters.http.problems import Refusal
from penchant.adapters.http.settings import Settings
from penchant.errors import BadInput

__all__ = ["Door", "Headers", "Principal"]

Headers = Mapping[bytes, bytes]

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_REREAD_SECONDS = 0.5
_LEASES = 16  # in which a key gets what it may ask in a window, so that counting costs little
_CHALLENGE = {"www-authenticate": "Bearer"}


class Principal(NamedTuple):
    """Who asks."""

    id: str
    scopes: frozenset[str]
    person: str = ""

    def check_person(self, person: str | None) -> None:
        """See that a key bound to a person asks for that person.

        Raises:
            Refusal: When it asks for somebody else.
        """
        if self.person and person != self.person:
            raise Refusal(403, "This key is bound to one person, and this concerns somebody else.")


class _Lease:
    """Requests that a key may still make before it is counted again."""

    __slots__ = ("ends_at", "left")

    def __init__(self) -> None:
        self.left, self.ends_at = 0, 0.0


class Door:
    """Lets requests in, or says why not."""

    def __init__(self, settings: Settings, keys: KeyFile | None) -> None:
        """Open with the keys of a file, and one of its own for whoever started the service."""
        self._settings, self._keys = settings, keys
        given = (settings.host, *settings.allow_hosts)
        self._hosts = {*_LOOPBACK, *(_bracketed(name.lower()) for name in given)}
        self._origins = {origin.rstrip("/").lower() for origin in settings.allow_origins}
        self.token, self._local = made(SCOPES, datetime.now(UTC), name="local")
        self._local_text = self.token.encode()
        self._reread_at = 0.0
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._rate = _rate(settings.rate)
        self._lease_size = max(1, self._rate.amount // _LEASES)
        self._leases: dict[str, _Lease] = {}

    def check_host(self, headers: Headers) -> None:
        """See that the request was meant for this service.

        Raises:
            Refusal: For a host or an origin that is not let in.
        """
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        if name not in self._hosts:
            raise Refusal(
                421,
                "This service does not go by the host of the request. Call it by the name it "
                "listens on, or start it with `--allow-host` and that name.",
            )
        origin = headers.get(b"origin", b"").decode("latin-1").lower()
        if origin and origin not in {f"http://{host}", f"https://{host}", *self._origins}:
            raise Refusal(
                403,
                "Pages of that origin may not call this service. Start it with `--allow-origin` "
                "and the origin, if they should.",
            )

    def shares_with(self, headers: Headers) -> bytes:
        """Give the origin of a page elsewhere that may read answers, or nothing."""
        origin = headers.get(b"origin", b"")
        return origin if origin.decode("latin-1").lower() in self._origins else b""

    async def admit(self, headers: Headers, scope: str) -> Principal:
        """Give who asks, when they may.

        Raises:
            Refusal: 401 without a key that opens, 403 for a scope it does not have, 429 when it
                asks too often.
        """
        text = headers.get(b"x-api-key") or _bearer(headers.get(b"authorization", b""))
        if not text:
            raise Refusal(
                401,
                "A key is needed, as `Authorization: Bearer KEY` or `X-API-Key: KEY`. "
                "`penchant key new` makes one.",
                headers=_CHALLENGE,
            )
        key = self._key(text)
        await self.count(key.id)
        if scope not in key.scopes:
            raise Refusal(403, f"This key may not do that: it lacks the scope `{scope}`.")
        return Principal(key.id, frozenset(key.scopes), key.person)

    async def count(self, number: str) -> None:
        """Count a request of a key.

        Raises:
            Refusal: When there were too many.
        """
        lease = self._leases.get(number)
        if lease is None:
            lease = self._leases[number] = _Lease()
        now = time.time()
        if lease.left <= 0 or now >= lease.ends_at:
            await self._renew(lease, number, now)
        lease.left -= 1

    async def _renew(self, lease: _Lease, number: str, now: float) -> None:
        size = self._lease_size  # fewer are left at the end of a window: those go one by one
        size = size if await self._limiter.test(self._rate, number, cost=size) else 1
        is_granted = await self._limiter.hit(self._rate, number, cost=size)
        reset = (await self._limiter.get_window_stats(self._rate, number)).reset_time
        if not is_granted:
            raise Refusal(
                429,
                f"This key asked more often than {self._settings.rate}. Ask again later.",
                headers={"retry-after": str(max(1, math.ceil(reset - now)))},
            )
        lease.left, lease.ends_at = size, reset

    def _key(self, text: bytes) -> Key:
        """Give the key that a text is.

        Raises:
            Refusal: When it is none, or opens nothing any more.
        """
        if text.startswith(b"pk_") and secrets.compare_digest(text, self._local_text):
            return self._local
        key = self._kept().get(id_of(text))
        if key is None or not opens(key, text):
            raise Refusal(401, "No such key is known here.", headers=_CHALLENGE)
        if key.revoked_at is not None:
            raise Refusal(401, "This key was revoked. Ask for a new one.", headers=_CHALLENGE)
        if key.expires_at is not None and key.expires_at <= datetime.now(UTC):
            raise Refusal(
                401,
                f"This key expired on {key.expires_at:%Y-%m-%d %H:%M} UTC. Ask for a new one.",
                headers=_CHALLENGE,
            )
        return key

    def _kept(self) -> Mapping[str, Key]:
        """Give the keys of the file, at most a moment old."""
        if self._keys is None:
            return {}
        now = time.monotonic()
        if now >= self._reread_at:
            self._keys.refresh()
            self._reread_at = now + _REREAD_SECONDS
        return self._keys.keys


def _bracketed(host: str) -> str:
    """Write a host as requests do: an address of IPv6 stands in brackets.

    Example:
        >>> _bracketed("fd00::7"), _bracketed("shop.example")
        ('[fd00::7]', 'shop.example')
    """
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _bearer(value: bytes) -> bytes:
    scheme, _, text = value.partition(b" ")
    return text.strip() if scheme.lower() == b"bearer" else b""


def _rate(text: str) -> RateLimitItem:
    try:
        return parse(text)
    except ValueError:
        raise BadInput(
            f"`{text[:64]}` is no rate. Give a number and a time, such as `600/minute`."
        ) from None
