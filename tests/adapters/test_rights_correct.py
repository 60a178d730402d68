"""Correcting, end to end: what a person says of a belief stands, there and in decisions."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from engines import NAMED, PURPOSE, SHOP, Clock, agreed, engine_on, lived, shop

from penchant import Belief, Decision, Engine, Refused, Signal
from penchant.adapters.store import open_store
from penchant.adapters.store.memory import MemoryStore
from penchant.journal import Store

PEOPLE = tuple(f"p{i}" for i in range(40))
RUN = "taste at home.hero: sport=run"


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give a store of each kind."""
    path = str(tmp_path / "people.db")
    found = MemoryStore() if request.param == "memory" else open_store(path)
    yield found
    found.close()


def correct(engine: Engine, belief: str, value: object, person: str = "ada") -> object:
    """Let a person set a belief right."""
    data = {"belief": belief, "is": value}
    return engine.observe(Signal("belief.corrected", person, data=data))  # type: ignore[arg-type]  # any value


def uncorrect(engine: Engine, belief: str, person: str = "ada") -> object:
    """Let a person leave a belief to what is learned."""
    return engine.observe(Signal("belief.uncorrected", person, data={"belief": belief}))


def grown(store: Store, clock: Clock | None = None) -> Engine:
    """Give an engine in which people have tastes of all kinds, and Ada likes running."""
    engine = engine_on(store, clock=clock)
    engine.declare(shop())
    agreed(engine, "ada", *PEOPLE)
    lived(engine, PEOPLE, 12)
    for turn in range(60):
        decision = engine.decide("home.hero", person="ada", context={"hour": turn % 24})
        engine.learn(decision.id, reward=float(decision.action.name == "sneakers"))
    return engine


def asked(engine: Engine, person: str | None = "ada") -> Decision:
    """Ask the same question as always."""
    return engine.decide("home.hero", person=person, context={"hour": 9}, draw=0.5)


def belief(engine: Engine, name: str, person: str = "ada") -> Belief | None:
    """Give one belief of a profile."""
    return next((one for one in engine.profile(person).beliefs if one.name == name), None)


def test_the_taste_that_was_learned_is_shown_and_can_be_set_right(store: Store) -> None:
    """A leaning is named; after its correction the decision, its reasons and the profile follow."""
    engine = grown(store)
    learned = belief(engine, RUN)
    assert learned is not None
    assert learned.says.startswith("leans to sport=run (+0.")
    assert learned.data["low"] < learned.data["is"] < learned.data["high"]
    assert asked(engine).action.name == "sneakers"

    assert correct(engine, RUN, -0.9)
    told = belief(engine, RUN)
    decision = asked(engine)

    assert told is not None
    assert (told.says, told.sure, dict(told.data)) == ("you said: -0.9 reward", 1.0, {"is": -0.9})
    assert decision.action.name != "sneakers"
    assert decision.propensities["sneakers"] < 0.02
    assert correct(engine, RUN, 0.9)
    explanation = str(engine.explain(asked(engine).id))
    assert "You said that you lean to `sport` run" in explanation
    assert belief(engine, RUN, "p1") != told


def test_with_all_of_a_taste_taken_out_the_answer_is_that_for_anybody(store: Store) -> None:
    """Nothing sets the person apart: the same numbers as for nobody in particular."""
    engine = grown(store)
    name = "taste at home.hero"
    assert correct(engine, name, 0)
    decision = asked(engine)

    assert decision.expected == asked(engine, None).expected
    assert set(decision.personal) == {0.0}
    told = belief(engine, name)
    assert told is not None
    assert told.says == "you said: nothing sets you apart here"
    assert belief(engine, RUN) is None
    assert correct(engine, RUN, 0.5)  # but for what they say themselves
    assert asked(engine).personal[0] == pytest.approx(0.5)
    assert uncorrect(engine, name)
    assert uncorrect(engine, RUN)
    assert asked(engine).action.name == "sneakers"


def test_actions_known_by_their_name_can_be_set_right_too(store: Store) -> None:
    """The leaning is one to the action itself."""
    engine = engine_on(store)
    engine.declare(shop(NAMED))
    agreed(engine, "ada", *PEOPLE)
    for turn in range(10):
        for person in ("ada", *PEOPLE):
            decision = engine.decide("home.hero", person=person, context={"hour": turn})
            likes = "sneakers" if person == "ada" else NAMED[len(person + person[-1]) % 4].name
            engine.learn(decision.id, reward=float(decision.action.name == likes))
    assert correct(engine, "taste at home.hero: action=ball", 1.0)

    assert asked(engine).propensities["ball"] > 0.9
    assert "you lean to `ball` rather than" in str(engine.explain(asked(engine).id))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("rhythm", "mostly evenings", "you said: mostly evenings"),
        ("interests", "only swimming", "you said: only swimming"),
        ("counts.shop.viewed", 0, "you said: 0"),
        ("counts.shop.viewed", True, "you said: yes"),
        ("counts.never.seen", "never", "you said: never"),
    ],
)
def test_every_belief_of_a_profile_can_be_set_right(
    store: Store, name: str, value: object, says: str
) -> None:
    """It says what the person said, is certain, and shows nothing of what was counted."""
    clock = Clock()
    engine = engine_on(store, clock=clock)
    agreed(engine, "ada")
    view = Signal("shop.viewed", "ada", data={"item": "fins"})
    assert all(engine.observe([view] * 30, purpose=PURPOSE))
    before = belief(engine, name)
    assert correct(engine, name, value)
    clock.forward(days=1)
    assert all(engine.observe([view] * 300, purpose=PURPOSE))
    told = belief(engine, name)

    assert told is not None
    assert (told.says, told.sure) == (says, 1.0)
    assert len(told.data) <= 1
    assert [one.belief for one in engine.profile("ada").corrections] == [name]
    assert uncorrect(engine, name)
    again = belief(engine, name)
    assert (again is None) == (before is None)
    assert again is None or not again.says.startswith("you said")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("mood", "good", "no belief has the name"),
        ("counts.", "none", "no belief has the name"),
        ("taste at nowhere", 0, "no belief has the name"),
        ("taste at home.hero: sport=polo", 0.1, "no action of moment `home.hero` had the feature"),
        (RUN, 1.5, "a number from -1 to 1"),
        (RUN, "none", "a number from -1 to 1"),
        (RUN, True, "a number from -1 to 1"),
        ("taste at home.hero", 0.2, "can only be said to be 0"),
        ("", "x", "must be its name"),
        (7, "x", "must be its name"),
        ("rhythm", [1.0, 2.0], "must be a yes/no, a number or a text"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: object, value: object, sentence: str) -> None:
    """Each with a sentence that says what could be said, and nothing is kept."""
    engine = grown(MemoryStore())
    answer = correct(engine, name, value)  # type: ignore[arg-type]  # what a caller might send

    assert isinstance(answer, Refused)
    assert sentence in answer.sentence
    assert engine.profile("ada").corrections == ()


@pytest.mark.parametrize("data", [{"belief": "rhythm"}, {"is": 1}, {"belief": "rhythm", "was": 1}])
def test_a_correction_has_two_fields(data: dict[str, object]) -> None:
    """One that lacks one, or has another, is refused."""
    engine = engine_on()
    answer = engine.observe(Signal("belief.corrected", "ada", data=data))  # type: ignore[arg-type]  # as above

    assert isinstance(answer, Refused)
    assert "belief.corrected" in answer.sentence


def test_it_holds_in_an_engine_opened_later_and_over_a_merge(store: Store) -> None:
    """Said under one id it holds for the person; parted again, for that id alone."""
    clock = Clock()
    engine = grown(store, clock)
    agreed(engine, "phone")
    assert correct(engine, RUN, -0.9, "phone")
    assert asked(engine).action.name == "sneakers"
    assert engine.observe(Signal("person.merged", "ada", data={"from": "phone"}))
    assert asked(engine).action.name != "sneakers"
    again = engine_on(store, clock=clock)
    assert asked(again).personal == asked(engine).personal
    clock.forward(seconds=1)

    assert engine.observe(Signal("person.unmerged", "ada", data={"from": "phone"}))
    assert asked(engine).action.name == "sneakers"
    assert asked(engine, "phone").said != ()


def test_it_goes_by_the_scale_of_the_rewards(store: Store) -> None:
    """Where rewards are steps, a person says how many steps; a number is said by usual steps."""
    engine = engine_on(store)
    engine.declare(shop(reward_range=(0.0, 500.0)))
    agreed(engine, "ada", *PEOPLE)
    for turn in range(8):
        for person in PEOPLE:
            decision = engine.decide("home.hero", person=person, context={"hour": turn})
            engine.learn(decision.id, reward=100.0 + 10 * turn)
    assert correct(engine, RUN, 250.0)
    assert correct(engine, "taste at home.hero: price", -50.0)
    by_name = dict(zip(asked(engine).names, asked(engine).personal, strict=True))
    prices = {action.name: float(str(action.features["price"])) for action in SHOP}
    slope = (by_name["bike"] - by_name["ball"]) / (prices["bike"] - prices["ball"])

    assert belief(engine, RUN).says == "you said: +250 reward"  # type: ignore[union-attr]  # it is there
    assert by_name["sneakers"] - by_name["fins"] == pytest.approx(
        0.5 + slope * (prices["sneakers"] - prices["fins"]), abs=0.05
    )
    assert slope < 0
    assert not correct(engine, RUN, 501.0)


def test_the_record_of_a_decision_says_what_was_said(store: Store) -> None:
    """A decision taken under a correction is explained by it, after it was taken back too."""
    clock = Clock()
    engine = grown(store, clock)
    assert correct(engine, RUN, 0.9)
    decision = asked(engine)
    before = str(engine.explain(decision.id))
    clock.now += timedelta(hours=1)
    assert uncorrect(engine, RUN)
    kept = store.find(decision.id)

    assert kept is not None
    assert kept.said == decision.said != ()
    assert str(engine.explain(decision.id)) == before
    assert "You said that you lean" in before
