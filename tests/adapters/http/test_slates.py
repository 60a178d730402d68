"""Slates over HTTP: several decisions in one answer, each to be learned from by itself."""

from pathlib import Path

from adapters.http.calling import ASK, service
from engines import NOW, agreed, engine_on, shop

from penchant.adapters.http.access import KeyFile, made
from penchant.adapters.store.sqlite import SqliteStore

SLATE = {**ASK, "k": 3}
KEY = {"idempotency-key": "row-81"}


def test_a_slate_is_the_engines_own() -> None:
    """Its decisions are those of the journal, the top one first, none of them twice."""
    with service() as (client, _, engine):
        told = client.post("/v1/slates", json=SLATE).json()

        names = [one["action"]["name"] for one in told["decisions"]]
        assert len(set(names)) == len(names) <= 3
        for number, one in enumerate(told["decisions"], 1):
            kept = engine.many.find(one["id"])
            assert kept is not None
            assert kept.position is not None
            assert (kept.position.slate, kept.position.number) == (told["id"], number)
            assert one["propensities"] == dict(kept.propensities)
            assert "reasons" not in one
            shown = client.get(f"/v1/decisions/{one['id']}").json()
            assert shown["position"]["number"] == number
            learned = client.post("/v1/outcomes", json={"decision": one["id"], "reward": 1})
            assert learned.json() == {"kept": True}


def test_a_decision_alone_stands_at_no_position() -> None:
    """Its record says so."""
    with service() as (client, _, _):
        told = client.post("/v1/decisions", json=ASK).json()

        assert client.get(f"/v1/decisions/{told['id']}").json()["position"] is None


def test_reasons_come_with_each_decision_when_they_are_asked_for() -> None:
    """With `reasons=true` every position says why."""
    with service() as (client, _, _):
        told = client.post("/v1/slates?reasons=true", json=SLATE).json()

        assert all(one["reasons"] for one in told["decisions"])


def test_slates_in_a_batch_are_answered_in_their_places() -> None:
    """What cannot be decided is said in its place, and keeps no other back."""
    items = [SLATE, {**SLATE, "moment": "nowhere"}, {**SLATE, "k": 0}, {**ASK}, {**SLATE, "k": 1}]
    with service() as (client, _, _):
        told = client.post("/v1/slates", json={"items": items}).json()["items"]

        assert 1 <= len(told[0]["decisions"]) <= 3
        assert "No moment" in told[1]["refused"]
        assert "1 to 64 positions" in told[2]["refused"]
        assert "`k`" in told[3]["refused"]
        assert len(told[4]["decisions"]) == 1


def test_a_body_has_a_bound_on_positions() -> None:
    """As many as a batch has items; alone a bad `k` is a problem of its own."""
    with service() as (client, _, _):
        many = client.post("/v1/slates", json={"items": [{**SLATE, "k": 64}] * 40})
        none = client.post("/v1/slates", json={**SLATE, "k": 65})

        assert many.status_code == 413
        assert "2,500 positions" in many.json()["detail"]
        assert none.status_code == 400
        assert "1 to 64 positions" in none.json()["detail"]


def test_a_repeat_is_the_same_slate_also_after_a_restart(tmp_path: Path) -> None:
    """The journal gives it again, byte by byte; another question under the key is refused."""
    text, key = made(["decide:read"], NOW)
    keys = KeyFile(tmp_path / "access")
    keys.add(key)
    answers = []
    for _ in range(2):
        with engine_on(SqliteStore(tmp_path / "people.db")) as engine:
            engine.declare(shop())
            agreed(engine, "ada")
            with service(engine, keys=keys, key=text) as (client, _, _):
                answers += [client.post("/v1/slates", json=SLATE, headers=KEY) for _ in range(2)]
                other = client.post("/v1/slates", json={**SLATE, "person": None}, headers=KEY)
                assert other.status_code == 422
                assert engine.export("ada").count('"type":"decided"') == len(
                    answers[0].json()["decisions"]
                )

    assert len({answer.content for answer in answers}) == 1


def test_a_key_of_one_person_has_slates_for_nobody_else(tmp_path: Path) -> None:
    """A key bound to ada decides for ada, and for others it is refused in its place."""
    text, key = made(["decide:read"], NOW, person="ada")
    keys = KeyFile(tmp_path / "access")
    keys.add(key)
    with service(keys=keys, key=text) as (client, _, _):
        others = {"items": [SLATE, {**SLATE, "person": "ben"}]}
        told = client.post("/v1/slates", json=others).json()["items"]

        assert told[0]["decisions"]
        assert "bound to one person" in told[1]["refused"]
