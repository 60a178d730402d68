"""Judgement: a candidate policy against the current one on the same log, and what to do about it.

Loop: Learn. Promote when the interval that holds at every look is above 0, roll back when it is
below, keep looking while it holds 0; where the log does not support either policy, say so.
Rule: nothing is promoted or rolled back by an interval for somebody who looks once.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from penchant.errors import BadInput
from penchant.learn.evaluate.answering import (
    Estimate,
    Known,
    as_logged,
    estimated,
    known_of,
    read_asked,
    unsaid,
)
from penchant.learn.evaluate.estimators import canonical, half_width
from penchant.learn.evaluate.log import Log
from penchant.learn.evaluate.reading import TARGET, numbers
from penchant.learn.evaluate.sequences import Walk, gain_sequence, walked
from penchant.learn.evaluate.support import Support

__all__ = ["Gain", "Judgement", "Verdict", "judge"]

Verdict = Literal["promote", "roll back", "keep looking", "cannot say"]

SAME = 1e-9  # propensities this near are the same
FARTHEST = 1_000.0  # times the rows there are: a gain that needs more is out of reach


class Gain(NamedTuple):
    """How much more a policy earns a decision than another; intervals as in `Estimate`."""

    value: float
    low: float
    high: float
    anytime_low: float
    anytime_high: float

    @property
    def verdict(self) -> Verdict:
        """What to do, at any look: go on looking, while the anytime interval holds 0."""
        if math.isnan(self.value):
            return "cannot say"
        if self.anytime_low > 0:
            return "promote"
        return "roll back" if self.anytime_high < 0 else "keep looking"

    def needed(self, rows: int) -> int | None:
        """Give about how many more rows it takes, should the gain be what it looks like by now.

        None where it is decided, where nothing can be said, and where it is out of reach.

        Example:
            >>> Gain(0.1, 0.0, 0.2, -0.1, 0.3).needed(1_000)
            3000
        """
        if self.verdict != "keep looking" or not self.value:
            return None
        side = self.value - self.anytime_low if self.value > 0 else self.anytime_high - self.value
        times = (side / self.value) ** 2  # an interval is half as wide with four times the rows
        return round((times - 1.0) * rows) if 1.0 < times < FARTHEST else None


class Judgement(NamedTuple):
    """A candidate, the policy it is held against, the gain, and what they rest on.

    `support` and `current_support` are None where the log could not be read, the latter also where
    the current policy is the one that logged. `others` are the candidate's values by the other
    estimators; empty where nothing is said. `refused` says why nothing is said of the gain.
    """

    estimate: Estimate
    current: Estimate
    gain: Gain
    support: Support | None
    current_support: Support | None
    others: tuple[tuple[str, float], ...]
    refused: str | None

    @property
    def verdict(self) -> Verdict:
        """What to do with the candidate."""
        return self.gain.verdict


def judge(
    actions: ArrayLike,
    rewards: ArrayLike,
    propensities: ArrayLike | None,
    target: ArrayLike,
    *,
    current: ArrayLike | None = None,
    contexts: ArrayLike | None = None,
    groups: ArrayLike | Sequence[object] | None = None,
    alpha: float = 0.05,
) -> Judgement:
    """Hold a policy against the current one, by decisions that a third may have taken.

    Args:
        actions: As for `estimate`, and so are the others.
        rewards: As above.
        propensities: As above.
        target: As above.
        current: (n, K) propensities of the policy in force; None where it is the one that logged.
        contexts: As above.
        groups: As above.
        alpha: As above.

    Returns:
        Both values, the gain with two intervals, the verdict, and what they rest on.

    Raises:
        BadInput: As for `estimate`; also where `current` has other rows or actions than `target`.
        BadNumber: As for `estimate`.

    Example:
        >>> dice = np.random.default_rng(1)
        >>> actions = (dice.random(4_000) < 0.5).astype(int)
        >>> rewards = (dice.random(4_000) < np.where(actions == 1, 0.6, 0.4)).astype(float)
        >>> always = np.tile([0.0, 1.0], (4_000, 1))
        >>> found = judge(actions, rewards, np.full(4_000, 0.5), always, current=1.0 - always)
        >>> found.verdict, found.gain.low < 0.2 < found.gain.high
        ('promote', True)

    Source: the gate of Karampatziakis, Mineiro, Ramdas 2021, "Off-policy confidence sequences",
    section 4; see `sequences` for the interval.
    """
    given = (actions, rewards, propensities)
    log = read_asked(*given, target, contexts=contexts, groups=groups, alpha=alpha)
    if isinstance(log, str):
        return _unread(log)
    if current is None:
        return _beside_the_log(log, alpha)
    _check_current(current, log)
    other = read_asked(*given, current, contexts=contexts, groups=groups, alpha=alpha)
    if isinstance(other, str):
        return _unread(f"Of the current policy: {other}")
    return _beside(log, other, alpha)


def _check_current(current: ArrayLike, log: Log) -> None:
    """Check that the policy in force knows the same rows and actions as the target.

    Raises:
        BadInput: When it does not.
    """
    shape = numbers(current, "current", TARGET).shape
    if shape != log.target.shape:
        raise BadInput(
            f"`current` must have the shape of `target`, {log.target.shape} (got {shape})."
        )


def _beside_the_log(log: Log, alpha: float) -> Judgement:
    """Hold a target against whoever logged."""
    known, sentence, gain = known_of(log, canonical(log)), None, _NO_GAIN
    if known.refused is not None:
        found, sentence = unsaid(known.refused, known.support.ess), known.refused
    else:
        walk = walked(log)
        found = estimated(log, known, walk, alpha)
        if np.abs(log.weights - 1.0).max() <= SAME:
            sentence = _SAME_POLICY
        else:
            gain = _gain(known, None, walk, alpha)
    return Judgement(
        found,
        as_logged(log, alpha),
        gain,
        known.support,
        None,
        _others(known),
        sentence,
    )


def _beside(log: Log, other: Log, alpha: float) -> Judgement:
    """Hold the target of one log against that of another; but for the target both are the same."""
    order = canonical(log)
    known, held = known_of(log, order), known_of(other, order)
    walk = walked(log, other.target)
    sentence = _refusal(known, held)
    return Judgement(
        _estimate(known, log, walk, alpha),
        _estimate(held, other, walked(other), alpha),
        _NO_GAIN if sentence else _gain(known, held, walk, alpha),
        known.support,
        held.support,
        _others(known),
        sentence,
    )


def _refusal(known: Known, held: Known) -> str | None:
    """Say why two policies cannot be told apart at all, or None."""
    if known.refused is not None:
        return known.refused
    if held.refused is not None:
        return f"Of the current policy: {held.refused}"
    if np.abs(known.log.target - held.log.target).max() <= SAME:
        return _SAME_POLICY
    return None


def _estimate(known: Known, log: Log, walk: Walk, alpha: float) -> Estimate:
    """Give the estimate of one policy, or why there is none."""
    if known.refused is not None:
        return unsaid(known.refused, known.support.ess)
    return estimated(log, known, walk, alpha)


def _gain(known: Known, held: Known | None, walk: Walk, alpha: float) -> Gain:
    """Give how much more the one earns than the other, or than whoever logged, by DR."""
    log, unsupported = known.log, known.support.unsupported
    if held is None:
        apart, row_weights = known.terms - log.rewards, log.weights
    else:
        apart, row_weights = known.terms - held.terms, np.abs(log.weights - held.log.weights)
        unsupported += held.support.unsupported
    value = float(apart.mean())
    half = half_width(apart, log, alpha, row_weights=row_weights) + unsupported
    low, high = gain_sequence(walk, alpha)
    ends = (value, value - half, value + half, min(low, value), max(high, value))
    return Gain(*(log.span * one for one in ends))


def _others(known: Known) -> tuple[tuple[str, float], ...]:
    log = known.log
    return tuple((one.estimator, log.low + log.span * one.value) for one in known.values)


def _unread(sentence: str) -> Judgement:
    """Say why a log could not be read as one that can be judged."""
    nothing = unsaid(sentence)
    return Judgement(nothing, nothing, _NO_GAIN, None, None, (), sentence)


_SAME_POLICY = "Cannot say: both policies do the same in every row, so there is nothing to compare."
_NO_GAIN = Gain(math.nan, -math.inf, math.inf, -math.inf, math.inf)
