"""The rhythm of a week as a heat map, 7 days by 24 hours, in one hue."""

from collections.abc import Sequence

from markupsafe import Markup

from penchant.adapters.console.drawing.svg import picture, rect, text

__all__ = ["DAY_NAMES", "week_map"]

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = 24
LEFT = 2.5  # columns taken by the names of the days
COLUMN = 1.0 / (LEFT + HOURS)
ROW = 22
TOP = 4
FAINTEST = 0.04


def week_map(shares: Sequence[float], *, label: str) -> Markup:
    """Draw 168 shares, Monday 00:00 first; the darkest is the greatest."""
    most = max(shares, default=0.0) or 1.0
    shapes = [text(0.0, TOP + day * ROW + 15, name) for day, name in enumerate(DAY_NAMES)]
    shapes += [_cell(place, share, most) for place, share in enumerate(shares)]
    foot = TOP + 7 * ROW + 15
    for hour in (0, 6, 12, 18):
        shapes.append(text((LEFT + hour) * COLUMN, foot, f"{hour:02}:00"))
    return picture(shapes, height=foot + 5, class_="week", label=label)


def _cell(place: int, share: float, most: float) -> Markup:
    """Draw one hour; what is rare stays pale, so that the peaks are seen first."""
    day, hour = divmod(place, HOURS)
    x, y = (LEFT + hour) * COLUMN, TOP + day * ROW
    strength = FAINTEST + (1 - FAINTEST) * (share / most) ** 1.5
    hint = f"{DAY_NAMES[day]} {hour:02}:00, {100 * share:.2g} % of the week"
    return rect((x, x + COLUMN), (y, y + ROW), "cell", hint=hint, fill_opacity=strength)
