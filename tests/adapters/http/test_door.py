"""The door: who is let in, from where, for what, and how often."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from adapters.http.calling import ASK, HERE, SIGNAL, service
from engines import engine_on, shop

from penchant.adapters.http.access import SCOPES, KeyFile, made
from penchant.adapters.http.settings import Settings
from penchant.errors import BadInput, StoreDamaged

NOW = datetime.now(UTC)


def file_with(
    path: Path, *scopes: str, person: str = "", expires_at: datetime | None = None
) -> str:
    """Make a key and keep it in a file; give its text."""
    text, key = made(scopes, NOW, person=person, expires_at=expires_at)
    KeyFile(path).add(key)
    return text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give a place for keys."""
    return tmp_path / "people.db.access"


def test_without_a_key_nothing_is_answered() -> None:
    """Every route but the description and the health asks for a key, and says how to make one."""
    with service(key="") as (client, app, _):
        for route in app.routes:
            path = route.path.replace("{", "").replace("}", "")
            answer = client.call(route.method, path)
            if route.scope:
                assert answer.status_code == 401, route.path
                assert "penchant key new" in answer.json()["detail"]
                assert answer.headers["www-authenticate"] == "Bearer"
            else:
                assert answer.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {"authorization": "Bearer nonsense"},
        {"authorization": "Basic dXNlcjpwYXNz"},
        {"authorization": "Bearer"},
        {"authorization": "Bearer pk_0123456789ab_wrong"},
        {"x-api-key": "pk_0123456789ab_wrong"},
        {"x-api-key": "pk_\xff"},
    ],
)
def test_a_wrong_key_opens_nothing(header: dict[str, str]) -> None:
    """What is no key is answered with 401, in whichever header it stands."""
    with service(key="") as (client, _, _):
        raw = {name: value.encode("latin-1") for name, value in header.items()}

        assert client.post("/v1/decisions", json=ASK, headers=raw).status_code == 401


def test_a_key_opens_what_its_scopes_say(path: Path) -> None:
    """A key may do what its scopes say, and is told which one it lacks for anything else."""
    text = file_with(path, "decide:read")
    with service(keys=KeyFile(path), key=text) as (client, _, _):
        assert client.post("/v1/decisions", json=ASK).status_code == 200
        refused = client.post("/v1/signals", json=SIGNAL)
        assert refused.status_code == 403
        assert "`signals:write`" in refused.json()["detail"]
        assert client.delete("/v1/people/ada").status_code == 403


@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_opens_its_routes_and_no_others(path: Path, scope: str) -> None:
    """For every route, exactly the keys with its scope are let in."""
    text = file_with(path, scope)
    with service(keys=KeyFile(path), key=text) as (client, app, _):
        for route in app.routes:
            if not route.scope or (route.is_stream and route.scope == scope):
                continue
            answer = client.call(route.method, route.path.replace("{", "").replace("}", ""))
            lacks = answer.status_code == 403 and "lacks the scope" in answer.text
            assert lacks == (route.scope != scope), (route.path, answer.text)


def test_a_key_may_come_in_either_header(path: Path) -> None:
    """`X-API-Key` and `Authorization: Bearer` carry the same key."""
    text = file_with(path, "decide:read")
    with service(keys=KeyFile(path), key="") as (client, _, _):
        for headers in ({"x-api-key": text}, {"authorization": f"bearer {text}"}):
            assert client.post("/v1/decisions", json=ASK, headers=headers).status_code == 200


def test_an_expired_key_says_so(path: Path) -> None:
    """A key whose time is over is answered with 401 and when that was."""
    text = file_with(path, "decide:read", expires_at=NOW - timedelta(hours=1))
    with service(keys=KeyFile(path), key=text) as (client, _, _):
        answer = client.post("/v1/decisions", json=ASK)

        assert answer.status_code == 401
        assert "expired on" in answer.json()["detail"]


def test_a_revoked_key_opens_nothing(path: Path) -> None:
    """A key that was taken back is answered with 401 and a sentence."""
    text = file_with(path, "decide:read")
    KeyFile(path).revoke(text.split("_")[1], NOW)
    with service(keys=KeyFile(path), key=text) as (client, _, _):
        answer = client.post("/v1/decisions", json=ASK)

        assert answer.status_code == 401
        assert "revoked" in answer.json()["detail"]


def test_keys_are_read_again_while_the_service_runs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key made after the start opens, and one that is revoked stops, without a restart."""
    monkeypatch.setattr("penchant.adapters.http.door._REREAD_SECONDS", 0.0)
    with service(keys=KeyFile(path), key="") as (client, _, _):
        text = file_with(path, "decide:read")
        headers = {"x-api-key": text}
        assert client.post("/v1/decisions", json=ASK, headers=headers).status_code == 200
        KeyFile(path).revoke(text.split("_")[1], NOW)
        assert client.post("/v1/decisions", json=ASK, headers=headers).status_code == 401


def test_a_damaged_key_file_lets_nobody_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that cannot be read open nothing, and the answer says what is to do."""
    monkeypatch.setattr("penchant.adapters.http.door._REREAD_SECONDS", 0.0)
    text = file_with(path, "decide:read")
    with service(keys=KeyFile(path), key=text) as (client, _, _):
        path.write_bytes(b"{")
        answer = client.post("/v1/decisions", json=ASK)

        assert answer.status_code == 503
        assert "nobody is let in" in answer.json()["detail"]


def test_a_bound_key_acts_for_its_person_alone(path: Path) -> None:
    """A key bound to ada neither reads nor writes anything of ben's, on any route."""
    text = file_with(path, *SCOPES, person="ada")
    with service(keys=KeyFile(path), key=text) as (client, app, engine):
        bens = engine.decide("home.hero", person="ben")
        before = engine.export("ben")
        for route in app.routes:
            if not route.scope or route.method == "POST":
                continue
            there = route.path.replace("{person}", "ben").replace("{purpose}", "recommendation")
            answer = client.call(
                route.method,
                there.replace("{id}", bens.id).replace("{name}", "home.hero"),
                json={"granted": False},
            )
            assert answer.status_code in {403, 404} or "{" not in route.path.replace("{name}", "")
        assert client.get(f"/v1/decisions/{bens.id}").status_code == 404
        assert client.post("/v1/decisions", json={**ASK, "person": "ben"}).status_code == 403
        assert client.post("/v1/signals", json={**SIGNAL, "person": "ben"}).status_code == 403
        outcome = client.post("/v1/outcomes", json={"decision": bens.id, "reward": 0})
        assert outcome.json()["kept"] is False
        assert engine.export("ben") == before


def test_a_bound_key_may_do_what_is_its_persons(path: Path) -> None:
    """A key bound to ada decides, learns and reads for ada."""
    text = file_with(path, *SCOPES, person="ada")
    with service(keys=KeyFile(path), key=text) as (client, _, _):
        told = client.post("/v1/decisions", json=ASK).json()
        assert client.post("/v1/outcomes", json={"decision": told["id"], "reward": 1}).json()[
            "kept"
        ]
        assert client.get(f"/v1/decisions/{told['id']}").status_code == 200
        assert client.get("/v1/people/ada").json()["person"] == "ada"


def test_a_bound_key_cannot_make_others_its_person(path: Path) -> None:
    """A key bound to ada cannot say that ben is ada, alone or within a batch."""
    text = file_with(path, *SCOPES, person="ada")
    merge = {"kind": "person.merged", "person": "ada", "data": {"from": "ben"}}
    with service(keys=KeyFile(path), key=text) as (client, _, engine):
        assert client.post("/v1/signals", json=merge).status_code == 403
        told = client.post("/v1/signals", json={"items": [merge, SIGNAL]}).json()["items"]

        assert [one["kept"] for one in told] == [False, True]
        assert engine.profile("ada").known_as == ()


def test_a_bound_key_cannot_do_what_concerns_more_than_one(path: Path) -> None:
    """Declaring, metrics and links to the console are not for a key bound to one person."""
    text = file_with(path, *SCOPES, person="ada")
    with service(keys=KeyFile(path), key=text) as (client, _, _):
        assert client.put("/v1/moments", json={"name": "a.b"}).status_code == 403
        assert client.get("/metrics").status_code == 403
        assert client.post("/v1/links").status_code == 403


def test_only_a_key_with_every_scope_opens_the_console(path: Path) -> None:
    """A link to the console, which shows everything, is given to a key that may do everything."""
    text = file_with(path, "policy:admin")
    with service(keys=KeyFile(path), key=text) as (client, _, _):
        assert "`signals:write`" in client.post("/v1/links").json()["detail"]


@pytest.mark.parametrize("host", ["shop.example", "127.0.0.1.evil.example:8321", "", "10.0.0.7"])
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    """A page that points its own name at this machine is answered with 421."""
    with service() as (client, _, _):
        answer = client.post("/v1/decisions", json=ASK, headers={"host": host})

        assert answer.status_code == 421
        assert "--allow-host" in answer.json()["detail"]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8321",
        "localhost:1",
        "localhost",
        "[::1]:8321",
        "[::1]",
        "Shop.example:80",
        "[fd00::7]:8321",
    ],
)
def test_hosts_of_ours_are_let_in(host: str) -> None:
    """Loopback under each of its names, and what `--allow-host` says."""
    with service(settings=Settings(allow_hosts=("shop.example", "FD00::7"))) as (client, _, _):
        assert client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999"])
def test_pages_elsewhere_may_not_call(origin: str) -> None:
    """A page of another origin is answered with 403, key or not, and cannot read the answer."""
    with service() as (client, _, _):
        answer = client.post("/v1/decisions", json=ASK, headers={"origin": origin})

        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers


def test_pages_of_an_allowed_origin_may_call() -> None:
    """What `--allow-origin` says may ask, is told so before, and may read answers and problems."""
    origin = "https://shop.example"
    with service(settings=Settings(allow_origins=(origin + "/",))) as (client, _, _):
        asked = {"origin": origin, "access-control-request-method": "POST"}
        before = client.options("/v1/decisions", headers=asked)
        answer = client.post("/v1/decisions", json=ASK, headers={"origin": origin})
        problem = client.post("/v1/decisions", json={}, headers={"origin": origin})

        assert before.status_code == 204
        assert "Idempotency-Key" in before.headers["access-control-allow-headers"]
        for one in (before, answer, problem):
            assert one.headers["access-control-allow-origin"] == origin
            assert one.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers


def test_pages_that_are_not_allowed_are_told_nothing_before() -> None:
    """A question from a page elsewhere what it may ask is refused."""
    with service() as (client, _, _):
        asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}

        assert client.options("/v1/decisions", headers=asked).status_code == 403


def test_the_services_own_pages_may_call() -> None:
    """A page of the service itself says its origin, and is let in."""
    with service() as (client, _, _):
        assert client.get("/healthz", headers={"origin": HERE}).status_code == 200


def test_a_key_that_asks_too_often_is_told_when_to_come_back() -> None:
    """Beyond its rate a key is answered with 429 and `Retry-After`."""
    with service(settings=Settings(rate="3/hour")) as (client, _, _):
        told = [client.post("/v1/decisions", json=ASK) for _ in range(5)]

        assert [one.status_code for one in told] == [200, 200, 200, 429, 429]
        assert 1 <= int(told[-1].headers["retry-after"]) <= 3_600
        assert "3/hour" in told[-1].json()["detail"]


def test_the_rate_of_one_key_is_not_anothers(path: Path) -> None:
    """A key in a loop takes nothing from other keys."""
    text = file_with(path, "decide:read")
    with service(keys=KeyFile(path), settings=Settings(rate="2/hour")) as (client, _, _):
        told = [client.post("/v1/decisions", json=ASK).status_code for _ in range(3)]
        other = client.post("/v1/decisions", json=ASK, headers={"authorization": f"Bearer {text}"})

        assert told[-1] == 429
        assert other.status_code == 200


def test_a_high_rate_is_held_exactly_too() -> None:
    """Where requests are counted by the dozen, no more get through than the rate says."""
    with service(settings=Settings(rate="300/hour")) as (client, _, _):
        told = [client.get("/v1/moments").status_code for _ in range(310)]

        assert told.count(200) == 300


def test_a_rate_that_is_none_is_refused_at_the_start() -> None:
    """A service is not started with a rate it cannot count."""
    engine = engine_on()
    engine.declare(shop())
    with pytest.raises(BadInput, match="600/minute"), service(engine, Settings(rate="often")):
        pass
    engine.close()


def test_more_requests_than_there_is_room_for_are_sent_away() -> None:
    """Beyond the requests under way that a service takes, the answer is 503 and `Retry-After`."""
    with service(settings=Settings(concurrency=2)) as (client, _, _):
        told = client.together(*[("POST", "/v1/decisions", {"json": ASK})] * 5)
        again = client.post("/v1/decisions", json=ASK)

        assert sorted(one.status_code for one in told) == [200, 200, 503, 503, 503]
        assert all(one.headers["retry-after"] for one in told if one.status_code == 503)
        assert again.status_code == 200


def test_what_is_no_path_is_not_found() -> None:
    """A path that the table does not know is answered with 404 and where the table is."""
    with service() as (client, _, _):
        for path in ("/", "/v1", "/v2/decisions", "/v1/people", "/v1/decisions/", "/consoles"):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert "/openapi.json" in answer.json()["detail"]


def test_a_damaged_file_is_seen_at_the_start(path: Path) -> None:
    """A service does not start on keys it cannot read."""
    path.write_bytes(b"nonsense")

    with pytest.raises(StoreDamaged, match=r"people\.db\.access"):
        KeyFile(path)
