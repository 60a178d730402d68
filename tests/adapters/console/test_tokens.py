"""The stylesheet's tokens: readable in light and dark, and no colour beside them."""

import re
from collections.abc import Mapping
from importlib import resources

import pytest

CSS = (resources.files("penchant.adapters.console") / "static" / "console.css").read_text("utf-8")
READABLE = 4.5  # WCAG 2.2, 1.4.3: contrast of text
SHAPES = 3.0  # the same, 1.4.11: contrast of shapes that mean something

# What is written on what.
WRITTEN = (
    ("ink", "bg"),
    ("ink", "card"),
    ("ink", "accent-soft"),
    ("ink-2", "bg"),
    ("ink-2", "card"),
    ("accent", "bg"),
    ("accent", "card"),
    ("accent", "accent-soft"),
    ("card", "accent"),
    ("good", "bg"),
    ("good", "card"),
    ("bad", "bg"),
    ("bad", "card"),
)


def tokens(scheme: str) -> Mapping[str, str]:
    """Give the colours of a scheme by name."""
    light, _, dark = CSS.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", light.partition("\n}")[0] + light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", dark.partition("\n}")[0]))
    return found


def luminance(colour: str) -> float:
    """Give the relative luminance of a colour (WCAG 2.2)."""
    digits = colour.removeprefix("#")
    digits = "".join(2 * one for one in digits) if len(digits) == 3 else digits
    shares = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_it_should_be() -> None:
    """Black on white is 21, and a colour on itself 1."""
    assert contrast("#000", "#fff") == pytest.approx(21.0)
    assert contrast("#6b655c", "#6b655c") == 1.0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), WRITTEN)
def test_what_is_written_can_be_read(scheme: str, ink: str, ground: str) -> None:
    """Text has a contrast of 4.5 or more on what it stands on."""
    found = tokens(scheme)

    assert contrast(found[ink], found[ground]) >= READABLE


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["you", "warn"])
def test_shapes_stand_out(scheme: str, kind: str) -> None:
    """A bar or a line that means something stands out from the card behind it."""
    found = tokens(scheme)

    assert contrast(found[kind], found["card"]) >= SHAPES


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_person_stands_out_from_people(scheme: str) -> None:
    """The two shares that stand side by side everywhere can be told apart."""
    found = tokens(scheme)

    assert contrast(found["you"], found["people"]) >= SHAPES


def test_colours_are_tokens() -> None:
    """Beyond the tokens the stylesheet names no colour."""
    rules = re.sub(r":root \{.*?\n  ?\}", "", CSS, flags=re.DOTALL)

    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)
