"""Whether what is believed of a person still holds: a sum of surprises for each, and its alarm.

What a person adds to a reward, `d`, is believed at the decision; what came of it is known with the
outcome. Its surprise is by how much better nothing known would have told it than what is believed:
a log likelihood ratio. Their sum starts anew whenever it falls to 0 (a CUSUM); above `ALARM` the
taste seems to have changed when it started, and what is older counts less (`folding.KEPT`).
Rule 1: a fold of recorded surprises in the order of the outcomes, and nothing else.
Rule 2: it concerns a person's own sums alone; people in general lose nothing.
Source: Page 1954, Biometrika 41; that no scheme is quicker at so few false alarms: Moustakides
1986, Annals of Statistics 14(4).
"""

from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALARM", "ALWAYS", "Drift", "surprise"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALARM: Final = 7.0
"""Odds of a thousand to one: as rare as a change of taste is, less would be false more often."""
ALWAYS: Final = -np.inf
"""Since when the outcomes of a person count whose taste did not change."""
_FIRST_CAPACITY: Final = 256


@overload
def surprise(residual: float, believed: float, noise: float) -> float: ...
@overload
def surprise(residual: Floats, believed: Floats, noise: float) -> Floats: ...
def surprise(residual: float | Floats, believed: float | Floats, noise: float) -> float | Floats:
    """Give how much an outcome speaks for nothing known rather than for what is believed.

    Args:
        residual: Reward minus what people in general were expected to give.
        believed: What this person was believed to add to it.
        noise: Variance of a reward around its prediction.

    Example:
        >>> surprise(0.5, 0.5, 0.25), surprise(-0.5, 0.5, 0.25)
        (-0.5, 1.5)
    """
    return believed * (0.5 * believed - residual) / noise


class Drift:
    """The alarms of everybody at one moment, by home row.

    Example:
        >>> drift = Drift()
        >>> [drift.add(0, 3.0, at) for at in (1.0, 2.0, 3.0)]
        [False, False, True]
        >>> float(drift.since(np.array([0]))[0])
        1.0
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._strain = np.zeros(0)
        self._onset = np.zeros(0)
        self._since = np.zeros(0)

    def since(self, rows: Ints) -> Floats:
        """Give since when the outcomes of some home rows count, (n,) seconds."""
        since = np.full(len(rows), ALWAYS)
        known = rows < len(self._since)
        since[known] = self._since[rows[known]]
        return since

    def add(self, row: int, surprised: float, at: float) -> bool:
        """Add the surprise of one outcome (its decision's time, seconds); say whether it alarms."""
        self._fit(row + 1)
        strain = float(self._strain[row])
        if strain == 0.0:
            self._onset[row] = at
        strain = max(strain + surprised, 0.0)
        alarms = strain > ALARM
        if alarms:
            self._since[row] = max(self._onset[row], self._since[row])
            strain = 0.0
        self._strain[row] = strain
        return bool(alarms)

    def add_many(self, rows: Ints, surprised: Floats, at: float) -> Ints:
        """Add one surprise each to n home rows, of decisions of one time; give whose alarms."""
        if not len(rows):
            return rows
        self._fit(int(rows.max()) + 1)
        if len(np.unique(rows)) < len(rows):  # somebody is there twice: one after the other
            pairs = zip(rows.tolist(), surprised.tolist(), strict=True)
            return np.array([row for row, one in pairs if self.add(row, one, at)], dtype=np.int64)
        strain = self._strain[rows]
        self._onset[rows] = np.where(strain == 0.0, at, self._onset[rows])
        strain = np.maximum(strain + surprised, 0.0)
        alarmed = rows[strain > ALARM]
        self._since[alarmed] = np.maximum(self._onset[alarmed], self._since[alarmed])
        self._strain[rows] = np.where(strain > ALARM, 0.0, strain)
        return np.asarray(alarmed)

    def refold(self, row: int, surprised: Floats, at: Floats) -> None:
        """Fold one home row anew from its outcomes in order: surprises (n,), times (n,)."""
        self.forget(row)
        for one, time in zip(surprised.tolist(), at.tolist(), strict=True):
            self.add(row, one, time)

    def remember(self, rows: Ints, surprised: Floats, at: Floats) -> None:
        """Fold all outcomes in order, after a restart: home rows (n,), -1 for nobody's."""
        some = np.flatnonzero((surprised != 0.0) & (rows >= 0))
        columns = (column[some].tolist() for column in (rows, surprised, at))
        for row, one, time in zip(*columns, strict=True):
            self.add(row, one, time)

    def forget(self, row: int) -> None:
        """Blank a home row."""
        self._fit(row + 1)
        self._strain[row], self._onset[row], self._since[row] = 0.0, 0.0, ALWAYS

    def _fit(self, count: int) -> None:
        """Make room for `count` people."""
        before = len(self._since)
        if count <= before:
            return
        more = max(_FIRST_CAPACITY, 2 * count) - before
        self._strain = np.append(self._strain, np.zeros(more))
        self._onset = np.append(self._onset, np.zeros(more))
        self._since = np.append(self._since, np.full(more, ALWAYS))
