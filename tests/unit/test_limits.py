"""Limits: each check at its bounds, and what it says beyond them."""

from datetime import UTC, datetime, timedelta, timezone
from math import inf, nan
from typing import Any

import numpy as np
import pytest

from penchant.errors import BadName, BadNumber, BadTime, LimitReached
from penchant.limits import (
    Limits,
    check_end,
    check_id,
    check_length,
    check_number,
    check_time,
    is_finite,
    seconds,
)

LIMITS = Limits()
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
NO_ZONE = (
    "Signal `s-1` has no time zone (got `2026-11-22T12:00`). "
    "Send UTC, for example `2026-11-22T12:00Z`."
)
AHEAD = "Signal `s-1` is {} s in the future; at most 300 s are allowed. Check the sender's clock."


def test_the_defaults_are_those_of_the_design() -> None:
    """Every bound that callers rely on has the value they were told."""
    assert (
        Limits(
            actions_per_moment=1_000,
            candidates_per_call=10_000,
            features=256,
            string_bytes=1_024,
            list_length=4_096,
            distinct_features=262_144,
            id_characters=256,
            open_decisions=64,
            batch_items=2_500,
            batch_bytes=1_048_576,
            json_depth=16,
            ahead_seconds=300.0,
            behind_seconds=315_576_000.0,
            half_life_min_seconds=60.0,
            half_life_max_seconds=315_576_000.0,
        )
        == LIMITS
    )


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("1s", 1.0),
        ("30m", 1_800.0),
        ("1.5 h", 5_400.0),
        ("7d", 604_800.0),
        ("2w", 1_209_600.0),
        ("1y", 31_557_600.0),
        (" 1d ", 86_400.0),
        ("0.001s", 0.001),
    ],
)
def test_durations_are_read(duration: str, expected: float) -> None:
    """A number and a unit, whole or broken, with or without a space."""
    assert seconds(duration) == expected


@pytest.mark.parametrize(
    "duration",
    ["", "m", "30", "30x", "-1d", "1d2h", "0d", "0.0s", "1e3s", "inf", "nan d", "9" * 400 + "y"],
)
def test_what_is_no_duration_is_told(duration: str) -> None:
    """Nothing, no unit, no time at all, or more than a float can hold: named, and cut short."""
    with pytest.raises(BadNumber) as told:
        seconds(duration, what="The window of `shop`")

    assert str(told.value) == (
        "The window of `shop` must be a number and a unit of s, m, h, d, w or y, "
        f"such as `30m` (got `{duration[:64]}`)."
    )


@pytest.mark.parametrize("value", ["a", "ada", "ÅÄÖ 山", "x" * 256, "0", " "])
def test_ids_are_given_back(value: str) -> None:
    """Any 1 to 256 printable characters are an id."""
    assert check_id(value, "A person id", LIMITS) == value


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "must be a text of 1 to 256 printable characters; none was given."),
        (None, "must be a text of 1 to 256 printable characters; none was given."),
        (7, "must be a text of 1 to 256 printable characters; a `int` was given."),
        (b"ada", "must be a text of 1 to 256 printable characters; a `bytes` was given."),
        ("x" * 257, "must have 1 to 256 printable characters (got 257, all printable)."),
        ("ada\n", "must have 1 to 256 printable characters (got 4, not all printable)."),
        ("\ud800", "must have 1 to 256 printable characters (got 1, not all printable)."),
        ("a\u202eb", "must have 1 to 256 printable characters (got 3, not all printable)."),
    ],
)
def test_what_is_no_id_is_told(value: object, sentence: str) -> None:
    """Empty, too long, no text, or with what cannot be printed; the id itself is not repeated."""
    with pytest.raises(BadName) as told:
        check_id(value, "A person id", LIMITS)

    assert str(told.value) == f"A person id {sentence}"


@pytest.mark.parametrize(("year", "day", "hours"), [(1, 1, 5), (9999, 31, -5)])
def test_an_end_that_utc_cannot_hold(year: int, day: int, hours: int) -> None:
    """A zone may carry it out of the calendar; then it could not be written."""
    month, hour = (1, 0) if year == 1 else (12, 23)
    until = datetime(year, month, day, hour, tzinfo=timezone(timedelta(hours=hours)))

    with pytest.raises(BadTime, match="outside the years"):
        check_end(until)
    check_end(until.replace(tzinfo=UTC))


def test_lengths_end_at_their_bound() -> None:
    """As many as allowed pass; one more is told with both numbers."""
    check_length(2_500, 2_500, "Items of a batch")
    with pytest.raises(LimitReached) as told:
        check_length(2_501, 2_500, "Items of a batch")

    assert str(told.value) == (
        "Items of a batch: at most 2,500 are allowed (got 2,501). Send fewer, or raise the limit."
    )


@pytest.mark.parametrize("value", [0, 1, 0.5, -0.0, np.float64(0.25), np.float32(0.25)])
def test_numbers_come_back_as_floats(value: float) -> None:
    """Whole and broken numbers within the bounds, both ends among them."""
    given = check_number(value, "A dial", 0.0, 1.0)

    assert type(given) is float
    assert given == value


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (nan, "A dial must be a finite number between 0 and 1."),
        (inf, "A dial must be a finite number between 0 and 1."),
        (-inf, "A dial must be a finite number between 0 and 1."),
        (10**400, "A dial must be a finite number between 0 and 1."),
        (np.float32(nan), "A dial must be a finite number between 0 and 1."),
        (np.bool_(1), "A dial must be a finite number between 0 and 1."),
        (True, "A dial must be a finite number between 0 and 1."),
        ("1", "A dial must be a finite number between 0 and 1."),
        (None, "A dial must be a finite number between 0 and 1."),
        (1.5, "A dial must be between 0 and 1 (got 1.5)."),
        (-0.5, "A dial must be between 0 and 1 (got -0.5)."),
    ],
)
def test_what_is_no_number_within_bounds_is_told(value: Any, sentence: str) -> None:
    """NaN, infinity, more than a float can hold, no number, or outside its range."""
    with pytest.raises(BadNumber) as told:
        check_number(value, "A dial", 0.0, 1.0)

    assert str(told.value) == sentence


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, True), (-1e308, True), (nan, False), (inf, False), (10**400, False), ("1", False)],
)
def test_finite_is_what_a_float_can_hold(value: object, *, expected: bool) -> None:
    """Numbers that have an end and fit; texts are none."""
    assert is_finite(value) is expected


@pytest.mark.parametrize(
    "at",
    [
        NOW,
        NOW + timedelta(minutes=5),
        NOW - timedelta(days=3_652.5),
        NOW.astimezone(timezone(timedelta(hours=9))),
    ],
)
def test_times_come_back_in_utc(at: datetime) -> None:
    """Up to five minutes ahead and ten years behind, from any zone."""
    given = check_time(at, NOW, "Signal `s-1`", LIMITS)

    assert given == at
    assert given.tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        ("2026-11-22", "Signal `s-1` must have a time as a datetime with a zone."),
        (None, "Signal `s-1` must have a time as a datetime with a zone."),
        (
            NOW.replace(tzinfo=None),
            NO_ZONE,
        ),
        (
            NOW + timedelta(minutes=5) + MOMENT,
            AHEAD.format("300"),
        ),
        (
            datetime.max.replace(tzinfo=UTC),
            AHEAD.format("251,606,952,000"),
        ),
        (
            NOW - timedelta(days=3_652.5) - MOMENT,
            "Signal `s-1` is more than 10 years in the past. Check its year.",
        ),
        (
            datetime.min.replace(tzinfo=UTC),
            "Signal `s-1` is more than 10 years in the past. Check its year.",
        ),
    ],
)
def test_what_is_no_time_is_told(at: object, sentence: str) -> None:
    """No time, no zone, too far ahead or behind: with what to do about it."""
    with pytest.raises(BadTime) as told:
        check_time(at, NOW, "Signal `s-1`", LIMITS)

    assert str(told.value) == sentence
