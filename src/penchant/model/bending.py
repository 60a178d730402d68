"""Bent features: what a linear model needs to follow a taste that bends.

Random Fourier features of the scaled context: waves of fixed, random directions and phases, whose
sums come near any smooth function. Nothing is learned here and nothing is drawn anew: direction
and phase of a wave follow from its place, so a version is rebuilt from its scaling alone.
Source: Rahimi and Recht 2007, Random Features for Large-Scale Kernel Machines; why so many:
docs/explanation/decisions/0021-one-matrix-for-all-actions.md.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.model.layout import COLUMNS

__all__ = ["MOST_WAVES", "bent", "waves_of"]

Floats = NDArray[np.float64]

MOST_WAVES: Final = 128
_TOGETHER: Final = 64
"""Waves are drawn so many at once: the first ones of a context stay what they are."""
GAIN: Final = 20.0
"""Mean squared length of all waves together."""

_dice = np.random.default_rng(20_071_203)
_DRAWN: Final = [
    (_dice.normal(size=(COLUMNS, _TOGETHER)), _dice.uniform(0.0, 2.0 * np.pi, _TOGETHER))
    for _ in range(0, MOST_WAVES, _TOGETHER)
]
_DIRECTIONS: Final = np.concatenate([directions for directions, _ in _DRAWN], axis=1)
_PHASES: Final = np.concatenate([phases for _, phases in _DRAWN])


def waves_of(steps: Floats, count: int) -> Floats:
    """Give the directions of some waves over scaled columns.

    Args:
        steps: (d,) what one standard deviation of each column is when scaled; 0 for one that was
            always the same.
        count: How many waves.

    Returns:
        (d, count): along each a usual context moves by about one radian.

    Example:
        >>> waves_of(np.array([0.5, 0.0]), 3).shape
        (2, 3)
    """
    varies = steps > 0.0
    inverse = np.where(varies, 1.0 / np.where(varies, steps, 1.0), 0.0)
    share = math.sqrt(max(int(np.count_nonzero(varies)), 1))
    return np.ascontiguousarray(_DIRECTIONS[: len(steps), :count] * (inverse / share)[:, None])


def bent(scaled: Floats, waves: Floats) -> Floats:
    """Give the waves at some contexts: (d,) or (n, d) scaled columns to (count,) or (n, count).

    Example:
        >>> bent(np.zeros(2), waves_of(np.ones(2), 3)).shape
        (3,)
    """
    count = waves.shape[1]
    angles = np.asarray(scaled.dot(waves), dtype=np.float64)
    angles += _PHASES[:count]
    np.cos(angles, out=angles)
    angles *= math.sqrt(2.0 * GAIN / count)
    return angles
