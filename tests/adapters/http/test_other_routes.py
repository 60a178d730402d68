"""The routes that are not hot: people, consent, moments, decisions, rights, the service itself."""

import pytest
from adapters.http.calling import ASK, SIGNAL, service
from engines import NOW, PURPOSE, engine_on

from penchant import Engine

HERO = {
    "name": "home.hero",
    "purpose": PURPOSE,
    "actions": [{"name": "run", "features": {"price": 80}}, {"name": "swim"}],
    "outcome": {"name": "clicked", "window": "30m"},
    "guardrails": [{"type": "cap", "at_most": 3, "per": "1d"}],
}
STRANGE_IDS = ["a/b", "a%2Fb", "ä b", "..", "a?b#c", "ada+1@shop.example", "日本", "x" * 256]


def test_a_profile_is_the_engines() -> None:
    """What is believed about a person comes back in words, as the engine has it."""
    with service() as (client, _, engine):
        client.post("/v1/signals", json=SIGNAL)
        told = client.get("/v1/people/ada").json()

        assert told["person"] == "ada"
        assert [one["name"] for one in told["beliefs"]] == [
            one.name for one in engine.profile("ada").beliefs
        ]


def test_an_answer_counts_from_the_next_decision_on() -> None:
    """A person who says no over HTTP gets nothing from then on, and more after a yes."""
    with service() as (client, _, _):
        place = f"/v1/people/ada/consent/{PURPOSE}"
        assert client.put(place, json={"granted": False}).json() == {"kept": True}
        assert client.post("/v1/decisions", json=ASK).json()["propensities"] == {"nothing": 1.0}
        assert client.put(place, json={"granted": True, "dial": 0.5}).json() == {"kept": True}
        assert len(client.post("/v1/decisions", json=ASK).json()["propensities"]) > 1
        told = client.get("/v1/people/ada/consent").json()
        assert [(one["purpose"], one["state"], one["dial"]) for one in told] == [
            (PURPOSE, "granted", 0.5)
        ]


def test_an_answer_may_end() -> None:
    """`until` is kept with the answer."""
    with service() as (client, _, engine):
        body = {"granted": True, "until": "2027-01-01T00:00:00Z"}
        client.put("/v1/people/ada/consent/news", json=body)

        (news,) = (one for one in engine.profile("ada").consents if one.purpose == "news")
        assert news.until is not None
        assert news.until.year == 2027


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"granted": "yes"},
        {"granted": True, "dial": 2},
        {"granted": True, "dial": "half"},
        {"granted": True, "until": "soon"},
        {"granted": True, "until": "2027-01-01T00:00:00"},
        {"granted": True, "untill": None},
        [],
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(body: object) -> None:
    """What is no answer is answered with 400, and the old one stands."""
    with service() as (client, _, _):
        answer = client.put(f"/v1/people/ada/consent/{PURPOSE}", json=body)

        assert answer.status_code == 400
        assert client.get("/v1/people/ada/consent").json()[0]["state"] == "granted"


@pytest.mark.parametrize("person", STRANGE_IDS)
def test_ids_of_every_script_and_sign_go_into_a_path(person: str) -> None:
    """An id is written into a path with its signs escaped, and comes back as it was."""
    with service() as (client, _, engine):
        part = "".join(f"%{byte:02X}" for byte in person.encode())
        place = f"/v1/people/{part}"
        assert client.put(f"{place}/consent/{PURPOSE}", json={"granted": True}).json()["kept"]
        assert client.get(place).json()["person"] == person
        assert engine.profile(person).consents
        assert client.delete(place).json()["entries"] == 1


@pytest.mark.parametrize("part", ["%00", "x" * 257, "%0A", "%FF%00"])
def test_what_is_no_id_is_refused(part: str) -> None:
    """An id with signs that cannot be seen, or too long, is answered with 400."""
    with service() as (client, _, _):
        for method, rest in (("GET", ""), ("DELETE", ""), ("GET", "/export"), ("GET", "/consent")):
            assert client.call(method, f"/v1/people/{part}{rest}").status_code == 400


def test_forgetting_gives_a_receipt() -> None:
    """A person who is forgotten leaves a receipt that names nobody, and nothing else."""
    with service() as (client, _, engine):
        client.post("/v1/decisions", json=ASK)
        receipt = client.delete("/v1/people/ada")

        assert receipt.json()["entries"] == 2
        assert "ada" not in receipt.text
        assert engine.profile("ada").consents == ()
        assert client.delete("/v1/people/ada").json()["entries"] == 0


def test_an_export_is_the_engines() -> None:
    """Every fact about a person comes as JSON Lines."""
    with service() as (client, _, engine):
        client.post("/v1/signals", json=SIGNAL)
        answer = client.get("/v1/people/ada/export")

        assert answer.headers["content-type"].startswith("application/x-ndjson")
        assert answer.text == engine.export("ada")


def test_a_moment_is_declared_and_shown() -> None:
    """What is declared over HTTP is what the engine decides, and what is shown."""
    with service(engine_on()) as (client, _, engine):
        told = client.put("/v1/moments", json=HERO)
        assert told.json() == {"declared": ["home.hero"]}
        assert client.get("/v1/moments").json() == [client.get("/v1/moments/home.hero").json()]
        shown = client.get("/v1/moments/home.hero").json()
        assert shown["guardrails"] == [{"type": "cap", "at_most": 3, "per": "1d"}]
        assert client.put("/v1/moments", json=shown).status_code == 200
        assert engine.decide("home.hero").names == ("run", "swim", "nothing")


def test_several_moments_are_declared_at_once() -> None:
    """A list of moments is declared whole, or, when one is wrong, not at all."""
    with service(engine_on()) as (client, _, _):
        other = {**HERO, "name": "home.side"}
        wrong = client.put("/v1/moments", json=[HERO, {**other, "explor": 0.1}])
        assert wrong.status_code == 400
        assert "`explore` meant" in wrong.json()["detail"]
        assert client.get("/v1/moments").json() == []
        right = client.put("/v1/moments", json=[HERO, other])
        assert right.json() == {"declared": ["home.hero", "home.side"]}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        3,
        "home.hero",
        [3],
        {"name": ""},
        {**HERO, "actions": [{"name": "run"}, {"name": "run"}]},
        {**HERO, "actions": {"name": "run"}},
        {**HERO, "outcome": {"window": "soon"}},
        {**HERO, "guardrails": [{"type": "unheard"}]},
        {**HERO, "reward_range": [1, 0]},
    ],
)
def test_a_moment_that_cannot_be_decided_is_refused(body: object) -> None:
    """What is no moment is answered with 400 and the place that is wrong; nothing is declared."""
    with service(engine_on()) as (client, _, _):
        answer = client.put("/v1/moments", json=body)

        assert answer.status_code == 400, answer.text
        assert client.get("/v1/moments").json() == []


def test_a_moment_that_nobody_declared_is_not_found() -> None:
    """A name that is no moment's is answered with 404."""
    with service() as (client, _, _):
        assert client.get("/v1/moments/nowhere").status_code == 404


def test_a_decision_can_be_read_and_explained() -> None:
    """A decision is shown as it was told, with its reasons, and in plain sentences."""
    with service() as (client, _, engine):
        told = client.post("/v1/decisions?reasons=true", json=ASK).json()
        shown = client.get(f"/v1/decisions/{told['id']}").json()
        explained = client.get(f"/v1/decisions/{told['id']}/explanation").json()

        assert {name: shown[name] for name in told} == told
        assert shown["context"] == ASK["context"]
        assert shown["consent"]["state"] == "granted"
        assert set(shown["neutral_propensities"]) == set(told["propensities"])
        assert tuple(explained["sentences"]) == engine.explain(told["id"]).sentences


def test_a_decision_that_is_not_kept_is_not_found() -> None:
    """An id of no decision, or of a forgotten person's, is answered with 404."""
    with service() as (client, _, _):
        name = client.post("/v1/decisions", json=ASK).json()["id"]
        client.delete("/v1/people/ada")
        for one in (name, "d-0"):
            for rest in ("", "/explanation"):
                assert client.get(f"/v1/decisions/{one}{rest}").status_code == 404


def test_health_says_what_is_served() -> None:
    """Health needs no key, and says the version and what an acknowledged fact survives."""
    with service(key="") as (client, _, _):
        told = client.get("/healthz").json()

        assert told["ok"] is True
        assert told["durability"] == "none"
        assert told["version"]


def test_answers_are_kept_nowhere_on_the_way() -> None:
    """What is said of a person is for whoever asked alone."""
    with service() as (client, _, _):
        headers = client.get("/v1/people/ada").headers

        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


def test_a_mistake_of_ours_says_nothing_of_the_request(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error nobody foresaw is answered with 500 without contents, and logged without them."""

    def broken(_: Engine, person: str) -> None:
        raise KeyError(person)

    monkeypatch.setattr(Engine, "profile", broken)
    with service() as (client, _, _):
        answer = client.get("/v1/people/marker-of-ada")

        assert answer.status_code == 500
        assert "marker" not in answer.text
        assert "a request failed" in caplog.messages


def test_a_head_request_has_no_body() -> None:
    """What can be got can be asked for its head."""
    with service() as (client, _, _):
        answer = client.call("HEAD", "/healthz")

        assert (answer.status_code, answer.content) == (200, b"")


def test_the_clock_is_the_engines() -> None:
    """Times that a service tells are those of the engine's clock."""
    with service() as (client, _, _):
        assert client.post("/v1/decisions", json=ASK).json()["at"].startswith(f"{NOW:%Y-%m-%dT%H}")


def test_a_moment_is_judged() -> None:
    """What cannot be said comes as a sentence; what cannot be asked is a problem with its own."""
    with service() as (client, _, engine):
        decision = engine.decide("home.hero", person="ada")
        engine.learn(decision.id, reward=1.0)
        place = "/v1/moments/home.hero/evaluation"

        found = client.get(place).json()
        assert found["rows"] == 1
        assert found["against"]["policy"] == "as logged"
        assert all(one["verdict"] == "cannot say" for one in found["policies"])
        assert client.get("/v1/moments/nowhere/evaluation").status_code == 404
        for wrong in ("?alpha=much", "?alpha=2", "?against=nobody"):
            assert client.get(place + wrong).status_code == 400
