"""Levels: one number about a person, and whether it has just reached a level.

Loop: Profile. Takes the signals that an `OnLevel` is about, in the order they were kept; gives the
value after each. What opens moments asks here, and decides elsewhere what to do about it.
Rule 1: a state is a value; a step gives a new one, so a fold of the same facts gives the same.
Rule 2: memory is bounded: sums, the latest value, and the last few of what a reset might cut off.
Rule 3: no guess. A value that is missing or no number counts for nothing, and what is usual for a
person is not said before `ENOUGH` values, nor where they have all been the same.
"""

import math
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from penchant.algebra import faded
from penchant.limits import is_finite, seconds
from penchant.openings import OnLevel
from penchant.words import Value

__all__ = ["ENOUGH", "Level", "is_reached", "matches", "opened", "restarted", "seen"]

ENOUGH = 8
"""How many values it takes before the next of them can be unusual."""

LATE = 32
"""Contributions remembered one by one, so that a reset that comes late cuts off the right ones."""

USUAL_HALF_LIFE = "28d"
"""How fast what is usual for a person follows them, where the opening does not say."""

_SPREAD = 1e-9


class Level(Struct, frozen=True):
    """What is kept of a person for one `OnLevel`.

    `total` stands at the time `at`; `squares`, `weight` and `n_values` serve what is usual alone.
    `value` is the measure after the last signal, None before the first. `is_armed`: reaching the
    level opens. `begun_at`: the last reset; what happened before it counts for nothing.
    """

    total: float = 0.0
    squares: float = 0.0
    weight: float = 0.0
    n_values: int = 0
    at: float = -math.inf
    latest_at: float = -math.inf
    value: float | None = None
    is_armed: bool = True
    begun_at: float = -math.inf
    late: tuple[tuple[float, float], ...] = ()


def matches(where: Mapping[str, Value], data: Mapping[str, Value]) -> bool:
    """Tell whether some data have all the values asked for.

    Example:
        >>> matches({"surface": "trail"}, {"surface": "trail", "km": 10})
        True
    """
    return all(name in data and data[name] == value for name, value in where.items())


def seen(level: Level, opening: OnLevel, data: Mapping[str, Value], at: float) -> Level:
    """Take one signal in; one that says nothing about the measure changes nothing.

    Args:
        level: The state before.
        opening: What is measured.
        data: Of the signal, which is of the right kind and matches.
        at: Its time, in seconds since 1970.

    Example:
        >>> run = OnLevel("run.finished", 800, field="km")
        >>> seen(Level(total=795.0, at=0.0), run, {"km": 10}, 60.0).value
        805.0
    """
    amount = 1.0 if opening.measure == "count" else data.get(opening.field)
    if isinstance(amount, bool) or not is_finite(amount) or at <= level.begun_at:
        return level
    number = float(amount)  # type: ignore[arg-type]  # is_finite says that it is a number
    if opening.measure == "latest":
        return _armed(_latest(level, number, at), opening)
    if opening.measure == "unusual":
        return _armed(_unusual(level, opening, number, at), opening)
    before = _armed(_faded(level, opening, at), opening)
    kept = (*before.late, (at, number))[-LATE:] if opening.since else ()
    total = before.total + faded(number, before.at - at, _half_life(opening))
    return _armed(replace(before, total=total, value=total, late=kept), opening)


def restarted(level: Level, opening: OnLevel, at: float) -> Level:
    """Begin anew at a reset, and be armed; what came after it but was kept before it still counts.

    Example:
        >>> run = OnLevel("run.finished", 800, field="km", since="shoes.replaced")
        >>> worn = seen(Level(total=795.0, at=0.0), run, {"km": 10}, 60.0)
        >>> restarted(worn, run, 120.0).value is None, restarted(worn, run, 30.0).value
        (True, 10.0)
    """
    if at <= level.begun_at:
        return level
    if opening.measure in {"latest", "unusual"}:
        return replace(level, is_armed=True, begun_at=at)
    fresh = Level(begun_at=at)
    for then, number in level.late:
        if then > at:
            fresh = seen(fresh, opening, {opening.field: number}, then)
    return fresh


def opened(level: Level) -> Level:
    """Note that the moment was opened by it: it is not armed any more."""
    return replace(level, is_armed=False)


def is_reached(level: Level, opening: OnLevel) -> bool:
    """Tell whether the level is reached and may open.

    Example:
        >>> run = OnLevel("run.finished", 800, field="km")
        >>> is_reached(Level(value=805.0), run), is_reached(opened(Level(value=805.0)), run)
        (True, False)
    """
    if level.value is None or not level.is_armed:
        return False
    return level.value <= opening.level if opening.falls else level.value >= opening.level


def _armed(level: Level, opening: OnLevel) -> Level:
    """Arm again when the measure is back at where it may."""
    if level.is_armed or level.value is None or opening.again_at is None:
        return level
    back = level.value >= opening.again_at if opening.falls else level.value <= opening.again_at
    return replace(level, is_armed=True) if back else level


def _faded(level: Level, opening: OnLevel, at: float) -> Level:
    """Bring the sums to a later time; an earlier one leaves them, and fades what it adds."""
    if at <= level.at:
        return level
    if level.at == -math.inf:
        return replace(level, at=at)
    age, half_life = at - level.at, _half_life(opening)
    total, squares, weight = (
        faded(one, age, half_life) for one in (level.total, level.squares, level.weight)
    )
    value = total if opening.measure in {"sum", "count"} else level.value
    return replace(level, total=total, squares=squares, weight=weight, at=at, value=value)


def _latest(level: Level, value: float | None, at: float) -> Level:
    """Keep the value of the latest signal; of an older one that came late nothing is kept."""
    return replace(level, value=value, latest_at=at) if at >= level.latest_at else level


def _unusual(level: Level, opening: OnLevel, number: float, at: float) -> Level:
    """Hold a value against those before it, then count it among them."""
    before = _faded(level, opening, at)
    told = _latest(before, _deviations(before, number), at)
    weight = faded(1.0, told.at - at, _half_life(opening))
    return replace(
        told,
        total=told.total + weight * number,
        squares=told.squares + weight * number * number,
        weight=told.weight + weight,
        n_values=told.n_values + 1,
    )


def _deviations(level: Level, number: float) -> float | None:
    """Say by how many usual deviations a number is above what is usual; None while nobody can."""
    if level.n_values < ENOUGH:
        return None
    mean = level.total / level.weight
    variance = level.squares / level.weight - mean * mean
    if variance <= _SPREAD * max(mean * mean, _SPREAD):
        return None
    return (number - mean) / math.sqrt(variance)


def _half_life(opening: OnLevel) -> float:
    if opening.half_life:
        return seconds(opening.half_life)
    return seconds(USUAL_HALF_LIFE) if opening.measure == "unusual" else math.inf
