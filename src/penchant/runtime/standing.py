"""How people stand whose decisions can be taken in columns: read once, looked up by place after.

Everything here follows from the journal and can be dropped. Rule: what names people (`Plain`) and
what blocks of decisions go on pointing to (`Standings`) are two, so that an id can be forgotten.
"""

from collections.abc import Iterable
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from penchant.words import Consent

__all__ = ["Plain", "Standings"]

Ints = NDArray[np.int64]

_FIRST_CAPACITY = 256


class Standings:
    """Rows and consents by place, and whether they hold; a place keeps its meaning for good."""

    def __init__(self) -> None:
        """Start with none."""
        self.consents: list[Consent] = []
        self.rows: Ints = np.zeros(_FIRST_CAPACITY, dtype=np.int64)
        self.holds: NDArray[np.bool_] = np.zeros(_FIRST_CAPACITY, dtype=bool)

    def add(self, row: int, consent: Consent) -> int:
        """Note how somebody stands; give the place."""
        place = len(self.consents)
        self.consents.append(consent)
        if place + 1 >= len(self.rows):  # the last place stays free: -1 holds for nobody
            self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
            self.holds = np.concatenate([self.holds, np.zeros_like(self.holds)])
        self.rows[place] = row
        self.holds[place] = True
        return place


class Plain:
    """The people of one moment of whom no guardrail could have anything to say.

    Example:
        >>> plain = Plain()
        >>> plain.add("ada", 0, Consent("shop", "granted"))
        0
        >>> plain.places(["ada", "bea"]).tolist()
        [0, -1]
        >>> plain.drop("ada")
        >>> plain.places(["ada"]).tolist()
        [-1]
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self.standings = Standings()
        self._places: dict[str, int] = {}

    def places(self, people: Iterable[str]) -> Ints:
        """Give the place of each, -1 for whom it does not hold.

        Raises:
            TypeError: When one is no id and not even hashable.
        """
        found = np.fromiter(map(self._places.get, people, repeat(-1)), dtype=np.int64)
        return np.where(self.standings.holds[found], found, -1)

    def add(self, person: str, row: int, consent: Consent) -> int:
        """Note how a person stands; give the place, the one they had where nothing changed."""
        standings, place = self.standings, self._places.get(person, -1)
        same = place >= 0 and standings.rows[place] == row and standings.consents[place] == consent
        if same:
            standings.holds[place] = True
        else:
            self.drop(person)
            place = self._places[person] = standings.add(row, consent)
        return place

    def drop(self, person: str) -> None:
        """Let a person be read anew before they are decided for."""
        place = self._places.get(person)
        if place is not None:
            self.standings.holds[place] = False

    def forget(self, person: str) -> None:
        """Let go of an id."""
        self.drop(person)
        self._places.pop(person, None)

    def clear(self) -> None:
        """Let everybody be read anew."""
        self.standings.holds[:] = False
        self.standings = Standings()
        self._places.clear()
