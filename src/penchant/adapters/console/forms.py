"""Forms: what a browser posts, and proof that this console's own page asked for it.

A page sets a random cookie, and its forms carry a code made of that cookie and a secret of this
process; another site can neither read the one nor make the other. Browsers that say where a form
came from are believed when they say "elsewhere".
Rule: a form that cannot be trusted changes nothing, and the sentence says what to do.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

__all__ = ["BadForm", "Forms", "read_form"]

COOKIE = "penchant_form"
CODE = "code"
LARGEST = 16_384  # bytes; the longest field is a sentence
FIELDS = 16
FORM = "application/x-www-form-urlencoded"


class BadForm(Exception):
    """A form that is not taken, and why; it never leaves the console."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        """Keep the sentence and the status to answer with."""
        super().__init__(sentence)
        self.status = status


class Forms:
    """Gives forms their code, and checks it when they come back."""

    def __init__(self, path: str) -> None:
        """Make a secret that ends with the process; cookies hold for `path` and below."""
        self._secret = secrets.token_bytes(32)
        self._path = path

    def code(self, request: Request) -> tuple[str, str]:
        """Give the code for the forms of a page, and a cookie to set ("" when there is one)."""
        known = request.cookies.get(COOKIE, "")
        cookie = known or secrets.token_urlsafe(32)
        return self._sign(cookie), "" if known else cookie

    def set_cookie(self, response: Response, cookie: str) -> None:
        """Set the cookie, if there is one to set."""
        if cookie:
            response.set_cookie(COOKIE, cookie, path=self._path, httponly=True, samesite="strict")

    def check(self, request: Request, fields: Mapping[str, str]) -> None:
        """See that a form came from a page of this console.

        Raises:
            BadForm: When it did not, or the page is older than this process.
        """
        cookie = request.cookies.get(COOKIE, "")
        is_ours = hmac.compare_digest(self._sign(cookie).encode(), fields.get(CODE, "").encode())
        if not (cookie and is_ours and _is_from_here(request)):
            raise BadForm(
                "This form did not come from a fresh page of this console, so nothing was "
                "changed. Load the page again and repeat it.",
                403,
            )

    def _sign(self, cookie: str) -> str:
        return hmac.new(self._secret, cookie.encode(), hashlib.sha256).hexdigest()


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a posted form; of a field given twice the last counts.

    Raises:
        BadForm: When it is no form, too long, or not valid text.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise BadForm(f"A form comes as `{FORM}`.", 415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise BadForm(f"A form has at most {LARGEST:,} bytes.", 413)
    try:
        found = parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=FIELDS,
            errors="strict",
        )
    except (UnicodeDecodeError, ValueError):
        raise BadForm("The form cannot be read: its fields are not valid text.") from None
    return {name: values[-1] for name, values in found.items()}


def _is_from_here(request: Request) -> bool:
    """Tell whether the browser says that the form came from this site; many say nothing."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    here = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return site in {"same-origin", "none"} and origin in {None, here}
