"""The same request again: the same answer, and no second effect, also after a restart."""

from pathlib import Path

import pytest
from adapters.http.calling import ASK, SIGNAL, service
from engines import NOW, PURPOSE, agreed, engine_on, shop

from penchant import Engine
from penchant.adapters.http.access import KeyFile, made
from penchant.adapters.http.repeats import Answer, Repeats, seed_of
from penchant.adapters.store.sqlite import SqliteStore

KEY = {"idempotency-key": "order-81"}
BARE = {name: value for name, value in SIGNAL.items() if name != "purpose"}
BATCH = {"items": [ASK, {"moment": "home.hero"}, {"moment": "nowhere"}]}


def facts(engine: Engine, kind: str) -> int:
    """Count what is kept of ada of one kind."""
    return engine.export("ada").count(f'"type":"{kind}"')


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place for a database."""
    return tmp_path / "people.db"


def on_disk(path: Path) -> Engine:
    """Open the engine of a file, with a shop declared and ada asked."""
    engine = engine_on(SqliteStore(path))
    engine.declare(shop())
    agreed(engine, "ada")
    return engine


def keyed(path: Path) -> tuple[KeyFile, str]:
    """Make a key that outlives the service."""
    text, key = made(["signals:write", "decide:read", "outcome:write"], NOW)
    keys = KeyFile(path)
    keys.add(key)
    return keys, text


@pytest.mark.parametrize("body", [ASK, {"moment": "home.hero"}, BATCH])
def test_a_repeated_question_has_the_same_answer(body: dict[str, object]) -> None:
    """The decisions of a repeat are the first ones, byte by byte, and none is added."""
    with service() as (client, _, engine):
        first = client.post("/v1/decisions?reasons=true", json=body, headers=KEY)
        kept = facts(engine, "decided")
        again = client.post("/v1/decisions?reasons=true", json=body, headers=KEY)

        assert first.status_code == again.status_code == 200
        assert first.content == again.content
        assert facts(engine, "decided") == kept


def test_a_repeated_signal_is_kept_once() -> None:
    """Signals of a repeat are not kept again, and the answer is the first one."""
    with service() as (client, _, engine):
        told = [client.post("/v1/signals", json=SIGNAL, headers=KEY).json() for _ in range(3)]

        assert told == [{"kept": True}] * 3
        assert facts(engine, "observed") == 1


def test_signals_of_one_request_are_not_taken_for_repeats() -> None:
    """Two equal signals of one batch are two, because the request says so."""
    with service() as (client, _, engine):
        body = {"purpose": PURPOSE, "items": [BARE, BARE]}
        for _ in range(2):
            client.post("/v1/signals", json=body, headers=KEY)

        assert facts(engine, "observed") == 2


def test_a_repeated_outcome_has_the_first_answer() -> None:
    """An outcome of a repeat is answered as the first time, and learned once."""
    with service() as (client, _, engine):
        name = client.post("/v1/decisions", json=ASK).json()["id"]
        body = {"decision": name, "reward": 1}
        told = [client.post("/v1/outcomes", json=body, headers=KEY).json() for _ in range(2)]

        assert told == [{"kept": True}] * 2
        assert facts(engine, "learned") == 1


@pytest.mark.parametrize(
    ("route", "body", "other"),
    [
        ("/v1/decisions", ASK, {**ASK, "context": {"hour": 10}}),
        ("/v1/signals", SIGNAL, {**SIGNAL, "data": {"item": "bike"}}),
        ("/v1/outcomes", {"decision": "d", "reward": 1}, {"decision": "d", "reward": 0}),
    ],
)
def test_a_key_with_another_body_is_refused(
    route: str, body: dict[str, object], other: dict[str, object]
) -> None:
    """A key that came with another body before is answered with 422, and nothing is done."""
    with service() as (client, _, engine):
        client.post(route, json=body, headers=KEY)
        before = engine.export("ada")
        answer = client.post(route, json=other, headers=KEY)

        assert answer.status_code == 422
        assert "Idempotency-Key" in answer.json()["detail"]
        assert engine.export("ada") == before


def test_a_key_for_another_route_is_refused() -> None:
    """A key that came with a request to another route is not that request."""
    with service() as (client, _, _):
        client.post("/v1/decisions", json=ASK, headers=KEY)

        assert client.post("/v1/signals", json=SIGNAL, headers=KEY).status_code in {200, 422}


def test_repeats_within_one_turn_are_one() -> None:
    """Requests of one key that come at the same moment have one answer and one effect."""
    with service() as (client, _, engine):
        call = ("POST", "/v1/decisions", {"json": ASK, "headers": KEY})
        other = ("POST", "/v1/decisions", {"json": {**ASK, "person": "ben"}, "headers": KEY})
        told = client.together(*[call] * 8, other)

        assert {one.content for one in told if one.status_code == 200} == {told[0].content}
        assert [one.status_code for one in told].count(422) == 1
        assert facts(engine, "decided") == 1


def test_a_failed_request_may_be_sent_again() -> None:
    """What was refused as a whole is not remembered: the key may come with a better body."""
    with service() as (client, _, _):
        assert client.post("/v1/decisions", json={"moment": 3}, headers=KEY).status_code == 400
        assert client.post("/v1/decisions", json=ASK, headers=KEY).status_code == 200


def test_a_key_is_that_of_whoever_says_it(path: Path) -> None:
    """Two keys of the service may use the same `Idempotency-Key` for different requests."""
    keys, text = keyed(path)
    with service(keys=keys) as (client, _, _):
        mine = client.post("/v1/decisions", json=ASK, headers=KEY).json()
        headers = {**KEY, "authorization": f"Bearer {text}"}
        theirs = client.post("/v1/decisions", json=ASK, headers=headers).json()

        assert mine["id"] != theirs["id"]


def test_a_repeat_after_a_restart_has_no_second_effect(path: Path) -> None:
    """A service that was started anew knows from the journal what was done."""
    keys, text = keyed(Path(f"{path}.access"))
    signals = {"purpose": PURPOSE, "items": [BARE, BARE]}

    def asked() -> tuple[bytes, object, object]:
        engine = on_disk(path)
        with service(engine, keys=keys, key=text) as (client, _, _):
            decided = client.post("/v1/decisions?reasons=true", json=ASK, headers=KEY)
            observed = client.post(
                "/v1/signals", json=signals, headers={"idempotency-key": "order-82"}
            )
            client.post(
                "/v1/outcomes",
                json={"decision": decided.json()["id"], "reward": 1},
                headers={"idempotency-key": "order-83"},
            )
            return decided.content, observed.json(), engine.export("ada")

    first, again = asked(), asked()

    assert first[:2] == again[:2]
    assert str(again[2]).count('"type":"decided"') == 1
    assert str(again[2]).count('"type":"observed"') == 2
    assert str(again[2]).count('"type":"learned"') == 1


def test_another_question_after_a_restart_is_refused(path: Path) -> None:
    """A key whose decision the journal keeps cannot be used for another person or moment."""
    keys, text = keyed(Path(f"{path}.access"))
    with service(on_disk(path), keys=keys, key=text) as (client, _, _):
        assert client.post("/v1/decisions", json=ASK, headers=KEY).status_code == 200
    with service(on_disk(path), keys=keys, key=text) as (client, _, _):
        other = {**ASK, "person": None}
        assert client.post("/v1/decisions", json=other, headers=KEY).status_code == 422
        batch = client.post("/v1/decisions", json={"items": [other]}, headers=KEY).json()
        assert "Idempotency-Key" in batch["items"][0]["refused"]


def test_a_forgotten_person_is_not_in_a_repeat() -> None:
    """After somebody was forgotten, a repeat of their question does not bring them back."""
    with service() as (client, _, _):
        first = client.post("/v1/decisions", json=ASK, headers=KEY).json()
        client.delete("/v1/people/ada")
        again = client.post("/v1/decisions", json=ASK, headers=KEY).json()

        assert first["action"]["name"] in first["propensities"]
        assert again["propensities"] == {"nothing": 1.0}


def test_a_question_for_somebody_who_was_not_asked_can_be_repeated() -> None:
    """Where consent does not hold, a repeat has the same answer too."""
    with service() as (client, _, _):
        told = [
            client.post("/v1/decisions", json={**ASK, "person": "cy"}, headers=KEY)
            for _ in range(2)
        ]

        assert told[0].status_code == 200
        assert told[0].content == told[1].content


def test_a_long_key_is_refused() -> None:
    """A key of more characters than allowed is answered with 400."""
    with service() as (client, _, _):
        answer = client.post("/v1/decisions", json=ASK, headers={"idempotency-key": "k" * 256})

        assert answer.status_code == 400


def test_what_is_remembered_is_bounded() -> None:
    """Beyond its room the table lets go of what was answered first."""
    repeats = Repeats(most_bytes=2_000)
    seeds = [seed_of(b"%d" % number, "ada", "/v1/signals", b"{}") for number in range(10)]
    for seed in seeds:
        repeats.keep(seed, Answer(200, b"x" * 100))

    assert repeats.find(seeds[0]) is None
    assert repeats.find(seeds[-1]) == Answer(200, b"x" * 100)
