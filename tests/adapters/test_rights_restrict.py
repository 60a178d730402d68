"""Restricting, end to end: what is kept stays, and is not used until the person lifts it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from engines import PURPOSE, Clock, agreed, engine_on, lived, shop

from penchant import Decision, Engine, Outcome, Refused, Signal
from penchant.adapters.store import open_store
from penchant.adapters.store.memory import MemoryStore
from penchant.journal import Store

CLOSE = 1e-9
PEOPLE = ("ada", "bea", "cleo", "dan")


class Place:
    """Where an engine keeps its facts, and how it is opened again."""

    def __init__(self, path: Path | None) -> None:
        """Keep them in a file, or in memory."""
        self.clock = Clock()
        self._path = path
        self._store: Store = MemoryStore()
        self._engine: Engine | None = None

    def opened(self) -> Engine:
        """Open the engine; a second time, a little later, it starts from what was kept."""
        self.clock.forward(seconds=1)
        if self._path is not None:
            if self._engine is not None:
                self._engine.close()
            self._store = open_store(str(self._path))
        self._engine = engine_on(self._store, clock=self.clock)
        return self._engine

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()


@pytest.fixture(params=["memory", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Give a place of each kind."""
    found = Place(tmp_path / "people.db" if request.param == "sqlite" else None)
    yield found
    found.close()


def grown(place: Place) -> Engine:
    """Give an engine in which everybody has lived for a while."""
    engine = place.opened()
    engine.declare(shop())
    agreed(engine, *PEOPLE)
    lived(engine, PEOPLE, 12)
    said = Signal("trait.stated", "ada", data={"time_zone": "Europe/Berlin", "shoe": 38})
    assert engine.observe(said, purpose=PURPOSE)
    return engine


def restricted(engine: Engine, *, lifted: bool = False, person: str = "ada") -> None:
    """Let a person restrict the use of what is kept, or lift it."""
    kind = "person.unrestricted" if lifted else "person.restricted"
    assert engine.observe(Signal(kind, person))


def asked(engine: Engine, person: str | None) -> Decision:
    """Ask the same question as always."""
    context = {"hour": 9, "device": "phone"}
    return engine.decide("home.hero", person=person, context=context, draw=0.5)


def numbers(decision: Decision) -> list[float]:
    """Give every number a decision rests on."""
    columns = (decision.weights, decision.neutral, decision.expected, decision.personal)
    return [one for column in (*columns, decision.belief) for one in column]


def test_nothing_is_used_and_nothing_new_is_kept(place: Place) -> None:
    """Decisions are the fallback, signals and outcomes are refused, each with a sentence."""
    engine = grown(place)
    waiting = asked(engine, "ada")
    restricted(engine)
    decision = asked(engine, "ada")

    assert decision.action.name == "nothing"
    assert decision.mode == "neutral"
    assert decision.consent is not None
    assert decision.consent.state == "restricted"
    assert decision.context == {}
    assert str(engine.explain(decision.id)).endswith(
        "Nothing was personalised: the person restricted the use of what is kept about them."
    )
    for answer in (
        engine.observe(Signal("shop.viewed", "ada"), purpose=PURPOSE),
        engine.observe(Signal("trait.stated", "ada", data={"shoe": 39}), purpose=PURPOSE),
        engine.learn(waiting.id, reward=1.0),
    ):
        assert isinstance(answer, Refused)
        assert answer.sentence.startswith("Not kept: the person restricted")


def test_in_one_batch_a_restriction_holds_for_what_follows(place: Place) -> None:
    """Signals behind it are refused, those ahead of it and behind its lifting are kept."""
    engine = grown(place)
    view = Signal("shop.viewed", "ada")
    given = [view, Signal("person.restricted", "ada"), view, Signal("shop.viewed", "bea")]
    answers = engine.observe([*given, Signal("person.unrestricted", "ada"), view], purpose=PURPOSE)

    assert [bool(answer) for answer in answers] == [True, True, False, True, True, True]


def test_the_persons_own_word_is_still_taken(place: Place) -> None:
    """Consent, standing rules, corrections and who is who: stated while it holds, kept."""
    engine = grown(place)
    restricted(engine)
    no_fins = {"name": "n", "text": "no fins", "action": "fins"}

    assert engine.consent("ada", PURPOSE, granted=False)
    assert engine.observe(Signal("never.stated", "ada", data=no_fins))
    assert engine.observe(Signal("person.merged", "ada", data={"from": "phone"}))
    profile = engine.profile("phone")
    assert profile.consents[0].state == "withdrawn"
    assert profile.known_as == ("phone",)
    assert profile.restricted is not None
    assert abs(profile.restricted - place.clock.now) < timedelta(seconds=1)
    restricted(engine, lifted=True)
    assert engine.profile("ada").restricted is None
    assert "withdrawn" in asked(engine, "ada").note


def test_what_is_kept_can_still_be_seen_and_taken_along(place: Place) -> None:
    """Profile and export are as before, tastes included, but for the restriction itself."""
    engine = grown(place)
    before, exported = engine.profile("ada"), engine.export("ada")
    restricted(engine)
    after = engine.profile("ada")

    assert [belief.name for belief in after.beliefs] == [belief.name for belief in before.beliefs]
    for old, new in zip(before.beliefs, after.beliefs, strict=True):
        assert dict(new.data) == pytest.approx(dict(old.data), rel=1e-6, abs=1e-6), old.name
    assert after.traits == before.traits
    assert engine.export("ada").count("learned") >= exported.count("learned") > 0


@pytest.mark.parametrize("reopens", [False, True], ids=["running", "opened again"])
def test_the_others_are_as_if_the_person_were_forgotten(place: Place, *, reopens: bool) -> None:
    """Taken out of the sums over everybody, and after a restart still out of them."""
    engine, other = grown(place), grown(Place(None))
    restricted(engine)
    other.forget("ada")
    if reopens:
        engine = place.opened()

    for person in ("bea", "cleo", "dan", None):
        expected = numbers(asked(other, person))
        assert numbers(asked(engine, person)) == pytest.approx(expected, rel=CLOSE, abs=CLOSE)


@pytest.mark.parametrize("reopens", [False, True], ids=["running", "opened again"])
def test_lifted_it_is_as_if_it_had_never_been(place: Place, *, reopens: bool) -> None:
    """The same outcomes teach again, from the journal where the engine was opened in between."""
    engine, other = grown(place), grown(Place(None))
    restricted(engine)
    if reopens:
        engine = place.opened()
    restricted(engine, lifted=True)

    for person in (*PEOPLE, None):
        expected = numbers(asked(other, person))
        assert numbers(asked(engine, person)) == pytest.approx(expected, rel=CLOSE, abs=CLOSE)
    assert engine.observe(Signal("shop.viewed", "ada"), purpose=PURPOSE)
    assert engine.learn(asked(engine, "ada").id, reward=1.0)


def test_a_window_that_closes_while_it_holds_counts_for_nothing(place: Place) -> None:
    """Neither then, nor after it is lifted, nor in the engine that is opened after that."""
    engine = place.opened()
    engine.declare(shop(outcome=Outcome("clicked", window="30m", default=0.25)))
    agreed(engine, *PEOPLE)
    asked(engine, "ada")
    restricted(engine)
    place.clock.forward(hours=1)
    engine.tick()
    restricted(engine, lifted=True)
    engine = place.opened()
    engine.tick()

    assert "learned" not in engine.export("ada")


def test_a_second_id_is_restricted_with_its_person_and_free_without(place: Place) -> None:
    """A merge takes the other id's outcomes out of the sums, its undoing puts them back."""
    engine, other = grown(place), grown(Place(None))
    restricted(engine)
    engine.observe(Signal("person.merged", "ada", data={"from": "bea"}))
    assert "restricted" in asked(engine, "bea").note
    other.forget("ada")
    other.forget("bea")
    for person in ("cleo", None):
        expected = numbers(asked(other, person))
        assert numbers(asked(engine, person)) == pytest.approx(expected, rel=CLOSE, abs=CLOSE)
    engine.observe(Signal("person.unmerged", "ada", data={"from": "bea"}))
    again, bea = place.opened(), grown(Place(None))
    bea.forget("ada")

    for person in ("bea", "cleo", None):
        expected = numbers(asked(bea, person))
        assert numbers(asked(again, person)) == pytest.approx(expected, rel=CLOSE, abs=CLOSE)
    assert "restricted" in asked(again, "ada").note


def test_somebody_restricted_can_be_forgotten(place: Place) -> None:
    """Their outcomes are counted on the receipt, and nothing of them comes back when opened."""
    engine = grown(place)
    restricted(engine)
    receipt = engine.forget("ada")
    agreed(engine, "ada")

    assert receipt.outcomes == 12
    assert engine.profile("ada").restricted is None
    assert asked(engine, "ada").note == ""
    engine = place.opened()
    assert [belief.name for belief in engine.profile("ada").beliefs] == ["rhythm", "interests"]


def test_a_feed_without_profiling_stays_open(place: Place) -> None:
    """Where nobody is profiled the answer is that for nobody, as without consent."""
    engine = place.opened()
    engine.declare(shop(non_profiling=True))
    agreed(engine, *PEOPLE)
    lived(engine, PEOPLE, 6)
    restricted(engine)
    decision = asked(engine, "ada")

    assert decision.weights == asked(engine, None).weights
    assert "restricted" in decision.note
    assert isinstance(engine.learn(decision.id, reward=1.0), Refused)


def test_it_has_no_fields(place: Place) -> None:
    """What somebody adds to it is refused, so that nothing is said that nobody reads."""
    engine = grown(place)
    answer = engine.observe(Signal("person.restricted", "ada", data={"until": "May"}))

    assert isinstance(answer, Refused)
    assert "has no field `until`" in answer.sentence
