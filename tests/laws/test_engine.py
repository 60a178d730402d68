"""Laws of a whole engine: its journal is the truth, and asking it changes nothing."""

import random
from collections import deque
from typing import NamedTuple

import numpy as np
import pytest
from engines import NAMED, NOW, PURPOSE, SHOP, Clock, agreed, engine_on, shop
from hypothesis import assume, given
from hypothesis import strategies as st
from laws.lengths import tried

from penchant import Action, Decision, Engine, Limits, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.decide.contributions import Encoders, margin_of
from penchant.journal import Decided, Derived, encode
from penchant.learn.pending import Open, Pending
from penchant.model.action_names import ActionNames
from penchant.model.encoding import Encoder, features_of
from penchant.model.version import unpack
from penchant.words import FrozenMap

CLOSE = 1e-9
PEOPLE = ("ada", "bea", "cleo", "anon-7", "dan")
LAWFUL = tried(0.3)
OTHERS = ["nobody", "wait", "forget", "merge", "part", "state", "time", "restrict", "release"]


class Step(NamedTuple):
    """One thing that happens: to whom, in which context, with which reward."""

    what: str
    person: str | None
    hour: int
    device: str
    reward: float


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    """Draw some outcomes, with merges, partings, statements and forgettings among them."""
    whats = ["learn"] * 12 + OTHERS
    one = st.builds(
        Step,
        what=st.sampled_from(whats),
        person=st.sampled_from(PEOPLE),
        hour=st.integers(0, 23),
        device=st.sampled_from(["phone", "desk", "telly"]),
        reward=st.sampled_from([0.0, 0.5, 1.0]),
    )
    return draw(st.lists(one, min_size=1, max_size=60))


def live(engine: Engine, clock: Clock, happened: list[Step]) -> None:
    """Let it happen."""
    agreed(engine, *PEOPLE)
    for step in happened:
        context = {"hour": step.hour, "device": step.device}
        if step.what in {"learn", "nobody", "wait"}:
            person = None if step.what == "nobody" else step.person
            decision = engine.decide("home.hero", person=person, context=context)
            if step.what != "wait":
                engine.learn(decision.id, reward=step.reward)
        elif step.what == "forget":
            engine.forget(step.person or "")
            agreed(engine, step.person or "")
        elif step.what in {"merge", "part"}:
            kind = "person.merged" if step.what == "merge" else "person.unmerged"
            engine.observe(Signal(kind, step.person or "", data={"from": "anon-7"}))
        elif step.what in {"restrict", "release"}:
            kind = "person.restricted" if step.what == "restrict" else "person.unrestricted"
            engine.observe(Signal(kind, step.person or ""))
        elif step.what == "state":
            said = Signal("trait.stated", step.person or "", data={"shoe": step.hour})
            engine.observe(said, purpose=PURPOSE)
        else:
            clock.forward(hours=step.hour)


def asked(engine: Engine, person: str | None, **more: object) -> Decision:
    """Ask the same question as always."""
    given_ = {"context": {"hour": 9, "device": "phone"}, "draw": 0.5, **more}
    return engine.decide("home.hero", person=person, **given_)  # type: ignore[arg-type]  # any


def close(one: Decision, other: Decision) -> None:
    """Hold two decisions against each other."""
    assert one.names == other.names
    for column in ("weights", "neutral", "expected", "personal", "belief"):
        assert getattr(one, column) == pytest.approx(getattr(other, column), rel=CLOSE, abs=CLOSE)
    assert one.action == other.action


@pytest.mark.proof
@LAWFUL
@given(steps(), st.sampled_from([SHOP, NAMED]))
def test_decisions_are_recomputed_from_the_journal(
    happened: list[Step], actions: tuple[Action, ...]
) -> None:
    """A second engine on the same journal gives the same propensities for the same question."""
    store, clock = MemoryStore(), Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop(actions))
    live(engine, clock, happened)
    for person in (*PEOPLE, None):
        first = asked(engine, person)

        close(asked(engine_on(store, clock=clock, seed=8), person), first)


@pytest.mark.parametrize("seed", range(8))
def test_a_long_life_is_recomputed_from_the_journal(seed: int) -> None:
    """Hundreds of outcomes, with merges, partings and forgettings among them."""
    dice = random.Random(seed)  # noqa: S311 - dice, not secrets
    happened = [
        Step(
            dice.choice([*["learn"] * 60, *OTHERS]),
            dice.choice(PEOPLE),
            dice.randrange(24),
            dice.choice(["phone", "desk", "telly"]),
            dice.choice([0.0, 0.5, 1.0]),
        )
        for _ in range(250)
    ]
    store, clock = MemoryStore(), Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop(NAMED if seed % 2 else SHOP))
    live(engine, clock, happened)
    for person in (*PEOPLE, None):
        first = asked(engine, person)

        close(asked(engine_on(store, clock=clock, seed=8), person), first)


@pytest.mark.proof
@LAWFUL
@given(steps(), st.sampled_from([SHOP, NAMED]))
def test_deciding_changes_nothing(happened: list[Step], actions: tuple[Action, ...]) -> None:
    """Two decisions with one draw are equal but for their ids, for whom and what in between."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(shop(actions))
    live(engine, clock, happened)
    first = asked(engine, "ada")
    others = [asked(engine, person) for person in (*PEOPLE, None)]
    engine.explain(first.id)
    engine.profile("ada")
    again = asked(engine, "ada")

    assert len({first.id, again.id, *(other.id for other in others)}) == len(others) + 2
    assert again.id != first.id
    for field in set(first.__struct_fields__) - {"id", "explainer"}:
        assert getattr(again, field) == getattr(first, field)


@pytest.mark.proof
@LAWFUL
@given(steps())
def test_two_engines_with_one_seed_live_the_same_life(happened: list[Step]) -> None:
    """Nothing but the arguments decides: no clock, no dice, no thread of its own."""
    lives = []
    for _ in range(2):
        clock = Clock()
        engine = engine_on(clock=clock)
        engine.declare(shop())
        live(engine, clock, happened)
        lives.append(asked(engine, "ada"))

    assert lives[0].id == lives[1].id
    assert encode_of(lives[0]) == encode_of(lives[1])


def encode_of(decision: Decision) -> bytes:
    """Give a decision as bytes."""
    return encode(Decided(decision.person or "", NOW, decision))


@pytest.mark.proof
@LAWFUL
@given(steps(), st.sampled_from([SHOP, NAMED]))
def test_the_parts_of_a_margin_sum_to_it(happened: list[Step], actions: tuple[Action, ...]) -> None:
    """Named contributions are the difference of the scores, nothing more and nothing less."""
    store, clock = MemoryStore(), Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop(actions))
    live(engine, clock, happened)
    decision = asked(engine, "ada")
    assume(decision.expected)  # she may have been forgotten with an id that was merged with hers
    versions = [fact for fact in store.read("") if isinstance(fact, Derived)]
    if not versions:
        assert set(decision.expected) == {decision.expected[0]}
        return
    version, vocabulary = unpack(versions[-1].numbers)
    encoders = Encoders(Encoder("context"), Encoder("actions"), ActionNames())
    encoders.context.restore(vocabulary.context)
    encoders.action.restore(vocabulary.action)
    encoders.names.restore(vocabulary.names)
    declared = {action.name: action for action in actions}
    scores = np.array(decision.expected) + np.array(decision.personal)
    for i, one in enumerate(decision.names):
        for j, other in enumerate(decision.names):
            pair = (declared.get(one, Action(one)), declared.get(other, Action(other)))
            margin = margin_of(decision, pair, version, encoders)
            people = decision.expected[i] - decision.expected[j]

            assert sum(part.amount for part in margin.parts) == pytest.approx(
                scores[i] - scores[j], abs=CLOSE
            )
            assert margin.people == pytest.approx(people, abs=CLOSE)
            assert margin.person == pytest.approx(
                decision.personal[i] - decision.personal[j], abs=CLOSE
            )


@pytest.mark.proof
@LAWFUL
@given(steps(), steps())
def test_the_forgotten_leave_nothing_in_what_is_derived_next(
    before: list[Step], after: list[Step]
) -> None:
    """Forgetting a person and folding the journal of the others anew give the same answers."""
    store, clock = MemoryStore(), Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop())
    live(engine, clock, before)
    engine.forget("ada")
    live(engine, clock, [step._replace(person="bea") for step in after if step.what == "learn"])
    engine.forget("ada")
    engine.forget("cleo")
    first = asked(engine, "bea")

    assert not {"ada", "cleo"} & {fact.person for fact in store.read()}
    close(asked(engine_on(store, clock=clock), "bea"), first)


VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**62), 2**62),
    st.floats(-1e30, 1e30, allow_nan=False),
    st.text(max_size=20),
    st.lists(st.floats(-1e9, 1e9, allow_nan=False), max_size=4),
)
NAMES = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20)


@pytest.mark.proof
@LAWFUL
@given(st.dictionaries(NAMES, VALUES, max_size=8), st.dictionaries(NAMES, VALUES, max_size=8))
def test_unknown_features_are_survived(
    context: dict[str, object], features: dict[str, object]
) -> None:
    """Names and values nobody has seen are taken in: before, between and after learning."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    for turn in range(8):
        given_ = context if turn % 2 else {"hour": turn}
        new = Action(f"new-{turn}", features=features)  # type: ignore[arg-type]  # any value
        actions = [*SHOP, new] if turn > 4 else None
        decision = engine.decide("home.hero", person="ada", context=given_, actions=actions)

        assert sum(decision.weights) == pytest.approx(1)
        assert engine.learn(decision.id, reward=1.0)
        assert engine.explain(decision.id).sentences


@pytest.mark.proof
@LAWFUL
@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_what_is_given_is_not_changed(context: dict[str, object]) -> None:
    """Contexts, actions and lists stay as the caller made them, and are not kept by reference."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, "ada")
    before, features = repr(context), {"taste": [1.0, 2.0]}
    actions = [Action("one", features=features), Action("two")]
    decision = engine.decide("home.hero", person="ada", context=context, actions=actions)
    engine.learn(decision.id, reward=1.0)
    shown = encode_of(decision)
    features["taste"][0] = 9.0
    context["later"] = True

    assert repr({k: v for k, v in context.items() if k != "later"}) == before
    assert [action.name for action in actions] == ["one", "two"]
    assert encode_of(decision) == shown
    assert features_of(actions[0])["taste"] == (1.0, 2.0)


def opened(name: str, person: str | None, closes_at: float) -> Open:
    """Give a decision that waits."""
    decision = Decision(
        id=name,
        moment="m",
        person=person,
        at=NOW,
        action=Action("a"),
        propensity=1.0,
        mode="personal",
        names=("a",),
        weights=(1.0,),
        neutral=(1.0,),
        context=FrozenMap({}),
    )
    return Open(decision, np.zeros(0), np.zeros(0), 0, closes_at)


@pytest.mark.proof
@tried(0.2)
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=20))
def test_memory_of_what_waits_is_bounded(pattern: list[tuple[int, bool]]) -> None:
    """However many decisions come, as many wait as are allowed, and little is kept beside them."""
    pending, most = Pending(4), 0
    for turn in range(3_000):
        person, is_answered = pattern[turn % len(pattern)]
        pending.add(opened(f"d{turn}", f"p{person}", closes_at=1e9 + turn))
        if is_answered:
            pending.take(f"d{turn}")
        most = max(most, len(pending))
    kept = [len(held) for held in vars(pending).values() if hasattr(held, "__len__")]

    assert most <= 3 * 4
    assert sum(kept) <= 3_000 + 2 * 1_024 + 3 * 16  # reasons of those gone, times to close
    assert [one.decision.id for one in pending.close(2e9)] == still_waiting(pattern)


def still_waiting(pattern: list[tuple[int, bool]]) -> list[str]:
    """Give what waits at the end: of each person the latest 4 that were not answered."""
    waiting: dict[int, deque[str]] = {person: deque(maxlen=4) for person in range(3)}
    for turn in range(3_000):
        person, is_answered = pattern[turn % len(pattern)]
        waiting[person].append(f"d{turn}")
        if is_answered:
            waiting[person].pop()
    return sorted((name for names in waiting.values() for name in names), key=lambda n: int(n[1:]))


def test_limits_bound_what_waits_in_an_engine() -> None:
    """The oldest of too many open decisions is let go, and its outcome says so."""
    engine = engine_on(limits=Limits(open_decisions=2))
    engine.declare(shop())
    agreed(engine, "ada")
    first, *rest = [asked(engine, "ada") for _ in range(3)]

    assert "too late" in str(engine.learn(first.id, reward=1.0))
    assert all(engine.learn(one.id, reward=1.0) for one in rest)
