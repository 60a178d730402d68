"""A shop that ran long enough to judge what else could have been done there."""

import random

from adapters.console.visited import Page, Visitor
from engines import PURPOSE, agreed, engine_on

from penchant import Action, Engine, Moment, Outcome
from penchant.adapters.store.memory import MemoryStore

__all__ = ["PLACE", "judged", "settled"]

PLACE = "/console/judge"
PEOPLE = tuple(f"p{number}" for number in range(350))
WORTH = {"run": 0.9, "swim": 0.1}


def judged(n: int = 700, *, seldom: bool = False) -> Engine:
    """Give an engine whose people were shown one of two things; running is what pays.

    With `seldom` the other one is hardly ever tried, once what pays is known.
    """
    engine, dice = engine_on(MemoryStore()), random.Random(3)  # noqa: S311 - dice, not secrets
    engine.declare(
        Moment(
            "home.hero",
            purpose=PURPOSE,
            actions=[Action("run"), Action("swim")],
            default="swim",
            outcome=Outcome("clicked", window="30m"),
            explore=0.02 if seldom else 1.0,
        )
    )
    agreed(engine, *PEOPLE)
    for number in range(n):
        decision = engine.decide("home.hero", person=PEOPLE[number % len(PEOPLE)])
        if number % 10:
            worth = WORTH[decision.action.name]
            engine.learn(decision.id, reward=float(dice.random() < worth))
    return engine


def settled(visitor: Visitor, path: str) -> Page:
    """Look at a page until what it shows is judged."""
    page = visitor.get(path)
    while "Being judged" in page.text:
        page = visitor.get(path)
    return page
