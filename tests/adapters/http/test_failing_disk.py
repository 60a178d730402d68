"""A disk that does not take what is written: nothing is acknowledged, and nobody else suffers."""

from collections.abc import Sequence

import pytest
from adapters.http.calling import ASK, SIGNAL, service
from engines import agreed, engine_on, shop

from penchant import Engine
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import StoreDamaged, StoreError, StoreFailed
from penchant.journal import Block, Fact


class Failing(MemoryStore):
    """Fails to keep facts about some people."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: dict[str, StoreError] = {}

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep the facts, unless one is about somebody it fails for."""
        for fact in facts:
            if fact.person in self.wrong:
                raise self.wrong[fact.person]
        super().append(facts)


@pytest.fixture
def store() -> Failing:
    """Give a store that keeps everything so far."""
    return Failing()


@pytest.fixture
def engine(store: Failing) -> Engine:
    """Give an engine on it, with a shop and two people who agreed."""
    opened = engine_on(store)
    opened.declare(shop())
    agreed(opened, "ada", "ben")
    return opened


def test_what_could_not_be_written_is_not_acknowledged(store: Failing, engine: Engine) -> None:
    """A full disk is answered with 503 and `Retry-After` on every road; later it works again."""
    with service(engine) as (client, _, _):
        name = client.post("/v1/decisions", json=ASK).json()["id"]
        outcome = {"decision": name, "reward": 1}
        store.wrong["ada"] = StoreFailed("The disk of `people.db` is full. Make room on it.")
        calls = [("/v1/decisions", ASK), ("/v1/signals", SIGNAL), ("/v1/outcomes", outcome)]
        for path, body in calls:
            answer = client.post(path, json=body)
            assert answer.status_code == 503, path
            assert answer.headers["retry-after"]
            assert "Make room" in answer.json()["detail"]
        consent = client.put("/v1/people/ada/consent/news", json={"granted": True})
        assert consent.status_code == 503
        store.wrong.clear()
        assert client.post("/v1/outcomes", json=outcome).json() == {"kept": True}


def test_a_damaged_stream_is_its_persons_alone(store: Failing, engine: Engine) -> None:
    """Requests that shared a turn with one about a damaged stream are answered all the same."""
    store.wrong["ben"] = StoreDamaged("Stream `5f` is not whole. Restore it from a backup.")
    with service(engine) as (client, _, _):
        ben = ("POST", "/v1/decisions", {"json": {**ASK, "person": "ben"}})
        ada = ("POST", "/v1/decisions", {"json": ASK})
        told = client.together(*[ada] * 6, ben, *[ada] * 6)

        assert [one.status_code for one in told] == [*[200] * 6, 503, *[200] * 6]
        assert engine.export("ada").count('"type":"decided"') == 12


def test_a_bad_body_in_a_turn_that_fails_is_still_a_bad_body(
    store: Failing, engine: Engine
) -> None:
    """What is wrong with a request is said also where the disk failed for its turn."""
    store.wrong["ada"] = StoreFailed("The disk of `people.db` is full. Make room on it.")
    with service(engine) as (client, _, _):
        bad = ("POST", "/v1/decisions", {"json": {"moment": 3}})
        told = client.together(("POST", "/v1/decisions", {"json": ASK}), bad)

        assert sorted(one.status_code for one in told) == [400, 503]
