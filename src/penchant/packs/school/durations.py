"""Durations as ISO 8601 writes them, for the formats that do: `PT12.5S`, `PT1H2M`, `P1DT3H`.

Rule: a number of seconds that is written reads back as the same number.
"""

import re
from decimal import Decimal

__all__ = ["duration_in", "duration_of"]

_DURATION = re.compile(
    r"P(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)
_SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_LONGEST = 512
"""Characters; the smallest and the largest number a float holds have some 330 digits."""


def duration_of(seconds: float) -> str:
    """Write seconds, 0 or more.

    Example:
        >>> duration_of(12.5)
        'PT12.5S'
    """
    return f"PT{Decimal(repr(float(seconds))):f}S"


def duration_in(text: object) -> float | None:
    """Read seconds; None where it is no duration. Years and months have no fixed length.

    Example:
        >>> duration_in("PT1M2.5S"), duration_in("P1Y"), duration_in("PT")
        (62.5, None, None)
    """
    match = _DURATION.fullmatch(text) if isinstance(text, str) and len(text) <= _LONGEST else None
    parts = {name: part for name, part in match.groupdict().items() if part} if match else {}
    if not parts:
        return None
    return float(sum(Decimal(part) * _SECONDS[name] for name, part in parts.items()))
