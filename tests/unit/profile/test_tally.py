"""Tallies: decayed sums by key, bounded, joined like any sum."""

import numpy as np
import pytest

from penchant.profile.tally import Entry, Ledger, category

LEDGER = Ledger((10.0, 1_000.0), 2, 3)


def test_sums_fade_at_each_half_life() -> None:
    """A row of 20 seconds ago is a quarter at a half-life of 10."""
    tally = LEDGER.tally([Entry(("a",), 0.0, (8.0, 4.0)), Entry(("a",), 20.0, (1.0, 1.0))])
    short, long = LEDGER.at(tally, 20.0)

    assert short.tolist() == [[3.0, 2.0]]
    assert long[0, 0] == pytest.approx(8 * 2**-0.02 + 1)


def test_a_time_before_the_tally_reads_it_as_it_stands() -> None:
    """A clock that went back does not make the past heavier."""
    tally = LEDGER.tally([Entry(("a",), 1e9, (1.0, 0.0))])

    assert LEDGER.at(tally, 0.0)[0].tolist() == [[1.0, 0.0]]


def test_joining_equals_tallying_at_once_and_nothing_is_zero() -> None:
    """Keys of both, sums added at the later time."""
    first = [Entry(("a",), 0.0, (8.0, 0.0)), Entry(("b",), 5.0, (1.0, 1.0))]
    second = [Entry(("b",), 20.0, (1.0, 0.0)), Entry(("c",), 1.0, (2.0, 0.0))]
    apart = LEDGER.join(LEDGER.tally(first), LEDGER.tally(second))
    at_once = LEDGER.tally([*first, *second])
    same = LEDGER.join(apart, LEDGER.tally([]))

    assert apart.keys == at_once.keys == same.keys
    for one, other, third in zip(apart.sums, at_once.sums, same.sums, strict=True):
        assert np.allclose(one.total, other.total)
        assert np.allclose(one.total, third.total)


def test_the_heaviest_keys_stay_and_of_equals_the_first_names() -> None:
    """At most three keys; the weight is the first number at the longest half-life."""
    weights = {"a": 1.0, "b": 3.0, "c": 1.0, "d": 2.0, "e": 1.0}
    entries = [Entry((name,), 0.0, (weight, 0.0)) for name, weight in weights.items()]

    assert LEDGER.tally(entries).keys == (("a",), ("b",), ("d",))


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), ("run", "run"), ("x" * 64, "x" * 64), ("x" * 65, None)],
)
def test_a_category_is_a_short_text_or_a_boolean(value: bool | str, text: str | None) -> None:  # noqa: FBT001 - a row of a table
    """A long text is a message."""
    assert category(value) == text


@pytest.mark.parametrize("value", [3, 2.5, (1.0, 2.0)])
def test_numbers_and_lists_are_no_category(value: float | tuple[float, ...]) -> None:
    """They are measures."""
    assert category(value) is None
