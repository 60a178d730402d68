"""A person's facts in words, the latest first."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from penchant.adapters.console.wording import code, pairs, three
from penchant.journal import Claimed, Consented, Decided, Fact, Learned, Linked, Observed, Settled
from penchant.runtime.insight.readings import PersonReading

__all__ = ["Event", "timeline"]


SETTLED: Mapping[str, str] = {
    "sent": "sent",
    "returned": "not sent, and it may be yet",
    "refused": "not sent, as the person no longer agrees to it",
    "failed": "could not be sent",
    "expired": "not sent in time",
    "unknown": "may have been sent; it is not sent again",
}
"""What became of a decision that was to be brought to its person."""


class Event(NamedTuple):
    """One fact: when, of which sort, in words, and the decision it belongs to."""

    at: datetime
    sort: str
    what: Markup
    decision: str = ""


def timeline(reading: PersonReading) -> list[Event]:
    """Give the latest facts in words; a sort that is not known is left out."""
    return [WORDS[type(fact)](fact) for fact in reading.facts if type(fact) in WORDS]


def _observed(fact: Observed) -> Event:
    data = pairs(fact.signal.data)
    said = Markup("<code>{}</code> {}") if data else Markup("<code>{}</code>{}")
    return Event(fact.signal.at or fact.at, "signal", said.format(fact.signal.kind, data))


def _consented(fact: Consented) -> Event:
    consent = fact.consent
    state = consent.state.replace("_", " ")
    said = Markup("<code>{}</code> {}, dial {}").format(consent.purpose, state, three(consent.dial))
    return Event(fact.at, "consent", said)


def _decided(fact: Decided) -> Event:
    one = fact.decision
    said = Markup("<code>{}</code> at <code>{}</code>").format(one.action.name, one.moment)
    return Event(fact.at, "decision", said, one.id)


def _learned(fact: Learned) -> Event:
    missing = ", as nothing came in time" if fact.origin == "missing" else ""
    said = Markup("reward {} at <code>{}</code>{}").format(three(fact.reward), fact.moment, missing)
    return Event(fact.at, "outcome", said, fact.decision)


def _claimed(fact: Claimed) -> Event:
    said = Markup("taken to be sent by <code>{}</code>").format(fact.channel)
    return Event(fact.at, "delivery", said, fact.decision)


def _settled(fact: Settled) -> Event:
    sentence = f": {fact.sentence}" if fact.sentence else ""
    said = Markup("{}{}").format(SETTLED[fact.how], sentence)
    return Event(fact.at, "delivery", said, fact.decision)


def _linked(fact: Linked) -> Event:
    told = f"known to be `{fact.to}`" if fact.to else "known apart again"
    return Event(fact.at, "identity", code(told))


WORDS: Mapping[type[Fact], Callable[[Any], Event]] = {
    Observed: _observed,
    Consented: _consented,
    Decided: _decided,
    Learned: _learned,
    Claimed: _claimed,
    Settled: _settled,
    Linked: _linked,
}
"""How each sort of fact is said."""
