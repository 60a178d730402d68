"""One person's belief over that of people in general: two hills on one axis."""

import math

from markupsafe import Markup

from penchant.adapters.console.drawing.scale import Scale
from penchant.adapters.console.drawing.svg import element, line, percent, picture

__all__ = ["hills"]

HEIGHT = 60
GROUND = 56
POINTS = 96


def hills(
    people: tuple[float, float], person: tuple[float, float], scale: Scale, *, label: str
) -> Markup:
    """Draw two normal densities, each to its own height: mean and standard deviation of both."""
    shapes = [_hill(*people, scale, "people"), _hill(*person, scale, "you")]
    ground = line((0.0, GROUND), (1.0, GROUND), "axis")
    at = percent(scale.at(person[0]))
    mark = element("line", x1=at, y1=6, x2=at, y2=GROUND, class_="mean you")
    return picture([_plot(shapes), ground, mark], height=HEIGHT, class_="hills", label=label)


def _plot(shapes: list[Markup]) -> Markup:
    return element(
        "svg",
        *shapes,
        x="0",
        y=4,
        width="100%",
        height=GROUND - 4,
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
    )


def _hill(mean: float, spread: float, scale: Scale, kind: str) -> Markup:
    """Draw one density, its top at the full height."""
    width = max(spread, (scale.high - scale.low) / 400)
    marks = [scale.low + (scale.high - scale.low) * i / POINTS for i in range(POINTS + 1)]
    marks = sorted({*marks, min(max(mean, scale.low), scale.high)})
    heights = [math.exp(-0.5 * ((mark - mean) / width) ** 2) for mark in marks]
    places = [
        f"{100 * scale.at(mark):.2f},{100 - 98 * height:.2f}"
        for mark, height in zip(marks, heights, strict=True)
    ]
    return element("polygon", points=" ".join(["0,100", *places, "100,100"]), class_=f"hill {kind}")
