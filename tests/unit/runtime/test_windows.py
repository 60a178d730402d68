"""When windows close, and what consent has to say about it."""

from datetime import timedelta
from pathlib import Path

import pytest
from engines import NOW, PURPOSE, Clock, agreed, engine_on, shop

from penchant import Engine, Refused, Signal
from penchant.adapters.store import open_store


@pytest.fixture
def clock() -> Clock:
    """Give a clock that stands still."""
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> Engine:
    """Give an engine with a shop that ada agreed to."""
    engine = engine_on(clock=clock)
    engine.declare(shop())
    agreed(engine, "ada")
    return engine


def outcomes(engine: Engine, person: str = "ada") -> int:
    """Count what was learned of a person."""
    return engine.export(person).count('"type":"learned"')


def test_an_outcome_from_before_its_decision(engine: Engine) -> None:
    """It is refused beyond what two clocks may differ, alone and in columns."""
    decision = engine.decide("home.hero", person="ada")
    early = NOW - timedelta(minutes=5, seconds=1)
    answer = engine.learn(decision.id, reward=1.0, at=early)

    assert isinstance(answer, Refused)
    assert "before the decision" in answer.sentence
    assert engine.learn(decision.id, reward=1.0, at=NOW - timedelta(minutes=5))
    columns = engine.decide_many("home.hero", people=["ada"] * 2)
    refused = engine.learn_many(columns, rewards=[1.0, 0.0], at=early)
    assert ["before the decision" in str(one) for one in refused] == [True, True]
    assert all(engine.learn_many(columns, rewards=[1.0, 0.0]))


def test_a_window_that_closed_without_consent_stays_closed(tmp_path: Path, clock: Clock) -> None:
    """It teaches nothing then, nor after a restart, when consent was given anew meanwhile."""
    path = str(tmp_path / "people.db")
    with engine_on(open_store(path), clock=clock) as engine:
        engine.declare(shop())
        agreed(engine, "ada")
        engine.decide("home.hero", person="ada")
        engine.consent("ada", PURPOSE, granted=False)
        clock.forward(hours=1)
        assert engine.tick() == 1
        agreed(engine, "ada")
    with engine_on(open_store(path), clock=clock) as engine:
        engine.tick()

        assert outcomes(engine) == 0
        engine.decide("home.hero", person="ada")
        clock.forward(hours=1)
        engine.tick()
        assert outcomes(engine) == 1


@pytest.mark.parametrize("granted", [True, False])
def test_an_answer_closes_the_windows_before_it(
    engine: Engine, clock: Clock, *, granted: bool
) -> None:
    """What ended while the answer before it held counts under that one."""
    engine.decide("home.hero", person="ada")
    clock.forward(hours=1)
    engine.consent("ada", PURPOSE, granted=granted)

    assert outcomes(engine) == 1


def test_a_signal_closes_windows(engine: Engine, clock: Clock) -> None:
    """Every call but a question does."""
    engine.decide("home.hero", person="ada")
    clock.forward(hours=1)
    engine.observe(Signal("shop.viewed", "ada"), purpose=PURPOSE)

    assert outcomes(engine) == 1
