"""What followed the decisions of one moment, as it was recorded: one row an outcome.

Everything the model holds can be derived from these rows again: the population's sums under a new
scaling, every person's sums under a new basis. The rows themselves are facts of the journal; this
is their form for computing.
Rule 1: a row is added once and never edited; forgetting a person blanks the rows of that person.
Rule 2: features are kept as float32, and are rounded to it before they are used anywhere, so that
what was computed live and what is computed from these rows are the same numbers.
Rule 3: few actions are shown often, so the features of each are kept once and named by their place.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Evidence", "Resting", "Row", "Rows"]

Floats = NDArray[np.float64]

_FIRST_CAPACITY: Final = 1_024
_REMEMBERED: Final = 65_536
"""Actions that are known again when they come again; beyond that they are kept twice."""
_NO_ACTION: Final = 0
"""The place of the action of an outcome that was forgotten: every feature is as usual."""


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
    weight: float = 1.0
    position: int = 0
    said: float = 0.0
    carried: float = 0.0
    surprise: float = 0.0
    past: Floats | None = None


class Rows(NamedTuple):
    """n outcomes: raw contexts (n, dc) float32, NaN where usual; the rest (n,) but for `actions`.

    `shown` is the place of the action among `actions`, (m, da) raw float32. `person` is the row of
    the person in `People`, or -1 where there is none (any more). `name` is the place of the action
    in `ActionNames`, `rest` what neither people in general nor the person explained. `weight` is
    what an outcome counts before it fades, 0..1; `position` where its action stood in a slate, 0
    for alone; `said`, there, what was expected of it in all.
    `carried` is what everybody's way of tiring added to the prediction, `surprise` how far the
    outcome spoke against what was believed of the person (`drift`). `past` (n, P) float32 is what
    the person had been shown, in hundredths; NaN where nobody counted, P = 0 where nobody ever did.
    """

    context: NDArray[np.float32]
    shown: NDArray[np.int64]
    reward: Floats
    predicted: Floats
    at: Floats
    person: NDArray[np.int64]
    name: NDArray[np.int64]
    rest: Floats
    weight: NDArray[np.float32]
    position: NDArray[np.int16]
    said: NDArray[np.float32]
    carried: Floats
    surprise: Floats
    past: NDArray[np.float32]
    actions: NDArray[np.float32]

    @property
    def counts(self) -> Floats:
        """What each outcome counts before it fades, (n,)."""
        return self.weight.astype(np.float64)

    def where(self, mask: NDArray[np.bool_]) -> "Rows":
        """Give the rows for which `mask` holds, (n,) bool."""
        return Rows._make((*(column[mask] for column in _columns(self)), self.actions))

    def between(self, start: int, end: int) -> "Rows":
        """Give the rows from `start` to `end`, as views."""
        return Rows._make((*(column[start:end] for column in _columns(self)), self.actions))

    def alive(self) -> "Rows":
        """Give the rows of whom was not forgotten."""
        kept = np.isfinite(self.predicted)
        return self if kept.all() else self.where(kept)


class Resting(NamedTuple):
    """Outcomes that rest: whose (the row in `People`), their places, and what was predicted."""

    person: int
    places: NDArray[np.int64]
    predicted: Floats


class Evidence:
    """The outcomes of one moment, growing.

    Example:
        >>> e = Evidence()
        >>> e.add_one(Row(np.ones(2), np.ones(3), reward=1.0, predicted=0.5, at=0.0, person=0))
        >>> len(e), e.rows().actions[e.rows().shown].shape
        (1, (1, 3))
    """

    def __init__(self) -> None:
        """Start with no outcomes."""
        self._count = self._silent = 0
        self._rows = _room(_FIRST_CAPACITY, 0, 0)
        self._actions = _Actions()

    def __len__(self) -> int:
        """Count the outcomes."""
        return self._count

    def alive(self, end: int | None = None) -> int:
        """Count the outcomes that may teach (not those of the forgotten), of the first `end`."""
        if end is None:
            return self._count - self._silent
        return int(np.isfinite(self._rows.predicted[:end]).sum())

    def add(self, new: Rows) -> None:
        """Add n outcomes."""
        start, end = self._count, self._count + len(new.reward)
        self._fit(end, new.context.shape[1], new.past.shape[1])
        places = np.full(len(new.actions), _NO_ACTION)
        for one in np.flatnonzero(np.bincount(new.shown)):
            places[one] = self._actions.place(new.actions[one])
        columns = _columns(new._replace(shown=places[new.shown]))
        for column, values in zip(_columns(self._rows), columns, strict=True):
            _put(column, slice(start, end), values)
        self._count = end

    def add_one(self, one: Row) -> None:
        """Add one outcome, without the cost of arrays of length 1."""
        place = self._count
        width = len(one.context)
        self._fit(place + 1, width, 0 if one.past is None else len(one.past))
        rows = self._rows
        rows.context[place, :width] = one.context
        if width < rows.context.shape[1]:
            rows.context[place, width:] = np.nan
        rows.shown[place] = self._actions.place(one.action.astype(np.float32))
        rows.reward[place] = one.reward
        rows.predicted[place] = one.predicted
        rows.at[place] = one.at
        rows.person[place] = one.person
        rows.name[place] = one.name
        rows.rest[place] = one.rest
        rows.weight[place] = one.weight
        rows.position[place] = one.position
        rows.said[place] = one.said
        rows.carried[place] = one.carried
        rows.surprise[place] = one.surprise
        if rows.past.shape[1]:
            rows.past[place] = np.nan if one.past is None else one.past
        self._count = place + 1

    def rows(self, start: int = 0, end: int | None = None) -> Rows:
        """Give the outcomes from `start` to `end` as views: read them, do not write."""
        stop = self._count if end is None else end
        return self._rows.between(start, stop)._replace(actions=self._actions.rows())

    def recall(self, past: NDArray[np.float32]) -> None:
        """Take over what was worked out of what people had been shown, (n, P); see `Rows.past`."""
        self._fit(self._count, 0, past.shape[1])
        self._rows.past[: self._count] = past

    def forget(self, person: int) -> None:
        """Blank the rows of one person: no feature, no reward, no time, no weight.

        Actions that were shown to nobody else are blanked as well.
        """
        mine = np.flatnonzero(self._rows.person[: self._count] == person)
        for column in _columns(self._rows):
            column[mine] = 0
        self._rows.person[mine] = -1
        self._rows.predicted[mine] = np.nan
        self._rows.shown[mine] = _NO_ACTION
        self._actions.keep(self._rows.shown[: self._count])
        self._silent += len(mine)

    def rest(self, person: int, start: int = 0) -> Resting:
        """Let the outcomes of one person from `start` on teach nothing for now; none is lost."""
        mine = start + np.flatnonzero(self._rows.person[start : self._count] == person)
        resting = Resting(person, mine, self._rows.predicted[mine].copy())
        self._rows.person[mine] = -1
        self._rows.predicted[mine] = np.nan
        self._silent += len(mine)
        return resting

    def wake(self, resting: Resting) -> None:
        """Let outcomes that rested teach again."""
        self._rows.person[resting.places] = resting.person
        self._rows.predicted[resting.places] = resting.predicted
        self._silent -= len(resting.places)

    def asleep(self, resting: Resting) -> Rows:
        """Give outcomes that rest as they are when awake."""
        rows = self.rows()
        mine = Rows._make((*(column[resting.places] for column in _columns(rows)), rows.actions))
        person = np.full(len(resting.places), resting.person)
        return mine._replace(person=person, predicted=resting.predicted)

    def _fit(self, count: int, n_context: int, n_past: int) -> None:
        """Make room: twice the rows when full, more columns when new ones came."""
        old = self._rows
        capacity, width = old.context.shape
        if count <= capacity and n_context <= width and n_past <= old.past.shape[1]:
            return
        new = _room(
            max(capacity, 2 * count if count > capacity else 0),
            max(n_context, width),
            max(n_past, old.past.shape[1]),
        )
        for before, after in zip(_columns(old), _columns(new), strict=True):
            _put(after, slice(0, self._count), before[: self._count])
        self._rows = new


class _Actions:
    """The features of the actions that were shown, each once."""

    def __init__(self) -> None:
        """Start with the action of which nothing is known."""
        self._table = np.full((1, 0), np.nan, dtype=np.float32)
        self._count = 1 + _NO_ACTION
        self._known: dict[bytes, int] = {}

    def rows(self) -> NDArray[np.float32]:
        """Give the raw features of all, (m, da), as a view."""
        return self._table[: self._count]

    def place(self, features: NDArray[np.float32]) -> int:
        """Give the place of an action, a new one where its features (da,) are new."""
        key = features.tobytes()
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._count
            self._fit(found + 1, len(features))
            self._table[found, : len(features)] = features
            self._count = found + 1
        return found

    def keep(self, shown: NDArray[np.int64]) -> None:
        """Blank all that are not among those places."""
        gone = np.bincount(shown, minlength=self._count) == 0
        self._table[: self._count][gone] = np.nan
        self._known = {key: place for key, place in self._known.items() if not gone[place]}

    def _fit(self, count: int, width: int) -> None:
        """Make room; what is not written is NaN."""
        capacity, before = self._table.shape
        if count <= capacity and width <= before:
            return
        larger = 2 * count if count > capacity else capacity
        table = np.full((larger, max(width, before)), np.nan, dtype=np.float32)
        table[: self._count, :before] = self._table[: self._count]
        self._table = table


def _columns(rows: Rows) -> tuple[NDArray[Any], ...]:
    """Give what has a row an outcome, whatever it holds."""
    return tuple(rows[:-1])


def _put(column: NDArray[Any], places: slice, values: NDArray[Any]) -> None:
    """Write values; what they are too narrow for is NaN."""
    if values.ndim == 1:
        column[places] = values
        return
    column[places, : values.shape[1]] = values
    column[places, values.shape[1] :] = np.nan


def _room(capacity: int, n_context: int, n_past: int) -> Rows:
    """Give room for so many outcomes; nothing is in it, and no memory is touched for it yet."""
    return Rows(
        np.empty((capacity, n_context), dtype=np.float32),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity),
        np.empty(capacity),
        np.empty(capacity),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity),
        np.empty(capacity, dtype=np.float32),
        np.empty(capacity, dtype=np.int16),
        np.empty(capacity, dtype=np.float32),
        np.empty(capacity),
        np.empty(capacity),
        np.empty((capacity, n_past), dtype=np.float32),
        np.empty((0, 0), dtype=np.float32),
    )
