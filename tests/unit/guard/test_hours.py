"""Hours: times of the day, stretches over midnight, zones and their clock changes."""

from datetime import UTC, datetime, timedelta

import pytest

from penchant.guard.hours import hours_problem, is_between, is_zone, local_minute, minute_of


@pytest.mark.parametrize(
    ("time", "minute"),
    [
        ("00:00", 0),
        ("7:05", 425),
        ("07:05", 425),
        ("23:59", 1439),
        ("24:00", 0),
        ("24:01", None),
        ("25:00", None),
        ("12:60", None),
        ("12", None),
        ("12:5", None),
        ("-1:00", None),
        ("12:00:00", None),
        ("12:00\n", None),
        ("\u0660\u0667:\u0660\u0660", None),  # digits, but not those of the format
        ("", None),
    ],
)
def test_times_are_read(time: str, minute: int | None) -> None:
    """A time is hours and two digits of minutes, up to 24:00; anything else is none."""
    assert minute_of(time) == minute
    assert bool(hours_problem(time, "07:00")) == bool(hours_problem("07:00", time))
    assert bool(hours_problem(time, "07:00")) == (minute is None)


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ("22:00", "07:00", ["22:00", "23:59", "00:00", "06:59"], ["07:00", "12:00", "21:59"]),
        ("13:00", "14:00", ["13:00", "13:59"], ["12:59", "14:00", "00:00"]),
        ("00:00", "24:00", ["00:00", "12:00", "23:59"], []),
        ("08:00", "08:00", ["07:59", "08:00", "20:00"], []),
        ("23:00", "24:00", ["23:00", "23:59"], ["00:00", "22:59"]),
    ],
)
def test_a_stretch_holds_its_start_and_not_its_end(
    start: str, end: str, inside: list[str], outside: list[str]
) -> None:
    """Stretches pass midnight; one from a time to the same time is the whole day."""
    assert all(is_between(minute_of(time) or 0, start, end) is True for time in inside)
    assert all(is_between(minute_of(time) or 0, start, end) is False for time in outside)


@pytest.mark.parametrize(("start", "end"), [("25:00", "07:00"), ("22:00", ""), ("x", "y")])
def test_a_stretch_that_cannot_be_read_is_neither(start: str, end: str) -> None:
    """Whoever asks must decide what an unreadable stretch means; it is not a plain no."""
    assert is_between(0, start, end) is None


# (zone, an instant in UTC, the wall clock there): the minute before and after each change of 2026.
CHANGES = [
    ("Europe/Berlin", "2026-03-29T00:59", "01:59"),
    ("Europe/Berlin", "2026-03-29T01:00", "03:00"),
    ("Europe/Berlin", "2026-10-25T00:59", "02:59"),
    ("Europe/Berlin", "2026-10-25T01:00", "02:00"),
    ("America/New_York", "2026-03-08T06:59", "01:59"),
    ("America/New_York", "2026-03-08T07:00", "03:00"),
    ("America/New_York", "2026-11-01T05:59", "01:59"),
    ("America/New_York", "2026-11-01T06:00", "01:00"),
    ("Australia/Lord_Howe", "2026-10-03T15:29", "01:59"),
    ("Australia/Lord_Howe", "2026-10-03T15:30", "02:30"),
    ("Australia/Lord_Howe", "2026-04-04T14:59", "01:59"),
    ("Australia/Lord_Howe", "2026-04-04T15:00", "01:30"),
    ("Asia/Kathmandu", "2026-06-01T00:00", "05:45"),
]


@pytest.mark.parametrize(("zone", "instant", "clock"), CHANGES)
def test_the_wall_clock_is_read_over_its_changes(zone: str, instant: str, clock: str) -> None:
    """The minute is that of the wall clock, also where it jumps by an hour or by half of one."""
    now = datetime.fromisoformat(instant).replace(tzinfo=UTC)

    assert local_minute(now, zone) == minute_of(clock)
    assert local_minute(now + timedelta(seconds=59), zone) == minute_of(clock)


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Middle/Earth",
        "Europe",
        "Europe/",
        "/etc/localtime",
        "../Europe/Berlin",
        "Europe/Berlin\0",
        "\udcff",
        "localtime",
        "posixrules",
        "Factory",
        "+02:00",
        "x" * 10_000,
    ],
)
def test_a_zone_nobody_knows_has_no_clock(zone: str) -> None:
    """Unknown names, folders, paths, and names that mean another zone on each machine."""
    assert local_minute(datetime(2026, 1, 1, tzinfo=UTC), zone) is None
    assert not is_zone(zone)
