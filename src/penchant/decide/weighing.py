"""From expectations to propensities: how to choose, without choosing.

Loop: Decide. Takes what people in general would give, what this person adds, and how unsure both
are; gives the propensity of every permitted action. The loop draws.
Rule 1: exact. Exploration is counted over fixed points, so the propensity is a number, not an
estimate, and the same inputs give the same propensities.
Rule 2: no permitted action falls below explore / K.
"""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.decide.choices import Choices
from penchant.model.people import Posterior
from penchant.model.version import Version

__all__ = [
    "OPTIMISM",
    "PERSON_SCALE",
    "POPULATION_SCALE",
    "TIE",
    "Expectation",
    "Weighed",
    "Weighing",
    "expectation",
    "floored",
    "shares",
    "weigh",
]

Floats = NDArray[np.float64]
Propensities = tuple[float, ...]

POINTS: Final = 32
OPTIMISM: Final = np.arange(0.5, POINTS)[:, None] / POINTS
TIE: Final = 1e-12
POPULATION_SCALE: Final = 0.8
PERSON_SCALE: Final = 0.2

_EVEN: Final = np.full((POINTS, 1), 1.0 / POINTS)


def _points(reward: float, personal: float, population: float, person: float) -> Floats:
    """Give what each point makes of the four terms of `weigh`: (4, 32)."""
    grid = OPTIMISM[:, 0]
    sure = np.ones(POINTS)
    return np.stack([reward * sure, personal * sure, population * grid, person * grid])


_OF_PERSON: Final = _points(1.0, 1.0, POPULATION_SCALE, PERSON_SCALE)
_OF_STRANGER: Final = _points(1.0, 0.0, POPULATION_SCALE, 0.0)
_ENDS: Final = np.stack(
    [points[:, end] for points in (_OF_PERSON, _OF_STRANGER) for end in (0, -1)]
)
"""(4, 4): the least and the greatest optimism of the person's own answer, and of the stranger's."""
_NOBODY: Final = np.arange(-4, 0)
"""Stands for the leader at each end where there is none; no two are the same."""


class Expectation(NamedTuple):
    """What the population model says of K permitted actions: rewards (K,), and their variance."""

    reward: Floats
    variance: Floats | None


class Weighing(NamedTuple):
    """Propensities of the mixture and of the neutral answer, and what they rest on.

    For n decisions in columns, (n, K) each.
    """

    weights: Floats
    neutral: Floats
    expected: Floats
    personal: Floats


class Weighed(NamedTuple):
    """The same for one decision, as its record keeps it: K numbers each."""

    weights: Propensities
    neutral: Propensities
    expected: tuple[float, ...]
    personal: tuple[float, ...]


def expectation(version: Version, choices: Choices, context: Floats) -> Expectation:
    """Give what people in general are expected to give in a context (1 + dc,), and how surely.

    Where the model does not know how unsure it is, own weights do: their variance in the score,
    brought to that of the reward by the slope of the logistic function (the delta method).
    """
    reward = version.rewards(context, choices.scaled, choices.own)
    variance, doubt = version.variances(context, choices.scaled), choices.doubt
    if variance is None and doubt is not None:
        seen = context[: doubt.shape[1]]
        variance = reward - reward * reward
        variance *= variance
        variance *= doubt.dot(seen * seen)
    return Expectation(reward, variance)


def weigh(
    expectation: Expectation,
    choices: Choices,
    posterior: Posterior | None,
    *,
    explore: float,
    neutral_share: float,
) -> Weighed:
    """Give the propensities of K permitted actions.

    Args:
        expectation: What people in general would give.
        choices: The actions, in the basis of the version.
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
        terms[1] = choices.seen.dot(posterior.mean)
        if choices.carried is not None:
            terms[1] += choices.carried
        terms[3] = choices.pairs.dot(posterior.covariance.reshape(-1))
    deviations = terms[2:]
    np.sqrt(deviations, deviations)
    mine, its = _leaders(terms)
    neutral = _answer(terms, its, _OF_STRANGER, explore)
    own = neutral if mine == its >= 0 else _answer(terms, mine, _OF_PERSON, explore)
    mixture = own if own == neutral else _mixed(own, neutral, neutral_share)
    return Weighed(mixture, neutral, tuple(reward.tolist()), tuple(terms[1].tolist()))


def _leaders(terms: Floats) -> tuple[int, int]:
    """Give who alone is best at every point, for the person and for the stranger; -1 for nobody.

    The lead of one action over another is linear in the optimism: who alone is best at the least
    and at the greatest optimism is best in between.
    """
    ends = _ENDS.dot(terms)
    best = ends >= np.maximum.reduce(ends, axis=1, keepdims=True) - TIE
    places = ends.argmax(axis=1)
    if np.count_nonzero(best) != len(places):  # somewhere two are best
        places = np.where(np.add.reduce(best, axis=1) == 1, places, _NOBODY)
    mine, still_mine, its, still_its = places.tolist()
    return mine if mine == still_mine else -1, its if its == still_its else -1


def _answer(terms: Floats, leader: int, points: Floats, explore: float) -> Propensities:
    """Give one answer: that of its leader, or else every point counted."""
    if leader >= 0:
        return _led(leader, terms.shape[1], explore)
    return tuple(floored(shares(terms.T.dot(points), _EVEN), explore)[0].tolist())


def _led(leader: int, count: int, explore: float) -> Propensities:
    """Give one answer in which one action is best at every point."""
    first, others = _first_and_others(count, explore)
    row = [others] * count
    row[leader] = first
    return tuple(row)


@lru_cache(maxsize=1_024)
def _first_and_others(count: int, explore: float) -> tuple[float, float]:
    """Give the propensity of the one best action, and that of each of the others."""
    row: list[float] = floored(np.eye(1, count), explore)[0].tolist()
    return row[0], row[-1]


def _mixed(own: Propensities, neutral: Propensities, neutral_share: float) -> Propensities:
    return tuple(
        mine + neutral_share * (its - mine) for mine, its in zip(own, neutral, strict=True)
    )


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
    best = scores >= np.maximum.reduce(scores) - TIE
    if np.count_nonzero(best) > len(counts):  # somewhere two are best
        counts = counts / np.add.reduce(best)[:, None]
    return np.asarray(best.dot(counts).T)


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
