"""The draw: one number in [0, 1) picks an action from the propensities that are logged.

Loop: Decide. The dice belong to the caller, so a decision can be drawn again from its record.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

__all__ = ["Drawn", "draw_from"]


class Drawn(NamedTuple):
    """The place of the action drawn, and whether it was drawn as for a stranger."""

    place: int
    is_neutral: bool


def draw_from(
    weights: Sequence[float], neutral: Sequence[float], draw: float, neutral_share: float
) -> Drawn:
    """Draw an action, and say whether the neutral share drew it.

    The action comes from `weights` alone. What is left of the draw within the action's interval
    is uniform too, and tells the two parts of the mixture apart with their exact odds.

    Args:
        weights: (K,) propensities that sum to 1: (1 - n) · own + n · neutral.
        neutral: (K,) propensities for a stranger.
        draw: In [0, 1).
        neutral_share: n, in [0, 1].

    Example:
        >>> draw_from([0.5, 0.5], [0.5, 0.5], draw=0.75, neutral_share=0.01)
        Drawn(place=1, is_neutral=False)
    """
    ends = list(accumulate(weights))
    place = min(bisect_right(ends, draw * ends[-1]), len(ends) - 1)
    start = ends[place - 1] if place else 0.0
    rest = (draw * ends[-1] - start) / weights[place]
    return Drawn(place, rest * weights[place] < neutral_share * neutral[place])
