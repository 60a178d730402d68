"""Every bound in one place, and the checks of names, times and numbers against it.

The defaults are those of the design; an engine takes another `Limits` where a deployment needs it.
Messages name the thing and the bound, never what a person said or did.
"""

import math
import re
import sys
from datetime import UTC, datetime
from numbers import Real

from msgspec import Struct

from penchant.errors import BadName, BadNumber, BadTime, LimitReached

__all__ = [
    "Limits",
    "check_end",
    "check_id",
    "check_length",
    "check_number",
    "check_time",
    "is_finite",
    "seconds",
]


class Limits(Struct, frozen=True):
    """Bounds of one engine; each has an error of its own."""

    actions_per_moment: int = 1_000
    candidates_per_call: int = 10_000
    features: int = 256
    string_bytes: int = 1_024
    list_length: int = 4_096
    distinct_features: int = 2**18
    id_characters: int = 256
    open_decisions: int = 64
    batch_items: int = 2_500
    batch_bytes: int = 2**20
    json_depth: int = 16
    ahead_seconds: float = 300.0
    behind_seconds: float = 10 * 365.25 * 86_400
    openings_per_call: int = 256
    content_bytes: int = 2**24
    cool_down_min_seconds: float = 60.0
    half_life_min_seconds: float = 60.0
    half_life_max_seconds: float = 10 * 365.25 * 86_400


_UNITS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0, "y": 31_557_600.0}
_QUOTED = 64
"""Characters of what was given that are read out again."""
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdwy])")


def seconds(duration: str, *, what: str = "A duration") -> float:
    """Give the seconds of a duration such as "30m", "12h", "7d" or "1y".

    Raises:
        BadNumber: When it is not a number followed by one of s, m, h, d, w, y, or is 0.

    Example:
        >>> seconds("30m")
        1800.0
    """
    match = _DURATION.fullmatch(duration.strip())
    length = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0.0 < length < math.inf:
        msg = (
            f"{what} must be a number and a unit of s, m, h, d, w or y, such as `30m` "
            f"(got `{duration[:_QUOTED]}`)."
        )
        raise BadNumber(msg)
    return length


def check_id(value: object, what: str, limits: Limits) -> str:
    """Give `value` back when it is an id: 1 to 256 printable characters.

    Example:
        >>> check_id("ada", "A person id", Limits())
        'ada'
    """
    if not isinstance(value, str) or not value:
        got = "none was given" if value is None or isinstance(value, str) else _kind_of(value)
        msg = f"{what} must be a text of 1 to {limits.id_characters} printable characters; {got}."
        raise BadName(msg)
    if len(value) > limits.id_characters or not value.isprintable():
        msg = (
            f"{what} must have 1 to {limits.id_characters} printable characters "
            f"(got {len(value)}, {'all' if value.isprintable() else 'not all'} printable)."
        )
        raise BadName(msg)
    return value


def _kind_of(value: object) -> str:
    """Name the type of what was given, never what it holds."""
    return f"a `{type(value).__name__}` was given"


def check_length(count: int, most: int, what: str) -> None:
    """Raise LimitReached when there are more than `most`."""
    if count > most:
        msg = (
            f"{what}: at most {most:,} are allowed (got {count:,}). Send fewer, or raise the limit."
        )
        raise LimitReached(msg)


def is_finite(value: object) -> bool:
    """Tell whether `value` is a number that a float can hold: 10**400 is none, NaN is none.

    Example:
        >>> is_finite(80), is_finite(10**400), is_finite("80")
        (True, False, False)
    """
    return isinstance(value, int | float) and abs(value) <= sys.float_info.max


def check_number(value: float, what: str, low: float = -math.inf, high: float = math.inf) -> float:
    """Give `value` back as a float when it is finite and within [low, high].

    Numbers of other libraries count, as a reward may come out of an array.
    """
    given: object = value
    if not isinstance(given, float | int) and isinstance(given, Real):
        value = float(given)
    if isinstance(value, bool) or not is_finite(value):
        msg = f"{what} must be a finite number between {low:g} and {high:g}."
        raise BadNumber(msg)
    if not low <= value <= high:
        msg = f"{what} must be between {low:g} and {high:g} (got {value:g})."
        raise BadNumber(msg)
    return float(value)


def check_end(until: object) -> None:
    """See that an end, if there is one, is a time with a zone; it may lie anywhere.

    Example:
        >>> check_end(None)
    """
    if until is None:
        return
    if not isinstance(until, datetime) or until.utcoffset() is None:
        msg = "`until` must be a datetime with a time zone, or None for no end. Send UTC."
        raise BadTime(msg)
    try:
        until.astimezone(UTC)
    except OverflowError:
        raise BadTime("`until` lies outside the years 1 to 9999 in UTC. Send UTC.") from None


def check_time(at: object, now: datetime, what: str, limits: Limits) -> datetime:
    """Give `at` back in UTC when it has a zone and lies within the clock skew allowed."""
    if not isinstance(at, datetime):
        msg = f"{what} must have a time as a datetime with a zone."
        raise BadTime(msg)
    if at.utcoffset() is None:
        msg = (
            f"{what} has no time zone (got `{at.isoformat(timespec='minutes')}`). "
            f"Send UTC, for example `{at.isoformat(timespec='minutes')}Z`."
        )
        raise BadTime(msg)
    ahead = (at - now).total_seconds()
    if ahead > limits.ahead_seconds:
        msg = (
            f"{what} is {ahead:,.0f} s in the future; at most {limits.ahead_seconds:,.0f} s "
            "are allowed. Check the sender's clock."
        )
        raise BadTime(msg)
    if -ahead > limits.behind_seconds:
        years = limits.behind_seconds / _UNITS["y"]
        msg = f"{what} is more than {years:.0f} years in the past. Check its year."
        raise BadTime(msg)
    return at.astimezone(UTC)
