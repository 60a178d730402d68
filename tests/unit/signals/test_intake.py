"""Signals are cleaned where they come in, and what is wrong is said without repeating it."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from penchant.limits import Limits
from penchant.signals import check_signal
from penchant.words import Refused, Signal

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LIMITS = Limits()


def check(**fields: Any) -> Signal | Refused:
    """Check a good signal with some fields changed."""
    given: dict[str, Any] = {"kind": "shop.viewed", "person": "ada", "at": NOW} | fields
    return check_signal(Signal(**given), now=NOW, limits=LIMITS)


def refusal(**fields: Any) -> str:
    """Give the sentence with which a signal is refused."""
    answer = check(**fields)
    assert isinstance(answer, Refused)
    return answer.sentence


def test_a_good_signal_comes_back_in_utc_with_tuples() -> None:
    """Time goes to UTC, lists become tuples of floats, everything else stays."""
    ahead = timezone(timedelta(hours=9))
    signal = check(
        at=datetime(2026, 11, 22, 19, 0, tzinfo=ahead),
        data={"item": "x", "new": True, "n": 3, "price": 1.5, "look": [1, 2.5], "none": []},
        source="shop-1",
        id="s-1",
        nature="explicit",
    )

    assert isinstance(signal, Signal)
    assert signal.at == NOW
    assert signal.at.tzinfo is UTC
    assert dict(signal.data) == {
        "item": "x",
        "new": True,
        "n": 3,
        "price": 1.5,
        "look": (1.0, 2.5),
        "none": (),
    }
    assert type(signal.data["look"][0]) is float  # type: ignore[index]  # a list, as given above
    assert (signal.source, signal.id, signal.nature) == ("shop-1", "s-1", "explicit")


def test_a_signal_without_a_time_happened_now() -> None:
    """No time means the present, in UTC whatever zone the present is told in."""
    here = NOW.astimezone(timezone(timedelta(hours=-5)))
    signal = check_signal(Signal("shop.viewed", person="ada"), now=here, limits=LIMITS)

    assert isinstance(signal, Signal)
    assert signal.at == NOW
    assert signal.at.tzinfo is UTC


def test_the_given_signal_is_not_changed() -> None:
    """Checking makes a copy."""
    given = Signal("shop.viewed", person="ada", data={"look": [1, 2]})
    before = repr(given)
    check_signal(given, now=NOW, limits=LIMITS)

    assert repr(given) == before


@pytest.mark.parametrize("person", ["", None, 7, "a\nb", "x" * 257])
def test_a_signal_without_a_proper_person_is_refused(person: object) -> None:
    """The person is an id of 1 to 256 printable characters."""
    assert refusal(person=person).startswith("The person of a signal `shop.viewed` must")


@pytest.mark.parametrize(
    "kind", ["", "viewed", "Shop.viewed", "shop.", ".viewed", "shop viewed", "shop.é", None, 3]
)
def test_a_signal_without_a_proper_kind_is_refused(kind: object) -> None:
    """A kind is lower-case letters, digits and _ around one or more dots."""
    assert refusal(kind=kind).startswith("The kind of a signal must look like `shop.viewed`")


def test_a_kind_may_have_several_dots_and_has_a_longest_length() -> None:
    """`home.light.switched_2` is a kind; 257 characters are not."""
    assert isinstance(check(kind="home.light.switched_2"), Signal)
    assert "at most 256 characters" in refusal(kind="a." + "b" * 255)


def test_a_signal_without_a_time_zone_is_refused() -> None:
    """A time without a zone could be any of 26 hours; the sentence shows how to write it."""
    naive = NOW.replace(tzinfo=None)

    assert refusal(at=naive) == (
        "A signal `shop.viewed` has no time zone (got `2026-11-22T10:00`). "
        "Send UTC, for example `2026-11-22T10:00Z`."
    )
    assert "datetime" in refusal(at="2026-11-22T10:00Z")


def test_a_clock_may_be_five_minutes_ahead_and_ten_years_behind() -> None:
    """Clock skew is bounded both ways, and the bounds themselves are allowed."""
    ten_years = timedelta(seconds=LIMITS.behind_seconds)

    assert isinstance(check(at=NOW + timedelta(minutes=5)), Signal)
    assert isinstance(check(at=NOW - ten_years), Signal)
    assert "301 s in the future" in refusal(at=NOW + timedelta(seconds=301))
    assert "10 years in the past" in refusal(at=NOW - ten_years - timedelta(seconds=1))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_are_refused(number: float) -> None:
    """A number is finite, alone or in a list."""
    for value in (number, [1.0, number]):
        assert refusal(data={"price": value}) == (
            "A signal `shop.viewed`: its value `price` must be a finite number. "
            "Leave it out where it is not known."
        )


def test_a_whole_number_fits_64_bits() -> None:
    """What a journal entry cannot hold is refused, and a huge number does not raise."""
    assert isinstance(check(data={"n": -(2**63)}), Signal)
    for n in (2**63, 10**400, [10**400]):
        assert "beyond 64 bits" in refusal(data={"n": n})


@pytest.mark.parametrize("value", [{"a": 1}, None, b"x", 1j, object(), {1}, NOW])
def test_nested_data_and_other_types_are_refused(value: object) -> None:
    """Data are flat: true or false, numbers, texts and lists of numbers."""
    assert "`odd` has a type that cannot be kept" in refusal(data={"odd": value})


@pytest.mark.parametrize("value", [[[1.0]], ["a"], [True], [None], ({"a": 1},)])
def test_a_list_holds_only_numbers(value: object) -> None:
    """Lists of lists, of texts or of booleans are refused."""
    assert "`odd` is a list that holds more than numbers" in refusal(data={"odd": value})


def test_what_is_too_long_is_refused_and_what_just_fits_is_kept() -> None:
    """256 values, texts of 1 KiB (in bytes), lists of 4,096, names of 256 characters."""
    assert isinstance(check(data={f"v{i}": i for i in range(256)}), Signal)
    assert isinstance(check(data={"t": "é" * 512}), Signal)
    assert isinstance(check(data={"l": [0.0] * 4_096}), Signal)
    assert "at most 256" in refusal(data={f"v{i}": i for i in range(257)})
    assert "at most 1,024" in refusal(data={"t": "é" * 513})
    assert "at most 4,096" in refusal(data={"l": [0.0] * 4_097})
    assert "the name of a value must have 1 to 256" in refusal(data={"n" * 257: 1})


@pytest.mark.parametrize("name", ["", 3, "a\tb"])
def test_a_value_has_a_proper_name(name: object) -> None:
    """Names are not empty, texts, and printable."""
    assert "the name of a value must" in refusal(data={name: 1})


def test_a_text_that_is_no_unicode_is_refused() -> None:
    """Half a surrogate pair cannot be written anywhere."""
    assert "not a valid Unicode text" in refusal(data={"t": "\ud800"})


def test_nature_source_and_id_are_checked() -> None:
    """The nature is one of four; source and id may be empty but not unprintable."""
    assert "its nature must be one of explicit" in refusal(nature="guessed")
    assert refusal(source="a\0b").startswith("The source of a signal `shop.viewed`")
    assert refusal(id=5).startswith("The id of a signal `shop.viewed`")


def test_a_person_merged_into_themself_is_refused() -> None:
    """Intake asks for the shape of statements too."""
    assert "names the person themself" in refusal(kind="person.merged", data={"from": "ada"})


@pytest.mark.parametrize(
    "data",
    [
        {"note": "secret" * 200},
        {"note": "\ud800secret"},
        {"note": ["secret"]},
        {"note": {"secret": 1}},
    ],
)
def test_a_sentence_never_repeats_the_content(data: dict[str, Any]) -> None:
    """What a person said stays out of messages and logs."""
    assert "secret" not in refusal(data=data)


def test_limits_can_be_set() -> None:
    """An engine with other limits refuses by those."""
    strict = Limits(string_bytes=3)
    signal = Signal("shop.viewed", "ada", data={"t": "four"})
    answer = check_signal(signal, now=NOW, limits=strict)

    assert isinstance(answer, Refused)
    assert "at most 3" in answer.sentence
