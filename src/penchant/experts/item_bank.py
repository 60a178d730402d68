"""Bank: how hard each item is and how sharply it tells students apart (2PL), from answers.

Place: the population part of diagnosis. What an item is known by is a sum: for each of 41 abilities
how many answers came from there, and how many were right. So banks add, and answers may come at
once (`calibrated`) or as they come (`joined`).
Rule 1: a bank is a value; `joined` and `calibrated` return a new one.
Rule 2: with no answer an item stands at its prior, so one that all or none get right stays finite.
Source: 2PL by marginal likelihood (Bock & Aitkin 1981), priors ln a ~ N(0, 0.3²), b ~ N(0, 1).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput

__all__ = ["ABILITIES", "PRIOR", "Bank", "calibrated", "chances", "empty", "given_by", "joined"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ABILITIES: Floats = np.linspace(-4.0, 4.0, 41)
"""The grid of abilities; students in general are N(0, 1) on it."""

PRIOR: Floats = np.exp(-(ABILITIES**2) / 2) / np.exp(-(ABILITIES**2) / 2).sum()
"""How students in general are spread over the grid; sums to 1."""

SHARPNESS_SPREAD, DIFFICULTY_SPREAD = 0.3, 1.0
ROUNDS, ENOUGH = 200, 1e-3  # of EM; it ends where no parameter moves by more
STEPS = 8  # of Newton in a round; the target is nearly quadratic
LONGEST_STEP = 0.5  # a longer step of Newton may jump over the top where an item has few answers
CHUNK = 4_096  # students whose answers are held against the grid at once


class Bank(NamedTuple):
    """Items with what is known of them.

    Attributes:
        names: Items, each once.
        sharpness: ``(n,) float64``, discrimination a, above 0.
        difficulty: ``(n,) float64``, b, on the scale of ability.
        trials: ``(n, 41) float64``, expected answers from each ability.
        rights: ``(n, 41) float64``, how many of them were right.
    """

    names: tuple[str, ...]
    sharpness: Floats
    difficulty: Floats
    trials: Floats
    rights: Floats


def empty(names: Iterable[str]) -> Bank:
    """Give a bank of items of which nothing is known: sharpness 1, difficulty 0.

    Raises:
        BadInput: When a name stands twice.

    Example:
        >>> empty(["2+2"]).difficulty.tolist()
        [0.0]
    """
    found = tuple(names)
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        msg = f"Item `{twice}` stands twice in the bank. Give each item once."
        raise BadInput(msg)
    n = len(found)
    none = np.zeros((n, len(ABILITIES)))
    return Bank(found, np.ones(n), np.zeros(n), none, none.copy())


def given_by(
    names: Sequence[str],
    sharpness: Sequence[float] | Floats,
    difficulty: Sequence[float] | Floats,
    *,
    worth: float = 100.0,
) -> Bank:
    """Give a bank whose parameters come from elsewhere.

    Args:
        names: Items, each once.
        sharpness: Discrimination of each, above 0.
        difficulty: Of each, on the scale of ability.
        worth: How many answers what is given weighs, once answers are joined; above 0.

    Raises:
        BadInput: When lengths differ, a sharpness is not above 0 or a number is not finite.

    Example:
        >>> given_by(["2+2"], [1.5], [-1.0]).sharpness.tolist()
        [1.5]
    """
    a, b = np.asarray(sharpness, np.float64), np.asarray(difficulty, np.float64)
    if not len(names) == len(a) == len(b):
        msg = f"A bank needs one sharpness and one difficulty for each of its {len(names)} items."
        raise BadInput(msg)
    for name, fits in zip(names, np.isfinite(a) & np.isfinite(b) & (a > 0), strict=True):
        if not fits:
            msg = f"Item `{name}` needs a finite difficulty and a finite sharpness above 0."
            raise BadInput(msg)
    bank = empty(names)._replace(sharpness=a, difficulty=b)
    trials = np.tile(worth * PRIOR, (len(names), 1))
    return bank._replace(trials=trials, rights=trials * chances(bank).T)


def chances(bank: Bank, abilities: Floats = ABILITIES) -> Floats:
    """Give the chance of a right answer to each item from each ability.

    Returns:
        ``(len(abilities), n) float64``.

    Example:
        >>> chances(given_by(["2+2"], [1.0], [0.0]), np.array([0.0])).tolist()
        [[0.5]]

    Source: P = 1 / (1 + exp(-a (theta - b))).
    """
    z: Floats = bank.sharpness * (abilities[:, None] - bank.difficulty)
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * z)))


def joined(bank: Bank, answers: Mapping[str, bool], spread: Floats = PRIOR) -> Bank:
    """Let one student's answers add to what is known of the items they met.

    Args:
        bank: What was known.
        answers: Right or wrong, by item; an item the bank does not hold is left out.
        spread: ``(41,)``, where the student is believed to be without these answers.

    Returns:
        The bank with these answers; only items among them have moved.

    Example:
        >>> bank = joined(empty(["2+2", "3*4"]), {"2+2": True})
        >>> bank.difficulty.round(1).tolist()
        [-0.3, 0.0]
    """
    places = {name: place for place, name in enumerate(bank.names)}
    met = np.array([places[name] for name in answers if name in places], np.int64)
    if not len(met):
        return bank
    right = np.array([answers[name] for name in answers if name in places], np.float64)
    students = np.zeros(len(met), np.int64)
    trials, rights = _expected(bank, (students, met, right), spread)
    trials, rights = bank.trials + trials, bank.rights + rights
    a, b = _fitted(bank.sharpness[met], bank.difficulty[met], trials[met], rights[met])
    sharpness, difficulty = bank.sharpness.copy(), bank.difficulty.copy()
    sharpness[met], difficulty[met] = a, b
    return Bank(bank.names, sharpness, difficulty, trials, rights)


def calibrated(bank: Bank, students: Ints, items: Ints, right: Floats) -> Bank:
    """Find the parameters of all items from many answers at once, by EM.

    Args:
        bank: Where to start, and the names.
        students: ``(m,) int64``, who answered; numbers from 0.
        items: ``(m,) int64``, which item of the bank.
        right: ``(m,) float64``, 1 for a right answer, 0 for a wrong one.

    Returns:
        The bank of these answers alone.

    Raises:
        BadInput: When a number names no item, or an answer is neither 0 nor 1.

    Example:
        >>> bank = calibrated(empty(["2+2"]), np.arange(4), np.zeros(4, int), np.ones(4))
        >>> bool(-2 < bank.difficulty[0] < 0)
        True
    """
    if len(items) and not 0 <= items.min() <= items.max() < len(bank.names):
        msg = f"`items` must be numbers from 0 to {len(bank.names) - 1}, the items of the bank."
        raise BadInput(msg)
    if not np.isin(right, (0.0, 1.0)).all():
        raise BadInput("`right` must be 1 for a right answer and 0 for a wrong one.")
    order = np.argsort(students, kind="stable")
    answers = (np.unique(students[order], return_inverse=True)[1], items[order], right[order])
    for _ in range(ROUNDS):
        trials, rights = _expected(bank, answers, PRIOR)
        a, b = _fitted(bank.sharpness, bank.difficulty, trials, rights)
        moved = max(np.abs(a - bank.sharpness).max(), np.abs(b - bank.difficulty).max())
        bank = Bank(bank.names, a, b, trials, rights)
        if moved < ENOUGH:
            break
    return bank


def _expected(
    bank: Bank, answers: tuple[Ints, Ints, Floats], spread: Floats
) -> tuple[Floats, Floats]:
    """Give expected answers and expected right answers, by item and ability."""
    students, items, right = answers
    chance = np.clip(chances(bank), 1e-12, 1 - 1e-12)
    log_right, log_wrong = np.log(chance).T, np.log1p(-chance).T
    n = int(students[-1]) + 1 if len(students) else 0
    trials, rights = np.zeros_like(bank.trials), np.zeros_like(bank.rights)
    for first in range(0, n, CHUNK):
        part = slice(*np.searchsorted(students, (first, first + CHUNK)))
        who, item, y = students[part] - first, items[part], right[part]
        size = min(CHUNK, n - first)
        given = np.where(y[:, None] > 0, log_right[item], log_wrong[item])
        seen = np.log(spread) + _summed(given, who, size)
        seen = np.exp(seen - seen.max(axis=1, keepdims=True))
        here = (seen / seen.sum(axis=1, keepdims=True))[who]
        trials += _summed(here, item, len(bank.names))
        rights += _summed(here * y[:, None], item, len(bank.names))
    return trials, rights


def _summed(rows: Floats, groups: Ints, n: int) -> Floats:
    """Add up rows by group: ``(n, 41)``."""
    total = np.zeros((n, rows.shape[1]))
    if len(rows):
        order = np.argsort(groups, kind="stable")
        found, starts = np.unique(groups[order], return_index=True)
        total[found] = np.add.reduceat(rows[order], starts, axis=0)
    return total


def _fitted(a: Floats, b: Floats, trials: Floats, rights: Floats) -> tuple[Floats, Floats]:
    """Give sharpness and difficulty of greatest posterior, for all items at once.

    Newton on (ln a, b) with the expected second derivatives (Fisher scoring).
    """
    log_a, b = np.log(a), b.copy()
    for _ in range(STEPS):
        a = np.exp(log_a)
        from_b = ABILITIES - b[:, None]
        p = 0.5 * (1.0 + np.tanh(0.5 * a[:, None] * from_b))
        error, weight = rights - trials * p, trials * p * (1 - p)
        by_log_a = a * (error * from_b).sum(axis=1) - log_a / SHARPNESS_SPREAD**2
        by_b = -a * error.sum(axis=1) - b / DIFFICULTY_SPREAD**2
        aa = a**2 * (weight * from_b**2).sum(axis=1) + 1 / SHARPNESS_SPREAD**2
        bb = a**2 * weight.sum(axis=1) + 1 / DIFFICULTY_SPREAD**2
        ab = -(a**2) * (weight * from_b).sum(axis=1)
        det = aa * bb - ab**2
        log_a += np.clip((bb * by_log_a - ab * by_b) / det, -LONGEST_STEP, LONGEST_STEP)
        b += np.clip((aa * by_b - ab * by_log_a) / det, -LONGEST_STEP, LONGEST_STEP)
    return np.exp(log_a), b
