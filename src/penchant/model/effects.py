"""Crossed effects of a yes or no: how hard a thing is, whoever met it, and how able who met it.

Loop: Learn, for fits on columns. Each row has one key in each of several groups (a person, a kind,
a thing), and the log-odds are the sum of a common number and the effects of its keys.
Rule: an effect is shrunk to 0 by a normal prior of its group, so a key met once stays near it.
Source: penalised quasi-likelihood for crossed random effects, Breslow and Clayton, JASA 1993,
solved group by group (Gauss-Seidel) with Newton steps.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Effects", "effects"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS = 8
"""Sweeps over the groups; after eight no effect of the sets tried moved by more than .01."""


class Effects(NamedTuple):
    """Fitted effects.

    Attributes:
        common: Log-odds of a row whose effects are all 0.
        groups: Of each group ``(keys,) float64``; 0 for a key that no row has.
    """

    common: float
    groups: tuple[Floats, ...]


def effects(
    keys: Sequence[Ints], sizes: Sequence[int], right: Floats, variances: Sequence[float]
) -> Effects:
    """Fit effects.

    Args:
        keys: Of each group ``(n,) int64``, the key of each row, from 0.
        sizes: How many keys each group has.
        right: ``(n,) float64``, 0 or 1.
        variances: Prior variance of the effects of each group, above 0.

    Returns:
        The effects. Without rows all are 0.

    Example:
        >>> keys = np.array([0, 0, 0, 1, 1, 1])
        >>> right = np.array([1.0, 1.0, 0.0, 0.0, 0.0, 1.0])
        >>> fitted = effects([keys], [2], right, [1.0])
        >>> bool(fitted.groups[0][0] > 0 > fitted.groups[0][1])
        True
    """
    fitted = [np.zeros(size) for size in sizes]
    common, total = 0.0, np.zeros(len(right))
    for _ in range(_ROUNDS if len(right) else 0):
        pull, weight = _step(total, right)
        shift = float(pull.sum() / (weight.sum() + 1.0))
        common, total = common + shift, total + shift
        for place, (key, variance) in enumerate(zip(keys, variances, strict=True)):
            pull, weight = _step(total, right)
            up = np.bincount(key, pull, sizes[place]) - fitted[place] / variance
            change = up / (np.bincount(key, weight, sizes[place]) + 1.0 / variance)
            fitted[place] = fitted[place] + change
            total = total + change[key]
    return Effects(common, tuple(fitted))


def _step(total: Floats, right: Floats) -> tuple[Floats, Floats]:
    chance = 1.0 / (1.0 + np.exp(-total))
    return right - chance, chance * (1.0 - chance)
