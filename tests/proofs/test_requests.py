"""Requests made up from the description: whatever is sent, the answer is one that is described."""

import json
import os
import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from adapters.http.calling import HERE, Caller, Service, service
from engines import PURPOSE, agreed
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, SerializationContext
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from penchant.adapters.http.settings import Settings

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = "/stream"  # an answer that lasts is tried where streams are
MOST = 50_000 if os.environ.get("PENCHANT_PROOF") == "full" else 320
KEYS = ("authorization", "x-api-key")
WIDE_OPEN = Settings(rate="1000000000/second")


@schemathesis.serializer("application/x-ndjson")
def _lines(_context: SerializationContext, value: Any) -> bytes:
    """Send what is made up as text as it is, anything else as one line."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def operations() -> list[str]:
    """Name what the service describes."""
    with service() as (client, _, _):
        document = client.get("/openapi.json").json()
    return [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if not path.endswith(ENDLESS)
    ]


OPERATIONS = operations()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Service, Any]]:
    """Give a service and its description as schemathesis reads it."""
    with service(settings=WIDE_OPEN) as one:
        yield one, schemathesis.openapi.from_dict(one.client.get("/openapi.json").json())


@pytest.mark.proof
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_described(
    name: str, served: tuple[Service, Any], figures: Callable[..., None]
) -> None:
    """No 5xx, and status, type, headers and shape are those of the description."""
    (client, _, engine), schema = served
    method, path = name.split()
    operation = schema[path][method]
    statuses: Counter[int] = Counter()

    @seed(1)
    @settings(
        max_examples=-(-MOST // len(OPERATIONS)),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        st.randoms(use_true_random=False),
    )
    def ask(case: Case[Any], dice: random.Random) -> None:
        if not sum(statuses.values()) % 25:  # somebody may have been forgotten
            agreed(engine, "ada")
        known = {
            "person": "ada",
            "purpose": PURPOSE,
            "name": "home.hero",
            "moment": "home.hero",
            "kind": "shop.viewed",
            "id": engine.decide("home.hero", person="ada").id,
        }
        known["decision"] = known["id"]
        case.path_parameters = acquainted(case.path_parameters, known, dice)
        case.body = acquainted(case.body, known, dice)
        request = prepared(case, client, keep_key=dice.random() < 0.1)
        answer = client.run(client.client.send(request))
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ask()

    total, failed = sum(statuses.values()), sum(n for code, n in statuses.items() if code >= 500)
    figures(
        "requests made up from the description",
        requests=total,
        answered_200=statuses[200],
        server_errors=failed,
        undescribed=0,
    )


def acquainted(given: Any, known: dict[str, str], dice: random.Random) -> Any:
    """Put names that there are in place of some made-up ones, so that more than 404 is met."""
    if isinstance(given, dict):
        return {
            key: known[key]
            if key in known and dice.random() < 0.6
            else acquainted(value, known, dice)
            for key, value in given.items()
        }
    if isinstance(given, list):
        return [acquainted(one, known, dice) for one in given]
    return given


def prepared(case: Case[Any], client: Caller, *, keep_key: bool) -> httpx.Request:
    """Give the request of a case; mostly with a key that opens, so without one of its own."""
    parts = case.as_transport_kwargs(base_url=HERE)
    fields = ("method", "url", "headers", "params", "json", "data", "files", "cookies")
    made = requests.Request(**{key: parts[key] for key in fields if key in parts}).prepare()
    headers = {str(key).lower(): str(value) for key, value in made.headers.items()}
    if not keep_key:
        headers = {key: value for key, value in headers.items() if key not in KEYS}
    sent = [(key.encode(), value.encode("latin-1", "ignore")) for key, value in headers.items()]
    body = made.body.encode() if isinstance(made.body, str) else made.body
    assert isinstance(body, bytes | None)
    return client.client.build_request(str(made.method), str(made.url), headers=sent, content=body)
