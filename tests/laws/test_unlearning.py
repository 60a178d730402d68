"""Laws of unlearning: after a forgetting it is as if somebody had never been there.

Held against an engine whose journal never had a fact of theirs: sums over everybody at once, and
what is derived from them (scaling, basis, prior, weights, shares of positions) after the refit.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from engines import NAMED, SHOP, Clock, agreed, engine_on, shop
from hypothesis import given
from hypothesis import strategies as st
from laws.lengths import tried

from penchant import Action, Engine, Moment, Outcome
from penchant.adapters.store.memory import MemoryStore
from penchant.algebra import Sum, at_time
from penchant.journal import Declared, Derived
from penchant.learn import learner
from penchant.learn.refitting import refit
from penchant.model.moment_model import EMPTY, MomentModel
from penchant.model.version import pack, unpack
from penchant.runtime.live_model import LiveModel

TOLERANCE = 1e-9
LIVES = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "people": st.integers(4, 40),
        "rounds": st.integers(2, 8),
        "by_name": st.booleans(),
        "slates": st.booleans(),
    }
)
DEVICES = ("phone", "desk", "watch")


def moment_of(*, by_name: bool) -> Moment:
    """Give the shop, its actions known by name or by features."""
    actions = NAMED if by_name else SHOP
    return shop(actions, default="ball", outcome=Outcome("clicked", window="30m", default=None))


def live(engine: Engine) -> LiveModel:
    """Give what the shop has learned."""
    return engine._memory.moments["home.hero"].learning  # noqa: SLF001 - the law is about it


def lived(life: dict[str, Any], store: MemoryStore, clock: Clock) -> Engine:
    """Let people live with the shop; nobody first, who meets every name in order."""
    dice = random.Random(life["seed"])  # noqa: S311 - dice, not secrets
    engine = engine_on(store, clock=clock, seed=life["seed"])
    engine.declare(moment_of(by_name=life["by_name"]))
    everybody = [f"p{number}" for number in range(life["people"])]
    agreed(engine, *everybody)
    for at, device in enumerate((*DEVICES, DEVICES[0])):  # nothing is learned of these
        engine.decide("home.hero", context={"hour": 9, "device": device}, draw=(at + 0.5) / 4)
    for person in everybody * life["rounds"]:
        context = {"hour": dice.randrange(24), "device": dice.choice(DEVICES)}
        k = 3 if life["slates"] and dice.random() < 0.5 else 1
        slate = engine.decide_slate("home.hero", k, person=person, context=context)
        for at, one in enumerate(slate):
            place = [action.name for action in SHOP].index(one.action.name)
            chance = (0.8 if place == hash_of(person) % 4 else 0.2) / (1 + at)
            engine.learn(one.id, reward=float(dice.random() < chance))
        clock.forward(minutes=dice.randrange(40))
    return engine


def hash_of(person: str) -> int:
    """Give a number of an id that is the same in each run."""
    return sum(map(ord, person))


def without(store: MemoryStore, person: str, clock: Clock) -> Engine:
    """Open an engine on the facts of everybody else, with nothing derived but which columns are.

    A name's column is where it was met first, which nobody did before the others here.
    """
    facts = [one for one in store.read() if one.person != person]
    derived = [one for one in facts if isinstance(one, Derived)]
    columns = [
        msgspec.structs.replace(one, version=0, numbers=pack(EMPTY, unpack(one.numbers)[1]))
        for one in derived[:1]
    ]
    other = MemoryStore()
    declared = [one for one in facts if isinstance(one, Declared)]
    rest = [one for one in facts if not isinstance(one, Declared | Derived)]
    other.append([*declared, *columns, *rest])
    return engine_on(other, clock=clock)


def sums_of(part: object, at: float, half_life: float) -> Iterator[np.ndarray]:
    """Give every sum that a part keeps, as it stands at a time."""
    for value in vars(part).values():
        if isinstance(value, Sum):
            yield at_time(value, at, half_life).total
        elif hasattr(value, "__dict__"):
            yield from sums_of(value, at, half_life)


def folded_like(model: MomentModel, other: MomentModel) -> MomentModel:
    """Fold the outcomes of `other` under the version of `model`, as a restart would."""
    other.version = model.version
    other.folded = other.folded_positions = 0
    other.folded = len(other.evidence)
    learner.rebuild(other)
    return other


def assert_alike(one: object, other: object, scale: float = 1.0) -> None:
    """See that two tables are the same, relative to their size."""
    first, second = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    assert first.shape == second.shape
    size = max(float(np.abs(second).max(initial=0.0)), scale)
    assert np.abs(first - second).max(initial=0.0) <= TOLERANCE * size


def assert_same_sums(model: MomentModel, other: MomentModel) -> None:
    """See that the sums over everybody are those of never having had somebody."""
    at = float(model.evidence.rows().at.max(initial=0.0))
    never = folded_like(model, other)
    for part in ("population", "positions"):
        pairs = zip(
            sums_of(getattr(model, part), at, model.half_life),
            sums_of(getattr(never, part), at, model.half_life),
            strict=True,
        )
        for mine, theirs in pairs:
            assert_alike(mine[: len(theirs)], theirs)


def assert_same_version(model: MomentModel, other: MomentModel) -> None:
    """See that what is derived is the same; a basis may be turned, what it says may not."""
    mine, theirs = model.version, other.version
    for side in ("context", "action"):
        for one, another in zip(getattr(mine, side), getattr(theirs, side), strict=True):
            assert_alike(one, another)
    assert_alike(mine.weights, theirs.weights)
    assert_alike(mine.noise, theirs.noise)
    assert_alike(mine.own, theirs.own)
    for version in (mine, theirs):
        assert np.isfinite(version.weights).all()
    assert_alike(
        mine.basis @ np.diag(mine.prior) @ mine.basis.T,
        theirs.basis @ np.diag(theirs.prior) @ theirs.basis.T,
    )
    if mine.spread is not None:
        assert_alike(mine.spread, theirs.spread)
    assert_alike(model.positions.shares(3, 0.0), other.positions.shares(3, 0.0))


@pytest.mark.proof
@tried(0.1)
@given(LIVES)
def test_forgetting_somebody_is_never_having_had_them(life: dict[str, Any]) -> None:
    """Live and reopened from the journal alike: sums at once, versions after a day."""
    store, clock = MemoryStore(), Clock()
    engine = lived(life, store, clock)
    never = without(store, "p1", clock)
    engine.forget("p1")
    kept = MemoryStore()
    kept.append(list(store.read()))
    again = engine_on(kept, clock=clock)
    for one in (engine, again):
        assert_same_sums(live(one).model, live(without(store, "p1", clock)).model)

    other = live(never).model
    learner.adopt(other, learner.work(refit(other)))
    clock.forward(hours=24)
    for one in (engine, again):
        one.tick()
        assert live(one).versions.owed is None
        assert_same_version(live(one).model, other)
        decided = [
            each.decide("home.hero", person="p0", context={"hour": 3, "device": "desk"}, draw=0.5)
            for each in (one, never)
        ]
        assert decided[0].weights == pytest.approx(decided[1].weights, abs=1e-9)
    for one in (engine, again, never):
        one.close()


def test_a_text_that_comes_late_is_scaled_as_after_a_restart() -> None:
    """That nobody had it before is a no, whether the engine ran on or its journal was read."""
    clock, store = Clock(), MemoryStore()
    engine = engine_on(store, clock=clock)
    engine.declare(moment_of(by_name=False))
    for turn in range(60):
        context = {"hour": turn % 24, "device": "phone" if turn < 30 else f"d{turn // 10}"}
        decision = engine.decide("home.hero", context=context)
        engine.learn(decision.id, reward=float(turn % 3 == 0))
    again = engine_on(store, clock=clock)
    for one in (engine, again):
        live(one).gather({})  # waits for a round under way
        learner.adopt(live(one).model, learner.work(refit(live(one).model)))

    assert_same_version(live(engine).model, live(again).model)


def test_no_call_is_answered_with_what_was_derived_a_day_before() -> None:
    """Also where nothing ticks: the first call after 23 hours waits for the refit."""
    clock, store = Clock(), MemoryStore()
    life = {"seed": 3, "people": 35, "rounds": 4, "by_name": False, "slates": True}
    engine = lived(life, store, clock)
    engine.forget("p1")
    owed = live(engine).versions.owed
    assert owed == clock.now
    assert engine.outbox.due_at() is not None

    clock.forward(hours=22, minutes=59)
    before = live(engine).model.version.round
    engine.decide("home.hero", person="p2")
    assert live(engine).versions.owed == owed
    clock.forward(minutes=1)
    engine.decide("home.hero", person="p2")

    assert live(engine).versions.owed is None
    assert live(engine).model.version.round == before + 1
    assert engine.explain(engine.decide("home.hero", person="p2").id).sentences


def test_the_refit_is_worked_on_aside_and_outcomes_bring_it_into_force() -> None:
    """It starts after an hour; those who are forgotten within it share it."""
    clock = Clock()
    life = {"seed": 5, "people": 35, "rounds": 4, "by_name": True, "slates": False}
    engine = lived(life, MemoryStore(), clock)
    engine.forget("p1")
    clock.forward(minutes=30)
    engine.forget("p2")
    clock.forward(minutes=30)
    assert engine.tick() >= 0
    for turn in range(30):
        decision = engine.decide("home.hero", person=f"p{3 + turn}", context={"hour": turn})
        engine.learn(decision.id, reward=0.5)

    assert live(engine).versions.owed is None


def test_who_is_forgotten_after_the_refit_began_gets_another() -> None:
    """What was planned before the second forgetting does not count for it."""
    clock = Clock()
    life = {"seed": 6, "people": 35, "rounds": 4, "by_name": False, "slates": False}
    engine = lived(life, MemoryStore(), clock)
    engine.forget("p1")
    clock.forward(hours=2)
    engine.tick()
    engine.forget("p2")

    assert live(engine).versions.owed == clock.now
    clock.forward(hours=24)
    engine.tick()
    assert live(engine).versions.owed is None


def test_what_is_owed_outlives_the_process() -> None:
    """A journal says since when; the engine that reads it next keeps the day."""
    clock, store = Clock(), MemoryStore()
    life = {"seed": 7, "people": 33, "rounds": 4, "by_name": False, "slates": False}
    engine = lived(life, store, clock)
    engine.forget("p1")
    forgotten = clock.now
    clock.forward(hours=20)
    again = engine_on(store, clock=clock)

    assert live(again).versions.owed == forgotten
    clock.now = forgotten + timedelta(hours=23)
    again.decide("home.hero")
    assert live(again).versions.owed is None
    assert live(engine_on(store, clock=clock)).versions.owed is None


def test_the_last_one_can_be_forgotten() -> None:
    """Of nobody nothing is derived; what was declared is decided on."""
    clock = Clock()
    engine = engine_on(clock=clock)
    engine.declare(Moment("m", "recommendation", [Action("a"), Action("b", {"x": 1.0})]))
    agreed(engine, "ada")
    for turn in range(40):
        engine.learn(engine.decide("m", person="ada", context={"x": turn}).id, reward=1.0)
    engine.forget("ada")
    clock.forward(hours=24)

    decision = engine.decide("m", context={"x": 1})
    assert np.isfinite(decision.weights).all()
    assert decision.weights == pytest.approx((1 / 3,) * 3)
