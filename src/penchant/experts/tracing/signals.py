"""What a student's sums say before an answer, and how an answer changes them.

Place: below `tracing.py`. One text for one answer and for many: a number here is a float, or an
array with one place for each answer, and only signs and `log1p` touch it.
Rule 1: what is kept are sums, counts and what was last; an answer adds, older answers fade.
Rule 2: what is added is the residual (right minus what the difficulty alone led to expect), so an
easy answer that was right says little, whoever gave it.
Rule 3: a time that runs backwards stands still.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

__all__ = [
    "Asked",
    "Given",
    "Shape",
    "item_signals",
    "next_item",
    "next_skill",
    "next_whole",
    "skill_signals",
    "whole_signals",
]

Number = Any
Numbers = Any
"""A row of numbers: floats, or arrays with one place for each answer."""
Log1p = Callable[[Number], Number]

ANSWERS = (2.0, 6.0, 20.0, 60.0, float("inf"))
"""Half-lives of the sums over all answers, in answers."""
OF_SKILL = (1.0, 3.0, 10.0, float("inf"))
"""Half-lives of the sums of a skill, in answers to it."""
DAYS = (1 / 24, 1.0, 7.0)
"""Half-lives in days, where answers have times."""
OF_ITEM = 0.6
"""What is left of an item's residual at the next answer to it."""

_ANSWER_KEEPS = tuple(2.0 ** (-1.0 / half) for half in ANSWERS)
_SKILL_KEEPS = tuple(2.0 ** (-1.0 / half) for half in OF_SKILL)
_SECONDS = tuple(86400.0 * days for days in DAYS)
_STEADY = 0.5
"""Information that stands for a student of whom nothing is known: about two answers."""

# Places in the numbers of a student, of a skill and of an item.
N, RIGHT, RIGHTS, WRONGS, RUN, KIND, BEFORE, THING, DID = range(9)
TIMED, START, STARTED, LATEST, SUMS = range(9, 14)
S_N, S_RIGHT, S_RIGHTS, S_WRONGS, S_PLACE, S_LATEST = range(6)
S_SUMS = 6
I_N, I_RIGHT, I_PLACE, I_SUM = range(4)


class Shape(NamedTuple):
    """What a population has: whether items and times are known of it.

    The widths are how many numbers are kept of a student, of each skill and of each item.
    """

    has_items: bool
    has_times: bool

    @property
    def whole(self) -> int:
        """Numbers of a student."""
        return SUMS + 2 * len(ANSWERS) + 2 * len(DAYS) * self.has_times

    @property
    def skill(self) -> int:
        """Numbers of a skill."""
        return S_SUMS + 2 * len(OF_SKILL) + 2 * len(DAYS) * self.has_times

    @property
    def item(self) -> int:
        """Numbers of an item."""
        return 4 if self.has_items else 0


class Asked(NamedTuple):
    """What is asked: `kind` and `item` as numbers from 1 (0 is unknown), `at` since the start."""

    kind: Number
    item: Number
    at: Number


class Given(NamedTuple):
    """An answer: `right` is 1 or 0, `expected` its chance by difficulty alone."""

    right: Number
    expected: Number


def whole_signals(w: Numbers, asked: Asked, shape: Shape, log1p: Log1p) -> list[Number]:
    """Give what all answers of the student say."""
    n, m = w[N], len(ANSWERS)
    some = 1.0 * (n > 0)
    same = some * (w[KIND] == asked.kind) * (asked.kind > 0)
    given = [w[SUMS + j] / (w[SUMS + m + j] + _STEADY) for j in range(m)]
    given += [log1p(w[SUMS + m + 1]), log1p(w[SUMS + 2 * m - 1])]
    given += [1.0 * (w[RIGHTS] > 0) - (w[WRONGS] > 0), log1p(w[RIGHTS]), log1p(w[WRONGS])]
    given += [same, same * log1p(w[RUN]), log1p(n), log1p(w[RIGHT])]
    if shape.has_times:
        gone = some * _gone(asked.at, w[LATEST])
        given += [log1p(gone / 60.0), some]
        given += _timed(w, SUMS + 2 * m, gone)
    return given


def skill_signals(s: Numbers, w: Numbers, asked: Asked, shape: Shape, log1p: Log1p) -> list[Number]:
    """Give what the answers to one skill say."""
    n, m = s[S_N], len(OF_SKILL)
    some = 1.0 * (n > 0)
    given = [s[S_SUMS + j] / (s[S_SUMS + m + j] + _STEADY) for j in range(m)]
    given += [log1p(s[S_SUMS + m + j]) for j in range(m)]
    given += [1.0 * (s[S_RIGHTS] > 0) - (s[S_WRONGS] > 0), log1p(s[S_RIGHTS]), log1p(s[S_WRONGS])]
    given += [log1p(n), log1p(s[S_RIGHT]), some * (1.0 + log1p(w[N] - s[S_PLACE])) - 1.0]
    if shape.has_times:
        gone = some * _gone(asked.at, s[S_LATEST])
        given += [log1p(gone / 60.0)]
        given += _timed(s, S_SUMS + 2 * m, gone)
    return given


def item_signals(i: Numbers, w: Numbers, log1p: Log1p) -> list[Number]:
    """Give what the answers to the item itself say."""
    some = 1.0 * (i[I_N] > 0)
    lag = some * (1.0 + log1p(w[N] - i[I_PLACE])) - 1.0
    return [log1p(i[I_N]), log1p(i[I_RIGHT]), lag, i[I_SUM]]


def next_whole(w: Numbers, asked: Asked, given: Given, shape: Shape) -> list[Number]:
    """Add an answer to the numbers of the student.

    `BEFORE` is the kind before the last, and `DID` whether that answer was right.
    """
    right, expected = given
    same = 1.0 * (w[KIND] == asked.kind) * (asked.kind > 0)
    after = [w[N] + 1.0, w[RIGHT] + right, (w[RIGHTS] + 1.0) * right]
    after += [(w[WRONGS] + 1.0) * (1.0 - right), same * w[RUN] + 1.0]
    after += [1.0 * asked.kind, w[KIND], 1.0 * asked.item, 1.0 * (w[RIGHTS] > 0)]
    after += [w[TIMED], w[START], w[STARTED]]
    gone = _gone(asked.at, w[LATEST])
    after.append(w[LATEST] + gone)
    residual, weight = right - expected, expected * (1.0 - expected)
    after += _added(w, SUMS, _ANSWER_KEEPS, residual, weight)
    if shape.has_times:
        after += _added(w, SUMS + 2 * len(ANSWERS), _left(gone), residual, weight)
    return after


def next_skill(
    s: Numbers,
    w: Numbers,
    asked: Asked,
    given: Given,
    shape: Shape,
) -> list[Number]:
    """Add an answer to the numbers of a skill."""
    right, expected = given
    after = [s[S_N] + 1.0, s[S_RIGHT] + right, (s[S_RIGHTS] + 1.0) * right]
    after += [(s[S_WRONGS] + 1.0) * (1.0 - right), 1.0 * w[N]]
    gone = _gone(asked.at, s[S_LATEST])
    after.append(s[S_LATEST] + gone)
    residual, weight = right - expected, expected * (1.0 - expected)
    after += _added(s, S_SUMS, _SKILL_KEEPS, residual, weight)
    if shape.has_times:
        after += _added(s, S_SUMS + 2 * len(OF_SKILL), _left(gone), residual, weight)
    return after


def next_item(i: Numbers, w: Numbers, given: Given) -> list[Number]:
    """Add an answer to the numbers of an item."""
    right, expected = given
    total = i[I_SUM] * OF_ITEM + right - expected
    return [i[I_N] + 1.0, i[I_RIGHT] + right, 1.0 * w[N], total]


def _gone(at: Number, latest: Number) -> Number:
    """Give the seconds since then; a time that runs backwards stands still."""
    return (at - latest) * (at > latest)


def _timed(numbers: Numbers, start: int, gone: Number) -> list[Number]:
    """Give the sums that fade with time, as they stand now."""
    m = len(_SECONDS)
    given = []
    for j, left in enumerate(_left(gone)):
        weight = numbers[start + m + j] * left
        given += [numbers[start + j] * left / (weight + _STEADY), weight]
    return given


def _left(gone: Number) -> list[Number]:
    """Give what share of each sum that fades with time is left after some seconds."""
    return [2.0 ** (-gone / half) for half in _SECONDS]


def _added(
    numbers: Numbers, start: int, keeps: Sequence[Number], residual: Number, weight: Number
) -> list[Number]:
    """Add to sums of residuals and of weights, of which each keeps a share."""
    m = len(keeps)
    after = [numbers[start + j] * keeps[j] + residual for j in range(m)]
    return after + [numbers[start + m + j] * keeps[j] + weight for j in range(m)]
