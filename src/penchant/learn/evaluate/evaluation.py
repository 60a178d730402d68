"""Evaluation: every policy asked about, judged on one log, as frozen data for pages and files.

Loop: Learn. A number that cannot be said is None, and `refused` says why.
Rule: nothing here knows where the columns came from, or who looks at the answer.
"""

import math
from typing import Any

from msgspec import Struct

from penchant.errors import BadInput
from penchant.learn.evaluate.answering import Estimate
from penchant.learn.evaluate.decided import Columns
from penchant.learn.evaluate.judgement import Judgement, judge
from penchant.learn.evaluate.matching import Match
from penchant.learn.evaluate.support import Support

__all__ = ["AS_LOGGED", "Evaluation", "Judged", "Valued", "evaluated"]

AS_LOGGED = "as logged"


class Valued(Struct, frozen=True):
    """What a policy would have earned a decision, and what that rests on.

    `mean_weight` is 1 under right propensities, `mean_errors` by how many standard errors it is
    not; `unsupported` the share of it on actions never logged; `off` the check of the propensities
    that is too far off, and by how many standard errors, "" where none is.
    """

    policy: str
    value: float | None
    low: float | None
    high: float | None
    anytime_low: float | None
    anytime_high: float | None
    ess: float
    estimator: str
    refused: str | None
    greatest_weight: float | None = None
    mean_weight: float | None = None
    mean_errors: float | None = None
    unsupported: float | None = None
    off: str = ""
    off_errors: float | None = None


class Judged(Valued, frozen=True, kw_only=True):
    """One candidate's answer: its value, and its gain over the current policy.

    `gain_low` to `gain_high` holds at every look. `why` says why there is no verdict, "" where
    there is one: the current policy may be what cannot be judged. `needed` is about how many more
    decisions it takes to tell, None where that is decided, out of reach or nothing can be said.
    """

    gain: float | None
    gain_low: float | None
    gain_high: float | None
    verdict: str
    why: str
    needed: int | None
    others: dict[str, float]


class Evaluation(Struct, frozen=True):
    """What a log says: of how many rows and people, of the current policy, of each candidate.

    `match` is how an apprentice's choices match the host's, where there is one.
    """

    title: str
    unit: str
    rows: int
    people: int
    left_out: dict[str, int]
    logged: float | None
    alpha: float
    against: Valued
    policies: tuple[Judged, ...]
    match: Match | None = None


def evaluated(
    columns: Columns, alpha: float = 0.05, *, against: str = "", only: str = ""
) -> Evaluation:
    """Judge every policy asked about.

    Args:
        columns: The log and the policies.
        alpha: Intervals miss the truth in at most this share of cases.
        against: The policy in force by its name; "" for whoever logged.
        only: The one candidate to judge; "" for all.

    Raises:
        BadInput: For a policy that is none of those asked about, or an alpha that is no share.
    """
    for name in (against, only):
        if name and name not in columns.policies:
            known = ", ".join(f"`{one}`" for one in columns.policies)
            raise BadInput(f"There is no policy `{name}` to judge here. There are {known}.")
    candidates = [name for name in columns.policies if name != against and only in {"", name}]
    if not candidates:
        raise BadInput(f"`{against}` is held against itself. Name another policy.")
    found = {name: _judge(columns, name, alpha, against) for name in candidates}
    first = found[candidates[0]]
    rows = len(columns.actions)
    return Evaluation(
        title=columns.title,
        unit=columns.unit,
        rows=rows,
        people=len(set(columns.people)),
        left_out=dict(columns.left_out),
        logged=float(columns.rewards.mean()) if rows else None,
        alpha=alpha,
        against=Valued(**_plain(against or AS_LOGGED, first.current, first.current_support)),
        policies=tuple(_judged(name, one, rows) for name, one in found.items()),
        match=columns.match,
    )


def _judge(columns: Columns, name: str, alpha: float, against: str) -> Judgement:
    repeats = len(set(columns.people)) < len(columns.people)
    return judge(
        columns.actions,
        columns.rewards,
        columns.propensities,
        columns.policies[name],
        current=columns.policies[against] if against else None,
        contexts=columns.contexts,
        groups=columns.people if repeats else None,
        alpha=alpha,
    )


def _judged(name: str, found: Judgement, rows: int) -> Judged:
    """Put one judgement into plain numbers."""
    gain = found.gain
    return Judged(
        **_plain(name, found.estimate, found.support),
        gain=_said(gain.value),
        gain_low=_said(gain.anytime_low),
        gain_high=_said(gain.anytime_high),
        verdict=gain.verdict,
        why=found.refused or "",
        needed=gain.needed(rows),
        others=dict(found.others),
    )


def _plain(name: str, one: Estimate, support: Support | None) -> dict[str, Any]:
    """Give the fields of `Valued`."""
    found: dict[str, Any] = {
        "policy": name,
        "value": _said(one.value),
        "low": _said(one.low),
        "high": _said(one.high),
        "anytime_low": _said(one.anytime_low),
        "anytime_high": _said(one.anytime_high),
        "ess": one.ess,
        "estimator": one.estimator,
        "refused": one.refused,
    }
    if support is not None:
        found |= {
            "greatest_weight": support.greatest,
            "mean_weight": support.mean_weight,
            "mean_errors": support.mean_errors,
            "unsupported": support.unsupported,
            "off": support.off,
            "off_errors": support.off_errors,
        }
    return found


def _said(number: float) -> float | None:
    """Give a number, None where it cannot be said."""
    return number if math.isfinite(number) else None
