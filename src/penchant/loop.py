"""The whole loop, pure: what goes in, what comes out, and who is asked on the way.

    signals/ ──► profile/ ──► decide/ ──► deliver/ ──► learn/
    what          what we      what to     getting it   what
    happened      believe      do next     out, once    followed

Here stands how the stages meet in one decision and in one outcome; `engine.py` adds the clock, the
dice, the journal and the lock. Guardrails are asked before anything is weighed.
Rule: values in, values out. The same question gives the same decision.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.decide.choices import Choices
from penchant.decide.drawing import Drawn, draw_from
from penchant.decide.weighing import Weighed, expectation, weigh
from penchant.deliver.settling import forced_sentence
from penchant.guard.apprentice import agrees, settled
from penchant.guard.asked import Asked
from penchant.guard.consent import consent_refusal
from penchant.guard.guardrail import (
    GUARDRAILS,
    Exposure,
    Guardrail,
    Permitted,
    is_silent,
    permitted,
)
from penchant.guard.quiet_hours import quiet_ends
from penchant.journal import Learned
from penchant.learn.outcome import reward_of, scaled, worth
from penchant.learn.pending import Open
from penchant.learn.teaching import NOTHING_TAUGHT, Teaching
from penchant.model.people import Posterior
from penchant.model.said import Said
from penchant.model.version import Version
from penchant.words import (
    NOTHING,
    Action,
    Consent,
    Decision,
    Explainer,
    FrozenMap,
    Moment,
    Never,
    Position,
    Removed,
    Value,
)

__all__ = [
    "Question",
    "Standing",
    "View",
    "decide",
    "decide_slate",
    "fallback_only",
    "learned",
    "objection",
    "quiet_until",
    "refusal",
    "replayed",
]

Floats = NDArray[np.float64]


class Standing(NamedTuple):
    """What a person settled that bears on decisions of one purpose."""

    person: str
    consent: Consent
    nevers: tuple[Never, ...] = ()
    time_zone: str = ""
    recent: tuple[float, ...] = ()


class View(NamedTuple):
    """What the model shows of one decision: the choices, the scaled context, this person's part.

    `exposure` is that of those actions, where it is known already. `said` is what the person
    said of their taste; choices and posterior are then in the basis that holds it.
    """

    version: Version
    choices: Choices
    context: Floats
    posterior: Posterior | None
    explainer: Explainer
    exposure: Exposure | None = None
    said: Said = ()


class Question(NamedTuple):
    """One decision to take: everything that is no belief. `standing` is None for nobody.

    `opened_by` says what opened the moment by itself, "" where a caller asked. `position` is where
    it stands in a slate, None for alone. `draws` are those of the positions where a slate is asked
    for, the top one first.
    """

    id: str
    moment: Moment
    at: datetime
    draw: float
    context: FrozenMap[Value]
    standing: Standing | None
    candidates: tuple[Action, ...] = ()
    opened_by: str = ""
    position: Position | None = None
    draws: tuple[float, ...] = ()


def refusal(question: Question) -> str:
    """Say why nothing may be personalised here; an empty text when it may."""
    if question.standing is None:
        return ""
    return consent_refusal(question.standing.consent, question.at)


def fallback_only(question: Question, sentence: str) -> Decision:
    """Give the answer where consent does not hold: the moment's fallback, and nothing kept."""
    moment, standing = question.moment, question.standing
    if question.draws:
        question = _at(question, 1, 1.0)
    known = (action for action in moment.actions if action.name == moment.fallback)
    return Decision(
        id=question.id,
        moment=moment.name,
        person=standing.person if standing else None,
        at=question.at,
        action=next(known, Action(moment.fallback)),
        propensity=1.0,
        mode="neutral",
        names=(moment.fallback,),
        weights=(1.0,),
        neutral=(1.0,),
        consent=standing.consent if standing else None,
        draw=question.draw,
        note=sentence,
        opened_by=question.opened_by,
        position=question.position,
    )


def _at(question: Question, number: int, examined: float) -> Question:
    """Give the question of one position of a slate."""
    return question._replace(
        id=f"{question.id}-{number}",
        draw=question.draws[number - 1],
        position=Position(question.id, number, examined),
    )


def decide(
    question: Question,
    view: View,
    *,
    note: str = "",
    guardrails: Sequence[Guardrail] = GUARDRAILS,
) -> tuple[Decision, int]:
    """Profile -> Decide -> Deliver: guardrails, propensities, the draw, and what it becomes.

    Args:
        question: What is asked; `question.draw` is uniform in [0, 1) and comes from the caller.
        view: What the model shows of it.
        note: A sentence for the record, such as why the person's profile plays no part.
        guardrails: Asked before anything is weighed.

    Returns:
        The decision, and the place of its action in `view.choices`.
    """
    left, choices = _permitted(question, view, guardrails)
    decision, place = _decided(question, view, choices, left, note)
    return decision, left.kept[place]


def decide_slate(
    question: Question,
    view: View,
    examined: Sequence[float],
    *,
    note: str = "",
    guardrails: Sequence[Guardrail] = GUARDRAILS,
) -> list[tuple[Decision, int]]:
    """Decide several positions from the top down, each over what stands not above it.

    Guardrails are asked once, for the whole of it. What waits for somebody's yes stands in no
    slate. `nothing` ends it: below that, there is nothing.

    Args:
        question: What is asked, with a draw for each of k positions.
        view: What the model shows of it.
        examined: (k,) the share of those who see the top that look as far as each position.
        note: As for `decide`.
        guardrails: As for `decide`.

    Returns:
        The decisions, at most k, each with the place of its action in `view.choices`.
    """
    left, _ = _permitted(question, view, guardrails)
    left = _without_held(left, view.choices)
    places, decisions = list(left.kept), list[tuple[Decision, int]]()
    for number, share in enumerate(examined, 1):
        is_whole = len(places) == len(view.choices.names)
        choices = view.choices if is_whole else view.choices.kept(places)
        one = _at(question, number, share)
        decision, place = _decided(one, view, choices, left, note)
        decisions.append((decision, places.pop(place)))
        if decision.action.name == NOTHING or not places:
            break
    return decisions


def _without_held(left: Permitted, choices: Choices) -> Permitted:
    """Take out what waits for somebody's yes, and say so."""
    if not left.held:
        return left
    held = dict(left.held)
    removed = tuple(Removed(choices.names[at], "risk", why) for at, why in left.held)
    return Permitted(tuple(at for at in left.kept if at not in held), left.removed + removed)


def _decided(
    question: Question, view: View, choices: Choices, left: Permitted, note: str
) -> tuple[Decision, int]:
    """Weigh some choices, draw one, and give the decision and the place of what is done."""
    moment = question.moment
    weights, neutral, expected, personal = _weigh(view, choices, moment)
    drawn = draw_from(weights, neutral, question.draw, moment.neutral_share)
    place, forced = _settle(drawn, choices, question, left)
    posterior, standing = view.posterior, question.standing
    decision = Decision(
        id=question.id,
        moment=moment.name,
        person=standing.person if standing else None,
        at=question.at,
        action=choices.actions[place],
        propensity=weights[drawn.place],
        mode="neutral" if posterior is None or drawn.is_neutral else "personal",
        names=choices.names,
        weights=weights,
        neutral=neutral,
        expected=expected,
        personal=personal,
        belief=() if posterior is None else tuple(posterior.mean.tolist()),
        context=question.context,
        candidates=question.candidates,
        draw=question.draw,
        version=view.version.number,
        consent=standing.consent if standing else None,
        removed=left.removed,
        forced=forced,
        drawn=choices.names[drawn.place] if forced else "",
        note=note,
        opened_by=question.opened_by,
        said=view.said,
        position=question.position,
        past=choices.shown_before,
        explainer=view.explainer,
    )
    return decision, place


def objection(question: Question, action: Action, unasked: Sequence[str] = ("caps",)) -> str:
    """Decide -> Deliver: ask again, at the time of delivery, whether an action may still be done.

    Args:
        question: With the time of delivery, and what the person says by now.
        action: What was decided.
        unasked: Guardrails that have no say. Caps count what was decided, this action among it.

    Returns:
        Why it may not, or "".
    """
    if sentence := refusal(question):
        return sentence
    asked = [guardrail for guardrail in GUARDRAILS if guardrail.name not in unasked]
    left = permitted((action,), _asked(question), asked)
    return next((one.sentence for one in left.removed), "")


def quiet_until(question: Question) -> datetime | None:
    """Say when the quiet hours that hold at a moment end; None for none, or where nobody knows."""
    return quiet_ends(_asked(question))


def learned(
    one: Open,
    moment: Moment,
    at: datetime,
    *,
    reward: float | None = None,
    outcome: str | None = None,
    is_missing: bool = False,
    teaching: Teaching = NOTHING_TAUGHT,
) -> Learned:
    """Decide -> Learn: what an outcome adds, as a fact; a missing one counts as the default.

    Raises:
        BadNumber: For a reward outside the moment's range, another outcome's name, both or neither.
    """
    decision = one.decision
    value = reward_of(moment, moment.outcome.default if is_missing else reward, outcome)
    amount, predicted = scaled(moment, value), decision.expected[one.place]
    examined = 1.0 if decision.position is None else decision.position.examined
    teaches = amount if examined == 1.0 else worth(moment, amount, examined)
    is_plain = examined == 1.0 and agrees(decision)
    teaches = teaches if agrees(decision) else 0.0
    believed = decision.personal[one.place]
    return Learned(
        person=decision.person or "",
        at=at,
        decision=decision.id,
        moment=moment.name,
        reward=value,
        scaled=amount,
        predicted=predicted,
        version=decision.version,
        rest=teaches - predicted - believed,
        origin="missing" if is_missing else "outcome" if outcome is not None else "reward",
        worth=None if is_plain else teaches,
        carried=teaching.carried,
        surprise=examined * teaching.surprise(teaches - predicted, believed)
        if agrees(decision)
        else 0.0,
    )


def _permitted(
    question: Question, view: View, guardrails: Sequence[Guardrail]
) -> tuple[Permitted, Choices]:
    """Ask the guardrails; give what they say, and what they leave as choices."""
    asked, choices, exposure = _asked(question), view.choices, view.exposure
    if exposure is not None and guardrails is GUARDRAILS and is_silent(asked, exposure):
        return exposure.untouched, choices
    left = permitted(choices.actions, asked, guardrails)
    return left, choices if len(left.kept) == len(choices.actions) else choices.kept(left.kept)


def _asked(question: Question) -> Asked:
    """Give what guardrails may know; a stranger's dial is fully open, a stranger has no nevers."""
    standing, moment = question.standing, question.moment
    if standing is None:
        return Asked(question.at, moment, _of_stranger(moment))
    return Asked(
        question.at,
        moment,
        _of_stranger(moment) if moment.non_profiling and refusal(question) else standing.consent,
        standing.nevers,
        standing.time_zone,
        standing.recent,
    )


def _of_stranger(moment: Moment) -> Consent:
    return Consent(moment.purpose, "granted", 1.0)


def _weigh(view: View, choices: Choices, moment: Moment) -> Weighed:
    return weigh(
        expectation(view.version, choices, view.context),
        choices,
        view.posterior,
        explore=moment.explore,
        neutral_share=moment.neutral_share,
    )


def _settle(drawn: Drawn, choices: Choices, question: Question, left: Permitted) -> tuple[int, str]:
    """Give the place of the action that is done, and why it is not the one drawn."""
    place, why, fallback = drawn.place, "", question.moment.fallback
    if question.moment.apprentice:
        place, why = settled(choices.names, question.candidates, fallback)
    if not left.held:
        return place, why
    forced = forced_sentence(left.held, left.kept[place])
    return (choices.names.index(fallback), forced) if forced else (place, why)


def replayed(decision: Decision, neutral_share: float) -> str:
    """Draw a decision again from its record alone; give the name of the action.

    Args:
        decision: As recorded.
        neutral_share: Of the moment at that time; it does not change which action is drawn.
    """
    drawn = draw_from(decision.weights, decision.neutral, decision.draw, neutral_share)
    return decision.names[drawn.place]
