"""Boosted trees: they bend where a line cannot, and add nothing where nothing is left."""

import numpy as np
import pytest

from penchant.model.boosting import Growth, QuickForest, forest_adds, grow_forest

SMALL = Growth(trees=60, depth=3)


def test_they_find_what_no_line_finds() -> None:
    """A yes where exactly one of two columns is high has no straight part; trees find it."""
    dice = np.random.default_rng(0)
    rows = dice.random((4000, 3)).astype(np.float32)
    right = ((rows[:, 0] > 0.5) != (rows[:, 1] > 0.5)).astype(float)
    forest = grow_forest(rows, right, np.zeros(4000), SMALL)
    told = forest_adds(forest, rows) > 0

    assert (told == right.astype(bool)).mean() > 0.95


def test_an_offset_that_says_all_leaves_nothing_to_add() -> None:
    """Chance alone is not learned: what is added to the true log-odds stays small."""
    dice = np.random.default_rng(1)
    rows = dice.normal(size=(20_000, 4)).astype(np.float32)
    odds = rows[:, 0].astype(float)
    right = (dice.random(20_000) < 1 / (1 + np.exp(-odds))).astype(float)
    added = forest_adds(grow_forest(rows, right, odds, SMALL), rows)

    assert np.abs(added).mean() < 0.1


def test_one_row_at_a_time_is_the_same() -> None:
    """The quick form gives what the batch gives."""
    dice = np.random.default_rng(2)
    rows = dice.normal(size=(500, 5)).astype(np.float32)
    forest = grow_forest(rows, (rows[:, 0] > 0).astype(float), np.zeros(500), SMALL)
    quick = QuickForest(forest)

    assert [quick.added(row) for row in rows] == pytest.approx(forest_adds(forest, rows).tolist())


def test_the_same_rows_grow_the_same_trees() -> None:
    """There is no luck in it."""
    dice = np.random.default_rng(3)
    rows = dice.normal(size=(300, 2)).astype(np.float32)
    right = (rows[:, 0] > 0).astype(float)
    one, other = (grow_forest(rows, right, np.zeros(300), SMALL) for _ in range(2))

    assert np.array_equal(one.cuts, other.cuts)
    assert np.array_equal(one.leaves, other.leaves)


@pytest.mark.parametrize("n_rows", [0, 1, 7])
def test_few_rows(n_rows: int) -> None:
    """With no row, or one, what is added is finite; with none it is nothing."""
    rows = np.ones((n_rows, 2), dtype=np.float32)
    forest = grow_forest(rows, np.ones(n_rows), np.zeros(n_rows), SMALL)
    added = forest_adds(forest, np.zeros((3, 2), dtype=np.float32))

    assert np.isfinite(added).all()
    assert n_rows or not added.any()
    assert np.isfinite(QuickForest(forest).added(np.zeros(2, dtype=np.float32)))


def test_columns_that_stand_still() -> None:
    """Columns of one value are asked in vain, not in error."""
    rows = np.zeros((100, 3), dtype=np.float32)
    forest = grow_forest(rows, np.tile([0.0, 1.0], 50), np.zeros(100), SMALL)

    assert forest_adds(forest, rows) == pytest.approx(0, abs=1e-6)
