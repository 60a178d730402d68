"""Evidence: outcomes in rows, growing in both directions."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.model.evidence import Evidence, Row, Rows


def row(number: float, person: int = 0, *, n_context: int = 1, n_action: int = 1) -> Row:
    """Give an outcome with one number all over."""
    return Row(np.full(n_context, number), np.full(n_action, number), number, 0.5, number, person)


def test_rows_come_back_as_they_went_in() -> None:
    """In their order, and any stretch of them."""
    evidence = Evidence()
    for i in range(5):
        evidence.add_one(row(i, person=i % 2))

    assert len(evidence) == 5
    assert evidence.rows().reward.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert evidence.rows(1, 3).person.tolist() == [1, 0]
    assert evidence.rows(4).context.tolist() == [[4.0]]
    assert evidence.rows().where(np.array([True, False, False, True, False])).at.tolist() == [0, 3]


def test_columns_that_came_later_are_usual_before() -> None:
    """NaN, which no number is."""
    evidence = Evidence()
    evidence.add_one(row(1.0))
    evidence.add_one(row(2.0, n_context=3, n_action=2))
    rows = evidence.rows()

    assert rows.context.shape == (2, 3)
    assert rows.context[0, 0] == 1.0
    assert np.isnan(rows.context[0, 1:]).all()
    assert math.isnan(rows.actions[rows.shown[0], 1])
    assert rows.actions[rows.shown[1]].tolist() == [2.0, 2.0]


def columns(rows: Rows) -> list[NDArray[np.generic]]:
    """Give the columns."""
    return [np.asarray(column) for column in rows]


def test_many_at_once_are_many_one_by_one() -> None:
    """Beyond the first room, too."""
    one_by_one, at_once = Evidence(), Evidence()
    for i in range(3_000):
        one_by_one.add_one(row(i, person=i % 7, n_context=2))
    at_once.add(one_by_one.rows(0, 100))
    at_once.add(one_by_one.rows(100))

    assert len(at_once) == 3_000
    for one, other in zip(columns(at_once.rows()), columns(one_by_one.rows()), strict=True):
        assert np.array_equal(one, other, equal_nan=True)


def test_forgetting_blanks_a_persons_rows() -> None:
    """No feature, reward or time stays; those of others do."""
    evidence = Evidence()
    for i in range(1, 7):
        evidence.add_one(row(float(i), person=i % 2))
    evidence.forget(1)
    rows = evidence.rows()

    assert len(evidence) == 6
    assert rows.person.tolist() == [-1, 0, -1, 0, -1, 0]
    assert np.isnan(rows.predicted[::2]).all()
    assert rows.reward.tolist() == [0.0, 2.0, 0.0, 4.0, 0.0, 6.0]
    assert rows.context[:, 0].tolist() == [0.0, 2.0, 0.0, 4.0, 0.0, 6.0]
    assert rows.at.tolist() == [0.0, 2.0, 0.0, 4.0, 0.0, 6.0]


def test_an_action_is_kept_once_however_often_it_was_shown() -> None:
    """One by one and many at once; what was not shown is not kept."""
    evidence, twin = Evidence(), Evidence()
    for number in (1.0, 2.0, 1.0):
        evidence.add_one(row(number))
    twin.add(evidence.rows(0, 1))
    twin.add(evidence.rows(2, 3))

    assert len(evidence.rows().actions) == 1 + 2
    assert len(twin.rows().actions) == 1 + 1
    assert twin.rows().actions[twin.rows().shown].tolist() == [[1.0], [1.0]]


def test_an_action_shown_to_the_forgotten_alone_is_blanked() -> None:
    """What others were shown too stays; shown again, it is known again."""
    evidence = Evidence()
    for number, person in ((1.0, 0), (2.0, 1), (1.0, 1), (3.0, 1)):
        evidence.add_one(row(number, person=person))
    evidence.forget(1)

    assert np.isnan(evidence.rows().actions[2:]).all()
    assert evidence.rows().actions[1].tolist() == [1.0]
    evidence.add_one(row(2.0))
    rows = evidence.rows()
    assert rows.actions[rows.shown[-1]].tolist() == [2.0]


def test_more_actions_than_are_remembered_are_kept_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is known again is bounded; nothing is lost."""
    monkeypatch.setattr("penchant.model.evidence._REMEMBERED", 2)
    evidence = Evidence()
    for number in (1.0, 2.0, 3.0, 1.0):
        evidence.add_one(row(number))
    rows = evidence.rows()

    assert rows.actions[rows.shown][:, 0].tolist() == [1.0, 2.0, 3.0, 1.0]
