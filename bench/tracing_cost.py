"""What tracing costs: microseconds an answer, bytes a student. Students here are SIMULATED."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
from measuring import Times, machine, percentiles
from tracing_sets import Floats

from penchant.packs.school import Tracer

__all__ = ["cost", "simulated"]

STUDENTS, ANSWERS = 100_000, 92
"""92 answers is what a student of assistments2009 has on average."""
ITEMS, SKILLS = 3_000, 100


def simulated(
    students: int, answers: int, seed: int, prefix: str = "s"
) -> list[tuple[object, ...]]:
    """Give answers of SIMULATED students: an ability, a difficulty, a gain with each answer."""
    dice, hard = np.random.default_rng(seed), np.random.default_rng(1).normal(size=ITEMS)
    ability = dice.normal(size=students)
    rows: list[tuple[object, ...]] = []
    for turn in range(answers):
        columns = zip(*(one.tolist() for one in _round(dice, ability, hard, turn)), strict=True)
        rows += [
            (f"{prefix}{n}", f"i{i}", (f"k{k}",), y, turn * 600.0)
            for n, (k, i, y) in enumerate(columns)
        ]
    return rows


def _round(dice: np.random.Generator, ability: Floats, hard: Floats, turn: int) -> tuple[Any, ...]:
    """Give skill, item and whether it was right, one answer for each student.

    A student stays with a skill for eight answers, as in assistments2009, then turns to another.
    """
    own = np.random.default_rng(turn // 8).permutation(len(ability))
    skill = own % (SKILLS // 12) + turn // 8 % 12 * (SKILLS // 12)
    item = skill + SKILLS * dice.integers(ITEMS // SKILLS, size=len(ability))
    odds = ability - hard[item] + 0.02 * turn
    return skill, item, dice.random(len(ability)) < 1.0 / (1.0 + np.exp(-odds))


def cost(students: int = STUDENTS) -> None:
    """Print the table."""
    rows = simulated(500, ANSWERS, seed=0)
    started = time.process_time()
    tracer = Tracer.fit(rows)
    print(machine())
    print(f"a fit of {len(rows):,} answers: {time.process_time() - started:.0f} processor seconds")
    print("SIMULATED students; microseconds of one call, or of an answer inside a batch")
    times, twice = Times(), Times()
    for student, item, skills, right, at in simulated(200, ANSWERS, seed=2, prefix="t"):
        times.call(0, tracer.predict, student, item, skills, at)
        twice.call(0, tracer.answer, student, item, skills, right, at)
    for label, taken in (("predict", times), ("answer", twice)):
        said = percentiles(taken.taken(undisturbed=True))
        least = min(taken.taken())
        print(
            f"{label:16} p50 {said.p50:6.1f}  p95 {said.p95:6.1f}  least {least:6.1f}", flush=True
        )
    _batches(tracer, students)


def _batches(tracer: Tracer, n: int) -> None:
    """Fill the tracer with many students, a round of answers at a time."""
    predicting, answering, used = Times(), Times(), [9e9, 9e9]
    dice, hard = np.random.default_rng(3), np.random.default_rng(1).normal(size=ITEMS)
    ability, names = dice.normal(size=n), [f"u{one}" for one in range(n)]
    for turn in range(ANSWERS):
        skill, item, right = _round(dice, ability, hard, turn)
        skills, items = [(f"k{one}",) for one in skill.tolist()], [f"i{i}" for i in item.tolist()]
        at = [turn * 600.0] * n
        if turn % 10 == 1:
            started = time.process_time()
            predicting.call(0, tracer.predict_many, names, items, skills, at)
            used[0] = min(used[0], time.process_time() - started)
        started = time.process_time()
        answering.call(0, tracer.answer_many, names, items, skills, right.tolist(), at)
        used[1] = min(used[1], time.process_time() - started)
    kinds = (("predict_many", predicting, used[0]), ("answer_many", answering, used[1]))
    for label, taken, least_used in kinds:
        said = percentiles([one / n for one in taken.taken()])
        least = min(taken.taken()) / n
        used_each = least_used / n * 1e6
        wall = f"p50 {said.p50:6.2f}  p95 {said.p95:6.2f}  least {least:6.2f}"
        print(f"{label:16} {wall}  of a processor, least {used_each:5.2f}", flush=True)
    sizes = [sys.getsizeof(tracer.state(name)) for name in names]
    told = sum(sizes) / 1e6
    named = sum(map(sys.getsizeof, names)) / 1e6
    places = sys.getsizeof(dict.fromkeys(range(n))) / 1e6
    print(f"{n:,} students after {ANSWERS} answers: states {told:.0f} MB, ", end="")
    print(f"their names {named:.0f} MB, the table that finds them {places:.0f} MB")
    print(f"a state: {np.mean(sizes):.0f} bytes on average, {max(sizes)} at most")
