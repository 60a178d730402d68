"""Trial: the columns of doing something against not doing it, checked before a number is made.

Loop: Learn. A trial that cannot tell is an error with a sentence: whoever asks here brings arrays,
and has no page that would show a refusal.
Notation: t done or not, e its propensity, y the reward.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from penchant.errors import BadInput
from penchant.learn.evaluate.frequencies import misfits
from penchant.learn.evaluate.log import LEAST_CHANCE
from penchant.learn.evaluate.reading import check_lengths, features, numbers

__all__ = ["FARTHEST", "check_finite", "checked_trial"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FARTHEST = 1e60  # of any number here: its fourth power, beside that of a weight, is still one


def checked_trial(
    done: ArrayLike,
    rewards: ArrayLike,
    propensity: ArrayLike,
    *,
    contexts: ArrayLike | None = None,
    people: Sequence[object] | NDArray[np.int64] | None = None,
) -> tuple[Ints, Floats, Floats]:
    """Give the columns of a trial back, once they make one.

    Args:
        done: (n,) 1 where it was done, else 0.
        rewards: (n,).
        propensity: (n,) of doing it.
        contexts: (n, d), or None.
        people: (n,) whose row it is, or None.

    Raises:
        BadInput: When columns differ in length, hold what is no number, when everybody was treated
            alike, all rewards are the same, or the propensities do not fit what was done.

    Example:
        >>> checked_trial([1, 0, 1, 0], [2.0, 1.0, 0.0, 1.0], [0.5] * 4)[0].tolist()
        [1, 0, 1, 0]
    """
    took, earned = numbers(done, "done"), numbers(rewards, "rewards")
    columns = {"rewards": earned, "propensity": numbers(propensity, "propensity")}
    if contexts is not None:
        columns["contexts"] = features(contexts)
    check_lengths(columns, len(took), "done")
    if people is not None:
        check_lengths({"people": people}, len(took), "done")
    for name, column in {"done": took, **columns}.items():
        check_finite(name, column)
    _check_values(took, earned, columns["propensity"])
    return took.astype(np.int64), earned, columns["propensity"]


def check_finite(name: str, column: Floats) -> None:
    """See that a column holds numbers alone, of which squares and their squares are numbers too.

    Raises:
        BadInput: When some are missing or not finite, with how many rows that concerns, or huge.
    """
    n = len(column)
    bad = int(np.count_nonzero(~np.isfinite(column.reshape(n, -1)).all(axis=1))) if n else 0
    if bad:
        raise BadInput(
            f"`{name}` is missing or not finite in {bad} of {n} rows. Leave those rows out: what "
            "is not known is not 0."
        )
    largest = float(np.abs(column).max(initial=0.0))
    if largest > FARTHEST:
        raise BadInput(
            f"`{name}` goes up to {largest:g}, which is farther than can be reckoned with. Give it "
            "in a larger unit."
        )


def _check_values(took: Floats, earned: Floats, chance: Floats) -> None:
    """See that the values make a trial."""
    n = len(took)
    if not np.isin(took, (0.0, 1.0)).all():
        raise BadInput("`done` must be 1 where it was done and 0 where it was not.")
    if not np.all((chance >= LEAST_CHANCE) & (chance <= 1 - LEAST_CHANCE)):
        raise BadInput(
            "The propensity of doing it must lie between 0 and 1 in every row, "
            f"{LEAST_CHANCE:g} from either at least. Leave out rows that were not drawn by lot."
        )
    if not n or took.min() == took.max():
        raise BadInput(
            f"All {n} rows were treated alike, so there is nothing to compare. A trial needs rows "
            "with and without the action."
        )
    if earned.min() == earned.max():
        raise BadInput(
            f"All {n} rewards are {earned[0]:g}, so nothing can be said of what the action adds. "
            "Check that the rewards were joined to their rows."
        )
    if earned.max() - earned.min() < 1 / FARTHEST:
        raise BadInput(
            f"The rewards go from {earned.min():g} to {earned.max():g}, which is nearer than can "
            "be reckoned with. Give them in a smaller unit."
        )
    actions = took.astype(np.int64)
    for one in misfits(actions, np.where(actions == 1, chance, 1.0 - chance), n_actions=2):
        how = "done" if one.action == 1 else "left undone"
        raise BadInput(
            f"The propensities do not fit what was done: it was {how} in "
            f"{100 * one.measured:.1f} % of rows, by its propensities in "
            f"{100 * one.declared:.1f} %. Give those with which it was really drawn."
        )
