"""Reading: what a caller hands in as columns, made arrays; or an error that says what it is not.

Loop: Learn. Every question of a log or of a trial starts here, so that all name a fault alike.
Rule 1: what is masked or missing stays missing; it is never read as a number.
Rule 2: what could only be made a number by losing a part of it (times, complex numbers) is told.
"""

from collections.abc import Iterable, Mapping, Sized

import numpy as np
from numpy.typing import ArrayLike, NDArray

from penchant.errors import BadInput, BadNumber

__all__ = [
    "FEATURES",
    "ROWS",
    "TARGET",
    "check_alpha",
    "check_lengths",
    "features",
    "ids",
    "numbers",
]

Floats = NDArray[np.float64]

ROWS = "(n,)"
TARGET = "(n, K): a propensity for each action"
FEATURES = "(n, d): a column for each feature"
LEAST_ALPHA = 1e-12  # below, an interval is asked to miss less often than rounding does
NO_NUMBERS = "cmMSUV"  # kinds of numpy: complex, durations, times, texts of both kinds, records


def numbers(given: ArrayLike | None, name: str, shape: str = ROWS) -> Floats:
    """Give a column, or a table, of floats; what is masked is NaN.

    Args:
        given: Numbers, in whatever holds them.
        name: Of the argument, for sentences.
        shape: `ROWS`, `TARGET` or `FEATURES`.

    Raises:
        BadInput: When it holds something else, or is of another shape.

    Example:
        >>> numbers([True, 2, None], "rewards").tolist()
        [1.0, 2.0, nan]
    """
    column = _floats(given)
    if column is None:
        raise BadInput(
            f"`{name}` must hold numbers in rows of one length, of the shape {shape}; it holds "
            "something else, such as texts, times or complex numbers. Convert it first."
        )
    if column.ndim != (1 if shape == ROWS else 2):
        raise BadInput(f"`{name}` must have the shape {shape} (got {column.shape}).")
    return column


def features(given: ArrayLike) -> Floats:
    """Give contexts, (n, d); a single feature may come as (n,).

    Example:
        >>> features([1, 2]).tolist()
        [[1.0], [2.0]]
    """
    try:
        plain = np.asanyarray(given)
    except ValueError:  # rows of unequal lengths, as `numbers` says
        return numbers(given, "contexts", FEATURES)
    return numbers(plain[:, None] if plain.ndim == 1 else plain, "contexts", FEATURES)


def ids(given: object, name: str) -> NDArray[np.str_]:
    """Give ids of people as texts, (n,), so that ids of any kind can be told apart.

    Raises:
        BadInput: When it is no list of ids, or some are missing.

    Example:
        >>> ids(["ada", 7], "groups").tolist()
        ['ada', '7']
    """
    if isinstance(given, np.ndarray):
        if given.ndim != 1:
            raise BadInput(f"`{name}` must have the shape {ROWS} (got {given.shape}).")
        given = given.tolist()
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise BadInput(f"`{name}` must hold the id of a person for each row, as a list does.")
    listed = list(given)
    missing = sum(map(_is_missing, listed))
    if missing:
        raise BadInput(f"`{name}` misses the person of {missing} rows. Leave those rows out.")
    return np.array([str(one) for one in listed], dtype=np.str_)


def check_lengths(columns: Mapping[str, Sized], n: int, beside: str) -> None:
    """Check that every column has as many rows as the one named `beside`, which has n.

    Raises:
        BadInput: When one has not.
    """
    for name, column in columns.items():
        if len(column) != n:
            raise BadInput(
                f"`{name}` has {len(column)} rows, but `{beside}` has {n}. Give each the same rows."
            )


def check_alpha(alpha: object) -> None:
    """Check the share of cases that an interval may miss.

    Raises:
        BadNumber: When it is no share.
    """
    if not isinstance(alpha, float | int | np.floating) or not LEAST_ALPHA <= alpha < 1:
        said = repr(alpha)[:40]
        raise BadNumber(
            f"`alpha` must lie between 0 and 1, and be {LEAST_ALPHA:g} at least (got `{said}`). "
            "Give 0.05 for intervals that hold in 95 % of cases."
        )


def _floats(given: ArrayLike | None) -> Floats | None:
    """Give numbers of any kind as floats, None where they are none."""
    try:
        plain = np.asanyarray(given)
        if plain.dtype.kind in NO_NUMBERS:
            return None
        column = np.asarray(plain, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if isinstance(plain, np.ma.MaskedArray):
        return np.where(np.ma.getmaskarray(plain), np.nan, column)
    return column


def _is_missing(one: object) -> bool:
    """Tell whether an id is none, or empty; what cannot be compared with itself is no id either."""
    try:
        return one is None or one == "" or bool(one != one)  # noqa: PLR0124 - finds NaN
    except (TypeError, ValueError):
        return True
