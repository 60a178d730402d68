"""What a person states: traits, goals, nevers, corrections, consent, as nouns of `words.py`.

They stand in a file of their own because a reader of the loop does not need them; `words.py` gives
them out. Rule: the latest of a name wins; what it means is said where it enters (`signals/`).
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from penchant.frozen_map import Value

__all__ = ["Consent", "ConsentState", "Correction", "Goal", "Never", "Trait"]


class Trait(Struct, frozen=True):
    """A stated or imported fact about a person; the latest wins."""

    name: str
    value: Value
    at: datetime


class Goal(Struct, frozen=True):
    """What a person wants to reach or become, stated by them; `progress` is 0..1."""

    name: str
    text: str
    at: datetime
    progress: float = 0.0


class Never(Struct, frozen=True):
    """A person's standing rule; an action that meets every condition given here is removed.

    `text` are the person's words. Conditions: an action's name, a feature and its value, a
    channel, hours of the person's day from `start` to `end` ("22:00" to "07:00").
    """

    name: str
    text: str
    at: datetime
    action: str = ""
    feature: str = ""
    equals: Value = True
    channel: str = ""
    start: str = ""
    end: str = ""


class Correction(Struct, frozen=True, rename={"value": "is"}):
    """What a person said a belief about them is; it holds whatever is learned."""

    belief: str
    value: bool | float | int | str
    at: datetime


ConsentState = Literal["granted", "denied", "withdrawn", "expired", "not_asked", "restricted"]


class Consent(Struct, frozen=True):
    """One person's answer for one purpose, and the dial: the greatest burden allowed, 0..1.

    `restricted` stands in decisions taken while the person restricts all use, whatever the answer.
    """

    purpose: str
    state: ConsentState = "not_asked"
    dial: float = 0.0
    at: datetime | None = None
    until: datetime | None = None
