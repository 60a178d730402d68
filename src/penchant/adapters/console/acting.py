"""What a person's page can change: answers, limits, goals; and forgetting, with the id typed.

Every change is a verb of the engine that anybody could call; nothing is done here that the engine
would not do. Rule: refusing takes as little as accepting, and is never asked twice.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from penchant.adapters.console.forms import BadForm
from penchant.engine import Engine
from penchant.errors import BadInput
from penchant.words import Accepted, Receipt, Refused, Signal

__all__ = ["DONE", "Changed", "change", "forget"]

DONE: Mapping[str, str] = {
    "granted": "The yes is kept. It holds from the next decision on.",
    "refused": "The no is kept. It holds from the next decision on.",
    "stated": "The rule is kept. It holds from the next decision on.",
    "lifted": "The rule is lifted.",
    "dropped": "The goal is dropped.",
    "restricted": "What is kept about them is not used from now on.",
    "released": "What is kept about them is used again.",
    "uncorrected": "The correction is taken back; what was learned holds again.",
}
"""What is said after a change, by the word in the page's address."""


class Changed(NamedTuple):
    """A change that was kept: a key of `DONE`, and the part of the page it belongs to."""

    done: str
    part: str


Verb = Callable[[Engine, str, Mapping[str, str]], tuple[Accepted | Refused, Changed]]


def change(engine: Engine, fields: Mapping[str, str]) -> Changed:
    """Do what a form asks for.

    Raises:
        BadForm: When the form asks for nothing that is known, or the engine does not take it.
    """
    person, wanted = fields.get("id", ""), fields.get("do", "")
    verb = VERBS.get(wanted)
    if verb is None:
        raise BadForm("The form asks for nothing that this page can do.")
    try:
        answer, changed = verb(engine, person, fields)
    except BadInput as wrong:
        raise BadForm(str(wrong), 422) from None
    if isinstance(answer, Refused):
        raise BadForm(answer.sentence, 409)
    return changed


def forget(engine: Engine, fields: Mapping[str, str]) -> Receipt:
    """Forget a person whose id was typed.

    Raises:
        BadForm: When what was typed is not the id.
    """
    person = fields.get("id", "")
    if not person or fields.get("typed", "") != person:
        raise BadForm("What was typed is not this person's id, so nobody was forgotten.", 422)
    return engine.forget(person)


def _consent(
    engine: Engine, person: str, fields: Mapping[str, str]
) -> tuple[Accepted | Refused, Changed]:
    granted = fields.get("answer") == "grant"
    if not granted and fields.get("answer") != "refuse":
        raise BadForm("The form says neither yes nor no.")
    purpose = fields.get("purpose", "")
    dial = _dial(fields.get("dial", "")) if granted else 0.0
    answer = engine.consent(person, purpose, granted=granted, dial=dial)
    return answer, Changed("granted" if granted else "refused", "consent")


def _dial(typed: str) -> float:
    try:
        return float(typed)
    except ValueError:
        raise BadForm("The dial must be a number from 0 to 1.", 422) from None


def _state(
    engine: Engine, person: str, fields: Mapping[str, str]
) -> tuple[Accepted | Refused, Changed]:
    """State a never: the words, and what it holds against; empty conditions are left out."""
    conditions = ("action", "channel", "start", "end")
    text = fields.get("text", "").strip()
    data = {"name": text, "text": text}
    data |= {name: fields[name].strip() for name in conditions if fields.get(name, "").strip()}
    signal = Signal("never.stated", person, data=data, nature="explicit", source="console")
    return engine.observe(signal), Changed("stated", "nevers")


def _drop(
    engine: Engine, person: str, fields: Mapping[str, str]
) -> tuple[Accepted | Refused, Changed]:
    data = {"name": fields.get("name", "")}
    signal = Signal("goal.dropped", person, data=data, nature="explicit", source="console")
    purpose = fields.get("purpose", "")
    return engine.observe(signal, purpose=purpose or None), Changed("dropped", "goals")


def _said(kind: str, changed: Changed, *names: str) -> Verb:
    """Give the verb that makes a statement out of some fields."""

    def verb(
        engine: Engine, person: str, fields: Mapping[str, str]
    ) -> tuple[Accepted | Refused, Changed]:
        data = {name: fields.get(name, "") for name in names}
        signal = Signal(kind, person, data=data, nature="explicit", source="console")
        return engine.observe(signal), changed

    return verb


VERBS: Mapping[str, Verb] = {
    "consent": _consent,
    "state": _state,
    "lift": _said("never.lifted", Changed("lifted", "nevers"), "name"),
    "drop": _drop,
    "restrict": _said("person.restricted", Changed("restricted", "restrict")),
    "release": _said("person.unrestricted", Changed("released", "restrict")),
    "uncorrect": _said("belief.uncorrected", Changed("uncorrected", "corrections"), "belief"),
}
"""What a form can ask for, by its field `do`."""
