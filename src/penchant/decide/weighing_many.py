"""From expectations to propensities for many people at once: what `weighing` gives for one.

Loop: Decide, for batches. Rule: the propensities are those of `weighing.weigh`; a law holds the two
to each other. People run along the last axis, so that every operation runs along memory.
"""

import numpy as np
from numpy.typing import NDArray

from penchant.decide.slate import Slate
from penchant.decide.weighing import (
    OPTIMISM,
    PERSON_SCALE,
    POPULATION_SCALE,
    TIE,
    Expectation,
    Weighing,
    floored,
)
from penchant.model.people import Posterior

__all__ = ["shares_of_many", "weigh_many"]

Floats = NDArray[np.float64]


def weigh_many(
    expectation: Expectation,
    slate: Slate,
    posterior: Posterior,
    *,
    explore: float,
    neutral_share: float,
) -> Weighing:
    """Give the propensities of K actions for n people.

    Args:
        expectation: What people in general would give, (n, K), and its variance.
        slate: The K actions, in the basis of the version.
        posterior: Means (n, r) and covariances (n, r, r).
        explore: Share of the floor, 0..1.
        neutral_share: Share of decisions taken as for a stranger, 0..1.

    Returns:
        What `weigh` gives, (n, K) each.
    """
    reward, variance = expectation.reward.T, expectation.variance
    personal = slate.seen @ posterior.mean.T
    unsure = slate.pairs @ posterior.covariance.reshape(reward.shape[1], slate.pairs.shape[1]).T
    width = PERSON_SCALE * np.sqrt(np.maximum(unsure, 0.0))
    strangers = None if variance is None else POPULATION_SCALE * np.sqrt(variance.T)
    own = width if strangers is None else width + strangers
    neutral = floored(shares_of_many(reward, strangers).T, explore)
    weights = floored(shares_of_many(reward + personal, own).T, explore)
    weights += neutral_share * (neutral - weights)
    return Weighing(weights, neutral, expectation.reward, personal.T)


def shares_of_many(reward: Floats, width: Floats | None) -> Floats:
    """Give the share of points at which each action is best; see `weighing.shares`.

    The lead of one action over another is linear in the optimism. Where one action alone is best
    at the least and at the greatest optimism it is best in between, so only the other people's
    points are counted.

    Args:
        reward: (K, n) expected.
        width: (K, n) what full optimism adds; None for nothing.

    Returns:
        (K, n), each column summing to 1.

    Example:
        >>> shares_of_many(np.array([[0.5, 0.5], [0.4, 0.0]]), np.array([[0.0, 0.0], [0.2, 0.1]]))
        array([[0.5, 1. ],
               [0.5, 0. ]])
    """
    if width is None:
        return _evenly(_best(reward))
    least, greatest = OPTIMISM[0, 0], OPTIMISM[-1, 0]
    ends = _best(reward + least * width) | _best(reward + greatest * width)
    answer = ends.astype(np.float64)
    open_ = np.flatnonzero(np.add.reduce(answer, axis=0) > 1.0)
    if len(open_):
        answer[:, open_] = _counted(reward[:, open_], width[:, open_])
    return answer


def _counted(reward: Floats, width: Floats) -> Floats:
    """Count every point."""
    answer = np.zeros_like(reward)
    for point in OPTIMISM[:, 0]:
        answer += _evenly(_best(reward + point * width))
    return np.asarray(answer / len(OPTIMISM))


def _best(scores: Floats) -> NDArray[np.bool_]:
    return np.asarray(scores >= np.maximum.reduce(scores, axis=0) - TIE)


def _evenly(best: NDArray[np.bool_]) -> Floats:
    """Share a point evenly among those that are best at it."""
    if np.count_nonzero(best) == best.shape[1]:
        return best.astype(np.float64)
    return np.asarray(best / np.add.reduce(best, axis=0))
