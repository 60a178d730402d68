"""Simulated students, who learn and forget as real ones were found to: for demos and benches.

Place: beside the school pack; nothing that decides for a person reads it. All that comes from here
is SIMULATED and has to be called so. The numbers of `FITTED` were fitted to real answers by
`bench/simulator.py`, which tells how far the simulator is from them; no answer of anybody is here.
Not fitted, but assumed: that what a skill builds on must be known before practice adds in full.
Rule: pure; dice and times come in as arguments.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from penchant.packs.school.course import Course, Item, Skill

__all__ = [
    "FITTED",
    "Class",
    "Fitted",
    "Learner",
    "answered",
    "chance",
    "classroom",
    "learner",
    "level",
]

DAY = 86_400.0
FIRST = 3  # skills that build on nothing
READY = 0.6  # mastery of a prerequisite from which it counts as there


class Fitted(NamedTuple):
    """What real answers say of students in general, all in logits.

    Attributes:
        level: Of a middling student on a middling item of a skill not practised before.
        students: Spread of ability over students.
        within: Spread of a student's levels over skills.
        skills: Spread of the difficulty of skills.
        items: Spread of the difficulty of items.
        right: Mean and spread over skills of what right answers add, times ln(1 + their number).
        wrong: The same for wrong answers.
        fades: An answer of d days ago counts (1 + d)^-fades of one.
    """

    level: float
    students: float
    within: float
    skills: float
    items: float
    right: tuple[float, float]
    wrong: tuple[float, float]
    fades: float


FITTED = Fitted(-0.370, 0.807, 0.596, 0.032, 0.953, (0.580, 0.246), (0.155, 0.076), 0.6)
"""Fitted to ASSISTments 2017, first attempts with times (239 students; the answers do not ship)."""


class Class(Struct, frozen=True, dict=True):
    """A simulated course and how it is learned.

    `builds_on` is the share of what practice adds that counts while a prerequisite is missing; at 1
    prerequisites do not matter.
    """

    course: Course
    fitted: Fitted
    harder: Mapping[str, float]
    right: Mapping[str, float]
    wrong: Mapping[str, float]
    difficulty: Mapping[str, float]
    builds_on: float = 1.0

    @cached_property
    def skill_of(self) -> Mapping[str, str]:
        """Skill of each item; a simulated item has one."""
        return {item.name: item.skills[0] for item in self.course.items}


class Learner(NamedTuple):
    """One simulated student: levels before practice, and answers by skill as (time, right)."""

    start: Mapping[str, float]
    answers: Mapping[str, tuple[tuple[float, bool], ...]]


def classroom(
    dice: np.random.Generator,
    *,
    skills: int = 10,
    items: int = 40,
    fitted: Fitted = FITTED,
    builds_on: float = 1.0,
) -> Class:
    """Draw a simulated course.

    Args:
        dice: What draws.
        skills: How many; each but the first three builds on one or two before it.
        items: How many of each skill.
        fitted: What students in general are like.
        builds_on: Share of what practice adds that counts while a prerequisite is missing, 0 to 1;
            at 1 the skills build on nothing.

    Returns:
        The course; its items' difficulties are not written into it, as nobody knows them yet.

    Example:
        >>> len(classroom(np.random.default_rng(1), skills=4, items=2).course.items)
        8
    """
    names = [f"skill {n + 1}" for n in range(skills)]
    described = []
    for n, name in enumerate(names):
        some = (
            dice.permutation(n)[: int(dice.integers(1, 3))] if n >= FIRST and builds_on < 1 else ()
        )
        before = tuple(names[int(one)] for one in sorted(some))
        described.append(Skill(name, name.capitalize(), before))
    tasks = [
        Item(
            f"{name} item {n + 1}",
            (name,),
            title=f"{name.capitalize()}, item {n + 1}",
            right=("1",),
        )
        for name in names
        for n in range(items)
    ]
    right = np.maximum(dice.normal(*fitted.right, skills), 0.05).tolist()
    wrong = np.maximum(dice.normal(*fitted.wrong, skills), 0.0).tolist()
    hard = dice.normal(0, fitted.items, len(tasks)).tolist()
    return Class(
        Course("simulated", tuple(tasks), tuple(described)),
        fitted,
        dict(zip(names, dice.normal(0, fitted.skills, skills).tolist(), strict=True)),
        dict(zip(names, right, strict=True)),
        dict(zip(names, wrong, strict=True)),
        {item.name: one for item, one in zip(tasks, hard, strict=True)},
        builds_on,
    )


def learner(of: Class, dice: np.random.Generator) -> Learner:
    """Draw a simulated student."""
    ability = of.fitted.level + dice.normal(0, of.fitted.students)
    start = {
        name: float(ability - harder + dice.normal(0, of.fitted.within))
        for name, harder in of.harder.items()
    }
    return Learner(start, {})


def level(of: Class, who: Learner, skill: str, at: float) -> float:
    """Give how well a student can do a skill at a time, in logits on its middling item."""
    past = who.answers.get(skill)
    if not past:
        return who.start[skill]
    when, right = np.array(past, np.float64).T
    left = (1 + np.maximum(at - when, 0) / DAY) ** -of.fitted.fades
    n_right = float(left @ right)
    n_wrong = float(left.sum()) - n_right
    gain = of.right[skill] * np.log1p(n_right) + of.wrong[skill] * np.log1p(n_wrong)
    return who.start[skill] + float(gain) * _share(of, who, skill, at)


def chance(of: Class, who: Learner, item: str, at: float) -> float:
    """Give the chance that a simulated student gets an item right.

    Example:
        >>> dice = np.random.default_rng(1)
        >>> of = classroom(dice, skills=1, items=1)
        >>> 0 < chance(of, learner(of, dice), "skill 1 item 1", at=0.0) < 1
        True
    """
    return _logistic(level(of, who, of.skill_of[item], at) - of.difficulty[item])


def answered(of: Class, who: Learner, item: str, *, correct: bool, at: float) -> Learner:
    """Give the student after an answer."""
    skill = of.skill_of[item]
    past = who.answers.get(skill, ())
    return who._replace(answers={**who.answers, skill: (*past, (at, correct))})


def _share(of: Class, who: Learner, skill: str, at: float) -> float:
    """Give the share of what practice added that counts, by the prerequisites that are there."""
    if of.builds_on >= 1:
        return 1.0
    needed = of.course.skill_named[skill].prerequisites
    missing = sum(_logistic(level(of, who, name, at)) < READY for name in needed)
    return float(of.builds_on**missing)


def _logistic(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))
