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
_ITERATIONS: Final = 20
"""Steps of alternating least squares; shares stand to three digits after about ten."""
_COLUMNS: Final = 7


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
        self._sum = zero(0, _COLUMNS)

    def add(self, rows: Rows, weight: Floats, at: float) -> None:
        """Add outcomes, weighed as they stand at a time (seconds); a negative weight takes out."""
        some = np.flatnonzero(rows.position > 0)
        if not len(some):
            return
        places, weight, examined = rows.position[some], weight[some], rows.counts[some]
        said, earned = rows.said[some].astype(np.float64), examined * rows.reward[some]
        parts = [
            np.ones(len(some)),
            said,
            said**2,
            examined,
            examined * said,
            earned,
            earned * said,
        ]
        total = np.zeros((max(int(places.max()), len(self._sum.total)), _COLUMNS))
        np.add.at(total, places - 1, np.stack(parts, axis=1) * weight[:, None])
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
        shares = np.ones(len(self._sum.total))
        sums = _above(self._sum.total, unseen)
        for _ in range(_ITERATIONS if len(shares) > 1 else 0):
            shares = _shares(sums, shares)
        found = shares.tolist() or [1.0]
        found += found[-1:] * (count - len(found))
        return tuple(float(np.float32(share)) for share in found[:count])


def _above(total: Floats, unseen: float) -> Floats:
    """Give n, Σs, Σs², Σr, Σrs of each position, (k, 5): said and earned above the unseen."""
    n, said, square, examined, looked, earned, both = total.T
    first = said - unseen * n
    second = square - 2.0 * unseen * said + unseen**2 * n
    reward = earned - unseen * examined
    cross = both - unseen * (looked + earned) + unseen**2 * examined
    return np.stack([n, first, second, reward, cross], axis=1)


def _shares(sums: Floats, shares: Floats) -> Floats:
    """Give better shares: what was said is put right by what was earned, then what is left counts.

    Predictions are cautious, so that what stands high is better than was said and what stands low
    is worse. A line through all positions, r = e · (a + b s), puts that right; both it and the
    shares are one step of alternating least squares.
    """
    n, said, square, earned, cross = sums.T
    # With weight 1 / e, as the variance of rare rewards is e times that at the top.
    gram = np.array([[shares @ n, shares @ said], [shares @ said, shares @ square]])
    prior = _PSEUDO * np.array([[1.0, 0.0], [0.0, 1.0]])
    line = np.linalg.solve(gram + prior, [earned.sum(), cross.sum() + _PSEUDO])
    usual = np.maximum(line[0] * n + line[1] * said, 0.0)
    found = [1.0]
    for own, expected in zip(earned[1:].tolist(), usual[1:].tolist(), strict=True):
        share = (own + _PSEUDO * found[-1]) / (expected + _PSEUDO)
        found.append(min(max(share, LEAST), 1.0))
    return np.array(found)
