"""Who has which row: ids to rows, and the rows of ids that are one person to one home row."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Homes"]

Ints = NDArray[np.int64]

_FIRST_CAPACITY = 256


class Homes:
    """The rows of the people of one moment.

    Example:
        >>> homes = Homes()
        >>> homes.row("ada"), homes.row("anon-7"), homes.find("bea")
        (0, 1, -1)
        >>> homes.gather(["anon-7"], home="ada")
        >>> homes.find("anon-7")
        0
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._rows: dict[str, int] = {}
        self._home: Ints = np.arange(_FIRST_CAPACITY)
        self._count = 0

    def __len__(self) -> int:
        """Count the rows given so far, those of forgotten people included."""
        return self._count

    def row(self, person: str) -> int:
        """Give the row of an id, a new one for a newcomer."""
        found = self._rows.get(person)
        if found is None:
            found = self._rows[person] = self._count
            self._count += 1
            if found >= len(self._home):
                self._home = np.concatenate([self._home, np.arange(found, 2 * found)])
        return found

    def find(self, person: str) -> int:
        """Give the home row of an id, or -1 when it has none."""
        found = self._rows.get(person, -1)
        return -1 if found < 0 else int(self._home[found])

    def of(self, rows: Ints) -> Ints:
        """Give the home rows of some rows."""
        return self._home[rows]

    def gather(self, persons: Iterable[str], home: str) -> None:
        """Let the ids of one person live in one row."""
        target = self.row(home)
        for person in persons:
            self._home[self.row(person)] = target

    def forget(self, person: str) -> int:
        """Free an id; give its row, which nobody gets again, or -1 when it had none."""
        row = self._rows.pop(person, -1)
        if row >= 0:
            self._home[row] = row
        return row
