"""What brings columns to about unit length, and what has to be seen of them for it.

Place in the loop: below `version.py`, of which a scaling is a part; `learn.scaling` derives it.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.bending import bent, waves_of

__all__ = ["EMPTY_SCALING", "Scaling", "Seen", "rooted", "squared"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_CLIP = 5.0
"""Scaled values beyond this many standard deviations count as this many (population notes)."""


_FARTHEST = 9.0
"""A square beyond that of three standard deviations counts as that."""
_NO_WAVES = np.zeros((0, 0))
_NO_ROOTS: Ints = np.zeros(0, dtype=np.int64)


class Scaling(NamedTuple):
    """Brings columns to about unit length: `(value - mean) * scale`, clipped.

    `waves` (d, D) are the directions of the bent features behind them; see `model.bending`. `roots`
    are the places of columns that are taken by their root first; see `learn.scaling`. `squares` are
    those whose squares stand behind everything else: of an action that people like best where a
    number is neither small nor great.
    """

    mean: Floats
    scale: Floats
    bound: Floats
    waves: Floats = _NO_WAVES
    roots: Ints = _NO_ROOTS
    squares: Ints = _NO_ROOTS

    @property
    def width(self) -> int:
        """How long a scaled row is: the leading 1, the columns, the bent features, the squares."""
        return self.n_plain + int(self.waves.shape[1]) + len(self.squares)

    @property
    def n_plain(self) -> int:
        """How many columns come before those that bend: the leading 1 and the columns."""
        return 1 + len(self.mean)

    def with_waves(self, count: int) -> "Scaling":
        """Give the same scaling with so many bent features."""
        return self._replace(waves=waves_of(self.steps, count) if count else _NO_WAVES)

    @property
    def steps(self) -> Floats:
        """What a yes, or one usual step (a standard deviation) of a number, is when scaled, (d,).

        0 for a column that was always the same.
        """
        return np.where(self.scale > 0.0, self.bound / _CLIP, 0.0)

    def apply(self, rows: Floats) -> Floats:
        """Give scaled rows with a leading 1.

        Args:
            rows: (d,) or (n, d) raw values; NaN is "usual". Columns beyond the scaling's are new
                since the version and left out; missing ones count as usual.

        Returns:
            (width,) or (n, width) float64, see `width`.

        Example:
            >>> s = Scaling(np.array([10.0]), np.array([0.5]), np.array([2.5]))
            >>> s.apply(np.array([12.0, 7.0])).tolist()
            [1.0, 1.0]
        """
        mean, scale, bound, waves, roots, squares = self
        width = len(mean)
        seen = min(rows.shape[-1], width)
        if len(roots):
            rows, roots = rows.copy(), roots[roots < seen]
            rows[..., roots] = rooted(rows[..., roots])
        if rows.shape[-1] != width:
            rows, mean, scale, bound = rows[..., :seen], mean[:seen], scale[:seen], bound[:seen]
        scaled = np.zeros((*rows.shape[:-1], 1 + width + waves.shape[1] + len(squares)))
        scaled[..., 0] = 1.0
        values = scaled[..., 1 : 1 + seen]
        np.subtract(rows, mean, out=values)
        values *= scale
        np.minimum(values, bound, out=values)
        np.maximum(values, -bound, out=values)
        flat = values.reshape(-1)
        if math.isnan(flat.dot(flat)):  # one product tells whether any is
            values[np.isnan(values)] = 0.0
        if waves.size:
            scaled[..., 1 + width : 1 + width + waves.shape[1]] = bent(values, waves[:seen])
        if len(squares):
            some = scaled[..., 1 + squares]
            scaled[..., -len(squares) :] = squared(some, self.bound[squares] / _CLIP)
        return scaled


EMPTY_SCALING = Scaling(np.zeros(0), np.zeros(0), np.zeros(0))


class Seen(NamedTuple):
    """What was seen of d columns: how often each, its mean, and the squares around it, summed.

    The same of its signed root, and the sum of its fourth powers.
    """

    times: Floats
    mean: Floats
    square: Floats
    root: Floats
    root_square: Floats
    fourth: Floats

    @classmethod
    def of_nothing(cls, width: int) -> "Seen":
        """Give what is known of so many columns before any row."""
        return cls(*np.zeros((len(cls._fields), width)))


def rooted(values: Floats) -> Floats:
    """Give the signed roots of some values.

    Example:
        >>> rooted(np.array([9.0, -4.0, np.nan])).tolist()
        [3.0, -2.0, nan]
    """
    return np.asarray(np.sign(values) * np.sqrt(np.abs(values)))


def squared(scaled: Floats, steps: Floats) -> Floats:
    """Give the squares of some scaled columns, brought to the length of the columns themselves.

    Args:
        scaled: (d,) or (n, d).
        steps: (d,) what one standard deviation of each is when scaled, above 0.

    Example:
        >>> squared(np.array([[0.5], [0.0], [-0.5]]), np.array([0.5])).round(3).ravel().tolist()
        [0.0, -0.354, 0.0]
    """
    squares = np.minimum((scaled / steps) ** 2, _FARTHEST)
    return np.asarray((squares - 1.0) * steps / math.sqrt(2.0))
