"""The three verbs of the hot routes: from typed items to what the engine is asked, and back.

Each runs in the thread of its lane, for all requests of a turn at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from penchant.adapters.http.bodies import (
    Ask,
    AskMany,
    DecisionAnswer,
    Kept,
    OutcomeMany,
    OutcomeOne,
    RefusedItem,
    SignalMany,
    SignalOne,
)
from penchant.adapters.http.decoding import Items, Shape
from penchant.adapters.http.door import Principal
from penchant.adapters.http.meters import Meters
from penchant.adapters.http.problems import Refusal, refusal_of
from penchant.adapters.http.repeats import Seed, not_the_same
from penchant.errors import BadInput, BadTime
from penchant.journal import as_plain
from penchant.runtime.calls import Call
from penchant.runtime.many import Many
from penchant.words import Accepted, Action, Decision, Reason, Refused, Signal

__all__ = ["Decide", "Learn", "Observe", "Question", "Verb", "not_theirs", "told_decision"]

_KEPT = Kept(kept=True)
_MOST_ACTIONS = 4_096


class Question(NamedTuple):
    """One request of a hot route."""

    body: bytes
    principal: Principal
    seed: Seed | None = None
    with_reasons: bool = False


T = TypeVar("T")


class Verb(Protocol[T]):
    """What a hot route does with the items of its requests.

    Where `is_journalled`, the engine gives a repeat the answer that it gave before.
    """

    is_journalled: bool

    def read(self, question: Question) -> tuple[Items[Any], list[T | Refusal]]:
        """Turn a body into what the engine is asked; a Refusal where an item may not be."""
        ...

    def ask(self, things: Sequence[T]) -> Sequence[Any]:
        """Ask the engine, once for a whole turn."""
        ...

    def tell(self, answer: Any, question: Question, *, is_alone: bool) -> Any:
        """Turn an answer into what is sent; raise where a request alone has no answer."""
        ...


class Decide:
    """Questions to decisions."""

    is_journalled = True

    def __init__(self, many: Many, meters: Meters) -> None:
        """Ask `many`, and count what becomes of it."""
        self._many, self._meters = many, meters
        self._shape = Shape(Ask, AskMany, many.limits)
        self._actions: dict[int, tuple[Action, Raw]] = {}

    def read(self, question: Question) -> tuple[Items[Ask], list[Call | Refusal]]:
        """Read questions; each gets the id of its decision where the request may be a repeat."""
        items = self._shape.read(question.body)
        seed, person = question.seed, question.principal.person
        calls: list[Call | Refusal] = []
        for index, one in enumerate(items.read):
            if person and one.person != person:
                calls.append(not_theirs())
                continue
            name = seed.id(index) if seed else ""
            calls.append(Call(one.moment, one.person, one.context, one.actions, None, name))
        return items, calls

    def ask(self, things: Sequence[Call]) -> Sequence[Decision | BadInput | Refusal]:
        """Decide."""
        answers = self._many.decide(things)
        return [
            not_the_same() if call.id and _is_another(answer, call) else answer
            for call, answer in zip(things, answers, strict=True)
        ]

    def tell(
        self, answer: Decision | BadInput | Refusal, question: Question, *, is_alone: bool
    ) -> DecisionAnswer | RefusedItem:
        """Give a decision as it is sent."""
        if isinstance(answer, Exception):
            if is_alone:
                raise answer
            return RefusedItem(str(answer))
        removed = tuple(one.rule for one in answer.removed)
        self._meters.decision(answer.moment, answer.mode, removed)
        reasons = self._many.reasons(answer) if question.with_reasons else UNSET
        # Actions that came with a call may hold what is a person's; only declared ones are kept.
        action = answer.action if answer.candidates else self._action(answer.action)
        return told_decision(answer, action, reasons)

    def _action(self, action: Action) -> Raw:
        """Give the bytes of a declared action, which are made once."""
        kept = self._actions.get(id(action))
        if kept is not None and kept[0] is action:
            return kept[1]
        raw = Raw(msgspec.json.encode(action, enc_hook=as_plain))
        if len(self._actions) >= _MOST_ACTIONS:
            self._actions.clear()
        self._actions[id(action)] = (action, raw)
        return raw


class Observe:
    """Signals into profiles."""

    is_journalled = False

    def __init__(self, many: Many, meters: Meters) -> None:
        """Ask `many`, and count what becomes of it."""
        self._many, self._meters = many, meters
        self._shape = Shape(SignalOne, SignalMany, many.limits)

    def read(
        self, question: Question
    ) -> tuple[Items[SignalOne], list[tuple[str, Signal] | Refusal]]:
        """Read signals, each with its purpose and, where the request may be a repeat, an id."""
        items = self._shape.read(question.body)
        purpose = (items.body.purpose if items.is_batch else "") or ""
        things: list[tuple[str, Signal] | Refusal] = []
        for index, one in enumerate(items.read):
            if refusal := _may_not_say(one, question.principal):
                things.append(refusal)
                continue
            name = one.id or (question.seed.id(index) if question.seed else "")
            try:
                signal = _signal(one, name)
            except BadInput as wrong:
                things.append(Refusal(400, str(wrong)))
            else:
                things.append((one.purpose or purpose, signal))
        return items, things

    def ask(self, things: Sequence[tuple[str, Signal]]) -> Sequence[Accepted | Refused]:
        """Observe; signals of one purpose stand together, so that they share a write."""
        if len({purpose for purpose, _ in things}) == 1:
            return self._many.observe(things)
        order = sorted(range(len(things)), key=lambda place: things[place][0])
        answers = self._many.observe([things[place] for place in order])
        return [answer for _, answer in sorted(zip(order, answers, strict=True))]

    def tell(self, answer: Accepted | Refused, question: Question, *, is_alone: bool) -> Kept:
        """Say whether a signal is kept."""
        del question
        self._meters.event("signal", "kept" if isinstance(answer, Accepted) else "refused")
        return _told(answer, is_alone=is_alone)


class Learn:
    """Outcomes into the model."""

    is_journalled = False

    def __init__(self, many: Many, meters: Meters) -> None:
        """Ask `many`, and count what becomes of it."""
        self._many, self._meters = many, meters
        self._shape = Shape(OutcomeOne, OutcomeMany, many.limits)

    def read(
        self, question: Question
    ) -> tuple[Items[OutcomeOne], list[tuple[str, float | None, str | None] | Refusal]]:
        """Read outcomes."""
        items = self._shape.read(question.body)
        person = question.principal.person
        if person:
            return items, [self._of(one, person) for one in items.read]
        return items, [(one.decision, one.reward, one.outcome) for one in items.read]

    def ask(
        self, things: Sequence[tuple[str, float | None, str | None]]
    ) -> Sequence[Accepted | Refused | BadInput]:
        """Learn."""
        return self._many.learn(things)

    def tell(
        self, answer: Accepted | Refused | BadInput, question: Question, *, is_alone: bool
    ) -> Kept:
        """Say whether an outcome is kept."""
        del question
        self._meters.event("outcome", "kept" if isinstance(answer, Accepted) else "refused")
        return _told(answer, is_alone=is_alone)

    def _of(self, one: OutcomeOne, person: str) -> tuple[str, float | None, str | None] | Refusal:
        """Give an outcome of that person's decision; of others' nothing is said, not even that."""
        found = self._many.find(one.decision)
        theirs = found is not None and found.person == person
        return (one.decision if theirs else "", one.reward, one.outcome)


def told_decision(
    decision: Decision, action: Any, reasons: tuple[Reason, ...] | UnsetType
) -> DecisionAnswer:
    """Give a decision as it is sent; `action` may be the bytes of its action."""
    return DecisionAnswer(
        decision.id,
        decision.moment,
        decision.person,
        decision.at,
        action,
        decision.propensity,
        decision.mode,
        dict(zip(decision.names, decision.weights, strict=True)),
        decision.note,
        reasons,
    )


def _told(answer: Accepted | Refused | Exception, *, is_alone: bool) -> Kept:
    if isinstance(answer, Accepted):
        return _KEPT
    if isinstance(answer, Exception):
        if is_alone:
            raise answer
        refusal = refusal_of(answer)
        return Kept(kept=False, sentence=refusal.detail if refusal else str(answer))
    return Kept(kept=False, sentence=answer.sentence)


def _is_another(answer: Decision | BadInput, call: Call) -> bool:
    """Say whether a decision that was kept under the id of a call answers another question."""
    if not isinstance(answer, Decision):
        return False
    return (answer.moment, answer.person) != (call.moment, call.person)


def _signal(one: SignalOne, name: str) -> Signal:
    """Give a signal as the engine takes it.

    Raises:
        BadTime: When its time is none.
    """
    at = None
    if one.at is not None:
        try:
            at = datetime.fromisoformat(one.at)
        except ValueError:
            msg = "`at` must be a time such as `2026-11-22T10:00:00Z`."
            raise BadTime(msg) from None
    return Signal(one.kind, one.person, at, one.data, one.nature, one.source, name)


def _may_not_say(one: SignalOne, principal: Principal) -> Refusal | None:
    """Say why a bound key may not send a signal: another's, or one that makes others theirs."""
    if not principal.person:
        return None
    if one.person != principal.person:
        return not_theirs()
    if one.kind in {"person.merged", "person.unmerged"}:
        return Refusal(403, "A key bound to one person may not say who is who.")
    return None


def not_theirs() -> Refusal:
    """Say that a key bound to one person was used for another."""
    return Refusal(403, "This key is bound to one person, and this concerns somebody else.")
