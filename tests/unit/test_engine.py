"""The engine: what is written before it is seen, and what a failing disk leaves behind."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from engines import NOW, PURPOSE, SHOP, Clock, agreed, engine_on, facts_in, lived, shop

from penchant import Action, Decision, Engine, Moment, Outcome, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import PenchantError, StoreFailed
from penchant.journal import Block, Decided, Declared, Derived, Fact, Learned


class FullDisk(MemoryStore):
    """Refuses to write while it is full."""

    def __init__(self) -> None:
        """Start with room."""
        super().__init__()
        self.is_full = False

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep facts while there is room."""
        if self.is_full:
            raise StoreFailed("The disk is full.")
        super().append(facts)


@pytest.fixture
def store() -> FullDisk:
    """Give a store that can be full."""
    return FullDisk()


@pytest.fixture
def engine(store: FullDisk) -> Engine:
    """Give an engine with the shop, that ada agreed to."""
    engine = engine_on(store)
    engine.declare(shop())
    agreed(engine, "ada")
    return engine


def kinds(store: MemoryStore) -> list[str]:
    """Give what was written, in order."""
    return [type(fact).__name__ for fact in store.read()]


def test_a_decision_is_written_before_it_is_returned(engine: Engine, store: FullDisk) -> None:
    """With all of its propensities; the same when it is decided for nobody."""
    mine = engine.decide("home.hero", person="ada", context={"hour": 9})
    nobodys = engine.decide("home.hero", context={"hour": 9})
    written = [fact.decision for fact in store.read() if isinstance(fact, Decided)]

    assert [one.id for one in written] == [mine.id, nobodys.id]
    assert written[0].weights == mine.weights
    assert nobodys.person is None
    assert nobodys.mode == "neutral"
    assert list(store.read("ada"))[-1].person == "ada"


def test_what_could_not_be_written_has_no_effect(engine: Engine, store: FullDisk) -> None:
    """Each verb raises, and afterwards everything is as if it had not been called."""
    decision = engine.decide("home.hero", person="ada")
    before, profile = len(kinds(store)), engine.profile("ada")
    store.is_full = True
    signal = Signal("shop.viewed", "ada", id="s-1")
    with pytest.raises(StoreFailed):
        engine.declare(Moment("new", PURPOSE))
    with pytest.raises(StoreFailed):
        engine.consent("ada", PURPOSE, granted=False)
    with pytest.raises(StoreFailed):
        engine.observe(signal, purpose=PURPOSE)
    with pytest.raises(StoreFailed):
        engine.decide("home.hero", person="ada")
    with pytest.raises(StoreFailed):
        engine.learn(decision.id, reward=1.0)
    with pytest.raises(StoreFailed):
        engine.decide_many("home.hero", people=["ada"])
    store.is_full = False

    assert len(kinds(store)) == before
    assert engine.profile("ada") == profile
    with pytest.raises(PenchantError, match="No moment `new`"):
        engine.decide("new")
    assert engine.observe(signal, purpose=PURPOSE)
    assert engine.export("ada").count('"s-1"') == 1
    assert engine.learn(decision.id, reward=1.0)


def test_outcomes_in_columns_that_could_not_be_written_stay_open(
    engine: Engine, store: FullDisk
) -> None:
    """They are learned when there is room."""
    answers = engine.decide_many("home.hero", people=["ada", "ada"])
    store.is_full = True
    with pytest.raises(StoreFailed):
        engine.learn_many(answers, rewards=[1.0, 0.0])
    store.is_full = False

    assert all(engine.learn_many(answers, rewards=[1.0, 0.0]))


def test_missing_outcomes_that_could_not_be_written_are_closed_later(store: FullDisk) -> None:
    """A window that ended while the disk was full ends once there is room."""
    clock = Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop())
    agreed(engine, "ada")
    engine.decide("home.hero", person="ada")
    clock.forward(hours=1)
    store.is_full = True
    with pytest.raises(StoreFailed):
        engine.tick()
    store.is_full = False

    assert engine.tick() == 1
    assert engine.export("ada").count('"origin":"missing"') == 1


def test_versions_are_written_with_the_facts_that_follow_them(
    engine: Engine, store: FullDisk
) -> None:
    """Before the first decision that names them, also when a write in between failed."""
    agreed(engine, *(f"p{i}" for i in range(9)))
    for turn in range(12):
        decision = engine.decide("home.hero", person=f"p{turn % 9}")
        store.is_full = turn == 7
        try:
            engine.learn(decision.id, reward=1.0)
        except StoreFailed:
            store.is_full = False
            assert engine.learn(decision.id, reward=1.0)
    engine.decide("home.hero", person="ada")
    known = {0}
    for fact in store.read():
        if isinstance(fact, Derived):
            known.add(fact.version)
        elif isinstance(fact, Decided):
            assert fact.decision.version in known

    assert len(known) > 5


def test_a_closed_engine_says_so() -> None:
    """Closing twice does nothing; using it afterwards is an error of the tree."""
    with engine_on() as engine:
        engine.declare(shop())
        agreed(engine, "ada")
        decision = engine.decide("home.hero", person="ada")
    engine.close()
    for call in (
        lambda: engine.decide("home.hero", person="ada"),
        lambda: engine.decide("home.hero", person="new"),
        lambda: engine.learn(decision.id, reward=1.0),
        lambda: engine.consent("ada", PURPOSE),
        lambda: engine.observe(Signal("shop.viewed", "ada"), purpose=PURPOSE),
        lambda: engine.explain(decision.id),
        lambda: engine.export("ada"),
        lambda: engine.profile("ada"),
        lambda: engine.forget("ada"),
        lambda: engine.declare(Moment("new", PURPOSE)),
        lambda: engine.decide_many("home.hero", people=["ada"]),
    ):
        with pytest.raises(StoreFailed, match="closed"):
            call()


def test_the_same_declaration_again_is_no_fact(engine: Engine, store: FullDisk) -> None:
    """Programs declare at each start; only what changes is written."""
    for _ in range(3):
        engine.declare(shop())
    engine.declare(shop(explore=0.1))

    assert sum(isinstance(fact, Declared) for fact in store.read()) == 2
    assert min(engine.decide("home.hero").weights) >= 0.1 / 5


def test_settings_that_fade_may_change_until_something_was_learned(store: FullDisk) -> None:
    """Decisions that wait keep their columns; the half-life in force is the last one declared."""
    engine = engine_on(store)
    engine.declare(shop(half_life="1d"))
    agreed(engine, "ada")
    waiting = engine.decide("home.hero", person="ada", context={"zeal": 1, "hour": 9})
    engine.declare(shop(half_life="7d", reward_range=(0.0, 2.0)))
    later = engine.decide("home.hero", person="ada", context={"hour": 9, "zeal": 1})

    assert engine.learn(waiting.id, reward=2.0)
    assert engine.learn(later.id, reward=0.0)
    for turn in range(20):
        decision = engine.decide("home.hero", person="ada", context={"hour": turn}, draw=0.5)
        engine.learn(decision.id, reward=float(turn % 2))
    first = engine.decide("home.hero", person="ada", context={"hour": 9}, draw=0.5)
    other = engine_on(store).decide("home.hero", person="ada", context={"hour": 9}, draw=0.5)
    assert other.personal == pytest.approx(first.personal, abs=1e-9)


def test_candidates_are_decided_over_with_the_fallback(engine: Engine) -> None:
    """Actions known only now, and `nothing`; the record keeps them for its explanation."""
    candidates = [Action("x", features={"sport": "run", "price": 5}), Action("y")]
    decision = engine.decide("home.hero", person="ada", actions=candidates)

    assert decision.names == ("x", "y", "nothing")
    assert decision.candidates == tuple(candidates)
    assert engine.learn(decision.id, reward=1.0)
    assert engine.explain(decision.id).sentences


def test_a_default_stands_in_where_candidates_lack_it(engine: Engine) -> None:
    """With its declared features."""
    engine.declare(shop(default="ball"))
    decision = engine.decide("home.hero", person="ada", actions=[Action("x")])

    assert decision.names == ("x", "ball")
    assert "nothing" not in engine.decide("home.hero", person="ada").names


def test_an_export_has_every_fact_in_order(engine: Engine) -> None:
    """JSON Lines that any program reads; nobody else's facts are in it."""
    agreed(engine, "bea")
    engine.observe(
        Signal("shop.viewed", "ada", data={"item": "hat", "at": [1, 2]}), purpose=PURPOSE
    )
    decision = engine.decide("home.hero", person="ada", context={"hour": 9})
    engine.learn(decision.id, outcome="clicked")
    lines = facts_in(engine.export("ada"))

    assert [line["type"] for line in lines] == ["consented", "observed", "decided", "learned"]
    assert lines[1]["signal"]["data"] == {"item": "hat", "at": [1.0, 2.0]}
    assert lines[2]["decision"]["names"] == [*(action.name for action in SHOP), "nothing"]
    assert {line["person"] for line in lines} == {"ada"}
    assert engine.export("nobody") == ""


def test_a_profile_of_somebody_unknown_is_empty() -> None:
    """And says that it is."""
    profile = engine_on().profile("zoe")

    assert profile.person == "zoe"
    for field in ("consents", "traits", "goals", "nevers", "known_as"):
        assert getattr(profile, field) == ()
    assert all(belief.sure == 0.0 for belief in profile.beliefs)


def test_decisions_are_explained_as_they_were_taken(store: FullDisk) -> None:
    """A declaration since, with other features and without an action, does not change the words."""
    clock = Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop())
    agreed(engine, *(f"p{i}" for i in range(10)))
    lived(engine, [f"p{i}" for i in range(10)], 10)
    decision = engine.decide("home.hero", person="p1", context={"hour": 9})
    told = engine.explain(decision.id)
    clock.forward(seconds=1)
    engine.declare(shop([SHOP[0], Action("fins", features={"sport": "team", "price": 1})]))

    assert engine.explain(decision.id) == told
    assert decision.reasons == told.reasons
    assert engine_on(store, clock=clock).explain(decision.id) == told


def test_windows_close_with_the_next_call(engine: Engine) -> None:
    """Any call that has a time lets windows end; `tick` does nothing else."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(shop(outcome=Outcome("clicked", window="30m")))
    agreed(engine, "ada")
    first = engine.decide("home.hero", person="ada")
    clock.forward(minutes=30, microseconds=1)
    engine.decide("home.hero", person="ada")

    assert '"origin":"missing"' in engine.export("ada")
    assert "window" in str(engine.learn(first.id, reward=1.0))
    assert engine.tick() == 0
    assert engine.tick(at=clock.now + timedelta(minutes=5)) == 0


def test_times_may_be_given_for_a_log_that_is_replayed(engine: Engine) -> None:
    """Decision, outcome and window go by the times given."""
    then = NOW - timedelta(days=100)
    first = engine.decide("home.hero", person="ada", at=then)
    late = engine.decide("home.hero", person="ada", at=then)

    assert first.at == then
    assert engine.learn(first.id, reward=1.0, at=then + timedelta(minutes=29))
    assert "window" in str(engine.learn(late.id, reward=1.0, at=then + timedelta(minutes=31)))


def test_ids_come_from_time_and_dice() -> None:
    """They sort by time, and the same seed gives the same."""
    made: list[list[Decision]] = []
    for _ in range(2):
        clock = Clock()
        engine = engine_on(clock=clock, seed=3)
        engine.declare(shop())
        made.append([])
        for _ in range(5):
            made[-1].append(engine.decide("home.hero"))
            clock.forward(seconds=1)

    ids = [[one.id for one in run] for run in made]
    assert ids[0] == ids[1] == sorted(ids[0])
    assert len(set(ids[0])) == 5


def test_learned_facts_hold_what_a_fold_needs(engine: Engine, store: FullDisk) -> None:
    """Reward, prediction and version: the contribution can be computed again."""
    decision = engine.decide("home.hero", person="ada")
    engine.learn(decision.id, reward=0.25)
    fact = next(fact for fact in store.read() if isinstance(fact, Learned))

    assert (fact.decision, fact.reward, fact.version) == (decision.id, 0.25, decision.version)
    assert fact.predicted in decision.expected
