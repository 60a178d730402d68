"""Engines for tests: a clock set by hand, seeded dice, a small shop, people who agreed."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from penchant import Action, Decision, Engine, Limits, Moment, Outcome
from penchant.adapters.store.memory import MemoryStore
from penchant.journal import Store

__all__ = [
    "NAMED",
    "NOW",
    "PURPOSE",
    "SHOP",
    "SPORTS",
    "Clock",
    "agreed",
    "engine_on",
    "facts_in",
    "lived",
    "shop",
    "teach",
]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # a Sunday
PURPOSE = "recommendation"

SHOP = (
    Action("sneakers", features={"sport": "run", "price": 80}),
    Action("fins", features={"sport": "swim", "price": 40}),
    Action("bike", features={"sport": "cycle", "price": 600}),
    Action("ball", features={"sport": "team", "price": 20}),
)
SPORTS = ("run", "swim", "cycle", "team")
NAMED = tuple(Action(action.name) for action in SHOP)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime = NOW) -> None:
        """Start at `now`."""
        self.now = now

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now

    def forward(self, **by: float) -> None:
        """Let time pass: `minutes=5`; what is negative goes back."""
        self.now += timedelta(**by)


def engine_on(
    store: Store | None = None,
    *,
    clock: Callable[[], datetime] | None = None,
    seed: int = 7,
    limits: Limits | None = None,
) -> Engine:
    """Give an engine, in memory unless a store is given."""
    dice = random.Random(seed)  # noqa: S311 - dice, not secrets
    return Engine(store or MemoryStore(), clock=clock or Clock(), dice=dice, limits=limits)


def shop(actions: Sequence[Action] = SHOP, **settings: object) -> Moment:
    """Give the moment most tests decide."""
    given: dict[str, object] = {"outcome": Outcome("clicked", window="30m"), **settings}
    return Moment("home.hero", purpose=PURPOSE, actions=tuple(actions), **given)  # type: ignore[arg-type]  # any setting


def agreed(engine: Engine, *people: str) -> None:
    """Let people agree to everything the shop does."""
    for person in people:
        engine.consent(person, PURPOSE, granted=True, dial=1.0)


FACTS = frozenset({"observed", "consented", "linked", "decided", "claimed", "settled", "learned"})
"""The kinds of lines of an export that are facts."""


def facts_in(export: str) -> list[dict[str, Any]]:
    """Give the facts among the lines of an export."""
    lines = [json.loads(line) for line in export.splitlines()]
    return [line for line in lines if line["type"] in FACTS]


def teach(engine: Engine, person: str | None, reward_of: Callable[[Decision], float]) -> Decision:
    """Decide once and learn what followed."""
    decision = engine.decide("home.hero", person=person, context={"hour": 9, "device": "phone"})
    engine.learn(decision.id, reward=reward_of(decision))
    return decision


def lived(engine: Engine, people: Iterable[str], rounds: int, *, seed: int = 3) -> dict[str, str]:
    """Let people with a taste each live with the shop for some rounds; give their tastes."""
    dice = random.Random(seed)  # noqa: S311 - dice, not secrets
    tastes = {person: dice.choice(SPORTS) for person in people}
    sport_of = {action.name: str(action.features["sport"]) for action in SHOP}
    for turn in range(rounds):
        for person, taste in tastes.items():
            context = {"hour": turn % 24, "device": dice.choice(["phone", "desk"])}
            decision = engine.decide("home.hero", person=person, context=context)
            likes = sport_of.get(decision.action.name) == taste
            engine.learn(decision.id, reward=float(dice.random() < (0.7 if likes else 0.1)))
    return tastes
