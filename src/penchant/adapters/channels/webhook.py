"""Webhooks: a letter as a signed POST to an address that whoever installs Penchant names.

Loop: Deliver. Signed as Standard Webhooks say; `webhook-id` is the id of the decision, the same
with each try, so that who accepts a letter twice can tell.
Rule 1: the connection goes to an address that was checked (`addresses.py`); redirects and proxies
are not followed.
Rule 2: what never left comes back and is tried again, and so does what was answered with 429 or
5xx. What left and was not answered is unknown, and never sent again.
Rule 3: a try ends after `timeout` seconds, whatever the other side does.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from penchant.adapters.channels.addresses import Resolve, is_public, resolved
from penchant.adapters.channels.signing import key_of, signature
from penchant.deliver.channel import Sending
from penchant.deliver.letter import Letter
from penchant.errors import BadInput
from penchant.journal import as_plain
from penchant.limits import check_number

__all__ = ["TYPE", "Webhook", "body_of"]

TYPE = "moment.opened"
"""The `type` of what is sent."""

_PORTS = {"https": 443, "http": 80}
_AGAIN = frozenset({408, 425, 429})
_LONGEST = 300.0
_WAIT_AT_MOST = 3_600.0
_Clock = Callable[[], datetime]


def body_of(letter: Letter) -> bytes:
    """Give what is sent for a letter, as JSON."""
    told = {
        "id": letter.id,
        "person": letter.person,
        "moment": letter.moment,
        "at": letter.at,
        "until": letter.until,
        "action": letter.action,
        "opened_by": letter.opened_by,
    }
    content = {"type": TYPE, "timestamp": letter.at, "data": told}
    return msgspec.json.encode(content, enc_hook=as_plain)


class Webhook:
    """The channel of letters that go to one address; see `Channel`."""

    def __init__(
        self,
        url: str,
        *secrets: str,
        name: str = "webhook",
        timeout: float = 10.0,
        allow_private: bool = False,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = resolved,
        clock: _Clock | None = None,
    ) -> None:
        """Send to an address.

        Args:
            url: Where to; https, unless private addresses are allowed.
            secrets: `whsec_…`; each makes a signature, so that an old and a new one hold at a time.
            name: What `Action.channel` says for letters that go this way.
            timeout: Seconds after which a try ends.
            allow_private: Also send to this machine and its network: for development, or where the
                target stands beside Penchant.
            tls: Whom to trust, where the target has its certificate from nobody the world knows.
            resolve: Gives the addresses of a host; None for the machine's resolver.
            clock: Gives the time that is signed.

        Raises:
            BadInput: For an address or a secret that is none.
            BadNumber: For a timeout of no time, or more than five minutes.
        """
        self.name = name
        self._private = allow_private
        self._target, self._port = _target(url, is_plain_allowed=allow_private)
        if not secrets:
            raise BadInput("A webhook needs a secret to sign with.")
        self._keys = [key_of(secret) for secret in secrets]
        self._timeout = check_number(timeout, "The timeout of a webhook", 0.01, _LONGEST)
        self._resolve = resolve
        self._clock = clock or (lambda: datetime.now(UTC))
        self._client = httpx.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            verify=True if tls is None else tls,
            timeout=httpx.Timeout(self._timeout),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=0),
        )

    def takes(self, letter: Letter) -> bool:  # noqa: ARG002 - the protocol's
        """Take every letter."""
        return not self._client.is_closed

    async def send(self, letter: Letter) -> Sending:
        """Try once, and say what became of it."""
        if self._client.is_closed:
            return Sending("returned", "The webhook is closed.")
        body = body_of(letter)
        left = _Left()
        try:
            async with asyncio.timeout(self._timeout):
                addresses = await self._resolve(self._target.host, self._port)
                if not addresses:
                    return Sending("returned", "The host of the webhook has no address.")
                if not self._private and not all(is_public(one) for one in addresses):
                    return Sending("failed", _PRIVATE)
                return await self._post(addresses[0], letter.id, body, left)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, TimeoutError) as error:
            return left.told(error)

    async def close(self) -> None:
        """Let go of connections; a second call does nothing."""
        await self._client.aclose()

    async def _post(self, address: str, message: str, body: bytes, left: "_Left") -> Sending:
        """Send to an address that was checked; the body of the answer is not read."""
        target = self._target
        at = int(self._clock().timestamp())
        request = self._client.build_request(
            "POST",
            target.copy_with(host=address),
            content=body,
            headers={
                "host": target.netloc.decode(),
                "content-type": "application/json",
                "user-agent": "penchant-webhook",
                "webhook-id": message,
                "webhook-timestamp": str(at),
                "webhook-signature": " ".join(
                    signature(key, message, at, body) for key in self._keys
                ),
            },
            extensions={"sni_hostname": target.host, "trace": left.trace},
        )
        answer = await self._client.send(request, stream=True)
        try:
            return _meaning(answer.status_code, answer.headers)
        finally:
            await answer.aclose()


class _Left:
    """Watches a request, to know whether anything of it left this machine."""

    def __init__(self) -> None:
        self.has_left = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:  # noqa: ARG002 - httpx's
        """Note that a request begins to be written."""
        if event.endswith(".send_request_headers.started"):
            self.has_left = True

    def told(self, error: Exception) -> Sending:
        """Say what became of a request that ended with an error."""
        what = type(error).__name__
        if self.has_left:
            return Sending("unknown", f"It was sent, and not answered ({what}).")
        return Sending("returned", f"The target of the webhook could not be reached ({what}).")


_PRIVATE = (
    "The target of the webhook has an address in a private network, on this machine, or of a "
    "cloud's own services. Penchant does not send there unless `allow_private` says so."
)


def _target(url: str, *, is_plain_allowed: bool) -> tuple[httpx.URL, int]:
    """Read the address of a target, and its port."""
    wanted = "http or https" if is_plain_allowed else "https"
    try:
        target, parts = httpx.URL(url), urlsplit(url)
        port = parts.port or _PORTS.get(target.scheme, 0)  # raises where it is none
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise BadInput(f"The address of a webhook must be a URL with {wanted}.") from error
    schemes = {"https", "http"} if is_plain_allowed else {"https"}
    if target.scheme not in schemes or not target.host:
        raise BadInput(f"The address of a webhook must be a URL with {wanted} and a host.")
    if target.userinfo or parts.fragment:
        raise BadInput("The address of a webhook has no name, password or fragment in it.")
    return target, port


def _meaning(status: int, headers: Mapping[str, str]) -> Sending:
    """Say what an answer means."""
    if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110
        return Sending("sent")
    if status in _AGAIN or status >= 500:  # noqa: PLR2004 - RFC 9110
        told = f"The target of the webhook answered {status}."
        return Sending("returned", told, _asked(headers.get("retry-after", "")))
    if 300 <= status < 400:  # noqa: PLR2004 - RFC 9110
        told = f"The target of the webhook answered {status}: a redirect, which is not followed."
        return Sending("failed", told)
    return Sending("failed", f"The target of the webhook answered {status}.")


def _asked(text: str) -> float:
    """Read how long the other side asks to be left alone; a date counts as nothing asked."""
    return min(float(text), _WAIT_AT_MOST) if text.isascii() and text.isdigit() else 0.0
