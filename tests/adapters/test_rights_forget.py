"""Forgetting, end to end: a planted marker is in no file, no memory and no log, whatever comes."""

import logging
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from engines import NAMED, NOW, PURPOSE, SHOP, Clock, agreed, engine_on, lived, shop
from traces import traces

from penchant import Action, Decision, Engine, Moment, Outcome, Signal
from penchant.adapters.store import open_store
from penchant.adapters.store.memory import MemoryStore
from penchant.journal import Store

CLOSE = 1e-9
PEOPLE = tuple(f"p{i}" for i in range(12))
MARKER = "Xylophonist-from-Kyrgyzstan"
PERSON, ALIAS = f"person-{MARKER}", f"device-{MARKER}"
BY_NAME = Moment(
    "home.tip", purpose=PURPOSE, actions=NAMED, outcome=Outcome("followed", window="1h")
)

Make = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Give what opens a store of each kind."""
    path = str(tmp_path / "people.db")
    return MemoryStore if request.param == "memory" else lambda: open_store(path)


def life_of_the_marked(engine: Engine) -> list[str]:
    """Let a person leave the marker wherever a caller can put one; give their decisions' ids."""
    agreed(engine, PERSON, ALIAS)
    said = [
        Signal("trait.stated", PERSON, data={"job": MARKER, MARKER: True}),
        Signal("goal.stated", PERSON, data={"name": MARKER, "text": f"be a {MARKER}"}),
        Signal("shop.viewed", PERSON, data={"item": MARKER, MARKER: 3}, source=MARKER, id=MARKER),
        Signal("shop.viewed", ALIAS, data={"item": MARKER}),
        Signal("never.stated", PERSON, data={"name": "n", "text": MARKER, "action": MARKER}),
        Signal("person.merged", PERSON, data={"from": ALIAS}),
    ]
    assert all(engine.observe(said, purpose=PURPOSE))
    made: list[str] = []
    for turn in range(8):
        context = {"hour": turn, "town": MARKER, MARKER: True, "near": [1.0 * turn]}
        candidates = [*SHOP, Action(f"{MARKER}-{turn}", {"maker": MARKER, MARKER: 2.0}, MARKER)]
        for moment, actions in (("home.hero", candidates), ("home.tip", [*NAMED, Action(MARKER)])):
            for whose in (PERSON, ALIAS):
                decision = engine.decide(moment, person=whose, context=context, actions=actions)
                made.append(decision.id)
                if turn % 4 != 3:  # some wait for their outcome
                    engine.learn(decision.id, reward=float(turn % 2))
                elif turn == 3:  # and what is not kept is remembered by its reason
                    engine.learn(decision.id, reward=1.0)
                    engine.learn(decision.id, reward=1.0)
    columns = engine.decide_many("home.tip", people=[PERSON, "p1"], contexts=[[1.0], [2.0]])
    engine.learn_many(columns, rewards=[1.0, 0.0])
    engine.decide_many("home.tip", people=[PERSON, "p1"], contexts=[[3.0], [4.0]])
    engine.explain(made[0])
    engine.profile(PERSON)
    assert MARKER in engine.export(PERSON)
    return made


def opened(store: Store, clock: Clock) -> Engine:
    """Open an engine that knows two moments and some people."""
    engine = engine_on(store, clock=clock)
    engine.declare(shop())
    engine.declare(BY_NAME)
    agreed(engine, *PEOPLE)
    return engine


def in_files(folder: Path, *needles: str) -> list[str]:
    """Say which files of a folder hold a needle, as text in either width."""
    forms = [needle.encode(how) for needle in needles for how in ("utf-8", "utf-16-le")]
    return [
        file.name
        for file in sorted(folder.iterdir())
        if any(form in file.read_bytes() for form in forms)
    ]


def asked(engine: Engine, person: str | None, moment: str = "home.hero") -> Decision:
    """Ask the same question as always."""
    context = {"hour": 9, "device": "phone"}
    return engine.decide(moment, person=person, context=context, draw=0.5)


def numbers(decision: Decision) -> list[float]:
    """Give every number a decision rests on."""
    columns = (decision.weights, decision.neutral, decision.expected, decision.personal)
    return [one for column in (*columns, decision.belief) for one in column]


def test_the_marker_is_in_no_file_no_memory_and_no_log(
    make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the journal, its log and index, nor the keys; nor in what an engine keeps at hand."""
    clock = Clock()
    with caplog.at_level(logging.DEBUG):
        engine = opened(make(), clock)
        lived(engine, PEOPLE, 3)
        made = life_of_the_marked(engine)
        lived(engine, PEOPLE, 1)
        assert traces(engine, MARKER)

        receipt = engine.forget(ALIAS)

        assert traces(engine, MARKER, *made) == []
        assert in_files(tmp_path, MARKER, *made) == []
        lived(engine, PEOPLE, 1)
        clock.forward(days=2)
        engine.tick()
        assert traces(engine, MARKER, *made) == []
        engine.close()
    assert in_files(tmp_path, MARKER, *made) == []
    assert receipt.outcomes > 20
    told = [record.getMessage() for record in caplog.records]
    assert not [line for line in told if MARKER in line]


def test_the_marker_would_be_found(make: Make) -> None:
    """The walk through memory sees texts, keys, names of features and actions, each by its road."""
    engine = opened(make(), Clock())
    life_of_the_marked(engine)
    roads = "\n".join(traces(engine, MARKER))
    engine.close()

    for kept in ("_of_person", "_by_text", "_actions", "registers", "_rows", "_links"):
        assert kept in roads, kept


KILLED = """
import importlib, os, signal, sys
from datetime import datetime
from engines import Clock, engine_on
from penchant.adapters.store import open_store

path, now, person, module, owner, method, when = sys.argv[1:]
kind = getattr(importlib.import_module(module), owner)
step = getattr(kind, method)

def dying(*given):
    if when == "after":
        step(*given)
    os.kill(os.getpid(), signal.SIGKILL)

engine = engine_on(open_store(path), clock=Clock(datetime.fromisoformat(now)))
setattr(kind, method, dying)
engine.forget(person)
"""

STORE = "penchant.adapters.store"
POINTS = {
    "intent": (f"{STORE}.keys", "Keyring", "erase", "before"),
    "key": (f"{STORE}.keys", "Keyring", "erase", "after"),
    "done": (f"{STORE}.forgetting", "Forgetting", "mark_done", "after"),
    "sums": ("penchant.runtime.memory", "Memory", "_forget", "after"),
}


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_step_it_is_finished_at_the_next_opening(point: str, tmp_path: Path) -> None:
    """Neither file nor memory holds the marker, and the others are as if it had gone well."""
    clock = Clock()
    folders = [tmp_path / "whole", tmp_path / "killed"]
    for folder in folders:
        folder.mkdir()
        engine = opened(open_store(str(folder / "people.db")), clock)
        lived(engine, PEOPLE, 3)
        life_of_the_marked(engine)
        engine.close()
    with opened(open_store(str(folders[0] / "people.db")), clock) as engine:
        engine.forget(PERSON)
        expected = [numbers(asked(engine, person)) for person in (*PEOPLE, None)]

    path = str(folders[1] / "people.db")
    script = [sys.executable, "-c", KILLED, path, NOW.isoformat(), PERSON, *POINTS[point]]
    child = subprocess.run(script, check=False, cwd=Path(__file__).parents[1])  # noqa: S603 - ours
    assert child.returncode == -signal.SIGKILL

    with opened(open_store(path), clock) as engine:
        assert in_files(folders[1], MARKER) == []
        assert traces(engine, MARKER) == []
        assert engine.forget(PERSON).entries == engine.forget(ALIAS).entries == 0
        found = [numbers(asked(engine, person)) for person in (*PEOPLE, None)]
        assert found == [pytest.approx(row, rel=CLOSE, abs=CLOSE) for row in expected]
