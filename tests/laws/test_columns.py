"""Laws of batches: many at once is each by itself, on one state."""

import numpy as np
import pytest
from engines import NAMED, PURPOSE, SHOP, Clock, agreed, engine_on, lived, shop
from hypothesis import given
from hypothesis import strategies as st
from laws.lengths import tried

from penchant import Action, Decision, Engine, Refused, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.runtime.columns import Answers

PEOPLE = tuple(f"p{i}" for i in range(9))
CLOSE = 1e-9
FEW = tried(0.1)


def ready(actions: tuple[Action, ...], *, rounds: int, width: int, seed: int) -> Engine:
    """Give an engine that has learned from contexts in columns, and from single calls."""
    engine = engine_on(MemoryStore(), clock=Clock(), seed=seed)
    engine.declare(shop(actions))
    agreed(engine, *PEOPLE)
    lived(engine, PEOPLE[:4], min(rounds, 3))
    rng = np.random.default_rng(seed)
    for _ in range(rounds):
        answers = engine.decide_many(
            "home.hero", people=list(PEOPLE), contexts=rng.normal(size=(len(PEOPLE), width))
        )
        engine.learn_many(answers, rewards=rng.random(len(PEOPLE)).round())
    return engine


def agree(one: Decision, other: Decision) -> None:
    """Hold two decisions against each other."""
    assert (one.names, one.person, one.context) == (other.names, other.person, other.context)
    for column in ("weights", "neutral", "expected", "personal", "belief"):
        assert getattr(one, column) == pytest.approx(getattr(other, column), rel=CLOSE, abs=CLOSE)
    assert (one.action, one.mode, one.version) == (other.action, other.mode, other.version)
    assert one.propensity == pytest.approx(other.propensity)


@pytest.mark.proof
@FEW
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([SHOP, NAMED]),
    st.sampled_from([0, 1, 4, 20]),
    st.sampled_from([0, 1, 5, 220]),
)
def test_decisions_in_columns_are_those_of_each_call(
    seed: int, actions: tuple[Action, ...], rounds: int, width: int
) -> None:
    """Propensities, beliefs, draws, contexts and explanations, for features and names."""
    engine = ready(actions, rounds=rounds, width=width, seed=seed)
    table = np.random.default_rng(seed + 1).normal(size=(len(PEOPLE), width))
    answers = engine.decide_many("home.hero", people=list(PEOPLE), contexts=table)
    for answer, person, row in zip(answers, PEOPLE, table, strict=True):
        assert isinstance(answer, Decision)
        context = {"context": row.tolist()} if width else {}
        alone = engine.decide("home.hero", person=person, context=context, draw=answer.draw)

        agree(answer, alone)
        # Of equals the runner-up may be another, so of the explanation only what is no choice.
        told = engine.explain(answer.id)
        assert told.sentences[0] == engine.explain(alone.id).sentences[0]
        assert told.reasons == answer.reasons


@pytest.mark.proof
@FEW
@given(st.integers(0, 2**32 - 1), st.sampled_from([SHOP, NAMED]), st.sampled_from([1, 30]))
def test_outcomes_in_columns_are_learned_as_one_by_one(
    seed: int, actions: tuple[Action, ...], rounds: int
) -> None:
    """The same decisions and rewards give the same beliefs, however they were handed in."""
    columns, single = (ready(actions, rounds=rounds, width=3, seed=seed) for _ in range(2))
    rng = np.random.default_rng(seed)
    table, rewards = rng.normal(size=(len(PEOPLE), 3)), rng.random(len(PEOPLE)).round()
    made = [
        engine.decide_many("home.hero", people=list(PEOPLE), contexts=table)
        for engine in (columns, single)
    ]
    columns.learn_many(made[0], rewards=rewards)
    for answer, reward in zip(made[1], rewards.tolist(), strict=True):
        assert isinstance(answer, Decision)
        assert single.learn(answer.id, reward=reward)
    for person in PEOPLE:
        mine, its = (
            engine.decide("home.hero", person=person, context={"context": [1.0] * 3}, draw=0.5)
            for engine in (columns, single)
        )

        # Versions differ, because a round may start between two outcomes; what is believed of a
        # person under the same round does not.
        assert mine.names == its.names
        if mine.version == its.version:
            assert mine.belief == pytest.approx(its.belief, abs=1e-6)
    for engine in (columns, single):
        assert engine.export("p1").count('"type":"learned"') == rounds + 1 + min(rounds, 3)


@pytest.mark.proof
@FEW
@given(st.lists(st.sampled_from([*PEOPLE, None, "stranger", "careful", "never"]), max_size=12))
def test_items_are_answered_in_order_on_one_state(people: list[str | None]) -> None:
    """A person twice in one batch sees the state before the batch; guardrails speak for each."""
    engine = ready(SHOP, rounds=2, width=2, seed=5)
    guarded(engine)
    items = [{"moment": "home.hero", "person": person, "draw": 0.5} for person in people]
    answers = engine.decide_many(items)

    for answer, person in zip(answers, people, strict=True):
        assert isinstance(answer, Decision)
        agree(answer, engine.decide("home.hero", person=person, draw=0.5))


def guarded(engine: Engine) -> None:
    """Let some people be such that guardrails have something to say about them."""
    engine.consent("careful", PURPOSE, dial=0.0)
    agreed(engine, "never")
    engine.observe(
        Signal("never.stated", "never", data={"name": "n", "text": "no fins", "action": "fins"})
    )


def test_people_about_whom_guardrails_speak_go_one_by_one() -> None:
    """In columns as in calls: no consent, a dial at 0, a never, a trait, an end of consent."""
    engine = ready(SHOP, rounds=2, width=2, seed=5)
    guarded(engine)
    agreed(engine, "tall")
    engine.observe(Signal("trait.stated", "tall", data={"height": 2}), purpose=PURPOSE)
    people = ["never", "p1", "stranger", "careful", "p2", "tall", "p1"]
    table = np.ones((len(people), 2))
    answers = engine.decide_many("home.hero", people=people, contexts=table)

    assert isinstance(answers, Answers)
    assert len(answers) == len(answers[:]) == 7
    for place, person in enumerate(people):
        answer = answers[place]
        assert isinstance(answer, Decision)
        given_ = {"context": {"context": [1.0, 1.0]}, "draw": answer.draw}
        agree(answer, engine.decide("home.hero", person=person, **given_))  # type: ignore[arg-type]  # any
    assert answers[0].removed[0].action == "fins"  # type: ignore[union-attr]  # a Decision
    told = engine.learn_many(answers, rewards=np.ones(7))
    assert [bool(one) for one in told] == [True, True, False, False, True, True, True]


def test_who_withdraws_between_the_halves_is_not_learned_from() -> None:
    """Consent is read with each outcome, in columns too."""
    engine = ready(SHOP, rounds=1, width=1, seed=5)
    answers = engine.decide_many("home.hero", people=["p1", "p2"], contexts=None)
    engine.consent("p1", PURPOSE, granted=False)
    first, second = engine.learn_many(answers, rewards=[1.0, 1.0])

    assert isinstance(first, Refused)
    assert "withdrawn" in first.sentence
    assert second


def test_whoever_is_forgotten_leaves_no_trace_in_columns() -> None:
    """Their answers, outcomes and facts go; those of others stay."""
    store = MemoryStore()
    engine = engine_on(store)
    engine.declare(shop())
    agreed(engine, "p1", "p2")
    table = np.array([[7.25], [8.5]])
    answers = engine.decide_many("home.hero", people=["p1", "p2"], contexts=table)
    engine.learn_many(answers, rewards=[1.0, 0.0])
    waiting = engine.decide_many("home.hero", people=["p1", "p2"], contexts=table)
    ids = [one.id for one in waiting if isinstance(one, Decision)]
    receipt = engine.forget("p1")

    assert receipt.outcomes == 1
    assert engine.export("p1") == ""
    assert not [fact for fact in store.read() if fact.person == "p1"]
    assert isinstance(engine.learn(ids[0], reward=1.0), Refused)
    assert engine.learn(ids[1], reward=1.0)
    assert "8.5" in engine.export("p2")
    assert store.find(ids[0]) is None
    assert store.find(ids[1]) is not None


def test_a_batch_of_columns_outlives_a_restart() -> None:
    """A second engine on the journal decides the same; what waited still waits."""
    store, clock = MemoryStore(), Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop())
    agreed(engine, *PEOPLE)
    rng = np.random.default_rng(1)
    for _ in range(20):
        table = rng.normal(size=(len(PEOPLE), 3))
        answers = engine.decide_many("home.hero", people=list(PEOPLE), contexts=table)
        engine.learn_many(answers, rewards=rng.random(len(PEOPLE)).round())
    waiting = engine.decide_many("home.hero", people=["p1"], contexts=None)
    first = [engine.decide("home.hero", person=person, draw=0.5) for person in PEOPLE]
    again = engine_on(store, clock=clock)

    for one, person in zip(first, PEOPLE, strict=True):
        agree(again.decide("home.hero", person=person, draw=0.5), one)
    assert again.learn(waiting[0].id, reward=1.0)  # type: ignore[union-attr]  # a Decision
