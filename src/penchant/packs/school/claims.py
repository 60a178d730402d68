"""What the school pack claims, each beside a rival that sees the same answers in the same run.

Students are split by person; every answer of a test student is predicted from their earlier ones
alone. The rival is Elo with a term for each skill and item, the best of the simple published ones
on some sets. The full comparison, with all rivals and folds, is a bench; this is what must hold.
Source of Elo: Pelánek 2016, "Applications of the Elo rating system in adaptive education".
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.pack import Measured, Tracer
from penchant.packs.school.parquet import columns_of
from penchant.packs.school.simulated import answered, chance, classroom, learner

__all__ = ["tracing", "tracing_simulated"]

Floats = NDArray[np.float64]
Row = tuple[str, str, tuple[str, ...], bool, float | None]

SIMULATED_STUDENTS, ANSWERS_EACH, REAL_STUDENTS = 150, 60, 100
DAY = 86_400.0
RESAMPLES, LOW, HIGH = 200, 5.0, 95.0


def tracing(read: Callable[[str], bytes]) -> Measured:
    """Measure the tracer on real answers: the first students of ASSISTments 2017."""
    table = columns_of(read("assistments2017_timed.parquet"))
    kept = np.isin(table["user_id"], np.unique(table["user_id"])[:REAL_STUDENTS])
    order = np.flatnonzero(kept)[np.argsort(table["user_id"][kept], kind="stable")]
    columns = (
        table[name][order].tolist()
        for name in ("user_id", "item_id", "skill_id", "correct", "timestamp")
    )
    rows: list[Row] = [
        (str(student), str(item), (str(skill),), bool(correct), float(at))
        for student, item, skill, correct, at in zip(*columns, strict=True)
    ]
    return _measured(rows)


def tracing_simulated(read: Callable[[str], bytes]) -> Measured:
    """Measure the tracer on SIMULATED students, whose answers anybody may have."""
    del read
    dice = np.random.default_rng(7)
    of = classroom(dice, skills=8, items=15)
    rows: list[Row] = []
    for number in range(SIMULATED_STUDENTS):
        who = learner(of, dice)
        for turn in range(ANSWERS_EACH):
            item, at = of.course.items[int(dice.integers(len(of.course.items)))], turn * DAY / 4
            correct = bool(dice.random() < chance(of, who, item.name, at))
            who = answered(of, who, item.name, correct=correct, at=at)
            rows.append((f"s{number}", item.name, item.skills, correct, at))
    return _measured(rows)


class _Told(NamedTuple):
    """What was predicted of each answer of the test students, and what came."""

    student: list[str]
    ours: list[float]
    theirs: list[float]
    correct: list[bool]


def _measured(rows: Sequence[Row]) -> Measured:
    """Give the AUC of both on every fifth student, with a 90 % interval over students for ours."""
    order = list(dict.fromkeys(row[0] for row in rows))
    test = set(order[::5])
    train = [row for row in rows if row[0] not in test]
    tracer, elo = Tracer.fit(train), _Elo()
    for row in train:
        elo.answer(*row[:4])
    told = _Told([], [], [], [])
    for student, item, skills, correct, at in rows:
        if student in test:
            told.student.append(student)
            told.ours.append(tracer.predict(student, item, skills, at))
            told.theirs.append(elo.predict(student, item, skills))
            told.correct.append(correct)
            tracer.answer(student, item, skills, correct, at)
            elo.answer(student, item, skills, correct)
    ours, theirs, right = np.array(told.ours), np.array(told.theirs), np.array(told.correct)
    low, high = _interval(ours, right, told.student)
    return Measured(_auc(ours, right), _auc(theirs, right), len(right), low, high)


def _auc(scores: Floats, right: NDArray[np.bool_]) -> float:
    """Give how often a right answer is ranked above a wrong one; ties count half."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    n = int(right.sum())
    return float((ranks[right].sum() - n * (n + 1) / 2) / (n * (len(right) - n)))


def _interval(
    scores: Floats, right: NDArray[np.bool_], students: Sequence[str]
) -> tuple[float, float]:
    """Give a 90 % interval of the AUC, drawing students anew (bootstrap)."""
    dice = np.random.default_rng(11)
    names, whose = np.unique(students, return_inverse=True)
    places = [np.flatnonzero(whose == n) for n in range(len(names))]
    drawn = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([places[n] for n in dice.integers(len(names), size=len(names))])
        drawn.append(_auc(scores[rows], right[rows]))
    low, high = np.percentile(drawn, [LOW, HIGH]).tolist()
    return low, high


class _Elo:
    """Elo: students, their skills and items play; steps shrink with the number of games."""

    def __init__(self) -> None:
        self._of: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._n: defaultdict[tuple[str, str], int] = defaultdict(int)

    def predict(self, student: str, item: str, skills: Sequence[str]) -> float:
        """Give the chance of a right answer."""
        skill = sum(self._of[student, one] for one in skills) / max(len(skills), 1)
        return 1.0 / (1.0 + exp(self._of["", item] - self._of[student, ""] - skill))

    def answer(self, student: str, item: str, skills: Sequence[str], correct: object) -> None:
        """Let an answer count."""
        missed = float(bool(correct)) - self.predict(student, item, skills)
        self._step("", item, -missed)
        self._step(student, "", missed)
        for one in skills:
            self._step(student, one, missed)

    def _step(self, whose: str, what: str, missed: float) -> None:
        key = whose, what
        self._of[key] += missed * 1.0 / (1.0 + 0.05 * self._n[key])
        self._n[key] += 1
