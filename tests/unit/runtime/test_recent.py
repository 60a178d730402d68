"""Whom an engine met lately: listed when asked for, blocks and calls in their order."""

from typing import cast

import pytest
from engines import agreed, engine_on, shop

from penchant import Engine
from penchant.runtime.insight import recent


def met(engine: Engine) -> list[str]:
    """Give whom the engine met, the latest last."""
    engine._memory.tallies.settle()  # noqa: SLF001 - what a page lists
    return cast("list[str]", list(engine._memory.tallies.recent.people))  # noqa: SLF001 - as above


def open_shop(*people: str) -> Engine:
    """Give an engine that those people agreed to."""
    engine = engine_on()
    engine.declare(shop())
    agreed(engine, *people)
    return engine


def test_whoever_came_last_stands_last() -> None:
    """In columns and in calls, whoever comes again moves to the end."""
    engine = open_shop("ada", "bea", "cy")
    engine.decide_many("home.hero", people=["ada", "bea"])
    engine.decide("home.hero", person="cy")
    engine.decide_many("home.hero", people=["ada"])

    assert met(engine) == ["bea", "cy", "ada"]


def test_the_forgotten_are_not_listed_from_a_block() -> None:
    """Nor is anybody kept in a block that nobody listed yet."""
    engine = open_shop("ada", "bea")
    engine.decide_many("home.hero", people=["ada", "bea"])
    engine.forget("ada")

    assert met(engine) == ["bea"]


def test_only_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks beyond a bound are listed, and of them only who fits."""
    monkeypatch.setattr(recent, "PEOPLE", 2)
    monkeypatch.setattr(recent, "UNLISTED", 4)
    engine = open_shop("ada", "bea", "cy", "dee")
    for pair in (["ada", "bea"], ["cy", "dee"], ["bea", "cy"]):
        engine.decide_many("home.hero", people=pair)

    assert met(engine) == ["bea", "cy"]


def test_forgetting_leaves_room_that_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many were forgotten, the latest decisions of the others are kept."""
    monkeypatch.setattr(recent, "DECISIONS", 4)
    engine = open_shop("bea")
    for _ in range(6):
        agreed(engine, "ada")
        engine.decide("home.hero", person="ada")
        met(engine)
        engine.forget("ada")
    engine.decide("home.hero", person="bea")
    met(engine)
    latest = engine._memory.tallies.recent.latest()  # noqa: SLF001 - what a page lists

    assert [one.person for one in latest] == ["bea"]
