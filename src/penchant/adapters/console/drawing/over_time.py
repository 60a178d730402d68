"""What happens over time: counts as bars, an estimate with its band as it ran."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from penchant.adapters.console.drawing.scale import Scale
from penchant.adapters.console.drawing.svg import element, line, picture, rect, text

__all__ = ["Bar", "Point", "bars", "running_band"]

HEIGHT = 168
TOP, BOTTOM = 22, 144
FILLED = 0.82  # of a bar's place; the rest is space between bars
FEWEST = 4  # bars for which there is room; one alone is a bar, not a wall


class Bar(NamedTuple):
    """One count of a stretch: what it is in words, and its parts from the bottom up."""

    hint: str
    parts: tuple[tuple[str, float], ...]

    @property
    def total(self) -> float:
        """All parts together."""
        return sum(amount for _, amount in self.parts)


class Point(NamedTuple):
    """An estimate and its band on one day."""

    on: date
    value: float
    low: float
    high: float


def bars(
    given: Sequence[Bar], labels: tuple[str, str], unit: str, *, label: str, least: float = 1.0
) -> Markup:
    """Draw counts side by side; the first and last are named below, the largest above."""
    most = max([bar.total for bar in given] + [least])
    top = Scale(0.0, most)
    grid, marks = _grid(top, unit)
    shapes = list(grid)
    width = 1.0 / max(len(given), FEWEST)
    for place, bar in enumerate(given):
        x = place * width + width * (1 - FILLED) / 2
        bottom = float(BOTTOM)
        for kind, amount in bar.parts:
            if amount:
                height = (BOTTOM - TOP) * top.at(amount)
                span = (bottom, bottom - max(height, 1.0))
                shapes.append(rect((x, x + width * FILLED), span, f"bar {kind}", hint=bar.hint))
                bottom -= height
    shapes += marks
    shapes.append(line((0.0, BOTTOM), (1.0, BOTTOM), "axis"))
    shapes.append(text(0.0, BOTTOM + 18, labels[0]))
    if len(given) > 1:
        shapes.append(text(len(given) * width, BOTTOM + 18, labels[1], anchor="end"))
    return picture(shapes, height=HEIGHT, class_="chart", label=label)


def running_band(
    points: Sequence[Point],
    scale: Scale,
    ticks: Sequence[tuple[float, str]],
    labels: tuple[str, str],
    *,
    label: str,
) -> Markup:
    """Draw an estimate over days with its band, the zero line, and where it left 0 for good."""
    first, last = points[0].on.toordinal(), points[-1].on.toordinal()
    time = Scale(first, max(last, first + 1))
    shapes: list[Markup] = []
    for value, said in ticks:
        y = _height(scale, value)
        shapes.append(line((0.0, y), (1.0, y), "zero" if value == 0 else "grid"))
        shapes.append(text(0.0, y - 4, said))
    shapes.append(_stretched(points, time, scale))
    decisive = next((one for one in points if not one.low <= 0.0 <= one.high), None)
    if decisive is not None:
        at = time.at(decisive.on.toordinal())
        shapes.append(line((at, TOP - 8), (at, BOTTOM), "decisive"))
        anchor = "end" if at > 0.5 else "start"  # noqa: PLR2004 - the half it stands in
        shapes.append(text(at, TOP - 10, "told apart", anchor=anchor, class_="tick strong"))
    shapes.append(line((0.0, BOTTOM), (1.0, BOTTOM), "axis"))
    shapes.append(text(0.0, BOTTOM + 18, labels[0]))
    shapes.append(text(1.0, BOTTOM + 18, labels[1], anchor="end"))
    return picture(shapes, height=HEIGHT, class_="chart", label=label)


def _stretched(points: Sequence[Point], time: Scale, scale: Scale) -> Markup:
    """Draw band and line in a picture of 100 by 100 that is stretched to its place."""

    def place(one: Point, value: float) -> str:
        return f"{100 * time.at(one.on.toordinal()):.2f},{100 * (1 - scale.at(value)):.2f}"

    upper = [place(one, one.high) for one in points]
    lower = [place(one, one.low) for one in reversed(points)]
    middle = [place(one, one.value) for one in points]
    return element(
        "svg",
        element("polygon", points=" ".join([*upper, *lower]), class_="band"),
        element("polyline", points=" ".join(middle), class_="running"),
        x="0",
        y=TOP,
        width="100%",
        height=BOTTOM - TOP,
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
    )


def _grid(top: Scale, unit: str) -> tuple[list[Markup], list[Markup]]:
    """Give the lines behind the bars, and the numbers that stand over them."""
    lines, marks = [], []
    for value in top.ticks(3):
        if value > 0 and value == round(value):
            y = BOTTOM - (BOTTOM - TOP) * top.at(value)
            lines.append(line((0.0, y), (1.0, y), "grid"))
            marks.append(text(0.0, y - 4, f"{value:,.0f} {unit}".strip()))
    return lines, marks


def _height(scale: Scale, value: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * scale.at(value)
