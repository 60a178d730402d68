"""What was seen of columns, and when a scaling has to follow it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.learn.scaling import added, has_moved, scaling_of, seen_of, widened
from penchant.model.encoding import ColumnKind
from penchant.model.scaling import Seen


def rows(seed: int, n: int) -> np.ndarray:
    """Give rows of two columns, some values missing, far from 0."""
    dice = np.random.default_rng(seed)
    values = (1_000 + dice.normal(size=(n, 2))).astype(np.float32)
    values[dice.random((n, 2)) < 0.2] = np.nan
    return values


def close(one: Seen, other: Seen) -> None:
    """Hold two against each other."""
    for mine, its in zip(one, other, strict=True):
        assert mine == pytest.approx(its, rel=1e-9, abs=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(0, 30), st.integers(0, 30))
def test_seen_in_two_parts_is_seen_at_once(seed: int, n: int, m: int) -> None:
    """Any grouping gives the same, an empty part included."""
    values = rows(seed, n + m)
    parts = added(seen_of(values[:n], np.ones(n), 2), seen_of(values[n:], np.ones(m), 2))

    close(parts, seen_of(values, np.ones(n + m), 2))


@given(st.integers(0, 2**32 - 1))
def test_a_row_seen_thrice_is_three_rows(seed: int) -> None:
    """The times count as rows do."""
    values = rows(seed, 20)
    times = np.random.default_rng(seed).integers(0, 4, 20)

    close(
        seen_of(values, times.astype(np.float64), 2),
        seen_of(np.repeat(values, times, axis=0), np.ones(times.sum()), 2),
    )


def test_many_rows_are_seen_as_few_are() -> None:
    """Beyond what is gone through at once; against the formula."""
    values = np.random.default_rng(1).normal(size=(20_000, 1)).astype(np.float32)
    seen = seen_of(values, np.ones(20_000), 1)

    assert seen.mean[0] == pytest.approx(values.mean(dtype=np.float64))
    assert seen.square[0] == pytest.approx(20_000 * values.var(dtype=np.float64))


def test_a_column_that_came_later_was_never_seen() -> None:
    """It has no scale, and the others keep theirs."""
    seen = widened(seen_of(np.array([[1.0], [3.0]], dtype=np.float32), np.ones(2), 1), 2)
    kinds = np.full(2, ColumnKind.NUMBER)
    scaling = scaling_of(seen, kinds, 1.0)

    assert scaling.mean.tolist() == [2.0, 0.0]
    assert scaling.scale.tolist() == [1.0, 0.0]
    assert has_moved(scaling_of(seen_of(np.zeros((0, 1), np.float32), np.ones(0), 1),
                                kinds[:1], 1.0), scaling)  # fmt: skip
    assert not has_moved(scaling, scaling)


def test_a_long_tail_is_taken_by_its_root() -> None:
    """Most small and a few large: amounts; spread as their roots are. Others stay as they are."""
    dice = np.random.default_rng(2)
    amounts = np.exp(1.5 * dice.normal(size=2_000))
    values = np.stack([amounts, 2_020 + dice.integers(0, 5, 2_000)], axis=1).astype(np.float32)
    kinds = np.full(2, ColumnKind.NUMBER)
    scaling = scaling_of(seen_of(values, np.ones(2_000), 2), kinds, 2.0, by_root=True)
    scaled = scaling.apply(values.astype(np.float64))[:, 1:]

    assert scaling.roots.tolist() == [0]
    roots = np.sqrt(values[:, 0].astype(np.float64))
    assert scaling.mean[0] == pytest.approx(roots.mean())
    assert scaling.scale[0] == pytest.approx(1.0 / roots.std())
    assert scaled[:, 1].std() == pytest.approx(1.0)
    assert not len(scaling_of(seen_of(values, np.ones(2_000), 2), kinds, 2.0).roots)
    assert has_moved(scaling._replace(roots=np.zeros(0, dtype=np.int64)), scaling)


def test_a_tail_is_long_only_once_enough_was_seen_of_it() -> None:
    """One large value among few says nothing; a yes and no, given as numbers, has no tail."""
    few = np.array([[0.0]] * 30 + [[9.0]], dtype=np.float32)
    rare = np.array([[0.0]] * 999 + [[1.0]], dtype=np.float32)
    kinds = np.full(1, ColumnKind.NUMBER)
    of_rare = scaling_of(seen_of(rare, np.ones(1_000), 1), kinds, 1.0, by_root=True)
    straight = scaling_of(seen_of(rare, np.ones(1_000), 1), kinds, 1.0)

    assert not len(scaling_of(seen_of(few, np.ones(31), 1), kinds, 1.0, by_root=True).roots)
    assert of_rare.apply(rare.astype(np.float64)) == pytest.approx(
        straight.apply(rare.astype(np.float64))
    )
