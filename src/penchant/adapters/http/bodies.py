"""What comes in and goes out as JSON, typed.

The hot routes decode into these, and the description of the service (`openapi`) is made of them.

Rule: a field has the name of the noun's field in `words`; a field that is not known is an error.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from penchant.words import Action, Consent, Position, Reason, Removed, Value

__all__ = [
    "Ask",
    "AskMany",
    "AskSlate",
    "AskSlates",
    "DecisionAnswer",
    "DecisionMany",
    "DecisionRecord",
    "Health",
    "Kept",
    "KeptMany",
    "Link",
    "Number",
    "Opinion",
    "OutcomeMany",
    "OutcomeOne",
    "RefusedItem",
    "SignalMany",
    "SignalOne",
    "SlateAnswer",
    "SlateMany",
]

Number = bool | int | float | str | list[float]
"""A value of a feature, or of a signal's data."""


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """One question: what to do at a moment, for a person (null: for people in general).

    `actions` are candidates known only now; a name alone is the declared action of that name.
    """

    moment: str
    person: str | None = None
    context: dict[str, Number] = {}
    actions: list[str | Action] | None = None


class AskMany(Struct, frozen=True, forbid_unknown_fields=True):
    """Many questions; each is answered in its place."""

    items: list[Ask]


class AskSlate(Ask, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question for several actions that are shown together: `k` positions at most."""

    k: int


class AskSlates(Struct, frozen=True, forbid_unknown_fields=True):
    """Many questions for slates; each is answered in its place."""

    items: list[AskSlate]


class SignalOne(Struct, frozen=True, forbid_unknown_fields=True):
    """A fact seen about one person at one time; kept only under a purpose they granted."""

    kind: str
    person: str = ""
    at: str | None = None
    data: dict[str, Number] = {}
    nature: Literal["explicit", "implicit", "contextual", "sensed"] = "implicit"
    source: str = ""
    id: str = ""
    purpose: str | None = None


class SignalMany(Struct, frozen=True, forbid_unknown_fields=True):
    """Many signals under one purpose, where they do not say another."""

    items: list[SignalOne]
    purpose: str | None = None


class OutcomeOne(Struct, frozen=True, forbid_unknown_fields=True):
    """What followed a decision: a reward, or the name of the moment's outcome."""

    decision: str
    reward: float | None = None
    outcome: str | None = None


class OutcomeMany(Struct, frozen=True, forbid_unknown_fields=True):
    """What followed many decisions."""

    items: list[OutcomeOne]


class Kept(Struct, frozen=True):
    """Whether what was sent is kept, and where not, why."""

    kept: bool
    sentence: str | UnsetType = UNSET


class KeptMany(Struct, frozen=True):
    """The same for each item of a batch, in order."""

    items: list[Kept]


class DecisionAnswer(Struct, frozen=True):
    """A decision: the action, how probable each permitted one was, and on request why."""

    id: str
    moment: str
    person: str | None
    at: datetime
    action: Action
    propensity: float
    mode: Literal["personal", "neutral"]
    propensities: dict[str, float]
    note: str
    reasons: tuple[Reason, ...] | UnsetType = UNSET


class DecisionRecord(DecisionAnswer, frozen=True, kw_only=True):
    """A decision with all that is kept of it: what was compared, removed, and under which yes."""

    neutral_propensities: dict[str, float]
    executed: bool
    forced: str
    removed: tuple[Removed, ...]
    context: dict[str, Value]
    consent: Consent | None
    version: int
    opened_by: str
    position: Position | None = None


class SlateAnswer(Struct, frozen=True):
    """A slate: its decisions, the top one first, each with an id to learn by."""

    id: str
    decisions: list[DecisionAnswer]


class RefusedItem(Struct, frozen=True):
    """An item of a batch that was not decided, and why."""

    refused: str


_EITHER = {
    "items": {
        "anyOf": [
            {"$ref": "#/components/schemas/DecisionAnswer"},
            {"$ref": "#/components/schemas/RefusedItem"},
        ]
    }
}


class DecisionMany(Struct, frozen=True):
    """Decisions in the order of the questions."""

    items: Annotated[list[Any], Meta(extra_json_schema=_EITHER)]


_EITHER_SLATE = {
    "items": {
        "anyOf": [
            {"$ref": "#/components/schemas/SlateAnswer"},
            {"$ref": "#/components/schemas/RefusedItem"},
        ]
    }
}


class SlateMany(Struct, frozen=True):
    """Slates in the order of the questions."""

    items: Annotated[list[Any], Meta(extra_json_schema=_EITHER_SLATE)]


class Opinion(Struct, frozen=True, forbid_unknown_fields=True):
    """A person's answer for a purpose: yes or no, the greatest burden they allow, until when."""

    granted: bool
    dial: float = 1.0
    until: str | None = None


class Link(Struct, frozen=True):
    """The path of a link that opens the console once."""

    path: str


class Health(Struct, frozen=True):
    """Whether the service serves, and what an acknowledged fact survives."""

    ok: bool
    version: str
    durability: str
