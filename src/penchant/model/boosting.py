"""Small boosted trees for a yes or no: what bends in a model, on top of what is straight.

Loop: Learn, for fits on columns. Trees are oblivious: a level asks one question of all rows, so a
tree of depth d is d comparisons and a table of 2^d numbers, and a row costs no branching.
Rule 1: deterministic; rows and columns of a tree are taken in turns, no dice.
Rule 2: it starts from an offset (the log-odds of a simpler model) and adds to it.
Sources: second-order boosting, Chen and Guestrin, KDD 2016, eq. 6-7; oblivious trees,
Prokhorenkova et al., NeurIPS 2018.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Forest", "Growth", "QuickForest", "forest_adds", "grow_forest"]

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

_BINS = 64
"""Cut points of a column; finer cuts moved no set tried by .0002 in AUC."""
_AT_LEAST = 8
"""Columns that a tree looks at where there are so many: what bends is often two together."""
_TOGETHER = 16_384
"""Rows that are asked together: fewer cost calls, more do not fit the processor's cache."""
_FINE, _APART = 1024.0, 2.0**26
"""Pulls and weights are summed in one number, each in steps of 1 / 1024 and 26 bits apart: the sum
of 200,000 rows stays a whole number below 2^53, so nothing is lost but the rounding."""


class Growth(NamedTuple):
    """How trees are grown.

    Attributes:
        trees: How many.
        depth: Questions a tree asks.
        rate: Share of each tree's step that is taken.
        ridge: Prior precision of a leaf, in units of information p(1 - p).
        rows: Rows looked at to choose the questions of a tree; its numbers come from all rows.
        turns: A tree looks at one of this many parts of the columns, each in turn.
    """

    trees: int = 200
    depth: int = 5
    rate: float = 0.08
    ridge: float = 20.0
    rows: int = 200_000
    turns: int = 4


class Forest(NamedTuple):
    """Fitted trees.

    Attributes:
        columns: ``(trees, depth) int64``, which column is asked.
        cuts: ``(trees, depth) float32``, yes when the value is above.
        leaves: ``(trees, 2 ** depth) float64``, what is added to the log-odds.
    """

    columns: NDArray[np.int64]
    cuts: NDArray[np.float32]
    leaves: Floats


class QuickForest:
    """Trees laid out for one row at a time: all questions are asked in one go.

    Example:
        >>> forest = Forest(np.array([[0]]), np.array([[0.5]], np.float32), np.array([[-1.0, 1.0]]))
        >>> QuickForest(forest).added(np.array([0.7], dtype=np.float32))
        1.0
    """

    __slots__ = ("_columns", "_cuts", "_leaves", "_powers", "_shape", "_starts")

    def __init__(self, forest: Forest) -> None:
        self._shape = trees, depth = forest.columns.shape
        self._columns, self._cuts = forest.columns.ravel(), forest.cuts.ravel()
        self._powers = 2.0 ** np.arange(depth - 1, -1, -1, dtype=np.float32)
        self._starts = np.arange(trees, dtype=np.float32) * 2**depth
        self._leaves = forest.leaves.ravel()

    def added(self, row: NDArray[np.float32]) -> float:
        """Give what the trees add to the log-odds of one row, ``(d,) float32``."""
        if not len(self._leaves):
            return 0.0
        says = (row.take(self._columns) > self._cuts).astype(np.float32).reshape(self._shape)
        leaf = (says @ self._powers + self._starts).astype(np.int64)
        return float(self._leaves.take(leaf).sum())


def grow_forest(
    rows: NDArray[np.float32], right: Floats, offset: Floats, growth: Growth | None = None
) -> Forest:
    """Grow trees that add to an offset.

    Args:
        rows: ``(n, d) float32``.
        right: ``(n,) float64``, 0 or 1.
        offset: ``(n,) float64``, log-odds to start from.
        growth: How; the defaults where None.

    Returns:
        The trees. Without rows they add nothing.

    Example:
        >>> rows = np.array([[0.0], [1.0]] * 500, dtype=np.float32)
        >>> forest = grow_forest(rows, rows[:, 0].astype(float), np.zeros(1000))
        >>> bool(forest_adds(forest, rows)[1] > 1.0)
        True
    """
    growth = growth or Growth()
    edges, binned = _binned(rows)
    score = offset.astype(np.float64).copy()
    grown = []
    for turn in range(growth.trees if len(rows) else 0):
        chance = 1.0 / (1.0 + np.exp(-score))
        pull, weight = right - chance, chance * (1.0 - chance)
        seen = slice(turn % _stride(len(rows), growth.rows), None, _stride(len(rows), growth.rows))
        looked = _in_turn(len(edges), max(1, min(growth.turns, len(edges) // _AT_LEAST)), turn)
        questions = _questions(binned[:, seen], pull[seen], weight[seen], looked, growth)
        leaf = _leaf(binned, questions)
        n_leaves = 2**growth.depth
        up = np.bincount(leaf, pull, n_leaves)
        leaves = growth.rate * up / (np.bincount(leaf, weight, n_leaves) + growth.ridge)
        score += leaves[leaf]
        grown.append((questions, leaves))
    return _forest(grown, edges, growth)


def forest_adds(forest: Forest, rows: NDArray[np.float32]) -> Floats:
    """Give what the trees add to the log-odds of some rows.

    Args:
        forest: The trees.
        rows: ``(n, d) float32``, columns as when they were grown.

    Returns:
        ``(n,) float64``.
    """
    total = np.zeros(len(rows))
    for start in range(0, len(rows), _TOGETHER):
        columns = np.ascontiguousarray(rows[start : start + _TOGETHER].T)
        leaf = np.empty(columns.shape[1], dtype=np.uint8)
        says = np.empty(columns.shape[1], dtype=np.bool_)
        for which, cuts, leaves in zip(*forest, strict=True):
            leaf[:] = 0
            for column, cut in zip(which.tolist(), cuts, strict=True):
                np.greater(columns[column], cut, out=says)
                np.left_shift(leaf, 1, out=leaf)
                np.bitwise_or(leaf, says.view(np.uint8), out=leaf)
            total[start : start + _TOGETHER] += leaves.take(leaf)
    return total


def _stride(n_rows: int, wanted: int) -> int:
    return max(1, -(-n_rows // wanted))


def _in_turn(n_columns: int, turns: int, turn: int) -> list[int]:
    """Give the columns of a tree: a part of them, dealt anew each time all had their turn."""
    dealt = np.argsort((np.arange(n_columns) + 1) * (0.618034 + turn // turns) % 1.0)
    return [int(one) for one in dealt[turn % turns :: turns]]


def _binned(rows: NDArray[np.float32]) -> tuple[list[NDArray[np.float32]], Bytes]:
    """Give the cut points of each column, and its rows as numbers of bins, ``(d, n)``."""
    edges, binned = [], np.empty(rows.shape[::-1], dtype=np.uint8)
    shares = np.linspace(0.0, 1.0, _BINS + 1)[1:-1]
    for place, column in enumerate(np.ascontiguousarray(rows.T)):
        some = column[:: _stride(len(column), 100_000)]
        cuts = np.unique(np.quantile(some, shares, method="lower")) if len(some) else some
        edges.append(cuts.astype(np.float32))
        binned[place] = np.searchsorted(edges[-1], column, side="left")
    return edges, binned


def _questions(
    binned: Bytes, pull: Floats, weight: Floats, looked: list[int], growth: Growth
) -> list[tuple[int, int]]:
    """Choose the question of each level: the one that gains most over all leaves together."""
    leaf = np.zeros(binned.shape[1], dtype=np.int64)
    questions: list[tuple[int, int]] = []
    some = [binned[column].astype(np.int64) for column in looked]  # what bincount counts quickest
    packed = np.rint(pull * _FINE) * _APART + np.rint(weight * _FINE)
    for depth in range(growth.depth):
        best, asked = -1.0, (looked[0], 0)
        start, size = leaf * _BINS, (2**depth) * _BINS
        for column, bins in zip(looked, some, strict=True):
            sums = np.bincount(start + bins, packed, size).reshape(-1, _BINS).cumsum(axis=1)
            on = np.mod(sums, _APART)
            up, on = (sums - on) / (_APART * _FINE), on / _FINE
            gain = up**2 / (on + growth.ridge)
            gain += (up[:, -1:] - up) ** 2 / (on[:, -1:] - on + growth.ridge)
            gains = gain.sum(axis=0)
            cut = int(gains.argmax())
            if gains[cut] > best:
                best, asked = float(gains[cut]), (column, cut)
        questions.append(asked)
        leaf = (leaf << 1) | (binned[asked[0]] > asked[1])
    return questions


def _leaf(binned: Bytes, questions: list[tuple[int, int]]) -> Bytes:
    leaf = np.zeros(binned.shape[1], dtype=np.uint8)
    for column, cut in questions:
        leaf = (leaf << 1) | (binned[column] > cut)
    return leaf


def _forest(
    grown: list[tuple[list[tuple[int, int]], Floats]],
    edges: list[NDArray[np.float32]],
    growth: Growth,
) -> Forest:
    """Write questions about bins as questions about values."""
    columns = np.array([[c for c, _ in asked] for asked, _ in grown], dtype=np.int64)
    cuts = [[edges[c][b] if b < len(edges[c]) else np.inf for c, b in asked] for asked, _ in grown]
    return Forest(
        columns.reshape(-1, growth.depth),
        np.array(cuts, dtype=np.float32).reshape(-1, growth.depth),
        np.array([leaves for _, leaves in grown]).reshape(-1, 2**growth.depth),
    )
