"""Errors as `application/problem+json` (RFC 9457): what happened, in one shape for every route.

Rule: a problem's sentence names ids of declared things and places in a body, never what a person
said or did; an error of our own says that it is one, and nothing of what was asked.
"""

from collections.abc import Mapping, Sequence
from html import escape
from http import HTTPStatus
from types import MappingProxyType

import msgspec
from msgspec import Struct

from penchant.errors import BadInput, StoreError, UnknownDecision, UnknownMoment

__all__ = [
    "PROBLEM_TYPE",
    "Broken",
    "Problem",
    "Refusal",
    "no_room",
    "page_body",
    "problem_body",
    "refusal_of",
]

PROBLEM_TYPE = "application/problem+json"

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_RETRY = {"retry-after": "1"}


class Broken(Struct, frozen=True):
    """One item of a batch that could not be read."""

    index: int
    detail: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong with a request."""

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Broken, ...] = ()


class Refusal(Exception):
    """A request is answered with a problem; raised anywhere on its way."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] = _NO_HEADERS,
        errors: Sequence[Broken] = (),
    ) -> None:
        """Keep what is answered."""
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers
        self.errors = tuple(errors)


def problem_body(refusal: Refusal) -> bytes:
    """Give the bytes of a problem.

    Example:
        >>> problem_body(Refusal(404, "No such path."))[:50]
        b'{"type":"about:blank","title":"Not Found","status"'
    """
    title = HTTPStatus(refusal.status).phrase
    return msgspec.json.encode(
        Problem("about:blank", title, refusal.status, refusal.detail, refusal.errors)
    )


def page_body(refusal: Refusal) -> bytes:
    """Give a problem as a small page, for whoever looks with a browser."""
    title = HTTPStatus(refusal.status).phrase
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>{escape(refusal.detail)}</p></html>"
    ).encode()


def no_room() -> Refusal:
    """Give the answer to what comes when there is too much under way."""
    return Refusal(
        503,
        "More is under way than this service takes at once. Ask again.",
        headers=_RETRY,
    )


def refusal_of(wrong: Exception) -> Refusal | None:
    """Give the refusal that an error of Penchant's stands for; None for anything else.

    Example:
        >>> refusal_of(UnknownMoment("No moment `x` was declared.")).status
        404
    """
    if isinstance(wrong, Refusal):
        return wrong
    if isinstance(wrong, UnknownMoment | UnknownDecision):
        return Refusal(404, str(wrong))
    if isinstance(wrong, BadInput):
        return Refusal(400, str(wrong))
    if isinstance(wrong, StoreError):
        return Refusal(503, str(wrong), headers=_RETRY)
    return None
