"""Who is flagged, and how far a flag can be trusted: what a teacher is told of the early warning.

Loop: read by a teacher's page. A flag is a reason to talk with a student, and decides nothing.
Rule 1: precision comes from students whom the model never saw; it stands beside each flag.
Rule 2: a threshold is that of a share of those at risk who are to be found, ties together.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.packs.school.answers import digest_of
from penchant.packs.school.standing import Floats, Standing
from penchant.packs.school.warning import EarlyWarning, Why, fit_warning

__all__ = ["Fit", "Precision", "Warned", "out_of_fold", "precision_at", "warned"]

Fit = Callable[[Standing, Floats], Callable[[Standing], Floats]]
"""Makes, from where students stood and what became of them, what tells the risk of others."""
_CLOSE = 1e-6
_Z = 1.959963984540054  # of a normal distribution, two-sided 95 %


class Precision(NamedTuple):
    """Of those who are flagged at a threshold, how many are at risk; with a 95 % interval.

    `recall` is the share of all at risk who are flagged, at least what was asked.
    """

    threshold: float
    precision: float
    low: float
    high: float
    recall: float
    flagged: int


class Warned(NamedTuple):
    """A student who is flagged: the risk, what raises it most, and how far flags can be trusted.

    `row` is the student's row of the table; `pieces_of` gives the work that it rests on.
    """

    row: int
    risk: float
    reasons: tuple[Why, ...]
    sentence: str


def precision_at(risk: Floats, at_risk: Floats, *, recall: float = 0.5) -> Precision:
    """Give the precision at the highest threshold that flags a share of those at risk.

    Args:
        risk: ``(n,)``, any order that rises with the risk.
        at_risk: ``(n,)`` of 0 and 1, with at least one 1.
        recall: The share of those at risk to be flagged. Ties are flagged together.

    Example:
        >>> precision_at(np.array([0.9, 0.8, 0.2, 0.1]), np.array([1.0, 0.0, 1.0, 0.0])).precision
        1.0

    Source: the interval is Wilson's (1927).
    """
    order = np.argsort(-risk, kind="stable")
    found = np.cumsum(at_risk[order])
    place = int(np.searchsorted(found, recall * found[-1] - _CLOSE))
    threshold = float(risk[order[place]])
    flagged = risk >= threshold
    n, right = int(flagged.sum()), float(at_risk[flagged].sum())
    share = right / n
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    low, high = float(middle - half), float(middle + half)
    return Precision(threshold, share, low, high, right / float(found[-1]), n)


def out_of_fold(
    table: Standing,
    at_risk: Sequence[float] | Floats,
    students: Sequence[str],
    *,
    folds: int = 5,
    fit: Fit | None = None,
) -> Floats:
    """Give for each row the risk by a model that saw no row of its student.

    From these, never from the risks of those a model was fitted on, comes the precision that a
    teacher is told.

    Args:
        table: Where each enrolment of past runs stood.
        at_risk: What became of them.
        students: The student of each row; one student is in one fold.
        folds: How many models are fitted.
        fit: How a model is fitted; by `fit_warning` where nothing is said.
    """
    fitted = fit or (lambda rows, results: fit_warning(rows, results).risk)
    told = np.asarray(at_risk, dtype=np.float64)
    fold = np.array([int(digest_of(one), 16) % folds for one in students])
    risk = np.full(len(told), told.mean())
    for number in range(folds):
        held = fold == number
        if held.any() and not held.all():
            risk[held] = fitted(_rows(table, ~held), told[~held])(_rows(table, held))
    return risk


def warned(
    model: EarlyWarning, table: Standing, known: Precision, *, most: int = 3
) -> tuple[Warned, ...]:
    """Give the students who are flagged, the likeliest first.

    Args:
        model: Of this week.
        table: Where students stand now.
        known: The precision of the flags in past runs, from risks out of fold.
        most: Reasons a student.

    Example:
        >>> model = EarlyWarning((), (), (), np.zeros((1, 0, 1)), np.zeros(1), np.zeros(0))
        >>> table = Standing((), np.zeros((1, 0)), ("a",))
        >>> print(warned(model, table, Precision(0.4, 0.9, 0.8, 0.95, 0.5, 60))[0].sentence)
        The risk of not passing is 50 %. Of 60 flagged in past runs 90 % did not pass (80 to 95 %).
    """
    risk = model.risk(table)
    rows = np.flatnonzero(risk >= known.threshold)
    past = (
        f"Of {known.flagged} flagged in past runs {known.precision:.0%} did not pass "
        f"({known.low * 100:.0f} to {known.high:.0%})."
    ).replace("%", " %")
    return tuple(
        Warned(
            int(row),
            float(risk[row]),
            tuple(why for why in model.reasons(table, int(row), most=most) if why.adds > 0),
            f"The risk of not passing is {risk[row] * 100:.0f} %. {past}",
        )
        for row in rows[np.argsort(-risk[rows], kind="stable")]
    )


def _rows(table: Standing, which: NDArray[np.bool_]) -> Standing:
    courses = tuple(one for one, kept in zip(table.courses, which, strict=True) if kept)
    return Standing(table.names, table.values[which], courses)
