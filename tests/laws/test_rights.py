"""Laws of a person's rights: restricting is forgetting that can be undone; what was said holds."""

import numpy as np
import pytest
from engines import NAMED, PURPOSE, SHOP, SPORTS, Clock, agreed, engine_on, shop
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant import Action, Decision, Engine, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.decide.contributions import Encoders, margin_of
from penchant.journal import Derived
from penchant.model.action_names import ActionNames
from penchant.model.encoding import Encoder
from penchant.model.version import unpack

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


VALUES = st.floats(-1.0, 1.0, allow_nan=False)
LABELS = st.sampled_from([f"sport={sport}" for sport in SPORTS])


def correct(engine: Engine, label: str, value: float, person: str = "ada") -> None:
    """Let a person say what a feature adds for them."""
    name = f"taste at home.hero: {label}" if label else "taste at home.hero"
    said(engine, "belief.corrected", person, belief=name, **{"is": value})


def uncorrect(engine: Engine, label: str, person: str = "ada") -> None:
    """Let a person leave a feature to what is learned."""
    name = f"taste at home.hero: {label}" if label else "taste at home.hero"
    said(engine, "belief.uncorrected", person, belief=name)


def contribution(engine: Engine, label: str, person: str = "ada") -> float:
    """Give what a feature adds for a person: of two actions that differ in nothing else."""
    name, _, value = label.partition("=")
    candidates = [Action("with", {"price": 50, name: value}), Action("without", {"price": 50})]
    decision = engine.decide("home.hero", person=person, actions=candidates, draw=0.5)
    given_ = dict(zip(decision.names, decision.personal, strict=True))
    return given_["with"] - given_["without"]


def taught(engine: Engine, clock: Clock, times: int, *, likes: str, person: str = "ada") -> None:
    """Let somebody be shown each action in turn, and like one sport."""
    for turn in range(times):
        action = SHOP[turn % len(SHOP)]
        decision = engine.decide("home.hero", person=person, actions=[action], draw=0.0)
        if decision.action.name == action.name:
            engine.learn(decision.id, reward=float(action.features["sport"] == likes))
        if turn % 50 == 0:
            clock.forward(hours=1)


@settings(max_examples=12)
@given(turns, turns, LABELS, VALUES)
def test_what_a_person_said_of_their_taste_holds_whatever_is_learned(
    before: list[Turn], after: list[Turn], label: str, value: float
) -> None:
    """It adds what they said it adds, under every version, and in the engine opened next."""
    engine, clock, store = begun(SHOP)
    live(engine, clock, [(person, 9, 1.0, False) for person in PEOPLE] * 4 + before)
    correct(engine, label, value)
    assert contribution(engine, label) == pytest.approx(value, abs=1e-9)
    live(engine, clock, after)
    taught(engine, clock, 20, likes=label.partition("=")[2] if value < 0 else "nothing")

    assert contribution(engine, label) == pytest.approx(value, abs=1e-9)
    again = opened_again(engine, store, clock)
    assert contribution(again, label) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(("likes", "value"), [("run", -0.4), ("swim", 0.4)])
def test_a_thousand_contrary_outcomes_change_nothing_of_it(likes: str, value: float) -> None:
    """What was said of running stands to 1e-6, in each of the versions that come meanwhile."""
    engine, clock, _ = begun(SHOP)
    live(engine, clock, [(person, 9, 1.0, False) for person in PEOPLE] * 4)
    correct(engine, "sport=run", value)
    versions = {asked(engine, "ada").version}
    for _ in range(10):
        taught(engine, clock, 100, likes=likes)
        versions.add(asked(engine, "ada").version)
        assert contribution(engine, "sport=run") == pytest.approx(value, abs=1e-6)

    assert len(versions) > 5


@LAWFUL
@given(turns, LABELS, VALUES)
def test_taking_a_correction_back_gives_back_exactly_what_was_learned(
    happened: list[Turn], label: str, value: float
) -> None:
    """To the last bit: what was said was never mixed into what was learned."""
    engine, clock, _ = begun(SHOP)
    live(engine, clock, [(person, 9, 1.0, False) for person in PEOPLE] * 2 + happened)
    before = asked(engine, "ada")
    correct(engine, label, value)
    correct(engine, "", 0.0)
    uncorrect(engine, label)
    assert set(asked(engine, "ada").personal) == {0.0}  # nothing sets her apart
    uncorrect(engine, "")

    assert numbers(asked(engine, "ada")) == numbers(before)


@LAWFUL
@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=30), VALUES)
def test_what_is_learned_meanwhile_is_learned_as_if_nothing_had_been_said(
    rewards: list[float], value: float
) -> None:
    """A correction changes what is decided, never what outcomes teach of the person."""
    engines = []
    for says in (True, False):
        engine, clock, _ = begun(NAMED)
        live(engine, clock, [(person, 9, 1.0, False) for person in PEOPLE] * 2)
        if says:
            correct(engine, "action=fins", value)
        for turn, reward in enumerate(rewards):
            only = [NAMED[turn % len(NAMED)]]
            decision = engine.decide("home.hero", person="ada", actions=only, draw=0.0)
            engine.learn(decision.id, reward=reward)
        if says:
            uncorrect(engine, "action=fins")
        engines.append(engine)

    same(engines[0], engines[1], *PEOPLE, None)


@LAWFUL
@given(turns, LABELS, VALUES, action_sets)
def test_a_correction_holds_however_it_is_decided(
    happened: list[Turn], label: str, value: float, actions: tuple[Action, ...]
) -> None:
    """One by one, in items and in columns the same numbers come out; other people's stay theirs."""
    engine, clock, _ = begun(actions)
    live(engine, clock, [(person, 9, 1.0, False) for person in PEOPLE] * 2 + happened)
    others = [numbers(engine.decide("home.hero", person=one, draw=0.5)) for one in ("bea", "dan")]
    correct(engine, label if actions is SHOP else "action=fins", value)
    one = engine.decide("home.hero", person="ada", draw=0.5)
    items = engine.decide_many([{"moment": "home.hero", "person": "ada"}])
    columns = engine.decide_many("home.hero", people=["ada", "bea", "dan"])

    for answer in (items[0], columns[0]):
        assert isinstance(answer, Decision)
        assert numbers(answer) == pytest.approx(numbers(one), rel=CLOSE, abs=CLOSE)
        assert answer.said == one.said
    for answer, before in zip(columns[1:], others, strict=True):
        assert isinstance(answer, Decision)
        assert numbers(answer) == pytest.approx(before, rel=CLOSE, abs=CLOSE)


@LAWFUL
@given(turns, LABELS, VALUES, st.booleans())
def test_the_parts_of_a_margin_sum_to_it_with_a_correction_too(
    happened: list[Turn],
    label: str,
    value: float,
    whole: bool,  # noqa: FBT001 - as hypothesis gives it
) -> None:
    """What the person said is a part like the others, and nothing is left over."""
    engine, clock, store = begun(SHOP)
    live(engine, clock, [(person, 9, 1.0, False) for person in PEOPLE] * 2 + happened)
    correct(engine, label, value)
    if whole:
        correct(engine, "", 0.0)
    decision = asked(engine, "ada")
    version, vocabulary = unpack([f for f in store.read("") if isinstance(f, Derived)][-1].numbers)
    encoders = Encoders(Encoder("context"), Encoder("actions"), ActionNames())
    encoders.context.restore(vocabulary.context)
    encoders.action.restore(vocabulary.action)
    encoders.names.restore(vocabulary.names)
    scores = np.array(decision.expected) + np.array(decision.personal)
    for other in range(1, len(SHOP)):
        margin = margin_of(decision, (SHOP[0], SHOP[other]), version, encoders)

        parts = sum(part.amount for part in margin.parts)
        assert parts == pytest.approx(scores[0] - scores[other], abs=CLOSE)
        personal = decision.personal[0] - decision.personal[other]
        assert margin.person == pytest.approx(personal, abs=CLOSE)
