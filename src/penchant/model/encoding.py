"""How named features become columns of numbers, and how columns keep their plain names.

A number or a yes/no has one column, a text one column a value (`sport=run`), a list of floats one
column a place (`taste[3]`), an action without features one column for its name.
Rule 1: a column is never given twice and never moves; the first `OWN` names have columns of their
own, later ones share the rest by a signed hash, so that memory is bounded.
Rule 2: a feature may not change its type silently.
Rule 3: outside this process a column is known by the hash of its name: no value that one person
alone had is written down.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import IntEnum
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput, BadNumber, FeatureTypeChanged, LimitReached
from penchant.limits import Limits, check_id, check_length
from penchant.model.layout import (
    COLUMNS,
    OWN,
    Column,
    Columns,
    Plan,
    Row,
    Shape,
    numbers_of,
    put,
    put_all,
    rounded,
    shape_of,
)
from penchant.words import Action, FrozenMap, Value, frozen

__all__ = [
    "COLUMNS",
    "LARGEST",
    "OWN",
    "Column",
    "ColumnKind",
    "Encoder",
    "Row",
    "column_hash",
    "features_of",
]

LARGEST: Final = 3e38
"""Features are kept as float32, which ends here."""

_CACHED_ACTIONS: Final = 16_384
_CACHED_PLANS: Final = 4_096
_LARGEST_WHOLE: Final = 2**63

_KINDS: Final[Mapping[type, str]] = {
    bool: "yes/no",
    int: "number",
    float: "number",
    str: "text",
    tuple: "list",
    list: "list",
}


class ColumnKind(IntEnum):
    """What stands in a column: a number, a yes or no, or whether an action is the one so named."""

    NUMBER = 0
    INDICATOR = 1
    NAME = 2


def column_hash(name: str) -> int:
    """Give the 64-bit hash by which a column is known outside this process.

    Example:
        >>> column_hash("sport=run") == column_hash("sport=run") != column_hash("sport=swim")
        True
    """
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def features_of(action: Action) -> FrozenMap[Value]:
    """Give an action's features; one that has none is known by its name."""
    return frozen(action.features) if action.features else FrozenMap({"action": action.name})


class Encoder:
    """The columns of one side (context or actions) of one moment.

    Example:
        >>> encoder = Encoder("context")
        >>> encoder.encode({"hour": 9, "device": "phone"}).tolist()
        [9.0, 1.0]
        >>> encoder.encode({"device": "desk", "hour": 8}).tolist()
        [8.0, 0.0, 1.0]
        >>> encoder.encode({"device": "desk"}).tolist()
        [nan, 0.0, 1.0]
    """

    def __init__(self, side: str, limits: Limits | None = None) -> None:
        """Start with no columns; `side` is named in messages."""
        self.side = side
        self.limits = limits or Limits()
        self.kinds: list[ColumnKind] = []
        self.are_shared = False
        """Whether actions share a model: they have features, or are too many for columns each."""
        self._blank: Row = np.zeros(0)
        self._by_hash: dict[int, tuple[Column, ColumnKind]] = {}
        self._by_text: dict[tuple[str, str], Column] = {}
        self._lists: dict[tuple[str, int], Columns] = {}
        self._kinds: dict[int, str] = {}
        self._plans: dict[Shape, Plan] = {}
        self._actions: dict[str, tuple[tuple[Any, ...], Shape, Row]] = {}

    @property
    def width(self) -> int:
        """How many columns there are so far."""
        return len(self.kinds)

    @property
    def hashes(self) -> tuple[tuple[int, int], ...]:
        """The names' hashes and whether they are 0/1, as they came: enough to `restore` it."""
        return tuple((key, int(kind)) for key, (_, kind) in self._by_hash.items())

    def restore(self, hashes: Sequence[tuple[int, int]]) -> None:
        """Take over the columns of an earlier encoder; only before the first `encode`."""
        for key, kind in hashes:
            self._place(key, ColumnKind(kind))

    def find(self, label: str) -> Column | None:
        """Give the column of that name, such as `price` or `sport=run`; None where none has it."""
        known = self._by_hash.get(column_hash(label))
        return None if known is None else known[0]

    def forget_names(self) -> None:
        """Let go of every name and text kept at hand; columns are known by their hashes."""
        for kept in (self._by_text, self._lists, self._plans, self._actions):
            kept.clear()

    def encode(self, features: Mapping[str, Value]) -> Row:
        """Give the row of some features: (width,) float64.

        Where a feature is not named its column is NaN for a number ("usual") and 0 for an
        indicator ("no").

        Raises:
            BadInput: For a value of a type no feature may have.
            BadNumber: For NaN and infinity.
            FeatureTypeChanged: For a value of another type than the feature had before.
            LimitReached: For too many features, too long texts or lists.
        """
        shape, values = shape_of(features)
        known = self._plans.get(shape)
        plan = known or self._plan(shape)
        texts = [self._text(name, values[place]) for place, name in plan.texts]
        lists = [(self._list(name, values[place]), values[place]) for place, name in plan.lists]
        row = self._blank.copy()
        small = True
        if plan.numbers:
            small = put(row, plan.columns, numbers_of(plan, values))
        for column in texts:
            row[column.place] += column.sign
        for columns, numbers in lists:
            small = put(row, columns, numbers) and small
        if not small:
            self._check_large(shape[0], values)
        if known is None:
            self._keep(shape, plan)
        return row

    def encode_actions(self, actions: Sequence[Action]) -> Row:
        """Give the rows of some actions: (n_actions, width) float64."""
        rows: list[Row | None] = []
        plans: dict[int, tuple[Shape, Plan]] = {}
        alike: defaultdict[int, list[int]] = defaultdict(list)
        shape: Shape = ((), ())
        plan: Plan | None = None
        for place, action in enumerate(actions):
            features = frozen(action.features)
            row = self._kept(action.name, features)
            if row is None:
                mine, values = shape_of(features)
                if plan is None or mine != shape:  # most are of the shape of the one before
                    shape, plan = mine, self._plans.get(mine)
                if plan is not None and self._is_ready(plan, values):
                    plans[id(plan)] = (shape, plan)
                    alike[id(plan)].append(place)
                else:  # at once, because names get their columns in the order given
                    row = self._row(action)
                    self._keep_row(action.name, features.held, mine, row)
            rows.append(row)
        matrix = self._blanks(len(rows))
        for place, row in enumerate(rows):
            if row is not None:
                matrix[place, : len(row)] = row
        for key, places in alike.items():
            matrix[places] = self._alike(*plans[key], [actions[place] for place in places])
        return matrix

    def columns_of(self, name: str, value: Value) -> NDArray[np.intp]:
        """Give the columns that the value of one feature goes to."""
        if isinstance(value, str):
            return np.array([self._text(name, value).place])
        if isinstance(value, list | tuple):
            return self._list(name, value).indices
        return self._columns([(name, _column_kind(type(value)))]).indices

    def _kept(self, name: str, features: FrozenMap[Value]) -> Row | None:
        """Give the row of an action from memory, when nothing about it changed."""
        known = self._actions.get(name)
        if known is None:
            return None
        values, shape, row = known
        if features.held is not values and (
            features.held != values or shape_of(features)[0] != shape
        ):
            return None
        return row

    def _row(self, action: Action) -> Row:
        """Encode one action, and give columns to what is new about it."""
        if action.features:
            self.are_shared = True
        else:
            self._place(column_hash(f"action={action.name}"), ColumnKind.NAME)
        return rounded(self.encode(features_of(action)))

    def _keep_row(self, name: str, values: tuple[Any, ...], shape: Shape, row: Row) -> None:
        if len(self._actions) >= _CACHED_ACTIONS:
            self._actions.clear()
        self._actions[name] = (values, shape, row)

    def _is_ready(self, plan: Plan, values: tuple[Value, ...]) -> bool:
        """Say whether all columns of an action's features are known, none shared or of a list."""
        if not values or plan.lists or not plan.columns.own:
            return False
        known = self._by_text
        return not plan.texts or all((name, values[place]) in known for place, name in plan.texts)

    def _alike(self, shape: Shape, plan: Plan, actions: Sequence[Action]) -> Row:
        """Give the rows of actions of one shape that has such a plan, (n, width)."""
        features = [frozen(action.features) for action in actions]
        rows = self._blanks(len(actions))
        if not put_all(rows, plan.columns, [numbers_of(plan, one.held) for one in features]):
            for one in features:
                self._check_large(one.names, one.held)
        for place, name in plan.texts:
            for row, one in zip(rows, features, strict=True):
                column = self._text(name, one.held[place])
                row[column.place] += column.sign
        rows = rounded(rows)
        for action, one, row in zip(actions, features, rows, strict=True):
            # A view would keep all rows in memory, each shape of its own all names.
            self._keep_row(action.name, one.held, shape, row.copy())
        return rows

    def _blanks(self, count: int) -> Row:
        """Give rows of which nothing is known, (count, width)."""
        rows = np.empty((count, self.width))
        rows[:] = self._blank
        return rows

    def _plan(self, shape: Shape) -> Plan:
        """Lay out a shape that is seen for the first time, after checking it."""
        check_length(len(shape[0]), self.limits.features, f"Features of the {self.side}")
        kinds = {name: self._checked_kind(name, given) for name, given in zip(*shape, strict=True)}
        numbers: list[int] = []
        texts: list[tuple[int, str]] = []
        lists: list[tuple[int, str]] = []
        for place, (name, kind) in enumerate(kinds.items()):
            if kind == "text":
                texts.append((place, name))
            elif kind == "list":
                lists.append((place, name))
            else:
                numbers.append(place)
        columns = self._columns([(shape[0][one], _column_kind(shape[1][one])) for one in numbers])
        return Plan(tuple(numbers), columns, tuple(texts), tuple(lists))

    def _keep(self, shape: Shape, plan: Plan) -> None:
        """Remember a shape and the kinds of its features, once all its values were good."""
        self._kinds.update(
            (column_hash(name), _KINDS[given]) for name, given in zip(*shape, strict=True)
        )
        if len(self._plans) >= _CACHED_PLANS:
            self._plans.clear()
        self._plans[shape] = plan

    def _checked_kind(self, name: str, given: type) -> str:
        """Give the kind of a feature after seeing that it is the one it always had."""
        check_id(name, f"A feature name of the {self.side}", self.limits)
        kind = _KINDS.get(given, "")
        if not kind:
            msg = (
                f"Feature `{name}` of the {self.side} is a `{given.__name__}`. "
                "A feature is a yes/no, a number, a text or a list of numbers."
            )
            raise BadInput(msg)
        before = self._kinds.get(column_hash(name), kind)
        if kind != before:
            msg = (
                f"Feature `{name}` of the {self.side} was a {before} before and is a {kind} now. "
                "Send it as it was, or give the new one another name."
            )
            raise FeatureTypeChanged(msg)
        return kind

    def _columns(self, names: Sequence[tuple[str, ColumnKind]]) -> Columns:
        found = [self._place(column_hash(name), kind) for name, kind in names]
        indices = np.array([column.place for column in found], dtype=np.intp)
        own = all(column.place < OWN for column in found)
        return Columns(indices, np.array([column.sign for column in found]), own)

    def _text(self, name: str, value: Value) -> Column:
        text = str(value)
        found = self._by_text.get((name, text))
        if found is None:
            try:
                size = len(text.encode())
            except UnicodeEncodeError:
                msg = f"Feature `{name}` of the {self.side} is not a valid Unicode text."
                raise BadInput(msg) from None
            check_length(size, self.limits.string_bytes, f"Bytes of the text `{name}`")
            found = self._place(column_hash(f"{name}={text}"), ColumnKind.INDICATOR)
            self._by_text[name, text] = found
        return found

    def _list(self, name: str, value: Value) -> Columns:
        count = len(value) if isinstance(value, list | tuple) else 0
        found = self._lists.get((name, count))
        if found is None:
            check_length(count, self.limits.list_length, f"Numbers in the list `{name}`")
            found = self._columns(
                [(f"{name}[{place}]", ColumnKind.NUMBER) for place in range(count)]
            )
            self._lists[name, count] = found
        return found

    def _place(self, key: int, kind: ColumnKind) -> Column:
        """Give the column of a name's hash, a new one for a new name."""
        known = self._by_hash.get(key)
        if known is not None:
            return known[0]
        if len(self._by_hash) >= self.limits.distinct_features:
            msg = (
                f"The {self.side} has more than {self.limits.distinct_features:,} distinct "
                "features. Send coarser values: a text that is new each time teaches nothing."
            )
            raise LimitReached(msg)
        if len(self._by_hash) < OWN:
            column = Column(len(self._by_hash), 1.0)
        else:
            # A sign lets numbers that share a column cancel out; names would turn into their own
            # opposites, so those that share one are simply taken for each other.
            sign = 1.0 if kind or key >> 63 else -1.0
            column = Column(OWN + key % (COLUMNS - OWN), sign)
            self.are_shared |= kind == ColumnKind.NAME
        while len(self.kinds) <= column.place:
            self.kinds.append(kind if column.place < OWN else ColumnKind.INDICATOR)
        self._blank = np.where(np.array(self.kinds) == ColumnKind.NUMBER, np.nan, 0.0)
        self._by_hash[key] = (column, kind)
        return column

    def _check_large(self, names: Sequence[str], values: Sequence[Value]) -> None:
        """Name the feature that is not finite, or so large that its square is not.

        Whole numbers beyond 64 bits are refused as well: the journal cannot hold them.
        """
        for name, value in zip(names, values, strict=True):
            numbers = value if isinstance(value, list | tuple) else (value,)
            for number in numbers:
                most = _LARGEST_WHOLE if isinstance(number, int) else LARGEST
                if not isinstance(number, str) and not abs(number) < most:
                    msg = (
                        f"Feature `{name}` of the {self.side} must be a finite number below 3e38, "
                        "and a whole one must fit 64 bits."
                    )
                    raise BadNumber(msg)


def _column_kind(given: type) -> ColumnKind:
    return ColumnKind.INDICATOR if given is bool else ColumnKind.NUMBER
