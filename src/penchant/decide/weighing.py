"""From expectations to propensities: how to choose, without choosing.

Loop: Decide. Takes what people in general would give, what this person adds, and how unsure both
are; gives the propensity of every permitted action. The loop draws.
Rule 1: exact. Exploration is counted over fixed points, so the propensity is a number, not an
estimate, and the same inputs give the same propensities.
Rule 2: no permitted action falls below explore / K.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.people import Posterior

__all__ = [
    "OPTIMISM",
    "PERSON_SCALE",
    "POPULATION_SCALE",
    "TIE",
    "Expectation",
    "Weighing",
    "floored",
    "shares",
    "weigh",
]

Floats = NDArray[np.float64]

POINTS: Final = 32
OPTIMISM: Final = np.arange(0.5, POINTS)[:, None] / POINTS
TIE: Final = 1e-12
POPULATION_SCALE: Final = 0.8
PERSON_SCALE: Final = 0.2


class Expectation(NamedTuple):
    """What the population model says of K permitted actions: rewards (K,), and their variance."""

    reward: Floats
    variance: Floats | None


class Weighing(NamedTuple):
    """K propensities of the mixture and of the neutral answer, and what they rest on."""

    weights: Floats
    neutral: Floats
    expected: Floats
    personal: Floats


def weigh(
    expectation: Expectation,
    seen: Floats,
    posterior: Posterior | None,
    *,
    explore: float,
    neutral_share: float,
) -> Weighing:
    """Give the propensities of K permitted actions.

    Args:
        expectation: What people in general would give.
        seen: (K, r) the actions in the basis of the version.
        posterior: This person's, or None for a stranger.
        explore: Share of the floor, 0..1.
        neutral_share: Share of decisions taken as for a stranger, 0..1.

    Source: counting an even grid of optimism, one number shared by all actions, is an exact form
    of upper-confidence exploration with a random width (docs/explanation/model.md).
    """
    reward, variance = expectation
    strangers = reward[None, :]
    if variance is not None:
        strangers = reward + OPTIMISM * (POPULATION_SCALE * np.sqrt(variance))
    if posterior is None:
        neutral = floored(shares(strangers, len(strangers)), explore)[0]
        return Weighing(neutral, neutral, reward, np.zeros(len(reward)))
    personal = seen @ posterior.mean
    unsure = np.sqrt(np.add.reduce((seen @ posterior.covariance) * seen, axis=1))
    own = strangers + (personal + OPTIMISM * (PERSON_SCALE * unsure))
    both = floored(shares(np.concatenate((own, strangers)), POINTS), explore)
    weights = both[0] + neutral_share * (both[1] - both[0])
    return Weighing(weights, both[1], reward, personal)


def shares(scores: Floats, first: int) -> Floats:
    """Give the share of points at which each action is best; a tie is shared evenly.

    Args:
        scores: (n_points, K).
        first: How many of the points make the first answer; the rest, if any, make the second.

    Returns:
        (1, K) or (2, K), each row summing to 1.

    Example:
        >>> shares(np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0]]), first=2).tolist()
        [[0.25, 0.75, 0.0]]
    """
    top = np.maximum.reduce(scores, axis=1)[:, None]
    best = (scores >= top - TIE).astype(np.float64)
    weight = 1.0 / np.add.reduce(best, axis=1)
    parts = [weight[:first] @ best[:first] / first]
    if rest := len(scores) - first:
        parts.append(weight[first:] @ best[first:] / rest)
    return np.array(parts)


def floored(weights: Floats, explore: float) -> Floats:
    """Give propensities that sum to 1 with none below explore / K.

    The floor is set a little higher than explore / K, so that it still holds after dividing by a
    sum of at most 1 / (1 - explore).

    Args:
        weights: (n, K), each row summing to 1.
        explore: Share of the floor, 0..1.

    Example:
        >>> floored(np.array([[1.0, 0.0]]), explore=0.1).round(3).tolist()
        [[0.947, 0.053]]
    """
    count = weights.shape[1]
    if explore >= 1.0:
        return np.full_like(weights, 1.0 / count)
    raised = np.maximum(weights, explore / (count * (1.0 - explore)))
    return np.asarray(raised / np.add.reduce(raised, axis=1)[:, None])
