"""One person as a page shows them: what each action is expected to bring them, and their facts."""

from collections import Counter
from datetime import datetime

import numpy as np

from penchant.errors import UnknownDecision
from penchant.journal import Decided, Learned
from penchant.runtime.live_moment import LiveMoment, seen_by
from penchant.runtime.live_person import LivePerson
from penchant.runtime.memory import Memory
from penchant.runtime.readings import Leaning, PersonReading
from penchant.words import Decision, Goal, Reason

__all__ = ["read_person"]

ACTIONS = 6  # pictures of one moment on a page


def read_person(
    memory: Memory, person: str, n_facts: int, n_decisions: int
) -> PersonReading | None:
    """Read one person; None when no fact of that id is kept.

    Args:
        memory: Of the engine.
        person: Under any of their ids.
        n_facts: How many of the latest facts to give.
        n_decisions: How many of the latest decisions to give.
    """
    with memory.lock:
        ids = memory.people.ids(person)
        registers, now = memory.people.person(person).registers, memory.now()
    facts = [fact for one in ids for fact in memory.store.read(one)]
    if not facts:
        return None
    facts.sort(key=lambda fact: fact.at)
    decisions = [fact.decision for fact in facts if isinstance(fact, Decided)]
    outcomes = {fact.decision: fact for fact in reversed(facts) if isinstance(fact, Learned)}
    with memory.lock:
        someone = memory.people.person(person)
        often = Counter(decision.moment for decision in decisions).most_common()
        leanings = [
            one for name, _ in often for one in _leanings(memory.moment(name), someone, now)
        ]
        latest = decisions[: -n_decisions - 1 : -1]
        told = [(one, outcomes.get(one.id), _reasons(memory, one)) for one in latest]
        purposes = {live.moment.purpose for live in memory.moments.values()}
    return PersonReading(
        person=registers.person,
        at=now,
        ids=ids,
        time_zone=registers.time_zone,
        n_facts=len(facts),
        n_decisions=len(decisions),
        n_outcomes=len(outcomes),
        first_at=facts[0].at,
        facts=tuple(facts[: -n_facts - 1 : -1]),
        decisions=tuple(told),
        leanings=tuple(leanings),
        purposes=tuple(sorted(purposes)),
        goal_purposes={
            one.noun.name: one.slot[1] for one in registers.held if isinstance(one.noun, Goal)
        },
    )


def _reasons(memory: Memory, decision: Decision) -> tuple[Reason, ...]:
    """Give the reasons of a decision; none where its version was lost."""
    try:
        return memory.moment(decision.moment).explain(decision).reasons
    except UnknownDecision:
        return ()


def _leanings(live: LiveMoment, someone: LivePerson, now: datetime) -> list[Leaning]:
    """Give what each action of a moment is expected to bring, for people and for this person.

    Circumstances are the usual ones. How people differ is the prior along the action; what is not
    known of the person is their posterior along it.
    """
    name, version = live.moment.name, live.model.version
    if not version.rank:
        return []
    slate, usual = live.slate(()), version.context.apply(live.context_row({}))
    expected = version.rewards(usual, slate.scaled) + slate.own
    told, posterior, _ = seen_by(live, someone, slate, now.timestamp())
    own = told.seen @ posterior.mean
    unsure = np.sqrt(np.einsum("ij,jk,ik->i", told.seen, posterior.covariance, told.seen))
    differ = np.sqrt(slate.seen**2 @ version.prior)
    order = np.argsort(-np.abs(own), kind="stable")[:ACTIONS].tolist()
    return [
        Leaning(
            moment=name,
            action=slate.names[place],
            people=float(expected[place]),
            people_sd=float(differ[place]),
            mean=float(expected[place] + own[place]),
            sd=float(unsure[place]),
        )
        for place in sorted(order)
    ]
