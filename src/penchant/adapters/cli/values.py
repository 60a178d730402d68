"""From words of the command line to values: `hour=9` is a number, `device=phone` a text.

Rule: a value is read as JSON where it is JSON, else as the text it is; `zip="01234"`, with its
quotes, is a text of digits.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from penchant.errors import BadInput, BadNumber, BadTime

__all__ = ["named_values", "time_of", "value_of"]

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_NO_NUMBER = frozenset({"NaN", "Infinity", "-Infinity"})  # what programs print where JSON has none


def named_values(pairs: Iterable[str] | None, option: str) -> dict[str, Any]:
    """Give the values of an option that may be repeated, by name.

    Raises:
        BadInput: When one is not `name=value`, or a name comes twice.

    Example:
        >>> named_values(["hour=9", "device=phone", "new=true", 'zip="01234"'], "--context")
        {'hour': 9, 'device': 'phone', 'new': True, 'zip': '01234'}
    """
    values: dict[str, Any] = {}
    for pair in pairs or ():
        name, equals, text = pair.partition("=")
        if not name or not equals:
            raise BadInput(f"`{option}` takes name=value, such as `{option} hour=9`.")
        if name in values:
            raise BadInput(f"`{option}` gives `{name}` twice. Give it once; a list is [1, 2].")
        values[name] = value_of(text, f"`{option} {name}`")
    return values


def value_of(text: str, what: str) -> Any:
    """Read one value.

    Raises:
        BadNumber: For a number that no float can hold, and for `NaN` and `Infinity`.
        BadInput: For a text with bytes in it that are no Unicode.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        if _NUMBER.fullmatch(text.strip()):
            raise BadNumber(f"{what} is a number too large to keep.") from None
        if text in _NO_NUMBER:
            raise BadNumber(
                f"{what} is not a finite number; as a text, write it in quotes."
            ) from None
        return text
    except UnicodeEncodeError:
        raise BadInput(f"{what} is not a valid Unicode text.") from None


def time_of(text: str | None, option: str) -> datetime | None:
    """Read a time; whether it has a zone is asked where it is used.

    Raises:
        BadTime: When it is none.

    Example:
        >>> time_of("2026-11-22T10:00Z", "--at").isoformat()
        '2026-11-22T10:00:00+00:00'
    """
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadTime(f"`{option}` takes a time such as `2026-11-22T10:00Z`.") from None
