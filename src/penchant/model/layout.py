"""Where the values of features go: columns, and the plan by which features of one shape go there.

Place in the loop: below `encoding.py`, which says which column a name has.
Rule: in columns of their own numbers are written, in shared ones they add up.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput
from penchant.words import FrozenMap, Value

__all__ = [
    "COLUMNS",
    "OWN",
    "Column",
    "Columns",
    "Plan",
    "Row",
    "Shape",
    "numbers_of",
    "put",
    "put_all",
    "rounded",
    "shape_of",
]

Row = NDArray[np.float64]
Shape = tuple[tuple[str, ...], tuple[type, ...]]
"""Names and types of features, in the order given."""

COLUMNS: Final = 256
OWN: Final = 192
_SMALL: Final = 2.0**62


class Column(NamedTuple):
    """Where the value of a name goes, and the sign it is added with."""

    place: int
    sign: float


class Columns(NamedTuple):
    """Several columns at once; `own` when none of them is shared."""

    indices: NDArray[np.intp]
    signs: Row
    own: bool


class Plan(NamedTuple):
    """How features of one shape (same names and types, in the same order) are laid out."""

    numbers: tuple[int, ...]
    columns: Columns
    texts: tuple[tuple[int, str], ...]
    lists: tuple[tuple[int, str], ...]


def shape_of(features: Mapping[str, Value]) -> tuple[Shape, tuple[Any, ...]]:
    """Give the shape of features, and their values."""
    names: tuple[str, ...]
    values: tuple[Any, ...]
    if type(features) is FrozenMap:
        names, values = features.names, features.held
    else:
        names, values = tuple(features), tuple(features.values())
    return (names, tuple(map(type, values))), values


def rounded(rows: Row) -> Row:
    """Round to float32, as the evidence keeps it."""
    return rows.astype(np.float32).astype(np.float64)


def numbers_of(plan: Plan, values: tuple[Any, ...]) -> Sequence[Any]:
    """Give those of some values that are numbers."""
    if len(plan.numbers) == len(values):
        return values
    return [values[place] for place in plan.numbers]


def put(row: Row, columns: Columns, numbers: Sequence[Any]) -> bool:
    """Write numbers into a row and say whether all are small; in shared columns they add up."""
    try:
        length = math.hypot(*numbers)
    except TypeError as error:
        msg = "A list among the features holds something that is not a number."
        raise BadInput(msg) from error
    except OverflowError:
        return False
    values = np.asarray(numbers, dtype=np.float64)
    if columns.own:
        row[columns.indices] = values
    else:
        own, shared = columns.indices < OWN, columns.indices >= OWN
        row[columns.indices[own]] = values[own]
        np.add.at(row, columns.indices[shared], (columns.signs * values)[shared])
    return length < _SMALL


def put_all(rows: Row, columns: Columns, numbers: Sequence[Sequence[Any]]) -> bool:
    """Do what `put` does for many rows (n, width), into columns of their own."""
    try:
        values = np.array(numbers, dtype=np.float64)
    except OverflowError:
        return False
    rows[:, columns.indices] = values
    return bool((np.abs(values) < _SMALL).all())
