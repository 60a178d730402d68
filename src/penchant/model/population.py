"""Sums over everybody, and the population model that is solved from them.

Each outcome adds its contribution once: weight · x xᵀ and weight · x · target, where x are the
products of context and action columns. Recorded predictions make the contribution of an outcome a
function of its own record, so the sums do not depend on order, and a person's part can be
subtracted again.
Rule 1: `Products` serves actions that share a model, known by features or too many by name,
`Blocks` actions known by name only, `SharedBlocks` those whose blocks would not fit in the room.
Rule 2: a logistic model is fitted as weighted least squares around the recorded prediction
(iteratively reweighted least squares, one step an outcome), so it is a sum as well.
"""

import math
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import Sum, add, zero
from penchant.model.bending import MOST_WAVES
from penchant.model.blocks import Blocks, SharedBlocks
from penchant.model.contributions import Contributions
from penchant.model.own_effects import NO_EFFECTS, Effects, OwnEffects, Shown, effects_of
from penchant.model.scaling import Scaling

__all__ = [
    "PRODUCTS",
    "Blocks",
    "Contributions",
    "Population",
    "Products",
    "SharedBlocks",
    "population_for",
    "waves_that_fit",
]

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

_SHORTER: Final = (1.0, 0.1**0.5)
"""How much shorter all products may be; at the second their precision is 10 times as great."""
_TRIED_UP_TO: Final = 128
"""Columns up to which several are tried; more would take tens of milliseconds."""
_STEPS: Final = 2
"""In which how much actions differ is found: more change little, and each solves everything."""
_ALIKE: Final = 0.1
"""How easily the product of a square with a context takes a weight, beside others."""

_SURE: Final = 0.02
"""Recorded predictions are kept this far from 0 and 1, so that no outcome weighs without bound."""


class Population(Protocol):
    """The sums of one moment, and what is solved from them.

    `bends` says whether bent features paid when it was solved last. `axes` are those along which
    its spread was given then, or None. `own` is what was found then of each action beside it.
    """

    is_logistic: bool
    bends: bool
    axes: Floats | None
    own: Effects

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Add contributions, or with `sign=-1.0` take them out again."""
        ...

    def solve(self, noise: float) -> tuple[Floats, Floats | None]:
        """Give the weights (1 + dc, 1 + da) and, where known, their spread.

        It is (da, 1 + dc, 1 + dc), or along the axes (da, 1 + dc).
        """
        ...


class _Fit(NamedTuple):
    """Shared weights (1 + dc, 1 + da), what goes with them, and twice their log evidence.

    `unsure` (da, da) is the covariance of the weights of features in a usual context.
    Source: MacKay 1992, "Bayesian interpolation": the evidence framework.
    """

    weights: Floats
    shown: Shown
    evidence: float
    unsure: Floats


class Products:
    """One shared model on context, action and all their products (population notes, 6)."""

    is_logistic = True
    bends = False
    axes: Floats | None = None
    own = NO_EFFECTS

    def __init__(
        self,
        n_context: int,
        n_action: int,
        half_life: float,
        precision: float,
        *,
        n_squares: int = 0,
    ) -> None:
        """Start with no outcomes; `n_context` and `n_action` count the leading ones.

        The last `n_squares` columns of an action are squares: they count alike in every context.
        """
        self.shape = (n_context, n_action)
        self.half_life = half_life
        self.precision = precision
        self._columns, self._signs, self._width = _layout(n_context, n_action)
        is_whole = len(self._columns) == self._width
        self._eases = _eases(self.shape, n_squares if is_whole else 0)[:, : self._width]
        self._gram = zero(self._width, self._width)
        self._moment = zero(self._width)
        self._own = OwnEffects(n_context, n_action, half_life)

    def add(self, rows: Contributions, sign: float = 1.0) -> None:
        """Add one least-squares step an outcome around its recorded prediction."""
        predicted = np.clip(rows.predicted, _SURE, 1.0 - _SURE)
        curvature = predicted * (1.0 - predicted)
        score = np.log(predicted / (1.0 - predicted))
        target = score + (rows.reward - predicted) / curvature
        weight = rows.weight * curvature
        if len(rows.name):
            net = score + rows.rest / curvature
            self._own.add(rows, weight, np.stack([target, net], axis=1), sign)
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
        """Solve the shared weights and those of each action, beside each other.

        How hard either is shrunk is what has the greatest evidence: shared ones hard where features
        say nothing. `noise` plays no part, the curvature is the weight.
        """
        del noise
        shown = self._own.shown()
        first, *others = self._eases if self._width <= _TRIED_UP_TO else self._eases[:1]
        fit = self._solved(shown, first)
        for _ in range(_STEPS if len(shown.places) else 0):
            fit = self._solved(fit.shown.refined(fit.weights), first)
        tried = [(self._solved(fit.shown, ease), ease) for ease in others]
        best, ease = max([(fit, first), *tried], key=lambda one: one[0].evidence)
        if best is not fit:
            best = self._solved(best.shown.refined(best.weights), ease)
        known = len(shown.places) > 0  # of nothing, nothing speaks for one action
        self.own = effects_of(best.shown, best.weights, best.unsure) if known else NO_EFFECTS
        return best.weights, None

    def _solved(self, shown: Shown, ease: Floats) -> _Fit:
        """Solve the ridge regression of what own weights leave of the rewards (Schur complement).

        The intercept, what all rewards share, is learned fast, and so taken out beforehand.
        """
        gram, moment = self._left(shown)
        gram, moment = gram * ease * ease[:, None], moment * ease
        first, along = gram[0, 0] + 1.0, gram[0, 1:]
        rest = gram[1:, 1:] - np.outer(along, along) / first
        pull = moment[1:] - along * (moment[0] / first)
        weights, evidence, single = np.zeros(len(gram)), 0.0, self.shape[1] - 1
        if len(rest) <= _TRIED_UP_TO:
            weights[1:], unsure, evidence = _shrunk(rest, pull, self.precision, single)
            evidence += shown.evidence + float(moment[0] ** 2 / first - np.log(first))
        else:
            asked = np.column_stack([pull, np.eye(len(rest), single)])
            found = np.linalg.solve(rest + self.precision * np.eye(len(rest)), asked)
            weights[1:], unsure = found[:, 0], found[:single, 1:]
        weights[0] = (moment[0] - along @ weights[1:]) / first
        weights *= ease
        unsure = unsure * np.outer(ease[1 : 1 + single], ease[1 : 1 + single])
        shared = (weights[self._columns] * self._signs).reshape(self.shape)
        return _Fit(shared, shown, evidence, unsure)

    def _left(self, shown: Shown) -> tuple[Floats, Floats]:
        """Give the sums without what the own weights of actions take of them.

        Where products share columns nothing is taken: own weights then learn from what is left.
        """
        gram, moment = self._gram.total, self._moment.total
        if len(self._columns) > self._width or not len(shown.places):
            return gram, moment
        square, pull = shown.taken()
        taken, along = _crossed(square, pull, shown.action)
        return gram - taken, moment - along

    def _products(self, context: Floats, action: Floats) -> Floats:
        """Give all products, (n, width), those that share a column added up."""
        full = (context[:, :, None] * action[:, None, :]).reshape(len(context), -1)
        if len(self._columns) == self._width:
            return full
        shared = np.zeros((self._width, len(full)))
        np.add.at(shared, self._columns, (full * self._signs).T)
        return shared.T


def _shrunk(
    gram: Floats, pull: Floats, precision: float, single: int
) -> tuple[Floats, Floats, float]:
    """Give ridge weights, the covariance of the first of them, and twice the log evidence.

    That is the evidence for the precision, but for what is fixed.
    """
    values, axes = np.linalg.eigh(gram)
    inverse = 1.0 / (np.maximum(values, 0.0) + precision)
    pull = pull @ axes
    evidence = float((pull**2 * inverse + np.log(precision * inverse)).sum())
    first = axes[:single]
    return axes @ (pull * inverse), (first * inverse) @ first.T, evidence


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
    return _crossed(own, pull, rows.action[actions])


def _crossed(square: Floats, pull: Floats, action: Floats) -> tuple[Floats, Floats]:
    """Give Σ s ⊗ (a aᵀ) and Σ p ⊗ a over k actions: s (k, dc, dc), p (k, dc), a (k, da)."""
    pairs = action[:, :, None] * action[:, None, :]
    count, n_context, n_action = len(action), square.shape[1], action.shape[1]
    gram = square.reshape(count, -1).T @ pairs.reshape(count, -1)
    blocks = gram.reshape(n_context, n_context, n_action, n_action).transpose(0, 2, 1, 3)
    width = n_context * n_action
    return blocks.reshape(width, width), (pull.T @ action).reshape(width)


def population_for(
    context: Scaling, action: Scaling, half_life: float, *, are_shared: bool
) -> Population:
    """Give the model that fits how a moment's actions are known; see `Encoder.are_shared`."""
    if are_shared:
        n_squares = len(action.squares)
        return Products(context.width, action.width, half_life, precision=3.0, n_squares=n_squares)
    n_linear, n_actions = 1 + len(context.mean), action.width - 1
    if _room(n_actions) < n_linear:
        return SharedBlocks(context.width, action.width, half_life, precision=1.0)
    return Blocks(context.width, action.width, half_life, precision=1.0, n_linear=n_linear)


def _eases(shape: tuple[int, int], n_squares: int) -> Floats:
    """Give how easily each product may take a weight, (n, n_context * n_action); one is chosen.

    A column made so much shorter is shrunk as if its precision were 1 / ease² times that of others.
    Squares hardly vary with the context, and may hardly count at all.
    """
    ease = np.ones(shape)
    ease[1:, shape[1] - n_squares :] = _ALIKE
    fewer = ease.copy()
    fewer[:, shape[1] - n_squares :] = _ALIKE
    tried = [np.ravel(ease)] if n_squares else []
    tried += [np.append(1.0, np.ravel(fewer)[1:] * shorter) for shorter in _SHORTER]
    return np.array(tried)


def waves_that_fit(n_context: int, n_actions: int) -> int:
    """Say how many bent features the sums of a moment have room for.

    Where not even the context as it is fits, one matrix is shared by all actions, and has room.
    """
    left = _room(n_actions) - 1 - n_context
    return MOST_WAVES if left < 0 else min(left, MOST_WAVES)


def _room(n_actions: int) -> int:
    """Say how wide the block of each action may be."""
    return math.isqrt(_SUMS_BYTES // (8 * max(n_actions, 1)))


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
