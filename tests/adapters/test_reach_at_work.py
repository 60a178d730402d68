"""A personal part that reaches further, end to end: what was shown of late counts, and is told."""

import random
from collections.abc import Iterator
from copy import deepcopy

import numpy as np
import pytest
from engines import SHOP, Clock, agreed, engine_on, lived, shop

from penchant import Action, Decision, Engine
from penchant.adapters.store.memory import MemoryStore
from penchant.decide.contributions import RECENCY, Encoders, margin_of
from penchant.model.moment_model import MomentModel

PEOPLE = tuple(f"p{i}" for i in range(40))
CLOSE = 1e-9


class World:
    """People who like anything but what they saw a moment ago."""

    def __init__(self, store: MemoryStore) -> None:
        """Begin."""
        self.store, self.clock = store, Clock()
        self.dice = random.Random(5)  # noqa: S311 - dice, not secrets
        self.last: dict[str, str] = {}
        self.engine = self.opened()
        self.engine.declare(shop(explore=0.3))
        agreed(self.engine, "ada", *PEOPLE)

    def opened(self) -> Engine:
        """Give an engine on the journal as it is."""
        return engine_on(self.store, clock=self.clock)

    def live(self, people: tuple[str, ...], rounds: int) -> None:
        """Let people come once an hour."""
        for _ in range(rounds):
            self.clock.forward(hours=1)
            for person in people:
                decision = self.engine.decide("home.hero", person=person, context={"hour": 9})
                name = decision.action.name
                chance = 0.05 if name in {self.last.get(person), "nothing"} else 0.8
                self.last[person] = name
                self.engine.learn(decision.id, reward=float(self.dice.random() < chance))

    @property
    def model(self) -> MomentModel:
        """What was learned."""
        return model_of(self.engine)


def model_of(engine: Engine) -> MomentModel:
    """Give what an engine has learned at its moment."""
    return engine._memory.moments["home.hero"].model  # noqa: SLF001 - looked at, not used


@pytest.fixture(scope="module")
def grown() -> Iterator[World]:
    """Give a world in which it was found that what was shown of late counts."""
    world = World(MemoryStore())
    world.live(PEOPLE, 30)
    world.live((*PEOPLE, "ada"), 4)
    yield world
    world.engine.close()


def asked(engine: Engine, person: str | None = "ada") -> Decision:
    """Ask the same question as always."""
    return engine.decide("home.hero", person=person, context={"hour": 9}, draw=0.5)


def test_the_evidence_asks_for_it(grown: World) -> None:
    """The prior mean of what was just shown is negative, and decisions say what had been shown."""
    reach = grown.model.version.reach
    decision = asked(grown.engine)

    assert reach.asks_for_past
    assert reach.mean[0] + reach.mean[1] < 0
    assert len(decision.past) == len(decision.names)
    assert decision.past[decision.names.index(grown.last["ada"])][0] >= 100
    assert asked(grown.engine, None).past == ()
    assert asked(grown.engine, None).propensities == decision.neutral_propensities


def test_a_restart_folds_the_same(grown: World) -> None:
    """Sums, pasts and answers are those of the journal, whoever reads it."""
    again = grown.opened()
    mine, other = grown.model, model_of(again)
    names = (*PEOPLE, "ada")
    rows = np.array([mine.people.homes.find(name) for name in names])
    theirs = np.array([other.people.homes.find(name) for name in names])
    at = grown.clock.now.timestamp()
    one = mine.people.posteriors(rows, mine.version, at)
    two = other.people.posteriors(theirs, other.version, at)

    assert other.version.number == mine.version.number
    assert two.mean == pytest.approx(one.mean, abs=CLOSE)
    assert two.covariance == pytest.approx(one.covariance, abs=CLOSE)
    assert asked(again).past == asked(grown.engine).past
    assert asked(again).weights == pytest.approx(asked(grown.engine).weights, abs=CLOSE)


def test_what_was_just_shown_is_told(grown: World) -> None:
    """The parts add up to the margin, one of them is what was shown, and it is said in words."""
    model, engine = grown.model, grown.engine
    decision = asked(engine)
    place = max(range(len(decision.names)), key=lambda n: decision.past[n][0])
    best = max(range(len(decision.names)), key=lambda n: decision.personal[n])
    known = {action.name: action for action in (*SHOP, Action("nothing"))}
    pair = (known[decision.names[best]], known[decision.names[place]])
    encoders = Encoders(model.context, model.action, model.names)
    margin = margin_of(decision, pair, model.version, encoders)
    person = decision.personal[best] - decision.personal[place]

    assert margin.person == pytest.approx(person, abs=CLOSE)
    assert sum(part.amount for part in margin.parts) == pytest.approx(
        person + decision.expected[best] - decision.expected[place], abs=CLOSE
    )
    recency = next(part for part in margin.parts if part.feature == RECENCY)
    assert recency.amount > 0
    told = str(engine.explain(decision.id))
    assert "You were shown" not in told or "of late" in told


def test_many_at_once_get_what_each_gets_alone(grown: World) -> None:
    """In columns and together, propensities are those of single calls."""
    calls = [{"moment": "home.hero", "person": person, "context": {"hour": 9}} for person in PEOPLE]
    before = deepcopy(grown.model.exposures)
    together = grown.engine.decide_many(calls)

    again = grown.opened()  # where each of them was shown one thing more

    for person, many in zip(PEOPLE, together, strict=True):
        assert isinstance(many, Decision)
        live = again._memory.moments["home.hero"]  # noqa: SLF001 - to ask as of before
        live.model.exposures = before
        alone = asked(again, person)
        assert many.past == alone.past
        assert many.weights == pytest.approx(alone.weights, abs=CLOSE)


def test_columns_learn_as_single_calls_do() -> None:
    """What was shown in columns is counted, recorded and folded again after a restart."""
    world = World(MemoryStore())
    world.live(PEOPLE, 30)
    engine = world.engine
    for _ in range(3):
        world.clock.forward(hours=1)
        answers = engine.decide_many("home.hero", people=list(PEOPLE), contexts=None)
        first = answers[0]
        assert isinstance(first, Decision)
        assert first.past
        engine.learn_many(answers, rewards=[1.0] * len(PEOPLE))
    again = world.opened()
    rows = np.arange(len(PEOPLE))
    at = world.clock.now.timestamp()
    one = model_of(engine).people.posteriors(rows, world.model.version, at)
    two = model_of(again).people.posteriors(rows, world.model.version, at)

    assert two.mean == pytest.approx(one.mean, abs=CLOSE)
    for person in PEOPLE:  # also those who were shown nothing before it was found that it counts
        mine, its = (model_of(who).exposures.of(PEOPLE.index(person)) for who in (engine, again))
        assert mine.decisions == its.decisions
        assert mine.total == pytest.approx(its.total, abs=CLOSE)
    assert asked(again, "p3").past == asked(engine, "p3").past
    assert asked(again, "p5").weights == pytest.approx(asked(engine, "p5").weights, abs=CLOSE)
    engine.forget("p3")
    assert len(model_of(engine).exposures) == len(PEOPLE) - 1
    engine.close()


def test_a_taste_that_turned_is_noticed_and_told() -> None:
    """What is older counts less for that person alone; the profile says since when, always."""
    store, clock = MemoryStore(), Clock()
    engine = engine_on(store, clock=clock)
    engine.declare(shop(explore=0.2))
    agreed(engine, "ada", *PEOPLE)
    lived(engine, PEOPLE, 20)
    for turn in range(90):
        clock.forward(hours=12)
        decision = engine.decide("home.hero", person="ada", context={"hour": 9})
        liked = "sneakers" if turn < 50 else "ball"
        engine.learn(decision.id, reward=float(decision.action.name == liked))
    model, again = model_of(engine), engine_on(store, clock=clock)
    row = np.array([model.people.homes.find("ada")])
    mine, theirs = model.people.drift.since(row)[0], model_of(again).people.drift.since(row)[0]
    others = model.people.drift.since(np.arange(len(PEOPLE)))
    told = [one.says for one in engine.profile("ada").beliefs]

    assert mine > model.people.drift.since(np.array([10_000]))[0]
    assert mine == theirs
    assert np.isinf(others).mean() > 0.9
    assert any("It seems to have changed since" in one for one in told)
