"""Openings as declared: whether they can be kept to, what they are known by, their words."""

from collections.abc import Mapping

import msgspec

from penchant.errors import BadInput, BadNumber
from penchant.guard.hours import DAYS, is_zone, minute_of
from penchant.journal import as_plain
from penchant.limits import Limits, check_id, check_length, check_number, seconds
from penchant.openings import AtTime, OnLevel, OnSignal, Opening
from penchant.signals import check_kind

__all__ = ["check_opens", "opening_key", "said"]

_UNKEYED = frozenset({"late", "cool_down"})
_MEASURES = ("sum", "count", "latest", "unusual")


def check_opens(opening: Opening, where: str, limits: Limits) -> None:
    """See that an opening can be kept to.

    Args:
        opening: As declared.
        where: "of moment `home.hero`", for messages.
        limits: Bounds of the engine.

    Raises:
        BadNumber: For a cool-down, a lateness, a half-life or a level that makes no sense.
        BadName: For a kind or a field that is none.
        BadInput: For a time, a day, a zone or a measure that is none.

    Example:
        >>> check_opens(AtTime("25:00"), "of moment `nudge`", Limits())
        Traceback (most recent call last):
        ...
        penchant.errors.BadInput: The time `25:00` of an opening of moment `nudge` is none; give one
        from `00:00` to `24:00`, such as `09:00`.
    """
    where = f"of an opening {where}"
    seconds(opening.late, what=f"`late` {where}")
    cool_down = seconds(opening.cool_down, what=f"`cool_down` {where}")
    if cool_down < limits.cool_down_min_seconds:
        raise BadNumber(
            f"`cool_down` {where} must be at least {limits.cool_down_min_seconds:g} s (got "
            f"`{opening.cool_down}`), so that no moment opens itself in a loop."
        )
    if isinstance(opening, AtTime):
        _check_time(opening, where)
        return
    check_kind(opening.kind, f"The kind {where}", limits)
    check_length(len(opening.where), limits.features, f"Values in `where` {where}")
    for name in opening.where:
        check_id(name, f"A name in `where` {where}", limits)
    if isinstance(opening, OnLevel):
        _check_level(opening, where, limits)


def opening_key(opening: Opening) -> str:
    """Give what an opening is known by in the journal: all that says what opens, nothing else.

    Example:
        >>> opening_key(OnSignal("run.finished", cool_down="7d"))
        '{"type":"on_signal","kind":"run.finished"}'
    """
    given = {
        field.name: _settled(getattr(opening, field.name))
        for field in msgspec.structs.fields(opening)
        if field.name not in _UNKEYED and getattr(opening, field.name) != field.default
    }
    if not given.get("where", True):
        del given["where"]
    tag = type(opening).__struct_config__.tag
    return msgspec.json.encode({"type": tag, **given}, enc_hook=as_plain).decode()


def _settled(value: object) -> object:
    """Give a number as it is read again: a level of 800 comes back as 800.0."""
    return float(value) if type(value) is int else value


def said(opening: Opening, zone: str = "") -> str:
    """Say what opened a moment, in words that go on after "It opened by itself: ".

    Example:
        >>> said(OnLevel("run.finished", 800, field="km", since="shoes.replaced"))
        'the sum of `km` over `run.finished` since `shoes.replaced` reached 800'
        >>> said(AtTime("09:00"), "Europe/Berlin")
        'it was 09:00 in `Europe/Berlin`'
    """
    if isinstance(opening, AtTime):
        return f"it was {opening.at} in `{zone or opening.zone}`"
    chosen = f"`{opening.kind}`{_chosen(opening.where)}"
    if isinstance(opening, OnSignal):
        return f"a signal {chosen} came"
    since = f" since `{opening.since}`" if opening.since else ""
    verb = "fell to" if opening.falls else "reached"
    field = f"`{opening.field}`"
    if opening.measure == "unusual":
        side = "below" if opening.falls else "above"
        deviations = f"{abs(opening.level):g} usual deviations"
        return f"the latest {field} of {chosen} was {deviations} {side} what is usual"
    what = {
        "sum": f"the sum of {field} over {chosen}",
        "count": f"the count of {chosen}",
        "latest": f"the latest {field} of {chosen}",
    }[opening.measure]
    return f"{what}{since} {verb} {opening.level:g}"


def _chosen(where: Mapping[str, object]) -> str:
    """Name the values that a signal must have."""
    parts = [f"`{name}` {value}" for name, value in where.items()]
    return f" with {' and '.join(parts)}" if parts else ""


def _check_time(opening: AtTime, where: str) -> None:
    if minute_of(opening.at) is None:
        raise BadInput(
            f"The time `{opening.at}` {where} is none; give one from `00:00` to `24:00`, such as "
            "`09:00`."
        )
    for day in opening.days:
        if day not in DAYS:
            raise BadInput(f"The day `{day}` {where} is none; days are {', '.join(DAYS)}.")
    if opening.zone and not is_zone(opening.zone):
        raise BadInput(
            f"The zone `{opening.zone}` {where} is not a known one: give a name such as "
            "`Europe/Berlin`, or leave it out to use the person's own."
        )


def _check_level(opening: OnLevel, where: str, limits: Limits) -> None:
    check_number(opening.level, f"The level {where}")
    if (opening.measure == "count") == bool(opening.field):
        raise BadInput(
            f"A measure {where} needs the `field` it is about, and a `count` has none: name the "
            f"field, or the right measure of {', '.join(_MEASURES)}."
        )
    if opening.field:
        check_id(opening.field, f"The field {where}", limits)
    if opening.since:
        check_kind(opening.since, f"The kind in `since` {where}", limits)
    if opening.half_life:
        half_life = seconds(opening.half_life, what=f"The half-life {where}")
        least, most = limits.half_life_min_seconds, limits.half_life_max_seconds
        check_number(half_life, f"The half-life {where}, in seconds,", least, most)
    _check_sides(opening, where)


def _check_sides(opening: OnLevel, where: str) -> None:
    """See that the level is reached from one side, and left on the other."""
    if opening.falls and opening.measure in {"sum", "count"}:
        raise BadInput(
            f"A {opening.measure} {where} cannot fall to its level, as it changes with signals "
            "alone. Use `falls` with `latest` or `unusual`."
        )
    if opening.half_life and opening.measure == "latest":
        raise BadInput(f"The latest value {where} does not fade. Leave the half-life out.")
    if opening.again_at is None:
        return
    again = check_number(opening.again_at, f"`again_at` {where}")
    if again <= opening.level if opening.falls else again >= opening.level:
        side = "above" if opening.falls else "below"
        raise BadNumber(
            f"`again_at` {where} must be {side} the level of {opening.level:g} (got {again:g}), so "
            "that a value that stays about there opens once."
        )
