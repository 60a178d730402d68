"""The Open University's learning analytics data, as the early warning takes it.

The folder is `education/oulad` below the one that `PENCHANT_DATA` names, or `../shared/data` beside
the repository. The data do not ship with the project.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from penchant.packs.school.standing import Due, Enrolled, Handed, Standing, standing

__all__ = ["Oulad", "read"]

FACTS = ("earlier attempts", "credits", "education")
EDUCATION = (
    "No Formal quals",
    "Lower Than A Level",
    "A Level or Equivalent",
    "HE Qualification",
    "Post Graduate Qualification",
)
AGES = ("0-35", "35-55", "55<=")


class Oulad(NamedTuple):
    """One row an enrolment, in the order of the file.

    `groups` and `sensitive` say who somebody is: the first for measuring gaps, the second, as
    numbers, for what it would bring to use it.
    """

    enrolled: tuple[Enrolled, ...]
    due: tuple[Due, ...]
    handed: tuple[Handed, ...]
    at_risk: NDArray[np.float64]
    runs: tuple[str, ...]
    groups: Mapping[str, NDArray[np.str_]]
    sensitive: Mapping[str, NDArray[np.float64]]

    @property
    def students(self) -> tuple[str, ...]:
        """The student of each row."""
        return tuple(one.student for one in self.enrolled)

    def standing(self, day: float, *, sensitive: bool = False) -> Standing:
        """Give where everybody stands on a day, who they are left out unless asked for."""
        table = standing(self.enrolled, self.due, self.handed, day, FACTS)
        if not sensitive:
            return table
        values = np.column_stack([table.values, *self.sensitive.values()])  # noqa: PD011 - no pandas
        return Standing((*table.names, *self.sensitive), values, table.courses)


def read() -> Oulad | None:
    """Read the four tables; None where they are not here."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("PENCHANT_DATA", beside)) / "education" / "oulad"
    if not folder.is_dir():
        return None
    info, work, scores = (
        pd.read_parquet(folder / f"{name}.parquet")
        for name in ("student_info", "assessments", "student_assessment")
    )
    for table in (info, work):
        table["run"] = table.code_module + table.code_presentation
    work = work[(work.assessment_type != "Exam") & work.date.notna()]
    scores = scores.merge(work[["id_assessment", "run"]], on="id_assessment")
    # A spreadsheet made a date of the band from 10 to 20 %.
    bands = info.imd_band.replace("20-Oct", "10-20%").fillna("unknown")
    groups = {
        "disability": info.disability.to_numpy(str),
        "region": info.region.to_numpy(str),
        "deprivation": bands.to_numpy(str),
    }
    return Oulad(
        tuple(_enrolled(row) for row in info.itertuples()),
        tuple(_due(row) for row in work.itertuples()),
        tuple(_handed(row) for row in scores.itertuples()),
        info.final_result.isin(["Fail", "Withdrawn"]).to_numpy(np.float64),
        tuple(info.run),
        groups,
        _sensitive(info, bands),
    )


def _due(row: Any) -> Due:
    return Due(row.run, str(row.id_assessment), float(row.date), float(row.weight))


def _handed(row: Any) -> Handed:
    student, work = str(row.id_student), str(row.id_assessment)
    day, score = float(row.date_submitted), float(row.score)
    return Handed(student, row.run, work, day, score, bool(row.is_banked))


def _enrolled(row: Any) -> Enrolled:
    facts = (row.num_of_prev_attempts, row.studied_credits, EDUCATION.index(row.highest_education))
    return Enrolled(str(row.id_student), row.code_module, row.run, tuple(map(float, facts)))


def _sensitive(info: pd.DataFrame, bands: pd.Series) -> dict[str, NDArray[np.float64]]:
    """Give who somebody is as numbers: yes or no, a step of a scale, one column a region."""
    order = {f"{low}-{low + 10}%": float(low) for low in range(0, 100, 10)} | {"0-10%": 0.0}
    found = {
        "disability": (info.disability == "Y").to_numpy(np.float64),
        "deprivation": bands.str.replace("%", "").map(
            {name.replace("%", ""): value for name, value in order.items()}
        ).to_numpy(np.float64),
        "gender": (info.gender == "F").to_numpy(np.float64),
        "age": info.age_band.map(AGES.index).to_numpy(np.float64),
    }  # fmt: skip
    for region in sorted(set(info.region)):
        found[f"region {region}"] = (info.region == region).to_numpy(np.float64)
    return found
