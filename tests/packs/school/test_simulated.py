"""Simulated students learn, forget and need what comes before, as they were fitted to do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from penchant.packs.school.course_checks import checked_course
from penchant.packs.school.simulated import (
    FITTED,
    Class,
    answered,
    chance,
    classroom,
    learner,
    level,
)

DAY = 86_400.0


def taught(of: Class, skill: str, n: int, seed: int = 1, *, correct: bool = True) -> list[float]:
    """Give the level of one student while they answer a skill n times on one day."""
    who = learner(of, np.random.default_rng(seed))
    item = of.course.items_of(skill)[0].name
    levels = [level(of, who, skill, 0.0)]
    for k in range(n):
        who = answered(of, who, item, correct=correct, at=60.0 * k)
        levels.append(level(of, who, skill, 60.0 * k))
    return [*levels, level(of, who, skill, 30 * DAY)]


@given(st.integers(0, 1_000))
def test_answers_teach_and_time_takes(seed: int) -> None:
    """Each answer raises the level of its skill, and a month lowers it."""
    of = classroom(np.random.default_rng(seed), skills=2, items=1)

    *rising, later = taught(of, "skill 1", 5, seed)

    assert rising == sorted(rising)
    assert rising[0] < later < rising[-1]


def test_right_answers_add_more() -> None:
    """Over many simulated skills a right answer adds more than a wrong one, as was fitted."""
    of = classroom(np.random.default_rng(5), skills=40, items=1)
    gains = [
        taught(of, skill.name, 1, correct=True)[1] - taught(of, skill.name, 1, correct=False)[1]
        for skill in of.course.skills
    ]

    assert np.mean(gains) > 0.1


def test_a_missing_prerequisite_holds_back() -> None:
    """Where skills build on others, practice adds less while those are missing."""
    free = classroom(np.random.default_rng(7), skills=6, items=1)
    held = classroom(np.random.default_rng(7), skills=6, items=1, builds_on=0.25)
    last = held.course.skills[-1]
    who = learner(held, np.random.default_rng(1))
    weak = who._replace(start=dict.fromkeys(who.start, -2.0))
    item = held.course.items_of(last.name)[0].name
    after = answered(held, weak, item, correct=True, at=0.0)

    gain = level(held, after, last.name, 0.0) + 2.0
    assert last.prerequisites
    assert not any(skill.prerequisites for skill in free.course.skills)
    assert gain < 0.3 * held.right[last.name]


def test_the_spread_is_the_one_fitted() -> None:
    """Levels of simulated students spread as those of real ones were found to."""
    dice = np.random.default_rng(3)
    of = classroom(dice, skills=5, items=3)
    starts = np.array([list(learner(of, dice).start.values()) for _ in range(2_000)])

    assert abs(starts.mean() - FITTED.level) < 0.1
    assert abs(starts.mean(axis=1).std() - np.hypot(FITTED.students, FITTED.within / 5**0.5)) < 0.05
    assert (
        abs((starts - starts.mean(axis=1, keepdims=True)).std() - FITTED.within * 0.8**0.5) < 0.05
    )


def test_a_simulated_course_is_a_course() -> None:
    """The checks of a course find nothing in a simulated one, and chances are chances."""
    dice = np.random.default_rng(2)
    of = classroom(dice, skills=8, items=4, builds_on=0.5)
    who = learner(of, dice)

    assert all(0 < chance(of, who, item.name, 0.0) < 1 for item in of.course.items)
    assert not checked_course("simulated", of.course.items, of.course.skills)[1]
