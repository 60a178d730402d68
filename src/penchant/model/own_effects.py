"""What an action is beyond its features: a small model of its own for each name.

Two actions with the same features are not the same action. To what its features say, each adds
weights of its own on [1, context]. They are shrunk by how much actions turn out to differ beyond
their features, always and by context: to nothing where features say everything, hardly where they
say nothing, and then they are a model for each action.
Rule: sums alone, like the shared model's, so that both can be solved together (`Products`).
Source: linear mixed models (Laird and Ware 1982), their variances by MacKay's fixed point (1992).
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import Sum, add, zero
from penchant.model.contributions import Contributions

__all__ = ["NO_EFFECTS", "Effects", "OwnEffects", "Shown", "effects_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_USUAL: Final = 0.3
"""Variance of own weights before anything was seen, in squared units of the score (log odds)."""
_PSEUDO_ACTIONS: Final = 0.2
"""Actions that stand in for what was not seen yet, as if they had been known exactly."""
_UNSURE: Final = 2.0
"""Times their variance that own weights are taken to be unsure by; measured, see decision 0030."""
_TARGETS: Final = 2
"""What an outcome says of its action: as it was, and net of what was put down to the person."""
_LEAST: Final = 1e-6
_GONE: Final = 1e-11
"""What is left of an action's weight once its outcomes were taken out again, and rounding is."""
_MOST_COLUMNS: Final = 33
"""Columns of the context, with the leading 1, on which actions have weights of their own."""
_ROOM: Final = 2**18
"""Numbers that may be kept of all actions together, so that a solve takes milliseconds.

More actions have own weights on fewer columns.
"""
_MOST_SHOWN: Final = 4_096
"""Actions that have own weights at once; others are taken for newcomers."""
_STEPS: Final = 8
"""In which the spread is found beside given shared weights; fewer leave it too great."""


class Effects(NamedTuple):
    """What is believed of own weights: means (K, m), and how unsure they are (1 + K, m).

    The first of the variances are those of an action nobody has been shown. `shared` (da, da) is
    the covariance of what features are worth in a usual context.
    """

    mean: Floats
    variance: Floats
    shared: Floats


NO_EFFECTS: Final = Effects(np.zeros((0, 0)), np.zeros((0, 0)), np.zeros((0, 0)))
"""Those of actions that are known by their names only: they have no model beside their own."""


class Shown(NamedTuple):
    """The sums of the k actions that were shown, and how much all are believed to differ.

    Attributes:
        places: (k,) those of their names, in order.
        gram: (k, m, n) Σ weight · x cᵀ, c being the context and x its first m columns.
        pull: (k, m) Σ weight · x · target.
        net: (k, m) the same of targets without what was put down to the person.
        action: (k, 1 + da) their features, scaled.
        spread: (m,) the variance of own weights among actions.
        inverse: (k, m, m) how unsure the own weights of each are.
    """

    places: Ints
    gram: Floats
    pull: Floats
    net: Floats
    action: Floats
    spread: Floats
    inverse: Floats

    def spreading(self, spread: Floats) -> "Shown":
        """Give the same for another spread among actions."""
        precise = self.gram[:, :, : len(spread)] + np.diag(1.0 / spread)
        return self._replace(spread=spread, inverse=np.asarray(np.linalg.inv(precise), np.float64))

    @property
    def evidence(self) -> float:
        """Twice the log evidence of own weights alone, but for what no spread changes."""
        fitted = np.einsum("ki,kij,kj->", self.pull, self.inverse, self.pull)
        sizes = np.linalg.slogdet(self.inverse)[1] - np.log(self.spread).sum()
        return float(fitted + sizes.sum())

    def taken(self) -> tuple[Floats, Floats]:
        """Give what own weights take of each action's Σ c cᵀ (k, n, n) and Σ c · target (k, n).

        What is left of them is what is to be learned of the shared model.
        """
        known = self.gram.swapaxes(1, 2) @ self.inverse
        return known @ self.gram, (known @ self.pull[:, :, None])[:, :, 0]

    def left(self, weights: Floats) -> Floats:
        """Give what is left of Σ weight · x · target (k, m) beside shared weights (n, 1 + da).

        An action is chosen most by those who like it: what they like it for is theirs, so own
        weights learn of net targets.
        """
        return self.net - (self.gram @ (self.action @ weights.T)[:, :, None])[:, :, 0]

    def means(self, left: Floats) -> Floats:
        """Give the own weights (k, m) that explain what is left."""
        return np.asarray((self.inverse @ left[:, :, None])[:, :, 0])

    def refined(self, weights: Floats) -> "Shown":
        """Give the same with the spread that the own weights beside `weights` speak for."""
        found, left = self, self.left(weights)
        for _ in range(_STEPS):
            found = found.spreading(found._spread_of(left))
        return found

    def _spread_of(self, left: Floats) -> Floats:
        """Give the spread of own weights by one step of MacKay's fixed point, (m,)."""
        own = (self.means(left) ** 2).sum(axis=0)
        known = len(left) - np.einsum("kii->i", self.inverse) / self.spread
        spread = self.spread.copy()
        for part in (slice(0, 1), slice(1, None)):  # always, and by context
            pseudo = _PSEUDO_ACTIONS * len(spread[part])
            if pseudo:
                found = (own[part].sum() + pseudo * _USUAL) / (known[part].sum() + pseudo)
                spread[part] = max(found, _LEAST)
        return spread


class OwnEffects:
    """The sums of every action of one moment that was shown, by the places of their names."""

    def __init__(self, n_context: int, n_action: int, half_life: float) -> None:
        """Start with no actions; `n_context` and `n_action` count the leading ones."""
        self.half_life = half_life
        self._places = np.zeros(0, dtype=np.int64)
        self._gram = zero(0, min(n_context, _MOST_COLUMNS), n_context)
        self._pull = zero(0, self._gram.total.shape[1], _TARGETS)
        self._action = zero(0, n_action)

    def add(self, rows: Contributions, weight: Floats, targets: Floats, sign: float) -> None:
        """Add outcomes, or with -1 take them out: each weighs (n,) and says `targets` (n, 2)."""
        order = np.argsort(rows.name, kind="stable")
        places, starts = np.unique(rows.name[order], return_index=True)
        self._fit(places)
        gram, pull = np.zeros_like(self._gram.total), np.zeros_like(self._pull.total)
        action, some = np.zeros_like(self._action.total), pull.shape[1]
        shown = np.arange(len(weight)) if rows.shown is None else rows.shown
        at = self._places.searchsorted(places).tolist()
        for row, mine in zip(at, np.split(order, starts[1:]), strict=True):
            weighed = rows.context[mine, :some].T * (sign * weight[mine])
            gram[row] = weighed @ rows.context[mine]
            pull[row] = weighed @ targets[mine]
            action[row] = (sign * weight[mine]) @ rows.action[shown[mine]]
        self._gram = add(self._gram, Sum(gram, rows.at), self.half_life)
        self._pull = add(self._pull, Sum(pull, rows.at), self.half_life)
        self._action = add(self._action, Sum(action, rows.at), self.half_life)
        self._let_go()

    def _let_go(self) -> None:
        """Keep nothing of actions of which no outcome is left."""
        left = self._gram.total[:, 0, 0] > _GONE
        if not left.all():
            self._places = self._places[left]
            self._gram, self._pull, self._action = (
                Sum(one.total[left], one.at) for one in (self._gram, self._pull, self._action)
            )

    def _fit(self, places: Ints) -> None:
        """Make room for some more actions, of fewer columns where they are too many."""
        known = np.union1d(self._places, places)
        if len(known) == len(self._places):
            return
        _, some, width = self._gram.total.shape
        kept = max(len(known) * width, int(known[-1]) + 1)  # versions have a row for each name
        some = max(min(some, _ROOM // kept), 1)
        rows = known.searchsorted(self._places)
        self._places = known
        self._gram = _grown(self._gram, rows, (len(known), some, width))
        self._pull = _grown(self._pull, rows, (len(known), some, _TARGETS))
        self._action = _grown(self._action, rows, (len(known), self._action.total.shape[1]))

    def shown(self) -> Shown:
        """Give the sums of the actions that are known best, at most 4,096."""
        count = self._gram.total[:, 0, 0]
        rows = np.sort(np.argsort(-count, kind="stable")[:_MOST_SHOWN])
        rows = rows[count[rows] > _LEAST]
        gram, pulls = self._gram.total[rows], self._pull.total[rows]
        action = self._action.total[rows] / count[rows, None]
        spread = np.full(pulls.shape[1], _USUAL)
        places, pull, net = self._places[rows], pulls[:, :, 0], pulls[:, :, 1]
        return Shown(places, gram, pull, net, action, spread, gram).spreading(spread)


def effects_of(shown: Shown, weights: Floats, shared: Floats) -> Effects:
    """Give what is believed of every action; of those not shown, what is of a newcomer.

    Args:
        shown: The sums.
        weights: (n, 1 + da) shared ones.
        shared: (da, da) how unsure these are.
    """
    count = int(shown.places.max(initial=-1)) + 1
    mean = np.zeros((count, shown.pull.shape[1]))
    variance = np.tile(shown.spread, (1 + count, 1))
    mean[shown.places] = shown.means(shown.left(weights))
    variance[1 + shown.places] = np.einsum("kii->ki", shown.inverse)
    return Effects(mean, _UNSURE * variance, shared)


def _grown(total: Sum, rows: Ints, shape: tuple[int, ...]) -> Sum:
    """Give a sum more rows, what it had at some of them, and fewer columns."""
    grown = np.zeros(shape)
    grown[rows] = total.total[:, : shape[1]]
    return Sum(grown, total.at)
