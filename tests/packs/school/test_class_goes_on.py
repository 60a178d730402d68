"""The simulated class goes on: somebody is given a task and answers it, over and over."""

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from engines import Clock

from penchant import Engine
from penchant.adapters.packs.finding import find_packs
from penchant.adapters.packs.living import going_on, live_through, step
from penchant.adapters.store.memory import MemoryStore
from penchant.contract.examples import SIMULATED, Living
from penchant.errors import StoreFailed
from penchant.packs.school.example import STUDENTS, ClassExample

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AFTER = NOW + timedelta(minutes=1)
N_STEPS = 30


@pytest.fixture(scope="module")
def begun() -> Iterator[tuple[Engine, Living]]:
    """Open an engine on the class, with its students as they go on."""
    dice = random.Random(7)  # noqa: S311 - dice, no secrets
    (installed,) = find_packs(["school"])
    with Engine(MemoryStore(), clock=Clock(AFTER), dice=dice, packs=[installed]) as engine:
        _, living = live_through(engine, installed, "class", NOW, 24)
        assert living is not None
        yield engine, living


def answers(engine: Engine) -> int:
    """Count the answers of everybody."""
    return sum(
        signal.kind == "school.answered"
        for person in STUDENTS
        for signal in engine.packs.view("school", person, "school.learning").signals
    )


def test_answers_come_of_what_was_decided(begun: tuple[Engine, Living]) -> None:
    """Each is to the task just given, marked as simulated, and known to the student after."""
    engine, living = begun
    dice = np.random.default_rng(3)
    before = living
    for number in range(N_STEPS):
        living = step(engine, living, AFTER + timedelta(seconds=number), dice)
    views = [engine.packs.view("school", one, "school.learning") for one in living.people]
    latest = [one for view in views for one in view.signals if one.at and one.at >= AFTER]

    assert len(latest) >= N_STEPS // 2
    assert {one.source for one in latest} == {SIMULATED}
    assert living != before


def test_the_people_are_a_value() -> None:
    """The same dice give the same answer, and who answered before is not changed by it."""
    lived = ClassExample().lived(NOW, np.random.default_rng(24))
    assert lived.living is not None
    first, again = (
        lived.living.answered("ada", "adding 1", AFTER, np.random.default_rng(1)) for _ in range(2)
    )

    assert first == again
    assert first[1][0].data["item"] == "adding 1"
    assert lived.living.answered("ada", "nothing", AFTER, np.random.default_rng(1))[1] == ()


def test_it_goes_on_in_the_background_until_it_ends(begun: tuple[Engine, Living]) -> None:
    """A disk that fails ends nothing: the next try goes through."""
    engine, living = begun
    dice, calls, done = np.random.default_rng(4), iter(range(1_000)), threading.Event()
    count = answers(engine)

    def clock() -> datetime:
        number = next(calls)
        if number == 0:
            raise StoreFailed("The disk is full.")
        if number == N_STEPS:
            done.set()
        return AFTER + timedelta(minutes=1, seconds=number)

    with going_on(engine, living, dice, clock=clock, every=0.0):
        assert done.wait(60)

    assert answers(engine) > count
    assert "penchant-example" not in {one.name for one in threading.enumerate()}
