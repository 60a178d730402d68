"""Support: does the log support the question at all, and how well?

Loop: Learn. Counts what the weights rest on, and finds propensities that cannot be true.
Rule 1: whatever the rewards are, E[w] = 1, in any group and at any context; a log whose weights say
otherwise was not drawn with its propensities.
Rule 2: heavy rows that happened not to be drawn count as possible when errors are reckoned.
Notation: pi(a|x) of the target, p(a|x) as logged, w = pi / p.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.learn.evaluate.frequencies import LOUD
from penchant.learn.evaluate.log import Log
from penchant.learn.evaluate.resampling import FEWEST_GROUPS, FEWEST_ROWS, rows_like

__all__ = ["Support", "refusal", "support_of"]

Floats = NDArray[np.float64]

MOST_UNSUPPORTED = 0.01  # of the target's mass on actions that were never logged
_BESIDE = "The weight beside feature"
HEAVY = 2.0  # heaviest rows that count as seen beforehand


class Support(NamedTuple):
    """What stands beside an estimate.

    `people_like` is how many people with as many rows each would weigh as much, by rows or by
    weights, whichever is fewer; `by_rows` is by rows. `greatest` is the greatest weight;
    `mean_weight` is 1 under right propensities, and `mean_errors` by how many standard errors it
    is not; `unsupported` the share of the target on actions never logged; `off` the check that is
    farthest off, its standard errors in `off_errors`, or "" where none is too far.
    """

    rows: int
    people: int
    people_like: float
    by_rows: float
    actions_logged: int
    is_grouped: bool
    ess: float
    greatest: float
    mean_weight: float
    mean_errors: float
    unsupported: float
    off: str
    off_errors: float


def support_of(log: Log) -> Support:
    """Reckon what an estimate would rest on."""
    row_weights = log.weights
    logged = np.bincount(log.actions, minlength=log.target.shape[1]) > 0
    mean_errors = _errors(row_weights - 1.0, log, _reach(log))
    off, off_errors = _farthest(log, row_weights)
    by_rows, by_weight = (
        rows_like(np.bincount(log.people, one, log.n_people).astype(np.float64))
        for one in (None, row_weights)
    )
    return Support(
        rows=len(log.actions),
        people=log.n_people,
        people_like=min(by_rows, by_weight),
        by_rows=by_rows,
        actions_logged=int(logged.sum()),
        is_grouped=log.is_grouped,
        ess=rows_like(row_weights),
        greatest=float(row_weights.max()),
        mean_weight=float(row_weights.mean()),
        mean_errors=mean_errors,
        unsupported=float(log.target[:, ~logged].sum(axis=1).mean()),
        off=off,
        off_errors=off_errors,
    )


def refusal(support: Support) -> str | None:
    """Say why the log does not support the question, or None where it does."""
    return next((f"Cannot say: {why}" for why in _objections(support)), None)


def _objections(support: Support) -> Iterator[str]:
    """Say what is wrong, the plainest first."""
    if support.rows < FEWEST_ROWS:
        yield (
            f"the log has {support.rows} rows, and fewer than {FEWEST_ROWS:.0f} show too little. "
            "Collect more."
        )
    if support.people < FEWEST_GROUPS:
        who = "1 person" if support.people == 1 else f"{support.people} people"
        yield (
            f"the log is of {who}, and fewer than {FEWEST_GROUPS} show too little of how people "
            "differ."
        )
    if support.unsupported > MOST_UNSUPPORTED:
        yield (
            f"{100 * support.unsupported:.1f} % of what the policy would do was never logged, so "
            "nothing is known of what would follow."
        )
    if support.actions_logged == 1:
        yield "the log took one and the same action in every row, so there is nothing to compare."
    if support.off:
        told = ""
        if support.off.startswith(_BESIDE):
            told = " If that feature became known only after the decision, leave it out."
        yield (
            f"the propensities do not fit what was logged. {support.off} is "
            f"{_many(support.off_errors)} standard errors off. Log the propensity with which each "
            f"action was really drawn.{told}"
        )
    if support.is_grouped and support.people_like < FEWEST_GROUPS <= support.people:
        most = "most rows are" if support.by_rows < FEWEST_GROUPS else "most of the weight is"
        yield (
            f"{most} of few people: the {support.people:,} there are weigh like "
            f"{support.people_like:.1f}, and fewer than {FEWEST_GROUPS} show too little of how "
            "people differ."
        )
    if support.ess < FEWEST_ROWS:
        yield (
            f"for this policy the {support.rows:,} rows weigh like {support.ess:,.0f}, and fewer "
            f"than {FEWEST_ROWS:.0f} show too little. The log rarely did what the policy would do."
        )


def _many(errors: float) -> str:
    """Give a number of standard errors; beyond 100 it says nothing more."""
    return f"{errors:.0f}" if errors <= 100 else "more than 100"  # noqa: PLR2004 - as said


def _reach(log: Log) -> float:
    """Give the heaviest weight a row could have had: the likeliest action at the least chance."""
    return float(log.target.max() / log.propensities.min())


def _farthest(log: Log, row_weights: Floats) -> tuple[str, float]:
    """Find the check of the propensities that is farthest off, among those too far off.

    Checked are the weights themselves, action by action, and beside every context; all have a known
    mean under right propensities. The more checks, the farther one may be off by chance.
    """
    reach = _reach(log)
    found = [
        (name, _errors(terms, log, reach), side) for name, terms, side in _checks(log, row_weights)
    ]
    # An action may be absent where the policy would not take it, so that it is logged more seldom
    # than its propensities say; it is never logged more often.
    told = [(errors if side < 0 else abs(errors), name) for name, errors, side in found]
    errors, name = max(told)
    loud = LOUD + 0.5 * math.log(len(found))  # Bonferroni, near enough: 5.5 at 20 checks
    return (name, errors) if errors > loud else ("", errors)


def _checks(log: Log, row_weights: Floats) -> Iterator[tuple[str, Floats, float]]:
    """Give terms (n,) of known mean one by one, since of a thousand actions all would be large."""
    yield "The mean weight", row_weights - 1.0, 1.0
    for action in np.flatnonzero(np.bincount(log.actions)):
        took = log.actions == action
        wanted = log.target[:, action]
        yield f"How often action {action} was logged", took * row_weights - wanted, 1.0
        inverse = took / log.propensities - 1.0
        yield f"The frequency of action {action}", np.maximum(inverse, -1.0), -1.0
    for place, column in enumerate(log.contexts.T):
        yield f"{_BESIDE} {place}", column * (row_weights - 1.0), 1.0


def _errors(terms: Floats, log: Log, reach: float) -> float:
    """Give how many standard errors the mean of terms is off 0."""
    by_person = np.bincount(log.people, terms, log.n_people)
    total = float(by_person.sum())
    spread = float(by_person @ by_person) - total**2 / log.n_people
    spread += HEAVY * reach**2
    return total / math.sqrt(spread) if spread > 0 else 0.0
