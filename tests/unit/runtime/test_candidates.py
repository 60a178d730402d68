"""Candidates known only now: thousands in one call, and content that nobody has seen before."""

import random

import numpy as np
import pytest
from engines import agreed, engine_on, shop

from penchant import Action
from penchant.errors import LimitReached

KINDS = ("space", "garden", "crime", "music")


def film(number: int, kind: str) -> Action:
    """Give a new film, known by what it is about, as numbers with some noise."""
    dice = random.Random(number)  # noqa: S311 - dice, not secrets
    about = [float(one == kind) + dice.gauss(0.0, 0.2) for one in KINDS]
    return Action(f"film-{number}", {"about": about, "minutes": 80 + number % 60})


def test_what_is_new_is_preferred_by_what_it_is_about() -> None:
    """Each person gets films that nobody has seen, of the kind that they liked before."""
    engine = engine_on()
    engine.declare(shop([]))
    tastes = {f"p{i}": KINDS[i % 4] for i in range(40)}
    agreed(engine, *tastes)
    number = 0
    for _ in range(15):
        for person, taste in tastes.items():
            offered = {f"film-{number + i}": kind for i, kind in enumerate(KINDS)}
            films = [film(number + i, kind) for i, kind in enumerate(KINDS)]
            number += 4
            one = engine.decide("home.hero", person=person, actions=films)
            engine.learn(one.id, reward=float(offered.get(one.action.name) == taste))
    new = [film(1_000_000 + i, KINDS[i % 4]) for i in range(12)]
    right = 0
    for person, taste in tastes.items():
        one = engine.decide("home.hero", person=person, actions=new)
        best = max(one.propensities, key=lambda name: one.propensities[name])
        right += KINDS[int(best.removeprefix("film-")) % 4] == taste
        top = engine.decide_slate("home.hero", 3, person=person, actions=new, draws=[0.5] * 3)
        right += KINDS[int(top.actions[0].name.removeprefix("film-")) % 4] == taste

    assert right >= 0.9 * 2 * len(tastes)


@pytest.mark.slow
def test_ten_thousand_candidates_are_scored_in_one_call() -> None:
    """Exact propensities for all of them, alone and in a slate of ten; one more is told."""
    engine = engine_on()
    engine.declare(shop([]))
    agreed(engine, "ada")
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(10_000, 8)).tolist()
    many = [Action(f"a{i}", {"v": row}) for i, row in enumerate(rows)]
    for _ in range(20):
        one = engine.decide("home.hero", person="ada", actions=many[:50])
        engine.learn(one.id, reward=float(rng.random() < 0.5))

    one = engine.decide("home.hero", person="ada", actions=many)
    assert len(one.names) == 10_001
    assert sum(one.weights) == pytest.approx(1.0)
    slate = engine.decide_slate("home.hero", 10, person="ada", actions=many, draws=[0.5] * 10)
    assert len({action.name for action in slate.actions}) == 10
    for position, below in enumerate(slate):
        assert len(below.weights) == 10_001 - position
        assert sum(below.weights) == pytest.approx(1.0)
    with pytest.raises(LimitReached, match="10,000"):
        engine.decide("home.hero", person="ada", actions=[*many, Action("one more")])
    with pytest.raises(LimitReached, match="10,000"):
        engine.decide_slate("home.hero", 2, person="ada", actions=[*many, Action("one more")])
