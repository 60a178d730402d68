"""Frequencies: do the propensities of a log fit what was logged?

Loop: Learn. Under right propensities an inverse propensity is 1 on average, wherever one looks;
where it is not, nothing that rests on propensities can be said.
Notation: pi(a|x) of the target, p(a|x) as logged, w = pi / p.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput, BadNumber
from penchant.learn.evaluate.reading import numbers

__all__ = ["LOUD", "Misfit", "misfits"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LOUD = 4.0  # standard errors from which propensities and frequencies do not fit (1 in 16,000)


class Misfit(NamedTuple):
    """An action whose declared propensity does not fit how often it was logged."""

    action: int
    measured: float
    declared: float
    errors: float


def misfits(
    actions: Ints, logged: Floats, *, n_actions: int, loud: float = LOUD
) -> tuple[Misfit, ...]:
    """Find actions whose propensities do not fit the frequencies in the log.

    Under right propensities the sum of 1 / p over the rows that took an action is the number of
    rows, in expectation; with constant propensities this is the binomial test. A policy that learns
    soon draws some actions hardly ever, and how hardly is not in a log: at most what the action
    that was drawn left over, and each is taken to have had one row as rare as the rarest logged.

    Args:
        actions: Place of each logged action, (n,).
        logged: Its propensity, (n,), above 0 and at most 1.
        n_actions: How many actions every row could have taken.
        loud: Standard errors from which a misfit is told.

    Raises:
        BadNumber: When a logged propensity is 0, above 1 or not a number.
        BadInput: When actions are not places among so many, one for each row.

    Example:
        >>> took = np.repeat([0, 1], [410, 590])
        >>> misfits(took, np.where(took == 0, 0.3, 0.7), n_actions=2)[0].measured
        0.41
    """
    actions, logged = np.asarray(actions), numbers(logged, "logged")
    if logged.size and not (np.all(logged > 0) and np.all(logged <= 1)):
        raise BadNumber("A logged propensity must be above 0 and at most 1.")
    if actions.shape != logged.shape or not np.all((actions >= 0) & (actions < n_actions)):
        raise BadInput(
            f"`actions` must have a place below {n_actions} for each of the {len(logged)} rows of "
            "`logged`, counted from 0."
        )
    found = []
    rarest = float((1.0 / logged).max(initial=1.0))
    left_over = 1.0 / np.maximum(1.0 - logged, 1.0 / max(len(logged), 1))
    for action in range(n_actions):
        chosen = actions == action
        inverse = 1.0 / logged[chosen]
        if not inverse.size:
            continue
        n, expected = len(actions), inverse.size / inverse.sum()
        square = (float(inverse @ inverse) + rarest**2) / n
        square = max(square, float(inverse.sum() + left_over[~chosen].sum()) / n)
        spread = math.sqrt(max(square - 1.0, 1e-12) / n)
        errors = (float(inverse.sum()) / n - 1.0) / spread
        if abs(errors) > loud:
            found.append(Misfit(action, inverse.size / n, float(expected), errors))
    return tuple(found)
