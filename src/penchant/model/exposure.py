"""What a person was shown of late: decayed counts of each action and of each kind of action.

A count is a sum with a time (`algebra`), on two clocks: the person's own decisions, and the days.
A kind is a text feature that actions share, such as `sport=run`. What
enters a model is n / (1 + n): the twelfth time in a week says less than the second.
Rule 1: sums change by adding only; any grouping of the same exposures gives the same sums.
Rule 2: counts are read in whole hundredths, so that a record holds exactly what was used.
Rule 3: what is below half of a hundredth on every clock is let go, so memory is bounded by what
was shown lately.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import Sum, add, faded

__all__ = [
    "CLOCKS",
    "NOBODY_SHOWN",
    "PAST",
    "Asked",
    "Exposures",
    "Recent",
    "asked_of",
    "counts",
    "recency",
    "shown",
    "together",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLOCKS: Final = (4.0, 86_400.0)
"""Half-lives: in the person's own decisions, then in seconds."""
PAST: Final = 2 * len(CLOCKS)
"""Recency columns: the action's count on each clock, then that of its kinds."""
_HUNDREDTHS: Final = 100.0
MOST: Final = 30_000.0
"""The greatest count, in hundredths."""
_GONE: Final = 0.005
_TIDY_ABOVE: Final = 32
"""Keys of one person beyond which those that faded are let go."""


class Recent(NamedTuple):
    """What one person was shown: keys (m,) in order, their sums (m, 2), and where they stand.

    `at` is in seconds, `decisions` the person's decisions so far.
    """

    keys: Ints
    total: Floats
    at: float
    decisions: float


NOBODY_SHOWN: Final = Recent(np.zeros(0, dtype=np.int64), np.zeros((0, len(CLOCKS))), -np.inf, 0.0)


def together(one: Recent, other: Recent) -> Recent:
    """Add what was shown in two parts of a person's past.

    Example:
        >>> run = shown(NOBODY_SHOWN, np.array([4]), np.ones(1), 0.0, 1.0)
        >>> swim = shown(NOBODY_SHOWN, np.array([6]), np.ones(1), 86_400.0, 5.0)
        >>> together(run, swim).total.tolist()
        [[0.5, 0.5], [1.0, 1.0]]
    """
    keys = np.union1d(one.keys, other.keys)
    columns = []
    for clock, half_life in enumerate(CLOCKS):
        mine, its = (
            Sum(_spread(part, keys, clock), part.at if clock else _own_time(part))
            for part in (one, other)
        )
        columns.append(add(mine, its, half_life).total)
    return Recent(
        keys, np.stack(columns, axis=1), max(one.at, other.at), max(one.decisions, other.decisions)
    )


def shown(before: Recent, keys: Ints, amounts: Floats, at: float, count: float) -> Recent:
    """Give what a person was shown after one more decision.

    Args:
        before: Until then.
        keys: (q,) of the action shown and of its kinds, in order.
        amounts: (q,) what each counts.
        at: When, in seconds; an earlier time than that of `before` counts for less.
        count: Which of the person's decisions it was, from 1.
    """
    late, later = _left(before, at, count), _later(before, at, count)
    places = before.keys.searchsorted(keys)
    is_known = np.zeros(len(keys), dtype=bool)
    inside = places < len(before.keys)
    is_known[inside] = before.keys[places[inside]] == keys[inside]
    old, total = before.keys, before.total * late
    if not is_known.all():
        new = ~is_known
        old = np.insert(old, places[new], keys[new])
        total = np.insert(total, places[new], 0.0, axis=0)
        places = old.searchsorted(keys)
    total[places] += amounts[:, None] * later
    if len(old) > _TIDY_ABOVE:
        kept = (total >= _GONE).any(axis=1)
        old, total = old[kept], total[kept]
    return Recent(old, total, max(before.at, at), max(before.decisions, count))


class Asked(NamedTuple):
    """K actions one may ask about: their keys (K,), and the keys of all their kinds (q,) in order.

    `shares` (K, q) is how much of each kind an action is; each row sums to 1 or 0.
    """

    actions: Ints
    kinds: Ints
    shares: Floats

    def of(self, place: int) -> Ints:
        """Give the keys of one action and its kinds, in order; none for what is never counted."""
        if self.actions[place] < 0:
            return np.zeros(0, dtype=np.int64)
        mine = np.flatnonzero(self.shares[place])
        return np.sort(np.append(self.kinds[mine], self.actions[place]))


def asked_of(places: Ints, raw: Floats, is_kind: NDArray[np.bool_]) -> Asked:
    """Give what to ask about K actions.

    Args:
        places: (K,) of their names in `OwnEffects`; -1 for what is never counted.
        raw: (K, da) raw features.
        is_kind: (da,) which columns say of what kind an action is.

    Example:
        >>> asked = asked_of(np.array([0, 1]), np.array([[1.0, 0.0], [0.0, 1.0]]), np.ones(2, bool))
        >>> asked.actions.tolist(), asked.kinds.tolist(), asked.shares.tolist()
        ([0, 2], [1, 3], [[1.0, 0.0], [0.0, 1.0]])
    """
    columns = np.flatnonzero(is_kind[: raw.shape[1]])
    has = (np.nan_to_num(raw[:, columns]) != 0.0).astype(np.float64)
    has[places < 0] = 0.0
    known = has.any(axis=0)
    has, columns = has[:, known], columns[known]
    each = has.sum(axis=1, keepdims=True)
    return Asked(places * 2, columns * 2 + 1, has / np.maximum(each, 1.0))


def counts(recent: Recent, asked: Asked, at: float) -> Floats:
    """Give how often each of K actions and its kinds were shown of late, in hundredths: (K, 4)."""
    found = np.zeros((len(asked.actions), PAST))
    if not len(recent.keys):
        return found
    total = recent.total * _left(recent, at, recent.decisions)
    found[:, : len(CLOCKS)] = _of(recent.keys, total, asked.actions)
    if len(asked.kinds):
        found[:, len(CLOCKS) :] = asked.shares.dot(_of(recent.keys, total, asked.kinds))
    return np.minimum(np.rint(found * _HUNDREDTHS), MOST)


def recency(past: Floats) -> Floats:
    """Give the recency columns, (n, 4) in 0..1, of counts in hundredths.

    Example:
        >>> recency(np.array([[100.0, 0.0, 300.0]])).tolist()
        [[0.5, 0.0, 0.75]]
    """
    return past / (past + _HUNDREDTHS)


class Exposures:
    """What everybody was shown of late at one moment, by home row."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._recent: dict[int, Recent] = {}
        self._rows: dict[int, tuple[int, ...]] = {}
        self.keys: dict[str, tuple[object, Ints]] = {}
        """Keys of actions that were shown, and the features they were found for; can be dropped."""

    def __len__(self) -> int:
        """Count the rows that were shown something."""
        return len(self._recent)

    def add(self, row: int, home: int, keys: Ints, at: float) -> None:
        """Note that an id was shown an action of those keys; `home` is that of its person."""
        before = self._recent.get(row, NOBODY_SHOWN)
        count = (before if row == home else self.of(home)).decisions + 1.0
        self._recent[row] = shown(before, keys, np.ones(len(keys)), at, count)

    def of(self, home: int) -> Recent:
        """Give what a person was shown, under all ids of theirs; nothing for somebody new."""
        rows = self._rows.get(home)
        if rows is None:
            return self._recent.get(home, NOBODY_SHOWN)
        return reduce(together, (self._recent.get(row, NOBODY_SHOWN) for row in rows))

    def gather(self, home: int, rows: Iterable[int]) -> None:
        """Let some rows be one person from now on; a person of one row alone needs no word."""
        theirs = tuple(sorted({home, *rows}))
        self._rows.pop(home, None)
        if len(theirs) > 1:
            self._rows[home] = theirs

    def forget(self, row: int) -> None:
        """Let go of what an id was shown."""
        self._recent.pop(row, None)

    def clear(self) -> None:
        """Let go of all that was shown."""
        self._recent.clear()


def _own_time(part: Recent) -> float:
    """Give the time on a person's own clock; a part without decisions has none."""
    return part.decisions if part.decisions > 0.0 else -np.inf


def _left(before: Recent, at: float, count: float) -> Floats:
    """Give what is left of sums on each clock when they are brought to a later time, (2,)."""
    if not len(before.keys):
        return np.ones(len(CLOCKS))
    ages = (max(count - before.decisions, 0.0), *(max(at - before.at, 0.0),) * (len(CLOCKS) - 1))
    return np.array([faded(1.0, age, half) for age, half in zip(ages, CLOCKS, strict=True)])


def _later(before: Recent, at: float, count: float) -> Floats:
    """Give what a new exposure counts on each clock where the sums stand at a later time, (2,)."""
    ages = (max(before.decisions - count, 0.0), *(max(before.at - at, 0.0),) * (len(CLOCKS) - 1))
    return np.array([faded(1.0, age, half) for age, half in zip(ages, CLOCKS, strict=True)])


def _of(keys: Ints, total: Floats, wanted: Ints) -> Floats:
    """Give the sums of some keys, 0 for those that are not there: (q, 2)."""
    places = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
    return np.asarray(total[places] * (keys[places] == wanted)[:, None])


def _spread(part: Recent, keys: Ints, clock: int) -> Floats:
    """Give the sums of a part on one clock, in the places of more keys."""
    spread = np.zeros(len(keys))
    spread[np.searchsorted(keys, part.keys)] = part.total[:, clock]
    return spread
