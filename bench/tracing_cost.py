"""What tracing costs: microseconds an answer, bytes a student. Students here are SIMULATED."""

from __future__ import annotations

import sys

import numpy as np
from measuring import Times, machine, percentiles

from penchant.packs.school import Tracer

__all__ = ["cost", "simulated"]

STUDENTS, ANSWERS = 100_000, 60
ITEMS, SKILLS = 3_000, 100


def simulated(
    students: int, answers: int, seed: int, prefix: str = "s"
) -> list[tuple[object, ...]]:
    """Give answers of SIMULATED students: an ability, a difficulty, a gain with each answer."""
    dice = np.random.default_rng(seed)
    ability, hard = dice.normal(size=students), np.random.default_rng(1).normal(size=ITEMS)
    rows: list[tuple[object, ...]] = []
    for turn in range(answers):
        skill = dice.integers(SKILLS // 10, size=students) + turn // 6 % 10 * (SKILLS // 10)
        item = skill + SKILLS * dice.integers(ITEMS // SKILLS, size=students)
        odds = ability - hard[item] + 0.02 * turn
        right = dice.random(students) < 1.0 / (1.0 + np.exp(-odds))
        columns = zip(item.tolist(), skill.tolist(), right.tolist(), strict=True)
        rows += [
            (f"{prefix}{n}", f"i{i}", (f"k{k}",), y, turn * 600.0)
            for n, (i, k, y) in enumerate(columns)
        ]
    return rows


def cost() -> None:
    """Print the table."""
    tracer = Tracer.fit(simulated(2_000, ANSWERS, seed=0))
    print(machine())
    print("SIMULATED students; microseconds of one call, or of an answer inside a batch")
    times, twice = Times(), Times()
    for student, item, skills, right, at in simulated(200, ANSWERS, seed=2, prefix="t"):
        times.call(0, tracer.predict, student, item, skills, at)
        twice.call(0, tracer.answer, student, item, skills, right, at)
    for label, taken in (("predict", times), ("answer", twice)):
        said = percentiles(taken.taken(undisturbed=True))
        print(f"{label:16} p50 {said.p50:6.1f}  p95 {said.p95:6.1f}  {said.calls:,} calls")
    _batches(tracer)


def _batches(tracer: Tracer) -> None:
    """Fill the tracer with many students, a round of answers at a time."""
    rows = simulated(STUDENTS, 1, seed=3, prefix="u")
    tracer.answer_many(*map(list, zip(*rows, strict=True)))
    predicting, answering = Times(), Times()
    for turn in range(1, ANSWERS):
        rows = simulated(STUDENTS, 1, seed=3 + turn, prefix="u")
        students, items, skills, right, _ = map(list, zip(*rows, strict=True))
        at = [turn * 600.0] * STUDENTS
        predicting.call(0, tracer.predict_many, students, items, skills, at)
        answering.call(0, tracer.answer_many, students, items, skills, right, at)
    for label, taken in (("predict_many", predicting), ("answer_many", answering)):
        each = [one / STUDENTS for one in taken.taken()]
        said = percentiles(each)
        print(f"{label:16} p50 {said.p50:6.2f}  p95 {said.p95:6.2f}  {STUDENTS:,} students a call")
    sizes = [sys.getsizeof(tracer.state(f"u{n}")) for n in range(STUDENTS)]
    told = sum(sizes) / 1e6
    names = sum(sys.getsizeof(f"u{n}") for n in range(STUDENTS)) / 1e6
    places = sys.getsizeof(dict.fromkeys(range(STUDENTS))) / 1e6
    print(f"{STUDENTS:,} students after {ANSWERS} answers: states {told:.0f} MB, ", end="")
    print(f"their names {names:.0f} MB, the table that finds them {places:.0f} MB")
    print(f"a state: {np.mean(sizes):.0f} bytes on average, {max(sizes)} at most")
