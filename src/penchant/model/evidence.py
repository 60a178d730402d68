"""What followed the decisions of one moment, as it was recorded: one row an outcome.

Everything the model holds can be derived from these rows again: the population's sums under a new
scaling, every person's sums under a new basis. The rows themselves are facts of the journal; this
is their form for computing.
Rule 1: a row is added once and never edited; forgetting a person blanks the rows of that person.
Rule 2: features are kept as float32, and are rounded to it before they are used anywhere, so that
what was computed live and what is computed from these rows are the same numbers.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Evidence", "Row", "Rows"]

Floats = NDArray[np.float64]

_FIRST_CAPACITY = 1_024


class Row(NamedTuple):
    """One outcome: raw features (dc,) and (da,), and its numbers, as in `Rows`."""

    context: Floats
    action: Floats
    reward: float
    predicted: float
    at: float
    person: int
    name: int = 0
    rest: float = 0.0


class Rows(NamedTuple):
    """n outcomes: raw features (n, dc) and (n, da) float32, NaN where usual; the rest (n,).

    `person` is the row of the person in `People`, or -1 where there is none (any more). `name` is
    the place of the action in `OwnEffects`, `rest` what its own effect was left to explain.
    """

    context: NDArray[np.float32]
    action: NDArray[np.float32]
    reward: Floats
    predicted: Floats
    at: Floats
    person: NDArray[np.int64]
    name: NDArray[np.int64]
    rest: Floats

    def where(self, mask: NDArray[np.bool_]) -> "Rows":
        """Give the rows for which `mask` holds, (n,) bool."""
        return Rows(*(column[mask] for column in _columns(self)))

    def between(self, start: int, end: int) -> "Rows":
        """Give the rows from `start` to `end`, as views."""
        return Rows(*(column[start:end] for column in _columns(self)))


class Evidence:
    """The outcomes of one moment, growing.

    Example:
        >>> e = Evidence()
        >>> e.add_one(Row(np.ones(2), np.ones(3), reward=1.0, predicted=0.5, at=0.0, person=0))
        >>> len(e), e.rows().action.shape
        (1, (1, 3))
    """

    def __init__(self) -> None:
        """Start with no outcomes."""
        self._count = 0
        self._rows = _room(_FIRST_CAPACITY, 0, 0)

    def __len__(self) -> int:
        """Count the outcomes."""
        return self._count

    def add(self, new: Rows) -> None:
        """Add n outcomes."""
        start, end = self._count, self._count + len(new.reward)
        self._fit(end, new.context.shape[1], new.action.shape[1])
        for column, values in zip(_columns(self._rows), _columns(new), strict=True):
            _put(column, slice(start, end), values)
        self._count = end

    def add_one(self, one: Row) -> None:
        """Add one outcome, without the cost of arrays of length 1."""
        place = self._count
        self._fit(place + 1, len(one.context), len(one.action))
        rows = self._rows
        for wide, narrow in ((rows.context, one.context), (rows.action, one.action)):
            wide[place, : len(narrow)] = narrow
            if len(narrow) < wide.shape[1]:
                wide[place, len(narrow) :] = np.nan
        rows.reward[place] = one.reward
        rows.predicted[place] = one.predicted
        rows.at[place] = one.at
        rows.person[place] = one.person
        rows.name[place] = one.name
        rows.rest[place] = one.rest
        self._count = place + 1

    def rows(self, start: int = 0, end: int | None = None) -> Rows:
        """Give the outcomes from `start` to `end` as views: read them, do not write."""
        stop = self._count if end is None else end
        return self._rows.between(start, stop)

    def forget(self, person: int) -> None:
        """Blank the rows of one person: no feature, no reward, no time, no weight."""
        mine = np.flatnonzero(self._rows.person[: self._count] == person)
        for column in _columns(self._rows):
            column[mine] = 0
        self._rows.person[mine] = -1
        self._rows.predicted[mine] = np.nan

    def _fit(self, count: int, n_context: int, n_action: int) -> None:
        """Make room: twice the rows when full, more columns when new ones came."""
        old = self._rows
        capacity = len(old.reward)
        wide_context = max(n_context, old.context.shape[1])
        wide_action = max(n_action, old.action.shape[1])
        same = wide_context == old.context.shape[1] and wide_action == old.action.shape[1]
        if count <= capacity and same:
            return
        new = _room(max(capacity, 2 * count if count > capacity else 0), wide_context, wide_action)
        for before, after in zip(_columns(old), _columns(new), strict=True):
            _put(after, slice(0, self._count), before[: self._count])
        self._rows = new


def _columns(rows: Rows) -> tuple[NDArray[Any], ...]:
    """Give the columns alike, whatever they hold."""
    return tuple(rows)


def _put(column: NDArray[Any], places: slice, values: NDArray[Any]) -> None:
    """Write values; what they are too narrow for is NaN."""
    if values.ndim == 1:
        column[places] = values
        return
    column[places, : values.shape[1]] = values
    column[places, values.shape[1] :] = np.nan


def _room(capacity: int, n_context: int, n_action: int) -> Rows:
    """Give room for so many outcomes; nothing is in it, and no memory is touched for it yet."""
    return Rows(
        np.empty((capacity, n_context), dtype=np.float32),
        np.empty((capacity, n_action), dtype=np.float32),
        np.empty(capacity),
        np.empty(capacity),
        np.empty(capacity),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity),
    )
