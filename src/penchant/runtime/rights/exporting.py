"""Exporting: everything about one person, line by line, as it is read from the journal.

Loop: beside it. First the person's facts, each decision with its reasons; then the moments they met
and what many people taught these, so that another instance can go on; last what is inferred.
Rule 1: everything is as it stood at the call; what is kept meanwhile is left out.
Rule 2: memory does not grow with the facts but for what the beliefs are made of.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from penchant.contract.values import encoded
from penchant.errors import UnknownDecision
from penchant.journal import Claimed, Decided, Declared, Fact, Observed, Settled
from penchant.limits import check_id
from penchant.model.numbers import Numbers, numbers_of
from penchant.profile.beliefs import believed, profile_of
from penchant.profile.evidence import Gathering
from penchant.profile.registers import Registers
from penchant.runtime.memory import Memory
from penchant.runtime.rights.portable import (
    SCHEMA,
    VERSION,
    Believed,
    Explained,
    Folded,
    Header,
    Kept,
    Line,
    PersonFact,
    Population,
    PurposeKept,
    line_of,
)
from penchant.runtime.rights.taste import tastes
from penchant.words import Belief, Decision, Moment

__all__ = ["export"]

_RETENTION = "Every line above is kept until the person is forgotten."
_OTHERS = "Every other line above is kept until the person is forgotten."


class _Taken(NamedTuple):
    """What an export shows of an engine, as it stood at the call."""

    at: datetime
    ids: tuple[str, ...]
    registers: Registers
    moments: tuple[Moment, ...]
    numbers: dict[str, Numbers]
    tastes: tuple[Belief, ...]
    readings: tuple[Iterator[Fact], ...]
    folded: tuple[Folded, ...]
    ends: Mapping[str, str]


class _Seen:
    """What the lines at the end are made of, gathered while the facts go by."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.moments: set[str] = set()
        self.channels: set[str] = set()
        self.facts: Counter[str] = Counter()
        self.signals: Counter[str] = Counter()
        self.kinds: set[str] = set()

    def see(self, fact: Fact) -> None:
        """Take a fact in."""
        self.gathering.see(fact)
        self.facts[str(type(fact).__struct_config__.tag)] += 1
        if isinstance(fact, Decided):
            self.moments.add(fact.decision.moment)
        elif isinstance(fact, Observed):
            self.signals[fact.purpose] += bool(fact.purpose)
            self.kinds.add(fact.signal.kind)
        elif isinstance(fact, Claimed | Settled) and fact.channel:
            self.channels.add(fact.channel)


def export(memory: Memory, person: str, *, population: bool) -> Iterator[str]:
    """Give an export, a line at a time; no line of somebody of whom nothing is kept.

    Args:
        memory: Of the engine.
        person: Under any of their ids.
        population: Whether what many people taught goes along.

    Raises:
        BadName: At once, for an id that is none.
    """
    check_id(person, "A person id", memory.limits)
    with memory.lock:
        taken = _take(memory, person, population=population)
    return map(line_of, _lines(memory, taken))


def _take(memory: Memory, person: str, *, population: bool) -> _Taken:
    """Take what is to be exported, under the lock; facts are read as they are asked for."""
    now, ids = memory.now(), memory.people.ids(person)
    lives = memory.moments.values()
    learned = (one for live in lives for one in tastes(live.learning, live.moment, ids, now))
    models = {live.moment.name: live.model for live in lives if live.model.version.number}
    return _Taken(
        now,
        ids,
        memory.people.person(person).registers,
        tuple(live.moment for live in lives),
        {name: numbers_of(one.version, one.vocabulary) for name, one in models.items()}
        if population
        else {},
        tuple(learned),
        tuple(memory.store.read(one) for one in ids),
        _folded(memory, person, now),
        {kind: one.retention for kind, one in memory.packs.kinds.items()},
    )


def _folded(memory: Memory, person: str, at: datetime) -> tuple[Folded, ...]:
    """Give what experts of packs keep of a person, as it is written."""
    latent = memory.people.person(person).latent
    states = latent.states.items() if latent is not None else ()
    return tuple(
        Folded(at, pack, name, msgspec.json.decode(encoded(state)))
        for (pack, name), state in sorted(states)
    )


def _lines(memory: Memory, taken: _Taken) -> Iterator[Line]:
    """Give the lines."""
    seen = _Seen()
    for reading in taken.readings:
        for fact in reading:
            if not seen.facts:
                yield Header(SCHEMA, VERSION, taken.ids[0], taken.ids, taken.at)
            seen.see(fact)
            if isinstance(fact, PersonFact):
                yield fact
            if isinstance(fact, Decided):
                yield _explained(memory, fact.decision)
    if not seen.facts:
        return
    met = [moment for moment in taken.moments if moment.name in seen.moments]
    yield from (Declared(taken.at, moment) for moment in met)
    for name in (moment.name for moment in met if moment.name in taken.numbers):
        yield Population(taken.at, name, taken.numbers[name])
    yield _kept(taken, seen)
    yield from taken.folded
    evidence = seen.gathering.evidence(taken.at)
    beliefs = believed(evidence, now=taken.at, time_zone=taken.registers.time_zone)
    told: Sequence[Belief] = (*beliefs, *taken.tastes)
    yield Believed(taken.at, profile_of(taken.registers, tuple(told), taken.at))


def _retention(taken: _Taken, seen: _Seen) -> str:
    """Say how long the lines are kept; signals of packs end by themselves."""
    ending = [f"`{kind}` for {taken.ends[kind]}" for kind in sorted(seen.kinds & {*taken.ends})]
    if not ending:
        return _RETENTION
    return f"Signals are kept from their time on: {', '.join(ending)}. {_OTHERS}"


def _explained(memory: Memory, decision: Decision) -> Explained:
    """Give the reasons of a decision, or why there are none any more."""
    try:
        with memory.lock:
            return Explained(decision.id, memory.moment(decision.moment).explain(decision))
    except UnknownDecision as lost:
        return Explained(decision.id, sentence=str(lost))


def _kept(taken: _Taken, seen: _Seen) -> Kept:
    """Say for what, for how long and for whom everything is kept."""
    answers = {consent.purpose: consent for consent in taken.registers.consents}
    purposes = sorted({*answers, *seen.signals} - {""})
    return Kept(
        purposes=tuple(
            PurposeKept(
                purpose,
                (answer := taken.registers.answer(purpose)).state,
                answer.dial,
                answer.at,
                answer.until,
                seen.signals[purpose],
                tuple(one.name for one in taken.moments if one.purpose == purpose),
            )
            for purpose in purposes
        ),
        facts=dict(sorted(seen.facts.items())),
        channels=tuple(sorted(seen.channels)),
        retention=_retention(taken, seen),
    )
