"""Outcomes that packs read from signals: what followed a decision, without anybody saying so.

Loop: Learn. A pack says which signal follows which moment, how long after, and which of its fields
must agree with the action (`declarations.Outcomes`).
Rule: the first signal that fits counts; a decision is learned from once, like any.
"""

from collections.abc import Sequence
from datetime import datetime

from penchant.contract.declarations import Outcomes
from penchant.journal import Fact, Observed
from penchant.limits import seconds
from penchant.runtime.learning import Given, learn_all
from penchant.runtime.memory import Memory
from penchant.words import Decision, Signal

__all__ = ["learn_from"]

_ACTION = "action"


def learn_from(memory: Memory, facts: Sequence[Fact], now: datetime) -> None:
    """Learn what signals say of decisions that wait."""
    given: list[Given] = []
    with memory.lock:
        for fact in facts:
            if isinstance(fact, Observed):
                for rule in memory.packs.outcomes.get(fact.signal.kind, ()):
                    given += _following(memory, fact, rule)
    if given:
        learn_all(memory, given, now)


def _following(memory: Memory, fact: Observed, rule: Outcomes) -> list[Given]:
    """Give the rewards that a signal brings, for the decisions it follows."""
    reward = fact.signal.data.get(rule.reward)
    if not isinstance(reward, bool | int | float):
        return []
    waiting = [
        one
        for person in memory.people.ids(fact.person)
        for one in memory.pending.waiting(person, rule.moment)
    ]
    return [(one.id, float(reward), None) for one in waiting if _follows(fact, rule, one)]


def _follows(fact: Observed, rule: Outcomes, decision: Decision) -> bool:
    """Tell whether a signal is what a decision waits for."""
    after = seconds(rule.after) if rule.after else 0.0
    if (fact.at - decision.at).total_seconds() < after:
        return False
    return all(_same(fact.signal, field, decision, of) for field, of in rule.same.items())


def _same(signal: Signal, field: str, decision: Decision, of: str) -> bool:
    action = decision.action
    told = action.name if of == _ACTION else action.features.get(of, decision.context.get(of))
    return field in signal.data and signal.data[field] == told
