"""Corrections: what a person said of a belief stands in its place, whatever is learned.

Loop: Profile. Takes beliefs and the corrections among the registers, gives the beliefs as the
person has them. Rule: a belief that was set right is certain, and shows nothing of what it was.
"""

from collections.abc import Iterable, Sequence

from penchant.words import Belief, Correction, FrozenMap

__all__ = ["TASTE", "corrected", "taste_name"]

TASTE = "taste at "
"""How the names of beliefs begin that decisions rest on, one for each moment and feature."""


def taste_name(moment: str, label: str = "") -> str:
    """Give the name of what is believed of a person's taste at a moment, or of one feature there.

    Example:
        >>> taste_name("home.hero", "sport=run")
        'taste at home.hero: sport=run'
    """
    return f"{TASTE}{moment}: {label}" if label else f"{TASTE}{moment}"


def corrected(beliefs: Iterable[Belief], corrections: Sequence[Correction]) -> tuple[Belief, ...]:
    """Put what a person said in the place of what is believed; what is not believed comes last.

    Where all of a taste was set right, nothing is shown of the features it was made of.

    Example:
        >>> from datetime import UTC, datetime
        >>> said = Correction("rhythm", "evenings", datetime(2026, 11, 22, tzinfo=UTC))
        >>> corrected([Belief("rhythm", "mostly mornings", 0.7)], [said])[0].says
        'you said: evenings'
    """
    told = {one.belief: _said(one) for one in corrections}
    wholes = tuple(f"{name}: " for name in told)
    believed = [
        told.pop(one.name, one)
        for one in beliefs
        if one.name in told or not one.name.startswith(wholes)
    ]
    return (*believed, *told.values())


def _said(correction: Correction) -> Belief:
    """Give a correction as a belief."""
    value = correction.value
    data = {} if isinstance(value, str) else {"is": float(value)}
    return Belief(correction.belief, f"you said: {_shown(correction)}", 1.0, FrozenMap(data))


def _shown(correction: Correction) -> str:
    """Say what was said; of a taste it is what the feature adds, in units of reward."""
    value = correction.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if not correction.belief.startswith(TASTE):
        return f"{value:g}"
    return f"{value:+g} reward" if value else "nothing sets you apart here"
