"""Counting: what many decisions, one by one or in columns, add to the tallies of their days.

Words of a count: `nobody` was named; `no consent: <why>`, where nothing was personalised;
`personal` and `neutral`, how a person's answer was drawn; `forced`, what was drawn was not done;
`removed`, an action was taken out, and `rule: <name>`, by which guardrail.
Rule: keys are made for all first and counted at once; what a decision does not have costs nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.guard.consent import consent_refusal
from penchant.journal import Learned
from penchant.learn.confidence import Outcomes, outcomes_of, summed
from penchant.learn.pending import Open
from penchant.runtime.columns import DecidedColumns, LearnedColumns
from penchant.words import Decision

__all__ = [
    "CANDIDATES",
    "DAY",
    "MINUTE",
    "Key",
    "counted",
    "counted_columns",
    "followed",
    "followed_columns",
    "why_not_personal",
]

Floats = NDArray[np.float64]

DAY = 86_400
MINUTE = 60
CANDIDATES = "(given with the call)"
"""Stands for actions that were not declared: their names may say something of a person."""


class Key(NamedTuple):
    """What is counted: on which day, what, and of which action ("" for the decision itself)."""

    day: int
    what: str
    action: str = ""


def why_not_personal(decision: Decision) -> str:
    """Say in a word why a decision is not one for a person; "" when it is.

    Returns:
        `nobody`, or `no consent: ` and the state of consent, or `no consent: dial`.
    """
    consent = decision.consent
    if consent is None or decision.person is None:
        return "nobody" if decision.person is None else "no consent: not_asked"
    if consent.state == "granted" and consent.until is None and consent.dial > 0:
        return ""
    if not consent_refusal(consent, decision.at):
        return ""
    if consent.state != "granted":
        return f"no consent: {consent.state}"
    return "no consent: expired" if consent.dial > 0 else "no consent: dial"


def counted(
    decisions: Sequence[Decision], times: Sequence[int], names: frozenset[str]
) -> Counter[Key]:
    """Count decisions of one moment.

    Args:
        decisions: As recorded.
        times: When each was taken, in whole seconds.
        names: Of the declared actions.
    """
    keys = [
        Key(at // DAY, why_not_personal(one) or one.mode, one.drawn or one.action.name)
        for one, at in zip(decisions, times, strict=True)
    ]
    count = Counter(keys)
    count.update(_rare(decisions, times))
    return _declared_only(count, names)


def _rare(decisions: Sequence[Decision], times: Sequence[int]) -> Iterator[Key]:
    """Give the keys of what most decisions do not have."""
    for one, at in zip(decisions, times, strict=True):
        if one.forced:
            yield Key(at // DAY, "forced")
        if one.removed:
            yield Key(at // DAY, "removed")
            for rule in {removed.rule for removed in one.removed}:
                yield Key(at // DAY, f"rule: {rule}")
            for removed in one.removed:
                yield Key(at // DAY, f"rule: {removed.rule}", removed.action)


def _declared_only(count: Counter[Key], names: frozenset[str]) -> Counter[Key]:
    """Put the actions together that were not declared."""
    whole: Counter[Key] = Counter()
    for key, n in count.items():
        known = key.action in names or not key.action
        whole[key if known else key._replace(action=CANDIDATES)] += n
    return whole


def counted_columns(block: DecidedColumns) -> Counter[Key]:
    """Count decisions in columns."""
    made, places, is_neutral = block.made, block.chosen, block.is_neutral
    day, width = int(made.at.timestamp()) // DAY, len(made.choices.names)
    count: Counter[Key] = Counter()
    for how, mask in (("neutral", is_neutral), ("personal", ~is_neutral)):
        times = np.bincount(places[mask], minlength=width).tolist()
        named = zip(made.choices.names, times, strict=True)
        count.update({Key(day, how, name): n for name, n in named if n})
    return count


def followed(pairs: Iterable[tuple[Open, Learned]]) -> dict[tuple[str, int], Outcomes]:
    """Sum outcomes by moment and day of the decision.

    Left out is what compares nothing: forced decisions, and those that were not for a person.
    """
    groups: dict[tuple[str, int, int], list[tuple[Open, Learned]]] = {}
    for pair in pairs:
        decision = pair[0].decision
        if not decision.forced and not why_not_personal(decision):
            day = int(decision.at.timestamp()) // DAY
            groups.setdefault((decision.moment, day, len(decision.names)), []).append(pair)
    parts: dict[tuple[str, int], list[Outcomes]] = {}
    for (moment, day, _), some in groups.items():
        parts.setdefault((moment, day), []).append(_sums(some))
    return {key: summed(some) for key, some in parts.items()}


def _sums(pairs: Sequence[tuple[Open, Learned]]) -> Outcomes:
    """Sum the outcomes of decisions over equally many actions."""
    weights = np.array([one.decision.weights for one, _ in pairs])
    neutral = np.array([one.decision.neutral for one, _ in pairs])
    places = np.array([one.place for one, _ in pairs])
    return _weighed(np.array([fact.scaled for _, fact in pairs]), weights, neutral, places)


def followed_columns(learned: LearnedColumns) -> Outcomes:
    """Sum outcomes in columns, all of one moment and day."""
    weighed, rows = learned.decided.weighed, learned.places
    chosen, is_all = learned.decided.chosen[rows], len(rows) == len(learned.decided)
    weights, neutral = (
        column if is_all else column[rows] for column in (weighed.weights, weighed.neutral)
    )
    return _weighed(learned.scaled, weights, neutral, chosen)


def _weighed(
    rewards: Floats, weights: Floats, neutral: Floats, places: NDArray[np.int64]
) -> Outcomes:
    """Weigh outcomes by how likelier the neutral answer was to do the same.

    Where it would do what never is done the weight is endless; 0 / 0 counts as 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(neutral > 0, neutral / weights, 0.0)
    return outcomes_of(
        rewards,
        ratios[np.arange(len(places)), places],
        np.maximum((neutral * ratios).sum(axis=1) - 1.0, 0.0),
        np.maximum(ratios.max(axis=1) - 1.0, 1.0 - ratios.min(axis=1)),
    )
