"""Evaluate: what another way of choosing would have earned, read from a log with propensities.

Loop: Learn. Takes logged rewards and propensities and those of a target policy, gives values with
intervals, or a sentence that says why the log cannot tell.
Rule 1: no number without its interval. Rule 2: no interval where the log does not support one.
"""

from penchant.learn.evaluate.answering import Estimate
from penchant.learn.evaluate.decided import Columns, always, journal_columns
from penchant.learn.evaluate.estimate import estimate
from penchant.learn.evaluate.evaluation import Evaluation, Judged, Valued, evaluated
from penchant.learn.evaluate.frequencies import Misfit, misfits
from penchant.learn.evaluate.judgement import Gain, Judgement, Verdict, judge
from penchant.learn.evaluate.matching import Match, match_of
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
    "Columns",
    "Estimate",
    "Evaluation",
    "Gain",
    "Interval",
    "Judged",
    "Judgement",
    "Match",
    "Misfit",
    "Resamples",
    "Support",
    "Valued",
    "Verdict",
    "acceptance",
    "always",
    "difference",
    "estimate",
    "evaluated",
    "journal_columns",
    "judge",
    "match_of",
    "misfits",
    "resample",
    "value",
    "weights",
]
