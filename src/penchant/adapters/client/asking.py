"""What is asked of a service and how its answer is read: values only, nothing is sent here.

Rule 1: a verb is one function, whatever sends it; `Client` and `AsyncClient` share all of them.
Rule 2: a noun travels under its own field names, and comes back as that noun.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote

import msgspec

from penchant.adapters.http.bodies import DecisionAnswer, Kept, KeptMany, SlateAnswer
from penchant.errors import (
    BadInput,
    PenchantError,
    ServiceBusy,
    ServiceFailed,
    ServiceRefused,
)
from penchant.journal import as_plain
from penchant.runtime.rights.portable import Imported
from penchant.words import (
    Accepted,
    Action,
    Explanation,
    Moment,
    Profile,
    Receipt,
    Refused,
    Signal,
)

__all__ = [
    "Asking",
    "consent",
    "decide",
    "decide_many",
    "decide_slate",
    "declare",
    "explain",
    "export",
    "failure",
    "forget",
    "import_",
    "learn",
    "learn_many",
    "moments",
    "observe",
    "observe_many",
    "profile",
]

T = TypeVar("T")

_encoder = msgspec.json.Encoder(enc_hook=as_plain)
_JSON = "application/json"
_LINES = "application/x-ndjson"


class Asking(NamedTuple, Generic[T]):
    """One request, and how its answer is read; `may_repeat`: a repeat has no second effect."""

    method: str
    path: str
    read: Callable[[bytes], T]
    body: bytes | None = None
    content_type: str = _JSON
    has_key: bool = False

    @property
    def may_repeat(self) -> bool:
        """Whether it may be sent again when nobody knows what became of it."""
        return self.has_key or self.method in {"GET", "PUT"}


def observe(signal: Signal, purpose: str | None) -> Asking[Accepted | Refused]:
    """Ask to keep a signal."""
    body = {**_signal(signal), "purpose": purpose}
    return _post("/v1/signals", body, lambda answer: _kept(_read(answer, Kept)))


def observe_many(
    signals: Iterable[Signal], purpose: str | None
) -> Asking[list[Accepted | Refused]]:
    """Ask to keep signals."""
    body = {"items": [_signal(one) for one in signals], "purpose": purpose}
    return _post("/v1/signals", body, _all_kept)


def decide(
    moment: str,
    person: str | None,
    context: Mapping[str, Any],
    actions: Iterable[Action | str] | None,
    *,
    reasons: bool,
) -> Asking[DecisionAnswer]:
    """Ask for a decision.

    Example:
        >>> asking = decide("home.hero", "ada", {"hour": 9}, None, reasons=False)
        >>> asking.method, asking.path, asking.body
        ('POST', '/v1/decisions', b'{"moment":"home.hero","person":"ada","context":{"hour":9}}')
    """
    body: dict[str, object] = {"moment": moment, "person": person, "context": dict(context)}
    if actions is not None:
        body["actions"] = tuple(actions)
    path = "/v1/decisions?reasons=true" if reasons else "/v1/decisions"
    return _post(path, body, lambda answer: _read(answer, DecisionAnswer))


def decide_many(items: Sequence[Mapping[str, Any]]) -> Asking[list[DecisionAnswer | Refused]]:
    """Ask for decisions, each in its place."""
    return _post("/v1/decisions", {"items": items}, _decisions)


def decide_slate(asked: Mapping[str, Any], *, reasons: bool) -> Asking[SlateAnswer]:
    """Ask for several decisions that are shown together; `asked` is the body."""
    path = "/v1/slates?reasons=true" if reasons else "/v1/slates"
    return _post(path, asked, lambda answer: _read(answer, SlateAnswer))


def slate(
    moment: str,
    k: int,
    person: str | None,
    context: Mapping[str, Any],
    actions: Iterable[Action | str] | None,
) -> dict[str, Any]:
    """Give the body of a question for a slate.

    Example:
        >>> slate("home.row", 3, "ada", {}, None)
        {'moment': 'home.row', 'k': 3, 'person': 'ada', 'context': {}}
    """
    asked = {"moment": moment, "k": k, "person": person, "context": dict(context)}
    return asked if actions is None else {**asked, "actions": tuple(actions)}


def learn(
    decision_id: str, reward: float | None, outcome: str | None
) -> Asking[Accepted | Refused]:
    """Tell what followed a decision."""
    body = {"decision": decision_id, "reward": reward, "outcome": outcome}
    return _post("/v1/outcomes", body, lambda answer: _kept(_read(answer, Kept)))


def learn_many(items: Sequence[Mapping[str, Any]]) -> Asking[list[Accepted | Refused]]:
    """Tell what followed decisions."""
    return _post("/v1/outcomes", {"items": items}, _all_kept)


def explain(decision_id: str) -> Asking[Explanation]:
    """Ask why."""
    path = f"/v1/decisions/{_part(decision_id)}/explanation"
    return Asking("GET", path, lambda answer: _read(answer, Explanation))


def profile(person: str) -> Asking[Profile]:
    """Ask what is believed about a person."""
    return Asking("GET", f"/v1/people/{_part(person)}", lambda answer: _read(answer, Profile))


def consent(
    person: str, purpose: str, *, granted: bool, dial: float, until: datetime | None
) -> Asking[Accepted | Refused]:
    """Tell a person's answer for a purpose."""
    body = {"granted": granted, "dial": dial, "until": until and until.isoformat()}
    path = f"/v1/people/{_part(person)}/consent/{_part(purpose)}"
    return Asking("PUT", path, lambda answer: _kept(_read(answer, Kept)), _encoder.encode(body))


def export(person: str) -> Asking[str]:
    """Ask for all that is kept about a person."""
    return Asking("GET", f"/v1/people/{_part(person)}/export", bytes.decode)


def import_(lines: str, *, returning: bool) -> Asking[Imported | Refused]:
    """Hand in what `export` gave."""
    path = f"/v1/people/import{'?returning=true' if returning else ''}"
    return Asking("POST", path, _imported, lines.encode(), _LINES)


def forget(person: str) -> Asking[Receipt]:
    """Ask to forget a person; asked again, there is nothing left to forget."""
    return Asking("DELETE", f"/v1/people/{_part(person)}", lambda answer: _read(answer, Receipt))


def declare(moment: Moment) -> Asking[None]:
    """Hand in a declaration."""
    return Asking("PUT", "/v1/moments", lambda _: None, _encoder.encode(moment))


def moments() -> Asking[list[Moment]]:
    """Ask which moments are declared."""
    return Asking("GET", "/v1/moments", lambda answer: _read(answer, list[Moment]))


def failure(status: int, body: bytes, retry_after: str | None) -> PenchantError:
    """Give the error that an answer other than 2xx stands for; its sentence is the service's.

    Example:
        >>> failure(404, b'{"detail": "No moment `x` was declared."}', None)
        BadInput('No moment `x` was declared.')
    """
    try:
        said = str(msgspec.json.decode(body)["detail"])
    except (msgspec.DecodeError, KeyError, TypeError):
        said = f"The service answered {status} without saying why. Is it a Penchant service?"
    if status in _NOT_ALLOWED:
        return ServiceRefused(said)
    if status in _BUSY:
        is_told = retry_after is not None and retry_after.isdecimal()
        return ServiceBusy(said, float(retry_after or 1) if is_told else 1.0)
    return BadInput(said) if status < _OURS else ServiceFailed(said)


_NOT_ALLOWED = frozenset({401, 403})
_BUSY = frozenset({429, 503})
_OURS = 500


def _post(path: str, body: object, read: Callable[[bytes], T]) -> Asking[T]:
    """Ask with an idempotency key, so that it may be sent again."""
    return Asking("POST", path, read, _encoder.encode(body), has_key=True)


def _signal(signal: Signal) -> dict[str, Any]:
    given = {
        name: value
        for name in ("kind", "person", "data", "nature", "source", "id")
        if (value := getattr(signal, name))
    }
    return given if signal.at is None else {**given, "at": signal.at.isoformat()}


def _part(text: str) -> str:
    """Give a text as one part of a path."""
    return quote(text, safe="")


def _read(answer: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(answer, type=kind)


def _kept(told: Kept) -> Accepted | Refused:
    return Accepted() if told.kept else Refused(told.sentence or "")


def _imported(answer: bytes) -> Imported | Refused:
    """Read what became of an import."""
    if b'"kept"' not in answer:
        return _read(answer, Imported)
    refused = _read(answer, Kept)
    return Refused(str(refused.sentence))


def _all_kept(answer: bytes) -> list[Accepted | Refused]:
    return [_kept(one) for one in _read(answer, KeptMany).items]


def _decisions(answer: bytes) -> list[DecisionAnswer | Refused]:
    items = msgspec.json.decode(answer)["items"]
    return [
        Refused(one["refused"]) if "refused" in one else msgspec.convert(one, DecisionAnswer)
        for one in items
    ]
