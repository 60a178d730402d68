"""A person's inbox over the wire: what lies there, what comes, and clients that do not read."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from adapters.http.running import Running, made_database, rest, running, until
from engines import PURPOSE

from penchant import Action, Moment, OnSignal, Outcome

pytestmark = pytest.mark.slow

TIP = Moment(
    "run.tip",
    purpose=PURPOSE,
    actions=(Action("stretch", content="Stretch a little."),),
    explore=0.0001,
    outcome=Outcome("opened", window="1d"),
    opens=(OnSignal("run.finished", cool_down="0.001s"),),
)
INBOX = "/v1/people/ada/inbox"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """Serve a database whose moment opens when a run is finished."""
    with running(made_database(tmp_path / "people.db", TIP)) as served:
        yield served


def ran(client: httpx.Client) -> None:
    """Let ada finish a run."""
    signal = {"kind": "run.finished", "person": "ada", "purpose": PURPOSE}
    assert client.post("/v1/signals", json=signal).json() == {"kept": True}


def letters(client: httpx.Client) -> list[str]:
    """Give the ids of what lies in ada's inbox."""
    return [one["id"] for one in client.get(INBOX).json()]


def ran_until_told(client: httpx.Client, at_least: int) -> list[str]:
    """Let ada run until so many letters lie in her inbox: not every run brings one."""

    def told() -> bool:
        ran(client)
        return len(letters(client)) >= at_least

    until(told)
    return letters(client)


def events(response: httpx.Response, count: int) -> list[dict[str, str]]:
    """Read so many events of a stream."""
    told: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        name, _, value = line.partition(": ")
        if line and name:
            fields[name] = value
        elif fields:
            told.append(fields)
            fields = {}
        if len(told) == count:
            return told
    return told


def test_letters_lie_in_the_inbox(server: Running) -> None:
    """A moment that opened by itself leaves a letter, with what is to be done and why."""
    with server.client() as client:
        assert client.get(INBOX).json() == []
        name = ran_until_told(client, 1)[0]
        (letter, *_) = client.get(INBOX).json()

        assert letter["id"] == name
        assert letter["action"]["name"] == "stretch"
        assert letter["moment"] == "run.tip"
        assert letter["opened_by"]
        assert client.get("/v1/people/ben/inbox").json() == []
        assert client.post("/v1/outcomes", json={"decision": name, "reward": 1}).json()["kept"]


def test_a_stream_gives_what_lies_there_and_what_comes(server: Running) -> None:
    """A stream begins with the letters of the list, then gives new ones as they come."""
    with server.client() as client, server.client() as other:
        before = ran_until_told(client, 2)
        with client.stream("GET", f"{INBOX}/stream") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            after = ran_until_told(other, len(before) + 2)
            told = events(stream, len(before) + 2)

    assert [one["id"] for one in told][: len(before)] == before
    assert {one["id"] for one in told} <= set(after)
    assert {one["event"] for one in told} == {"letter"}
    assert json.loads(told[0]["data"])["action"]["name"] == "stretch"


def test_a_stream_of_somebody_else_gives_nothing(server: Running) -> None:
    """What comes for ada is on no other stream; ben's ends with the service, empty."""
    with server.client() as client, server.client() as other:
        with client.stream("GET", "/v1/people/ben/inbox/stream") as stream:
            ran_until_told(other, 1)
            server.process.terminate()
            assert events(stream, 1) == []
        assert server.process.wait(30) == 0


def test_a_stop_ends_streams(server: Running) -> None:
    """A service that stops ends its streams, and does not wait for clients that listen."""
    with server.client() as client:
        with client.stream("GET", f"{INBOX}/stream") as stream:
            server.process.terminate()
            assert events(stream, 1) == []
        assert server.process.wait(30) == 0


def test_who_leaves_makes_room(server: Running) -> None:
    """Beyond the streams there is room for the answer is 503; one that ends makes room."""
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(server.client()) for _ in range(3)]
        streams = [one.stream("GET", f"{INBOX}/stream") for one in opened]
        for one in streams:
            assert one.__enter__().status_code == 200
        with server.client() as client:
            assert client.get(f"{INBOX}/stream").status_code == 503
            assert client.get("/v1/moments").status_code == 200
            streams[0].__exit__(None, None, None)
            opened[0].close()

            def is_let_in() -> bool:
                with client.stream("GET", f"{INBOX}/stream") as stream:
                    return stream.status_code == 200

            until(is_let_in)
        for one in streams[1:]:
            one.__exit__(None, None, None)


def test_who_never_reads_holds_nobody_up(server: Running) -> None:
    """A client that opens a stream and never reads is dropped; others are served meanwhile."""
    request = (
        f"GET {INBOX}/stream HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Authorization: Bearer {server.token}\r\n\r\n"
    )
    with server.connect() as deaf, server.client() as client:
        deaf.sendall(request.encode())
        told = ran_until_told(client, 100)
        with client.stream("GET", f"{INBOX}/stream") as stream:
            assert len(events(stream, 50)) == 50
        assert len(told) >= 100
        server.process.terminate()
        assert server.process.wait(30) == 0
        assert b"event: letter" in rest(deaf)


def test_a_person_who_is_forgotten_has_no_letters(server: Running) -> None:
    """Forgetting somebody empties their inbox."""
    with server.client() as client:
        ran_until_told(client, 1)
        client.delete("/v1/people/ada")

        assert client.get(INBOX).json() == []
