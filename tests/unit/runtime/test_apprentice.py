"""An apprentice: the host's own logic decides, Penchant learns to do the same, then goes live."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from engines import PURPOSE, Clock, agreed, engine_on

from penchant import Action, Cap, Engine, Moment, Outcome
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import BadInput
from penchant.guard.apprentice import APPRENTICE, is_apprentice
from penchant.journal import Learned
from penchant.learn.evaluate import evaluated
from penchant.words import AtTime, Decision

NAMES = ("run", "swim", "read")
PEOPLE = tuple(f"p{number}" for number in range(60))


def moment(**settings: object) -> Moment:
    """Give a moment at which the host's own logic decides."""
    given: dict[str, object] = {"apprentice": True, "default": "read", **settings}
    return Moment(
        "home.hero",
        purpose=PURPOSE,
        actions=[Action(name) for name in NAMES],
        outcome=Outcome("clicked", window="30m"),
        **given,  # type: ignore[arg-type]  # any setting
    )


def host(device: str) -> list[str]:
    """Choose as the host does, its choice first: by the device alone."""
    first = "run" if device == "phone" else "swim"
    return [first, *(name for name in NAMES if name != first)]


def lived(engine: Engine, n: int, *, people: Sequence[str] = PEOPLE) -> list[Decision]:
    """Let the host decide so often; a third of what it does is followed."""
    dice = random.Random(4)  # noqa: S311 - dice, not secrets
    found = []
    for _ in range(n):
        device, person = dice.choice(("phone", "desk")), dice.choice(people)
        asked = {"device": device}
        one = engine.decide("home.hero", person=person, context=asked, actions=host(device))
        engine.learn(one.id, reward=float(dice.random() < 0.3))
        found.append(one)
    return found


def taught(n: int, **settings: object) -> tuple[Engine, list[Decision]]:
    """Give an engine that looked on so often."""
    engine = engine_on(MemoryStore())
    engine.declare(moment(**settings))
    agreed(engine, *PEOPLE)
    return engine, lived(engine, n)


def test_the_hosts_choice_is_done_and_propensities_stay_exact() -> None:
    """What comes back is the first action of the call; what was drawn is kept with its chances."""
    engine, decisions = taught(50)

    for one in decisions:
        assert one.action.name == host(str(one.context["device"]))[0]
        assert one.forced == APPRENTICE
        assert is_apprentice(one)
        assert not one.executed
        assert sum(one.weights) == pytest.approx(1.0)
        assert one.propensity == one.propensities[one.drawn]
    engine.close()


def test_without_actions_what_stands_for_nothing_is_done() -> None:
    """A host that only ever does the default need not name it."""
    engine, _ = taught(0)
    one = engine.decide("home.hero", person="p1", context={"device": "phone"})

    assert one.action.name == "read"
    assert one.forced == APPRENTICE
    engine.close()


def test_it_learns_to_do_the_same() -> None:
    """What it would do comes to be what the host does, and the match says so."""
    engine, decisions = taught(900)
    same = [one.propensities[one.action.name] for one in decisions]
    found = evaluated(engine.insight.log("home.hero"))

    assert sum(same[:20]) < 15
    assert sum(same[-100:]) > 90
    assert found.match is not None
    assert found.match.low < found.match.share < found.match.high
    assert found.match.decisions == 500
    assert found.match.is_enough
    engine.close()


def test_what_was_not_drawn_is_left_out_of_estimates() -> None:
    """No value is made of decisions that an apprentice did not take."""
    engine, _ = taught(300)
    found = evaluated(engine.insight.log("home.hero"))

    assert found.rows == 0
    assert found.left_out == {"an apprentice looked on": 300}
    assert all(one.verdict == "cannot say" for one in found.policies)
    compared = engine.insight.moment("home.hero").compared
    assert compared is None
    engine.close()


def test_another_choice_than_the_hosts_counts_as_the_least() -> None:
    """What is learned about is what was drawn: the reward where it was done, else the least."""
    store = MemoryStore()
    engine = engine_on(store)
    engine.declare(moment(explore=1.0))
    agreed(engine, *PEOPLE)
    decisions = {one.id: one for one in lived(engine, 60)}
    facts = [one for one in store.read() if isinstance(one, Learned)]

    assert {one.decision for one in facts} == set(decisions)
    for one in facts:
        decision = decisions[one.decision]
        is_same = decision.drawn == decision.action.name
        assert one.teaches == (one.scaled if is_same else 0.0)
        assert one.predicted == decision.expected[decision.names.index(decision.drawn)]
    assert len({decisions[one.decision].drawn == "run" for one in facts}) == 2
    engine.close()


def test_going_live_is_a_declaration(tmp_path: Path) -> None:
    """Without `apprentice` what is drawn is done; what was learned stays, over a restart too."""
    path = str(tmp_path / "people.db")
    with Engine.open(path, seed=5) as engine:
        engine.declare(moment())
        agreed(engine, *PEOPLE)
        lived(engine, 400)
        before = engine.decide("home.hero", context={"device": "phone"}, draw=0.5)
    with Engine.open(path, seed=5) as engine:
        again = engine.decide("home.hero", context={"device": "phone"}, draw=0.5)
        assert again.weights == pytest.approx(before.weights, abs=1e-9)
        engine.declare(moment(apprentice=False))
        live = engine.decide("home.hero", context={"device": "phone"}, draw=0.5)

    assert before.forced
    assert not live.forced
    assert live.action.name == "run"
    assert live.weights == pytest.approx(before.weights, abs=1e-9)


def test_a_guardrail_stands_above_the_host() -> None:
    """What may not be done is not done, whoever chose it, and teaches nothing."""
    engine = engine_on(MemoryStore(), clock=Clock())
    engine.declare(moment(guardrails=[Cap(1, "1d")]))
    agreed(engine, "ada")
    first, then = (
        engine.decide("home.hero", person="ada", actions=["run", "swim"]) for _ in range(2)
    )

    assert first.action.name == "run"
    assert then.action.name == "read"
    assert "taken out by a guardrail" in then.forced
    assert not is_apprentice(then)
    engine.close()


def test_consent_stands_above_the_host() -> None:
    """Without a yes the answer is what stands for nothing, as at every moment."""
    engine = engine_on(MemoryStore())
    engine.declare(moment())
    one = engine.decide("home.hero", person="nobody asked", actions=["run", "swim"])

    assert one.action.name == "read"
    assert one.mode == "neutral"
    assert not is_apprentice(one)
    engine.close()


def test_many_at_once_are_decided_alike() -> None:
    """In batches and in columns the host's choice, or the default, is done."""
    engine, _ = taught(0)
    asked = [{"moment": "home.hero", "person": one, "actions": ["swim", "run"]} for one in PEOPLE]
    plain = [{"moment": "home.hero", "person": one} for one in PEOPLE]
    table = engine.decide_many("home.hero", people=list(PEOPLE), contexts=None)

    for many, name in ((engine.decide_many(asked), "swim"), (engine.decide_many(plain), "read")):
        assert all(isinstance(one, Decision) and one.action.name == name for one in many)
    assert all(isinstance(one, Decision) and one.forced == APPRENTICE for one in table)
    engine.close()


def test_reasons_say_what_it_would_have_done() -> None:
    """Whoever asks why is told that the host's logic decided, and whether Penchant agrees."""
    engine, decisions = taught(40, explore=1.0)
    told = {one.drawn == one.action.name: str(engine.explain(one.id)) for one in decisions}

    assert "Penchant would have done the same." in told[True]
    assert "was drawn, but not done. Penchant is an apprentice here" in told[False]
    engine.close()


def test_an_apprentice_needs_a_host() -> None:
    """A moment that opens itself has nobody to learn from; a slate has no one choice."""
    engine, _ = taught(0)
    with pytest.raises(BadInput, match="no logic of yours to learn from"):
        engine.declare(moment(opens=[AtTime("09:00", zone="UTC")]))
    with pytest.raises(BadInput, match="one decision at a time"):
        engine.decide_slate("home.hero", 2, person="p1", actions=["run", "swim"])
    engine.close()


def test_forgetting_takes_an_apprentices_lessons_out() -> None:
    """What somebody taught an apprentice goes with them."""
    engine, decisions = taught(200)
    theirs = [one for one in decisions if one.person == "p1"]

    assert engine.forget("p1").outcomes == len(theirs) > 0
    found = engine.insight.log("home.hero")
    assert found.match is not None
    assert found.match.decisions == 200 - len(theirs)
    engine.close()
