"""The names of the actions of one moment, each with a place that stays its own.

Place in the loop: between calls, which name actions, and what is learned of each of them.
Rule: places are known by the hashes of names, so a version can be handed on without the names.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from penchant.model.encoding import column_hash

__all__ = ["ActionNames"]

Ints = NDArray[np.int64]


class ActionNames:
    """The places of names, in the order in which they were met.

    Example:
        >>> names = ActionNames()
        >>> names.places(["sneakers", "socks", "sneakers"]).tolist()
        [0, 1, 0]
        >>> names.find("socks"), names.find("hats")
        (1, -1)
    """

    def __init__(self) -> None:
        """Start with no names."""
        self._places: dict[str, int] = {}
        self._by_hash: dict[int, int] = {}

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
        """Take over the places of earlier names."""
        for key in hashes:
            self._by_hash.setdefault(key, len(self._by_hash))

    def forget_names(self) -> None:
        """Let go of every name kept at hand; places are known by their hashes."""
        self._places.clear()

    def _place(self, name: str) -> int:
        place = self._by_hash.setdefault(column_hash(name), len(self._by_hash))
        self._places[name] = place
        return place
