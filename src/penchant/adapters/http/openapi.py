"""What the service says of itself: OpenAPI 3.1, made of the table of routes and typed bodies."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from penchant.adapters.http.access import SCOPES
from penchant.adapters.http.bodies import DecisionAnswer, RefusedItem
from penchant.adapters.http.described import PARAMETER, Described
from penchant.adapters.http.problems import PROBLEM_TYPE, Problem
from penchant.adapters.http.schemas import schemas_of

__all__ = ["openapi"]

_JSON = "application/json"
_ALWAYS = (403, 421, 500, 503)
_WITH_KEY = (401, 429)
_WITH_BODY = (400, 408, 413, 415)
_WITH_PATH = (400,)
_SAYS: Mapping[int, str] = {
    400: "The request is not as it should be; the sentence says where.",
    401: "No key, or one that opens nothing (any more).",
    403: "The key lacks the scope or is bound to another person, or the page is not let in.",
    404: "There is none of that name.",
    408: "The body took too long.",
    413: "The body or the batch is too large.",
    415: "The body is of another type.",
    421: "The service does not go by that host.",
    422: "The `Idempotency-Key` came with another request before.",
    429: "The key asked too often; `Retry-After` says when to come back.",
    500: "A mistake of ours.",
    503: "No room, or the disk does not take what is written; nothing of it was kept.",
}


def openapi(routes: Sequence[Described]) -> dict[str, Any]:
    """Describe routes."""
    types = _types(routes)
    schemas, components = schemas_of(types)
    refs = dict(zip(map(_name, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in routes:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Penchant",
            "version": version("penchant"),
            "description": "One model per person, decisions that explain themselves.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
        "x-scopes": SCOPES,
    }


def _types(routes: Iterable[Described]) -> list[Any]:
    """Give every type that a route names, each once."""
    given = [kind for one in routes for kind in (*one.takes, *one.gives) if _is_type(kind)]
    return list(
        {_name(kind): kind for kind in (*given, Problem, DecisionAnswer, RefusedItem)}.values()
    )


def _name(kind: Any) -> str:
    return str(kind)


def _is_type(kind: Any) -> bool:
    return not isinstance(kind, str)


def _operation(one: Described, refs: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one method of one path."""
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.says,
        "responses": _responses(one, refs),
    }
    if one.scope:
        told["security"] = [{"bearer": []}, {"key": []}]
        told["x-scope"] = one.scope
    if parameters := [*_in_path(one), *_in_query(one), *_in_headers(one)]:
        told["parameters"] = parameters
    if one.takes:
        told["requestBody"] = {"required": True, "content": _content(one.takes, refs)}
    return told


def _responses(one: Described, refs: Mapping[str, Any]) -> dict[str, Any]:
    failing = {*_ALWAYS, *one.may_fail}
    failing |= {*_WITH_KEY} if one.scope else set()
    failing |= {*_WITH_BODY} if one.takes else set()
    failing |= {*_WITH_PATH} if PARAMETER.search(one.path) else set()
    failing |= {422} if one.is_hot else set()
    problem = {PROBLEM_TYPE: {"schema": refs[_name(Problem)]}}
    told: dict[str, Any] = {"200": {"description": one.says, "content": _content(one.gives, refs)}}
    for status in sorted(failing):
        told[str(status)] = {"description": _SAYS[status], "content": problem}
    return told


def _content(kinds: Sequence[Any], refs: Mapping[str, Any]) -> dict[str, Any]:
    """Describe what a body may be: JSON of these types, or another media type."""
    media = [kind for kind in kinds if isinstance(kind, str)]
    schemas = [refs[_name(kind)] for kind in kinds if _is_type(kind)]
    told: dict[str, Any] = {name: {"schema": {"type": "string"}} for name in media}
    if schemas:
        told[_JSON] = {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
    return told


def _in_path(one: Described) -> Iterable[dict[str, Any]]:
    for name in PARAMETER.findall(one.path):
        schema = {"type": "string", "minLength": 1, "maxLength": 256}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(one: Described) -> Iterable[dict[str, Any]]:
    for name, says in one.asks:
        yield {"name": name, "in": "query", "description": says, "schema": {"type": "string"}}


def _in_headers(one: Described) -> Iterable[dict[str, Any]]:
    if one.is_hot:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "A repeat has the same answer and no second effect.",
            "schema": {"type": "string", "maxLength": 255},
        }
