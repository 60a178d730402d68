"""Quality floors: small worlds with known tastes, lived in through the public surface.

Rewards are drawn, but what is held against a floor is the true mean reward of what was chosen, so
that a floor fails when the engine chooses worse and not when the dice fall otherwise. Floors lie
below what was measured (0.05 or more) and above what a model without the part tested could reach.
"""

import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from engines import NAMED, SHOP, SPORTS, agreed, engine_on, shop

from penchant import Action, Engine

pytestmark = pytest.mark.slow

SEEDS = (1, 2, 3)
MANY_SEEDS = range(1, 11)
"""Where what is looked for is small beside chance."""
LIKED, LEFT = 0.6, 0.1
World = Callable[[str, float, str], float]
"""The true mean reward of a person, in a context (-1 or 1), of an action's name."""

PLACE = {action.name: place for place, action in enumerate(SHOP)}


def live(
    engine: Engine, people: Sequence[str], world: World, rounds: int, seed: int
) -> list[float]:
    """Let people live in a world; give the true mean reward chosen, one number a round."""
    dice = random.Random(seed)  # noqa: S311 - dice, not secrets
    agreed(engine, *people)
    earned = []
    for _ in range(rounds):
        total = 0.0
        for person in people:
            mood = dice.choice([-1.0, 1.0])
            decision = engine.decide("home.hero", person=person, context={"mood": mood})
            mean = world(person, mood, decision.action.name)
            engine.learn(decision.id, reward=float(dice.random() < mean))
            total += mean
        earned.append(total / len(people))
    return earned


def opened(actions: Sequence[Action], seed: int, **settings: object) -> Engine:
    """Give an engine with the shop."""
    engine = engine_on(seed=seed)
    engine.declare(shop(actions, **settings))
    return engine


def everybody(n: int, prefix: str = "p") -> list[str]:
    """Give ids."""
    return [f"{prefix}{i}" for i in range(n)]


def own_tastes(person: str, _: float, action: str) -> float:
    """Everybody likes one sport, each another: pooled, all are alike."""
    return LIKED if PLACE.get(action) == int(person[1:]) % len(SPORTS) else LEFT


def one_taste(_: str, __: float, action: str) -> float:
    """Everybody likes the same."""
    return LIKED if action == "fins" else LEFT


def by_mood(_: str, mood: float, action: str) -> float:
    """Everybody likes one thing in one mood and another in the other."""
    return LIKED if action == ("fins" if mood > 0 else "bike") else LEFT


def turned(person: str, mood: float, action: str) -> float:
    """Everybody likes what somebody else liked before."""
    return own_tastes(f"p{int(person[1:]) + 1}", mood, action)


POOLED = (LIKED + 3 * LEFT) / 4
"""What the best answer for people in general earns where tastes differ."""


@pytest.mark.parametrize("actions", [SHOP, NAMED], ids=["features", "names"])
def test_own_tastes_are_learned_beyond_the_pooled_answer(actions: Sequence[Action]) -> None:
    """Of 0.1 to 0.6, where pooling ends at 0.225: over ten worlds 0.35 to 0.59, mean 0.50."""
    late = [
        np.mean(live(opened(actions, seed), everybody(48), own_tastes, 40, seed)[-8:])
        for seed in SEEDS
    ]

    assert min(late) > POOLED + 0.08
    assert np.mean(late) > POOLED + 0.17


@pytest.mark.parametrize("actions", [SHOP, NAMED], ids=["features", "names"])
def test_identical_people_are_not_harmed(actions: Sequence[Action]) -> None:
    """One model a person costs next to nothing where one model for all would do."""
    late = [
        np.mean(live(opened(actions, seed), everybody(48), one_taste, 20, seed)[-8:])
        for seed in SEEDS
    ]

    assert min(late) > LIKED - 0.06


@pytest.mark.parametrize("actions", [SHOP, NAMED], ids=["features", "names"])
def test_what_holds_right_now_is_learned_from_everybody(actions: Sequence[Action]) -> None:
    """A taste that depends on the context is found for all at once."""
    late = [
        np.mean(live(opened(actions, seed), everybody(48), by_mood, 20, seed)[-8:])
        for seed in SEEDS
    ]

    assert min(late) > LIKED - 0.10


@pytest.mark.parametrize("actions", [SHOP, NAMED], ids=["features", "names"])
def test_newcomers_are_served_as_well_as_people_in_general(actions: Sequence[Action]) -> None:
    """The first decision of somebody new is what the population knows, not a guess."""
    first = []
    for seed in SEEDS:
        engine = opened(actions, seed)
        live(engine, everybody(40), one_taste, 10, seed)
        first += live(engine, everybody(40, "n"), one_taste, 1, seed + 50)

    assert np.mean(first) > LIKED - 0.06


@pytest.mark.parametrize("actions", [SHOP, NAMED], ids=["features", "names"])
def test_a_newcomer_is_known_sooner_once_people_are_known(actions: Sequence[Action]) -> None:
    """How people differ is learned as well: what a person costs at first goes down."""
    gains = []
    for seed in MANY_SEEDS:
        engine = opened(actions, seed)
        early = live(engine, everybody(48), own_tastes, 40, seed)[:12]
        later = live(engine, everybody(48, "n"), own_tastes, 12, seed + 50)
        gains.append(np.mean(later) - np.mean(early))

    assert np.mean(gains) > 0.0


def test_a_taste_that_changes_is_followed() -> None:
    """With a short half-life who turns from one sport to another is shown the other."""
    gains = []
    for seed in SEEDS:
        engine = opened(SHOP, seed)
        people = everybody(40)
        live(engine, people, own_tastes, 25, seed)
        after = live(engine, people, turned, 60, seed)
        gains.append(np.mean(after[-8:]) - np.mean(after[:4]))

    assert np.mean(gains) > 0.1


def test_the_neutral_share_costs_what_it_says() -> None:
    """Of decisions with a tenth neutral, a tenth is taken as for strangers."""
    engine = opened(SHOP, 1, neutral_share=0.1)
    live(engine, everybody(40), own_tastes, 20, 1)
    made = [
        engine.decide("home.hero", person=person, context={"mood": 1.0})
        for _ in range(50)
        for person in everybody(40)
    ]

    assert np.mean([one.mode == "neutral" for one in made]) == pytest.approx(0.1, abs=0.02)
