"""Confidence: did the engine do better than its neutral answer, and how sure is that at any time?

Loop: Learn. Every decision records the propensity of what was done and of the neutral answer, so
each outcome can be weighed by how likelier the neutral answer was to do the same.
Rule 1: an interval holds at every look at once, so whoever looks each day is not fooled.
Rule 2: what is kept is a sum (and one largest value), so that days add up to weeks.
Rule 3: the spread of the weights is known from the propensities, never guessed from the few heavy
ones that happened to be drawn.
Notation: p(a) as decided, q(a) of the neutral answer, w = q / p, u = 1 - w; E[u] = 0 under p.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ALPHA",
    "Comparison",
    "Estimate",
    "Outcomes",
    "compared",
    "needed",
    "no_outcomes",
    "outcomes_of",
    "ratio_evidence",
    "share_of",
    "summed",
]

Floats = NDArray[np.float64]

ALPHA: Final = 0.05
TIGHT_AT: Final = 1_000  # outcomes at which the intervals are at their tightest
LARGEST_VARIANCE: Final = 0.25  # of a reward in 0..1
HEAVY: Final = 2.0  # heaviest rows that count as seen beforehand, with the largest variance
POWER: Final = 0.8
FAR: Final = 10_000_000  # beyond this many outcomes nobody waits
PRIOR_DECISIONS: Final = 100.0  # how strongly the share declared is believed beforehand


class Outcomes(NamedTuple):
    """Sums over outcomes with rewards r in 0..1; two add up by `summed`.

    `chi` is the sum of the known variance of u, `reach` the largest |u| that could have been.
    """

    n: float
    r: float
    rr: float
    u: float
    uu: float
    ur: float
    uur: float
    uurr: float
    chi: float
    reach: float


class Estimate(NamedTuple):
    """A number and the interval that holds the truth at every look, in 1 - alpha of cases."""

    value: float
    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Whether nothing can be said about its sign."""
        return self.low <= 0.0 <= self.high


class Comparison(NamedTuple):
    """The engine against its neutral answer, in rewards of 0..1.

    `smallest` is the smallest difference that would be seen by now in 80 % of cases; `weight` is
    the mean of w, which is 1 where the propensities are true.
    """

    n: int
    engine: Estimate
    neutral: Estimate
    difference: Estimate
    smallest: float
    weight: Estimate
    spread: float
    """Variance of one outcome's part of the difference: what `needed` goes by."""
    reach: float


def no_outcomes() -> Outcomes:
    """Give the sums of nothing."""
    return Outcomes._make([0.0] * len(Outcomes._fields))


def summed(parts: Sequence[Outcomes]) -> Outcomes:
    """Add sums; in any order and grouping the same.

    Example:
        >>> summed([no_outcomes()._replace(n=2.0), no_outcomes()._replace(n=3.0)]).n
        5.0
    """
    if not parts:
        return no_outcomes()
    *sums, reach = zip(*parts, strict=True)
    return Outcomes._make([*map(math.fsum, sums), max(reach)])


def outcomes_of(rewards: Floats, ratios: Floats, chi: Floats, reach: Floats) -> Outcomes:
    """Sum outcomes.

    Args:
        rewards: (n,) in 0..1.
        ratios: w = q / p of what was done, (n,).
        chi: Sum over the actions of q^2 / p, less 1: the variance of u, (n,).
        reach: The largest |u| any action would have had, (n,).

    Example:
        >>> one = np.ones(1)
        >>> outcomes_of(one, ratios=one, chi=0 * one, reach=0 * one).rr
        1.0
    """
    u = 1.0 - ratios
    ur = u * rewards
    return Outcomes(
        float(len(rewards)),
        float(rewards.sum()),
        float(rewards @ rewards),
        float(u.sum()),
        float(u @ u),
        float(ur.sum()),
        float(u @ ur),
        float(ur @ ur),
        float(chi.sum()),
        float(reach.max(initial=0.0)),
    )


def compared(strata: Sequence[Outcomes], *, alpha: float = ALPHA) -> Comparison | None:
    """Compare the engine with its neutral answer; None while there is no outcome.

    The difference is the mean of u (r - b). Because E[u] = 0 any b is fair; in each stratum the
    one that leaves least spread is taken. Its variance is the known variance of u times what is
    left of the rewards around b, where the heaviest rows count as seen `HEAVY` times with the
    largest variance there is: rows that weigh much come seldom, and before they come their spread
    is not known.

    Args:
        strata: Sums over outcomes of what is alike, such as one moment each.
        alpha: The intervals miss the truth in this share of cases, however often one looks.

    Source: Robbins' normal mixture in the form of Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas
    2024, "Time-uniform central limit theory and asymptotic confidence sequences", theorem 2.2,
    with Bernstein's correction for weights that reach far; laws in tests/laws hold its coverage.
    """
    whole = summed(strata)
    n, mean = whole.n, whole.r / max(whole.n, 1.0)
    if n < 1:
        return None
    own = (whole.rr - n * mean**2 + 2 * LARGEST_VARIANCE) / (n + 2.0)
    engine = _clipped(mean, radius(n, own, 1.0, alpha))
    if not math.isfinite(whole.chi):  # the neutral answer had no chance somewhere
        return _unsupported(int(n), engine)
    parts = [_apart(one) for one in strata if one.n]
    value = math.fsum(part.total for part in parts) / n
    spread = math.fsum(part.variance for part in parts) / n
    around = math.fsum(part.left for part in parts) / n
    reach = max(part.reach for part in parts)
    half = radius(n, spread, reach, alpha)
    return Comparison(
        n=int(n),
        engine=engine,
        neutral=_clipped(mean - value, radius(n, spread + around, reach + 1.0, alpha)),
        difference=_clipped(value, half, least=-1.0),
        smallest=_smallest(n, spread, reach, alpha),
        weight=_around(1.0 - whole.u / n, radius(n, whole.chi / n, whole.reach, alpha)),
        spread=spread,
        reach=reach,
    )


class _Apart(NamedTuple):
    """What one stratum adds: sums of u (r - b) and of its variance, of what is left of r, reach."""

    total: float
    variance: float
    left: float
    reach: float


def _apart(sums: Outcomes) -> _Apart:
    heavy = HEAVY * max(sums.reach, 1.0) ** 2
    usual = (sums.r + 0.5) / (sums.n + 1.0)
    b = (sums.uur + heavy * usual) / (sums.uu + heavy)
    left = sums.uurr - 2 * b * sums.uur + b * b * sums.uu + heavy * LARGEST_VARIANCE
    around = left / (sums.uu + heavy)
    step = max(b, 1.0 - b)
    return _Apart(sums.ur - b * sums.u, sums.chi * around, sums.n * around, sums.reach * step)


def radius(n: float, variance: float, reach: float, alpha: float = ALPHA) -> float:
    """Give half the width of an interval that holds at every n at once.

    Args:
        n: Outcomes.
        variance: Of one of them.
        reach: The largest one of them can be.
        alpha: Of both sides together.

    Example:
        >>> round(radius(1_000, 0.25, 1.0), 3)
        0.049

    Source: as for `compared`; rho is chosen as in its appendix for the tightest interval at
    `TIGHT_AT`; Bernstein's inequality for the linear term, reach * log / 3n.
    """
    level = -2.0 * math.log(alpha)
    scaled = n * (level + math.log(level + 1.0)) / TIGHT_AT
    log = math.log(math.sqrt(scaled + 1.0) / alpha)
    return math.sqrt(variance / n * 2 * (scaled + 1.0) / scaled * log) + reach * log / (3.0 * n)


def needed(comparison: Comparison, effect: float, *, alpha: float = ALPHA) -> int | None:
    """Give about how many outcomes in all it takes to see an effect; None for too many.

    Args:
        comparison: Whose spread the coming outcomes will have.
        effect: A difference in rewards of 0..1, of either sign.
        alpha: As for `compared`.

    Source: the interval must leave 0 out with probability `POWER` at that count.
    """
    low, high = 1, FAR

    def seen(n: int) -> bool:
        return _smallest(float(n), comparison.spread, comparison.reach, alpha) <= abs(effect)

    if not seen(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if seen(middle) else (middle + 1, high)
    return low


def share_of(count: float, n: float, *, alpha: float = ALPHA) -> Estimate:
    """Give a share of n and its interval, valid at every n at once.

    Example:
        >>> share = share_of(30, 100)
        >>> round(share.low, 2), share.value, round(share.high, 2)
        (0.11, 0.3, 0.49)
    """
    if n < 1:
        return Estimate(math.nan, 0.0, 1.0)
    value = count / n
    variance = (n * value * (1.0 - value) + 2 * LARGEST_VARIANCE) / (n + 2.0)
    return _clipped(value, radius(n, variance, 1.0, alpha))


def ratio_evidence(count: int, n: int, share: float) -> float:
    """Give the evidence that `count` of n do not come from the share declared, as odds against it.

    1 and below says nothing; whoever stops at 1,000 is wrong once in 1,000, whenever they look.

    Args:
        count: How often the arm was drawn.
        n: Draws.
        share: Declared, 0..1.

    Example:
        >>> ratio_evidence(10, 1_000, 0.01) < 1 < 1_000 < ratio_evidence(40, 1_000, 0.01)
        True

    Source: Lindon, Malek 2022, "Anytime-valid inference for multinomial count data", eq. 7: the
    Dirichlet mixture over shares, centred on the one declared.
    """
    if share in {0.0, 1.0}:
        return math.inf if count != n * share else 1.0
    a, b = PRIOR_DECISIONS * share, PRIOR_DECISIONS * (1.0 - share)
    seen = _log_beta(count + a, n - count + b) - _log_beta(a, b)
    declared = count * math.log(share) + (n - count) * math.log(1.0 - share)
    return math.exp(min(seen - declared, 700.0))


def _unsupported(n: int, engine: Estimate) -> Comparison:
    """Say what the engine reached, and nothing of the neutral answer."""
    unknown, none = Estimate(math.nan, -1.0, 1.0), Estimate(math.nan, 0.0, 1.0)
    return Comparison(n, engine, none, unknown, math.inf, none, math.inf, math.inf)


def _smallest(n: float, variance: float, reach: float, alpha: float) -> float:
    """Give the smallest effect that is seen with probability `POWER` at n outcomes.

    Source: P(estimate > radius) = POWER for an estimate that is normal around the effect.
    """
    return radius(n, variance, reach, alpha) + NormalDist().inv_cdf(POWER) * math.sqrt(variance / n)


def _around(value: float, reach: float) -> Estimate:
    return Estimate(value, value - reach, value + reach)


def _clipped(value: float, reach: float, *, least: float = 0.0) -> Estimate:
    """Give an estimate whose truth lies between `least` and 1.

    A weighted mean may lie outside; an interval that would be outside altogether is the end next
    to it.
    """
    low, high = (min(max(end, least), 1.0) for end in (value - reach, value + reach))
    return Estimate(value, low, high)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
