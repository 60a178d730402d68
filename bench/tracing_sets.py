"""The education sets as columns, and their folds: real answers, which do not ship.

They lie in the folder that `PENCHANT_DATA` names.
Rows of a student stand together and in order. Folds are drawn over students, with a fixed seed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from data_folder import data_folder
from numpy.typing import NDArray

__all__ = ["FOLDS", "SETS", "Answers", "folds", "load", "previous"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SETS = ("assistments2009", "assistments2015", "assistments2017_timed", "spanish_vocab")
FOLDS = 5


class Answers(NamedTuple):
    """Answers as columns of one length, one row an answer, students one after the other.

    `item` and `skill` are numbers from 0; where a set has no items, `item` is None. `at` is in
    seconds, or None where a set has no times.
    """

    student: Ints
    item: Ints | None
    skill: Ints
    correct: Ints
    at: Floats | None

    def rows(self, which: NDArray[np.bool_]) -> Answers:
        """Give some of the rows."""
        item = None if self.item is None else self.item[which]
        at = None if self.at is None else self.at[which]
        return Answers(self.student[which], item, self.skill[which], self.correct[which], at)


def load(name: str) -> Answers:
    """Read a set; students in the order of their ids, rows of each in the order of the file."""
    import pandas as pd  # noqa: PLC0415 - tests that only look for the folder do without it

    folder = data_folder("education")
    if folder is None:
        msg = "The education sets are not here; set `PENCHANT_DATA` to the folder that holds them."
        raise FileNotFoundError(msg)
    table = pd.read_parquet(folder / f"{name}.parquet")
    table = table.sort_values("user_id", kind="stable")
    at = table["timestamp"].to_numpy(np.float64) if "timestamp" in table else np.zeros(len(table))
    return Answers(
        student=_numbered(table["user_id"].to_numpy()),
        item=_numbered(table["item_id"].to_numpy()) if "item_id" in table else None,
        skill=_numbered(table["skill_id"].to_numpy()),
        correct=table["correct"].to_numpy(np.int64),
        at=at if np.ptp(at) > 0 else None,
    )


def folds(answers: Answers, seed: int = 0) -> Ints:
    """Give the fold of each row: students are dealt to `FOLDS` folds by chance."""
    students = int(answers.student.max()) + 1
    dealt = np.random.default_rng(seed).permutation(students) % FOLDS
    return dealt[answers.student]


def previous(*keys: Ints) -> Ints:
    """Count for each row the rows before it with the same keys."""
    order = np.lexsort(keys[::-1])
    same = np.ones(len(order) - 1, dtype=bool)
    for key in keys:
        same &= key[order][1:] == key[order][:-1]
    starts = np.concatenate([[0], np.flatnonzero(~same) + 1])
    begun = np.zeros(len(order), dtype=np.int64)
    begun[starts] = starts
    count = np.empty(len(order), dtype=np.int64)
    count[order] = np.arange(len(order)) - np.maximum.accumulate(begun)
    return count


def _numbered(values: Ints) -> Ints:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
