"""Reward models: what would each action have earned here, guessed from rows kept apart.

Loop: Learn. Ridge regressions for each action on contexts, the target's own propensities and
random Fourier features of the contexts, all read from the same sums; the guesses are mixed so that
the estimate varies least.
Rule: no row is guessed by a model that has seen it; blocks of rows keep people together.
Notation: q(x, a) the guess, pi(a|x) of the target, w = pi / p.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.learn.evaluate.log import Log

__all__ = ["Design", "Guesses", "crossed", "design_of", "guesses", "mixture", "sums_by", "weights"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WAVES = 256  # random Fourier features; more gain little at 10,000 rows
WIDTH = 0.8  # of the kernel: typical distances between two rows lie at its bend
PENALTIES = (3.0, 1.0, 10.0)  # linear part alone, then all columns twice; in rows
LARGEST_SUMS = 2**23  # numbers in the sums of all actions together, 64 MiB
MOST_CHANCES = 32  # with more actions, the target's propensities are no features
FEWEST_WAVES = 16
CHUNK = 8_192
MIXING = 1e-3  # share of the mean diagonal that steadies the mixing of guesses


class Design(NamedTuple):
    """Columns a reward model is linear in: 1, contexts, target, waves.

    `waves` (d, m): frequencies of m cosines and m sines. `n_linear`: columns before the waves.
    `turned` (d, d') projects contexts where they are too many, None where they are not.
    """

    waves: Floats
    turned: Floats | None
    n_linear: int
    has_target: bool

    @property
    def n_columns(self) -> int:
        """How many columns there are."""
        return self.n_linear + 2 * int(self.waves.shape[1])

    def columns(self, log: Log, rows: Ints | slice) -> Floats:
        """Give the columns of some rows, (n, D)."""
        seen = log.contexts[rows]
        plain = seen if self.turned is None else seen @ self.turned
        angles = seen @ self.waves
        chances = [log.target[rows]] if self.has_target else []
        return np.hstack([np.ones((len(seen), 1)), plain, *chances, np.cos(angles), np.sin(angles)])


class Guesses(NamedTuple):
    """Of each model, (J, n): the guess for the logged action, and under the target policy."""

    logged: Floats
    target: Floats


def design_of(log: Log) -> Design:
    """Choose the columns: as many as the sums of all actions have room for."""
    n, n_actions = log.target.shape
    d = log.contexts.shape[1]
    room = int(math.sqrt(LARGEST_SUMS / n_actions))
    has_target = n_actions <= MOST_CHANCES and bool(np.ptp(log.target, axis=0).any())
    n_chances = n_actions if has_target else 0
    dice = np.random.default_rng(0)
    turned = None
    kept = d
    if 1 + d + n_chances > room:
        kept = max(room - 1 - n_chances, 1)
        turned = dice.normal(size=(d, kept)) / math.sqrt(kept)
    n_linear = 1 + kept + n_chances
    pairs = min(WAVES, room - n_linear, n // 8) // 2
    pairs = pairs if d and 2 * pairs >= FEWEST_WAVES else 0
    waves = dice.normal(size=(d, pairs)) * WIDTH / math.sqrt(max(d, 1))
    return Design(waves, turned, n_linear, has_target)


def sums_by(design: Design, log: Log, blocks: Ints, n_blocks: int) -> tuple[Floats, Floats, float]:
    """Sum what ridge needs, by block and action.

    Returns:
        (B, K, D, D) sums of squares, (B, K, D) of columns times rewards less their mean, that mean.
    """
    n_actions, width = log.target.shape[1], design.n_columns
    mean = float(log.rewards.mean())
    squares = np.zeros((n_blocks, n_actions, width, width))
    products = np.zeros((n_blocks, n_actions, width))
    cells = blocks * n_actions + log.actions
    order = np.argsort(cells, kind="stable")
    ends = np.searchsorted(cells[order], np.arange(n_blocks * n_actions + 1))
    for cell in range(n_blocks * n_actions):
        for start in range(int(ends[cell]), int(ends[cell + 1]), CHUNK):
            rows = order[start : min(start + CHUNK, int(ends[cell + 1]))]
            columns = design.columns(log, rows)
            at = divmod(cell, n_actions)
            squares[at] += columns.T @ columns
            products[at] += columns.T @ (log.rewards[rows] - mean)
    return squares, products, mean


def weights(design: Design, squares: Floats, products: Floats) -> list[Floats]:
    """Solve the ridge regressions of all actions, (K, D) for each model; unused columns get 0."""
    found = []
    for place, penalty in enumerate(PENALTIES):
        width = design.n_linear if place == 0 else design.n_columns
        if place and width == design.n_linear:
            continue
        solved = np.zeros(products.shape)
        ridge = squares[:, :width, :width] + penalty * np.eye(width)
        solved[:, :width] = np.linalg.solve(ridge, products[:, :width, None])[:, :, 0]
        found.append(solved)
    return found


def guesses(
    design: Design, log: Log, rows: Ints, models: list[Floats], mean: float
) -> Iterator[tuple[Ints, Floats]]:
    """Give, chunk by chunk, rows and the guesses of all models for all actions, (J, n, K)."""
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        columns = design.columns(log, part)
        yield part, np.clip([mean + columns @ one.T for one in models], 0.0, 1.0)


def crossed(log: Log, folds: Ints, n_folds: int) -> Guesses:
    """Guess every row by models that have seen the other folds only.

    Source: Chernozhukov et al. 2018, "Double/debiased machine learning", definition 3.1.
    """
    design = design_of(log)
    squares, products, _ = sums_by(design, log, folds, n_folds)
    mean = float(log.rewards.mean())
    all_squares, all_products = squares.sum(axis=0), products.sum(axis=0)
    found: Guesses | None = None
    for fold in range(n_folds):
        models = weights(design, all_squares - squares[fold], all_products - products[fold])
        if found is None:
            empty = np.empty((len(models), len(folds)))
            found = Guesses(empty, empty.copy())
        for rows, guessed in guesses(design, log, np.flatnonzero(folds == fold), models, mean):
            found.logged[:, rows] = guessed[:, np.arange(len(rows)), log.actions[rows]]
            found.target[:, rows] = np.einsum("jnk,nk->jn", guessed, log.target[rows])
    assert found is not None  # noqa: S101 - there is a fold
    return found


def mixture(guessed: Guesses, row_weights: Floats, rewards: Floats) -> Floats:
    """Give the mixture of guesses, and a constant last, with which the estimate varies least.

    Each w q(x, a) - q(x, pi) has mean 0 whatever q is, so any mixture leaves the estimate
    unbiased; the least squares of w r on them leave the least variance.

    Returns:
        (J + 1,) how much of each model, and the constant.

    Source: control variates; Farajtabar, Chow, Ghavamzadeh 2018 choose one q in this way.
    """
    apart = [*(row_weights * guessed.logged - guessed.target), row_weights - 1.0]
    columns = np.stack(apart, axis=1)
    earned = row_weights * rewards
    squares = columns.T @ columns
    squares += MIXING * max(float(np.diag(squares).mean()), 1e-12) * np.eye(len(squares))
    found: Floats = np.linalg.solve(squares, columns.T @ (earned - earned.mean()))
    return found
