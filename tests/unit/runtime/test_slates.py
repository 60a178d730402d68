"""Slates of a running engine: written at once, learned by position, told when they make none."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import SHOP, Clock, agreed, engine_on, shop

from penchant import Action, Cap, Decision, Engine, Limits, Refused, Slate
from penchant.adapters.store.memory import MemoryStore
from penchant.adapters.store.sqlite import SqliteStore
from penchant.errors import BadInput, BadNumber, StoreFailed
from penchant.learn.evaluate import estimate
from penchant.runtime.calls import Call


def opened(engine: Engine | None = None, **settings: Any) -> Engine:
    """Give an engine with a shop in which something must always be shown, and ada asked."""
    engine = engine or engine_on()
    engine.declare(shop(default="ball", **settings))
    agreed(engine, "ada")
    return engine


def test_a_slate_is_kept_before_it_is_seen() -> None:
    """Each decision can be found, explained and learned by its own id."""
    engine = opened()
    slate = engine.decide_slate("home.hero", 3, person="ada", context={"hour": 9})

    assert len(slate) == len(list(slate)) == 3
    assert len({action.name for action in slate.actions}) == 3
    for one in slate:
        assert engine.many.find(one.id) == one
        said = engine.explain(one.id)
        assert said.decision == one.id
        assert ("position" in said.sentences[1]) == (one is not slate.decisions[0])
        assert engine.learn(one.id, reward=1.0)
        assert isinstance(engine.learn(one.id, reward=1.0), Refused)


def test_without_consent_it_is_the_fallback_alone() -> None:
    """Nothing is weighed and nothing is learned, and it says why."""
    slate = opened().decide_slate("home.hero", 3, person="bea")

    (one,) = slate
    assert (one.action.name, one.propensity, one.mode) == ("ball", 1.0, "neutral")
    assert one.position is not None
    assert one.id == f"{slate.id}-1"
    assert "was not asked" in one.note


def test_a_slate_counts_once_towards_a_cap() -> None:
    """It is shown once; the second is the last, after which only the fallback is left."""
    engine = opened(guardrails=[Cap(2, "1d")])
    lengths = [len(engine.decide_slate("home.hero", 3, person="ada")) for _ in range(3)]

    assert lengths == [3, 3, 1]
    again = engine.decide("home.hero", person="ada")
    assert again.names == ("ball",)


def test_nothing_is_not_shown_and_ends_it() -> None:
    """What is below nothing is nothing."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    slate = engine.decide_slate("home.hero", 3, person="ada", draws=[0.0, 0.999, 0.0])

    assert [one.action.name for one in slate] == ["sneakers", "nothing"]
    assert [action.name for action in slate.actions] == ["sneakers"]


def test_the_same_draws_give_the_same_slate() -> None:
    """Draws stand in for the dice, a position each, and are recorded."""
    draws = [0.7, 0.2]
    first, second = (
        opened().decide_slate("home.hero", 2, person="ada", draws=draws) for _ in range(2)
    )

    assert [one.action for one in first] == [one.action for one in second]
    assert [one.draw for one in first] == draws


def test_candidates_of_the_call_can_be_a_slate() -> None:
    """Actions known only now are as good as declared ones, and stay within what is given."""
    given = [Action(f"film-{i}", {"length": float(i)}) for i in range(5)]
    slate = opened().decide_slate("home.hero", 5, person="ada", actions=[*given, "fins"])

    assert {one.name for one in slate.actions} <= {one.name for one in given} | {"fins", "ball"}
    assert len(slate) == 5


def test_a_slate_that_cannot_be_written_is_taken_back() -> None:
    """Nothing of it waits or counts, and the next one may come."""

    class Full(MemoryStore):
        """Takes no decisions while it is full."""

        is_full = False

        def append(self, facts: object) -> None:
            if self.is_full:
                raise StoreFailed("The disk is full.")
            super().append(facts)  # type: ignore[arg-type]  # as it came

    store = Full()
    engine = opened(engine_on(store), guardrails=[Cap(1, "1d")])
    store.is_full = True
    with pytest.raises(StoreFailed):
        engine.decide_slate("home.hero", 2, person="ada")
    store.is_full = False

    assert len(engine.decide_slate("home.hero", 2, person="ada")) == 2


@pytest.mark.parametrize("k", [0, -1, 65, True, 2.0, "3"])
def test_positions_must_be_a_sensible_number(k: object) -> None:
    """At least one, and no more than may wait for one person."""
    with pytest.raises(BadNumber, match="1 to 64 positions"):
        opened().decide_slate("home.hero", k, person="ada")  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("draws", [[0.5], [0.5, 1.0], [0.5, None], [0.5, 0.5, 0.5]])
def test_draws_must_be_one_a_position(draws: list[float]) -> None:
    """Too few, too many or none are told."""
    with pytest.raises(BadNumber, match="2 numbers, a position each"):
        opened().decide_slate("home.hero", 2, draws=draws)


def test_what_is_wrong_with_a_call_is_told_as_for_one_decision() -> None:
    """An unknown moment, two actions of a name, a context that is none."""
    engine = opened()
    with pytest.raises(BadInput, match="No moment"):
        engine.decide_slate("nowhere", 2)
    with pytest.raises(BadInput, match="same name"):
        engine.decide_slate("home.hero", 2, actions=[Action("a"), Action("a")])
    with pytest.raises(BadInput, match="must be a mapping"):
        engine.decide_slate("home.hero", 2, context=[1])  # type: ignore[arg-type]  # on purpose


def test_asked_again_under_its_id_it_is_the_same() -> None:
    """A repeat finds the slate in the journal, whole, and adds nothing."""
    engine = opened()
    calls = [Call("home.hero", "ada", {}, None, None, "s-1", k=3)]
    first, second = engine.many.decide_slates(calls), engine.many.decide_slates(calls)

    assert isinstance(first[0], Slate)
    assert first == second
    assert first[0].id == "s-1"
    bad = Call("nowhere", "ada", {}, None, None, k=3)
    assert [type(one) for one in engine.many.decide_slates([bad, *calls])][1] is Slate


def below(slate: Slate) -> Decision:
    """Give the decision at the second position."""
    return slate.decisions[1]


def test_it_waits_and_teaches_again_after_a_restart(tmp_path: Path) -> None:
    """An outcome that comes later counts by the position as it was recorded."""
    path = tmp_path / "people.db"
    with opened(engine_on(SqliteStore(path))) as engine:
        for _ in range(30):
            for number, one in enumerate(engine.decide_slate("home.hero", 3, person="ada")):
                engine.learn(one.id, reward=1.0 if number == 0 else 0.0)
        waiting = below(engine.decide_slate("home.hero", 3, person="ada"))
        assert waiting.position is not None
        assert waiting.position.examined < 0.8
    with engine_on(SqliteStore(path)) as engine:
        assert engine.learn(waiting.id, reward=1.0)
        again = below(engine.decide_slate("home.hero", 3, person="ada"))
        assert again.position is not None
        assert again.position.examined == pytest.approx(waiting.position.examined, abs=0.1)


def test_a_missing_outcome_counts_at_its_position() -> None:
    """Windows close for each position by itself."""
    clock = Clock()
    engine = opened(engine_on(clock=clock))
    first, *rest = engine.decide_slate("home.hero", 3, person="ada")
    engine.learn(first.id, reward=1.0)
    clock.forward(minutes=31)

    assert engine.tick() == len(rest) == 2


def test_more_positions_than_may_wait_are_told_by_the_limit() -> None:
    """The bound is that of open decisions, so that no slate pushes out its own."""
    engine = opened(engine_on(limits=Limits(open_decisions=2)))
    with pytest.raises(BadNumber, match="1 to 2 positions"):
        engine.decide_slate("home.hero", 3)


def test_it_moves_with_its_person() -> None:
    """An export holds the positions, and another engine reads them."""
    engine = opened()
    for one in engine.decide_slate("home.hero", 3, person="ada"):
        engine.learn(one.id, reward=0.5)
    lines = engine.export("ada")
    positions = [
        line["decision"]["position"]["number"]
        for line in map(json.loads, lines.splitlines())
        if line["type"] == "decided"
    ]
    there = engine_on()

    assert positions == [1, 2, 3]
    assert there.import_(lines)
    assert there.profile("ada").person == "ada"


def test_each_position_can_be_judged_by_itself() -> None:
    """Another choice there, with what stands above as it was: the interval holds its true value."""
    engine = opened(explore=0.4)
    rng = np.random.default_rng(3)
    names = [action.name for action in SHOP]
    worth = dict(zip(names, (0.1, 0.7, 0.3, 0.5), strict=True))
    actions, rewards, chances, target, true = [], [], [], [], []
    for _ in range(900):
        top, second = engine.decide_slate("home.hero", 2)
        engine.learn(top.id, reward=float(rng.random() < worth[top.action.name]))
        reward = float(rng.random() < 0.5 * worth[second.action.name])
        engine.learn(second.id, reward=reward)
        wanted = "fins" if "fins" in second.names else "ball"  # the best that is left
        actions.append(names.index(second.action.name))
        rewards.append(reward)
        chances.append(second.propensity)
        target.append([float(name == wanted) for name in names])
        true.append(0.5 * worth[wanted])
    told = estimate(actions, rewards, chances, target)

    assert told.refused is None
    assert told.low <= np.mean(true) <= told.high
    assert told.high - told.low < 0.25
