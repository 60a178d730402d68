"""How one choice came about: propensities as bars, contributions as steps of a waterfall."""

from markupsafe import Markup

from penchant.adapters.console.drawing.scale import Scale
from penchant.adapters.console.drawing.svg import element, line, percent, picture, rect

__all__ = ["level_track", "propensity_track", "step_track"]

HEIGHT = 28
TOP, BOTTOM = 7, 21
STEP = 48
BAR = 16
BEYOND = 14.0  # a row may be higher than its picture; lines reach out to meet each other


def propensity_track(chance: float, neutral: float | None, *, is_chosen: bool) -> Markup:
    """Draw a propensity as a bar, outlined when it was chosen, and the neutral one as a tick."""
    kind = "bar you chosen" if is_chosen else "bar you"
    shapes = [rect((0.0, 1.0), (TOP, BOTTOM), "groove"), rect((0.0, chance), (TOP, BOTTOM), kind)]
    if neutral is not None:
        shapes.append(line((neutral, 2), (neutral, HEIGHT - 2), "neutral"))
    return picture(shapes, height=HEIGHT, class_="track")


def level_track(value: float, scale: Scale, *, is_last: bool) -> Markup:
    """Draw where a waterfall starts or ends: a dot, and the level it hands on or is handed."""
    at = scale.at(value)
    ends = (-BEYOND, STEP / 2) if is_last else (STEP / 2, STEP + BEYOND)
    return picture(
        [
            line((at, ends[0]), (at, ends[1]), "level"),
            element("circle", cx=percent(at), cy=STEP / 2, r=6, class_="dot total"),
        ],
        height=STEP,
        class_="track",
    )


def step_track(start: float, end: float, scale: Scale, kind: str) -> Markup:
    """Draw one step of a waterfall: from where the sum stood to where it stands now."""
    x = (scale.at(start), scale.at(end))
    top, bottom = (STEP - BAR) / 2, (STEP + BAR) / 2
    return picture(
        [
            line((x[0], -BEYOND), (x[0], top), "level"),
            rect(x, (top, bottom), f"bar {kind}"),
            line((x[1], bottom), (x[1], STEP + BEYOND), "level"),
        ],
        height=STEP,
        class_="track",
    )
