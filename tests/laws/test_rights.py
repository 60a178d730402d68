"""Laws of a person's rights: restricting is forgetting that can be undone; what was said holds."""

import numpy as np
import pytest
from engines import NAMED, PURPOSE, SHOP, Clock, agreed, engine_on, shop
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant import Action, Decision, Engine, Signal
from penchant.adapters.store.memory import MemoryStore

CLOSE = 1e-9
PEOPLE = ("ada", "bea", "cleo", "dan")
LAWFUL = settings(max_examples=30)

Turn = tuple[str, int, float, bool]
"""Somebody's decision at an hour, and its reward; whether time passes after it."""

turns = st.lists(
    st.tuples(
        st.sampled_from([*PEOPLE, "nobody"]),
        st.integers(0, 23),
        st.sampled_from([0.0, 0.5, 1.0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=45,
)
action_sets = st.sampled_from([SHOP, NAMED])


def begun(actions: tuple[Action, ...]) -> tuple[Engine, Clock, MemoryStore]:
    """Give an engine with the shop and people who agreed."""
    store, clock = MemoryStore(), Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop(actions))
    agreed(engine, *PEOPLE)
    return engine, clock, store


def live(engine: Engine, clock: Clock, happened: list[Turn]) -> None:
    """Let it happen."""
    for person, hour, reward, passes in happened:
        whose = None if person == "nobody" else person
        decision = engine.decide("home.hero", person=whose, context={"hour": hour})
        engine.learn(decision.id, reward=reward)
        if passes:
            clock.forward(hours=hour)


def said(engine: Engine, kind: str, person: str = "ada", **data: object) -> None:
    """Let a person state something that is kept."""
    assert engine.observe(Signal(kind, person, data=data))  # type: ignore[arg-type]  # any value


def asked(engine: Engine, person: str | None) -> Decision:
    """Ask the same question as always."""
    return engine.decide("home.hero", person=person, context={"hour": 9}, draw=0.5)


def numbers(decision: Decision) -> list[float]:
    """Give every number a decision rests on."""
    columns = (decision.weights, decision.neutral, decision.expected, decision.personal)
    return [one for column in (*columns, decision.belief) for one in column]


def opened_again(engine: Engine, store: MemoryStore, clock: Clock) -> Engine:
    """Open a second engine on all that the first has written, versions included."""
    asked(engine, None)
    copied = MemoryStore()
    copied.append(list(store.read()))
    return engine_on(copied, clock=clock)


def same(one: Engine, other: Engine, *people: str | None) -> None:
    """Hold what two engines would decide for people against each other."""
    for person in people:
        mine, its = asked(one, person), asked(other, person)

        assert mine.names == its.names
        assert numbers(mine) == pytest.approx(numbers(its), rel=CLOSE, abs=CLOSE)


@LAWFUL
@given(turns, action_sets)
def test_who_restricts_is_out_of_the_sums_as_if_forgotten(
    happened: list[Turn], actions: tuple[Action, ...]
) -> None:
    """Everybody else, and nobody in particular, is decided for as if that person were forgotten."""
    engines = []
    for _ in range(2):
        engine, clock, _store = begun(actions)
        live(engine, clock, happened)
        engines.append(engine)
    said(engines[0], "person.restricted")
    engines[1].forget("ada")

    same(engines[0], engines[1], "bea", "cleo", "dan", None)


@LAWFUL
@given(turns, turns, action_sets)
def test_lifting_a_restriction_puts_everything_back(
    before: list[Turn], late: list[Turn], actions: tuple[Action, ...]
) -> None:
    """Restricted and lifted, however often, everybody is decided for as if it had not been."""
    engines = []
    for _ in range(2):
        engine, clock, _store = begun(actions)
        live(engine, clock, before)
        engines.append(engine)
    for _ in range(2):
        said(engines[0], "person.restricted")
        refused = [turn for turn in late if turn[0] == "ada"]
        live(engines[0], Clock(), refused)  # keeps nothing
        said(engines[0], "person.unrestricted")

    same(engines[0], engines[1], *PEOPLE, None)


@LAWFUL
@given(turns, turns, turns, action_sets)
def test_a_restriction_is_recomputed_from_the_journal(
    before: list[Turn], meanwhile: list[Turn], after: list[Turn], actions: tuple[Action, ...]
) -> None:
    """Before it, while it holds and after it, a second engine on the journal gives the same."""
    engine, clock, store = begun(actions)
    live(engine, clock, before)
    said(engine, "person.restricted")
    live(engine, clock, meanwhile)
    same(engine, opened_again(engine, store, clock), *PEOPLE, None)
    said(engine, "person.unrestricted")
    same(engine, opened_again(engine, store, clock), *PEOPLE, None)
    live(engine, clock, after)

    same(engine, opened_again(engine, store, clock), *PEOPLE, None)


@LAWFUL
@given(turns, action_sets, st.booleans())
def test_of_a_restricted_person_nothing_is_used(
    happened: list[Turn],
    actions: tuple[Action, ...],
    in_columns: bool,  # noqa: FBT001 - as hypothesis gives it
) -> None:
    """Every way of deciding gives the fallback, with propensity 1 and the reason."""
    engine, clock, _ = begun(actions)
    live(engine, clock, happened)
    said(engine, "person.restricted")
    if in_columns:
        contexts = np.zeros((2, 1))
        answers = engine.decide_many("home.hero", people=["ada", "bea"], contexts=contexts)
    else:
        items = [{"moment": "home.hero", "person": person} for person in ("ada", "bea")]
        answers = engine.decide_many(items)
    for decision in (answers[0], asked(engine, "ada")):
        assert isinstance(decision, Decision)
        assert decision.propensities == {"nothing": 1.0}
        assert "restricted" in decision.reasons[0].sentence
    assert isinstance(answers[1], Decision)
    assert len(answers[1].names) > 1
    assert not engine.observe(Signal("shop.viewed", "ada"), purpose=PURPOSE)
