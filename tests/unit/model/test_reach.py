"""Reach: φ and ψ of decisions, in parts and whole, and what a person said of a column of them."""

import numpy as np
import pytest

from penchant.model.reach import COSINE, PLAIN, SINE, Around, Reach, Seeing
from penchant.model.said import said_basis

REACH = Reach((Around(0, SINE), Around(0, COSINE)), np.array([-0.2, 0.1, 0.0, 0.3]))


def test_seeing_in_parts_is_seeing_whole() -> None:
    """ψ is φ times the basis, however it is computed."""
    rng = np.random.default_rng(0)
    actions, shown = rng.normal(size=(5, 3)), rng.integers(0, 5, 20)
    raw = rng.uniform(0, 24, (20, 1))
    numbers, recent = REACH.numbers(raw, np.ones((20, 2))), rng.random((20, 4))
    basis = rng.normal(size=(REACH.width(3), 6))
    columns = REACH.columns(actions[shown], numbers, recent)

    assert columns.shape == (20, 3 * 3 + 4)
    assert REACH.seen(basis, numbers, recent, Seeing(actions, shown)) == pytest.approx(
        columns @ basis
    )
    assert np.hypot(*numbers.T) == pytest.approx(np.ones(20))


def test_an_hour_nobody_named_turns_nothing() -> None:
    """Neither an unknown hour nor a context from before the column came counts."""
    unknown = REACH.numbers(np.array([[np.nan]]), np.ones((1, 2)))

    assert unknown.tolist() == [[0.0, 0.0]]
    assert REACH.numbers(np.zeros((2, 0)), np.ones((2, 1))).tolist() == [[0.0, 0.0]] * 2


def test_plain_is_the_columns_of_the_action_alone() -> None:
    """It asks for nothing and adds nothing."""
    assert PLAIN.is_plain
    assert not PLAIN.asks_for_past
    assert PLAIN.width(7) == 7
    assert PLAIN.numbers(np.zeros((3, 1)), np.ones((3, 2))).shape == (3, 0)


def test_what_was_said_of_a_column_stands_whatever_the_hour() -> None:
    """The column is taken out of every part of the basis, what was shown lately stays."""
    basis = np.ones((REACH.width(3), 2))
    said = said_basis(basis, ((1, 0.7),), REACH)

    assert said[[1, 4, 7], :2].tolist() == [[0.0, 0.0]] * 3
    assert said[:, 2].tolist() == [0.0, 0.7] + [0.0] * 11
    assert (said[9:, :2] == 1.0).all()
