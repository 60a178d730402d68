"""One decision as a page shows it: what followed, why, and the way from the neutral answer.

Rule: everything is read from the record of the decision and the version it names.
"""

from collections.abc import Iterable
from itertools import islice

import numpy as np

from penchant.decide.contributions import Part, margin_of
from penchant.errors import UnknownDecision
from penchant.journal import NOBODY, Fact, Learned
from penchant.model.encoding import features_of
from penchant.model.version import Version
from penchant.runtime.insight.readings import DecisionReading, Step, Waterfall
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.memory import Memory
from penchant.words import Action, Decision, Explanation

__all__ = ["outcome_among", "read_decision"]

ROWS = 7
ROUNDING = 1e-9
TRIFLE = 0.01  # a part below this share of all parts is not worth a row
FACTS = 20_000  # of nobody's stream, which may be long, only so many are looked through


def read_decision(memory: Memory, decision_id: str) -> DecisionReading:
    """Read one decision.

    Raises:
        UnknownDecision: When no decision of that id is kept.
    """
    decision = memory.store.find(decision_id)
    if decision is None:
        msg = f"No decision `{decision_id[:64]}` is kept. Was its person forgotten?"
        raise UnknownDecision(msg)
    facts = islice(memory.store.read(decision.person or NOBODY), None if decision.person else FACTS)
    outcome = outcome_among(facts, decision.id)
    with memory.lock:
        live, now = memory.moment(decision.moment), memory.now()
        explanation, unexplained = _explained(live, decision)
        version = None if unexplained else live.learning.versions[decision.version]
        waterfall = None if version is None else _waterfall(live, decision, version)
        moments = [moment for at, moment in live.declared if at <= decision.at]
        return DecisionReading(
            at=now,
            decision=decision,
            moment=moments[-1] if moments else live.moment,
            outcome=outcome,
            is_open=outcome is None and decision.at.timestamp() + live.window >= now.timestamp(),
            explanation=explanation,
            unexplained=unexplained,
            waterfall=waterfall,
        )


def outcome_among(facts: Iterable[Fact], decision_id: str) -> Learned | None:
    """Give the first outcome of a decision among some facts."""
    return next(
        (fact for fact in facts if isinstance(fact, Learned) and fact.decision == decision_id),
        None,
    )


def _explained(live: LiveMoment, decision: Decision) -> tuple[Explanation | None, str]:
    try:
        return live.explain(decision), ""
    except UnknownDecision as lost:
        return None, str(lost)


def _waterfall(live: LiveMoment, decision: Decision, version: Version) -> Waterfall | None:
    """Split what sets the chosen action apart from the neutral answer, else from the runner-up.

    Where the neutral answer is the chosen one there is nothing between them, so the chosen one is
    held against what would have come next.
    """
    names, chosen = decision.names, decision.drawn or decision.action.name
    if len(names) < 2 or not decision.expected:  # noqa: PLR2004 - two make a way
        return None
    scores = np.array(decision.expected) + np.array(decision.personal)
    place = names.index(chosen)
    neutral = int(np.argmax(decision.neutral))
    rest = np.where(np.arange(len(names)) == place, -np.inf, scores)
    other = neutral if neutral != place else int(rest.argmax())
    pair = (_action(live, decision, chosen), _action(live, decision, names[other]))
    margin = margin_of(decision, pair, version, live.encoders)
    return Waterfall(
        other=names[other],
        other_is_neutral=neutral != place,
        start=float(scores[other]),
        steps=_steps(margin.parts, float(scores[place] - scores[other]), pair),
        chosen=chosen,
        end=float(scores[place]),
    )


def _steps(parts: tuple[Part, ...], whole: float, pair: tuple[Action, Action]) -> tuple[Step, ...]:
    """Give the largest parts, and what is left as the rest; a trifle goes with the rest.

    What an action has beyond its features has no feature: "".
    """
    sums: dict[tuple[str, str, str], float] = {}
    for part in parts:
        key = (part.source, "" if part.feature == "action" else part.feature, part.context)
        sums[key] = sums.get(key, 0.0) + part.amount
    order = sorted(sums.items(), key=lambda one: -abs(one[1]))
    least = TRIFLE * sum(map(abs, sums.values()))
    mine, theirs = (features_of(action) for action in pair)
    told = [
        Step(*key, amount, mine.get(key[1]), theirs.get(key[1]))
        for key, amount in order[:ROWS]
        if abs(amount) > least
    ]
    rest = whole - sum(step.amount for step in told)
    return (*told, Step("", "", "", rest)) if abs(rest) > ROUNDING else tuple(told)


def _action(live: LiveMoment, decision: Decision, name: str) -> Action:
    given = (*decision.candidates, *live.actions)
    return next((action for action in given if action.name == name), Action(name))
