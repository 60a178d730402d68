"""What is odd about answers that are all well formed: said to a teacher, never acted upon.

Loop: beside learning. Nothing is left out and nobody is accused: each finding says what was seen
and what it may mean, in more than one way, and points to the first answer it rests on.
Rule: a finding is made only where chance alone makes it in fewer than 1 of 1,000 classes.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course, Finding

__all__ = ["odd_answers"]

_FEWEST = 20
"""Answers below which nothing is called odd: a run of luck is common in fewer."""
_CHANCE = 1e-3
_SIDE = 8
"""Answers that must stand on each side of a jump; fewer are a good or a bad day."""


def odd_answers(answers: Sequence[Answer], course: Course | None = None) -> tuple[Finding, ...]:
    """Say what is odd: items that tell nothing, one choice throughout, a sudden jump.

    Args:
        answers: Checked answers, each student's in order.
        course: Gives the choices of items, so that "the first choice" can be told.

    Returns:
        Findings with `left_out` false; `source` is the id of the first answer it rests on.

    Example:
        >>> rows = [Answer(f"s{n}", "easy", ("add",), True, id=f"a{n}") for n in range(30)]
        >>> [finding.rule for finding in odd_answers(rows)]
        ['all right']
    """
    by_item: dict[str, list[Answer]] = defaultdict(list)
    by_student: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_item[answer.item].append(answer)
        by_student[answer.student].append(answer)
    easy = {item: _share(given) for item, given in by_item.items()}
    findings = [found for item, given in by_item.items() if (found := _one_sided(item, given))]
    choices = _common_choices(answers, course)
    for student, given in by_student.items():
        one = _one_choice(student, given, choices, course)
        jump = _jump(student, given, easy, len(by_student))
        findings += [found for found in (one, jump) if found]
    return tuple(findings)


def _share(given: Sequence[Answer]) -> float:
    """Give the share of right answers, drawn to a half as one right and one wrong one would."""
    return (sum(one.correct for one in given) + 1) / (len(given) + 2)


def _one_sided(item: str, given: Sequence[Answer]) -> Finding | None:
    right = sum(one.correct for one in given)
    if len(given) < _FEWEST or 0 < right < len(given):
        return None
    word = "right" if right else "wrong"
    sentence = (
        f"All {len(given)} answers to item `{item}` are {word}, so it tells students not apart and "
        "its difficulty has no other end. It is kept; look whether its right answer is the one "
        "meant, and whether it is needed."
    )
    return Finding(f"all {word}", sentence, given[0].id, 0, "correct", left_out=False)


def _place(answer: Answer, course: Course | None) -> str:
    """Give which choice was taken: its place where the item's choices are known, else its text."""
    item = course.item_named.get(answer.item) if course else None
    if item and answer.response in item.choices:
        return f"choice {item.choices.index(answer.response) + 1}"
    return "" if item and item.choices else answer.response


def _common_choices(answers: Sequence[Answer], course: Course | None) -> Mapping[str, float]:
    """Give how often each choice is taken by all, drawn to seldom by one more of each."""
    counts: dict[str, int] = defaultdict(int)
    for answer in answers:
        if answer.response:
            counts[_place(answer, course)] += 1
    total = sum(counts.values()) + len(counts)
    return {place: (n + 1) / total for place, n in counts.items()}


def _one_choice(
    student: str, given: Sequence[Answer], common: Mapping[str, float], course: Course | None
) -> Finding | None:
    """Say that a student always takes the same choice, where that is no likely chance.

    The chance is that of so many equal ones in a row, at the rate all students take it.
    """
    chosen = [one for one in given if one.response and _place(one, course)]
    places = {_place(one, course) for one in chosen}
    if len(chosen) < _FEWEST or len(places) != 1:
        return None
    place = places.pop()
    if all(one.correct for one in chosen) or common[place] ** len(chosen) > _CHANCE:
        return None
    sentence = (
        f"Student `{student}` took the same choice in all {len(chosen)} answers. That may be "
        "clicking through, a broken page, or a way of saying that it is too hard. Its answers "
        "are counted as they are; ask, and take them out if they mean nothing."
    )
    return Finding("always one choice", sentence, chosen[0].id, 0, "response", left_out=False)


def _jump(
    student: str, given: Sequence[Answer], easy: Mapping[str, float], students: int
) -> Finding | None:
    """Say that a student's answers change at once, by more than their items' difficulty explains.

    Each answer gives right minus the item's share of right ones; the two sides of each cut are
    compared by their difference over its spread. The largest over all cuts is held against a
    normal tail shared among the cuts and the students (Bonferroni).
    """
    if len(given) < max(_FEWEST, 2 * _SIDE):
        return None
    usual = np.array([easy[one.item] for one in given])
    residual = np.array([one.correct for one in given], dtype=float) - usual
    cut, z = _largest_step(residual, np.maximum(usual * (1 - usual), 0.05))
    chance = math.erfc(z / math.sqrt(2)) * (len(given) - 2 * _SIDE + 1) * students
    if chance > _CHANCE:
        return None
    shares = [sum(one.correct for one in part) / len(part) for part in (given[:cut], given[cut:])]
    sentence = (
        f"From answer {cut + 1} on, student `{student}` answers very differently: "
        f"{shares[0]:.0%} right before, {shares[1]:.0%} after, on items of known difficulty. It "
        "may be another person on the account, help, an illness, or a lesson that took. Nothing "
        "was changed; ask the student."
    )
    return Finding("sudden jump", sentence, given[cut].id, 0, "student", left_out=False)


def _largest_step(residual: NDArray[np.float64], spread: NDArray[np.float64]) -> tuple[int, float]:
    """Give the cut at which the mean before and after differ most, and by how many spreads."""
    n = len(residual)
    cuts = np.arange(_SIDE, n - _SIDE + 1)
    sums, spreads = np.cumsum(residual), np.cumsum(spread)
    before, after = sums[cuts - 1] / cuts, (sums[-1] - sums[cuts - 1]) / (n - cuts)
    variance = spreads[cuts - 1] / cuts**2 + (spreads[-1] - spreads[cuts - 1]) / (n - cuts) ** 2
    z = np.abs(after - before) / np.sqrt(variance)
    best = int(np.argmax(z))
    return int(cuts[best]), float(z[best])
