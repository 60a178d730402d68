"""The description of the service: every live route is in it, every described route lives."""

import re
from pathlib import Path
from typing import Any

import pytest
from adapters.http.calling import ASK, SIGNAL, service
from engines import PURPOSE

from penchant.adapters.http.access import SCOPES
from penchant.adapters.http.app import App

MOMENT = {"name": "a.b", "purpose": PURPOSE}
BODIES: dict[str, object] = {
    "/v1/signals": SIGNAL,
    "/v1/decisions": ASK,
    "/v1/slates": {**ASK, "k": 2},
    "/v1/outcomes": {"decision": "d-0", "reward": 1},
    "/v1/moments": MOMENT,
    "/v1/people/{person}/consent/{purpose}": {"granted": True},
}


def described(app: App) -> set[tuple[str, str]]:
    """Give method and path of every route of the table."""
    return {(one.method, one.path) for one in app.routes}


def test_the_table_is_what_lives() -> None:
    """Nothing is served that the table does not name, and nothing is named that is not served."""
    with service() as (_, app, _):
        assert described(app) == app.live


def test_the_description_is_the_table() -> None:
    """Method by method, the document lists what the table does."""
    with service() as (client, app, _):
        paths = client.get("/openapi.json").json()["paths"]

        told = {(method.upper(), path) for path, each in paths.items() for method in each}
        assert told == described(app)


def test_every_described_route_answers() -> None:
    """Each route of the document is reached: it answers as described, with no 404, 405 or 500."""
    with service() as (client, app, engine):
        decision = engine.decide("home.hero", person="ada")
        document = client.get("/openapi.json").json()
        lasting = {one.path for one in app.routes if one.is_stream}  # tried by test_streams
        for path, methods in document["paths"].items():
            if path in lasting:
                continue
            for method, told in sorted(methods.items(), reverse=True):
                there = (
                    path.replace("{person}", "ada")
                    .replace("{id}", decision.id)
                    .replace("{name}", "home.hero")
                    .replace("{purpose}", PURPOSE)
                )
                if path == "/v1/people/import":
                    lines = {"content-type": "application/x-ndjson"}
                    exported = engine.export("ada").encode()
                    answer = client.post(there, content=exported, headers=lines)
                else:
                    answer = client.call(method.upper(), there, json=BODIES.get(path))
                assert answer.status_code == 200, (method, path, answer.text)
                kind = answer.headers["content-type"].partition(";")[0]
                assert kind in told["responses"]["200"]["content"], path


def test_every_reference_leads_somewhere() -> None:
    """Each `$ref` names a component that is there."""
    with service() as (client, _, _):
        answer = client.get("/openapi.json")
        named = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))

        assert named <= set(answer.json()["components"]["schemas"])
        assert named


def test_every_route_says_what_it_needs() -> None:
    """Routes with a scope say which, those without say that none is needed."""
    with service() as (client, app, _):
        document = client.get("/openapi.json").json()
        for one in app.routes:
            told = document["paths"][one.path][one.method.lower()]
            assert told.get("x-scope", "") == one.scope
            assert ("security" in told) == bool(one.scope)
            assert one.scope in {"", *SCOPES}
            assert told["summary"].endswith(".")
        assert document["openapi"].startswith("3.1")
        assert document["x-scopes"] == SCOPES


def test_names_of_operations_are_unique() -> None:
    """Two routes never share a name, which generated clients make methods of."""
    with service() as (_, app, _):
        names = [one.name for one in app.routes]

        assert len(set(names)) == len(names)


def schema_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Give a component."""
    schema: dict[str, Any] = document["components"]["schemas"][name]
    return schema


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Ask", {"moment", "person", "context", "actions"}),
        ("SignalOne", {"kind", "person", "at", "data", "nature", "source", "id", "purpose"}),
        ("OutcomeOne", {"decision", "reward", "outcome"}),
        ("Problem", {"type", "title", "status", "detail", "errors"}),
    ],
)
def test_bodies_are_described_field_by_field(name: str, fields: set[str]) -> None:
    """The schema of a body has exactly the fields that are read."""
    with service() as (client, _, _):
        schema = schema_of(client.get("/openapi.json").json(), name)

        assert set(schema["properties"]) == fields


def test_a_decision_is_described_as_it_is_told() -> None:
    """Every field of an answer is in its schema, those of its action too."""
    with service() as (client, _, _):
        document = client.get("/openapi.json").json()
        told = client.post("/v1/decisions?reasons=true", json=ASK).json()

        assert set(told) == set(schema_of(document, "DecisionAnswer")["properties"])
        assert set(told["action"]) == set(schema_of(document, "Action")["properties"])


PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "http.md").read_text("utf-8")


def test_the_page_lists_every_route_with_its_scope() -> None:
    """Each line of the page's table is a route of the service, and each route has one."""
    listed = re.findall(r"^\| ([A-Z]+) \| `(/[^`]+)` \| (?:`([a-z:]+)`|none)", PAGE, re.MULTILINE)
    with service() as (_, app, _):
        wanted = [(one.method, one.path, one.scope) for one in app.routes]

    assert sorted(listed) == sorted(wanted)


def test_the_page_lists_every_scope_and_status() -> None:
    """Scopes with what they open, and the statuses of all problems that are described."""
    scopes = dict(re.findall(r"^\| `([a-z]+:[a-z]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    statuses = set(re.findall(r"^\| (\d{3}) \| ", PAGE, re.MULTILINE))
    with service() as (client, _, _):
        document = client.get("/openapi.json").json()
    described = {
        status
        for methods in document["paths"].values()
        for told in methods.values()
        for status in told["responses"]
    }

    assert scopes == SCOPES
    assert statuses == described - {"200"} | {"405"}
