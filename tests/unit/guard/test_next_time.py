"""The next time a clock shows: days, zones, and the nights in which clocks change."""

from datetime import UTC, datetime

import pytest

from penchant.guard.hours import next_time


def at(text: str) -> datetime:
    """Read a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "time", "zone", "due"),
    [
        ("2026-11-22 07:59", "09:00", "Europe/Berlin", "2026-11-22 08:00"),
        ("2026-11-22 08:00", "09:00", "Europe/Berlin", "2026-11-23 08:00"),
        ("2026-11-22 23:30", "00:00", "Asia/Tokyo", "2026-11-23 15:00"),
        ("2026-11-22 12:00", "24:00", "UTC", "2026-11-23 00:00"),
        ("2026-03-28 12:00", "09:00", "Europe/Berlin", "2026-03-29 07:00"),  # clocks go forward
        ("2026-10-24 12:00", "09:00", "Europe/Berlin", "2026-10-25 08:00"),  # and back
        ("2026-03-28 12:00", "02:30", "Europe/Berlin", "2026-03-29 01:30"),  # skipped: at 03:30
        ("2026-03-29 01:30", "02:30", "Europe/Berlin", "2026-03-30 00:30"),
        ("2026-10-24 12:00", "02:30", "Europe/Berlin", "2026-10-25 00:30"),  # comes twice: once
        ("2026-10-25 00:30", "02:30", "Europe/Berlin", "2026-10-26 01:30"),
        ("2011-12-29 20:00", "09:00", "Pacific/Apia", "2011-12-30 19:00"),  # a day was skipped
        ("2011-12-30 19:00", "09:00", "Pacific/Apia", "2011-12-31 19:00"),
    ],
)
def test_the_wall_clock_counts(after: str, time: str, zone: str, due: str) -> None:
    """What the clock on the wall shows counts, on every day once."""
    assert next_time(at(after), time, zone) == at(due)


@pytest.mark.parametrize(
    ("days", "due"),
    [
        ((), "2026-11-23 09:00"),
        (("mon",), "2026-11-23 09:00"),
        (("sun",), "2026-11-29 09:00"),
        (("sat", "sun"), "2026-11-28 09:00"),
    ],
)
def test_only_some_days_count(days: tuple[str, ...], due: str) -> None:
    """On a Sunday at ten the next time is on the next of the days, a week later at most."""
    assert next_time(at("2026-11-22 10:00"), "09:00", "UTC", days) == at(due)


def test_the_day_is_that_of_the_zone() -> None:
    """It is Monday in Tokyo while it is Sunday in UTC."""
    assert next_time(at("2026-11-22 12:00"), "08:00", "Asia/Tokyo", ["mon"]) == at(
        "2026-11-22 23:00"
    )


@pytest.mark.parametrize(
    ("time", "zone", "days"),
    [
        ("25:00", "UTC", ()),
        ("09:00", "Middle/Earth", ()),
        ("09:00", "", ()),
        ("09:00", "UTC", ("monday",)),
    ],
)
def test_what_nobody_knows_never_comes(time: str, zone: str, days: tuple[str, ...]) -> None:
    """A time, a zone or a day that is none has no next time."""
    assert next_time(at("2026-11-22 12:00"), time, zone, days) is None
