"""How columns are brought to about unit length: what was seen of each, and the scaling from it.

Loop: Learn. Rule 1: what was seen is a sum, so a round reads only outcomes since the one before.
Rule 2: a scaling stays in force until the data have moved away from it.
Rule 3: a number of a context whose tail is long (counts, amounts, durations) is taken by its root:
else a few large values say how far apart all others are.
Source of adding two halves: Chan, Golub and LeVeque 1983, The American Statistician 37(3), eq. 1.4.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.model.encoding import ColumnKind
from penchant.model.scaling import Scaling, Seen, rooted

__all__ = ["added", "has_moved", "scaling_of", "seen_of", "widened"]

Floats = NDArray[np.float64]
Kinds = NDArray[np.int64]

_MOVED: Final = 0.1
_CLIP_SD: Final = 5.0
_LONG: Final = 9.0
"""Mean fourth power over the squared mean square from which a tail is long; 3 for a normal number
around 0, 6 for an exponential one, 55 for a log-normal one."""
_FEWEST: Final = 32
"""Values of a column before which nothing is said of its tail."""
_AT_ONCE: Final = 8_192
"""Rows that are gone through at once: few enough for them to stay in the processor's cache."""


def seen_of(rows: NDArray[np.float32], times: Floats, width: int) -> Seen:
    """Give what was seen of `width` columns.

    Args:
        rows: (n, at most width), NaN where not seen.
        times: (n,) how often each row was seen.
        width: Of the result.

    Example:
        >>> seen = seen_of(np.array([[1.0], [np.nan], [3.0]]), np.ones(3), width=2)
        >>> seen.times.tolist(), seen.mean.tolist(), seen.square.tolist()
        ([2.0, 0.0], [2.0, 0.0], [2.0, 0.0])
    """
    total = Seen.of_nothing(width)
    for start in range(0, len(rows), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        total = added(total, _some(rows[part, :width], times[part]))
    return total


def added(one: Seen, other: Seen) -> Seen:
    """Put together what was seen of columns, (d,) and at most (d,)."""
    width = len(other.times)
    total = Seen(*(column.copy() for column in one))
    total.times[:width] += other.times
    total.fourth[:width] += other.fourth
    share = other.times / np.maximum(total.times[:width], 1.0)
    before = one.times[:width] * share
    _join((total.mean, total.square), (other.mean, other.square), share, before)
    _join((total.root, total.root_square), (other.root, other.root_square), share, before)
    return total


def widened(seen: Seen, width: int) -> Seen:
    """Give what was seen with columns that came since, of which nothing was."""
    more = np.zeros(width - len(seen.times))
    return Seen(*(np.concatenate([column, more]) for column in seen))


def scaling_of(
    seen: Seen, kinds: Kinds, gain: float, *, by_root: bool = False, count: float = 0.0
) -> Scaling:
    """Give the scaling that brings rows to a mean squared length of `gain`.

    Numbers go to (value - mean) / sd, indicators stay 0 and 1; then all are scaled alike, but for
    the names of actions: one of them is all there is to its action, and has that length alone.
    With `by_root` numbers whose tail is long are taken by their root first. `count` is of how many
    rows: an indicator that was not met yet is a no, whether its column was there by then or not.
    """
    is_number, is_name = kinds == ColumnKind.NUMBER, kinds == ColumnKind.NAME
    is_root = is_number & is_long(seen) if by_root else np.zeros(len(kinds), dtype=bool)
    mean = np.where(is_number, np.where(is_root, seen.root, seen.mean), 0.0)
    around = np.where(is_number, 0.0, seen.times * seen.mean**2)
    square = np.where(is_root, seen.root_square, seen.square)
    times = np.where(is_number, seen.times, np.maximum(seen.times, count))
    second = (square + around) / np.maximum(times, 1)
    deviation = np.where(is_number, np.sqrt(second), 1.0)
    usable = deviation > 1e-9 * np.maximum(np.abs(mean), 1e-9)
    parts = np.where(usable & ~is_name, second / np.where(usable, deviation, 1.0) ** 2, 0.0)
    length = float(parts.sum())
    unit = np.where(is_name, 1.0, np.sqrt(gain / length) if length > 0 else 1.0)
    scale = np.where(usable, unit / np.where(usable, deviation, 1.0), 0.0)
    return Scaling(mean, scale, _CLIP_SD * unit, roots=np.flatnonzero(is_root))


def is_long(seen: Seen) -> NDArray[np.bool_]:
    """Say of which columns the tail is long, (d,).

    Example:
        >>> rows = np.array([[0.0, 1.0]] * 99 + [[50.0, -1.0]], dtype=np.float32)
        >>> is_long(seen_of(rows, np.ones(100), 2)).tolist()
        [True, False]
    """
    times = np.maximum(seen.times, 1.0)
    second = seen.square / times + seen.mean**2
    return np.asarray((seen.fourth / times > _LONG * second**2) & (seen.times >= _FEWEST))


def has_moved(before: Scaling, now: Scaling) -> bool:
    """Say whether a column came, or moved by a tenth of its standard deviation or scale."""
    if before.width != now.width or before.roots.tolist() != now.roots.tolist():
        return True
    shift = np.abs(now.mean - before.mean) * now.scale
    ratio = np.abs(now.scale - before.scale)
    return bool((shift > _MOVED).any() or (ratio > 2 * _MOVED * now.scale).any())


def _join(
    total: tuple[Floats, Floats], other: tuple[Floats, Floats], share: Floats, before: Floats
) -> None:
    """Add the mean and the squares around it of the other half, in place."""
    (mean, square), (its_mean, its_square) = total, other
    width = len(its_mean)
    shift = its_mean - mean[:width]
    square[:width] += its_square + shift**2 * before
    mean[:width] += shift * share


def _some(rows: NDArray[np.float32], times: Floats) -> Seen:
    """Give what was seen in a few rows; the squares are those around the mean."""
    values = rows.astype(np.float64)
    known = np.isfinite(values)
    if known.all():
        count = np.full(values.shape[1], times.sum())
    else:
        values[~known] = 0.0
        count = times @ known
    fourth = np.asarray(times @ values**4)
    root, root_square = _around(rooted(values), known, times, count)
    mean, square = _around(values, known, times, count)
    return Seen(count, mean, square, root, root_square, fourth)


def _around(
    values: Floats, known: NDArray[np.bool_], times: Floats, count: Floats
) -> tuple[Floats, Floats]:
    """Give the mean of some values, 0 where not known, and the squares around it; uses them up."""
    mean = np.asarray((times @ values) / np.maximum(count, 1.0))
    values -= mean
    values[~known] = 0.0
    return mean, np.asarray(np.einsum("i,ij,ij->j", times, values, values))
