"""How hard what is asked is, learned from a population by folds of its students.

Place: below `tracing.py`. Takes columns, gives numbers for each row: the log-odds of a right answer
that item and skill alone lead to, once net of how able those were who met them and once not, and
how often they were met; and for pairs (this after that) what is left over.
Rule: a row of the population gets the numbers of a fit without its student's fold of students. To
leave out only the student's own rows leaks the label into the difference.
"""

from collections.abc import Sequence
from math import exp, log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.effects import effects

__all__ = [
    "Difficulty",
    "Hardness",
    "Leftover",
    "Rows",
    "chance_of",
    "dealt",
    "fit_difficulty",
    "fit_leftover",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
OF_STUDENT, OF_KIND, OF_ITEM = 1.0, 0.5, 1.0
"""Prior variances of abilities, of kinds and of items inside their kind, in log-odds."""
KIND_ROWS, ITEM_ROWS, PAIR_ROWS = 20.0, 10.0, 10.0
"""Rows that stand for a kind, an item, a pair of which nothing is known."""
_EVEN = 0.2
"""Information of one row of middling difficulty, p(1 - p)."""
_LEAST = 0.01


class Rows(NamedTuple):
    """Answers of a population as columns of one length, rows of a student in order.

    `kind` stands for the set of skills of a row; it and `item` are numbered from 1, 0 is unknown.
    """

    student: Ints
    kind: Ints
    item: Ints
    right: Floats


class Difficulty(NamedTuple):
    """Fitted difficulties; index 0 of each array is what nothing is known of.

    Attributes:
        common: Log-odds of a right answer of a middling student.
        kinds: ``(kinds + 1,)`` effects, net of ability.
        items: ``(items + 1,)`` effects, net of ability and kind.
        kind_shares: ``(kinds + 1,)`` share of right answers, shrunk.
        item_shifts: ``(items + 1,)`` difference from the share of the kind, shrunk.
        kind_rows: ``(kinds + 1,)`` how well known, 0..1, from how often met.
        item_rows: ``(items + 1,)`` the same.
    """

    common: float
    kinds: Floats
    items: Floats
    kind_shares: Floats
    item_shifts: Floats
    kind_rows: Floats
    item_rows: Floats

    def of(self, kind: Ints, item: Ints) -> Floats:
        """Give six numbers for each row, ``(n, 6) float64``; the first is what is expected."""
        base = self.common + self.kinds[kind]
        share = np.clip(self.kind_shares[kind], _LEAST, 1.0 - _LEAST)
        shifted = np.clip(share + self.item_shifts[item], _LEAST, 1.0 - _LEAST)
        return np.column_stack(
            [
                base + self.items[item],
                base,
                np.log(shifted / (1.0 - shifted)),
                np.log(share / (1.0 - share)),
                self.kind_rows[kind],
                self.item_rows[item],
            ]
        )


class Hardness:
    """The same six numbers for one row at a time, and for sets of skills that are new."""

    __slots__ = ("_common", "_items", "_kinds")

    def __init__(self, fitted: Difficulty) -> None:
        self._common = fitted.common
        kinds = zip(fitted.kinds, fitted.kind_shares, fitted.kind_rows, strict=True)
        items = zip(fitted.items, fitted.item_shifts, fitted.item_rows, strict=True)
        self._kinds = [tuple(map(float, one)) for one in kinds]
        self._items = [tuple(map(float, one)) for one in items]

    def expected(self, kind: int, alike: Sequence[int], item: int) -> float:
        """Give the probability that the first of the numbers stands for."""
        effect, _, _ = self._kind(kind, alike)
        return 1.0 / (1.0 + exp(-(self._common + effect + self._items[item][0])))

    def _kind(self, kind: int, alike: Sequence[int]) -> tuple[float, ...]:
        """Give what is known of a set of skills; a new one is as its skills are on average."""
        if kind or not alike:
            return self._kinds[kind]
        own = [self._kinds[number] for number in alike]
        return tuple(sum(column) / len(own) for column in zip(*own, strict=True))

    def of(self, kind: int, alike: Sequence[int], item: int) -> list[float]:
        """Give the numbers."""
        effect, share, met = self._kind(kind, alike)
        more, shift, seen = self._items[item]
        share = min(max(share, _LEAST), 1.0 - _LEAST)
        shifted = min(max(share + shift, _LEAST), 1.0 - _LEAST)
        base = self._common + effect
        odds, shifted_odds = (log(one / (1.0 - one)) for one in (share, shifted))
        return [base + more, base, shifted_odds, odds, met, seen]


class Leftover(NamedTuple):
    """What is left over for sorted keys ``(m,)``: ``(m, 2)``, shift and how well known."""

    keys: Floats
    values: Floats

    def as_mapping(self) -> dict[float, tuple[float, float]]:
        """Give the same for looking up one key at a time."""
        shifts = zip(*self.values.T.tolist(), strict=True) if len(self.keys) else ()
        return dict(zip(self.keys.tolist(), shifts, strict=True))

    def of(self, keys: Floats) -> Floats:
        """Give shift and how well known it is for each key, ``(n, 2)``; 0 for a new one."""
        if not len(self.keys):
            return np.zeros((len(keys), 2))
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where((self.keys[place] == keys)[:, None], self.values[place], 0.0)


def chance_of(log_odds: Any) -> Any:
    """Give the probability of some log-odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def dealt(student: Ints) -> Ints:
    """Give the fold of each row: students are dealt in turn."""
    return student % max(1, min(FOLDS, int(student.max(initial=0)) + 1))


def fit_difficulty(rows: Rows, sizes: Sequence[int], scale: float = 1.0) -> Difficulty:
    """Fit difficulties.

    Args:
        rows: The answers.
        sizes: How many kinds and items there are.
        scale: What counts are multiplied by: for a part of a population, how much larger the whole
            is, so that a part says of itself what the whole says.
    """
    n_kinds, n_items = sizes[0] + 1, sizes[1] + 1
    n_students = int(rows.student.max(initial=-1)) + 1
    common, (_, kinds, items) = effects(
        (rows.student, rows.kind, rows.item),
        (n_students, n_kinds, n_items),
        rows.right,
        (OF_STUDENT, OF_KIND, OF_ITEM),
    )
    met = np.bincount(rows.kind, minlength=n_kinds).astype(np.float64)
    mean = (rows.right.sum() + 1.0) / (len(rows.right) + 2.0)
    shares = np.bincount(rows.kind, rows.right, n_kinds) + KIND_ROWS * mean
    shares /= met + KIND_ROWS
    seen = np.bincount(rows.item, minlength=n_items).astype(np.float64)
    over = np.bincount(rows.item, rows.right - shares[rows.kind], n_items)
    shifts = over / (seen + ITEM_ROWS)
    items[0] = shifts[0] = seen[0] = 0.0
    met, seen = scale * met, scale * seen
    return Difficulty(
        common, kinds, items, shares, shifts, met / (met + KIND_ROWS), seen / (seen + ITEM_ROWS)
    )


def fit_leftover(keys: Floats, residual: Floats, weight: Floats, scale: float = 1.0) -> Leftover:
    """Fit what is left over for each key, beyond what is left over for all.

    Args:
        keys: ``(n,) float64`` whole numbers; below 0 stands for none.
        residual: ``(n,) float64``, right minus expected.
        weight: ``(n,) float64``, information p(1 - p).
        scale: As in `fit_difficulty`.
    """
    is_known = keys >= 0
    known, place = np.unique(keys[is_known], return_inverse=True)
    up = np.bincount(place, residual[is_known], len(known))
    on = np.bincount(place, weight[is_known], len(known))
    usual = residual.sum() / max(float(weight.sum()), 1.0)
    shift = (up - usual * on) / (on + PAIR_ROWS * _EVEN)
    met = scale * on
    return Leftover(known, np.column_stack([shift, met / (met + PAIR_ROWS * _EVEN)]))
