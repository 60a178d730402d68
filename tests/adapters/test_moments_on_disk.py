"""Moments that open themselves, on disk: what is armed, due, claimed and sent outlives it all."""

from pathlib import Path

import pytest
from engines import Clock
from runners import CARE, KM, TRAINING, Offering, moment

from penchant import AtTime, Engine, Signal
from penchant.deliver.letter import Letter


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Give where the journal lies."""
    return str(tmp_path / "people.db")


def opened(path: str, clock: Clock) -> Engine:
    """Open the engine at a path."""
    return Engine(Engine.open_store(path), clock=clock, dice=Offering(7))


def run(engine: Engine, km: float) -> None:
    """Let ada finish a run."""
    assert engine.observe(Signal("run.finished", "ada", data={"km": km}), purpose=TRAINING)


def test_nothing_is_opened_twice_and_nothing_sent_twice(path: str) -> None:
    """Over three processes: 790 km, 20 more, a claim; the fourth finds it unknown."""
    clock = Clock()
    with opened(path, clock) as engine:
        engine.declare(moment(KM))
        for purpose in (TRAINING, CARE):
            engine.consent("ada", purpose)
        run(engine, 790)
    clock.forward(hours=1)
    with opened(path, clock) as engine:
        assert not engine.outbox.waiting()
        run(engine, 20)
        (letter,) = engine.outbox.waiting()
    clock.forward(hours=1)
    with opened(path, clock) as engine:
        run(engine, 20)
        assert engine.outbox.waiting() == (letter,)
        assert engine.outbox.claim(letter.id) == letter
    with opened(path, clock) as engine:
        engine.tick()
        assert not engine.outbox.waiting()
        assert not engine.outbox.claim(letter.id)
        assert engine.export("ada").count('"how":"unknown"') == 1
        assert "not sent again" in str(engine.explain(letter.id))


def test_a_forgotten_person_has_no_letters_after_a_restart(path: str) -> None:
    """Nor a place in the timetable; nothing of what was to be said is in the files."""
    clock = Clock()
    with opened(path, clock) as engine:
        engine.declare(moment(KM, AtTime("13:00", zone="UTC")))
        for purpose in (TRAINING, CARE):
            engine.consent("ada", purpose)
        run(engine, 800)
        assert isinstance(engine.outbox.claim(engine.outbox.waiting()[0].id), Letter)
        engine.forget("ada")
    clock.forward(hours=2)
    with opened(path, clock) as engine:
        assert engine.tick() == 0
        assert not engine.outbox.waiting()
        assert engine.export("ada") == ""


def test_who_is_due_by_time_is_known_after_a_restart(path: str) -> None:
    """Opened at one o'clock by the second process, and by the third not again."""
    clock = Clock()
    with opened(path, clock) as engine:
        engine.declare(moment(AtTime("13:00", zone="UTC")))
        for number in range(10):
            engine.consent(f"p-{number}", CARE)
    clock.forward(hours=1, minutes=10)
    with opened(path, clock) as engine:
        assert engine.tick() == 10
    clock.forward(minutes=10)
    with opened(path, clock) as engine:
        assert engine.tick() == 0
        assert len(engine.outbox.waiting()) == 10
