"""A decision in plain sentences, true to the model that took it.

Loop: Decide. Everything said here is read from the record of the decision and the version it names:
the parts of the margin, what guardrails removed, whether it was a try, what would have changed it.
Rule: a sentence is only said when the number behind it says so.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from penchant.decide.contributions import RECENCY, Encoders, Margin, Part, margin_of
from penchant.guard.apprentice import agrees, is_apprentice
from penchant.model.encoding import features_of
from penchant.model.version import Version
from penchant.words import (
    Action,
    Decision,
    Explanation,
    FrozenMap,
    Moment,
    Reason,
    Removed,
    Value,
)

__all__ = ["DecisionExplainer", "Words", "explain"]

Words = Callable[[Decision], str]
"""Says in the words of a pack why what was decided may be good for somebody; "" for nothing."""

_SHOWN = 3
_ROUNDING = 1e-9
_THOUSAND = 1_000
SEEN = 0.5
"""A faded count below this is as if it had not been shown of late."""
_TRIFLE = 0.05
"""A part below this share of all parts is not worth a sentence."""


class DecisionExplainer:
    """Explains the decisions of one moment that were taken under one version."""

    def __init__(
        self,
        moment: Moment,
        version: Version,
        encoders: Encoders,
        words: Words | None = None,
    ) -> None:
        """Keep what the explanations are read from."""
        self.words = words
        self.moment = moment
        self.version = version.stripped()  # a decision that is kept keeps its explainer
        self.encoders = encoders

    def reasons(self, decision: Decision) -> tuple[Reason, ...]:
        """Give the reasons of a decision, the weightiest first."""
        return self.explain(decision).reasons

    def explain(self, decision: Decision) -> Explanation:
        """Give the whole explanation of a decision."""
        words = "" if self.words is None else self.words(decision)
        return explain(decision, self.moment, self.version, self.encoders, words)


def explain(
    decision: Decision,
    moment: Moment,
    version: Version,
    encoders: Encoders,
    words: str = "",
) -> Explanation:
    """Put a decision into words.

    Args:
        decision: As recorded.
        moment: As declared when it was taken.
        version: The version the decision names.
        encoders: Of the context and of the actions.
        words: What a pack says of what was decided, told first.
    """
    rules = [*_forced(decision), *_removals(decision.removed)]
    told = (words, _position(decision), decision.note)
    notes = [Reason(one, "note") for one in told if one]
    if len(decision.names) == 1 or not decision.expected:
        only = [] if notes else [Reason(f"`{decision.names[0]}` was all that was left.", "rule")]
        return _told(decision, [*notes, *only, *rules])
    scores = np.array(decision.expected) + np.array(decision.personal)
    actions = _actions(decision, moment)
    place = decision.names.index(decision.drawn or decision.action.name)
    others = np.where(np.arange(len(scores)) == place, -np.inf, scores)
    best = int(others.argmax())
    margin = margin_of(decision, (actions[place], actions[best]), version, encoders)
    explored = bool(scores[best] > scores[place] + _ROUNDING)
    as_new = [] if explored else _as_new(decision)
    tries = [_try(decision, margin, moment)] if explored else as_new
    return _told(
        decision,
        [
            *notes,
            *tries,
            *_parts(margin, moment, decision),
            *([] if as_new else _share(decision, margin)),
            *rules,
        ],
        share=_person_share(margin),
        runner_up=margin.other.name,
        change=_what_would_change(decision, actions, version, encoders),
        explored=explored,
    )


def _position(decision: Decision) -> str:
    """Say where below the top of a slate a decision stands; "" elsewhere."""
    position = decision.position
    if position is None or position.number == 1:
        return ""
    return (
        f"It stands at position {position.number} of a slate; what stands above was not to be "
        "chosen again."
    )


def _actions(decision: Decision, moment: Moment) -> tuple[Action, ...]:
    """Give the permitted actions, in the order of the decision's numbers."""
    known = {action.name: action for action in (*moment.actions, *decision.candidates)}
    return tuple(known.get(name) or Action(name) for name in decision.names)


def _told(
    decision: Decision,
    reasons: Sequence[Reason],
    *,
    share: float = 0.0,
    runner_up: str = "",
    change: str = "",
    explored: bool = False,
) -> Explanation:
    chance = f"{100 * decision.propensity:.3g} %"
    opening = f"`{decision.action.name}` was chosen; its chance was {chance}."
    by_itself = [f"It opened by itself: {decision.opened_by}."] if decision.opened_by else []
    said = [reason.sentence for reason in reasons]
    sentences = [opening, *by_itself, *said, *([change] if change else [])]
    return Explanation(
        decision=decision.id,
        sentences=tuple(sentences),
        reasons=tuple(reasons),
        person_share=share,
        explored=explored,
        runner_up=runner_up,
        would_change=change,
        removed=decision.removed,
    )


def _parts(margin: Margin, moment: Moment, decision: Decision) -> list[Reason]:
    """Give the largest parts a sentence each; with no model yet there is nothing to say."""
    whole = sum(abs(part.amount) for part in margin.parts)
    if whole == 0.0:
        return [Reason("Nothing is known yet that tells these actions apart.", "people")]
    low, high = moment.reward_range
    shown = dict(zip(decision.names, decision.past, strict=False))
    return [
        Reason(
            _part_sentence(part, margin, decision.context, shown),
            part.source,
            part.amount * (high - low),
        )
        for part in margin.parts[:_SHOWN]
        if abs(part.amount) > _TRIFLE * whole
    ]


def _part_sentence(
    part: Part, margin: Margin, context: FrozenMap[Value], shown: Mapping[str, Sequence[int]]
) -> str:
    if part.feature == RECENCY:
        return _recency_sentence(part, margin, shown)
    who = "You" if part.source == "person" else "People in general"
    who = "You said that you" if part.was_said else who
    verb = "lean" if part.amount > 0 else "lean less"
    around = f" when {_stated(part.context, context)}" if part.context else ""
    return f"{who} {verb} to {_compared(part.feature, margin)}{around}."


def _recency_sentence(part: Part, margin: Margin, shown: Mapping[str, Sequence[int]]) -> str:
    """Say how often the person was shown the two of late, and for which of them that speaks."""
    chosen, other = margin.chosen.name, margin.other.name
    mine, its = (_times(shown[name]) for name in (chosen, other))
    way = "for" if part.amount > 0 else "against"
    return f"You were shown `{chosen}` {mine} and `{other}` {its}; that speaks {way} `{chosen}`."


def _times(past: Sequence[int]) -> str:
    """Say how often something was shown of late, as far as it has not faded.

    Example:
        >>> _times([0, 10, 0, 400]), _times([100, 60, 250, 200]), _times([200, 190, 0, 0])
        ('not of late, but its kind 4 times', 'once of late', 'twice of late')
    """
    own, kind = (max(past[:2]) / 100, max(past[2:]) / 100)
    if own >= SEEN:
        return f"{_counted(own)} of late"
    return f"not of late, but its kind {_counted(kind)}" if kind >= SEEN else "not of late"


def _counted(number: float) -> str:
    """Say a number of times in words, the nearest whole one.

    Example:
        >>> _counted(0.6), _counted(2.2), _counted(5.4)
        ('once', 'twice', '5 times')
    """
    whole = max(round(number), 1)
    return {1: "once", 2: "twice"}.get(whole, f"{whole} times")


def _stated(name: str, context: FrozenMap[Value]) -> str:
    """Name a feature of the context with its value; a list has too many to name."""
    value = context[name]
    return f"`{name}` is as now" if isinstance(value, tuple) else f"`{name}` is {_shown(value)}"


def _compared(feature: str, margin: Margin) -> str:
    """Name what sets the chosen action apart in one feature."""
    mine = features_of(margin.chosen).get(feature)
    theirs = features_of(margin.other).get(feature)
    if feature in {"", "action"}:
        return f"`{margin.chosen.name}` rather than `{margin.other.name}`"
    if isinstance(mine, tuple) or isinstance(theirs, tuple):
        return f"the `{feature}` of `{margin.chosen.name}`"
    if mine is None:
        return f"what has no `{feature}`"
    against = "" if theirs is None or theirs == mine else f" rather than {_shown(theirs)}"
    return f"`{feature}` {_shown(mine)}{against}"


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.0f}" if abs(value) >= _THOUSAND else f"{value:.3g}"
    return str(value)


def _person_share(margin: Margin) -> float:
    """Give which share of the margin is this person: 0..1, by size whatever the signs."""
    whole = abs(margin.person) + abs(margin.people)
    return abs(margin.person) / whole if whole > 0 else 0.0


def _share(decision: Decision, margin: Margin) -> list[Reason]:
    """Say how much of the margin is this person ("31 % you")."""
    if decision.person is None or margin.person == margin.people == 0.0:
        return []
    percent = round(100 * _person_share(margin))
    told = f"This was {percent} % you and {100 - percent} % people in general"
    against = margin.people * margin.person < 0 and 0 < percent < 100  # noqa: PLR2004 - all of it
    return [Reason(f"{told}, who lean the other way." if against else f"{told}.", "note")]


def _try(decision: Decision, margin: Margin, moment: Moment) -> Reason:
    """Say that the choice was exploration, and what looked better."""
    low, high = moment.reward_range
    lost = -(margin.people + margin.person) * (high - low)
    neutral = ", and you were treated as somebody new" if decision.mode == "neutral" else ""
    return Reason(
        f"This was a try, to learn: `{margin.other.name}` looked better by {lost:.2g}{neutral}.",
        "exploration",
        -lost,
    )


def _as_new(decision: Decision) -> list[Reason]:
    """Say that the share of decisions taken as for a stranger drew this one, for who is none."""
    if decision.mode == "personal" or not decision.belief:
        return []
    sentence = "You were treated as somebody new here, as now and then; it looked best for you too."
    return [Reason(sentence, "exploration")]


def _forced(decision: Decision) -> list[Reason]:
    if not decision.forced:
        return []
    if agrees(decision) and is_apprentice(decision):
        return [Reason(f"{decision.forced} Penchant would have done the same.", "rule")]
    return [Reason(f"`{decision.drawn}` was drawn, but not done. {decision.forced}", "rule")]


def _removals(removed: Sequence[Removed]) -> list[Reason]:
    """Give a reason for each sentence; what one sentence took out, be it thousands, shares it."""
    by_sentence: dict[str, list[str]] = {}
    for one in removed:
        by_sentence.setdefault(one.sentence, []).append(one.action)
    return [
        Reason(f"{_listed(actions)} left out. {sentence}", "rule")
        for sentence, actions in by_sentence.items()
    ]


def _listed(names: Sequence[str]) -> str:
    """Name the first few, and how many more there are, with the verb that fits.

    Example:
        >>> _listed(["a"]), _listed(["a", "b"]), _listed(["a", "b", "c", "d", "e"])
        ('`a` was', '`a` and `b` were', '`a`, `b`, `c` and 2 more were')
    """
    shown, rest = [f"`{name}`" for name in names[:_SHOWN]], len(names) - _SHOWN
    *first, last = [*shown, f"{rest:,} more"] if rest > 0 else shown
    return f"{', '.join(first)} and {last} were" if first else f"{last} was"


def _what_would_change(
    decision: Decision,
    actions: tuple[Action, ...],
    version: Version,
    encoders: Encoders,
) -> str:
    """Name one thing that would have put another action first, if one thing would.

    First what is known of the person; then each context feature, put back to its usual value.
    """
    expected, personal = np.array(decision.expected), np.array(decision.personal)
    leader = int((expected + personal).argmax())
    stranger = int(expected.argmax())
    if decision.person is not None and stranger != leader:
        first = decision.names[stranger]
        return f"For somebody nothing is known of, `{first}` would have come first."
    own = encoders.own(actions, version)
    if not len(version.own) and own.shape[1] > 1:
        return ""  # own weights that were too many to keep would move with the context
    scaled = version.action.apply(encoders.action.encode_actions(actions))
    now = version.context.apply(encoders.context.encode(decision.context))
    beyond = version.scores(expected) - version.scores(version.rewards(now, scaled, own))
    for name in decision.context:
        rest = {key: value for key, value in decision.context.items() if key != name}
        row = version.context.apply(encoders.context.encode(rest))
        scores = version.scores(version.rewards(row, scaled, own)) + beyond
        other = int((version.link(scores) + personal).argmax())
        if other != leader:
            first = decision.names[other]
            return f"Had `{name}` been as it usually is, `{first}` would have come first."
    return ""
