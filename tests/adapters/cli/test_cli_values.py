"""Words of the command line become values, times and JSON, or one sentence."""

from datetime import UTC, datetime
from typing import Any

import pytest

from penchant.adapters.cli.values import named_values, time_of
from penchant.errors import BadInput, BadNumber, BadTime


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9", 9),
        ("-0.5", -0.5),
        ("true", True),
        ("[1, 2.5]", [1, 2.5]),
        ('"01234"', "01234"),
        ("01234", "01234"),
        ("phone", "phone"),
        ("", ""),
        ("a=b", "a=b"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_a_value_is_json_where_it_is_json(text: str, value: Any) -> None:
    """What is no JSON is the text it is."""
    assert named_values([f"x={text}"], "--context") == {"x": value}


@pytest.mark.parametrize(
    ("pairs", "error", "sentence"),
    [
        (["hour"], BadInput, "`--data` takes name=value"),
        (["=9"], BadInput, "`--data` takes name=value"),
        (["a=1", "a=2"], BadInput, "gives `a` twice"),
        (["a=1e999"], BadNumber, "`--data a` is a number too large"),
        (["a=NaN"], BadNumber, "`--data a` is not a finite number"),
        (["a=-Infinity"], BadNumber, "`--data a` is not a finite number"),
        (["a=\udcff"], BadInput, "`--data a` is not a valid Unicode text"),
    ],
)
def test_what_is_no_value_is_told(pairs: list[str], error: type[BadInput], sentence: str) -> None:
    """The message names the option, never the value."""
    with pytest.raises(error) as wrong:
        named_values(pairs, "--data")

    assert sentence in str(wrong.value)


def test_times_are_read_as_they_are_written() -> None:
    """A zone is asked for where the time is used; what is no time is told at once."""
    assert time_of(None, "--at") is None
    assert time_of("2026-11-22T10:00Z", "--at") == datetime(2026, 11, 22, 10, tzinfo=UTC)
    with pytest.raises(BadTime, match="`--at` takes a time such as"):
        time_of("yesterday", "--at")
