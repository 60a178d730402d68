"""One route with all that can be said of it: who may, what goes in, what comes out.

The table of these (`routes`) is what the service serves, what the door asks, and what the
description of the service is made of; so none of the three can drift from the others.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["PARAMETER", "Described", "Endpoint"]

Endpoint = Callable[[Request], Awaitable[Response]]
PARAMETER = re.compile(r"\{(\w+)\}")


class Described(Struct, frozen=True):
    """One method of one path.

    Attributes:
        method: Such as `GET`.
        path: With its parameters in braces; a person's id is always called `person`.
        name: A verb and a noun, in the description and in metrics.
        scope: What a key needs; "" where none is needed.
        says: One sentence.
        takes: Types of the body, any of which it may be; none where there is no body. A text is
            another media type.
        gives: The same for the answer.
        may_fail: Statuses of problems beyond those that every route may answer.
        asks: Names of query parameters with what they mean.
        endpoint: What serves it; None for the hot routes, which have their own way.
        is_stream: Whether its answer lasts until the client leaves.
        is_wide: Whether it concerns more than one person, so that a key bound to one may not.
    """

    method: str
    path: str
    name: str
    scope: str
    says: str
    takes: tuple[Any, ...] = ()
    gives: tuple[Any, ...] = ()
    may_fail: tuple[int, ...] = ()
    asks: tuple[tuple[str, str], ...] = ()
    endpoint: Endpoint | None = None
    is_stream: bool = False
    is_wide: bool = False

    @property
    def is_hot(self) -> bool:
        """Whether a lane serves it."""
        return self.endpoint is None

    def pattern(self) -> re.Pattern[str]:
        """Give what the paths of this route look like.

        Example:
            >>> shown = Described("GET", "/v1/people/{person}", "show_person", "", "")
            >>> bool(shown.pattern().fullmatch("/v1/people/ada"))
            True
        """
        return re.compile(PARAMETER.sub(r"(?P<\1>[^/]+)", self.path))
