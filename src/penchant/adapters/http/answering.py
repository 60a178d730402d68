"""What the routes that are not hot share: a body in, JSON out, the engine in a thread."""

from typing import Any, TypeVar
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from penchant.adapters.http.decoding import decoded
from penchant.adapters.http.door import Principal
from penchant.adapters.http.reading import Reader
from penchant.journal import as_plain
from penchant.limits import Limits

__all__ = ["answered", "body_of", "part_of", "principal_of"]

T = TypeVar("T")


def answered(value: Any, status: int = 200) -> Response:
    """Give a value as JSON."""
    body = msgspec.json.encode(value, enc_hook=as_plain)
    return Response(body, status, media_type="application/json")


def principal_of(request: Request) -> Principal:
    """Give who asks, as the door let them in."""
    who: Principal = request.scope["penchant.principal"]
    return who


def part_of(request: Request, name: str) -> str:
    """Give a parameter of the path; a slash in it comes as `%2F`.

    Example:
        >>> from starlette.requests import Request
        >>> part_of(Request({"type": "http", "path_params": {"person": "a%2Fb"}}), "person")
        'a/b'
    """
    return unquote(str(request.path_params[name]))


async def body_of(request: Request, kind: type[T], limits: Limits) -> T:
    """Read a body of one type."""
    reader: Reader = request.scope["penchant.reader"]
    headers = dict(request.scope["headers"])
    body = await reader.read(headers, request.receive, limits.batch_bytes)
    return decoded(body, kind, limits)
