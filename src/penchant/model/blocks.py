"""Models of actions known by their names: a straight one each, in the scaled and bent context.

Place in the loop: sums over everybody, as in `population.py`, which chooses between the two.
Rule: both are solved from sums alone. `Blocks` keeps Σ x xᵀ for each action. `SharedBlocks` keeps
one for all of them and takes each action to have had its share of it: so many actions of so wide a
context fit no other way.
Source: Bayesian linear regression, e.g. Bishop 2006, eq. 3.50-3.51.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import Sum, add, zero
from penchant.model.contributions import Contributions
from penchant.model.own_effects import NO_EFFECTS

__all__ = ["Blocks", "SharedBlocks"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TRIFLE: Final = 0.01
"""Bent features that count less than this do not pay."""

_AT_ONCE: Final = 80
"""Matrices up to this wide are inverted as they are; wider ones in two parts, which is quicker."""


class _Taken(NamedTuple):
    """Outcomes in the order of their actions: x and target, weighed, and where each action begins.

    `blocks` names the action of each of `starts`; `ends` run beside it.
    """

    x: Floats
    target: Floats
    blocks: Ints
    starts: Ints
    ends: Ints


class Blocks:
    """A linear model of its own for each action known by its name (population notes, 1)."""

    is_logistic = False
    axes: Floats | None = None
    own = NO_EFFECTS

    def __init__(
        self,
        n_context: int,
        n_action: int,
        half_life: float,
        precision: float,
        *,
        n_linear: int | None = None,
    ) -> None:
        """Start with no outcomes; `n_context` and `n_action` count the leading ones."""
        self.half_life = half_life
        self.precision = precision
        self.n_linear = n_context if n_linear is None else n_linear
        self.bends = self.n_linear < n_context
        self._gram = zero(n_action - 1, n_context, n_context)
        self._moment = zero(n_action - 1, n_context)
        self._square = zero(n_action - 1)

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Add x xᵀ and r x to the block of the action taken, x being context times action value.

        An action that is newer than the scaling has no block yet; the next round gives it one.
        """
        gram = np.zeros_like(self._gram.total)
        moment = np.zeros_like(self._moment.total)
        square = np.zeros_like(self._square.total)
        taken = _taken(rows)
        for block, start, end in zip(taken.blocks, taken.starts, taken.ends, strict=True):
            mine, target = taken.x[start:end], taken.target[start:end]
            gram[block] = sign * (mine.T @ mine)
            moment[block] = sign * (mine.T @ target)
            square[block] = sign * target.dot(target)
        self._gram = add(self._gram, Sum(gram, rows.at), self.half_life)
        self._moment = add(self._moment, Sum(moment, rows.at), self.half_life)
        self._square = add(self._square, Sum(square, rows.at), self.half_life)

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Give each action's posterior mean, and its covariance times `noise`."""
        gram = self._gram.total
        width, some = gram.shape[1], self.n_linear
        precise = gram + self.precision * np.eye(width)
        narrow = _inverse(precise[:, :some, :some])
        if some == width:
            means, _ = self._solved(narrow)
            return _weights(means), noise * narrow
        inverse = _widened(narrow, precise[:, :some, some:], precise[:, some:, some:])
        means, error = self._solved(inverse)
        fewer, other = self._solved(narrow)
        share = _share(other - error, noise)
        self.bends = share > _TRIFLE
        means *= share
        means[:, :some] += (1.0 - share) * fewer
        inverse *= share
        inverse[:, :some, :some] += (1.0 - share) * narrow
        return _weights(means), np.asarray(noise * inverse, dtype=np.float64)

    def _solved(self, inverse: Floats) -> tuple[Floats, float]:
        """Solve the first columns alone: means, and the squared error to expect.

        What is left of the rewards is widened by what the fit took of them: generalised
        cross-validation (Golub, Heath and Wahba 1979), a function of sums alone.
        """
        width = inverse.shape[1]
        gram, moment = self._gram.total[:, :width, :width], self._moment.total[:, :width]
        means: Floats = np.einsum("kij,kj->ki", inverse, moment)
        count = gram[:, 0, 0]
        freedom = width - self.precision * np.trace(inverse, axis1=1, axis2=2)
        fitted = np.einsum("kij,kj->ki", gram, means)
        left = self._square.total - np.einsum("ki,ki->k", means, 2.0 * moment - fitted)
        share = 1.0 - freedom / np.maximum(count, 1e-9)
        error = np.where(count > 0, left / np.maximum(share, 0.05) ** 2, 0.0)
        return means, float(error.sum())


class SharedBlocks:
    """A linear model of its own for each action, with one Σ x xᵀ for all (population notes, 5).

    Each action is taken to have had its share n_a / n of it, so its mean is (1 + n_a/n G)⁻¹ g_a and
    all covariances have the same axes.
    """

    is_logistic = False
    bends = True
    own = NO_EFFECTS

    def __init__(self, n_context: int, n_action: int, half_life: float, precision: float) -> None:
        """Start with no outcomes; `n_context` and `n_action` count the leading ones."""
        self.half_life = half_life
        self.precision = precision
        self.axes: Floats | None = np.eye(n_context)
        self._gram = zero(n_context, n_context)
        self._moment = zero(n_action - 1, n_context)
        self._count = zero(n_action - 1)

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Add x xᵀ to what is shared, and r x to the action taken; see `Blocks.add`."""
        moment = np.zeros_like(self._moment.total)
        count = np.zeros_like(self._count.total)
        taken = _taken(rows)
        for block, start, end in zip(taken.blocks, taken.starts, taken.ends, strict=True):
            mine = taken.x[start:end]
            moment[block] = sign * (mine.T @ taken.target[start:end])
            count[block] = sign * mine[:, 0].dot(mine[:, 0])
        gram = sign * (taken.x.T @ taken.x)
        self._gram = add(self._gram, Sum(gram, rows.at), self.half_life)
        self._moment = add(self._moment, Sum(moment, rows.at), self.half_life)
        self._count = add(self._count, Sum(count, rows.at), self.half_life)

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Give each action's posterior mean, and its variances along the axes times `noise`."""
        values, axes = np.linalg.eigh(self._gram.total)
        count = np.maximum(self._count.total, 0.0)
        share = count / max(float(count.sum()), 1e-9)
        inverse = 1.0 / (self.precision + share[:, None] * np.maximum(values, 0.0))
        means = ((self._moment.total @ axes) * inverse) @ axes.T
        self.axes = np.ascontiguousarray(axes)
        return _weights(means), noise * inverse


def _taken(rows: Contributions) -> _Taken:
    """Bring outcomes into the order of the actions taken; those of an unknown one are left out."""
    values = rows.action[:, 1:]
    taken = np.abs(values).argmax(axis=1)
    value = values[np.arange(len(taken)), taken]
    if rows.shown is not None:
        taken, value = taken[rows.shown], value[rows.shown]
    taken = np.where(value == 0.0, -1, taken)
    order = np.argsort(taken)[np.count_nonzero(value == 0.0) :]
    root = np.sqrt(rows.weight[order])
    x = rows.context[order] * (root * value[order])[:, None]
    blocks, starts = np.unique(taken[order], return_index=True)
    ends = np.append(starts[1:], len(order)) if len(starts) else starts
    return _Taken(x, root * rows.reward[order], blocks, starts, ends)


def _weights(means: Floats) -> Floats:
    """Give the means (K, n) as weights (n, 1 + K): nothing is shared by all actions."""
    return np.concatenate([np.zeros((means.shape[1], 1)), means.T], axis=1)


def _inverse(matrices: Floats) -> Floats:
    """Invert positive matrices, (K, n, n)."""
    width = matrices.shape[1]
    if width <= _AT_ONCE:
        return np.asarray(np.linalg.inv(matrices), dtype=np.float64)
    half = width // 2
    first = _inverse(matrices[:, :half, :half])
    return _widened(first, matrices[:, :half, half:], matrices[:, half:, half:])


def _widened(inverse: Floats, beside: Floats, below: Floats) -> Floats:
    """Give the inverse of [[A, B], [Bᵀ, D]] from that of A: by the Schur complement of A."""
    some, width = inverse.shape[1], inverse.shape[1] + below.shape[1]
    seen = inverse @ beside
    rest = _inverse(below - beside.swapaxes(1, 2) @ seen)
    corner = seen @ rest
    whole = np.empty((len(inverse), width, width))
    whole[:, :some, :some] = inverse + corner @ seen.swapaxes(1, 2)
    whole[:, :some, some:] = -corner
    whole[:, some:, :some] = -corner.swapaxes(1, 2)
    whole[:, some:, some:] = rest
    return whole


def _share(gain: float, noise: float) -> float:
    """Give what the wider of two models counts, by how much less squared error it makes."""
    return 0.5 + 0.5 * math.tanh(gain / (4.0 * noise))
