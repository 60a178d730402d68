"""The Open University's learning analytics data (OULAD), and the claim that is measured on them.

Loop: beside it; a claim is measured where its data are.
Rule: the final result is what is to be told, never a feature; nor is who somebody is.

Source: Kuzilek, Hlosta and Zdrahal 2017, "Open University Learning Analytics dataset", Scientific
Data 4:170171.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from penchant.pack import Measured, likeliest
from penchant.packs.school.flags import out_of_fold, precision_at
from penchant.packs.school.parquet import Columns, columns_of
from penchant.packs.school.standing import Due, Enrolled, Floats, Handed, Standing, standing
from penchant.packs.school.warning import chance_of

__all__ = ["Oulad", "early_warning", "oulad_from"]

Read = Callable[[str], bytes]

_FACTS = ("earlier attempts", "credits", "education")
_EDUCATION = (
    "No Formal quals",
    "Lower Than A Level",
    "A Level or Equivalent",
    "HE Qualification",
    "Post Graduate Qualification",
)
_WEEK = 6
"""By then each course has had its first piece of work."""


class Oulad(NamedTuple):
    """One row an enrolment, in the order of the file; `info` are the columns as they were."""

    enrolled: tuple[Enrolled, ...]
    due: tuple[Due, ...]
    handed: tuple[Handed, ...]
    at_risk: Floats
    info: Columns

    @property
    def students(self) -> tuple[str, ...]:
        """The student of each row."""
        return tuple(one.student for one in self.enrolled)

    @property
    def runs(self) -> tuple[str, ...]:
        """The run of each row."""
        return tuple(one.run for one in self.enrolled)

    def standing(self, day: float) -> Standing:
        """Give where everybody stands on a day of their run."""
        return standing(self.enrolled, self.due, self.handed, day, _FACTS)


def oulad_from(read: Read) -> Oulad:
    """Read the tables.

    Args:
        read: Gives the bytes of a file by its name.

    Raises:
        ModuleNotFoundError: When pyarrow is not installed.
    """
    info, work, scores = (
        columns_of(read(f"{name}.parquet"))
        for name in ("student_info", "assessments", "student_assessment")
    )
    runs = _runs(info)
    facts = zip(
        info["num_of_prev_attempts"].astype(float),
        info["studied_credits"].astype(float),
        map(float, map(_EDUCATION.index, info["highest_education"])),
        strict=True,
    )
    people = zip(info["id_student"], info["code_module"], runs, facts, strict=True)
    due = _due(work)
    run_of = {one.work: one.run for one in due}
    came = zip(*(scores[name] for name in _CAME), strict=True)
    return Oulad(
        tuple(Enrolled(str(one), course, run, told) for one, course, run, told in people),
        due,
        tuple(
            Handed(str(student), run_of[str(work)], str(work), float(day), float(score), bool(kept))
            for student, work, day, score, kept in came
            if str(work) in run_of
        ),
        np.isin(info["final_result"], ("Fail", "Withdrawn")).astype(np.float64),
        info,
    )


_CAME = ("id_student", "id_assessment", "date_submitted", "score", "is_banked")


def _runs(table: Columns) -> list[str]:
    pairs = zip(table["code_module"], table["code_presentation"], strict=True)
    return [module + presentation for module, presentation in pairs]


def _due(work: Columns) -> tuple[Due, ...]:
    """Give the dated work; exams stand at the end and are no work of the term."""
    rows = zip(
        _runs(work),
        work["id_assessment"],
        work["date"].astype(float),
        work["weight"].astype(float),
        work["assessment_type"],
        strict=True,
    )
    return tuple(
        Due(run, str(name), float(day), float(weight))
        for run, name, day, weight, kind in rows
        if kind != "Exam" and day == day  # noqa: PLR0124 - NaN is work without a date
    )


def early_warning(read: Read) -> Measured:
    """Measure the claim: precision at recall one half in week 6, beside a straight logistic.

    Both see the same features and predict students whom they never saw, in folds by student. The
    interval is that of the claim's own precision.
    """
    data = oulad_from(read)
    table = data.standing(7 * _WEEK)
    ours = precision_at(out_of_fold(table, data.at_risk, data.students, folds=3), data.at_risk)
    line = out_of_fold(table, data.at_risk, data.students, folds=3, fit=_straight)
    baseline = precision_at(line, data.at_risk)
    return Measured(
        ours.precision, baseline.precision, len(data.enrolled), low=ours.low, high=ours.high
    )


def _straight(table: Standing, at_risk: Floats) -> Callable[[Standing], Floats]:
    """Fit what the warning is held against: a logistic regression straight in each feature.

    Features are brought to mean 0 and spread 1; what is not known stands at the mean, with a mark.
    """
    known = ~np.isnan(table.values)
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, table.values, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, table.values - middle, 0.0) ** 2).sum(axis=0) / count)
    courses = sorted(set(table.courses))

    def design(given: Standing) -> Floats:
        filled = np.nan_to_num((given.values - middle) / np.where(spread > 0, spread, 1.0))
        course = np.array([[one == name for name in courses] for one in given.courses], dtype=float)
        return np.hstack([np.ones((len(filled), 1)), filled, np.isnan(given.values), course])

    columns = design(table)
    weights = likeliest(columns, at_risk, np.full(columns.shape[1], 1.0))
    return lambda given: chance_of(design(given) @ weights)
