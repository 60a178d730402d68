"""Trees: many questions about contexts, one after the other, for what bends in a reward model.

Loop: Learn. Grown all at once, level by level: a level asks one question of every node of every
tree, the best of a few drawn at random, so that a forest costs array operations and no loops.
Rule: dice come in; the same rows and dice give the same trees.
Source: extremely randomized trees, Geurts, Ernst, Wehenkel 2006, with rows drawn anew for each;
questions are compared on random projections of the answers, as in Joly et al. 2014.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Forest", "grown"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Table = NDArray[np.float32]

TREES = 16
DEPTH = 14
TRIED = 6  # questions of which the best is asked
FEWEST = 2  # rows of a leaf
PROJECTIONS = 2
MOST_ROWS = 20_000  # of which trees are grown: more cost time and gain little


class Forest(NamedTuple):
    """Fitted trees; the nodes of all of them stand in one table, the roots first.

    `features` and `cuts` (N,): yes is above the cut. `below` (N,): the child for no, the next one
    is for yes; -1 for a leaf. `answers` (N, K): the mean answer of the rows that came by.
    """

    features: Ints
    cuts: Table
    below: Ints
    answers: Table
    n_trees: int

    def guesses(self, rows: Table) -> Floats:
        """Give the mean answer of all trees for rows (n, d): (n, K)."""
        total = np.zeros((len(rows), self.answers.shape[1]))
        here = np.arange(len(rows))
        for tree in range(self.n_trees):
            node = np.full(len(rows), tree)
            for _ in range(DEPTH):
                below = self.below[node]
                says = rows[here, self.features[node]] > self.cuts[node]
                node = np.where(below < 0, node, below + says)
            total += self.answers[node]
        mean: Floats = total / self.n_trees
        return mean


class _Level(NamedTuple):
    """The rows under way at one level: which they are, at which of its nodes, by which number."""

    rows: Ints
    nodes: Ints
    n_nodes: int


def grown(rows: Table, answers: Floats, dice: np.random.Generator) -> Forest:
    """Grow trees that tell answers from rows.

    Args:
        rows: (n, d).
        answers: (n, K), such as the chance that each action is right.
        dice: Draws rows and questions.

    Example:
        >>> dice = np.random.default_rng(1)
        >>> rows = dice.random((2_000, 2)).astype(np.float32)
        >>> forest = grown(rows, np.round(rows[:, :1]).astype(np.float64), dice)
        >>> forest.guesses(np.array([[0.2, 0.5], [0.9, 0.5]], np.float32))[:, 0] > 0.5
        array([False,  True])
    """
    if len(rows) > MOST_ROWS:
        kept = dice.permutation(len(rows))[:MOST_ROWS]
        rows, answers = rows[kept], answers[kept]
    n = len(rows)
    apart = (answers - answers.mean(axis=0)) @ dice.normal(size=(answers.shape[1], PROJECTIONS))
    level = _Level(dice.integers(0, n, TREES * n), np.repeat(np.arange(TREES), n), TREES)
    features, cuts, below, means = [], [], [], []
    first = 0
    for depth in range(DEPTH + 1):
        means.append(_means(level, answers))
        feature, cut, splits = _questions(level, rows, apart, dice)
        if depth == DEPTH:
            splits[:] = False
        after = first + level.n_nodes
        child = np.where(splits, after + 2 * (np.cumsum(splits) - 1), -1)
        features.append(feature)
        cuts.append(cut)
        below.append(child)
        if not splits.any():
            break
        level = _next(level, rows, (feature, cut, child), after)
        first = after
    return Forest(
        np.concatenate(features),
        np.concatenate(cuts),
        np.concatenate(below),
        np.concatenate(means),
        TREES,
    )


def _questions(
    level: _Level, rows: Table, apart: Floats, dice: np.random.Generator
) -> tuple[Ints, Table, NDArray[np.bool_]]:
    """Choose a question for each node: what it asks, where it cuts, whether it splits at all."""
    n_nodes, d = level.n_nodes, rows.shape[1]
    counts = np.bincount(level.nodes, minlength=n_nodes)
    told = apart[level.rows].T
    sums = [np.bincount(level.nodes, one, n_nodes) for one in told]
    best = np.full(n_nodes, 1e-9)
    feature, cut = np.zeros(n_nodes, dtype=np.int64), np.zeros(n_nodes, dtype=np.float32)
    splits = np.zeros(n_nodes, dtype=bool)
    for _ in range(TRIED):
        asked = dice.integers(0, d, n_nodes)
        share = dice.random(n_nodes).astype(np.float32)
        one, other = (rows[_members(level, dice), asked] for _ in range(2))
        at = one + share * (other - one)
        says = rows[level.rows, asked[level.nodes]] > at[level.nodes]
        yes = level.nodes[says]
        above = np.bincount(yes, minlength=n_nodes)
        rest = counts - above
        gain = np.zeros(n_nodes)
        for whole, column in zip(sums, told, strict=True):
            part = np.bincount(yes, column[says], n_nodes)
            gain += part**2 / np.maximum(above, 1) + (whole - part) ** 2 / np.maximum(rest, 1)
            gain -= whole**2 / np.maximum(counts, 1)
        better = (gain > best) & (np.minimum(above, rest) >= FEWEST)
        feature[better], cut[better], best[better] = asked[better], at[better], gain[better]
        splits |= better
    return feature, cut, splits


def _members(level: _Level, dice: np.random.Generator) -> Ints:
    """Give a row of each node: rows stand in the order drawn, so the last from anywhere is one."""
    found = np.zeros(level.n_nodes, dtype=np.int64)
    start = int(dice.integers(len(level.rows)))
    found[level.nodes[start:]] = level.rows[start:]
    found[level.nodes[:start]] = level.rows[:start]
    return found


def _means(level: _Level, answers: Floats) -> Table:
    """Give the mean answer at each node, (n_nodes, K)."""
    counts = np.maximum(np.bincount(level.nodes, minlength=level.n_nodes), 1)
    taken = answers[level.rows]
    sums = [np.bincount(level.nodes, column, level.n_nodes) for column in taken.T]
    return (np.array(sums) / counts).T.astype(np.float32)


def _next(level: _Level, rows: Table, asked: tuple[Ints, Table, Ints], after: int) -> _Level:
    """Give the level below: the rows whose node was split, at the child they belong to."""
    feature, cut, child = asked
    goes = child[level.nodes] >= 0
    here, nodes = level.rows[goes], level.nodes[goes]
    says = rows[here, feature[nodes]] > cut[nodes]
    return _Level(here, child[nodes] + says - after, 2 * int((child >= 0).sum()))
