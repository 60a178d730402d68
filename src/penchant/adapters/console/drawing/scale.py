"""Scales: from numbers to places, with round ticks."""

import math
from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Scale", "scale_over"]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_LEAST = 1e-9  # a width below this is rounding alone


class Scale(NamedTuple):
    """A stretch of numbers laid over a width."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Give the place of a number, 0..1; what lies outside stands at the edge.

        Example:
            >>> Scale(0, 10).at(2.5), Scale(0, 10).at(11)
            (0.25, 1.0)
        """
        if math.isnan(value) or self.high <= self.low:
            return 0.0
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def ticks(self, about: int = 4) -> tuple[float, ...]:
        """Give round numbers within the stretch, about so many.

        Example:
            >>> Scale(-0.13, 0.14).ticks()
            (-0.1, 0.0, 0.1)
        """
        width = self.high - self.low
        if not _LEAST * max(1.0, abs(self.low), abs(self.high)) < width < math.inf:
            return ()
        raw = width / max(about, 1)
        unit = 10 ** math.floor(math.log10(raw))
        step = next(unit * one for one in _STEPS if unit * one >= raw * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple(round(number * step, 12) + 0.0 for number in range(first, last + 1))


def scale_over(values: Iterable[float], *, also: Iterable[float] = (0.0,)) -> Scale:
    """Give a scale that holds some numbers, with a little room at both ends.

    Example:
        >>> scale_over([1.0, 3.0])
        Scale(low=-0.12, high=3.12)
    """
    held = [value for value in (*values, *also) if math.isfinite(value)]
    low, high = min(held, default=0.0), max(held, default=1.0)
    room = 0.04 * (high - low) if high - low > _LEAST else 0.5
    return Scale(round(low - room, 12), round(high + room, 12))
