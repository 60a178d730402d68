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

from penchant.decide.slate import Slate
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

_EVEN: Final = np.full((1, POINTS), 1.0 / POINTS)
_ANSWERS: Final = np.kron(np.eye(2), _EVEN).T
"""(64, 2): what each point counts in the person's own answer, and in the stranger's."""
_TERMS: Final = np.concatenate(
    [
        np.kron([[1.0, 1.0], [1.0, 0.0]], np.ones((1, POINTS))),
        np.kron([[POPULATION_SCALE, POPULATION_SCALE], [PERSON_SCALE, 0.0]], OPTIMISM.T),
    ]
)
"""(4, 64): what each point makes of reward, person's part, and the two standard deviations."""


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
    slate: Slate,
    posterior: Posterior | None,
    *,
    explore: float,
    neutral_share: float,
) -> Weighing:
    """Give the propensities of K permitted actions.

    Args:
        expectation: What people in general would give.
        slate: The actions, in the basis of the version.
        posterior: This person's, or None for a stranger.
        explore: Share of the floor, 0..1.
        neutral_share: Share of decisions taken as for a stranger, 0..1.

    Source: counting an even grid of optimism, one number shared by all actions, is an exact form
    of upper-confidence exploration with a random width (docs/explanation/model.md).
    """
    reward, variance = expectation
    terms = np.zeros((4, len(reward)))
    terms[0] = reward
    if variance is not None:
        terms[2] = variance
    if posterior is not None:
        np.dot(slate.seen, posterior.mean, out=terms[1])
        np.dot(slate.pairs, posterior.covariance.reshape(-1), out=terms[3])
    np.sqrt(terms[2:], out=terms[2:])
    own, neutral = floored(shares(np.dot(terms.T, _TERMS), _ANSWERS), explore)
    return Weighing(own + neutral_share * (neutral - own), neutral, reward, terms[1])


def shares(scores: Floats, counts: Floats) -> Floats:
    """Give the share of points at which each action is best; a tie is shared evenly.

    Args:
        scores: (K, n_points).
        counts: (n_points, n) what each point counts in each of n answers; columns sum to 1.

    Returns:
        (n, K), each row summing to 1.

    Example:
        >>> scores = np.array([[1.0, 0.0], [1.0, 2.0], [0.0, 1.0]])
        >>> shares(scores, counts=np.array([[0.5], [0.5]])).tolist()
        [[0.25, 0.75, 0.0]]
    """
    best = scores >= np.maximum.reduce(scores, axis=0) - TIE
    if np.count_nonzero(best) > len(counts):  # somewhere two are best
        counts = counts / np.add.reduce(best, axis=0)[:, None]
    return np.asarray(np.dot(best, counts).T)


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
