"""Review: when something learned is about to be forgotten, by FSRS-6 over one value.

Place: Profile of the school pack. A memory is folded from graded answers; the planner asks when it
is due. Equal to py-fsrs 6 with fuzzing off; its learning steps (minutes between first answers)
move no memory, and are left to the planner.
Rule 1: pure; times are seconds since 1970 and come in as arguments, time passed counts whole days.
Rule 2: a clock that goes back counts as the same day.
Source: FSRS-6 as in py-fsrs 6 (21 weights); w below are its weights by number.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from penchant.errors import BadNumber
from penchant.limits import check_number

__all__ = [
    "AGAIN",
    "EASY",
    "GOOD",
    "HARD",
    "WEIGHTS",
    "Memory",
    "checked_weights",
    "due_at",
    "grade_of",
    "interval_days",
    "recalled",
    "remembered",
    "reviewed",
]

AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
DAY = 86_400.0
WEIGHTS = (
    *(0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796),
    *(1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542),
)
"""Default weights of FSRS-6, fitted by its authors to several hundred million reviews."""

# Bounds of py-fsrs: outside of them stability may shrink after a success or turn infinite.
LOWEST = (
    *(0.001,) * 4,
    1.0,
    *(0.001,) * 3,
    0.0,
    0.0,
    *(0.001,) * 4,
    0.0,
    0.0,
    1.0,
    *(0.0,) * 3,
    0.1,
)
HIGHEST = (
    *(100.0, 100.0, 100.0, 100.0, 10.0, 4.0, 4.0, 0.75, 4.5, 0.8, 3.5),
    *(5.0, 0.25, 0.9, 4.0, 1.0, 6.0, 2.0, 2.0, 0.8, 0.8),
)
LEAST_STABILITY = 0.001
EASIEST, HARDEST = 1.0, 10.0
LONGEST_DAYS = 36_500
RETENTION = 0.9
QUICK, SLOW = 0.5, 2.0  # of the usual seconds: from here an answer counts as easy, or as hard


class Memory(NamedTuple):
    """What is kept of one thing learned.

    Attributes:
        stability: Days until the chance to recall it has fallen to 0.9; above 0.
        difficulty: 1 (easy) to 10.
        at: When it was last reviewed, in seconds since 1970.
    """

    stability: float
    difficulty: float
    at: float


def grade_of(
    *, correct: bool, seconds: float | None = None, usual: float | None = None, hints: int = 0
) -> int:
    """Grade an answer as FSRS does: again, hard, good or easy.

    Args:
        correct: Whether it was right.
        seconds: How long it took, or None.
        usual: How long it usually takes, above 0, or None.
        hints: How many hints were asked for.

    Returns:
        1 when wrong; 2 when right with a hint or slowly; 4 when right quickly; else 3.

    Example:
        >>> grade_of(correct=True), grade_of(correct=False), grade_of(correct=True, hints=1)
        (3, 1, 2)
    """
    if not correct:
        return AGAIN
    pace = seconds / usual if seconds is not None and usual else 1.0
    if hints or pace >= SLOW:
        return HARD
    return EASY if 0 < pace <= QUICK else GOOD


def checked_weights(weights: Sequence[float]) -> tuple[float, ...]:
    """Give weights as a tuple if FSRS can use them.

    Raises:
        BadNumber: When there are not 21, or one is outside its bounds.

    Example:
        >>> checked_weights(WEIGHTS) == WEIGHTS
        True
    """
    if len(weights) != len(WEIGHTS):
        msg = f"FSRS-6 has {len(WEIGHTS)} weights (got {len(weights)}). Give all of them."
        raise BadNumber(msg)
    for place, (one, lowest, highest) in enumerate(zip(weights, LOWEST, HIGHEST, strict=True)):
        if not lowest <= one <= highest:
            msg = f"Weight `w{place}` of FSRS-6 lies in {lowest} to {highest} (got `{one}`)."
            raise BadNumber(msg)
    return tuple(weights)


def recalled(memory: Memory, at: float, weights: Sequence[float] = WEIGHTS) -> float:
    """Give the chance that it is recalled at a time.

    Returns:
        Probability; 1 on the day of the review.

    Example:
        >>> round(recalled(Memory(10.0, 5.0, at=0.0), at=10 * 86_400.0), 12)
        0.9

    Source: R(t, S) = (1 + F t / S)^(-w20), F = 0.9^(-1 / w20) - 1.
    """
    days = max(0, _days(memory.at, at))
    decay = -weights[20]
    return float((1 + _factor(decay) * days / memory.stability) ** decay)


def interval_days(
    stability: float, retention: float = RETENTION, weights: Sequence[float] = WEIGHTS
) -> int:
    """Give the whole days after which the chance of recall has fallen to `retention`.

    Args:
        stability: In days, above 0.
        retention: The chance of recall at which to review, inside 0 to 1.
        weights: 21 weights.

    Returns:
        Days from 1 to 36,500.

    Raises:
        BadNumber: When `retention` does not lie inside 0 to 1.

    Example:
        >>> interval_days(10.0), interval_days(10.0, retention=0.8)
        (10, 33)

    Source: S / F * (r^(-1 / w20) - 1), rounded.
    """
    if not 0 < retention < 1:
        msg = f"`retention` lies inside 0 to 1 (got `{retention}`). Usual values are 0.8 to 0.95."
        raise BadNumber(msg)
    decay = -weights[20]
    days = float(stability / _factor(decay) * (retention ** (1 / decay) - 1))
    return min(max(round(min(days, LONGEST_DAYS)), 1), LONGEST_DAYS)


def due_at(
    memory: Memory, retention: float = RETENTION, weights: Sequence[float] = WEIGHTS
) -> float:
    """Give when a memory is due for review, in seconds since 1970.

    Example:
        >>> due_at(Memory(10.0, 5.0, at=0.0)) / 86_400.0
        10.0
    """
    return memory.at + DAY * interval_days(memory.stability, retention, weights)


def reviewed(
    memory: Memory | None, grade: int, at: float, weights: Sequence[float] = WEIGHTS
) -> Memory:
    """Give the memory after one graded answer.

    Args:
        memory: What was kept before, None for nothing.
        grade: 1 again, 2 hard, 3 good, 4 easy.
        at: When it was answered, in seconds since 1970.
        weights: 21 weights.

    Returns:
        The memory now.

    Raises:
        BadNumber: When the grade is not 1 to 4, or the time is not finite.

    Example:
        >>> first = reviewed(None, GOOD, at=0.0)
        >>> reviewed(first, GOOD, at=2 * 86_400.0).stability > first.stability
        True
    """
    if grade not in {AGAIN, HARD, GOOD, EASY}:
        msg = f"A grade is 1 (again), 2 (hard), 3 (good) or 4 (easy) (got `{grade}`)."
        raise BadNumber(msg)
    check_number(at, "The time of a review")
    if memory is None:
        start = max(weights[grade - 1], LEAST_STABILITY)
        return Memory(start, _clamped(_first_difficulty(grade, weights)), at)
    if _days(memory.at, at) < 1:
        stability = _same_day(memory.stability, grade, weights)
    elif grade == AGAIN:
        stability = _after_lapse(memory, recalled(memory, at, weights), weights)
    else:
        stability = _after_success(memory, recalled(memory, at, weights), grade, weights)
    return Memory(max(stability, LEAST_STABILITY), _next_difficulty(memory, grade, weights), at)


def remembered(
    reviews: Iterable[tuple[int, float]], weights: Sequence[float] = WEIGHTS
) -> Memory | None:
    """Fold graded answers, in order, into a memory.

    Args:
        reviews: Grade and time of each answer.
        weights: 21 weights.

    Returns:
        The memory, or None when there was no answer.

    Example:
        >>> remembered([(GOOD, 0.0), (EASY, 86_400.0)]) == reviewed(
        ...     reviewed(None, GOOD, 0.0), EASY, 86_400.0
        ... )
        True
    """
    memory = None
    for one, at in reviews:
        memory = reviewed(memory, one, at, weights)
    return memory


def _days(before: float, after: float) -> int:
    return math.floor((after - before) / DAY)


def _factor(decay: float) -> float:
    return float(0.9 ** (1 / decay) - 1)


def _clamped(difficulty: float) -> float:
    return min(max(difficulty, EASIEST), HARDEST)


def _first_difficulty(grade: int, weights: Sequence[float]) -> float:
    """D0(G) = w4 - e^(w5 (G - 1)) + 1."""
    return weights[4] - math.exp(weights[5] * (grade - 1)) + 1


def _next_difficulty(memory: Memory, grade: int, weights: Sequence[float]) -> float:
    """D' = D - w6 (G - 3)(10 - D) / 9, then w7 D0(4) + (1 - w7) D'."""
    moved = memory.difficulty - weights[6] * (grade - 3) * (10 - memory.difficulty) / 9
    return _clamped(weights[7] * _first_difficulty(EASY, weights) + (1 - weights[7]) * moved)


def _same_day(stability: float, grade: int, weights: Sequence[float]) -> float:
    """S e^(w17 (G - 3 + w18)) S^(-w19); what was recalled loses nothing."""
    growth = math.exp(weights[17] * (grade - 3 + weights[18])) * stability ** -weights[19]
    return float(stability * (growth if grade == AGAIN else max(growth, 1.0)))


def _after_lapse(memory: Memory, chance: float, weights: Sequence[float]) -> float:
    """Min of w11 D^(-w12) ((S + 1)^w13 - 1) e^(w14 (1 - R)) and S / e^(w17 w18)."""
    stability, difficulty, _ = memory
    long = weights[11] * difficulty ** -weights[12] * ((stability + 1) ** weights[13] - 1)
    long *= math.exp(weights[14] * (1 - chance))
    return float(min(long, stability / math.exp(weights[17] * weights[18])))


def _after_success(memory: Memory, chance: float, grade: int, weights: Sequence[float]) -> float:
    """S (1 + e^w8 (11 - D) S^(-w9) (e^(w10 (1 - R)) - 1) (w15 if hard) (w16 if easy))."""
    stability, difficulty, _ = memory
    growth = math.exp(weights[8]) * (11 - difficulty) * stability ** -weights[9]
    growth *= math.exp(weights[10] * (1 - chance)) - 1
    growth *= {HARD: weights[15], EASY: weights[16]}.get(grade, 1.0)
    return float(stability * (1 + growth))
