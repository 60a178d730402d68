"""What `penchant evaluate` found, as frozen data: all that its page shows, and `--json` gives."""

import math

from msgspec import Struct

from penchant.adapters.cli.evaluate_columns import Columns
from penchant.learn.evaluate import Judgement, judge

__all__ = ["Evaluation", "Judged", "evaluated"]


class Judged(Struct, frozen=True):
    """One policy's answer; a number that cannot be said is None, and `refused` says why."""

    policy: str
    value: float | None
    low: float | None
    high: float | None
    anytime_low: float | None
    anytime_high: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    verdict: str
    ess: float
    estimator: str
    refused: str | None
    greatest_weight: float | None
    mean_weight: float | None
    unsupported: float | None
    others: dict[str, float]


class Evaluation(Struct, frozen=True):
    """What a log says: of how many rows and people, what was logged, and of each policy."""

    title: str
    unit: str
    rows: int
    people: int
    left_out: dict[str, int]
    logged: float | None
    alpha: float
    policies: tuple[Judged, ...]


def evaluated(columns: Columns, alpha: float) -> Evaluation:
    """Judge every policy asked about."""
    repeats = len(set(columns.people)) < len(columns.people)
    judged = [
        _judged(
            name,
            judge(
                columns.actions,
                columns.rewards,
                columns.propensities,
                target,
                contexts=columns.contexts,
                groups=columns.people if repeats else None,
                alpha=alpha,
            ),
        )
        for name, target in columns.policies.items()
    ]
    rows = len(columns.actions)
    return Evaluation(
        title=columns.title,
        unit=columns.unit,
        rows=rows,
        people=len(set(columns.people)),
        left_out=dict(columns.left_out),
        logged=float(columns.rewards.mean()) if rows else None,
        alpha=alpha,
        policies=tuple(judged),
    )


def _judged(name: str, found: Judgement) -> Judged:
    """Put one judgement into plain numbers."""
    one, gain, support = found.estimate, found.gain, found.support
    return Judged(
        policy=name,
        value=_said(one.value),
        low=_said(one.low),
        high=_said(one.high),
        anytime_low=_said(one.anytime_low),
        anytime_high=_said(one.anytime_high),
        gain=_said(gain.value),
        gain_low=_said(gain.anytime_low),
        gain_high=_said(gain.anytime_high),
        verdict=gain.verdict,
        ess=one.ess,
        estimator=one.estimator,
        refused=one.refused,
        greatest_weight=None if support is None else support.greatest,
        mean_weight=None if support is None else support.mean_weight,
        unsupported=None if support is None else support.unsupported,
        others=_others(found),
    )


def _others(found: Judgement) -> dict[str, float]:
    """Give each estimator's value; of those tried at many strengths, the mildest shrinking."""
    return dict(found.others)


def _said(number: float) -> float | None:
    """Give a number, None where it cannot be said."""
    return number if math.isfinite(number) else None
