"""Estimates as dots with their intervals, and shares as bars with theirs; a row each."""

from collections.abc import Iterable

from markupsafe import Markup

from penchant.adapters.console.drawing.scale import Scale
from penchant.adapters.console.drawing.svg import element, line, percent, picture, rect, text

__all__ = ["axis", "count_track", "interval_track", "share_track", "unsaid_track"]

HEIGHT = 28
MIDDLE = 14
EDGE = 0.04  # ticks nearer to an edge than this are anchored to it


def interval_track(
    value: float, ends: tuple[float, float], scale: Scale, kind: str, *, zero: float | None = 0.0
) -> Markup:
    """Draw an estimate: its interval as a line with ends, itself as a dot."""
    low, high = (scale.at(end) for end in ends)
    shapes = [] if zero is None else [line((scale.at(zero), 0), (scale.at(zero), HEIGHT), "zero")]
    shapes.append(line((low, MIDDLE), (high, MIDDLE), f"interval {kind}"))
    shapes += [
        line((end, MIDDLE - 5), (end, MIDDLE + 5), f"interval {kind}") for end in (low, high)
    ]
    if value == value:  # noqa: PLR0124 - an estimate that is not known has no dot
        at = percent(scale.at(value))
        shapes.append(element("circle", cx=at, cy=MIDDLE, r=5, class_=f"dot {kind}"))
    return picture(shapes, height=HEIGHT, class_="track")


def unsaid_track() -> Markup:
    """Draw that there is no estimate: a broken line from end to end, and no dot."""
    return picture([line((0.0, MIDDLE), (1.0, MIDDLE), "unsaid")], height=HEIGHT, class_="track")


def share_track(value: float, ends: tuple[float, float], tick: float | None, kind: str) -> Markup:
    """Draw a share of 1 as a bar, its interval as a line, and another share as a tick."""
    scale = Scale(0.0, 1.0)
    low, high = (scale.at(end) for end in ends)
    shapes = [
        rect((0.0, 1.0), (8, 20), "groove"),
        rect((0.0, scale.at(value)), (8, 20), f"bar {kind}"),
        line((low, MIDDLE), (high, MIDDLE), "whisker"),
        *(line((end, MIDDLE - 4), (end, MIDDLE + 4), "whisker") for end in (low, high)),
    ]
    if tick is not None:
        shapes.append(line((scale.at(tick), 3), (scale.at(tick), 25), "neutral"))
    return picture(shapes, height=HEIGHT, class_="track")


def count_track(share: float, kind: str) -> Markup:
    """Draw a count as a bar, as a share of all there were."""
    shapes = [
        rect((0.0, 1.0), (8, 20), "groove"),
        rect((0.0, Scale(0.0, 1.0).at(share)), (8, 20), f"bar {kind}"),
    ]
    return picture(shapes, height=HEIGHT, class_="track")


def axis(scale: Scale, labels: Iterable[tuple[float, str]]) -> Markup:
    """Draw the axis under some rows."""
    shapes = [line((0.0, 1), (1.0, 1), "axis")]
    for value, said in labels:
        at = scale.at(value)
        anchor = "start" if at < EDGE else "end" if at > 1 - EDGE else "middle"
        shapes += [line((at, 1), (at, 6), "axis"), text(at, 19, said, anchor=anchor)]
    return picture(shapes, height=24, class_="track axis-row")
