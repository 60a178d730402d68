"""From expectations to propensities for many people at once: what `weighing` gives for one.

Loop: Decide, for batches. For most people only a few actions can be best at any optimism; which
those are is seen from a bound on how unsure the model is, and only theirs is computed and counted.
Rule: the propensities are those of `weighing.weigh`; a law holds the two to each other. People run
along the last axis, so that every operation runs along memory.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.decide.choices import Choices
from penchant.decide.weighing import (
    OPTIMISM,
    PERSON_SCALE,
    POPULATION_SCALE,
    TIE,
    Weighing,
)
from penchant.model.people import Posterior

__all__ = ["Expectations", "Faced", "shares_of_many", "weigh_many"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_SIZES: Final = (2.0, 3.0, 4.0, 8.0, 32.0, np.inf)
"""People are counted together with whom about as many actions contend."""
_AT_ONCE: Final = 2_048
"""People who are counted at once: few enough for them to stay in the processor's cache."""
_ROUNDING: Final = 1.0 + 1e-9
"""By how much a bound is widened, so that it is none the less one after rounding."""


class Expectations(NamedTuple):
    """What the population model says of K actions for n people: rewards (K, n), and how unsure.

    `bound` (K, n) is at least the standard deviation of each, and `variance(actions, people)` gives
    the variances of some; both are None where they are not known.
    """

    reward: Floats
    bound: Floats | None
    variance: Callable[[Ints, Ints], Floats] | None


class Faced(NamedTuple):
    """K actions as n people meet them, where a version reaches beyond the columns of actions.

    `seen` (n, K, r) is ψ, `carried` (n, K) what everybody's way of tiring adds to each.
    """

    seen: Floats
    carried: Floats


def weigh_many(
    expectations: Expectations,
    choices: Choices,
    posterior: Posterior,
    *,
    explore: float,
    neutral_share: float,
    faced: Faced | None = None,
) -> Weighing:
    """Give the propensities of K actions for n people.

    Args:
        expectations: What people in general would give.
        choices: The K actions, in the basis of the version.
        posterior: Means (n, r) and covariances (n, r, r).
        explore: Share of the floor, 0..1.
        neutral_share: Share of decisions taken as for a stranger, 0..1.
        faced: The actions as each meets them; None where they are alike for all.

    Returns:
        What `weigh` gives, (n, K) each.
    """
    reward, bound, variance = expectations
    count, n_people = reward.shape
    if faced is None:
        personal = choices.seen @ posterior.mean.T
        unsure = choices.pairs @ posterior.covariance.reshape(n_people, choices.pairs.shape[1]).T
    else:
        personal = (faced.seen @ posterior.mean[:, :, None])[:, :, 0].T + faced.carried.T
        unsure = ((faced.seen @ posterior.covariance) * faced.seen).sum(axis=2).T
    own_width = PERSON_SCALE * np.sqrt(np.maximum(unsure, 0.0, out=unsure), out=unsure)
    own_reward = reward + personal
    if bound is None or variance is None:
        neutral = _evenly(_best(reward))
        own = shares_of_many(own_reward, own_width)
    else:
        most = POPULATION_SCALE * _ROUNDING * bound
        strangers, mine = _open(reward, most), _open(own_reward, most + own_width)
        actions, people = np.nonzero(strangers.counted | mine.counted)
        width = np.zeros((count, n_people))
        width[actions, people] = POPULATION_SCALE * np.sqrt(variance(actions, people))
        neutral = _shares(strangers, reward, width)
        own = _shares(mine, own_reward, width + own_width)
    _raise(neutral, explore)
    _raise(own, explore)
    neutral_part = neutral - own
    neutral_part *= neutral_share
    own += neutral_part
    return Weighing(own.T, neutral.T, reward.T, personal.T)


def shares_of_many(reward: Floats, width: Floats) -> Floats:
    """Give the share of points at which each action is best; see `weighing.shares`.

    Args:
        reward: (K, n) expected.
        width: (K, n) what full optimism adds.

    Returns:
        (K, n), each column summing to 1.

    Example:
        >>> shares_of_many(np.array([[0.5, 0.5], [0.4, 0.0]]), np.array([[0.0, 0.0], [0.2, 0.1]]))
        array([[0.5, 1. ],
               [0.5, 0. ]])
    """
    return _shares(_open(reward, width), reward, width)


class _Open(NamedTuple):
    """Which actions may be best (K, n), and which of them have to be counted (K, n)."""

    contending: Bools
    counted: Bools


def _open(reward: Floats, most: Floats) -> _Open:
    """See who may be best; `most` (K, n) is the most that optimism may add."""
    contending = reward + most >= np.maximum.reduce(reward, axis=0) - TIE
    return _Open(contending, contending & (np.count_nonzero(contending, axis=0) > 1))


def _shares(which: _Open, reward: Floats, width: Floats) -> Floats:
    """Count every point for those who contend with others; who contends alone is best at all."""
    answer = which.contending.astype(np.float64)
    people, actions = np.divmod(np.flatnonzero(which.counted.T), len(reward))
    if not len(people):
        return answer
    places = actions * reward.shape[1] + people
    scores, widths = reward.take(places), width.take(places)
    first = np.flatnonzero(np.diff(people, prepend=-1))
    rivals = np.diff(first, append=len(people))
    won = np.empty(len(places))
    fewer = 1.0
    for most in _SIZES:
        some = np.flatnonzero((rivals > fewer) & (rivals <= most))
        for start in range(0, len(some), _AT_ONCE):
            part = some[start : start + _AT_ONCE]
            size = int(rivals[part].max())
            theirs = first[part] + np.arange(size)[:, None]
            is_there = np.arange(size)[:, None] < rivals[part]
            theirs[~is_there] = 0
            won[theirs[is_there]] = _counted(
                np.where(is_there, scores[theirs], -np.inf), widths[theirs]
            )[is_there]
        fewer = most
    answer.reshape(-1)[places] = won
    return answer


def _counted(reward: Floats, width: Floats) -> Floats:
    """Count every point: (k, n) rewards and widths to (k, n) shares."""
    scores = reward[:, None] + OPTIMISM * width[:, None]
    best = _best(scores)
    if np.count_nonzero(best) == best[0].size:
        return np.asarray(np.count_nonzero(best, axis=1) / len(OPTIMISM))
    return np.asarray((best / np.add.reduce(best, axis=0)).sum(axis=1) / len(OPTIMISM))


def _raise(weights: Floats, explore: float) -> None:
    """Let no propensity be below explore / K, in place; see `weighing.floored`."""
    count = len(weights)
    if explore >= 1.0:
        weights[:] = 1.0 / count
        return
    np.maximum(weights, explore / (count * (1.0 - explore)), out=weights)
    weights /= np.add.reduce(weights, axis=0)


def _best(scores: Floats) -> Bools:
    return np.asarray(scores >= np.maximum.reduce(scores, axis=0) - TIE)


def _evenly(best: Bools) -> Floats:
    """Share a point evenly among those that are best at it."""
    if np.count_nonzero(best) == best.shape[1]:
        return best.astype(np.float64)
    return np.asarray(best / np.add.reduce(best, axis=0))
