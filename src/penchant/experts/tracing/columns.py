"""Rows of answers as a tracer takes them: checked, and as columns.

Place: below `tracing.py`. A row is student, item, skills, correct and, where it is known, when.
Rule: what is wrong is said with the number of its row and the name of its field; never guessed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import isfinite, nan
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput, BadNumber, BadTime
from penchant.experts.tracing.fold import Several
from penchant.experts.tracing.names import Kind, Names

__all__ = [
    "Columns",
    "asked_of",
    "columns_of",
    "instant",
    "instants",
    "is_right",
    "rights",
    "same_length",
]

Floats = NDArray[np.float64]

_LATEST = 1e15
"""Seconds beyond which a time is no time; float64 still tells seconds apart there."""


class Columns(NamedTuple):
    """Answers as columns of one length; `at` is nan where no time is known."""

    student: list[Any]
    item: list[Any]
    skills: list[Any]
    right: Floats
    at: Floats

    @property
    def has_items(self) -> bool:
        """Whether items say more than skills do: they are given, and are not the skills again."""
        pairs = {
            (item, _hashable(skills)) for item, skills in zip(self.item, self.skills, strict=True)
        }
        items, kinds = ({pair[place] for pair in pairs} for place in (0, 1))
        return items not in (set(), {None}) and not len(pairs) == len(items) == len(kinds)

    @property
    def has_times(self) -> bool:
        """Whether times say anything: at least two of them differ."""
        known = self.at[~np.isnan(self.at)]
        return bool(len(known)) and bool(known.min() < known.max())


def columns_of(rows: Iterable[Sequence[Any]]) -> Columns:
    """Give rows as columns.

    Args:
        rows: Each is student, item, skills, correct and maybe when; more is not looked at.

    Raises:
        BadInput: When a row is too short, or holds a value that cannot be.
    """
    students, items, skills, right, times = [], [], [], [], []
    for number, row in enumerate(rows):
        try:
            student, item, kind, correct, *rest = row
            right.append(is_right(correct))
            times.append(instant(rest[0] if rest else None))
            skills.append(kind if isinstance(kind, str) else tuple(kind))
        except BadInput as error:
            raise type(error)(f"Row {number}: {error}") from error
        except (TypeError, ValueError) as error:
            msg = (
                f"Row {number} of the answers is no answer. "
                "Give student, item, skills, correct and, if known, when."
            )
            raise BadInput(msg) from error
        students.append(student)
        items.append(item)
    return Columns(students, items, skills, np.array(right), np.array(times, dtype=np.float64))


def asked_of(
    names: Names, items: Sequence[Any], skills: Sequence[Any], at: Floats
) -> tuple[Several, list[Kind]]:
    """Give what is asked in columns as numbers, and the kind of each row."""
    kinds = [names.kind(one) for one in skills]
    counts = np.array([len(kind.keys) for kind in kinds], dtype=np.int64)
    keys = np.zeros((len(kinds), int(counts.max(initial=1))), dtype=np.int64)
    keys[:, 0] = [kind.keys[0] for kind in kinds]
    for n in np.flatnonzero(counts > 1).tolist():
        keys[n, : counts[n]] = kinds[n].keys
    numbers = np.array(names.items(items), dtype=np.int64)
    item_keys = numbers.copy()
    for n in np.flatnonzero(numbers == 0).tolist():
        item_keys[n] = names.item_key(items[n])
    kind = np.array([one.number for one in kinds], dtype=np.int64)
    return Several(kind, numbers, keys, counts, item_keys, at), kinds


def rights(correct: Sequence[Any]) -> Floats:
    """Give 1.0 or 0.0 for each; see `is_right`."""
    return np.array([is_right(one) for one in correct])


def instants(at: Sequence[Any] | None, count: int) -> Floats:
    """Give times in seconds, nan where none is known; see `instant`."""
    if at is None:
        return np.full(count, nan)
    return np.array([instant(one) for one in at], dtype=np.float64)


def is_right(correct: Any) -> float:
    """Give 1.0 or 0.0 for what was said of an answer.

    Raises:
        BadInput: When it is neither right nor wrong, an empty answer for example.
    """
    if correct in (0, 1):
        return float(correct)
    msg = (
        "Field `correct` of an answer must be true or false, 1 or 0. "
        "Leave out what was not answered, or say that it was wrong."
    )
    raise BadInput(msg)


def instant(at: Any) -> float:
    """Give a time in seconds; nan where none is known.

    Raises:
        BadTime: When a time has no zone.
        BadNumber: When it is no finite number of seconds.
    """
    if at is None:
        return nan
    if isinstance(at, datetime):
        if at.tzinfo is None:
            msg = "Field `at` of an answer has no time zone. Send UTC, for example `+00:00`."
            raise BadTime(msg)
        return at.timestamp()
    if type(at) is float and -_LATEST < at < _LATEST:
        return at
    if not isfinite(at) or abs(at) > _LATEST:
        msg = "Field `at` of an answer must be seconds, a finite number. Leave it out if unknown."
        raise BadNumber(msg)
    return float(at)


def same_length(**columns: Sequence[Any] | None) -> None:
    """See that columns of a batch fit together.

    Raises:
        BadInput: When they do not.
    """
    lengths = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"`{name}` {length}" for name, length in lengths.items())
        msg = f"Columns of a batch differ in length: {told}. Give one value for each answer."
        raise BadInput(msg)


def _hashable(skills: Any) -> Any:
    """Give a single skill as it is, so that it can equal an item."""
    return skills if isinstance(skills, str) or len(skills) != 1 else skills[0]
