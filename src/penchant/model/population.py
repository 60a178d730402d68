"""Sums over everybody, and the population model that is solved from them.

Each outcome adds its contribution once: weight · x xᵀ and weight · x · target, where x are the
products of context and action columns. Recorded predictions make the contribution of an outcome a
function of its own record, so the sums do not depend on order, and a person's part can be
subtracted again.
Rule 1: `Products` serves actions known by features, `Blocks` actions known by name only.
Rule 2: a logistic model is fitted as weighted least squares around the recorded prediction
(iteratively reweighted least squares, one step an outcome), so it is a sum as well.
"""

import math
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import Sum, add, zero
from penchant.model.bending import MOST_WAVES
from penchant.model.version import Scaling

__all__ = ["PRODUCTS", "Blocks", "Contributions", "Population", "Products", "population_for"]

Floats = NDArray[np.float64]

PRODUCTS: Final = 512
"""Most columns of a products model; more products than that share columns by a signed hash.

Only where single features alone fill them all is there one more, for every pair to share.
"""

_AT_ONCE: Final = 1_024
"""Outcomes whose products are made at once, so that what lies between is bounded."""

_OFTEN: Final = 8
"""Outcomes of one action from which on its products are made once for all of them."""

_SUMS_BYTES: Final = 64 * 2**20
"""Room for the sums of a moment whose actions are known by name."""

_TRIFLE: Final = 0.01
"""Bent features that count less than this do not pay."""

_SURE: Final = 0.02
"""Recorded predictions are kept this far from 0 and 1, so that no outcome weighs without bound."""


class Contributions(NamedTuple):
    """What n outcomes add, scaled: rows run in parallel.

    Attributes:
        context: (n, 1 + dc) and action: (m, 1 + da), each with its leading 1.
        reward: (n,) in 0..1; predicted: (n,) the population's own answer at the time.
        weight: (n,) what is left of each at time `at` (seconds).
        shown: (n,) the row of `action` of each; None where each has its own, in order.
    """

    context: Floats
    action: Floats
    reward: Floats
    predicted: Floats
    weight: Floats
    at: float
    shown: NDArray[np.int64] | None = None


class Population(Protocol):
    """The sums of one moment, and what is solved from them.

    `bends` says whether bent features paid when it was solved last.
    """

    is_logistic: bool
    bends: bool

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Add contributions, or with `sign=-1.0` take them out again."""
        ...

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Give the weights (1 + dc, 1 + da) and, where known, their spread (da, 1+dc, 1+dc)."""
        ...


class Products:
    """One shared model on context, action and all their products (population notes, 6)."""

    is_logistic = True
    bends = False

    def __init__(self, n_context: int, n_action: int, half_life: float, precision: float) -> None:
        """Start with no outcomes; `n_context` and `n_action` count the leading ones."""
        self.shape = (n_context, n_action)
        self.half_life = half_life
        self.precision = precision
        self._columns, self._signs, self._width = _layout(n_context, n_action)
        self._gram = zero(self._width, self._width)
        self._moment = zero(self._width)

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Add one least-squares step an outcome around its recorded prediction."""
        predicted = np.clip(rows.predicted, _SURE, 1.0 - _SURE)
        curvature = predicted * (1.0 - predicted)
        target = np.log(predicted / (1.0 - predicted)) + (rows.reward - predicted) / curvature
        weight = rows.weight * curvature
        shown = np.arange(len(weight)) if rows.shown is None else rows.shown
        is_whole = len(self._columns) == self._width
        often = np.bincount(shown)[shown] >= (_OFTEN if is_whole else np.inf)
        some = np.flatnonzero(often)
        if len(some):
            ordered = some[np.argsort(shown[some])]
            self._add(_by_action(rows, ordered, weight, target), sign, rows.at)
        places, root = np.flatnonzero(~often), np.sqrt(weight)
        for start in range(0, len(places), _AT_ONCE):
            part = places[start : start + _AT_ONCE]
            x = self._products(rows.context[part], rows.action[shown[part]]) * root[part, None]
            gram = x.T @ x  # numpy sees that it is symmetric and does half the work
            self._add((gram, x.T @ (root[part] * target[part])), sign, rows.at)

    def _add(self, sums: tuple[Floats, Floats], sign: float, at: float) -> None:
        gram, moment = sums
        self._gram = add(self._gram, Sum(sign * gram, at), self.half_life)
        self._moment = add(self._moment, Sum(sign * moment, at), self.half_life)

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Solve the ridge regression; `noise` plays no part, the curvature is the weight."""
        del noise
        gram = self._gram.total
        ridge = np.full(len(gram), self.precision)
        ridge[0] = 1.0  # the intercept: what all rewards share is learned fast
        weights = np.linalg.solve(gram + np.diag(ridge), self._moment.total)
        return (weights[self._columns] * self._signs).reshape(self.shape), None

    def _products(self, context: Floats, action: Floats) -> Floats:
        """Give all products, (n, width), those that share a column added up."""
        full = (context[:, :, None] * action[:, None, :]).reshape(len(context), -1)
        if len(self._columns) == self._width:
            return full
        shared = np.zeros((self._width, len(full)))
        np.add.at(shared, self._columns, (full * self._signs).T)
        return shared.T


class Blocks:
    """A linear model of its own for each action known by its name (population notes, 1)."""

    is_logistic = False

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
        values = rows.action[:, 1:]
        taken = np.abs(values).argmax(axis=1)
        value = values[np.arange(len(taken)), taken]
        if rows.shown is not None:
            taken, value = taken[rows.shown], value[rows.shown]
        taken = np.where(value == 0.0, -1, taken)
        gram = np.zeros_like(self._gram.total)
        moment = np.zeros_like(self._moment.total)
        square = np.zeros_like(self._square.total)
        order = np.argsort(taken)[np.count_nonzero(value == 0.0) :]
        root = np.sqrt(rows.weight[order])
        x = rows.context[order] * (root * value[order])[:, None]
        target = root * rows.reward[order]
        blocks, starts = np.unique(taken[order], return_index=True)
        for block, start, end in zip(blocks, starts, [*starts[1:], len(order)], strict=False):
            mine = x[start:end]
            gram[block] = sign * (mine.T @ mine)
            moment[block] = sign * (mine.T @ target[start:end])
            square[block] = sign * target[start:end].dot(target[start:end])
        self._gram = add(self._gram, Sum(gram, rows.at), self.half_life)
        self._moment = add(self._moment, Sum(moment, rows.at), self.half_life)
        self._square = add(self._square, Sum(square, rows.at), self.half_life)

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Give each action's posterior mean, and its covariance times `noise`."""
        width = self._gram.total.shape[1]
        means, inverse, error = self._solved(width)
        some = self.n_linear
        if some < width:
            fewer, narrow, other = self._solved(some)
            share = _share(other - error, noise)
            self.bends = share > _TRIFLE
            means *= share
            means[:, :some] += (1.0 - share) * fewer
            inverse *= share
            inverse[:, :some, :some] += (1.0 - share) * narrow
        weights = np.concatenate([np.zeros((width, 1)), means.T], axis=1)
        return weights, np.asarray(noise * inverse, dtype=np.float64)

    def _solved(self, width: int) -> tuple[Floats, Floats, float]:
        """Solve the first columns alone: means, inverses, and the squared error to expect.

        What is left of the rewards is widened by what the fit took of them: generalised
        cross-validation (Golub, Heath and Wahba 1979), a function of sums alone.
        """
        gram, moment = self._gram.total[:, :width, :width], self._moment.total[:, :width]
        inverse = np.asarray(np.linalg.inv(gram + self.precision * np.eye(width)), np.float64)
        means: Floats = np.einsum("kij,kj->ki", inverse, moment)
        count = gram[:, 0, 0]
        freedom = width - self.precision * np.trace(inverse, axis1=1, axis2=2)
        fitted = np.einsum("kij,kj->ki", gram, means)
        left = self._square.total - np.einsum("ki,ki->k", means, 2.0 * moment - fitted)
        share = 1.0 - freedom / np.maximum(count, 1e-9)
        error = np.where(count > 0, left / np.maximum(share, 0.05) ** 2, 0.0)
        return means, inverse, float(error.sum())


def _share(gain: float, noise: float) -> float:
    """Give what the wider of two models counts, by how much less squared error it makes."""
    return 0.5 + 0.5 * math.tanh(gain / (4.0 * noise))


def _by_action(
    rows: Contributions, places: NDArray[np.int64], weight: Floats, target: Floats
) -> tuple[Floats, Floats]:
    """Give Σ x xᵀ and Σ x · target of outcomes ordered by action.

    With x = c ⊗ a, those of one action sum up to (Σ c cᵀ) ⊗ (a aᵀ).
    """
    shown = np.arange(len(weight)) if rows.shown is None else rows.shown
    actions, starts = np.unique(shown[places], return_index=True)
    own = np.empty((len(actions), rows.context.shape[1], rows.context.shape[1]))
    pull = np.empty(own.shape[:2])
    for index, mine in enumerate(np.split(places, starts[1:])):
        context = rows.context[mine]
        weighed = context * weight[mine, None]
        own[index] = weighed.T @ context
        pull[index] = target[mine] @ weighed
    action = rows.action[actions]
    pairs = action[:, :, None] * action[:, None, :]
    count, n_context, n_action = len(actions), own.shape[1], action.shape[1]
    gram = own.reshape(count, -1).T @ pairs.reshape(count, -1)
    blocks = gram.reshape(n_context, n_context, n_action, n_action).transpose(0, 2, 1, 3)
    width = n_context * n_action
    return blocks.reshape(width, width), (pull.T @ action).reshape(width)


def population_for(
    context: Scaling, action: Scaling, half_life: float, *, has_features: bool
) -> Population:
    """Give the model that fits how a moment's actions are known."""
    if has_features:
        return Products(context.width, action.width, half_life, precision=3.0)
    return Blocks(
        context.width, action.width, half_life, precision=1.0, n_linear=1 + len(context.mean)
    )


def waves_that_fit(n_context: int, n_actions: int) -> int:
    """Say how many bent features the sums of a moment have room for."""
    room = math.isqrt(_SUMS_BYTES // (8 * max(n_actions, 1)))
    return min(max(room - 1 - n_context, 0), MOST_WAVES)


def _layout(n_context: int, n_action: int) -> tuple[NDArray[np.intp], Floats, int]:
    """Give every product its column and sign, and how many columns there are.

    Single features never share one. A column that no product happens to go to is one all the same.
    """
    count = n_context * n_action
    if count <= PRODUCTS:
        return np.arange(count, dtype=np.intp), np.ones(count), count
    i, j = np.divmod(np.arange(count), n_action)
    single = (i == 0) | (j == 0)
    own = int(single.sum())
    dice = np.random.default_rng(count)  # the layout of a shape is fixed, and nothing is drawn
    pairs = max(PRODUCTS - own, 1)
    columns = own + dice.integers(0, pairs, count)
    columns[single] = np.arange(own)
    return columns, np.where(single, 1.0, dice.choice([-1.0, 1.0], count)), own + pairs
