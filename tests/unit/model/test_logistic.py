"""The ridge logistic regression: known answers, and columns that break naive ones."""

import numpy as np
import pytest

from penchant.model.logistic import fit_line, log_odds


def test_weights_are_found() -> None:
    """With many rows and a small ridge the line is the one that made them."""
    dice = np.random.default_rng(0)
    rows = (dice.normal(size=(40_000, 3)) * [1, 10, 0.1] + [0, 5, 0]).astype(np.float32)
    odds = rows @ np.array([1.0, -0.2, 5.0]) + 1.0
    right = (dice.random(len(rows)) < 1 / (1 + np.exp(-odds))).astype(float)
    line = fit_line(rows, right, ridge=0.1)

    assert line.weights == pytest.approx([1.0, -0.2, 5.0], rel=0.05)
    assert log_odds(line, rows)[:5] == pytest.approx(odds[:5], abs=0.2)


def test_the_slope_is_nothing_at_the_end() -> None:
    """The gradient of the penalised likelihood vanishes."""
    dice = np.random.default_rng(1)
    rows = dice.normal(size=(500, 4)).astype(np.float32)
    right = (dice.random(500) < 0.3).astype(float)
    line = fit_line(rows, right, ridge=3.0)
    spread = rows.std(axis=0, dtype=np.float64)
    off = right - 1 / (1 + np.exp(-log_odds(line, rows)))
    scaled = (rows - rows.mean(axis=0, dtype=np.float64)) / spread

    assert scaled.T @ off == pytest.approx(3.0 * line.weights * spread, abs=0.05)
    assert off.sum() == pytest.approx(0, abs=0.05)


def test_a_column_that_stands_still_says_nothing() -> None:
    """Its weight is 0, whatever it holds."""
    rows = np.column_stack([np.full(100, 7.0), np.arange(100) % 2]).astype(np.float32)
    line = fit_line(rows, rows[:, 1].astype(float))

    assert line.weights[0] == 0
    assert line.weights[1] > 0


def test_rows_of_one_kind_stay_finite() -> None:
    """Where all are right, and a column parts them perfectly, the numbers stay finite."""
    rows = np.arange(50, dtype=np.float32)[:, None]
    for right in (np.ones(50), (np.arange(50) > 20).astype(float)):
        line = fit_line(rows, right)
        assert np.isfinite([*line.weights, line.intercept]).all()


def test_without_rows_it_says_one_half() -> None:
    """Nothing in, log-odds 0 out."""
    line = fit_line(np.zeros((0, 2), dtype=np.float32), np.zeros(0))

    assert log_odds(line, np.ones((1, 2), dtype=np.float32)).tolist() == [0.0]
