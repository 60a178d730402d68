"""What outcomes add to the sums over everybody: their features, scaled, and their numbers.

Place in the loop: between the evidence and the population models, which take nothing else.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Contributions"]

Floats = NDArray[np.float64]


class Contributions(NamedTuple):
    """What n outcomes add, scaled: rows run in parallel.

    Attributes:
        context: (n, 1 + dc) and action: (m, 1 + da), each with its leading 1.
        reward: (n,) in 0..1; predicted: (n,) the population's own answer at the time.
        weight: (n,) what is left of each at time `at` (seconds).
        shown: (n,) the row of `action` of each; None where each has its own, in order.
        name: (n,) the place of the action's name; empty where nothing is to be learned of names.
        rest: (n,) what neither people in general nor the person explained; empty as `name`.
    """

    context: Floats
    action: Floats
    reward: Floats
    predicted: Floats
    weight: Floats
    at: float
    shown: NDArray[np.int64] | None = None
    name: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
    rest: Floats = np.zeros(0)
