"""How one choice came about: propensities as bars, contributions as steps of a waterfall."""

from markupsafe import Markup

from penchant.adapters.console.drawing.scale import Scale
from penchant.adapters.console.drawing.svg import line, picture, rect

__all__ = ["propensity_track", "step_track", "total_track"]

HEIGHT = 28
TOP, BOTTOM = 7, 21


def propensity_track(chance: float, neutral: float | None, *, is_chosen: bool) -> Markup:
    """Draw a propensity as a bar, outlined when it was chosen, and the neutral one as a tick."""
    kind = "bar you chosen" if is_chosen else "bar you"
    shapes = [rect((0.0, 1.0), (TOP, BOTTOM), "groove"), rect((0.0, chance), (TOP, BOTTOM), kind)]
    if neutral is not None:
        shapes.append(line((neutral, 2), (neutral, HEIGHT - 2), "neutral"))
    return picture(shapes, height=HEIGHT, class_="track")


def total_track(value: float, scale: Scale) -> Markup:
    """Draw where a waterfall starts or ends: a full line at the value."""
    at = scale.at(value)
    return picture(
        [
            rect((scale.at(max(scale.low, 0.0)), at), (TOP, BOTTOM), "bar total"),
            line((at, 0), (at, HEIGHT), "level"),
        ],
        height=HEIGHT,
        class_="track",
    )


def step_track(start: float, end: float, scale: Scale, kind: str) -> Markup:
    """Draw one step of a waterfall: from where the sum stood to where it stands now."""
    x = (scale.at(start), scale.at(end))
    return picture(
        [
            line((x[0], 0), (x[0], TOP), "level"),
            rect(x, (TOP, BOTTOM), f"bar {kind}"),
            line((x[1], BOTTOM), (x[1], HEIGHT), "level"),
        ],
        height=HEIGHT,
        class_="track",
    )
