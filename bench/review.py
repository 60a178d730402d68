"""Reviews: our FSRS-6 beside py-fsrs, on random answers at random times.

Prints the greatest relative difference of stability, difficulty and chance of recall over every
step, whether the due times agree with learning steps off, and the microseconds of an answer.
The sequences are SIMULATED. py-fsrs runs with fuzzing off; learning steps, which move no memory,
are on for the first line and off for the due times.

    python bench/review.py --people 2000
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime, timedelta
from random import Random

from fsrs import Card, Rating, Scheduler

from penchant.experts.repetition import Memory, due_at, recalled, reviewed

START = datetime(2026, 1, 1, tzinfo=UTC)
ANSWERS = 20


def history(dice: Random) -> list[tuple[int, datetime]]:
    """Draw answers: grades at gaps of seconds to a year, some with the clock going back."""
    at, answers = START, []
    for _ in range(ANSWERS):
        at += timedelta(
            seconds=round(dice.choice([-30.0, 60.0, 3_600.0, 86_400.0 * 7, 3.15e7]) * dice.random())
        )
        answers.append((dice.choice([1, 2, 3, 3, 4]), at))
    return answers


def main() -> None:
    """Compare and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--people", type=int, default=2_000)
    n, dice = given.parse_args().people, Random(7)  # noqa: S311 - a simulation
    stepped = Scheduler(enable_fuzzing=False)
    plain = Scheduler(enable_fuzzing=False, learning_steps=(), relearning_steps=())
    gap, n_due, ours_took, theirs_took = 0.0, 0, 0.0, 0.0
    for _ in range(n):
        memory: Memory | None = None
        card, other = Card(card_id=1), Card(card_id=2)
        for grade, at in history(dice):
            start = time.perf_counter()
            memory = reviewed(memory, grade, at.timestamp())
            middle = time.perf_counter()
            card, _ = stepped.review_card(card, Rating(grade), at)
            theirs_took += time.perf_counter() - middle
            ours_took += middle - start
            other, _ = plain.review_card(other, Rating(grade), at)
            later = at + timedelta(days=9)
            pairs = (
                (memory.stability, card.stability or 0.0),
                (memory.difficulty, card.difficulty or 0.0),
                (recalled(memory, later.timestamp()), stepped.get_card_retrievability(card, later)),
            )
            gap = max(gap, *(abs(one - two) / two for one, two in pairs))
            n_due += due_at(memory) == other.due.timestamp()
    steps = n * ANSWERS
    print(f"simulated: {n:,} histories of {ANSWERS} answers")
    print(f"greatest relative difference to py-fsrs: {gap:.1e} (wanted: below 1e-9)")
    print(f"due at the same second, learning steps off: {n_due:,} of {steps:,}")
    print(
        f"an answer: {1e6 * ours_took / steps:.1f} µs, py-fsrs {1e6 * theirs_took / steps:.1f} µs"
    )


if __name__ == "__main__":
    main()
