"""A person's facts in words, the latest first."""

from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from penchant.adapters.console.wording import code, pairs, three
from penchant.journal import Consented, Decided, Fact, Learned, Linked, Observed
from penchant.runtime.readings import PersonReading
from penchant.words import Signal

__all__ = ["Event", "timeline"]


class Event(NamedTuple):
    """One fact: when, of which sort, in words, and the decision it belongs to."""

    at: datetime
    sort: str
    what: Markup
    decision: str = ""


def timeline(reading: PersonReading) -> list[Event]:
    """Give the latest facts in words; a sort that is not known is left out."""
    told = (_event(fact) for fact in reading.facts)
    return [one for one in told if one is not None]


def _event(fact: Fact) -> Event | None:
    if isinstance(fact, Observed):
        return Event(fact.signal.at or fact.at, "signal", _signal(fact.signal))
    if isinstance(fact, Consented):
        consent = fact.consent
        state = consent.state.replace("_", " ")
        said = Markup("<code>{}</code> {}, dial {}")
        return Event(fact.at, "consent", said.format(consent.purpose, state, three(consent.dial)))
    if isinstance(fact, Decided):
        one = fact.decision
        said = Markup("<code>{}</code> at <code>{}</code>").format(one.action.name, one.moment)
        return Event(fact.at, "decision", said, one.id)
    if isinstance(fact, Learned):
        missing = ", as nothing came in time" if fact.origin == "missing" else ""
        said = Markup("reward {} at <code>{}</code>{}")
        return Event(
            fact.at, "outcome", said.format(three(fact.reward), fact.moment, missing), fact.decision
        )
    if isinstance(fact, Linked):
        told = f"known to be `{fact.to}`" if fact.to else "known apart again"
        return Event(fact.at, "identity", code(told))
    return None


def _signal(signal: Signal) -> Markup:
    data = pairs(signal.data)
    said = Markup("<code>{}</code> {}") if data else Markup("<code>{}</code>{}")
    return said.format(signal.kind, data)
