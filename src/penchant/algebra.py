"""Decayed sums and their one operation: what is kept about a person changes only by adding.

A sum is a total and the time it stands at. Bringing it to a later time multiplies it by
`2 ** (-age / half_life)`; then two sums add. The operation is commutative and associative, has a
zero and an inverse, so any grouping and order of a fold agree up to rounding (see `TOLERANCE`).
Rule 1: values in, values out; nothing here knows what is summed.
Rule 2: times are seconds since 1970 (float), half-lives are seconds; `inf` forgets nothing.
Ancestors: sufficient statistics of exponential families; monoids for aggregation.
"""

import math
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadNumber

__all__ = ["TOLERANCE", "Sum", "add", "at_time", "faded", "subtract", "zero"]

Floats = NDArray[np.float64]

# Two groupings of the same fold round differently. With n terms the error grows like n * 2**-53;
# at the largest fold the tests try (10,000 terms) that stays below this, relative to the largest
# term or total met.
TOLERANCE = 1e-9


class Sum(NamedTuple):
    """A decayed sum: `total` (any shape, float64) as it stands at time `at` (seconds)."""

    total: Floats
    at: float


@overload
def faded(weight: float, age: float, half_life: float) -> float: ...
@overload
def faded(weight: Floats, age: float | Floats, half_life: float) -> Floats: ...
def faded(weight: float | Floats, age: float | Floats, half_life: float) -> float | Floats:
    """Give what is left of `weight` after `age`.

    Args:
        weight: Value or array when it was seen.
        age: Seconds since then; negative brings it to an earlier time, where it weighs more.
        half_life: Seconds in which a weight halves, above 0; `inf` keeps everything.

    Returns:
        `weight * 2 ** (-age / half_life)`, of the shape of `weight`.

    Raises:
        BadNumber: When `half_life` is 0 or less or not a number.

    Example:
        >>> faded(1.0, age=14.0, half_life=7.0)
        0.25

    Source: own; exponential forgetting.
    """
    if not half_life > 0:
        msg = f"A half-life must be above 0 seconds (got `{half_life}`)."
        raise BadNumber(msg)
    if half_life == math.inf:
        return weight
    return weight * 2.0 ** (-age / half_life)


def zero(*shape: int) -> Sum:
    """Give the sum of nothing: adding it changes nothing, whatever the time.

    Example:
        >>> zero(2)
        Sum(total=array([0., 0.]), at=-inf)
    """
    return Sum(np.zeros(shape), -math.inf)


def at_time(total: Sum, at: float, half_life: float) -> Sum:
    """Bring a sum to another time.

    Example:
        >>> at_time(Sum(np.array([8.0]), at=0.0), at=20.0, half_life=10.0)
        Sum(total=array([2.]), at=20.0)
    """
    if total.at == -math.inf:
        return Sum(total.total, at)
    return Sum(faded(total.total, at - total.at, half_life), at)


def add(one: Sum, other: Sum, half_life: float) -> Sum:
    """Add two sums at the later of their times: the one operation of Penchant.

    Example:
        >>> add(Sum(np.array([8.0]), at=0.0), Sum(np.array([1.0]), at=10.0), half_life=10.0)
        Sum(total=array([5.]), at=10.0)
    """
    at = max(one.at, other.at)
    return Sum(at_time(one, at, half_life).total + at_time(other, at, half_life).total, at)


def subtract(one: Sum, other: Sum, half_life: float) -> Sum:
    """Take `other` out of `one`: the inverse of `add`, used to unlearn.

    Example:
        >>> subtract(Sum(np.array([5.0]), at=10.0), Sum(np.array([8.0]), at=0.0), half_life=10.0)
        Sum(total=array([1.]), at=10.0)
    """
    return add(one, Sum(-other.total, other.at), half_life)
