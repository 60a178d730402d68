"""Estimate: one question asked of a log, one answer with its intervals, or a sentence.

Loop: Learn. Joins the checks, the estimators and the sequence that holds at every look.
Rule: where the log does not support the question the value is NaN and a sentence says why.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from penchant.errors import BadNumber
from penchant.learn.evaluate.estimators import Valued, canonical, chosen, half_width, valued
from penchant.learn.evaluate.log import Log, read_log
from penchant.learn.evaluate.sequences import Walk, gain_sequence, sequence, walked
from penchant.learn.evaluate.support import Support, refusal, support_of

__all__ = ["Estimate", "Gain", "Judgement", "estimate", "judge"]

Floats = NDArray[np.float64]

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


class Gain(NamedTuple):
    """How much more a policy earns a decision than whoever logged; intervals as in `Estimate`."""

    value: float
    low: float
    high: float
    anytime_low: float
    anytime_high: float

    @property
    def verdict(self) -> Literal["promote", "roll back", "cannot say"]:
        """What to do, at any look: nothing, while the anytime interval holds 0."""
        if self.anytime_low > 0:
            return "promote"
        return "roll back" if self.anytime_high < 0 else "cannot say"


class Judgement(NamedTuple):
    """An estimate, the gain, what they rest on, and what the other estimators say.

    `support` is None where the log could not be read; `others` is empty where nothing is said.
    """

    estimate: Estimate
    gain: Gain
    support: Support | None
    others: tuple[tuple[str, float], ...]


def estimate(
    actions: ArrayLike,
    rewards: ArrayLike,
    propensities: ArrayLike | None,
    target: ArrayLike,
    *,
    contexts: ArrayLike | None = None,
    groups: ArrayLike | Sequence[object] | None = None,
    alpha: float = 0.05,
) -> Estimate:
    """Estimate what a policy would have earned, from a log of another one.

    Rows are decisions in the order of their times; leave out those that were forced, and those
    whose reward is not known.

    Args:
        actions: (n,) places of the logged actions, 0..K-1.
        rewards: (n,), in any unit; their range counts as the range there is.
        propensities: (n,) with which the logged actions were drawn, above 0 and at most 1.
        target: (n, K) propensities of the policy asked about.
        contexts: (n, d) what was known at each decision, as numbers; they sharpen the estimate.
        groups: (n,) ids of the people; None where each row is another person.
        alpha: Either interval misses the truth in at most this share of cases.

    Returns:
        The value with two intervals, or a sentence in `refused`.

    Raises:
        BadInput: When shapes do not fit, or something that should be numbers is not.

    Example:
        >>> dice = np.random.default_rng(1)
        >>> actions = (dice.random(2_000) < 0.3).astype(int)
        >>> rewards = (dice.random(2_000) < np.where(actions == 1, 0.6, 0.4)).astype(float)
        >>> always = np.tile([0.0, 1.0], (2_000, 1))
        >>> found = estimate(actions, rewards, np.where(actions == 1, 0.3, 0.7), always)
        >>> found.low < 0.6 < found.high, found.refused
        (True, None)

    Source: see `estimators` and `sequences`.
    """
    log = _read(
        actions, rewards, propensities, target, contexts=contexts, groups=groups, alpha=alpha
    )
    if isinstance(log, str):
        return _refused(log, 0.0)
    known = _known(log)
    if isinstance(known, Support):
        return _refused(refusal(known) or "", known.ess)
    return _estimate(log, known, walked(log), alpha)


def judge(
    actions: ArrayLike,
    rewards: ArrayLike,
    propensities: ArrayLike | None,
    target: ArrayLike,
    *,
    contexts: ArrayLike | None = None,
    groups: ArrayLike | Sequence[object] | None = None,
    alpha: float = 0.05,
) -> Judgement:
    """Estimate as `estimate` does, and tell what the answer rests on.

    Args:
        actions: As for `estimate`, and so are the others.
        rewards: As above.
        propensities: As above.
        target: As above.
        contexts: As above.
        groups: As above.
        alpha: As above.

    Raises:
        BadInput: As for `estimate`.
    """
    log = _read(
        actions, rewards, propensities, target, contexts=contexts, groups=groups, alpha=alpha
    )
    if isinstance(log, str):
        return Judgement(_refused(log, 0.0), _NO_GAIN, None, ())
    known = _known(log)
    if isinstance(known, Support):
        sentence = refusal(known) or ""
        return Judgement(_refused(sentence, known.ess), _NO_GAIN, known, ())
    walk = walked(log)
    found = _estimate(log, known, walk, alpha)
    others = tuple((one.estimator, log.low + log.span * one.value) for one in known.values)
    return Judgement(found, _gain(known, walk, log.span, alpha), known.support, others)


class _Known(NamedTuple):
    """What is known of a log that supports its question: rows in canonical order, DR's terms."""

    log: Log
    support: Support
    values: list[Valued]
    terms: Floats


def _read(
    actions: ArrayLike,
    rewards: ArrayLike,
    propensities: ArrayLike | None,
    target: ArrayLike,
    *,
    contexts: ArrayLike | None,
    groups: ArrayLike | Sequence[object] | None,
    alpha: float,
) -> Log | str:
    """Read a log, after a look at alpha."""
    if not 0 < alpha < 1:
        raise BadNumber(f"`alpha` must lie between 0 and 1 (got {alpha}).")
    return read_log(actions, rewards, propensities, target, contexts=contexts, groups=groups)


def _known(log: Log) -> _Known | Support:
    """Value the target by every estimator; only the support where it does not suffice."""
    order = canonical(log)
    rows = log.taken(order)
    if not log.is_grouped:
        rows = rows._replace(people=np.arange(len(order)))
    support = support_of(rows)
    if refusal(support):
        return support
    return _Known(rows, support, *_answers(rows))


def _estimate(log: Log, known: _Known, walk: Walk, alpha: float) -> Estimate:
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


def _gain(known: _Known, walk: Walk, span: float, alpha: float) -> Gain:
    """Give how much more than whoever logged, by DR."""
    apart = known.terms - known.log.rewards
    value = float(apart.mean())
    half = half_width(apart, known.log, alpha) + known.support.unsupported
    low, high = gain_sequence(walk, alpha)
    ends = (value, value - half, value + half, min(low, value), max(high, value))
    return Gain(*(span * one for one in ends))


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


def _refused(sentence: str, ess: float) -> Estimate:
    """Say nothing but why."""
    ends = (-math.inf, math.inf)
    return Estimate(math.nan, *ends, *ends, ess, "none", sentence)


_NO_GAIN = Gain(math.nan, -math.inf, math.inf, -math.inf, math.inf)
