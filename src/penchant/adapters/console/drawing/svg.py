"""Elements of SVG as safe text."""

from collections.abc import Iterable
from functools import cache

from markupsafe import Markup, escape

__all__ = ["element", "line", "percent", "picture", "rect", "text", "title"]

Attribute = str | float | None


def element(name: str, *children: Markup, **attributes: Attribute) -> Markup:
    """Give one element; attributes of None are left out, `class_` is `class`, `_` becomes `-`.

    Example:
        >>> element("line", x1="0%", class_="axis", stroke_width=2)
        Markup('<line x1="0%" class="axis" stroke-width="2"></line>')
    """
    written = "".join(
        [
            f' {_name(key)}="{_value(value)}"'
            for key, value in attributes.items()
            if value is not None
        ]
    )
    inside = "".join(children)  # safe already: only drawings and escaped texts are `Markup`
    return Markup(f"<{name}{written}>{inside}</{name}>")  # noqa: S704 - escaped above


def picture(children: Iterable[Markup], *, height: int, class_: str, label: str = "") -> Markup:
    """Give a whole picture, as wide as its place; without a label it is decoration beside words."""
    return element(
        "svg",
        *children,
        class_=class_,
        width="100%",
        height=height,
        role="img" if label else None,
        aria_label=label or None,
        aria_hidden=None if label else "true",
        focusable="false",
    )


def percent(share: float) -> str:
    """Give a place between 0 and 1 as a percentage.

    Example:
        >>> percent(0.12345)
        '12.35%'
    """
    return f"{_number(100 * share)}%"


def line(start: tuple[float, float], end: tuple[float, float], class_: str) -> Markup:
    """Draw a line; x as a share of the width, y in pixels."""
    (x1, y1), (x2, y2) = start, end
    return element("line", x1=percent(x1), y1=y1, x2=percent(x2), y2=y2, class_=class_)


def rect(
    x: tuple[float, float],
    y: tuple[float, float],
    class_: str,
    *,
    hint: str = "",
    **more: Attribute,
) -> Markup:
    """Draw a rectangle from one x (share of the width) and y (pixels) to another."""
    children = [title(hint)] if hint else []
    low, high = sorted(x)
    return element(
        "rect",
        *children,
        x=percent(low),
        y=min(y),
        width=percent(max(high - low, 0.0)),
        height=abs(y[1] - y[0]),
        class_=class_,
        **more,
    )


def text(x: float, y: float, said: str, *, anchor: str = "start", class_: str = "tick") -> Markup:
    """Write a text at a share of the width."""
    return element("text", escape(said), x=percent(x), y=y, text_anchor=anchor, class_=class_)


def title(said: str) -> Markup:
    """Give what is shown when the pointer rests on a shape."""
    return element("title", escape(said))


@cache
def _name(key: str) -> str:
    kept = {"viewBox", "preserveAspectRatio"}
    return key if key in kept else key.rstrip("_").replace("_", "-")


def _value(value: Attribute) -> str:
    return escape(value) if isinstance(value, str) else _number(value or 0.0)


def _number(value: float) -> str:
    """Write a number short: two decimals are finer than any screen."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
