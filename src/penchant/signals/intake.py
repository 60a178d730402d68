"""Intake: a signal from outside becomes a clean one, or a sentence that says what is wrong.

Loop: Signals. Takes what a caller gave, gives a normalised copy: time in UTC, lists as tuples.
Rule 1: nothing raises; every problem is a `Refused` that names the field.
Rule 2: a sentence never repeats what the signal says about a person.
Knows nothing of consent: whether a signal may be kept is asked of `guard/`.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from msgspec.structs import replace

from penchant.errors import BadInput
from penchant.limits import Limits, check_id, check_length, check_time
from penchant.signals.statements import check_statement
from penchant.words import FrozenMap, Refused, Signal, Value

__all__ = ["check_kind", "check_signal"]

_KIND = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")
_NATURES = get_args(Signal.__annotations__["nature"])
# What a journal entry can hold (MessagePack, signed 64 bits).
_WHOLE = range(-(2**63), 2**63)
_WANTED = "Send true or false, a number, a text or a list of numbers."


def check_signal(signal: Signal, *, now: datetime, limits: Limits) -> Signal | Refused:
    """Give a clean copy of a signal, or say what is wrong with it.

    Args:
        signal: As the caller made it; not changed.
        now: The present, with a zone; a signal without a time happened now.
        limits: Bounds of the engine.

    Returns:
        The signal with `at` in UTC, its data finite and flat; or a `Refused`, whose sentence
        names the field that is wrong and never what it holds.

    Example:
        >>> from datetime import UTC
        >>> now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
        >>> check_signal(Signal("shop.viewed", person="ada"), now=now, limits=Limits()).at
        datetime.datetime(2026, 11, 22, 10, 0, tzinfo=datetime.timezone.utc)
        >>> check_signal(Signal("viewed", person="ada"), now=now, limits=Limits()).sentence[:44]
        'The kind of a signal must look like `shop.vi'
    """
    try:
        clean = _clean(signal, now, limits)
        problem = check_statement(clean, limits=limits)
    except BadInput as wrong:
        return Refused(str(wrong))
    return Refused(problem) if problem else clean


def _clean(signal: Signal, now: datetime, limits: Limits) -> Signal:
    """Check and copy every field; raise BadInput at the first that is wrong."""
    kind = check_kind(signal.kind, "The kind of a signal", limits)
    what = f"A signal `{kind}`"
    if signal.nature not in _NATURES:
        raise BadInput(f"{what}: its nature must be one of {', '.join(_NATURES)}.")
    return replace(
        signal,
        person=check_id(signal.person, f"The person of a signal `{kind}`", limits),
        at=check_time(now if signal.at is None else signal.at, now, what, limits),
        data=_data(signal.data, what, limits),
        source=_optional_id(signal.source, f"The source of a signal `{kind}`", limits),
        id=_optional_id(signal.id, f"The id of a signal `{kind}`", limits),
    )


def check_kind(kind: object, what: str, limits: Limits) -> str:
    """Give the kind of a signal back when it is named `pack.past_tense`.

    Raises:
        BadInput: When it is not.

    Example:
        >>> check_kind("shop.viewed", "The kind of a signal", Limits())
        'shop.viewed'
    """
    if isinstance(kind, str) and len(kind) <= limits.id_characters and _KIND.fullmatch(kind):
        return kind
    raise BadInput(
        f"{what} must look like `shop.viewed`: lower-case letters, digits and `_` "
        f"around one or more dots, at most {limits.id_characters} characters."
    )


def _optional_id(value: object, what: str, limits: Limits) -> str:
    """Give an id back that may be left empty."""
    return "" if isinstance(value, str) and not value else check_id(value, what, limits)


def _data(data: Mapping[str, Value], what: str, limits: Limits) -> FrozenMap[Value]:
    """Give the data back, every name and value checked."""
    check_length(len(data), limits.features, f"{what}: values in its data")
    return FrozenMap(
        {
            check_id(name, f"{what}: the name of a value", limits): _value(
                value, f"{what}: its value `{name}`", limits
            )
            for name, value in data.items()
        }
    )


def _value(value: object, what: str, limits: Limits) -> Value:
    """Give one value back as a plain bool, number, text or tuple of floats."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, what)
    if isinstance(value, str):
        return _text(value, what, limits)
    if isinstance(value, list | tuple):
        check_length(len(value), limits.list_length, what)
        return tuple(_item(item, what) for item in value)
    raise BadInput(f"{what} has a type that cannot be kept. {_WANTED}")


def _number(value: float, what: str) -> float:
    """Give a number back when it is finite and, if whole, fits 64 bits."""
    if isinstance(value, int):
        if value not in _WHOLE:
            raise BadInput(f"{what} is a whole number beyond 64 bits. Send it as a text.")
        return int(value)
    if not math.isfinite(value):
        raise BadInput(f"{what} must be a finite number. Leave it out where it is not known.")
    return float(value)


def _item(item: object, what: str) -> float:
    """Give one number of a list back as a float."""
    if isinstance(item, bool) or not isinstance(item, int | float):
        raise BadInput(f"{what} is a list that holds more than numbers. {_WANTED}")
    return float(_number(item, what))


def _text(value: str, what: str, limits: Limits) -> str:
    """Give a text back when it is valid and not too long."""
    try:
        n_bytes = len(value.encode())
    except UnicodeEncodeError:
        raise BadInput(f"{what} is not a valid Unicode text.") from None
    check_length(n_bytes, limits.string_bytes, f"{what}: bytes of its text")
    return str.__str__(value)
