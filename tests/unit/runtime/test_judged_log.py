"""The log of a moment as it is judged: whose decisions count, and what may be asked of them."""

import numpy as np
import pytest
from engines import PURPOSE, agreed, engine_on, shop

from penchant import Action, Engine, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import UnknownMoment
from penchant.learn.evaluate import decided
from penchant.learn.evaluate.decided import EVEN, NEUTRAL, always


def lived(*people: str, times: int = 4) -> Engine:
    """Give an engine that decided for people, and knows what followed."""
    engine = engine_on(MemoryStore())
    engine.declare(shop())
    agreed(engine, *people)
    for _ in range(times):
        for person in people:
            decision = engine.decide("home.hero", person=person)
            engine.learn(decision.id, reward=1.0)
    return engine


def test_those_who_restrict_their_use_are_left_out() -> None:
    """Nothing of them is judged while it holds, and all of it again once it is lifted."""
    engine = lived("ada", "ben")
    engine.observe(Signal("person.restricted", "ada"))
    without = engine.insight.log("home.hero")
    engine.observe(Signal("person.unrestricted", "ada"))
    again = engine.insight.log("home.hero")

    assert set(without.people) == {"ben"}
    assert without.left_out == {"use is restricted": 4}
    assert set(again.people) == {"ada", "ben"}


def test_those_who_were_forgotten_are_not_there() -> None:
    """A forgotten person has no row, and is not counted either."""
    engine = lived("ada", "ben")
    engine.forget("ada")
    found = engine.insight.log("home.hero")

    assert set(found.people) == {"ben"}
    assert not found.left_out


def test_only_the_latest_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, memory is bounded, and what is older is counted."""
    monkeypatch.setattr(decided, "LATEST", 5)
    found = lived("ada", "ben").insight.log("home.hero")

    assert len(found.actions) == 5
    assert found.left_out == {"older than those judged": 3}


def test_of_many_actions_fewer_decisions_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy has a number for each decision and action: their product is bounded, and counted."""
    names = len(lived("ada", "ben").insight.log("home.hero").names)
    monkeypatch.setattr(decided, "MOST_CELLS", 3 * names)
    found = lived("ada", "ben").insight.log("home.hero")

    assert len(found.actions) == len(found.people) == 3
    assert {one.shape for one in found.policies.values()} == {(3, names)}
    assert found.left_out == {"older than those judged": 5}


def test_policies_are_made_when_they_are_looked_at() -> None:
    """They are known by their names alone until then."""
    found = lived("ada", "ben").insight.log("home.hero").policies

    assert set(found) == {name for name in found if name in found}
    assert len(found) == len(list(found))
    assert "always nowhere" not in found
    with pytest.raises(KeyError):
        found["always nowhere"]


def test_policies_keep_to_what_was_permitted() -> None:
    """Each is a policy in every row, and where an action was taken out nothing is done instead."""
    engine = lived("ada")
    engine.consent("ada", PURPOSE, granted=True, dial=0.2)
    call = Action("call", burden=0.9)
    decision = engine.decide("home.hero", person="ada", actions=["fins", "bike", call])
    engine.learn(decision.id, reward=0.0)
    found = engine.insight.log("home.hero")
    place = {name: number for number, name in enumerate(found.names)}

    assert "call" not in place
    assert {NEUTRAL, EVEN, always("fins")} <= set(found.policies)
    for name, chances in found.policies.items():
        assert chances.sum(axis=1) == pytest.approx(np.ones(5)), name
    last = {name: chances[-1] for name, chances in found.policies.items()}
    assert last[EVEN][place["fins"]] == pytest.approx(1 / 3)
    assert last[EVEN][place["ball"]] == 0.0
    if always("ball") in last:
        assert last[always("ball")][place["nothing"]] == 1.0


def test_a_moment_that_is_none_is_unknown() -> None:
    """Nothing is judged of a moment that nobody declared."""
    with pytest.raises(UnknownMoment):
        lived("ada").insight.log("nowhere")
