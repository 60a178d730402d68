"""Resampling: values of weighted rows, with intervals from people drawn anew.

Loop: Learn. For rewards without contexts and for policies compared among each other. Rows of one
person resemble each other, so whole people are drawn anew, never rows.
Rule: no number without its interval; two policies are compared within the same resamples.
Notation: pi(a|x) of the target, p(a|x) as logged, w = pi / p.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadNumber
from penchant.learn.evaluate.reading import check_alpha, check_lengths, ids, numbers

__all__ = [
    "FEWEST_GROUPS",
    "FEWEST_ROWS",
    "RESAMPLES",
    "Interval",
    "Resamples",
    "acceptance",
    "difference",
    "resample",
    "rows_like",
    "student",
    "value",
    "weights",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RESAMPLES = 4_000  # the ends of a 95 % interval then rest on 100 resamples each
FEWEST_GROUPS = 10  # fewer people drawn anew show too little of how people differ
FARTHEST = 1e100  # of rewards and weights: their products and sums are numbers still
ROUNDING = 1e-9  # of sums of propensities
FEWEST_ROWS = 200.0  # rows an estimate must weigh like before its interval means anything


class Interval(NamedTuple):
    """An estimate and the interval that holds the truth in 1 - alpha of cases.

    `rows` is how many rows it weighs like (Kish), `(sum w)^2 / sum w^2`.
    """

    value: float
    low: float
    high: float
    rows: float = math.nan

    @property
    def holds_zero(self) -> bool:
        """Whether nothing can be said about its sign."""
        return self.low <= 0.0 <= self.high


class Resamples(NamedTuple):
    """Groups drawn anew, with replacement: how often each came, resample by resample.

    `group_of`: (n,) place of each row's group. `counts`: (n_resamples, n_groups).
    """

    group_of: Ints
    counts: Floats

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return int(self.counts.shape[1])

    def totals(self, amounts: Floats) -> Floats:
        """Sum amounts (n,) by group, then over each resample: (n_resamples,)."""
        totals: Floats = self.counts @ np.bincount(self.group_of, amounts, self.n_groups)
        return totals


def weights(target: Floats, logged: Floats) -> Floats:
    """Give pi / p of the actions logged.

    Args:
        target: The target policy's propensity of each logged action, (n,), 0..1.
        logged: The propensity with which each was logged, (n,), above 0 and at most 1.

    Raises:
        BadNumber: When a logged propensity is 0, above 1 or not a number, or one of the target is
            below 0 or above 1.
        BadInput: When there are not as many of both, or they are no numbers.

    Example:
        >>> weights(np.array([1.0, 0.3]), np.array([0.5, 0.6])).tolist()
        [2.0, 0.5]
    """
    target, logged = numbers(target, "target"), numbers(logged, "logged")
    if logged.size and not (np.all(logged > 0) and np.all(logged <= 1)):
        raise BadNumber("A logged propensity must be above 0 and at most 1.")
    if not np.all((target >= 0) & (target <= 1 + ROUNDING)):
        raise BadNumber("A target policy's propensity must be from 0 to 1.")
    check_lengths({"target": target}, len(logged), "logged")
    ratio: Floats = target / logged
    return ratio


def acceptance(logged: Floats) -> Floats:
    """Give the chance to accept a row in which the engine drew the action that was logged.

    Accepting every such row would be biased: actions the log took often would agree often. A row
    is accepted with probability pi / (c p), with the one constant c = 1 / min p; the engine's own
    draw has agreed with probability pi, so min p / p is left.

    Args:
        logged: Propensities of the logged actions, (n,).

    Returns:
        (n,), above 0 and at most 1.

    Example:
        >>> acceptance(np.array([0.6, 0.4])).round(3).tolist()
        [0.667, 1.0]

    Source: Dudik, Erhan, Langford, Li 2012, "Sample-efficient nonstationary policy evaluation",
    with their constant fixed at its safe end.
    """
    logged = numbers(logged, "logged")
    chance: Floats = weights(np.full_like(logged, logged.min(initial=1.0)), logged)
    return chance


def resample(
    groups: Sequence[object] | Ints, rng: np.random.Generator, *, n_resamples: int = RESAMPLES
) -> Resamples:
    """Draw groups (people) with replacement, as many as there are.

    Args:
        groups: The group of each row, (n,).
        rng: The dice.
        n_resamples: How often, 1,000 or more for an interval.

    Raises:
        BadInput: When the group of a row is missing.
        BadNumber: When there are no rows.
    """
    _, group_of = np.unique(ids(groups, "groups"), return_inverse=True)
    n_groups = int(group_of.max(initial=-1)) + 1
    if not n_groups:
        raise BadNumber("There is no row to evaluate.")
    counts = rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=n_resamples)
    return Resamples(group_of.astype(np.int64), counts.astype(np.float64))


def value(
    rewards: Floats, row_weights: Floats, resamples: Resamples, *, alpha: float = 0.05
) -> Interval:
    """Estimate the mean reward a target policy would have earned (SNIPS).

    Args:
        rewards: (n,), as logged, in any unit.
        row_weights: pi / p, (n,), 0 or more.
        resamples: Of the rows' groups.
        alpha: The interval misses the truth in this share of cases.

    Returns:
        Value and interval in the unit of the rewards. The value is NaN where no row weighs
        anything; the interval is endless where there are too few people or rows to say.

    Raises:
        BadNumber: When a reward or a weight is not finite, a weight below 0, or alpha no share.
        BadInput: When columns differ in length.

    Source: Swaminathan, Joachims 2015 (self-normalised weights); Field, Welsh 2007 (cluster
    bootstrap); Hesterberg 2015 (percentiles widened for few groups).
    """
    rewards, row_weights = numbers(rewards, "rewards"), numbers(row_weights, "row_weights")
    _check(resamples, alpha, rewards=rewards, row_weights=row_weights)
    total = float(row_weights.sum())
    if total <= 0:
        return Interval(math.nan, math.nan, math.nan, 0.0)
    estimate, rows = float(row_weights @ rewards) / total, rows_like(row_weights)
    low, high = _ends(_means(rewards, row_weights, resamples), resamples, alpha, rows)
    return Interval(estimate, low, high, rows)


def difference(
    rewards: Floats,
    one: Floats,
    other: Floats,
    resamples: Resamples,
    *,
    alpha: float = 0.05,
) -> Interval:
    """Estimate how much more one policy earns than another, both in the same resamples.

    Args:
        rewards: (n,).
        one: Weights of the first policy, (n,).
        other: Weights of the second, (n,).
        resamples: Of the rows' groups.
        alpha: As for `value`.

    Raises:
        BadNumber: As for `value`.
        BadInput: As for `value`.
    """
    rewards, one, other = numbers(rewards, "rewards"), numbers(one, "one"), numbers(other, "other")
    _check(resamples, alpha, rewards=rewards, one=one, other=other)
    if one.sum() <= 0 or other.sum() <= 0:
        return Interval(math.nan, math.nan, math.nan, 0.0)
    apart = float(one @ rewards / one.sum() - other @ rewards / other.sum())
    spread = _means(rewards, one, resamples) - _means(rewards, other, resamples)
    rows = min(rows_like(one), rows_like(other))
    return Interval(apart, *_ends(spread, resamples, alpha, rows), rows)


def _check(resamples: Resamples, alpha: float, **columns: Floats) -> None:
    """Check rewards and weights before they are summed."""
    check_alpha(alpha)
    check_lengths(columns, len(resamples.group_of), "resamples")
    for name, column in columns.items():
        if not np.all(np.abs(column) <= FARTHEST):
            raise BadNumber(
                f"`{name}` has rows that are no numbers up to {FARTHEST:g}. Leave those rows out."
            )
        if name != "rewards" and column.min(initial=0.0) < 0:
            raise BadNumber(f"`{name}` has rows below 0; a weight is a ratio of propensities.")


def _means(rewards: Floats, row_weights: Floats, resamples: Resamples) -> Floats:
    """Give the weighted mean reward of each resample, NaN where nothing weighs."""
    with np.errstate(divide="ignore", invalid="ignore"):
        means: Floats = resamples.totals(row_weights * rewards) / resamples.totals(row_weights)
    return means


def rows_like(row_weights: Floats) -> float:
    """Give how many rows these weights count for: (sum w)^2 / sum w^2, 0 where nothing weighs.

    Source: Kish 1965, "Survey Sampling", section 8.2.
    """
    square = float(row_weights @ row_weights)
    return float(row_weights.sum() ** 2) / square if square else 0.0


def _ends(values: Floats, resamples: Resamples, alpha: float, rows: float) -> tuple[float, float]:
    """Give the ends of an interval from resampled values, widened for few groups.

    With G groups the plain percentiles are too narrow by sqrt((G - 1) / G) and take a normal for
    a Student t. Below the fewest groups and rows there is no interval: its ends are infinite.
    """
    values, n_groups = values[np.isfinite(values)], resamples.n_groups
    if n_groups < FEWEST_GROUPS or rows < FEWEST_ROWS or not values.size:
        return -math.inf, math.inf
    reach = student(1 - alpha / 2, n_groups - 1) * math.sqrt(n_groups / (n_groups - 1))
    tail = NormalDist().cdf(-reach)
    low, high = np.quantile(values, (tail, 1 - tail))
    return float(low), float(high)


def student(probability: float, freedom: int) -> float:
    """Give a quantile of Student's t.

    Source: Abramowitz, Stegun 26.7.5, four terms; off by less than 1 % from 3 degrees of freedom.
    """
    z = NormalDist().inv_cdf(probability)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
