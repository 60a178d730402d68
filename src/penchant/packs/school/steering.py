"""Steering: what a student and a teacher want of the plan, and what an override teaches it.

Place: Profile of the school pack. Goals, pins and skips hold as they were said; beyond them each
override adds the difference between what was taken and what was offered to a decayed sum.
Rule 1: an override is obeyed at once; what it teaches only leans later choices.
Rule 2: what is leaned to are kinds of steps, never traits of a person.
"""

from typing import NamedTuple

import numpy as np

from penchant.pack import Sum, add, zero

__all__ = ["NO_WISHES", "Traits", "Wishes", "leaning_now", "overridden"]

HALF_LIFE = 30 * 86_400.0  # a month: what was wanted before a holiday need not hold after it
RESERVE = 4.0  # overrides of one kind it takes before half of them counts


class Traits(NamedTuple):
    """What kind of step it is: a review or not, on a new skill or not, how easy.

    `easy` is the chance of a right answer, from -1 (never) to 1 (always).
    """

    review: float
    new: float
    easy: float


class Wishes(NamedTuple):
    """What was said for one student.

    Attributes:
        goals: Skills the student, or the teacher for them, wants to reach.
        pinned: Items to come first, in this order.
        skipped: Items and skills to leave out.
        leaning: What overrides taught: sums of differences, and their number.
    """

    goals: frozenset[str] = frozenset()
    pinned: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()
    leaning: Sum = zero(len(Traits._fields) + 1)


NO_WISHES = Wishes()


def overridden(wishes: Wishes, offered: Traits, taken: Traits | None, at: float) -> Wishes:
    """Give the wishes after something else was taken, or after nothing was.

    Args:
        wishes: What held before.
        offered: The step the plan gave.
        taken: The step taken instead; None when it was refused without another.
        at: When, in seconds since 1970.

    Returns:
        The wishes; they lean to what was taken, away from what was offered.

    Example:
        >>> review, new = Traits(1.0, 0.0, 0.5), Traits(0.0, 1.0, 0.5)
        >>> leaning_now(overridden(NO_WISHES, review, new, at=0.0)).round(2).tolist()
        [-0.2, 0.2, 0.0]
    """
    instead = np.zeros(len(offered)) if taken is None else np.array(taken)
    one = Sum(np.append(instead - np.array(offered), 1.0), at)
    return wishes._replace(leaning=add(wishes.leaning, one, HALF_LIFE))


def leaning_now(wishes: Wishes) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Give how strongly each trait is leaned to, inside -2 to 2; 0 without overrides."""
    total = wishes.leaning.total
    return np.asarray(total[:-1] / (total[-1] + RESERVE))
