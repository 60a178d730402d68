"""The simulator of students, fitted to real answers: parameters, and how far it is from them.

Reads `assistments2017_timed` and `assistments2009` (real answers; they do not ship). The model is
that of `penchant.packs.school.simulated`: ability over students, a level of each student in each
skill, a difficulty of each item, what right and wrong answers add, and how that fades (chosen on a
validation fifth of the students). Fitted by EM, exact over a 9 x 9 grid of student and skill
levels; spreads by empirical Bayes. Misfit is told on a fifth of the students that took no part: log
loss, AUC and ECE of predicting each answer from the earlier ones, beside the share right of each
skill, and beside what the same model reaches on answers it SIMULATED itself for the same students.

    python bench/simulator.py
"""

from __future__ import annotations

from measuring import machine, on_one_thread

if __name__ == "__main__":
    on_one_thread()

import argparse
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tracing_sets import Answers, folds, load

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NODES = 9
FADES = (0.0, 0.3, 0.6, 1.0)
ROUNDS, STEPS = 40, 3
DAY = 86_400.0
_x, _w = np.polynomial.hermite_e.hermegauss(NODES)
X, W = _x, _w / _w.sum()


class Model(NamedTuple):
    """What was fitted; arrays by skill or item, numbers over all."""

    level: float
    skill: Floats
    item: Floats
    right: Floats
    wrong: Floats
    students: float
    within: float
    fades: float
    means: tuple[float, float]
    spreads: tuple[float, float, float, float]


class Past(NamedTuple):
    """Of each answer: what earlier right and wrong ones to the skill count now; its sequence."""

    right: Floats
    wrong: Floats
    sequence: Ints


def past(answers: Answers, fades: float) -> Past:
    """Count earlier answers of a student to a skill, each by (1 + days)^-fades, on logarithms."""
    key = answers.student * (int(answers.skill.max()) + 1) + answers.skill
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) > 0])
    right, wrong = np.zeros(len(key)), np.zeros(len(key))
    sequence = np.empty(len(key), np.int64)
    for number, rows in enumerate(np.split(order, starts[1:])):
        sequence[rows] = number
        at = np.zeros(len(rows)) if answers.at is None else answers.at[rows] / DAY
        weight = np.tril((1 + np.maximum(at[:, None] - at, 0)) ** -fades, -1)
        right[rows] = weight @ answers.correct[rows]
        wrong[rows] = weight @ (1 - answers.correct[rows])
    return Past(np.log1p(right), np.log1p(wrong), sequence)


def expected(model: Model, answers: Answers, before: Past) -> Floats:
    """Give the logit of each answer of a student of average ability and levels."""
    skill, item = answers.skill, answers.item
    learned = model.right[skill] * before.right + model.wrong[skill] * before.wrong
    hard = 0.0 if item is None else model.item[item]
    return np.asarray(model.level + model.skill[skill] - hard + learned)


def logistic(z: Floats) -> Floats:
    """Give 1 / (1 + exp(-z))."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * z)))


def levels(model: Model) -> Floats:
    """Give what each pair of nodes adds to the logit: ``(9, 9)``, student by skill level."""
    return np.asarray(model.students * X[:, None] + model.within * X)


def believed(model: Model, answers: Answers, before: Past) -> tuple[Floats, Floats, Floats]:
    """Give each answer's weight over nodes, and the spread of students and levels, given all."""
    chance = logistic(expected(model, answers, before)[:, None, None] + levels(model))
    logs = np.log(np.where(answers.correct[:, None, None] > 0, chance, 1 - chance))
    found, sequence = np.unique(before.sequence, return_inverse=True)
    by_sequence = np.zeros((len(found), NODES, NODES))
    np.add.at(by_sequence, sequence, logs)
    owner = np.zeros(len(found), np.int64)
    owner[sequence] = np.unique(answers.student, return_inverse=True)[1]
    top = by_sequence.max(axis=2, keepdims=True)
    within = np.exp(by_sequence - top) * W
    total = within.sum(axis=2, keepdims=True)
    within /= total
    by_student = np.zeros((owner.max() + 1, NODES))
    np.add.at(by_student, owner, (top + np.log(total))[:, :, 0])
    by_student += np.log(W)
    student = np.exp(by_student - by_student.max(axis=1, keepdims=True))
    student /= student.sum(axis=1, keepdims=True)
    joint = student[owner][:, :, None] * within
    return joint[sequence], student, joint


def fit(answers: Answers, sizes: tuple[int, int], fades: float) -> Model:
    """Fit by EM: nodes given parameters, then steps of Newton, one block at a time."""
    n_skills, n_items = sizes
    before = past(answers, fades)
    item = np.zeros(len(answers.skill), np.int64) if answers.item is None else answers.item
    blocks = ((answers.skill, 1.0), (item, -1.0), (answers.skill, before.right))
    blocks = (*blocks, (answers.skill, before.wrong))
    values = [np.zeros(n) for n in (n_skills, n_items, n_skills, n_skills)]
    values[2] += 0.2
    values[3] += 0.2
    centres, spreads = [0.0, 0.0, 0.2, 0.2], [0.8, 0.6, 0.15, 0.15]
    rate = answers.correct.mean()
    level, students, within = float(np.log(rate / (1 - rate))), 0.7, 0.7
    for _ in range(ROUNDS):
        model = _model(level, values, (students, within, fades), (centres, spreads))
        weight, by_student, joint = believed(model, answers, before)
        students *= float(np.sqrt((by_student @ X**2).mean()))
        within *= float(np.sqrt((joint.sum(axis=1) @ X**2).mean()))
        for _ in range(STEPS):
            model = _model(level, values, (students, within, fades), (centres, spreads))
            chance = logistic(expected(model, answers, before)[:, None, None] + levels(model))
            error = answers.correct - (weight * chance).sum(axis=(1, 2))
            curve = (weight * chance * (1 - chance)).sum(axis=(1, 2))
            level += float(error.sum() / curve.sum())
            for n, (key, x) in enumerate(blocks):
                size = len(values[n])
                slope = np.bincount(key, error * x, size)
                slope -= (values[n] - centres[n]) / spreads[n] ** 2
                bend = np.bincount(key, curve * x * x, size) + 1 / spreads[n] ** 2
                values[n] = values[n] + 0.5 * slope / bend  # blocks share what they explain
                met = np.bincount(key, minlength=size) > 0
                centres[n] = float(values[n][met].mean()) if n > 1 else 0.0
                away = (values[n] - centres[n]) ** 2 + 1 / bend
                spreads[n] = float(np.sqrt(away[met].mean()))
    return _model(level, values, (students, within, fades), (centres, spreads))


def _model(
    level: float,
    values: Sequence[Floats],
    shared: tuple[float, float, float],
    over: tuple[Sequence[float], Sequence[float]],
) -> Model:
    means = (over[0][2], over[0][3])
    spreads = (over[1][0], over[1][1], over[1][2], over[1][3])
    return Model(level, *values, *shared, means, spreads)


def predicted(model: Model, answers: Answers) -> Floats:
    """Predict each answer from the earlier ones alone, exactly over the nodes."""
    before = past(answers, model.fades)
    mean, add = expected(model, answers, before), levels(model)
    found = np.empty(len(mean))
    student, spread, within = -1, W, {}
    for n, (who, sequence, correct) in enumerate(
        zip(answers.student.tolist(), before.sequence.tolist(), answers.correct, strict=True)
    ):
        if who != student:
            student, spread, within = who, W, {}
        here = within.get(sequence)
        here = np.tile(W, (NODES, 1)) if here is None else here
        chance = logistic(mean[n] + add)
        of_student = (here * chance).sum(axis=1)
        found[n] = spread @ of_student
        here = here * (chance if correct else 1 - chance)
        within[sequence] = here / here.sum(axis=1, keepdims=True)
        spread = spread * (of_student if correct else 1 - of_student)
        spread = spread / spread.sum()
    return found


def simulated(model: Model, answers: Answers, dice: np.random.Generator) -> Answers:
    """Let the model answer the same items in the same order (SIMULATED)."""
    key = answers.student * (int(answers.skill.max()) + 1) + answers.skill
    correct = np.zeros_like(answers.correct)
    ability = dice.normal(0, model.students, int(answers.student.max()) + 1)
    hard = np.zeros(len(key)) if answers.item is None else model.item[answers.item]
    order = np.argsort(key, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(key[order]) > 0) + 1):
        skill, at = (
            answers.skill[rows[0]],
            answers.at[rows] / DAY if answers.at is not None else None,
        )
        start = model.level + model.skill[skill] + ability[answers.student[rows[0]]]
        start += dice.normal(0, model.within)
        weight = np.zeros((len(rows), len(rows))) + 1.0
        if at is not None:
            weight = (1 + np.maximum(at[:, None] - at, 0)) ** -model.fades
        for n, row in enumerate(rows):
            right = np.log1p(weight[n, :n] @ correct[rows[:n]])
            wrong = np.log1p(weight[n, :n] @ (1 - correct[rows[:n]]))
            z = start - hard[row] + model.right[skill] * right + model.wrong[skill] * wrong
            correct[row] = dice.random() < logistic(z)
    return answers._replace(correct=correct)


def log_loss(correct: Ints, chance: Floats) -> float:
    """Give the mean logarithmic loss."""
    return float(-np.log(np.where(correct > 0, chance, 1 - chance)).mean())


def area(correct: Ints, chance: Floats) -> float:
    """Give the area under the ROC curve, ties halved."""
    _, place, counts = np.unique(chance, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n = int(correct.sum())
    return float((ranks[correct > 0].sum() - n * (n + 1) / 2) / (n * (len(correct) - n)))


def calibration(correct: Ints, chance: Floats, bins: int = 10) -> float:
    """Give the expected calibration error over bins of equal width."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    gap = np.bincount(place, correct - chance, bins)
    return float(np.abs(gap).sum() / len(correct))


def study(name: str, fades: Sequence[float]) -> None:
    """Fit one set, tell its parameters and its misfit."""
    answers, fold = load(name), folds(load(name))
    sizes = (
        int(answers.skill.max()) + 1,
        int(answers.item.max()) + 1 if answers.item is not None else 1,
    )
    losses: dict[float, float] = {}
    for one in fades:
        model = fit(answers.rows(fold > 1), sizes, one)
        valid = answers.rows(fold == 1)
        losses[one] = log_loss(valid.correct, predicted(model, valid))
    best = min(losses, key=losses.__getitem__)
    told = ", ".join(f"{one:g}: {loss:.5f}" for one, loss in losses.items())
    print(f"{name}: log loss on validation by fading exponent: {told}")
    train, test = answers.rows(fold > 0), answers.rows(fold == 0)
    model = fit(train, sizes, best)
    report(model, train, test)


def report(model: Model, train: Answers, test: Answers) -> None:
    """Print parameters and misfit."""
    print(
        f"  level {model.level:.3f}, students {model.students:.3f}, skills {model.spreads[0]:.3f}, "
        f"student within skill {model.within:.3f}, items {model.spreads[1]:.3f}, "
        f"right {model.means[0]:.3f} ± {model.spreads[2]:.3f}, "
        f"wrong {model.means[1]:.3f} ± {model.spreads[3]:.3f}, fades {model.fades:g}"
    )
    shares = _shares(train)
    own = simulated(model, test, np.random.default_rng(0))
    rows: Mapping[str, tuple[Ints, Floats]] = {
        "simulator on real answers": (test.correct, predicted(model, test)),
        "share right of the skill, on real answers": (test.correct, shares[test.skill]),
        "simulator on its own answers": (own.correct, predicted(model, own)),
    }
    print("  on students held out | log loss | AUC | ECE")
    for what, (correct, chance) in rows.items():
        told = f"{log_loss(correct, chance):.4f} | {area(correct, chance):.4f}"
        print(f"  {what} | {told} | {calibration(correct, chance):.4f}")


def _shares(answers: Answers) -> Floats:
    n = np.bincount(answers.skill, minlength=int(answers.skill.max()) + 1)
    right = np.bincount(answers.skill, answers.correct, len(n))
    overall = answers.correct.mean()
    found = np.full(10_000, overall)
    found[: len(n)] = (right + 5 * overall) / (n + 5)
    return found


def main() -> None:
    """Study both sets."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(machine())
    study("assistments2017_timed", FADES)
    study("assistments2009", (0.0,))


if __name__ == "__main__":
    main()
