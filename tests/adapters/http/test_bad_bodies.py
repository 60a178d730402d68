"""Bodies that are not as they should be: each has a clear answer, and nothing is kept of it."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from adapters.http.calling import ASK, JSON, SIGNAL, service
from engines import engine_on, shop
from hypothesis import given
from hypothesis import strategies as st

from penchant import Limits
from penchant.adapters.http.decoding import check_depth
from penchant.adapters.http.problems import Refusal
from penchant.adapters.http.settings import Settings

HOT = ("/v1/signals", "/v1/decisions", "/v1/outcomes")
MIB = 2**20


def problem(answer: httpx.Response, status: int) -> str:
    """See that an answer is a problem of that status; give its sentence."""
    told = answer.json()
    assert answer.status_code == status, told
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    assert told["title"]
    assert told["type"] == "about:blank"
    detail: str = told["detail"]
    assert detail.endswith(".")
    return detail


@pytest.mark.parametrize("path", HOT)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{]",
        b"nonsense",
        b"[]",
        b"null",
        b'{"moment": "\xff"}',
        b'{"kind": NaN}',
        b'{"items": [1,]}',
        b'{"items": 3}',
        b'{"odd": 1}',
        b"{} {}",
    ],
)
def test_what_is_not_the_json_wanted_says_where(path: str, body: bytes) -> None:
    """Bad JSON and JSON of another shape are answered with 400, and the place in the body."""
    with service() as (client, _, _):
        sentence = problem(client.post(path, content=body, headers=JSON), 400)

        assert re.search(r"truncated|byte \d|`\$|got `\w+`|field `\w+`", sentence), sentence


@pytest.mark.parametrize("path", HOT)
@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "json"])
def test_another_content_type_is_refused(path: str, kind: str) -> None:
    """What does not say that it is JSON is answered with 415, whatever it holds."""
    with service() as (client, _, _):
        answer = client.post(path, content=json.dumps(ASK).encode(), headers={"content-type": kind})

        assert "application/json" in problem(answer, 415)


def test_a_content_type_may_name_its_charset() -> None:
    """JSON stays JSON with a parameter behind it, and in capitals."""
    with service() as (client, _, _):
        headers = {"content-type": "Application/JSON; charset=utf-8"}
        answer = client.post("/v1/decisions", content=json.dumps(ASK).encode(), headers=headers)

        assert answer.status_code == 200


def test_a_compressed_body_is_refused() -> None:
    """A body that would have to be unpacked is not read: it could become any size."""
    with service() as (client, _, _):
        headers = {**JSON, "content-encoding": "gzip"}
        answer = client.post("/v1/decisions", content=b"\x1f\x8b", headers=headers)

        assert "Content-Encoding" in problem(answer, 415)


@pytest.mark.parametrize("path", HOT)
@pytest.mark.parametrize("size", [MIB + 1, 10 * MIB, 20 * MIB])
def test_a_large_body_is_refused(path: str, size: int) -> None:
    """More bytes than a batch may have are answered with 413."""
    with service() as (client, _, _):
        assert "1,048,576" in problem(client.post(path, content=b"x" * size, headers=JSON), 413)


def test_a_large_body_in_pieces_is_refused_while_it_is_read() -> None:
    """A body that does not say its size is stopped at the limit, not after it."""
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(400):
            sent += 1
            yield b" " * 2**16

    with service() as (client, _, _):
        problem(client.post("/v1/signals", content=pieces(), headers=JSON), 413)

        assert sent < 300


def test_a_body_at_the_limit_is_read() -> None:
    """A body of exactly as many bytes as allowed is taken."""
    with service() as (client, _, _):
        body = json.dumps(ASK).encode()
        answer = client.post("/v1/decisions", content=body.ljust(MIB), headers=JSON)

        assert answer.status_code == 200


@pytest.mark.parametrize("path", HOT)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"context":' * 50_000,
        b'{"items":[' * 50_000,
        b'{"moment":"home.hero","context":{"a":' + b"[" * 17 + b"]" * 17 + b"}}",
        b'{"items":[{"moment":"home.hero","context":{"a":' + b"[" * 500 + b"]" * 500 + b"}}]}",
    ],
)
def test_a_deeply_nested_body_is_refused(path: str, body: bytes) -> None:
    """JSON that is nested deeper than allowed is answered with 400, before it is decoded."""
    with service() as (client, _, _):
        assert "16 deep" in problem(client.post(path, content=body, headers=JSON), 400)


def test_a_deeply_nested_body_of_a_route_that_is_not_hot_is_refused() -> None:
    """Where a body is decoded without types, its depth is looked at first."""
    with service() as (client, _, _):
        answer = client.put("/v1/moments", content=b"[" * 100_000, headers=JSON)

        assert "16 deep" in problem(answer, 400)


@pytest.mark.parametrize(("path", "item"), [(HOT[0], SIGNAL), (HOT[1], ASK)])
def test_a_batch_has_at_most_so_many_items(path: str, item: dict[str, object]) -> None:
    """More items than a batch may have are answered with 413, and none of them is kept."""
    with service() as (client, _, engine):
        before = engine.export("ada")
        sentence = problem(client.post(path, json={"items": [item] * 2_501}), 413)

        assert "2,500" in sentence
        assert engine.export("ada") == before


def test_limits_are_those_of_the_engine() -> None:
    """An engine with other limits gives its service other limits."""
    engine = engine_on(limits=Limits(batch_items=2, batch_bytes=200, json_depth=3))
    engine.declare(shop())
    with service(engine) as (client, _, _):
        bare = {"moment": "home.hero"}
        three = client.post("/v1/decisions", json={"items": [bare] * 3})
        large = client.post("/v1/decisions", json={**bare, "person": "a" * 200})
        deep = client.post("/v1/decisions", json={**bare, "context": {"a": [[[1]]]}})

        assert "2 items" in problem(three, 413)
        assert "200 bytes" in problem(large, 413)
        assert "3 deep" in problem(deep, 400)


@pytest.mark.parametrize(
    "context",
    [
        {"a": {"b": 1}},
        {"a": None},
        {"a": ["x"]},
        {"a": [[1.0]]},
        {"a": "x" * 1_025},
        {"a": [0.0] * 4_097},
        {f"f{number}": 1 for number in range(257)},
    ],
)
def test_a_context_that_cannot_be_learned_from_is_refused(context: dict[str, object]) -> None:
    """Values that are no features are answered with 400, for one question alone."""
    with service() as (client, _, _):
        problem(client.post("/v1/decisions", json={"moment": "home.hero", "context": context}), 400)


def test_a_feature_that_changes_its_type_is_refused() -> None:
    """What was a number before is not taken as a text."""
    with service() as (client, _, _):
        assert client.post("/v1/decisions", json=ASK).status_code == 200
        answer = client.post("/v1/decisions", json={**ASK, "context": {"hour": "nine"}})

        assert "`hour`" in problem(answer, 400)


def test_no_value_of_a_person_is_in_a_problem() -> None:
    """A problem names fields and places, never what was said of a person."""
    with service() as (client, _, _):
        secret = "a-secret-of-ada"  # noqa: S105 - a marker
        bodies = [
            {**ASK, "context": {"a": [secret]}},
            {**SIGNAL, "data": {"a": [secret]}},
            {**SIGNAL, "at": secret},
            {"decision": secret, "reward": secret},
        ]
        for path in HOT:
            for body in bodies:
                assert secret not in client.post(path, json=body).text


@given(st.binary(max_size=200))
def test_no_bytes_are_a_mistake_of_ours(body: bytes) -> None:
    """Whatever is sent, the answer is about the request, never an error of the service."""
    with service() as (client, _, _):
        for path in HOT:
            assert client.post(path, content=body, headers=JSON).status_code == 400


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=20,
)


def depth(value: object) -> int:
    """Count how deep lists and objects are nested."""
    inside = list(value.values()) if isinstance(value, dict) else value
    return 1 + max(map(depth, inside), default=0) if isinstance(inside, list) else 0


@pytest.mark.proof
@given(VALUES, st.integers(0, 6))
def test_depth_is_counted_as_json_has_it(value: object, most: int) -> None:
    """The scan refuses exactly what is nested deeper than allowed, whatever stands in texts."""
    body = json.dumps(value).encode()
    try:
        check_depth(body, most)
    except Refusal:
        assert depth(value) > most
    else:
        assert depth(value) <= most


def test_bodies_that_wait_are_bounded_together() -> None:
    """What all requests under way hold is bounded; what is beyond it is told to come again."""
    body = json.dumps(ASK).encode().ljust(600)
    with service(settings=Settings(room_bytes=1_000)) as (client, _, _):
        call = ("POST", "/v1/decisions", {"content": body, "headers": JSON})
        told = sorted(one.status_code for one in client.together(*[call] * 4))
        again = client.post("/v1/decisions", content=body, headers=JSON)

        assert told == [200, 503, 503, 503]
        assert again.status_code == 200
