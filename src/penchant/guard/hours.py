"""Hours of a person's day: times like "22:00", the stretch between two of them, zones by name.

Rule 1: only the wall clock counts. Where clocks change, an hour that comes twice is inside twice,
and one that is skipped is inside never; no stretch is moved or made longer.
Rule 2: a stretch holds its start and not its end, and may pass midnight. Where start and end are
the same it is the whole day: a rule somebody took the trouble to state never means nothing.
Rule 3: the machine's own zone is never used.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

__all__ = [
    "DAYS",
    "hours_problem",
    "is_between",
    "is_zone",
    "local_minute",
    "minute_of",
    "next_time",
]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week, as `datetime.weekday` counts them."""

_TIME = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_DAY = 24 * 60
_WEEK = 7
# Names that the time zone database resolves to something else on every machine, or to nothing.
_NO_PLACE = frozenset({"", "localtime", "posixrules", "Factory"})


def minute_of(time: str) -> int | None:
    """Give the minute of the day of a time such as "22:00", or None when it is none.

    Example:
        >>> minute_of("07:30"), minute_of("24:00"), minute_of("25:00")
        (450, 0, None)
    """
    match = _TIME.fullmatch(time)
    minute = int(match[1]) * 60 + int(match[2]) if match else _DAY + 1
    return minute % _DAY if minute <= _DAY else None


def hours_problem(start: str, end: str) -> str:
    """Say why two texts are not the hours of a stretch; an empty text when they are.

    Example:
        >>> hours_problem("22:00", "07:00")
        ''
        >>> hours_problem("22:00", "25:00")
        'Hours need a start and an end from `00:00` to `24:00`, such as `22:00` and `07:00`.'
    """
    if minute_of(start) is None or minute_of(end) is None:
        return "Hours need a start and an end from `00:00` to `24:00`, such as `22:00` and `07:00`."
    return ""


def is_between(minute: int, start: str, end: str) -> bool | None:
    """Tell whether a minute of the day lies from `start` up to, not including, `end`.

    Returns:
        None when `start` or `end` is no time.

    Example:
        >>> is_between(23 * 60, "22:00", "07:00"), is_between(7 * 60, "22:00", "07:00")
        (True, False)
    """
    first, last = minute_of(start), minute_of(end)
    if first is None or last is None:
        return None
    return (minute - first) % _DAY < ((last - first) % _DAY or _DAY)


def local_minute(now: datetime, zone: str) -> int | None:
    """Give the minute of the day on the wall clock of a zone, or None for a zone nobody knows.

    Args:
        now: An aware time.
        zone: A name of the IANA time zone database, such as "Europe/Berlin".

    Example:
        >>> from datetime import UTC
        >>> local_minute(datetime(2026, 11, 22, 21, 30, tzinfo=UTC), "Europe/Berlin")
        1350
        >>> local_minute(datetime(2026, 11, 22, 21, 30, tzinfo=UTC), "Middle/Earth") is None
        True
    """
    place = _place(zone)
    if place is None:
        return None
    local = now.astimezone(place)
    return local.hour * 60 + local.minute


def is_zone(zone: str) -> bool:
    """Tell whether a zone of that name is known, and the same one on every machine.

    Example:
        >>> is_zone("Europe/Berlin"), is_zone("Middle/Earth"), is_zone("localtime")
        (True, False, False)
    """
    return _place(zone) is not None


def next_time(after: datetime, time: str, zone: str, days: Collection[str] = ()) -> datetime | None:
    """Give the next instant at which a clock on a wall shows a time, in UTC.

    A time that the clocks skip counts as if they had not been put forward yet (02:30 comes at
    03:30); of a time that comes twice the first counts.

    Args:
        after: An aware time; the answer is later than it.
        time: Such as "09:00".
        zone: A name of the IANA time zone database.
        days: Of the week, of `DAYS`; none means every day.

    Returns:
        None for a zone or a time nobody knows, or days that are none.

    Example:
        >>> saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
        >>> next_time(saturday, "09:00", "Europe/Berlin").isoformat()
        '2026-03-29T07:00:00+00:00'

    Source: RFC 5545, section 3.3.5, for times that are skipped or come twice.
    """
    place, minute = _place(zone), minute_of(time)
    if place is None or minute is None:
        return None
    today = after.astimezone(place).date()
    for ahead in range(_WEEK + 2):
        date = today + timedelta(days=ahead)
        if days and DAYS[date.weekday()] not in days:
            continue
        wall = datetime(date.year, date.month, date.day, minute // 60, minute % 60, tzinfo=place)
        if (due := wall.astimezone(UTC)) > after:
            return due
    return None


@lru_cache(maxsize=1024)
def _place(zone: str) -> ZoneInfo | None:
    """Find a zone; what is not found is remembered too, because looking for it costs the most."""
    if zone in _NO_PLACE:
        return None
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # absent, no such name possible, or a folder
        return None
