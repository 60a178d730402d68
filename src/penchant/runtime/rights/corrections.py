"""Corrections at work: which beliefs can be set right, and what a taste that was means for a model.

Loop: Profile and Decide. A correction is a register; here it is read against the version in force,
so that it means the same under each.
"""

from collections.abc import Iterable

from penchant.limits import is_finite
from penchant.model.encoding import Encoder
from penchant.model.said import ALL, Said
from penchant.model.version import Version
from penchant.profile.corrections import TASTE, taste_name
from penchant.words import Correction, Moment, Signal

__all__ = ["Told", "correction_problem", "said_of", "told_at"]

Told = tuple[tuple[str, float], ...]
"""Labels of features of actions, "" for all of a taste, and what each adds in units of reward."""

_BELIEFS = frozenset({"rhythm", "interests"})
_COUNTS = "counts."
_UNKNOWN = (
    "Not kept: no belief has the name in `belief`. The profile names those that can be set right."
)


def told_at(moment: str, corrections: Iterable[Correction]) -> Told:
    """Give what a person said of their taste at a moment; of all of it first.

    Example:
        >>> from datetime import UTC, datetime
        >>> now = datetime(2026, 11, 22, tzinfo=UTC)
        >>> told_at("home.hero", [Correction("taste at home.hero: sport=run", 0.3, now)])
        (('sport=run', 0.3),)
    """
    return tuple(
        sorted(
            (label, float(one.value))
            for one in corrections
            if (label := _label(moment, one.belief)) is not None and not isinstance(one.value, str)
        )
    )


def said_of(told: Told, moment: Moment, encoder: Encoder, version: Version) -> Said:
    """Give what was said as weights of columns; what the version has no column for is left out."""
    low, high = moment.reward_range
    steps, said = version.action.steps, []
    for label, value in told:
        column = encoder.find(label) if label else None
        if not label:
            said.append((ALL, 0.0))
        elif column is not None and column.place < len(steps) and steps[column.place]:
            adds = value / (high - low)
            said.append((1 + column.place, adds / (column.sign * float(steps[column.place]))))
    return tuple(said)


def correction_problem(signal: Signal, known: Iterable[tuple[Moment, Encoder]]) -> str:
    """Say why a belief cannot be set right so; "" when it can.

    Args:
        signal: A `belief.corrected` of the right shape.
        known: The moments, each with what encodes its actions.
    """
    name, value = str(signal.data["belief"]), signal.data["is"]
    if not name.startswith(TASTE):
        is_known = name in _BELIEFS or (name.startswith(_COUNTS) and name != _COUNTS)
        return "" if is_known else _UNKNOWN
    for moment, encoder in known:
        label = _label(moment.name, name)
        if label is None:
            continue
        if label and encoder.find(label) is None:
            return f"Not kept: no action of moment `{moment.name}` had the feature in `belief`."
        low, high = moment.reward_range
        most = high - low if label else 0.0
        if isinstance(value, bool) or not is_finite(value) or abs(float(value)) > most:  # type: ignore[arg-type]  # is_finite says that it is a number
            return _wanted(moment, most)
        return ""
    return _UNKNOWN


def _wanted(moment: Moment, most: float) -> str:
    """Say what a taste may be said to be."""
    if not most:
        return (
            f"Not kept: all of a taste can only be said to be 0: nothing sets the person apart at "
            f"`{moment.name}`. Set its features right one by one."
        )
    return (
        f"Not kept: `is` must say how much reward the feature adds for the person at "
        f"`{moment.name}`, a number from {-most:g} to {most:g}."
    )


def _label(moment: str, belief: str) -> str | None:
    """Give which feature of a moment's actions a belief is about, "" for all; None for no taste."""
    whole = taste_name(moment)
    if belief == whole:
        return ""
    start = f"{whole}: "
    return belief.removeprefix(start) or None if belief.startswith(start) else None
