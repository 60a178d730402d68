"""What a tracer knows of students in general: difficulties, pairs and a model of the next answer.

Place: below `tracing.py`. Made once from the answers of many students; then it does not change.
Rule: what a row of the population is described by was learned without its fold of students, and
its own sums hold only what came before it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.experts.tracing.context import Sizes
from penchant.experts.tracing.difficulty import (
    Difficulty,
    Leftover,
    Rows,
    chance_of,
    dealt,
    fit_difficulty,
    fit_leftover,
)
from penchant.model.boosting import Forest, Growth, forest_adds, grow_forest
from penchant.model.logistic import Line, fit_line, log_odds

__all__ = ["Population", "Scan", "fit_population"]

Floats = NDArray[np.float64]
Table = NDArray[np.float32]
Scan = Callable[[Floats], tuple[Table, Floats]]
"""Takes what is expected of each row; gives signals ``(n, d)`` and pairs ``(n, p)`` before it."""

GROWTH = Growth(trees=300, depth=6)
ROWS_A_TREE = 100
"""A small population has fewer trees: one for so many answers."""
RIDGE = 10.0


class Population(NamedTuple):
    """What is known of students in general.

    Attributes:
        difficulty: Of kinds and items.
        leftovers: Of each sort of pair.
        line: Log-odds from a description.
        forest: What bends, on top of it.
    """

    difficulty: Difficulty
    leftovers: tuple[Leftover, ...]
    line: Line
    forest: Forest

    def described(self, hard: Floats, signals: Table, pairs: Floats) -> Table:
        """Join what describes some rows: difficulty, what the student's sums say, leftovers."""
        left = [one.of(pairs[:, place]) for place, one in enumerate(self.leftovers)]
        return np.column_stack([hard, signals, *left]).astype(np.float32)

    def chances(self, described: Table) -> Floats:
        """Give the probabilities of a right answer."""
        odds: Floats = chance_of(
            log_odds(self.line, described) + forest_adds(self.forest, described)
        )
        return odds


def fit_population(rows: Rows, sizes: Sizes, scan: Scan) -> Population:
    """Learn from a population.

    Args:
        rows: Its answers.
        sizes: How many kinds and items there are.
        scan: Folds the answers, given what is expected of each.
    """
    fold = dealt(rows.student)
    whole = fit_difficulty(rows, sizes)
    hard = np.zeros((len(rows.right), 6))
    parts = []
    for number in np.unique(fold):
        inside = fold == number
        part = fit_difficulty(_part(rows, ~inside), sizes, _times(~inside))
        hard[inside] = part.of(rows.kind[inside], rows.item[inside])
        parts.append((inside, part))
    signals, pairs = scan(hard[:, 0])
    leftovers = _leftovers(rows, pairs, whole)
    left = np.zeros((len(rows.right), 2 * len(leftovers)))
    for inside, part in parts:
        outside = ~inside
        few = _leftovers(_part(rows, outside), pairs[outside], part, _times(outside))
        for place, one in enumerate(few):
            left[inside, 2 * place : 2 * place + 2] = one.of(pairs[inside, place])
    described = np.column_stack([hard, signals, left]).astype(np.float32)
    line = fit_line(described, rows.right, RIDGE)
    growth = GROWTH._replace(trees=min(GROWTH.trees, len(described) // ROWS_A_TREE))
    forest = grow_forest(described, rows.right, log_odds(line, described), growth)
    return Population(whole, leftovers, line, forest)


def _leftovers(
    rows: Rows, pairs: Floats, difficulty: Difficulty, scale: float = 1.0
) -> tuple[Leftover, ...]:
    chance = chance_of(difficulty.of(rows.kind, rows.item)[:, 0])
    residual, weight = rows.right - chance, chance * (1.0 - chance)
    return tuple(fit_leftover(column, residual, weight, scale) for column in pairs.T)


def _part(rows: Rows, which: NDArray[np.bool_]) -> Rows:
    return Rows(*(column[which] for column in rows))  # type: ignore[arg-type]


def _times(which: NDArray[np.bool_]) -> float:
    """Give how much larger the whole is than a part."""
    return len(which) / max(1, int(which.sum()))
