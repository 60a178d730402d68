"""What an action does beyond its features: one shrunken mean for each action's name.

Two actions with the same features are not the same action. What neither the shared model nor the
person explains of the rewards of one action, summed and shrunk hard, is its own effect.
Rule: a sum like every other; an outcome's contribution is recorded with it (`rest`).
Source: a random intercept for each action; precision 100 from population notes, 6.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import Sum, add, zero
from penchant.model.encoding import column_hash

__all__ = ["OwnEffects"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PRECISION: Final = 100.0


class OwnEffects:
    """The own effects of the actions of one moment, by name.

    Example:
        >>> effects = OwnEffects(half_life=86_400.0)
        >>> places = effects.places(["sneakers", "sneakers", "socks"])
        >>> effects.add(places, rest=np.array([1.0, 1.0, -1.0]), weight=np.ones(3), at=0.0)
        >>> effects.values().round(4).tolist()
        [0.0196, -0.0099]
    """

    def __init__(self, half_life: float) -> None:
        """Start with no actions; `half_life` in seconds."""
        self.half_life = half_life
        self._places: dict[str, int] = {}
        self._by_hash: dict[int, int] = {}
        self._sum = zero(0, 2)

    def places(self, names: Iterable[str]) -> Ints:
        """Give the place of each name, new ones for new names."""
        known = self._places
        found = [known[name] if name in known else self._place(name) for name in names]
        return np.array(found, dtype=np.int64)

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
        total = np.zeros((len(self._by_hash), 2))
        np.add.at(total, places, np.stack([weight, weight * rest], axis=1))
        before = np.zeros_like(total)
        before[: len(self._sum.total)] = self._sum.total
        self._sum = add(Sum(before, self._sum.at), Sum(total, at), self.half_life)

    def values(self) -> Floats:
        """Give the own effect at each place, in units of the scaled reward."""
        return np.asarray(self._sum.total[:, 1] / (self._sum.total[:, 0] + _PRECISION))
