"""The routes that many requests go to: signals, decisions, outcomes, alone and in batches."""

from math import isclose

import pytest
from adapters.http.calling import ASK, JSON, SIGNAL, service
from engines import PURPOSE


def test_a_decision_is_the_engines_own() -> None:
    """What comes back is the decision that the journal keeps, with propensities that sum to one."""
    with service() as (client, _, engine):
        told = client.post("/v1/decisions", json=ASK).json()

        kept = engine.many.find(told["id"])
        assert kept is not None
        assert told["action"]["name"] == kept.action.name
        assert told["action"]["features"] == dict(kept.action.features)
        assert told["propensities"] == dict(kept.propensities)
        assert isclose(sum(told["propensities"].values()), 1.0)
        assert told["propensity"] == told["propensities"][told["action"]["name"]]
        assert (told["moment"], told["person"], told["mode"]) == ("home.hero", "ada", kept.mode)
        assert told["at"] == "2026-11-22T12:00:00Z"
        assert "reasons" not in told


def test_reasons_come_when_they_are_asked_for() -> None:
    """With `reasons=true` a decision says why, in sentences."""
    with service() as (client, _, _):
        told = client.post("/v1/decisions?reasons=true", json=ASK).json()

        assert all(reason["sentence"] for reason in told["reasons"])
        assert told["reasons"]


def test_nobody_in_particular_may_be_decided_for() -> None:
    """Without a person the answer is what people in general would be given."""
    with service() as (client, _, _):
        told = client.post("/v1/decisions", json={"moment": "home.hero"}).json()

        assert told["person"] is None
        assert told["mode"] == "neutral"


def test_candidates_known_only_now_can_be_sent() -> None:
    """Actions of the call are chosen from, declared ones by their name, others in full."""
    with service() as (client, _, _):
        actions = ["fins", {"name": "kayak", "features": {"price": 300, "tags": [1.0, 2.0]}}]
        told = client.post("/v1/decisions", json={**ASK, "actions": actions}).json()

        assert set(told["propensities"]) == {"fins", "kayak", "nothing"}


def test_an_outcome_is_learned_once() -> None:
    """The first outcome of a decision is kept, a second one is refused with a sentence."""
    with service() as (client, _, _):
        told = client.post("/v1/decisions", json=ASK).json()
        first = client.post("/v1/outcomes", json={"decision": told["id"], "outcome": "clicked"})
        second = client.post("/v1/outcomes", json={"decision": told["id"], "reward": 0})

        assert first.json() == {"kept": True}
        assert second.json()["kept"] is False
        assert "first one counts" in second.json()["sentence"]


def test_a_signal_is_kept_under_its_purpose() -> None:
    """A signal under a granted purpose is kept; under another it is refused with a sentence."""
    with service() as (client, _, engine):
        kept = client.post("/v1/signals", json=SIGNAL)
        refused = client.post("/v1/signals", json={**SIGNAL, "purpose": "advertising"})

        assert kept.json() == {"kept": True}
        assert refused.status_code == 200
        assert refused.json()["kept"] is False
        assert engine.export("ada").count('"kind":"shop.viewed"') == 1


def test_a_batch_is_answered_in_order() -> None:
    """Each item of a batch has its answer, in the place it was sent in."""
    with service() as (client, _, _):
        people = ["ada", None, "ben", "ada"]
        told = client.post(
            "/v1/decisions", json={"items": [{**ASK, "person": person} for person in people]}
        ).json()["items"]
        outcomes = [{"decision": one["id"], "reward": 1.0} for one in told]
        learned = client.post("/v1/outcomes", json={"items": outcomes}).json()

        assert [one["person"] for one in told] == people
        assert learned == {"items": [{"kept": True}] * 4}


def test_a_batch_of_signals_has_one_purpose_and_items_may_say_another() -> None:
    """The purpose of a batch is that of the items that do not name one."""
    with service() as (client, _, _):
        bare = {name: value for name, value in SIGNAL.items() if name != "purpose"}
        items = [bare, {**bare, "purpose": "advertising"}, {**bare, "person": "ben"}]
        told = client.post("/v1/signals", json={"purpose": PURPOSE, "items": items}).json()

        assert [one["kept"] for one in told["items"]] == [True, False, True]


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("/v1/decisions", ASK, {"moment": 3}),
        ("/v1/decisions", ASK, {"moment": "home.hero", "contxt": {}}),
        ("/v1/decisions", ASK, [1]),
        ("/v1/decisions", ASK, {"moment": "nowhere"}),
        ("/v1/decisions", ASK, {"moment": "home.hero", "person": ""}),
        ("/v1/decisions", ASK, {"moment": "home.hero", "actions": []}),
        ("/v1/signals", SIGNAL, {"kind": "shop.viewed", "person": "ada", "at": "yesterday"}),
        ("/v1/signals", SIGNAL, {"kind": "viewed", "person": "ada"}),
        ("/v1/signals", SIGNAL, {"kind": "shop.viewed", "person": "ada", "nature": "odd"}),
        ("/v1/signals", SIGNAL, "what"),
        ("/v1/outcomes", {"decision": "x", "reward": 1}, {"reward": 1}),
        ("/v1/outcomes", {"decision": "x", "reward": 1}, {"decision": "x", "reward": "much"}),
    ],
)
def test_a_broken_item_keeps_nobody_back(path: str, good: object, bad: object) -> None:
    """One broken item of a batch is answered in its place, and the others as if it were alone."""
    with service() as (client, _, _):
        answer = client.post(path, json={"items": [good, bad, good]})

        assert answer.status_code == 200
        first, broken, last = answer.json()["items"]
        assert broken.get("refused") or broken.get("sentence")
        assert broken.get("kept") is not True
        assert first.keys() == last.keys()
        assert "refused" not in first


def test_an_empty_batch_is_answered_empty() -> None:
    """A batch without items has an answer without items."""
    with service() as (client, _, _):
        assert client.post("/v1/decisions", json={"items": []}).json() == {"items": []}


def test_a_context_may_name_a_value_items() -> None:
    """A single question stays one, also where something in it is called `items`."""
    with service() as (client, _, _):
        told = client.post("/v1/decisions", json={"moment": "home.hero", "context": {"items": 3}})

        assert told.status_code == 200
        assert told.json()["moment"] == "home.hero"


def test_a_person_without_consent_gets_the_fallback() -> None:
    """Somebody who was never asked is answered with nothing, and the note says why."""
    with service() as (client, _, _):
        told = client.post("/v1/decisions", json={**ASK, "person": "cy"}).json()

        assert told["action"]["name"] == "nothing"
        assert told["propensity"] == 1.0
        assert told["note"]


def test_an_unknown_moment_is_not_found() -> None:
    """A question about a moment that nobody declared is answered with 404."""
    with service() as (client, _, _):
        answer = client.post("/v1/decisions", json={"moment": "nowhere"})

        assert answer.status_code == 404
        assert "`nowhere`" in answer.json()["detail"]


def test_an_unknown_decision_has_no_outcome() -> None:
    """An outcome of a decision that nobody took is refused with a sentence, and is no error."""
    with service() as (client, _, _):
        answer = client.post("/v1/outcomes", json={"decision": "d-0", "reward": 1})

        assert (answer.status_code, answer.json()["kept"]) == (200, False)


def test_a_reward_outside_the_range_is_an_error_and_the_decision_stays_open() -> None:
    """A reward the moment does not know is answered with 400; the right one can follow."""
    with service() as (client, _, _):
        name = client.post("/v1/decisions", json=ASK).json()["id"]

        assert client.post("/v1/outcomes", json={"decision": name, "reward": 7}).status_code == 400
        assert client.post("/v1/outcomes", json={"decision": name, "reward": 1}).json()["kept"]


def test_other_methods_are_told_which_there_are() -> None:
    """A method that a hot route does not have is answered with 405 and the ones it has."""
    with service() as (client, _, _):
        answer = client.get("/v1/decisions", headers=JSON)

        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
