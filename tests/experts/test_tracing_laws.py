"""Laws of the tracer, on SIMULATED populations: a fold is a fold, predicting changes nothing."""

from typing import Any

import pytest
from experts.traced import tracer
from hypothesis import given
from hypothesis import strategies as st

from penchant.packs.school import Tracer

STUDENTS = st.sampled_from(["ada", "ben", "cy", *(f"s{n}" for n in range(20))])
SKILLS = st.lists(st.sampled_from(["k0", "k1", "k2", "new", "émoji 🎈"]), min_size=1, max_size=3)
ITEMS = st.sampled_from([None, *(f"i{n}" for n in range(14))])
TIMES = st.none() | st.floats(-1e9, 2e9)
ROWS = st.lists(st.tuples(STUDENTS, ITEMS, SKILLS, st.booleans(), TIMES), min_size=1, max_size=60)
KINDS = st.sampled_from([(False, True), (True, True), (False, False), (True, False)])

Row = tuple[str, str | None, list[str], bool, float | None]


@given(kind=KINDS, rows=ROWS, cut=st.integers(0, 60))
@pytest.mark.proof
def test_batches_are_the_fold(kind: tuple[bool, bool], rows: list[Row], cut: int) -> None:
    """Answers in batches, in two parts, lead to the same states as one by one."""
    own = _fresh(kind, rows)
    for row in rows:
        own.answer(*row)
    single = {row[0]: own.state(row[0]) for row in rows}

    own = _fresh(kind, rows)
    for part in (rows[:cut], rows[cut:]):
        own.answer_many(*_columns(part))
    assert {row[0]: own.state(row[0]) for row in rows} == single


@given(kind=KINDS, rows=ROWS)
@pytest.mark.proof
def test_following_is_predicting_then_answering(kind: tuple[bool, bool], rows: list[Row]) -> None:
    """Following a batch gives what single calls give, and ends in the same states."""
    own = _fresh(kind, rows)
    told = []
    for student, item, skills, right, at in rows:
        told.append(own.predict(student, item, skills, at))
        own.answer(student, item, skills, right, at)
    single = {row[0]: own.state(row[0]) for row in rows}

    own = _fresh(kind, rows)
    assert own.follow(*_columns(rows)).tolist() == pytest.approx(told, abs=1e-9)
    assert {row[0]: own.state(row[0]) for row in rows} == single


@given(kind=KINDS, rows=ROWS)
@pytest.mark.proof
def test_predicting_changes_nothing_and_stays_inside(
    kind: tuple[bool, bool], rows: list[Row]
) -> None:
    """Every chance lies between 0 and 1, alone and in a batch alike, and no state moves."""
    own = _fresh(kind, rows)
    own.answer_many(*_columns(rows))
    before = {row[0]: own.state(row[0]) for row in rows}
    alone = [own.predict(student, item, skills, at) for student, item, skills, _, at in rows]
    students, items, skills, _, at = _columns(rows)
    many = own.predict_many(students, items, skills, at)

    assert many.tolist() == pytest.approx(alone, abs=1e-9)
    assert all(0.0 < chance < 1.0 for chance in alone)
    assert {row[0]: own.state(row[0]) for row in rows} == before


@given(kind=KINDS, rows=ROWS)
@pytest.mark.proof
def test_a_restored_state_is_the_student(kind: tuple[bool, bool], rows: list[Row]) -> None:
    """A state put in place of another student predicts and goes on as the first one did."""
    own = _fresh(kind, rows)
    own.answer_many(*_columns(rows))
    student, item, skills, right, at = rows[-1]
    own.restore("twin", own.state(student))

    assert own.predict("twin", item, skills, at) == own.predict(student, item, skills, at)
    for name in (student, "twin"):
        own.answer(name, item, skills, right, at)
    assert own.state("twin") == own.state(student)


def _fresh(kind: tuple[bool, bool], rows: list[Row]) -> Tracer:
    """Give the tracer of a kind of population, with none of these students in it."""
    own = tracer(has_times=kind[0], has_items=kind[1])
    for row in rows:
        own.forget(row[0])
    return own


def _columns(rows: list[Row]) -> tuple[list[Any], ...]:
    return tuple([row[place] for row in rows] for place in range(5))
