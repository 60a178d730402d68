"""How far down a slate people look: for each position, the share of those who look at the top.

What stands lower is seen by fewer, so it earns less whatever it is. With the share e of a position,
an action worth w where it is looked at earns u + e · (w - u) there, u being what the unseen earns.
What was earned is divided by it before it teaches, and counts e times as much as at the top.
Rule: sums like every other. An outcome's contribution is recorded with it: what it earned, and
what was expected of its action at the top.
Source: the position-based model, Richardson, Dominowska and Ragno 2007, WWW, section 2; the share
as earned over expected is its likelihood's maximum for rare rewards (Poisson).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import Sum, add, zero
from penchant.model.evidence import Rows

__all__ = ["LEAST", "Positions"]

Floats = NDArray[np.float64]

LEAST: Final = 0.05
"""No position is taken to be looked at less, so that no outcome is raised more than twentyfold."""
_PSEUDO: Final = 5.0
"""Rewards' worth of outcomes that a position is taken to have had as the one above it."""


class Positions:
    """The sums of the positions of one moment's slates.

    Example:
        >>> positions = Positions(half_life=86_400.0)
        >>> positions.shares(3, unseen=0.0)
        (1.0, 1.0, 1.0)
    """

    def __init__(self, half_life: float) -> None:
        """Start with no slates; `half_life` in seconds."""
        self.half_life = half_life
        self._sum = zero(0, 4)

    def add(self, rows: Rows, weight: Floats, at: float) -> None:
        """Add outcomes, weighed as they stand at a time (seconds); a negative weight takes out."""
        some = np.flatnonzero(rows.position > 0)
        if not len(some):
            return
        places, weight, examined = rows.position[some], weight[some], rows.counts[some]
        worth, rest = rows.reward[some], rows.rest[some]
        parts = np.stack([examined * worth, examined, worth - rest, np.ones(len(some))], axis=1)
        total = np.zeros((max(int(places.max()), len(self._sum.total)), 4))
        np.add.at(total, places - 1, parts * weight[:, None])
        before = np.zeros_like(total)
        before[: len(self._sum.total)] = self._sum.total
        self._sum = add(Sum(before, self._sum.at), Sum(total, at), self.half_life)

    def shares(self, count: int, unseen: float) -> tuple[float, ...]:
        """Give the share of each of the first positions, 1 for the top.

        One of which little is known is taken to be looked at like the one above it. A share is a
        number that float32 can hold, as outcomes are kept with it.

        Args:
            count: Of how many positions.
            unseen: What is earned by what nobody looks at, in units of the scaled reward.
        """
        earned_seen, seen, expected, n = self._sum.total.T
        earned, expected = earned_seen - unseen * seen, expected - unseen * n
        found = [1.0]
        if len(earned) and expected[0] > 0.0:
            at_top = max(float(earned[0]) + _PSEUDO, 0.0) / (float(expected[0]) + _PSEUDO)
            for own, usual in zip(earned[1:].tolist(), expected[1:].tolist(), strict=True):
                among = max(at_top * usual, 0.0) + _PSEUDO
                found.append(min(max((own + _PSEUDO * found[-1]) / among, LEAST), 1.0))
        found += found[-1:] * (count - len(found))
        return tuple(float(np.float32(share)) for share in found[:count])
