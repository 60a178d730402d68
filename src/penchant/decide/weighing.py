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

__all__ = ["Expectation", "Weighing", "alike", "floored", "shares", "weigh"]

Floats = NDArray[np.float64]

POINTS: Final = 32
_OPTIMISM: Final = np.arange(0.5, POINTS)[:, None] / POINTS
_TIE: Final = 1e-12
_POPULATION_SCALE: Final = 0.8
_PERSON_SCALE: Final = 0.1


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


def alike(count: int) -> Floats:
    """Give the same propensity to each of `count` actions."""
    return np.full(count, 1.0 / count)


def shares(scores: Floats) -> Floats:
    """Give the share of points at which each action is best; a tie is shared evenly.

    Args:
        scores: (n_points, K).

    Example:
        >>> shares(np.array([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0]])).tolist()
        [0.25, 0.75, 0.0]
    """
    best = scores >= scores.max(axis=1, keepdims=True) - _TIE
    return np.asarray((best / best.sum(axis=1, keepdims=True)).mean(axis=0))


def floored(weights: Floats, explore: float) -> Floats:
    """Give propensities that sum to 1 with none below explore / K.

    The floor is set a little higher than explore / K, so that it still holds after dividing by a
    sum of at most 1 / (1 - explore).

    Example:
        >>> floored(np.array([1.0, 0.0]), explore=0.1).round(3).tolist()
        [0.947, 0.053]
    """
    if explore >= 1.0:
        return alike(len(weights))
    raised = np.maximum(weights, explore / (len(weights) * (1.0 - explore)))
    return np.asarray(raised / raised.sum())


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
    optimistic = reward[None, :]
    if variance is not None:
        optimistic = reward + _OPTIMISM * (_POPULATION_SCALE * np.sqrt(variance))
    neutral = floored(shares(optimistic), explore)
    if posterior is None:
        return Weighing(neutral, neutral, reward, np.zeros(len(reward)))
    personal = seen @ posterior.mean
    unsure = np.sqrt(((seen @ posterior.covariance) * seen).sum(axis=1))
    own = floored(shares(optimistic + personal + _OPTIMISM * (_PERSON_SCALE * unsure)), explore)
    weights = own if neutral_share == 0.0 else own + neutral_share * (neutral - own)
    return Weighing(weights, neutral, reward, personal)
