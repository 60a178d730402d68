"""Log: the rows of a question asked of a log, checked, in one shape and on one scale.

Loop: Learn. What the caller got wrong in form (lengths, shapes, text for numbers) is an error; what
the log cannot support is a sentence, and no number is made of it.
Rule: rewards are put on 0..1 by the range seen, so that a change of unit changes nothing else.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from penchant.errors import BadInput
from penchant.learn.evaluate.reading import TARGET, check_lengths, features, ids, numbers

__all__ = ["LEAST_CHANCE", "Log", "read_log"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_SPAN = float(np.finfo(np.float64).tiny)  # of rewards; below, digits are lost
FARTHEST = 5.0  # standard deviations; a feature beyond says no more than that it is far
LEAST_CHANCE = 1e-12  # below, nothing logged was drawn with it: a 0, as far as counts can tell
SUM_TOLERANCE = 1e-3  # of a row of the target, so that shares written with three digits pass


class Log(NamedTuple):
    """A log that can be reckoned with, rows in the order of their times.

    `actions` (n,), `rewards` (n,) in 0..1, `propensities` (n,) of the logged actions, `target`
    (n, K), `contexts` (n, d) with mean 0 and spread 1, `people` (n,) from 0. A reward in the unit
    of the caller is `low + span * reward`.
    """

    actions: Ints
    rewards: Floats
    propensities: Floats
    target: Floats
    contexts: Floats
    people: Ints
    low: float
    span: float
    is_grouped: bool

    @property
    def weights(self) -> Floats:
        """Give pi / p of the logged actions, (n,)."""
        ratio: Floats = self.target[np.arange(len(self.actions)), self.actions] / self.propensities
        return ratio

    @property
    def n_people(self) -> int:
        """How many people there are; rows, where no groups are given."""
        return int(self.people.max()) + 1

    def taken(self, rows: Ints) -> "Log":
        """Give the log with its rows in another order, or some of them."""
        return self._replace(
            actions=self.actions[rows],
            rewards=self.rewards[rows],
            propensities=self.propensities[rows],
            target=self.target[rows],
            contexts=self.contexts[rows],
            people=self.people[rows],
        )


def read_log(
    actions: ArrayLike,
    rewards: ArrayLike,
    propensities: ArrayLike | None,
    target: ArrayLike,
    *,
    contexts: ArrayLike | None,
    groups: ArrayLike | Sequence[object] | None,
) -> Log | str:
    """Check the columns of a log, and give them in one shape; or say why nothing can be told.

    Args:
        actions: (n,) places of the logged actions, 0..K-1.
        rewards: (n,), in any unit.
        propensities: (n,) of the logged actions.
        target: (n, K) propensities of the policy asked about.
        contexts: (n, d) numbers, or None.
        groups: (n,) ids of the people, or None where each row is a person of its own.

    Raises:
        BadInput: When shapes do not fit, or something that should be numbers is not.
    """
    chances = numbers(target, "target", TARGET)
    n, n_actions = chances.shape
    if n and not n_actions:
        raise BadInput("`target` has no columns. It must have one for each action.")
    took, earned = numbers(actions, "actions"), numbers(rewards, "rewards")
    if propensities is None:
        return "The log has no propensities, so what another policy would earn cannot be said."
    logged = numbers(propensities, "propensities")
    around = np.zeros((n, 0)) if contexts is None else features(contexts)
    whose = None if groups is None else ids(groups, "groups")
    columns = {"actions": took, "rewards": earned, "propensities": logged, "contexts": around}
    check_lengths(columns if whose is None else {**columns, "groups": whose}, n, "target")
    if not n:
        return "The log is empty, so nothing can be said."
    _check_actions(took, n_actions)
    sentence = _fault(earned, logged, chances, around)
    if sentence:
        return sentence
    low, high = float(earned.min()), float(earned.max())
    people = np.arange(n) if whose is None else np.unique(whose, return_inverse=True)[1].ravel()
    return Log(
        took.astype(np.int64),
        _on_unit(earned, low, high),
        logged,
        chances / chances.sum(axis=1, keepdims=True),
        _standard(around),
        people.astype(np.int64),
        low=low,
        span=high - low,
        is_grouped=whose is not None,
    )


def _check_actions(took: Floats, n_actions: int) -> None:
    """Check that actions are places in the target.

    Raises:
        BadInput: When one is not.
    """
    wrong = ~np.isfinite(took) | (took != np.round(took)) | (took < 0) | (took >= n_actions)
    if wrong.any():
        raise BadInput(
            f"`actions` must be whole numbers from 0 to {n_actions - 1}, places among the "
            f"{n_actions} columns of `target` ({int(wrong.sum())} are not)."
        )


def _fault(rewards: Floats, logged: Floats, target: Floats, contexts: Floats) -> str | None:
    """Say what is wrong with the values, or None."""
    n, n_actions = target.shape
    if n_actions == 1:
        return "There is only one action, so every policy does the same; there is nothing to judge."
    for name, column, hint in (
        ("rewards", rewards, "A reward that is not known is not 0: leave those rows out."),
        ("propensities", logged, "Leave rows without a propensity out."),
        ("target", target, "The policy asked about needs a propensity for each action."),
        ("contexts", contexts, "Fill what is missing, or leave that feature out."),
    ):
        bad = int(np.count_nonzero(~np.isfinite(column.reshape(n, -1)).all(axis=1)))
        if bad:
            return (
                f"`{name}` is missing or not finite in {bad} of {n} rows, "
                f"so nothing can be said. {hint}"
            )
    if rewards.min() == rewards.max():
        return (
            f"All {n} rewards are {rewards[0]:g}, so nothing can be said of how policies differ. "
            "Check that the rewards were joined to their decisions."
        )
    with np.errstate(over="ignore"):
        span = float(rewards.max() - rewards.min())
    if not LEAST_SPAN <= span < math.inf:
        return (
            f"The rewards go from {rewards.min():g} to {rewards.max():g}, which is farther or "
            "nearer than can be reckoned with, so nothing can be said. Give them in another unit."
        )
    return _chance_fault(logged, target)


def _chance_fault(logged: Floats, target: Floats) -> str | None:
    """Say what is wrong with the propensities of the log or of the target, or None."""
    n = len(logged)
    outside = int(np.count_nonzero((logged < LEAST_CHANCE) | (logged > 1)))
    if outside:
        return (
            f"{outside} of {n} propensities are not above 0 and at most 1: what was logged cannot "
            "have been drawn with them, so nothing can be said."
        )
    sums = np.clip(target, -1.0, 2.0).sum(axis=1)  # beyond these it is wrong, however huge
    wrong = (target < 0).any(axis=1) | (np.abs(sums - 1) > SUM_TOLERANCE)
    if wrong.any():
        return (
            f"{int(wrong.sum())} of {n} rows of `target` are no propensities: they must be 0 or "
            "more and sum to 1."
        )
    return None


def _on_unit(rewards: Floats, low: float, high: float) -> Floats:
    """Put rewards on 0..1; halves first, since the range of huge ones may not be a number."""
    scaled: Floats = (rewards / 2 - low / 2) / (high / 2 - low / 2)
    return np.clip(scaled, 0.0, 1.0)


def _standard(contexts: Floats) -> Floats:
    """Give features with mean 0 and spread 1, none farther than `FARTHEST`; constant ones go."""
    largest = np.abs(contexts).max(axis=0, initial=0.0)
    plain = contexts / np.where(largest > 0, largest, 1.0)
    plain = plain - plain.mean(axis=0)
    spread = plain.std(axis=0)
    kept = spread > 1e-9  # noqa: PLR2004 - of the largest value: below, it is rounding
    standard: Floats = np.clip(plain[:, kept] / spread[kept], -FARTHEST, FARTHEST)
    return standard
