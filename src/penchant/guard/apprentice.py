"""Apprentice: the host's own logic decides, Penchant looks on, and learns to do the same.

Asked after the draw. At a moment with `apprentice` the first action of a call is what the host's
own logic does there; it is what comes back, whatever Penchant drew.
Rule 1: what was drawn keeps its propensities; the decision is forced and left out of estimates.
Rule 2: a guardrail stands above the host's logic, too.
Rule 3: an outcome teaches about what was drawn: where that is what was done, what followed; where
it is not, that it was not what the host would do, which counts as the least reward.
"""

from collections.abc import Sequence

from penchant.words import Action, Decision

__all__ = ["APPRENTICE", "agrees", "is_apprentice", "settled", "taught", "was_done"]

APPRENTICE = "Penchant is an apprentice here: the logic that was there before it decides."
NOT_PERMITTED = "What the logic before it chose was taken out by a guardrail, and was not done."


def settled(names: Sequence[str], candidates: Sequence[Action], fallback: str) -> tuple[int, str]:
    """Give the place of what is done at an apprentice's moment, and why it is not what was drawn.

    Args:
        names: Of the permitted actions.
        candidates: As given with the call, the host's choice first; none where the host does what
            stands for nothing.
        fallback: What stands for nothing; it is always permitted.

    Example:
        >>> settled(("run", "swim", "nothing"), [Action("swim"), Action("run")], "nothing")[0]
        1
    """
    wanted = candidates[0].name if candidates else fallback
    if wanted in names:
        return names.index(wanted), APPRENTICE
    return names.index(fallback), NOT_PERMITTED


def is_apprentice(decision: Decision) -> bool:
    """Tell whether the host's own logic decided, and its choice was done."""
    return decision.forced == APPRENTICE


def was_done(decision: Decision) -> bool:
    """Tell whether its action was done for the person, by whoever's choice."""
    return decision.executed or is_apprentice(decision)


def agrees(decision: Decision) -> bool:
    """Tell whether what was done is what was drawn, or something else than the host stood by it."""
    return not is_apprentice(decision) or decision.drawn == decision.action.name


def taught(decision: Decision) -> str:
    """Name the action that an outcome teaches about; "" where it teaches nothing."""
    if is_apprentice(decision):
        return decision.drawn
    return "" if decision.forced else decision.action.name
