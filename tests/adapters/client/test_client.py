"""The Python client against a real service in process: the engine's verbs over HTTP."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from penchant import (
    Accepted,
    Action,
    AsyncClient,
    Client,
    Engine,
    Moment,
    Outcome,
    Refused,
    Signal,
)
from penchant.adapters.http.app import App, create
from penchant.errors import BadInput, ServiceBusy, ServiceFailed, ServiceRefused

URL = "http://127.0.0.1:8321"
HERO = Moment(
    "home.hero",
    purpose="recommendation",
    actions=[Action("run", features={"price": 80}), Action("swim")],
    outcome=Outcome("clicked", window="30m"),
)


class Waited(httpx.BaseTransport):
    """Serves the requests of a client that waits with an application that is awaited."""

    def __init__(self, app: App) -> None:
        self._runner = asyncio.Runner()
        self._inner = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Serve a request, and wait for it."""
        return self._runner.run(self._answer(request))

    def close(self) -> None:
        """Let go of the loop."""
        self._runner.close()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=await answer.aread()
        )


@pytest.fixture
def app() -> Iterator[App]:
    """Serve an empty engine."""
    with Engine.open(seed=7) as engine:
        served = create(engine)
        yield served
        served.close()


@pytest.fixture
def client(app: App) -> Iterator[Client]:
    """Call it, with a moment that is declared."""
    with Client(URL, app.token, transport=Waited(app)) as opened:
        opened.declare(HERO)
        yield opened


def test_the_loop_over_http_is_the_engines(client: Client) -> None:
    """Consent, signal, decision, outcome, reasons, profile: the same nouns as from an engine."""
    assert client.consent("ada", "recommendation") == Accepted()
    signal = Signal("shop.viewed", "ada", data={"item": "run"})
    assert client.observe(signal, purpose="recommendation") == Accepted()

    decision = client.decide("home.hero", person="ada", context={"hour": 9}, reasons=True)
    assert decision.action in HERO.actions
    assert sum(decision.propensities.values()) == pytest.approx(1.0)
    assert decision.reasons
    assert client.learn(decision.id, outcome="clicked") == Accepted()
    assert client.learn(decision.id, reward=1.0) == Refused(
        "Its outcome was learned before; the first one counts."
    )
    assert client.explain(decision.id).decision == decision.id
    assert [one.purpose for one in client.profile("ada").consents] == ["recommendation"]
    assert client.moments() == [HERO]


def test_many_at_once_answer_in_order(client: Client) -> None:
    """A bad item of a batch is refused in its place, and the rest goes on."""
    asked = [{"moment": "home.hero"}, {"moment": "unknown"}, {"moment": "home.hero"}]
    first, second, third = client.decide_many(asked)
    assert isinstance(second, Refused)
    assert "unknown" in second.sentence
    assert not isinstance(first, Refused)
    assert not isinstance(third, Refused)

    outcomes = [{"decision": one, "reward": 1.0} for one in (first.id, "none", third.id)]
    assert [bool(one) for one in client.learn_many(outcomes)] == [True, False, True]
    signals = [Signal("shop.viewed", "ada"), Signal("shop.viewed", "ben")]
    assert not any(client.observe(signals, purpose="recommendation"))


def test_several_are_decided_together(client: Client) -> None:
    """A slate comes with its decisions, the top one first, each to be learned from."""
    slate = client.decide_slate("home.hero", 2, context={"hour": 9}, reasons=True)
    names = [one.action.name for one in slate.decisions]
    assert len(set(names)) == len(names) <= 2
    assert all(one.reasons for one in slate.decisions)
    assert all(client.learn(one.id, reward=0.5) for one in slate.decisions)

    only = client.decide_slate("home.hero", 1, actions=["run"])
    assert only.decisions[0].action.name in {"run", "nothing"}
    with pytest.raises(BadInput, match="1 to 64 positions"):
        client.decide_slate("home.hero", 0)


def test_a_person_has_their_rights_over_http(client: Client) -> None:
    """What is kept can be had, and forgotten; a strange id travels as it is."""
    person = "ada/lovelace?&#%"
    client.consent(person, "recommendation")
    client.decide("home.hero", person=person)

    assert person in client.export(person)
    assert client.forget(person).entries == 2
    assert client.forget(person).entries == 0


def test_what_is_wrong_with_a_call_is_bad_input(client: Client) -> None:
    """The service's sentence arrives as the engine's error would."""
    with pytest.raises(BadInput, match="No moment `unknown` was declared"):
        client.decide("unknown")
    with pytest.raises(BadInput, match="reward"):
        client.learn(client.decide("home.hero").id, reward=7.0)


def test_a_key_that_may_not_is_refused(app: App) -> None:
    """A wrong key is an error of its own, and is not tried again."""
    with (
        Client(URL, "no-key", transport=Waited(app)) as opened,
        pytest.raises(ServiceRefused, match="key"),
    ):
        opened.decide("home.hero")


def answering(answers: list[httpx.Response | Exception]) -> tuple[Client, list[httpx.Request]]:
    """Give a client whose service answers so, one request after the other."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        told = answers.pop(0)
        if isinstance(told, Exception):
            raise told
        return told

    return Client(URL, "key", transport=httpx.MockTransport(answer)), asked


def test_a_request_whose_answer_got_lost_is_repeated_under_one_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The repeat carries the idempotency key of the first, so that it has no second effect."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    lost = httpx.ReadError("gone")
    busy = httpx.Response(503, headers={"retry-after": "2"}, json={"detail": "Later."})
    client, asked = answering([lost, busy, httpx.Response(200, json={"kept": True})])

    assert client.learn("d1", reward=1.0) == Accepted()
    assert waits == [0.0, 0.4, 2.0]
    assert len({one.headers["idempotency-key"] for one in asked}) == 1
    assert len({one.content for one in asked}) == 1


@pytest.mark.parametrize(
    ("ask", "answer", "error"),
    [
        (lambda client: client.profile("ada"), httpx.ReadError("gone"), ServiceFailed),
        (lambda client: client.profile("ada"), httpx.Response(500), ServiceFailed),
        (lambda client: client.decide("m"), httpx.Response(429, json={"detail": "."}), ServiceBusy),
    ],
)
def test_tries_end(
    ask: Callable[[Client], object],
    answer: Any,
    error: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After three tries the last failure is raised."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    client, asked = answering([answer] * 3)
    with pytest.raises(error):
        ask(client)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda client: client.forget("ada"), httpx.ReadError("gone")),
        (lambda client: client.import_("{}"), httpx.ReadError("gone")),
        (
            lambda client: client.decide("m"),
            httpx.Response(503, headers={"retry-after": "60"}, json={"detail": "Later."}),
        ),
    ],
)
def test_what_must_not_or_cannot_wait_is_asked_once(
    ask: Callable[[Client], object], answer: Any
) -> None:
    """What may have a second effect is not repeated, and a long wait is the caller's to decide."""
    client, asked = answering([answer])
    with pytest.raises((ServiceFailed, ServiceBusy)):
        ask(client)
    assert len(asked) == 1


def test_awaiting_is_the_same_surface() -> None:
    """The client that is awaited has the verbs of the one that waits, with the same arguments."""
    for name, verb in inspect.getmembers(Client, inspect.isfunction):
        if not name.startswith("_"):
            awaited = getattr(AsyncClient, name)
            assert inspect.signature(awaited) == inspect.signature(verb), name
            assert inspect.iscoroutinefunction(awaited), name


def test_many_tasks_share_a_client(app: App) -> None:
    """A hundred decisions awaited at once are a hundred decisions."""

    async def decide_many() -> set[str]:
        async with AsyncClient(URL, app.token, transport=httpx.ASGITransport(app)) as opened:
            await opened.declare(HERO)
            decisions = await asyncio.gather(*(opened.decide("home.hero") for _ in range(100)))
            return {decision.id for decision in decisions}

    assert len(asyncio.run(decide_many())) == 100
