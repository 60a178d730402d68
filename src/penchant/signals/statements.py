"""Statements: the signals by which a person says who they are, and the shape each must have.

Loop: Signals. A statement sets a register of the profile (`profile/registers.py`), where the
latest wins: a trait, a goal, a never, or that two ids are one person.
Rule 1: one row in `_SHAPES` for each kind; an unknown kind is no statement and no problem.
Rule 2: a person may always set a limit or say who they are, whatever they consented to.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from penchant.errors import BadInput
from penchant.guard.nevers import never_problem
from penchant.limits import Limits, check_id, check_number
from penchant.words import Goal, Never, Signal

__all__ = ["CONTROL_KINDS", "STATEMENT_KINDS", "check_statement"]

CONTROL_KINDS = frozenset(
    {
        *("belief.corrected", "belief.uncorrected", "never.stated", "never.lifted"),
        *("person.merged", "person.unmerged", "person.restricted", "person.unrestricted"),
    }
)
"""Kinds that need no consent to a purpose: they limit what is done, set right what is believed, or
say who is who."""

N = TypeVar("N", Goal, Never)

_DEFAULT = Limits()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_statement(signal: Signal, *, limits: Limits = _DEFAULT) -> str:
    """Say what is wrong with a statement, or "" when nothing is or it is none.

    Args:
        signal: One whose data are flat and finite already (see `check_signal`).
        limits: Bounds of the engine.

    Returns:
        "" or a sentence that names the field, never its content.

    Example:
        >>> check_statement(Signal("person.merged", person="ada", data={"from": "ada"}))
        'A signal `person.merged` names the person themself in `from`. Name the other id.'
    """
    shape = _SHAPES.get(signal.kind)
    try:
        return shape(signal, limits) if shape else ""
    except BadInput as wrong:
        return str(wrong)


def _fields(signal: Signal, needed: tuple[str, ...], allowed: tuple[str, ...] = ()) -> str:
    """Say which field is missing, or is none that this kind has."""
    missing = [name for name in needed if name not in signal.data]
    if missing:
        return f"A signal `{signal.kind}` needs `{missing[0]}` in its data."
    strange = [name for name in signal.data if name not in needed + allowed]
    if strange:
        known = ", ".join(f"`{name}`" for name in needed + allowed) or "none"
        return f"A signal `{signal.kind}` has no field `{strange[0]}`; it has {known}."
    return ""


def _noun(signal: Signal, kind: type[N], limits: Limits) -> N:
    """Build the noun that a statement is about; raise BadInput when a field has a wrong type."""
    check_id(signal.data["name"], f"The `name` in a signal `{signal.kind}`", limits)
    try:
        return msgspec.convert({**signal.data, "at": signal.at or _EPOCH}, kind)
    except msgspec.ValidationError as wrong:
        # msgspec names the field and the types, never the value: "Expected `str` - at `$.text`"
        raise BadInput(f"A signal `{signal.kind}` is not as it should be: {wrong}.") from None


def _never(signal: Signal, limits: Limits) -> str:
    """A name, the person's words and at least one condition."""
    conditions = ("action", "feature", "equals", "channel", "start", "end")
    problem = _fields(signal, ("name", "text"), conditions)
    if problem:
        return problem
    return never_problem(_noun(signal, Never, limits))


def _goal(signal: Signal, limits: Limits) -> str:
    """A name, the person's words and perhaps how far they have come, 0..1."""
    problem = _fields(signal, ("name", "text"), ("progress",))
    if problem:
        return problem
    check_number(_noun(signal, Goal, limits).progress, "The `progress` of a goal", 0.0, 1.0)
    return ""


def _named(signal: Signal, limits: Limits) -> str:
    """The name of what is taken back."""
    problem = _fields(signal, ("name",))
    if not problem:
        check_id(signal.data["name"], f"The `name` in a signal `{signal.kind}`", limits)
    return problem


def _traits(signal: Signal, limits: Limits) -> str:  # noqa: ARG001 - one shape for the table
    """At least one trait; the time zone, if given, is one that is known."""
    if not signal.data:
        return "A signal `trait.stated` needs at least one trait in its data."
    return "" if _is_zone(signal.data.get("time_zone", "UTC")) else _NO_ZONE


_NO_ZONE = "The trait `time_zone` must be the name of a zone, such as `Europe/Berlin`."


def _is_zone(name: object) -> bool:
    """Tell whether a zone of that name is known."""
    try:
        ZoneInfo(str(name))
    except (KeyError, OSError, ValueError):  # not found, a folder of the zone data, not a name
        return False
    return isinstance(name, str)


def _merge(signal: Signal, limits: Limits) -> str:
    """The other id, which is not the person's own."""
    problem = _fields(signal, ("from",))
    if problem:
        return problem
    other = check_id(signal.data["from"], f"The `from` in a signal `{signal.kind}`", limits)
    if other == signal.person:
        return f"A signal `{signal.kind}` names the person themself in `from`. Name the other id."
    return ""


def _correction(signal: Signal, limits: Limits) -> str:  # noqa: ARG001 - one shape for the table
    """The name of a belief, and what it is: a yes/no, a number or a text."""
    problem = _fields(signal, ("belief", "is"))
    if not problem and not isinstance(signal.data["is"], bool | float | int | str):
        return f"The `is` in a signal `{signal.kind}` must be a yes/no, a number or a text."
    return problem or _belief(signal)


def _uncorrection(signal: Signal, limits: Limits) -> str:  # noqa: ARG001 - one shape for the table
    """The name of a belief that is left to what is learned again."""
    return _fields(signal, ("belief",)) or _belief(signal)


def _belief(signal: Signal) -> str:
    """The `belief` is a text; whether there is one of that name is asked of the engine."""
    name = signal.data["belief"]
    if isinstance(name, str) and name.strip():
        return ""
    return f"The `belief` in a signal `{signal.kind}` must be its name, as the profile gives it."


def _bare(signal: Signal, limits: Limits) -> str:  # noqa: ARG001 - one shape for the table
    """No data at all."""
    return _fields(signal, ())


_SHAPES: Mapping[str, Callable[[Signal, Limits], str]] = {
    "trait.stated": _traits,
    "goal.stated": _goal,
    "goal.dropped": _named,
    "never.stated": _never,
    "never.lifted": _named,
    "person.merged": _merge,
    "person.unmerged": _merge,
    "belief.corrected": _correction,
    "belief.uncorrected": _uncorrection,
    "person.restricted": _bare,
    "person.unrestricted": _bare,
}

STATEMENT_KINDS = frozenset(_SHAPES)
"""Every kind that sets a register of the profile; the others are what a person did."""
