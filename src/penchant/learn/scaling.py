"""How columns are brought to about unit length: what was seen of each, and the scaling from it.

Loop: Learn. Rule 1: what was seen is a sum, so a round reads only outcomes since the one before.
Rule 2: a scaling stays in force until the data have moved away from it.
Source of adding two halves: Chan, Golub and LeVeque 1983, The American Statistician 37(3), eq. 1.4.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.model.encoding import ColumnKind
from penchant.model.version import Scaling, Seen

__all__ = ["added", "has_moved", "scaling_of", "seen_of", "widened"]

Floats = NDArray[np.float64]
Kinds = NDArray[np.int64]

_MOVED: Final = 0.1
_CLIP_SD: Final = 5.0
_AT_ONCE: Final = 8_192
"""Rows that are gone through at once: few enough for them to stay in the processor's cache."""


def seen_of(rows: NDArray[np.float32], times: Floats, width: int) -> Seen:
    """Give what was seen of `width` columns.

    Args:
        rows: (n, at most width), NaN where not seen.
        times: (n,) how often each row was seen.
        width: Of the result.

    Example:
        >>> seen_of(np.array([[1.0], [np.nan], [3.0]]), np.ones(3), width=2)
        Seen(times=array([2., 0.]), mean=array([2., 0.]), square=array([2., 0.]))
    """
    total = Seen(*np.zeros((3, width)))
    for start in range(0, len(rows), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        total = added(total, _some(rows[part, :width], times[part]))
    return total


def added(one: Seen, other: Seen) -> Seen:
    """Put together what was seen of columns, (d,) and at most (d,)."""
    width = len(other.times)
    count, mean, square = (column.copy() for column in one)
    both = count[:width] + other.times
    share = other.times / np.maximum(both, 1.0)
    shift = other.mean - mean[:width]
    square[:width] += other.square + shift**2 * share * count[:width]
    mean[:width] += shift * share
    count[:width] = both
    return Seen(count, mean, square)


def widened(seen: Seen, width: int) -> Seen:
    """Give what was seen with columns that came since, of which nothing was."""
    more = np.zeros(width - len(seen.times))
    return Seen(*(np.concatenate([column, more]) for column in seen))


def scaling_of(seen: Seen, kinds: Kinds, gain: float) -> Scaling:
    """Give the scaling that brings rows to a mean squared length of `gain`.

    Numbers go to (value - mean) / sd, indicators stay 0 and 1; then all are scaled alike, but for
    the names of actions: one of them is all there is to its action, and has that length alone.
    """
    is_number, is_name = kinds == ColumnKind.NUMBER, kinds == ColumnKind.NAME
    mean = np.where(is_number, seen.mean, 0.0)
    around = np.where(is_number, 0.0, seen.times * seen.mean**2)
    second = (seen.square + around) / np.maximum(seen.times, 1)
    deviation = np.where(is_number, np.sqrt(second), 1.0)
    usable = deviation > 1e-9 * np.maximum(np.abs(mean), 1e-9)
    parts = np.where(usable & ~is_name, second / np.where(usable, deviation, 1.0) ** 2, 0.0)
    length = float(parts.sum())
    unit = np.where(is_name, 1.0, np.sqrt(gain / length) if length > 0 else 1.0)
    scale = np.where(usable, unit / np.where(usable, deviation, 1.0), 0.0)
    return Scaling(mean, scale, _CLIP_SD * unit)


def has_moved(before: Scaling, now: Scaling) -> bool:
    """Say whether a column came, or moved by a tenth of its standard deviation or scale."""
    if before.width != now.width:
        return True
    shift = np.abs(now.mean - before.mean) * now.scale
    ratio = np.abs(now.scale - before.scale)
    return bool((shift > _MOVED).any() or (ratio > 2 * _MOVED * now.scale).any())


def _some(rows: NDArray[np.float32], times: Floats) -> Seen:
    """Give what was seen in a few rows; the squares are those around the mean."""
    values = rows.astype(np.float64)
    known = np.isfinite(values)
    if known.all():
        count = np.full(values.shape[1], times.sum())
    else:
        values[~known] = 0.0
        count = times @ known
    mean = (times @ values) / np.maximum(count, 1.0)
    values -= mean
    if not known.all():
        values[~known] = 0.0
    return Seen(count, mean, np.einsum("i,ij,ij->j", times, values, values))
