"""Scoring: how good choices were, between a random choice (0) and the best possible (1).

The score of a stretch of decisions is (what was earned - random) / (best - random), each summed
over the stretch; all three are true chances of a reward. Its interval draws people anew, because
the decisions of one person belong together.
"""

from dataclasses import dataclass

import numpy as np

from penchant.errors import BadInput
from penchant.laboratory.playing import Limits, Marks
from penchant.laboratory.tastes import Floats, Ints

__all__ = ["FIRST", "PARTS", "Score", "drawn_people", "part", "score"]

FIRST = 5
PARTS = ("overall", "first five", "last quarter")
_ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Score:
    """A normalised reward with its 95 % interval over people."""

    value: float
    low: float
    high: float


def part(name: str, rounds: int) -> slice:
    """Give the rounds of a part of a game.

    Raises:
        BadInput: When there is no part of that name.

    Example:
        >>> part("last quarter", 100)
        slice(75, 100, None)
    """
    if name not in PARTS:
        raise BadInput(f"There is no part `{name}` of a game; there are {', '.join(PARTS)}.")
    if name == "first five":
        return slice(0, FIRST)
    return slice(0 if name == "overall" else 3 * rounds // 4, rounds)


def drawn_people(people: int, resamples: int, dice: np.random.Generator) -> Ints:
    """Draw people anew: ``(resamples, people) int64``, how often each is drawn."""
    return np.asarray(dice.multinomial(people, np.full(people, 1 / people), size=resamples))


def score(
    chances: Floats,
    known: Limits,
    rounds: slice,
    drawn: Ints | None = None,
    *,
    who: Marks | None = None,
) -> Score:
    """Score what a player chose.

    Args:
        chances: ``(rounds, people) float64``, as `play` gives them.
        known: What is earned at random and at best, of the same people.
        rounds: Which rounds.
        drawn: ``(resamples, m) int64``, these people drawn anew; without, there is no
            interval.
        who: ``(people,) bool``, of whom; everybody by default.

    Returns:
        The score; NaN for an interval that was not asked for, and where nothing can be gained
        because all choices are alike.

    Example:
        >>> known = Limits(np.zeros((2, 3)), np.ones((2, 3)))
        >>> drawn = drawn_people(3, 10, np.random.default_rng(0))
        >>> score(np.full((2, 3), 0.5), known, part("overall", 2), drawn)
        Score(value=0.5, low=0.5, high=0.5)
    """
    everybody = slice(None) if who is None else who
    gained = (chances[rounds] - known.random[rounds])[:, everybody].sum(axis=0)
    possible = (known.best[rounds] - known.random[rounds])[:, everybody].sum(axis=0)
    if possible.sum() <= 0:
        return Score(*(float("nan"),) * 3)
    value = float(gained.sum() / possible.sum())
    if drawn is None:
        return Score(value, float("nan"), float("nan"))
    low, high = np.quantile((drawn @ gained) / (drawn @ possible), [_ALPHA / 2, 1 - _ALPHA / 2])
    return Score(value, float(low), float(high))
