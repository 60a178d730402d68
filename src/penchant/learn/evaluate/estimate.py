"""Estimate: one question asked of a log, one answer with its intervals, or a sentence.

Loop: Learn. Joins the checks, the estimators and the sequence that holds at every look.
Rule: where the log does not support the question the value is NaN and a sentence says why.
"""

from collections.abc import Sequence

from numpy.typing import ArrayLike

from penchant.learn.evaluate.answering import Estimate, estimated, known_of, read_asked, unsaid
from penchant.learn.evaluate.estimators import canonical
from penchant.learn.evaluate.sequences import walked

__all__ = ["Estimate", "estimate"]


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
        alpha: Either interval misses the truth in at most this share of cases; 1e-12 at least.

    Returns:
        The value with two intervals, or a sentence in `refused`.

    Raises:
        BadInput: When shapes do not fit, or something that should be numbers is not.
        BadNumber: For an alpha that is no share.

    Example:
        >>> import numpy as np
        >>> dice = np.random.default_rng(1)
        >>> actions = (dice.random(2_000) < 0.3).astype(int)
        >>> rewards = (dice.random(2_000) < np.where(actions == 1, 0.6, 0.4)).astype(float)
        >>> always = np.tile([0.0, 1.0], (2_000, 1))
        >>> found = estimate(actions, rewards, np.where(actions == 1, 0.3, 0.7), always)
        >>> found.low < 0.6 < found.high, found.refused
        (True, None)

    Source: see `estimators` and `sequences`.
    """
    log = read_asked(
        actions, rewards, propensities, target, contexts=contexts, groups=groups, alpha=alpha
    )
    if isinstance(log, str):
        return unsaid(log)
    known = known_of(log, canonical(log))
    if known.refused is not None:
        return unsaid(known.refused, known.support.ess)
    return estimated(log, known, walked(log), alpha)
