"""One person as a page shows them: what each action is expected to bring them, and their facts."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from penchant.errors import UnknownDecision
from penchant.journal import Decided, Learned
from penchant.profile.beliefs import believe, profile_of
from penchant.profile.registers import Registers
from penchant.runtime.insight.readings import Leaning, PersonReading
from penchant.runtime.live_moment import LiveMoment, seen_by
from penchant.runtime.memory import Memory
from penchant.runtime.rights.taste import known_of, tastes
from penchant.words import Belief, Decision, Goal, Reason

__all__ = ["Wanted", "read_person"]

ACTIONS = 6  # pictures of one moment on a page
LONG_AGO = timedelta(days=28)  # half of the shortest half-life of what a profile believes


class Wanted(NamedTuple):
    """How much of a person is asked for.

    `facts` and `decisions` are how many of the latest; with `lately` beliefs are told as of the
    latest fact, where that is so long ago that they have faded since.
    """

    facts: int
    decisions: int
    lately: bool = False


def read_person(memory: Memory, person: str, wanted: Wanted) -> PersonReading | None:
    """Read one person, under any of their ids; None when no fact is kept."""
    with memory.lock:
        ids = memory.people.ids(person)
        registers, now = memory.people.person(person).registers, memory.now()
        moments = [live.moment for live in memory.moments.values()]
    facts = [fact for one in ids for fact in memory.store.read(one)]
    if not facts:
        return None
    facts.sort(key=lambda fact: fact.at)
    decisions = [fact.decision for fact in facts if isinstance(fact, Decided)]
    outcomes = {fact.decision: fact for fact in reversed(facts) if isinstance(fact, Learned)}
    latest_at = facts[-1].at
    told_at = latest_at if wanted.lately and now - latest_at > LONG_AGO else now
    believed = believe(facts, now=told_at, time_zone=registers.time_zone)
    often = Counter(decision.moment for decision in decisions).most_common()
    latest = decisions[: -wanted.decisions - 1 : -1]
    with memory.lock:
        lives = [memory.moment(name) for name, _ in often]
        leanings = [one for live in lives for one in _leanings(memory, live, ids, told_at)]
        tasted = _tastes(memory, ids, told_at)
        told = [(one, outcomes.get(one.id), _reasons(memory, one)) for one in latest]
    return PersonReading(
        person=registers.person,
        at=now,
        told_at=told_at,
        profile=profile_of(registers, (*believed, *tasted), now),
        ids=ids,
        time_zone=registers.time_zone,
        n_facts=len(facts),
        n_decisions=len(decisions),
        n_outcomes=len(outcomes),
        latest_at=latest_at,
        facts=tuple(facts[: -wanted.facts - 1 : -1]),
        decisions=tuple(told),
        leanings=tuple(leanings),
        purposes=tuple(sorted({moment.purpose for moment in moments})),
        goal_purposes=_goal_purposes(registers),
    )


def _goal_purposes(registers: Registers) -> dict[str, str]:
    """Give the purpose each goal was stated under."""
    return {one.noun.name: one.slot[1] for one in registers.held if isinstance(one.noun, Goal)}


def _tastes(memory: Memory, ids: Sequence[str], at: datetime) -> list[Belief]:
    """Give what is known of a person at each moment."""
    return [
        one
        for live in memory.moments.values()
        for one in tastes(live.learning, live.moment, ids, at)
    ]


def _reasons(memory: Memory, decision: Decision) -> tuple[Reason, ...]:
    """Give the reasons of a decision; none where its version was lost."""
    try:
        return memory.moment(decision.moment).explain(decision).reasons
    except UnknownDecision:
        return ()


def _leanings(memory: Memory, live: LiveMoment, ids: Sequence[str], at: datetime) -> list[Leaning]:
    """Give what each action of a moment is expected to bring, for people and for this person.

    Circumstances are the usual ones. How people differ is the prior along the action; what is not
    known of the person is their posterior along it. Where they said what a feature adds, that
    stands in the place of what was learned; where use is restricted, what is kept is shown.
    """
    version, seconds = live.model.version, at.timestamp()
    if not version.rank:
        return []
    choices, usual = live.choices(()), version.context.apply(live.context_row({}))
    expected = version.rewards(usual, choices.scaled, choices.own)
    differ = np.sqrt(choices.seen**2 @ version.prior)
    mine, (mean, covariance), said = seen_by(live, memory.people.person(ids[0]), choices, seconds)
    kept = None if said else known_of(live.learning, ids, seconds)
    if kept is not None:
        mean, covariance = kept.posterior
    own = mine.seen @ mean
    unsure = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", mine.seen, covariance, mine.seen), 0.0))
    order = np.argsort(-np.abs(own), kind="stable")[:ACTIONS].tolist()
    return [
        Leaning(
            moment=live.moment.name,
            action=choices.names[place],
            people=float(expected[place]),
            people_sd=float(differ[place]),
            mean=float(expected[place] + own[place]),
            sd=float(unsure[place]),
        )
        for place in sorted(order)
    ]
