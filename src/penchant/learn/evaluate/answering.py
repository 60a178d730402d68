"""Answering: from a checked log to what is known of one policy, before it is put into words.

Loop: Learn. Joins the support, the estimators and the sequence; `estimate` and `judge` give it out.
Rule: what the log does not support is a sentence, and no number is made of it.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from penchant.learn.evaluate.estimators import Valued, chosen, half_width, valued
from penchant.learn.evaluate.log import Log, read_log
from penchant.learn.evaluate.reading import check_alpha
from penchant.learn.evaluate.resampling import FEWEST_GROUPS, FEWEST_ROWS
from penchant.learn.evaluate.sequences import Walk, mean_sequence, sequence
from penchant.learn.evaluate.support import Support, refusal, support_of

__all__ = ["Estimate", "Known", "as_logged", "estimated", "known_of", "read_asked", "unsaid"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SAME = 1e-9  # weights this near 1 are those of the policy that logged


class Estimate(NamedTuple):
    """What a policy would have earned a decision, in the unit of the rewards.

    `low` to `high` holds the truth in 1 - alpha of logs; `anytime_low` to `anytime_high` does so at
    every look at a growing log together. `ess` is how many rows drawn by the policy itself would
    weigh as much. `refused` is None, or says why nothing can be said: then `value` is NaN.
    """

    value: float
    low: float
    high: float
    anytime_low: float
    anytime_high: float
    ess: float
    estimator: str
    refused: str | None


class Known(NamedTuple):
    """What is known of one policy: rows in canonical order, the values, and DR's terms.

    Where the log does not support the question `refused` says why, and there are no values.
    """

    log: Log
    support: Support
    values: list[Valued]
    terms: Floats
    refused: str | None = None


def read_asked(
    actions: ArrayLike,
    rewards: ArrayLike,
    propensities: ArrayLike | None,
    target: ArrayLike,
    *,
    contexts: ArrayLike | None,
    groups: ArrayLike | Sequence[object] | None,
    alpha: float,
) -> Log | str:
    """Read a log, after a look at alpha; arguments are those of `estimate`.

    Raises:
        BadNumber: For an alpha that is no share.
        BadInput: When shapes do not fit, or something that should be numbers is not.
    """
    check_alpha(alpha)
    return read_log(actions, rewards, propensities, target, contexts=contexts, groups=groups)


def known_of(log: Log, order: Ints) -> Known:
    """Value the target by every estimator, with the rows in that order."""
    rows = log.taken(order)
    if not log.is_grouped:
        rows = rows._replace(people=np.arange(len(order)))
    support = support_of(rows)
    sentence = refusal(support)
    if sentence:
        return Known(rows, support, [], np.empty(0), sentence)
    return Known(rows, support, *_answers(rows))


def estimated(log: Log, known: Known, walk: Walk, alpha: float) -> Estimate:
    """Give the value of the estimator chosen, and both intervals."""
    best, whole = chosen(known.values), float(known.terms.mean())
    half = half_width(known.terms, known.log, alpha)
    low, high = _ends(whole, half, known.support.unsupported, best.value)
    value = min(max(best.value, low), high)
    always = sequence(walk, alpha)
    ends = (value, low, high, min(always[0], value), max(always[1], value))
    value, low, high, always_low, always_high = (log.low + log.span * one for one in ends)
    ess, estimator = known.support.ess, best.estimator
    return Estimate(value, low, high, always_low, always_high, ess, estimator, refused=None)


def unsaid(sentence: str, ess: float = 0.0) -> Estimate:
    """Say nothing but why."""
    ends = (-math.inf, math.inf)
    return Estimate(math.nan, *ends, *ends, ess, "none", sentence)


def as_logged(log: Log, alpha: float) -> Estimate:
    """Give what whoever logged has earned: the plain mean; of few, any reward is possible."""
    ones = np.ones(len(log.rewards))
    mean, low, high = float(log.rewards.mean()), 0.0, 1.0
    if len(ones) >= FEWEST_ROWS and log.n_people >= FEWEST_GROUPS:
        half = half_width(log.rewards, log, alpha, row_weights=ones)
        low, high = _ends(mean, half, 0.0, mean)
    always = mean_sequence(log.rewards, log.people, alpha)
    ends = (mean, low, high, min(always[0], mean), max(always[1], mean))
    value, low, high, always_low, always_high = (log.low + log.span * one for one in ends)
    ess = float(len(ones))
    return Estimate(value, low, high, always_low, always_high, ess, "mean", refused=None)


def _answers(log: Log) -> tuple[list[Valued], Floats]:
    """Value by all estimators; the policy that logged has earned the plain mean."""
    if np.abs(log.weights - 1.0).max() <= SAME:
        return [Valued("mean", float(log.rewards.mean()), 0.0, 0.0)], log.rewards
    return valued(log)


def _ends(whole: float, half: float, unsupported: float, value: float) -> tuple[float, float]:
    """Give the ends of the interval: around DR, as wide again as what no row supports.

    They stay within what a reward can be, and hold the value chosen, which may lie a little off.
    """
    low, high = whole - half - unsupported, whole + half + unsupported
    inside = min(max(value, 0.0), 1.0)
    return max(min(low, inside), 0.0), min(max(high, inside), 1.0)
