"""Where each student of a course stands on one day: what was due, what came, how good, how late.

Loop: features of the early warning. Pure sums over what was handed in up to that day.
Rule 1: nothing after the day is looked at, and no final result at all.
Rule 2: who somebody is (gender, age, disability, region, deprivation) is no feature unless it is
handed in as a fact on purpose.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.pack import BadInput

__all__ = ["SEEN", "Due", "Enrolled", "Handed", "Piece", "Standing", "pieces_of", "standing"]

Floats = NDArray[np.float64]
_SOFT = 5.0
"""Points added to the spread of a piece's scores, so that a piece all do well tells little."""


class Enrolled(NamedTuple):
    """A student in one run of a course; `facts` are what is known at registration, as numbers."""

    student: str
    course: str
    run: str
    facts: tuple[float, ...] = ()


class Due(NamedTuple):
    """A piece of work of a run: the day it is due, counted from the start, and its weight in %."""

    run: str
    work: str
    day: float
    weight: float


class Handed(NamedTuple):
    """A piece of work that came: on which day, its score of 100 (NaN where none yet)."""

    student: str
    run: str
    work: str
    day: float
    score: float
    carried: bool = False


class Standing(NamedTuple):
    """A row for each enrolment and a column for each feature, NaN where nothing is known.

    `values: (n, features) float64`; `names` and `courses` run along its columns and rows.
    """

    names: tuple[str, ...]
    values: Floats
    courses: tuple[str, ...]


def standing(
    enrolled: Sequence[Enrolled],
    due: Sequence[Due],
    handed: Sequence[Handed],
    day: float,
    facts: Sequence[str] = (),
) -> Standing:
    """Give where each enrolment stands at the end of a day.

    Args:
        enrolled: A row each, in the order wanted.
        due: All work of all runs; what falls due later, and exams, may be among it.
        handed: What came, in any order; what came later is left alone.
        day: Days since the start of the run.
        facts: Names of the facts of each enrolment.

    Returns:
        Features in the order of `names`.

    Raises:
        BadInput: When an enrolment has more or fewer facts than there are names.

    Example:
        >>> due = [Due("a1", "essay", 10, 20.0), Due("a1", "test", 90, 80.0)]
        >>> came = [Handed("ada", "a1", "essay", 12, 70.0)]
        >>> rows = [Enrolled("ada", "a", "a1"), Enrolled("ben", "a", "a1")]
        >>> table = standing(rows, due, came, 14)
        >>> table.values[:, table.names.index("missed share")]
        array([0., 1.])
    """
    wrong = next((one for one in enrolled if len(one.facts) != len(facts)), None)
    if wrong:
        msg = (
            f"Enrolment of student `{wrong.student}` in run `{wrong.run}` has {len(wrong.facts)} "
            f"facts; `facts` names {len(facts)}. Give each enrolment one value a name."
        )
        raise BadInput(msg)
    works = {(one.run, one.work): one for one in due}
    came = [one for one in handed if one.day <= day and (one.run, one.work) in works]
    usual = _usual(came)
    by_row: dict[tuple[str, str], list[Handed]] = defaultdict(list)
    for one in sorted(came, key=lambda one: one.day):
        by_row[one.student, one.run].append(one)
    by_run: dict[str, list[Due]] = defaultdict(list)
    for work in works.values():
        if work.day <= day:
            by_run[work.run].append(work)
    rows = [
        _row(
            one,
            by_run.get(one.run, []),
            by_row.get((one.student, one.run), []),
            (day, works, usual),
        )
        for one in enrolled
    ]
    names = (*SEEN, *facts)
    values = np.array(rows, dtype=np.float64).reshape(len(rows), len(names))
    return Standing(names, values, tuple(one.course for one in enrolled))


SEEN = (
    "missed share",
    "mean score",
    "mean against class",
    "last against class",
    "lowest score",
    "mean days late",
    "last days late",
    "days since",
    "carried over",
)
"""What is seen in the work itself; facts of registration stand behind it in a table.

Shares and days, no counts: how much is due by a week is another thing in another run of a course.
"""


class Piece(NamedTuple):
    """One piece of work of a student: when it was due, when it came and its score, None where not.

    `came` is None for what is missing; `score` is None for what has none yet.
    """

    work: str
    due: float
    came: float | None
    score: float | None


def pieces_of(
    one: Enrolled, due: Sequence[Due], handed: Sequence[Handed], day: float
) -> tuple[Piece, ...]:
    """Give the work that an enrolment's features on a day rest on: what was due, and what came.

    Example:
        >>> due = [Due("a1", "essay", 10, 20.0), Due("a1", "test", 90, 80.0)]
        >>> pieces_of(Enrolled("ada", "a", "a1"), due, [], 14)
        (Piece(work='essay', due=10, came=None, score=None),)
    """
    came = {
        each.work: each
        for each in handed
        if (each.student, each.run) == (one.student, one.run) and each.day <= day
    }
    found = []
    for work in sorted(due, key=lambda each: (each.day, each.work)):
        here = came.get(work.work)
        if work.run == one.run and (here or work.day <= day):
            score = None if here is None or here.score != here.score else here.score
            found.append(Piece(work.work, work.day, here.day if here else None, score))
    return tuple(found)


_Works = dict[tuple[str, str], Due]
_Usual = dict[tuple[str, str], tuple[float, float]]


def _usual(came: Sequence[Handed]) -> _Usual:
    """Give mean and softened spread of the scores of each piece, as they stand on the day."""
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in came:
        if one.score == one.score:
            scores[one.run, one.work].append(one.score)
    return {
        key: (float(np.mean(given)), float(np.std(given)) + _SOFT) for key, given in scores.items()
    }


def _row(
    one: Enrolled, due: Sequence[Due], came: Sequence[Handed], at: tuple[float, _Works, _Usual]
) -> list[float]:
    day, works, usual = at
    names = {handed.work for handed in came}
    missed = [work for work in due if work.work not in names]
    late = [handed.day - works[handed.run, handed.work].day for handed in came]
    scored = [handed for handed in came if handed.score == handed.score]
    against = [
        (handed.score - mean) / spread
        for handed in scored
        for mean, spread in (usual[handed.run, handed.work],)
    ]
    scores = [handed.score for handed in scored]
    seen = [
        len(missed) / len(due) if due else np.nan,
        _mean(scores),
        _mean(against),
        against[-1] if against else np.nan,
        min(scores, default=np.nan),
        _mean(late),
        late[-1] if late else np.nan,
        day - came[-1].day if came else np.nan,
        float(sum(handed.carried for handed in came)),
    ]
    return [*seen, *one.facts]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else np.nan
