"""Laws of delay: outcomes come when they come, and what is learned is the same."""

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from engines import NAMED, SHOP, Clock, agreed, engine_on, shop
from hypothesis import given
from hypothesis import strategies as st
from laws.lengths import tried
from laws.test_unlearning import assert_alike, assert_same_version, live, sums_of

from penchant import Accepted, Decision, Engine, Outcome, Refused
from penchant.learn import learner
from penchant.learn.refitting import refit
from penchant.loop import replayed
from penchant.model.people import Posterior

LATE = "Its window had closed"
PEOPLE = tuple(f"p{number}" for number in range(8))
LIVES = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "order": st.integers(0, 10_000),
        "rounds": st.integers(2, 8),
        "by_name": st.booleans(),
        "repeats": st.booleans(),
    }
)


def decided(life: dict[str, Any]) -> tuple[Engine, list[tuple[Decision, float]]]:
    """Decide for people, alone and in slates, and draw what will follow, of which nothing came."""
    dice = random.Random(life["seed"])  # noqa: S311 - dice, not secrets
    engine = engine_on(seed=life["seed"])
    outcome = Outcome("clicked", window="12h", default=None)
    engine.declare(shop(NAMED if life["by_name"] else SHOP, default="ball", outcome=outcome))
    agreed(engine, *PEOPLE)
    waiting: list[Decision] = []
    for person in PEOPLE * life["rounds"]:
        context = {"hour": dice.randrange(24), "is_home": dice.random() < 0.5}
        waiting.append(engine.decide("home.hero", person=person, context=context))
        waiting += engine.decide_slate("home.hero", 2, person=person, context=context)
    return engine, [(one, float(dice.random() < 0.4)) for one in waiting]


def posteriors(engine: Engine) -> list[Posterior]:
    """Give what is believed of each person."""
    model = live(engine).model
    at = float(model.evidence.rows().at.max())
    rows = [model.people.homes.find(person) for person in PEOPLE]
    return [model.people.posterior(row, model.version, at) for row in rows]


@pytest.mark.proof
@tried(0.2)
@given(LIVES)
def test_outcomes_in_any_order_teach_the_same(life: dict[str, Any]) -> None:
    """Sums over everybody, those of each person, and the next refit are the same to 1e-9."""
    (engine, coming), (other, again) = decided(life), decided(life)
    assert [one.weights for one, _ in coming] == [one.weights for one, _ in again]
    random.Random(life["order"]).shuffle(again)  # noqa: S311 - dice, not secrets
    for one, reward in coming:
        assert engine.learn(one.id, reward=reward)
    for one, reward in again:
        assert other.learn(one.id, reward=reward)
        if life["repeats"]:
            assert isinstance(other.learn(one.id, reward=1.0 - reward), Refused)

    models = [live(one).model for one in (engine, other)]
    for model in models:
        live(engine if model is models[0] else other).gather({})  # no round is under way then
        learner.adopt(model, learner.work(refit(model)))
    assert_same_version(*models)
    at = float(models[0].evidence.rows().at.max())
    for part in ("population", "positions"):
        both = [sums_of(getattr(model, part), at, model.half_life) for model in models]
        for mine, theirs in zip(*both, strict=True):
            assert_alike(mine, theirs)
    for first, second in zip(posteriors(engine), posteriors(other), strict=True):
        assert_alike(
            models[0].version.basis @ first.mean,
            models[1].version.basis @ second.mean,
        )
    engine.close()
    other.close()


def test_decisions_go_on_while_outcomes_are_hours_late() -> None:
    """Each outcome is learned once or told why not, and every propensity can be drawn again."""
    dice, clock = random.Random(5), Clock()  # noqa: S311 - dice, not secrets
    engine = engine_on(clock=clock)
    engine.declare(shop(default="ball", outcome=Outcome("clicked", window="4h")))
    agreed(engine, *PEOPLE)
    coming: list[tuple[float, str]] = []
    answers: Counter[str] = Counter()
    closed = 0
    taken: list[Decision] = []
    for turn in range(300):
        clock.forward(minutes=5)
        now = clock.now.timestamp()
        closed += engine.tick()
        for then, name in [come for come in coming if come[0] <= now]:
            coming.remove((then, name))
            for _ in range(2):  # everything is sent twice
                answer = engine.learn(name, reward=float(dice.random() < 0.3))
                said = answer.sentence[:21] if isinstance(answer, Refused) else "kept"
                answers[said] += 1
        slate = engine.decide_slate("home.hero", 2, person=dice.choice(PEOPLE), context={"t": turn})
        taken += slate
        for one in slate:
            assert replayed(one, 0.01) == one.action.name
            assert np.isfinite(one.weights).all()
            if dice.random() < 0.8:
                coming.append((now + dice.expovariate(1 / 7_200), one.id))
    clock.forward(hours=5)
    closed += engine.tick()

    assert answers["kept"] + closed == len(taken)
    assert answers["Its outcome was learn"] == answers["kept"]
    assert answers[LATE] > 0
    assert sum(answers.values()) == answers["kept"] * 2 + answers[LATE]
    assert len(live(engine).model.evidence) == len(taken)
    assert isinstance(engine.learn(engine.decide("home.hero").id, reward=1.0), Accepted)
