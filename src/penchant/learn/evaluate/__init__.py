"""Evaluate: what another way of choosing would have earned, read from a log with propensities.

Loop: Learn. Takes logged rewards and propensities and those of a target policy, gives values with
intervals, or a sentence that says why the log cannot tell.
Rule 1: no number without its interval. Rule 2: no interval where the log does not support one.
"""

from penchant.learn.evaluate.estimate import Estimate, Gain, Judgement, estimate, judge
from penchant.learn.evaluate.frequencies import Misfit, misfits
from penchant.learn.evaluate.resampling import (
    RESAMPLES,
    Interval,
    Resamples,
    acceptance,
    difference,
    resample,
    value,
    weights,
)
from penchant.learn.evaluate.support import Support

__all__ = [
    "RESAMPLES",
    "Estimate",
    "Gain",
    "Interval",
    "Judgement",
    "Misfit",
    "Resamples",
    "Support",
    "acceptance",
    "difference",
    "estimate",
    "judge",
    "misfits",
    "resample",
    "value",
    "weights",
]
