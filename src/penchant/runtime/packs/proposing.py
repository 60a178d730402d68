"""Proposing: what a pack would do for a person, ordered within a budget, each with its words.

Loop: Decide. Rule 1: a candidate without a reason in words is left out: nothing is done to a person
that cannot be told to them. Rule 2: the words are filled from the record of the decision, so that
they can be said again as long as it is kept.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from penchant.contract.parts import Planner, Proposer, View
from penchant.errors import BadInput
from penchant.limits import Limits
from penchant.runtime.calls import candidates_of
from penchant.runtime.packs.loaded import Giving, Loaded
from penchant.words import NOTHING, Action, Decision, Value

__all__ = ["candidates", "pack_words", "reason_for"]

WHY = "why"
"""The feature of a candidate that names the words of its reason."""


def candidates(
    loaded: Loaded, giving: Giving, view: View, context: Mapping[str, Value], limits: Limits
) -> tuple[tuple[Action, ...], str]:
    """Give the candidates of a moment's proposer, in the order of its planner.

    Returns:
        The candidates, none where there is no proposer or it proposes nothing; and a sentence
        about what was left out, or "".
    """
    proposer, planner, name = giving.proposer, giving.planner, giving.declared.moment.name
    if proposer is None:
        return (), ""
    none: tuple[Action, ...] = ()
    given = loaded.asked(giving.pack, name, lambda: _proposed(proposer, view, context), none)
    fitting = _checked(loaded, giving, given, limits)
    told = [one for one in fitting if reason_for(giving, one, context)]
    dropped = len(given) - len(told)
    if planner is not None and told:
        budget = _budget(context.get(giving.budget))
        ordered = loaded.asked(
            giving.pack, name, lambda: _planned(planner, view, told, budget), tuple(told)
        )
        known = {one.name for one in told}
        told = [one for one in ordered if one.name in known]
    note = f"{dropped} that pack `{giving.pack}` proposed had no reason in words: left out."
    return tuple(told), note if dropped else ""


def reason_for(giving: Giving, action: Action, context: Mapping[str, Value]) -> str:
    """Give the words of an action's reason, filled in; "" where there are none.

    Declared actions have theirs by their own name, candidates by their feature `why`.
    """
    reasons = giving.declared.reasons
    text = reasons.get(str(action.features.get(WHY, "")), "") or reasons.get(action.name, "")
    if not text:
        return ""
    known: dict[str, Any] = {name.replace(".", "_"): value for name, value in context.items()}
    known |= {name.replace(".", "_"): value for name, value in action.features.items()}
    try:
        return text.format_map({**known, "action": action.name})
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return ""  # the words speak of what is not known here, so they are not said


def pack_words(loaded: Loaded, moment: str, decision: Decision) -> str:
    """Give a pack's words for what was decided at a moment; "" where nothing was, or for none."""
    if decision.action.name == NOTHING or not decision.expected:
        return ""
    return reason_for(loaded.giving[moment], decision.action, decision.context)


def _proposed(proposer: Proposer, view: View, context: Mapping[str, Value]) -> tuple[Action, ...]:
    return tuple(proposer.propose(view, context))


def _planned(
    planner: Planner, view: View, given: Sequence[Action], budget: float | None
) -> tuple[Action, ...]:
    return tuple(planner.plan(view, given, budget))


def _checked(
    loaded: Loaded, giving: Giving, given: Sequence[Action], limits: Limits
) -> tuple[Action, ...]:
    """Give candidates that can be decided; none of them where one cannot."""
    name = giving.declared.moment.name
    if not given:
        return ()
    try:
        return candidates_of(given, name, giving.declared.moment.actions, limits)
    except BadInput as wrong:
        loaded.fault(f"Pack `{giving.pack}` proposed what cannot be decided: {wrong}")
        return ()


def _budget(given: object) -> float | None:
    """Give a budget as a number; None where a call gives none."""
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return float(given) if is_number and isinstance(given, int | float) else None
