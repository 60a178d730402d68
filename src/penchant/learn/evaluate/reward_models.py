"""Reward models: what would each action have earned here, guessed from rows kept apart.

Loop: Learn. Ridge regressions for each action on contexts, the target's own propensities and
random Fourier features of the contexts, read from the same sums, and two models for moments with
one right action, a straight one and trees; the guesses are mixed so that the estimate varies least.
Rule: no row is guessed by a model that has seen it; blocks of rows keep people together.
Notation: q(x, a) the guess, pi(a|x) of the target, w = pi / p.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.learn.evaluate.log import Log
from penchant.learn.evaluate.trees import grown

__all__ = [
    "Design",
    "Guesses",
    "Sums",
    "add_rows",
    "crossed",
    "design_of",
    "guesses",
    "mixture",
    "models_of",
    "no_sums",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WAVES = 384  # random Fourier features; more gain little at 10,000 rows
WIDTH = 0.8  # of the kernel: typical distances between two rows lie at its bend
EMPHASES = (0.0, 20.0)  # rows weigh alike, or by their weight up to this much: MRDR tempered
LEAST = 0.1  # that a row weighs at least where rows weigh by their weight
MODELS = ((0, True, 3.0), (0, False, 1.0), (1, False, 10.0))
"""Ridge regressions: place among the emphases, whether without waves, penalty in rows."""
ONE_RIGHT_PENALTY = 3.0
ROUNDS = 4  # of one right action; more change nothing
LEAST_CHANCE = 1e-3  # that an action is thought right, so that none is ruled out for good
LARGEST_ROUND = 2e8  # products in one of those rounds; longer logs do without
LARGEST_WORK = 2e11  # products in the sums: of a million rows some 450 columns are summed
LARGEST_SUMS = 2**22  # numbers in the sums of all actions together, 32 MiB
MOST_CHANCES = 32  # with more actions, the target's propensities are no features
FEWEST_WAVES = 16
CHUNK = 8_192
SAME = 1e-9  # rewards this near to 0 or 1 are yes or no
FEWEST_FOR_TREES = 500  # rows; with fewer they are all noise
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


class Sums(NamedTuple):
    """What ridge needs, by emphasis and action: (E, K, D, D) squares, (E, K, D) products."""

    squares: Floats
    products: Floats


class Guesses(NamedTuple):
    """Of each model, (J, n): the guess for the logged action, and under the target policy."""

    logged: Floats
    target: Floats


def design_of(log: Log, *, waves: int = WAVES) -> Design:
    """Choose the columns: at most so many waves, and what the sums have room for."""
    n, n_actions = log.target.shape
    d = log.contexts.shape[1]
    room = int(math.sqrt(min(LARGEST_SUMS / n_actions, LARGEST_WORK / n)))
    has_target = n_actions <= MOST_CHANCES and bool(np.ptp(log.target, axis=0).any())
    n_chances = n_actions if has_target else 0
    dice = np.random.default_rng(0)
    turned = None
    kept = d
    if 1 + d + n_chances > room:
        kept = max(room - 1 - n_chances, 1)
        turned = dice.normal(size=(d, kept)) / math.sqrt(kept)
    n_linear = 1 + kept + n_chances
    pairs = min(waves, room - n_linear, n // 8) // 2
    pairs = pairs if d and 2 * pairs >= FEWEST_WAVES else 0
    found = dice.normal(size=(d, pairs)) * WIDTH / math.sqrt(max(d, 1))
    return Design(found, turned, n_linear, has_target)


def no_sums(design: Design, n_actions: int) -> Sums:
    """Give the sums of no rows."""
    width = design.n_columns
    return Sums(
        np.zeros((len(EMPHASES), n_actions, width, width)),
        np.zeros((len(EMPHASES), n_actions, width)),
    )


def add_rows(sums: Sums, design: Design, log: Log, rows: Ints, *, usual: float) -> None:
    """Add rows to sums, in place; rewards are taken off the usual one."""
    order = rows[np.argsort(log.actions[rows], kind="stable")]
    n_actions = log.target.shape[1]
    ends = np.searchsorted(log.actions[order], np.arange(n_actions + 1))
    row_weights = log.weights
    for action in np.flatnonzero(np.diff(ends)):
        for start in range(int(ends[action]), int(ends[action + 1]), CHUNK):
            part = order[start : min(start + CHUNK, int(ends[action + 1]))]
            columns = design.columns(log, part)
            for place, most in enumerate(EMPHASES):
                heavier = np.minimum(row_weights[part], most) + LEAST if most else 1.0
                weighed = columns.T * heavier
                sums.squares[place, action] += weighed @ columns
                sums.products[place, action] += weighed @ (log.rewards[part] - usual)


def models_of(design: Design, sums: Sums) -> list[Floats]:
    """Solve the ridge regressions of all actions, (K, D) for each model; unused columns get 0."""
    found = []
    for emphasis, is_linear, penalty in MODELS:
        width = design.n_linear if is_linear else design.n_columns
        if not is_linear and width == design.n_linear:
            continue
        solved = np.zeros(sums.products.shape[1:])
        ridge = sums.squares[emphasis, :, :width, :width] + penalty * np.eye(width)
        right = sums.products[emphasis, :, :width, None]
        solved[:, :width] = np.linalg.solve(ridge, right)[:, :, 0]
        found.append(solved)
    return found


def guesses(
    design: Design, log: Log, rows: Ints, models: list[Floats], usual: float
) -> Iterator[tuple[Ints, Floats]]:
    """Give, chunk by chunk, rows and the guesses of all models for all actions, (J, n, K)."""
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        columns = design.columns(log, part)
        yield part, np.clip([usual + columns @ one.T for one in models], 0.0, 1.0)


def crossed(log: Log, folds: Ints, n_folds: int) -> Guesses:
    """Guess every row by models that have seen the other folds only.

    Source: Chernozhukov et al. 2018, "Double/debiased machine learning", definition 3.1.
    """
    design, usual = design_of(log), float(log.rewards.mean())
    n_actions = log.target.shape[1]
    parts = [no_sums(design, n_actions) for _ in range(n_folds)]
    for fold, part in enumerate(parts):
        add_rows(part, design, log, np.flatnonzero(folds == fold), usual=usual)
    whole = no_sums(design, n_actions)
    for part in parts:
        np.add(whole.squares, part.squares, out=whole.squares)
        np.add(whole.products, part.products, out=whole.products)
    found: Guesses | None = None
    for fold, part in enumerate(parts):
        seen = Sums(whole.squares - part.squares, whole.products - part.products)
        models = models_of(design, seen)
        others, own = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        trees = None
        if len(log.actions) * design.n_columns * n_actions <= LARGEST_ROUND:
            trees = _trees(design, log, others, own, models[min(1, len(models) - 1)])
            models.append(_one_right(design, log, others, seen.squares[0].sum(axis=0), models[-1]))
        n_models = len(models) + (trees is not None)
        found = found or _none_yet(n_models, len(folds))
        for rows, guessed in guesses(design, log, own, models, usual):
            found.logged[: len(models), rows] = guessed[:, np.arange(len(rows)), log.actions[rows]]
            found.target[: len(models), rows] = np.einsum("jnk,nk->jn", guessed, log.target[rows])
        if trees is not None:
            found.logged[-1, own] = trees[np.arange(len(own)), log.actions[own]]
            found.target[-1, own] = (trees * log.target[own]).sum(axis=1)
    return found or _none_yet(0, len(folds))


def _none_yet(n_models: int, n: int) -> Guesses:
    return Guesses(np.empty((n_models, n)), np.empty((n_models, n)))


def _one_right(design: Design, log: Log, rows: Ints, squares: Floats, start: Floats) -> Floats:
    """Fit a model for moments at which one action is right and the others are not, (K, D).

    A reward tells of all actions then: where the one taken earned nothing, each other one is as
    likely right as it was thought among them. All actions share one sum of squares.

    Source: expectation maximisation, Dempster, Laird, Rubin 1977, with least squares for the
    second step.
    """
    usual = float(log.rewards.mean())
    columns, took, earned = design.columns(log, rows), log.actions[rows], log.rewards[rows]
    ridge = np.linalg.inv(squares + ONE_RIGHT_PENALTY * np.eye(len(squares)))
    model = start
    for _ in range(ROUNDS):
        right = _right(usual + columns @ model.T, took, earned)
        model = ((right - usual).T @ columns) @ ridge
    return model


def _right(guessed: Floats, took: Ints, earned: Floats) -> Floats:
    """Give with which chance each action was right, by a guess and by what the one taken earned."""
    here = np.arange(len(took))
    thought = np.clip(guessed, LEAST_CHANCE, 1.0)
    thought /= thought.sum(axis=1, keepdims=True)
    left = np.maximum(1.0 - thought[here, took], LEAST_CHANCE)
    right: Floats = thought * ((1.0 - earned) / left)[:, None]
    right[here, took] = earned
    return right


def _trees(design: Design, log: Log, rows: Ints, own: Ints, model: Floats) -> Floats | None:
    """Guess own rows by trees grown on others, where rewards are yes or no; (n, K).

    Of the others the chance that each action was right is told by a ridge regression: it has seen
    a row at the action taken alone, of which the reward says all there is to say.
    """
    if len(rows) < FEWEST_FOR_TREES or (log.rewards * (1.0 - log.rewards)).max() > SAME:
        return None
    chances = log.target if design.has_target else log.target[:, :0]
    seen = np.hstack([log.contexts, chances]).astype(np.float32)
    if not seen.shape[1]:
        return None
    guessed = float(log.rewards.mean()) + design.columns(log, rows) @ model.T
    right = _right(guessed, log.actions[rows], log.rewards[rows])
    return grown(seen[rows], right, np.random.default_rng(0)).guesses(seen[own])


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
