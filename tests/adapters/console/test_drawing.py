"""Pictures from numbers: what stands where, what is said, and nothing breaks on odd numbers."""

import math
import xml.etree.ElementTree as ET
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from penchant.adapters.console.drawing.choices import level_track, propensity_track, step_track
from penchant.adapters.console.drawing.density import hills
from penchant.adapters.console.drawing.intervals import (
    axis,
    count_track,
    interval_track,
    share_track,
)
from penchant.adapters.console.drawing.over_time import Bar, Point, bars, running_band
from penchant.adapters.console.drawing.scale import Scale, scale_over
from penchant.adapters.console.drawing.svg import element, picture, text
from penchant.adapters.console.drawing.week import week_map

numbers = st.floats(-1e6, 1e6)
shares = st.floats(0.0, 1.0)


def drawn(markup: Markup) -> ET.Element:
    """Parse a picture: it must be whole."""
    return ET.fromstring(str(markup))  # noqa: S314 - what we drew ourselves


def places(root: ET.Element) -> list[float]:
    """Give every place along the width, in per cent."""
    names = ("x", "x1", "x2", "cx", "width")
    return [
        float(value[:-1])
        for one in root.iter()
        for name in names
        if (value := one.get(name, "")).endswith("%")
    ]


def shape(root: ET.Element, kind: str) -> ET.Element:
    """Give the first shape of a class."""
    return next(one for one in root.iter() if kind in one.get("class", "").split())


def test_text_and_attributes_are_escaped() -> None:
    """What a name holds is text, in an element as in an attribute."""
    given_name = '<a href="x">&'
    markup = picture([text(0.5, 1, given_name)], height=9, class_="chart", label=given_name)
    root = drawn(markup)

    assert root.get("aria-label") == given_name
    assert root[0].text == given_name
    assert str(element("g", class_='"')) == '<g class="&#34;"></g>'


def test_a_picture_without_a_label_is_decoration() -> None:
    """Beside words a picture is hidden from those who hear the page."""
    assert drawn(picture([], height=9, class_="track")).get("aria-hidden") == "true"
    assert drawn(picture([], height=9, class_="chart", label="x")).get("role") == "img"


def test_an_interval_is_where_its_numbers_are() -> None:
    """Dot, ends and zero line stand at their places."""
    root = drawn(interval_track(5.0, (2.5, 7.5), Scale(0.0, 10.0), "you"))

    assert shape(root, "dot").get("cx") == "50%"
    assert shape(root, "zero").get("x1") == "0%"
    assert (shape(root, "interval").get("x1"), shape(root, "interval").get("x2")) == ("25%", "75%")


def test_an_estimate_that_is_not_known_has_no_dot() -> None:
    """Only its interval is drawn."""
    root = drawn(interval_track(math.nan, (0.0, 1.0), Scale(0.0, 1.0), "you"))

    assert not [one for one in root.iter() if "dot" in one.get("class", "")]


def test_the_chosen_one_is_outlined_and_neutral_a_tick() -> None:
    """A propensity is a bar; being chosen and the neutral chance are shapes, not colours."""
    root = drawn(propensity_track(0.4, 0.9, is_chosen=True))

    assert shape(root, "chosen").get("width") == "40%"
    assert shape(root, "neutral").get("x1") == "90%"
    other = drawn(propensity_track(0.4, None, is_chosen=False))
    assert not [one for one in other.iter() if one.get("class") in {"neutral", "bar you chosen"}]


def test_steps_hand_on_their_level() -> None:
    """Where one step ends the next begins, and the last stands at the end."""
    scale = Scale(0.0, 1.0)
    first, second = (drawn(step_track(*ends, scale, "you")) for ends in ((0.2, 0.7), (0.7, 0.5)))
    last = drawn(level_track(0.5, scale, is_last=True))

    assert [one.get("x1") for one in first.iter("line")] == ["20%", "70%"]
    assert [one.get("x1") for one in second.iter("line")] == ["70%", "50%"]
    assert shape(last, "dot").get("cx") == "50%"


def test_the_greatest_hour_is_the_darkest() -> None:
    """168 cells with a hint each; the greatest share is opaque."""
    given_shares = [1 / 400.0] * 168
    given_shares[30] = 0.3
    root = drawn(week_map(given_shares, label="rhythm"))
    cells = [one for one in root.iter("rect") if one.get("class") == "cell"]

    assert len(cells) == 168
    assert [place for place, one in enumerate(cells) if one.get("fill-opacity") == "1"] == [30]
    assert cells[30][0].text == "Tue 06:00, 30 % of the week"


def test_bars_stand_on_each_other() -> None:
    """Parts of a bar add up, and the tallest bar reaches the top."""
    root = drawn(
        bars(
            [Bar("a", (("you", 3), ("people", 1))), Bar("b", (("you", 2),))],
            ("a", "b"),
            "",
            label="n",
        )
    )
    first, second, third = (one for one in root.iter("rect"))

    assert float(second.get("y", "")) + float(second.get("height", "")) == pytest.approx(
        float(first.get("y", ""))
    )
    assert float(first.get("height", "")) == pytest.approx(3 * float(second.get("height", "")))
    assert float(third.get("height", "")) < float(first.get("height", ""))


def test_a_day_from_which_it_is_told_apart_is_marked() -> None:
    """The line stands where the band first left zero, and nowhere while it holds it."""
    points = [
        Point(date(2026, 11, day), 0.1, low, 0.2) for day, low in ((1, -0.1), (3, 0.05), (5, 0.06))
    ]
    ends = ("1 Nov", "5 Nov")
    root = drawn(running_band(points, Scale(-0.2, 0.2), [(0.0, "0")], ends, label="x"))
    never = drawn(running_band(points[:1], Scale(-0.2, 0.2), [(0.0, "0")], ends, label="x"))

    assert shape(root, "decisive").get("x1") == "50%"
    assert not [one for one in never.iter() if one.get("class") == "decisive"]


@given(numbers, numbers, numbers, st.integers(1, 8))
def test_ticks_are_round_and_within(low: float, high: float, value: float, about: int) -> None:
    """Ticks lie within their scale, evenly, and places within the width, whatever the numbers."""
    scale = Scale(low, high)
    ticks = scale.ticks(about)

    assert 0.0 <= scale.at(value) <= 1.0
    assert all(
        low - 1e-6 * (abs(low) + abs(high)) <= tick <= high + 1e-6 * (abs(low) + abs(high))
        for tick in ticks
    )
    assert len(ticks) <= 3 * about + 2


@given(st.lists(numbers, max_size=5))
def test_a_scale_holds_what_it_was_made_of(values: list[float]) -> None:
    """Every number has room on both sides."""
    scale = scale_over(values)

    assert all(scale.low < value < scale.high for value in (*values, 0.0))


@given(shares, shares, shares, st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_pictures_stay_within_their_width(
    one: float, other: float, third: float, spread: float, narrow: float
) -> None:
    """No shape leaves the picture, whatever the numbers."""
    scale = Scale(min(one, other), max(one, other))
    low, high = sorted((one, other))
    pictures = [
        interval_track(third, (low, high), scale, "you"),
        share_track(third, (low, high), one, "you"),
        count_track(third, "warn"),
        propensity_track(one, other, is_chosen=True),
        step_track(one, third, scale, "people"),
        level_track(third, scale, is_last=False),
        axis(scale, [(third, "x")]),
        hills((one, spread), (other, narrow), Scale(0.0, 1.0), label="x"),
    ]

    for markup in pictures:
        assert all(0.0 <= place <= 100.01 for place in places(drawn(markup)))
