"""SIMULATED students for tests of the tracer: an ability, a difficulty, a gain with practice."""

from functools import cache

import numpy as np

from penchant.packs.school import Tracer

__all__ = ["Row", "answers", "tracer"]

Row = tuple[str, str | None, tuple[str, ...], bool, float | None]


def answers(
    students: int, each: int, *, seed: int = 0, has_times: bool = False, has_items: bool = True
) -> list[Row]:
    """Give SIMULATED answers, students one after the other."""
    dice = np.random.default_rng(seed)
    hard = np.random.default_rng(1).normal(size=12)
    rows: list[Row] = []
    for student in range(students):
        able, clock = dice.normal(), 0.0
        for nth in range(each):
            item = int(dice.integers(12))
            clock += float(dice.exponential(3600.0))
            skills = (f"k{item % 3}",) if item else ("k0", "k1")
            is_right = dice.random() < 1.0 / (1.0 + np.exp(hard[item] - able - 0.05 * nth))
            name = f"i{item}" if has_items else None
            at = clock if has_times else None
            rows.append((f"s{student}", name, skills, bool(is_right), at))
    return rows


@cache
def tracer(*, has_times: bool = False, has_items: bool = True) -> Tracer:
    """Give a tracer fitted to SIMULATED answers; tests give their students names of their own."""
    return Tracer.fit(answers(40, 25, has_times=has_times, has_items=has_items))
