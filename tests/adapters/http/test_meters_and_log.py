"""What is counted and logged: enough to run the service by, and nothing of a person."""

import io
import json
import logging

import pytest
from adapters.http.calling import ASK, SIGNAL, service
from prometheus_client.parser import text_string_to_metric_families

from penchant.adapters.http.log import log_to, logger
from penchant.adapters.http.meters import METRICS_TYPE, Meters
from penchant.adapters.http.settings import Settings

MARKER = "marker-of-somebody"


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Read what is exposed: the value of each name and labels."""
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_requests_decisions_and_events_are_counted() -> None:
    """Requests by route, decisions by moment, signals and outcomes by what became of them."""
    with service() as (client, _, _):
        name = client.post("/v1/decisions", json=ASK).json()["id"]
        client.post("/v1/outcomes", json={"decision": name, "reward": 1})
        client.post("/v1/outcomes", json={"decision": name, "reward": 1})
        client.post("/v1/signals", json=SIGNAL)
        client.post("/v1/signals", content=b"{", headers={"content-type": "application/json"})
        client.get("/v1/people/ada")
        client.get("/nowhere")
        answer = client.get("/metrics")
        told = samples(answer.text)

        def value(name: str, **labels: str) -> float:
            return told[f"penchant_{name}", frozenset(labels.items())]

        assert answer.headers["content-type"] == METRICS_TYPE
        seconds = "http_request_duration_seconds_count"
        assert value(seconds, method="POST", route="/v1/outcomes", status="200") == 2
        assert value(seconds, method="POST", route="/v1/signals", status="400") == 1
        assert value(seconds, method="GET", route="/v1/people/{person}", status="200") == 1
        assert value(seconds, method="GET", route="other", status="404") == 1
        assert value("decisions_total", moment="home.hero", mode="personal") == 1
        assert value("events_total", type="outcome", result="kept") == 1
        assert value("events_total", type="outcome", result="refused") == 1
        assert value("events_total", type="signal", result="kept") == 1
        assert value("turn_requests_count", verb="observe_signals") == 2
        assert value("turn_duration_seconds_count", verb="decide") == 1
        assert value("requests_under_way") == 1
        assert value("queue_depth") == 0


def test_what_guardrails_take_out_is_counted_by_rule() -> None:
    """An action above the dial is counted under the rule that took it out."""
    with service() as (client, _, engine):
        engine.consent("ada", "recommendation", granted=True, dial=0.1)
        actions = [{"name": "call", "burden": 0.9}, {"name": "card"}]
        client.post("/v1/decisions", json={**ASK, "actions": actions})
        told = samples(client.get("/metrics").text)

        labels = frozenset({("moment", "home.hero"), ("rule", "dial")})
        assert told["penchant_suppressed_total", labels] == 1


def test_no_metric_names_a_person() -> None:
    """Whatever is asked about somebody, their id is in no label."""
    with service() as (client, _, _):
        for method, path in (
            ("GET", f"/v1/people/{MARKER}"),
            ("GET", f"/v1/{MARKER}"),
            ("DELETE", f"/v1/people/{MARKER}"),
            ("GET", f"/v1/decisions/{MARKER}"),
        ):
            client.call(method, path)
        client.post("/v1/decisions", json={"moment": MARKER, "person": MARKER})
        client.post("/v1/signals", json={**SIGNAL, "person": MARKER})

        assert MARKER not in client.get("/metrics").text


def test_methods_nobody_knows_are_counted_as_one() -> None:
    """A client that makes up methods makes up no labels."""
    with service() as (client, _, _):
        for number in range(5):
            client.call(f"ODD{number}", "/v1/decisions")

        assert "ODD" not in client.get("/metrics").text


def test_a_histogram_adds_up() -> None:
    """Counts run up over the buckets, and the last is all."""
    meters = Meters()
    for seconds in (0.0001, 0.003, 0.003, 60.0):
        meters.request("GET", "/healthz", 200, seconds)
    told = samples(meters.exposed().decode())
    labels = frozenset({("method", "GET"), ("route", "/healthz"), ("status", "200")})

    def bucket(bound: str) -> float:
        name = "penchant_http_request_duration_seconds_bucket"
        return told[name, labels | {("le", bound)}]

    assert [bucket(bound) for bound in ("0.0005", "0.005", "10.0", "+Inf")] == [1, 3, 3, 4]
    assert told["penchant_http_request_duration_seconds_sum", labels] == pytest.approx(60.0061)


@pytest.fixture
def stream() -> io.StringIO:
    """Give what the log is written to."""
    kept = io.StringIO()
    log_to(kept)
    return kept


def test_a_request_is_logged_by_its_template(stream: io.StringIO) -> None:
    """With each request logged, a line is one JSON object, and no path is in it."""
    with service(settings=Settings(logs_requests=True)) as (client, _, _):
        client.get(f"/v1/people/{MARKER}?secret={MARKER}")
        client.post("/v1/decisions", json={**ASK, "person": MARKER})

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(one["method"], one["route"], one["status"]) for one in lines] == [
        ("GET", "/v1/people/{person}", 200),
        ("POST", "/v1/decisions", 200),
    ]
    assert {"at", "level", "event", "seconds"} <= lines[0].keys()
    assert MARKER not in stream.getvalue()


def test_without_being_asked_requests_are_not_logged(stream: io.StringIO) -> None:
    """What went well is counted, not logged."""
    with service() as (client, _, _):
        client.post("/v1/decisions", json=ASK)

    assert stream.getvalue() == ""


def test_an_error_is_logged_by_its_place(stream: io.StringIO) -> None:
    """An error says its kind and where it was, and not its message."""
    try:
        int(MARKER)
    except ValueError as wrong:
        logger.error("a request failed", exc_info=wrong)

    line = json.loads(stream.getvalue())
    assert line["error"] == "ValueError"
    assert line["where"][-1].startswith("test_meters_and_log.py:")
    assert MARKER not in stream.getvalue()


def test_warnings_of_the_server_are_logged_in_the_same_form(stream: io.StringIO) -> None:
    """What the server has to say comes as JSON too."""
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("uvicorn.error").info("Shutting down")

    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == ["warning"]
