"""What an action does beyond its features: one shrunken mean for each action's name.

Two actions with the same features are not the same action. What neither the shared model nor the
person explains of the rewards of one action, summed and shrunk, is its own effect. How hard it is
shrunk follows from how much actions differ beyond their features: much where features say nothing.
Rule: a sum like every other; an outcome's contribution is recorded with it (`rest`).
Source: a random intercept for each action, its variance by EM (Bishop 2006, 9.3.4).
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import Sum, add, zero
from penchant.model.encoding import column_hash

__all__ = ["Effects", "OwnEffects"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_USUAL: Final = 0.002
"""Variance of own effects before anything was seen: a hundredth of that of a reward of one half."""
_PSEUDO_ACTIONS: Final = 3.0
_PSEUDO_OUTCOMES: Final = 10.0
_NOISE: Final = 0.2
_STEPS: Final = 16


class Effects(NamedTuple):
    """What is believed of the own effects: their means (n,), and how unsure they are (1 + n,).

    The first of the variances is that of an action nobody has been shown.
    """

    mean: Floats
    variance: Floats


class OwnEffects:
    """The own effects of the actions of one moment, by name.

    Example:
        >>> effects = OwnEffects(half_life=86_400.0)
        >>> places = effects.places(["sneakers", "sneakers", "socks"])
        >>> effects.add(places, rest=np.array([1.0, 1.0, -1.0]), weight=np.ones(3), at=0.0)
        >>> effects.solved().mean.round(4).tolist()
        [0.0106, -0.0053]
    """

    def __init__(self, half_life: float) -> None:
        """Start with no actions; `half_life` in seconds."""
        self.half_life = half_life
        self._places: dict[str, int] = {}
        self._by_hash: dict[int, int] = {}
        self._sum = zero(0, 3)

    def places(self, names: Iterable[str]) -> Ints:
        """Give the place of each name, new ones for new names."""
        known = self._places
        found = [known[name] if name in known else self._place(name) for name in names]
        return np.array(found, dtype=np.int64)

    def find(self, name: str) -> int:
        """Give the place of a name, or -1 where no action had it."""
        return self._by_hash.get(column_hash(name), -1)

    @property
    def hashes(self) -> tuple[int, ...]:
        """The names' hashes in the order of their places: enough to `restore` them."""
        return tuple(self._by_hash)

    def restore(self, hashes: Iterable[int]) -> None:
        """Take over the places of earlier own effects."""
        for key in hashes:
            self._by_hash.setdefault(key, len(self._by_hash))

    def forget_names(self) -> None:
        """Let go of every name kept at hand; places are known by their hashes."""
        self._places.clear()

    def _place(self, name: str) -> int:
        place = self._by_hash.setdefault(column_hash(name), len(self._by_hash))
        self._places[name] = place
        return place

    def add(self, places: Ints, rest: Floats, weight: Floats, at: float) -> None:
        """Add outcomes: what was left to explain, (n,), weighed; a negative weight takes out."""
        total = np.zeros((len(self._by_hash), 3))
        parts = np.stack([np.ones(len(rest)), rest, rest**2], axis=1)
        np.add.at(total, places, parts * weight[:, None])
        before = np.zeros_like(total)
        before[: len(self._sum.total)] = self._sum.total
        self._sum = add(Sum(before, self._sum.at), Sum(total, at), self.half_life)

    def solved(self) -> Effects:
        """Give the own effect at each place, in units of the scaled reward, and its variance.

        A few pseudo-actions and pseudo-outcomes stand in for what was not seen yet.
        """
        count, total, square = (np.maximum(self._sum.total, [0.0, -np.inf, 0.0])).T
        shown = count > 0.0
        n_shown, outcomes = float(np.count_nonzero(shown)), float(count.sum())
        spread, noise = _USUAL, _NOISE
        mean, variance = np.zeros(len(count)), np.full(len(count), spread)
        for _ in range(_STEPS):
            variance = 1.0 / (count / noise + 1.0 / spread)
            mean = total * variance / noise
            second = mean**2 + variance
            left = float((square - 2.0 * mean * total + count * second).sum())
            noise = (max(left, 0.0) + _PSEUDO_OUTCOMES * _NOISE) / (outcomes + _PSEUDO_OUTCOMES)
            among = float(second[shown].sum()) + _PSEUDO_ACTIONS * _USUAL
            spread = among / (n_shown + _PSEUDO_ACTIONS)
        return Effects(mean, np.concatenate([[spread], variance]))
