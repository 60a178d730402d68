"""A ridge logistic regression on columns: what is straight in a model of a yes or no.

Loop: Learn, for fits on columns. Columns are brought to mean 0 and spread 1 first, so one ridge
suits all of them. Solved by Newton's method with a step that is halved until the fit gets better.
Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 4.4.1 and 4.4.4.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Line", "fit_line", "likeliest", "log_odds"]

Floats = NDArray[np.float64]

_ROUNDS = 25
_ENOUGH = 1e-7
"""Gain in mean log-likelihood below which it stops."""

_STILL = 1e-6
"""Spread of a column below which it stands still."""


class Line(NamedTuple):
    """Fitted weights, on the columns as they come.

    Attributes:
        weights: ``(d,) float64``.
        intercept: Log-odds where all columns are 0.
    """

    weights: Floats
    intercept: float


def fit_line(rows: NDArray[np.float32], right: Floats, ridge: float = 10.0) -> Line:
    """Fit a ridge logistic regression.

    Args:
        rows: ``(n, d) float32``; finite.
        right: ``(n,) float64``, 0 or 1.
        ridge: Prior precision of a weight on a column of spread 1.

    Returns:
        The line; without rows, one that says one half.

    Example:
        >>> rows = np.array([[0.0], [1.0]] * 50, dtype=np.float32)
        >>> line = fit_line(rows, rows[:, 0].astype(float))
        >>> bool(line.weights[0] > 0)
        True
    """
    width = rows.shape[1]
    if not len(rows):
        return Line(np.zeros(width), 0.0)
    mean, spread = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64)
    scale = np.where(spread > _STILL, spread, np.inf)  # a column that stands still says nothing
    table = np.empty((len(rows), width + 1))
    table[:, :width] = (rows - mean) / scale
    table[:, width] = 1.0
    penalty = np.append(np.full(width, ridge), 1e-6)
    weights = likeliest(table, right, penalty)
    return Line(weights[:width] / scale, float(weights[width] - mean @ (weights[:width] / scale)))


def log_odds(line: Line, rows: NDArray[np.float32]) -> Floats:
    """Give the log-odds of some rows, ``(n,) float64``."""
    return rows.astype(np.float64) @ line.weights + line.intercept


def likeliest(table: Floats, right: Floats, penalty: Floats) -> Floats:
    """Find the weights that make what was seen likeliest, less half the penalised squares.

    Args:
        table: ``(n, d) float64``; finite.
        right: ``(n,) float64``, 0 or 1.
        penalty: ``(d,) float64``, above 0 for each column that others can stand in for.

    Returns:
        ``(d,) float64``.

    Example:
        >>> likeliest(np.ones((4, 1)), np.array([0.0, 0.0, 1.0, 1.0]), np.ones(1))
        array([0.])
    """
    weights = np.zeros(table.shape[1])
    loss = _loss(table, right, penalty, weights)
    for _ in range(_ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-(table @ weights)))
        slope = table.T @ (right - chance) - penalty * weights
        bent = (table.T * (chance * (1.0 - chance))) @ table + np.diag(penalty)
        step = np.linalg.solve(bent, slope)
        after = _loss(table, right, penalty, weights + step)
        while after > loss and np.abs(step).max() > _ENOUGH:
            step = step / 2.0
            after = _loss(table, right, penalty, weights + step)
        weights, gain, loss = weights + step, loss - after, after
        if gain < _ENOUGH * len(right):
            break
    return weights


def _loss(table: Floats, right: Floats, penalty: Floats, weights: Floats) -> float:
    odds = table @ weights
    lost = np.logaddexp(0.0, odds) - right * odds
    return float(lost.sum() + 0.5 * (penalty * weights**2).sum())
