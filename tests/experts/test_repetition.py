"""Review: equal to py-fsrs on its test vectors and on any answers at any times."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from penchant.experts.repetition import (
    AGAIN,
    EASY,
    GOOD,
    HARD,
    WEIGHTS,
    Memory,
    checked_weights,
    due_at,
    grade_of,
    interval_days,
    recalled,
    remembered,
    reviewed,
)
from penchant.pack import BadNumber

DAY = 86_400.0
START = datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
EQUAL = 1e-9

# Answers and days between them, of the tests of py-fsrs: its long history of intervals, its memory
# state, repeats within microseconds.
LONG = ([GOOD] * 6 + [AGAIN] * 2 + [GOOD] * 5, [0, 0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12])
STATE = ([AGAIN] + [GOOD] * 6, [0, 0, 1, 3, 8, 21, 0])
EASY_REPEATS = ([EASY] * 10, [0] + [1e-11] * 9)

grades = st.sampled_from([AGAIN, HARD, GOOD, EASY])
gaps = st.one_of(st.floats(-2.0, 3.0), st.floats(0.0, 400.0), st.integers(0, 5_000).map(float))
histories = st.lists(st.tuples(grades, gaps), min_size=1, max_size=30)
WIDE = (*(0.5, 1.0, 3.0, 15.0), *WEIGHTS[4:20], 0.5)


def theirs(history: Sequence[tuple[int, datetime]], scheduler: Scheduler) -> Card:
    """Fold the answers with py-fsrs."""
    card = Card(card_id=1)
    for grade, at in history:
        card, _ = scheduler.review_card(card, Rating(grade), at)
    return card


def dated(history: Sequence[tuple[int, float]]) -> list[tuple[int, datetime]]:
    """Turn days between answers into times, in whole seconds as both sides can hold them."""
    at, answers = START, []
    for grade, days in history:
        at += timedelta(seconds=round(days * DAY))
        answers.append((grade, at))
    return answers


def gap_to_theirs(history: Sequence[tuple[int, datetime]], weights: Sequence[float]) -> float:
    """Give the greatest relative difference in stability, difficulty and recall, at each step."""
    # Fuzzing off. Learning steps are on: they move no memory, and the law says so.
    scheduler = Scheduler(parameters=weights, enable_fuzzing=False)
    memory, gaps = None, [0.0]
    for n, (grade, at) in enumerate(history, start=1):
        memory = reviewed(memory, grade, at.timestamp(), weights)
        card = theirs(history[:n], scheduler)
        later = at + timedelta(days=13)
        pairs = (
            (memory.stability, card.stability or nan),
            (memory.difficulty, card.difficulty or nan),
            (
                recalled(memory, later.timestamp(), weights),
                scheduler.get_card_retrievability(card, later),
            ),
        )
        gaps += [abs(ours - other) / other for ours, other in pairs]
    return max(gaps)


@pytest.mark.parametrize("vector", [LONG, STATE, EASY_REPEATS])
def test_their_vectors(vector: tuple[list[int], list[float]]) -> None:
    """On the sequences of py-fsrs's own tests every step is equal."""
    history = dated(list(zip(*vector, strict=True)))

    assert gap_to_theirs(history, WEIGHTS) < EQUAL


def test_their_published_numbers() -> None:
    """The state and the intervals that py-fsrs's tests expect come out."""
    answers = [(grade, at.timestamp()) for grade, at in dated(list(zip(*STATE, strict=True)))]
    memory = remembered(answers)

    assert memory is not None
    card = theirs(dated(list(zip(*STATE, strict=True))), Scheduler(enable_fuzzing=False))
    assert (memory.stability, memory.difficulty) == pytest.approx(
        (card.stability, card.difficulty), rel=EQUAL
    )
    assert [interval_days(days) for days in (0.01, 2.3065, 10.0, 1e9)] == [1, 2, 10, 36_500]


@given(histories, st.sampled_from([WEIGHTS, WIDE]))
def test_equal_on_any_answers(history: list[tuple[int, float]], weights: tuple[float, ...]) -> None:
    """Any grades at any times, clocks that go back too, leave the memory py-fsrs has."""
    assert gap_to_theirs(dated(history), weights) < EQUAL


@given(histories, st.floats(0.7, 0.97))
def test_due_as_theirs_without_steps(history: list[tuple[int, float]], retention: float) -> None:
    """With learning steps and fuzzing off, py-fsrs names the same time for the next review."""
    answers = dated(history)
    scheduler = Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
    memory = remembered((grade, at.timestamp()) for grade, at in answers)

    assert memory is not None
    assert due_at(memory, retention) == theirs(answers, scheduler).due.timestamp()


@given(histories, histories)
def test_folding_in_two_parts(
    first: list[tuple[int, float]], then: list[tuple[int, float]]
) -> None:
    """A memory that was put away and taken out goes on as if it had never been."""
    answers = [(grade, at.timestamp()) for grade, at in dated([*first, *then])]
    memory = remembered(answers[: len(first)])
    for grade, at in answers[len(first) :]:
        memory = reviewed(memory, grade, at)

    assert memory == remembered(answers)


@given(histories)
def test_a_memory_stays_a_memory(history: list[tuple[int, float]]) -> None:
    """Stability is above 0, difficulty 1 to 10, recall a probability that only falls."""
    answers = [(grade, at.timestamp()) for grade, at in dated(history)]
    memory = remembered(answers)

    assert memory is not None
    chances = [recalled(memory, memory.at + days * DAY) for days in (0, 1, 10, 100, 10_000)]
    assert 0 < memory.stability < inf
    assert 1 <= memory.difficulty <= 10
    assert chances == sorted(chances, reverse=True)
    assert all(0 < chance <= 1 for chance in chances)


def test_nothing_answered_is_no_memory() -> None:
    """Without an answer there is nothing to review."""
    assert remembered([]) is None


@pytest.mark.parametrize(
    ("given_grade", "at", "says"),
    [(0, 0.0, "A grade is 1"), (5, 0.0, "A grade is 1"), (GOOD, nan, "time of a review")],
)
def test_a_wrong_answer_is_refused(given_grade: int, at: float, says: str) -> None:
    """A grade that is none, or a time that is none, is told."""
    with pytest.raises(BadNumber, match=says):
        reviewed(None, given_grade, at)


@pytest.mark.parametrize("retention", [0.0, 1.0, -1.0, nan])
def test_a_retention_that_cannot_be(retention: float) -> None:
    """To recall always, or never, is no aim for a review."""
    with pytest.raises(BadNumber, match="retention"):
        interval_days(1.0, retention)


@pytest.mark.parametrize(
    ("weights", "says"), [(WEIGHTS[:19], "21 weights"), ((*WEIGHTS[:20], 0.0), "`w20`")]
)
def test_weights_of_another_form(weights: tuple[float, ...], says: str) -> None:
    """Weights of FSRS-5, or outside the bounds, are told by number."""
    assert checked_weights(list(WEIGHTS)) == WEIGHTS
    with pytest.raises(BadNumber, match=says):
        checked_weights(weights)


@pytest.mark.parametrize(
    ("correct", "seconds", "hints", "expected"),
    [
        (False, 3.0, 0, AGAIN),
        (True, 10.0, 0, GOOD),
        (True, 25.0, 0, HARD),
        (True, 4.0, 0, EASY),
        (True, 4.0, 1, HARD),
        (True, None, 0, GOOD),
        (True, 0.0, 0, GOOD),
    ],
)
def test_an_answer_is_graded(
    *, correct: bool, seconds: float | None, hints: int, expected: int
) -> None:
    """Wrong is again; help or much time is hard; quick is easy; no time measured is good."""
    assert grade_of(correct=correct, seconds=seconds, usual=10.0, hints=hints) == expected


def test_memory_is_a_value() -> None:
    """Reviewing returns a new memory and leaves the old one."""
    before = Memory(5.0, 5.0, 0.0)
    reviewed(before, AGAIN, DAY)

    assert before == Memory(5.0, 5.0, 0.0)
