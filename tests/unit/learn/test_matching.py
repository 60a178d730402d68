"""The match of an apprentice: a share with an interval that holds at every look, or a sentence."""

import numpy as np
import pytest

from penchant.learn.evaluate import match_of


def test_a_good_match_may_go_live() -> None:
    """Where the whole interval is above the least, the sentence says how to go live."""
    dice = np.random.default_rng(2)
    found = match_of(0.7 + 0.3 * dice.random(2_000), [str(number) for number in range(2_000)])

    assert found.low < 0.85 < found.high
    assert found.is_enough
    assert "85 % of cases" in found.sentence
    assert "without `apprentice`" in found.sentence


def test_a_poor_match_goes_on_learning() -> None:
    """Below the least it does not go live, however sure the share is."""
    found = match_of([0.5] * 5_000, [str(number) for number in range(5_000)])

    assert not found.is_enough
    assert "It may go live when all of that is above 60 %." in found.sentence


def test_the_latest_decisions_count() -> None:
    """What was done first was done by a beginner: later decisions alone make the share."""
    chances = [0.0] * 800 + [1.0] * 800
    found = match_of(chances, [str(number) for number in range(1_600)])

    assert found.share == 1.0
    assert found.decisions == 800


@pytest.mark.parametrize(("n", "people"), [(0, 1), (199, 199), (5_000, 9)])
def test_too_little_is_said(n: int, people: int) -> None:
    """Few decisions, or of few people, give a sentence and no readiness."""
    found = match_of([1.0] * n, [str(number % people) for number in range(n)])

    assert found.refused.startswith("cannot say yet.")
    assert not found.is_enough
    assert found.sentence == f"Apprentice: {found.refused}"


def test_people_count_alike() -> None:
    """Somebody with many decisions is one person; fewer people leave a wider interval."""
    loud = match_of([0.9, 0.0] * 150, ["loud" if n % 2 else str(n) for n in range(300)])
    assert loud.share > 0.85
    assert loud.people == 151

    chances = np.random.default_rng(3).random(3_000).tolist()
    many = match_of(chances, [str(number) for number in range(3_000)])
    few = match_of(chances, [str(number % 30) for number in range(3_000)])

    assert few.high - few.low > many.high - many.low


@pytest.mark.slow
def test_hardly_any_look_misses() -> None:
    """Looked at after every hundredth decision, the truth is left out in hardly any of 60 runs."""
    missed = 0
    for seed in range(60):
        chances = np.random.default_rng(seed).choice([0.2, 1.0], 2_000)
        people = [str(number) for number in range(2_000)]
        looks = (match_of(chances[:n].tolist(), people[:n]) for n in range(200, 2_001, 100))
        missed += any(not one.low <= 0.6 <= one.high for one in looks)
    assert missed <= 3
