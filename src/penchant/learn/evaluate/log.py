"""Log: the rows of a question asked of a log, checked, in one shape and on one scale.

Loop: Learn. What the caller got wrong in form (lengths, shapes, text for numbers) is an error; what
the log cannot support is a sentence, and no number is made of it.
Rule: rewards are put on 0..1 by the range seen, so that a change of unit changes nothing else.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from penchant.errors import BadInput

__all__ = ["Log", "read_log"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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
    chances = _numbers(target, "target", 2)
    n, n_actions = chances.shape
    took, earned = _numbers(actions, "actions", 1), _numbers(rewards, "rewards", 1)
    if propensities is None:
        return "The log has no propensities, so what another policy would earn cannot be said."
    logged = _numbers(propensities, "propensities", 1)
    around = np.zeros((n, 0)) if contexts is None else _contexts(contexts)
    ids = _ids(groups)
    columns = {"actions": took, "rewards": earned, "propensities": logged, "contexts": around}
    _check_lengths(columns if ids is None else {**columns, "groups": ids}, n)
    if not n:
        return "The log is empty, so nothing can be said."
    _check_actions(took, n_actions)
    sentence = _fault(earned, logged, chances, around)
    if sentence:
        return sentence
    low, high = float(earned.min()), float(earned.max())
    people = np.arange(n) if ids is None else np.unique(ids, return_inverse=True)[1].ravel()
    return Log(
        took.astype(np.int64),
        _on_unit(earned, low, high),
        logged,
        chances / chances.sum(axis=1, keepdims=True),
        _standard(around),
        people.astype(np.int64),
        low=low,
        span=high - low,
        is_grouped=ids is not None,
    )


def _numbers(given: ArrayLike, name: str, n_dimensions: int) -> Floats:
    """Give an array of floats with so many dimensions."""
    try:
        column = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInput(f"`{name}` must hold numbers in rows of one length.") from None
    if column.ndim != n_dimensions:
        shape = "(n,)" if n_dimensions == 1 else "(n, K): a propensity for each action"
        raise BadInput(f"`{name}` must have the shape {shape} (got {column.shape}).")
    return column


def _contexts(given: ArrayLike) -> Floats:
    """Give contexts (n, d); a single column may come as (n,)."""
    plain = np.asarray(given)
    return _numbers(plain[:, None] if plain.ndim == 1 else given, "contexts", 2)


def _ids(groups: ArrayLike | Sequence[object] | None) -> NDArray[np.str_] | None:
    """Give ids as texts, so that ids of any kind can be told apart."""
    if groups is None:
        return None
    if isinstance(groups, np.ndarray):
        groups = groups.tolist()
    if not isinstance(groups, Sequence) or isinstance(groups, str):
        groups = list(groups)  # type: ignore[arg-type]
    missing = sum(one is None or one != one for one in groups)  # noqa: PLR0124 - finds NaN
    if missing:
        raise BadInput(f"`groups` misses the person of {missing} rows. Leave those rows out.")
    return np.array([str(one) for one in groups], dtype=np.str_)


def _check_lengths(columns: Mapping[str, NDArray[np.generic]], n: int) -> None:
    """Check that every column has as many rows as the target.

    Raises:
        BadInput: When one has not.
    """
    for name, column in columns.items():
        if len(column) != n:
            raise BadInput(f"`{name}` has {len(column)} rows, but `target` has {n}.")


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
    wrong = (target < 0).any(axis=1) | (np.abs(target.sum(axis=1) - 1) > SUM_TOLERANCE)
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
