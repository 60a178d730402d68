"""Calls that come in together: each is answered as it would be alone."""

from typing import Any

import pytest
from engines import SHOP, agreed, engine_on, lived, shop

from penchant import Action, Decision, Engine, Refused
from penchant.adapters.store.memory import MemoryStore
from penchant.loop import replayed
from penchant.runtime.together import AT_ONCE, FEWEST

PEOPLE = tuple(f"p{number}" for number in range(9))
NUMBERS = ("weights", "neutral", "expected", "personal", "belief", "propensity")


def taught(*, seed: int = 5, actions: tuple[Action, ...] = SHOP) -> Engine:
    """Give an engine that knows some people a little."""
    engine = engine_on(MemoryStore(), seed=seed)
    engine.declare(shop(actions))
    agreed(engine, *PEOPLE)
    lived(engine, PEOPLE, 5)
    return engine


def item(person: str | None, *, draw: float = 0.5, **context: object) -> dict[str, Any]:
    """Give an item of a batch."""
    return {"moment": "home.hero", "person": person, "context": context, "draw": draw}


def agree(one: object, other: Decision) -> None:
    """Hold two decisions against each other; ids differ."""
    assert isinstance(one, Decision)
    for name in NUMBERS:
        assert getattr(one, name) == pytest.approx(getattr(other, name), abs=1e-9)
    for name in ("person", "action", "mode", "names", "context", "version", "consent", "note"):
        assert getattr(one, name) == getattr(other, name)


def test_calls_together_are_answered_as_each_alone() -> None:
    """Propensities, beliefs, contexts and draws are those of the call by itself."""
    engine = taught()
    items = [
        item(person, draw=place / 27, hour=place % 24, device=f"device-{place % 4}")
        for place, person in enumerate(PEOPLE * 3)
    ]

    together = engine.decide_many(items)

    for given, answer in zip(items, together, strict=True):
        alone = engine.decide(
            "home.hero", person=given["person"], context=given["context"], draw=given["draw"]
        )
        agree(answer, alone)


def test_a_draw_is_the_one_that_the_record_replays() -> None:
    """Drawn again from its record alone, each decision gives the action that was taken."""
    answers = taught().decide_many([item(PEOPLE[n % 9], draw=n / 200, hour=9) for n in range(200)])

    assert len(answers) > AT_ONCE
    for one in answers:
        assert isinstance(one, Decision)
        assert replayed(one, 0.01) == one.action.name


def test_what_is_wrong_with_one_is_told_in_its_place() -> None:
    """Bad contexts, unknown people and moments, and people who said no keep nobody back."""
    engine = taught()
    engine.consent("p1", "recommendation", granted=False)
    items = [item(person, hour=9) for person in PEOPLE]
    items[3] = item("p3", hour="nine")
    items[4] = item("p4", hour=float("nan"))
    items[5] = {**item("p5"), "moment": "home.none"}
    items[6] = {**item("p6"), "context": 7}
    items[7] = {**item("p7"), "draw": 1.0}
    items[8] = item(None, hour=9)
    items.append({**item("p0"), "moment": ["home.hero"]})

    answers = engine.decide_many(items)

    assert [isinstance(one, Refused) for one in answers] == [*[False] * 3, *[True] * 5, False, True]
    assert isinstance(answers[1], Decision)
    assert answers[1].note
    assert isinstance(answers[8], Decision)
    assert answers[8].person is None


def test_a_name_that_comes_within_a_batch_harms_nobody() -> None:
    """Whoever is read before a new feature is decided as if it were usual."""
    engine = taught()
    items = [item(person, hour=9) for person in PEOPLE]
    items[5] = item(PEOPLE[5], hour=9, weather="rain", wind=3.0)

    for given, answer in zip(items, engine.decide_many(items), strict=True):
        alone = engine.decide(
            "home.hero", person=given["person"], context=given["context"], draw=given["draw"]
        )
        agree(answer, alone)


def test_each_is_learned_from_by_itself() -> None:
    """Every decision waits for an outcome of its own, once."""
    engine = taught()
    answers = engine.decide_many([item(person, hour=9) for person in PEOPLE])
    ids = [one.id for one in answers if isinstance(one, Decision)]

    assert len(set(ids)) == len(PEOPLE) > FEWEST
    assert all(engine.learn(one, reward=1.0) for one in ids)
    assert not any(engine.learn(one, reward=1.0) for one in ids)


def test_more_open_decisions_than_a_person_may_have_let_the_oldest_go() -> None:
    """The bound of open decisions holds for those decided together too."""
    engine = taught()
    most = engine.many.limits.open_decisions
    answers = engine.decide_many([item("p0", hour=9) for _ in range(most + 5)])
    told = [bool(engine.learn(one.id, reward=1.0)) for one in answers if isinstance(one, Decision)]

    assert told == [*[False] * 5, *[True] * most]
