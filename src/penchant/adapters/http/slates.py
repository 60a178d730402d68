"""Questions to slates: the verb of `/v1/slates`, which answers with several decisions each."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from penchant.adapters.http.bodies import AskSlate, AskSlates, RefusedItem, SlateAnswer
from penchant.adapters.http.decoding import Items, Shape
from penchant.adapters.http.meters import Meters
from penchant.adapters.http.problems import Refusal
from penchant.adapters.http.repeats import not_the_same
from penchant.adapters.http.verbs import Question, not_theirs, told_decision
from penchant.errors import BadInput
from penchant.runtime.calls import Call
from penchant.runtime.many import Many
from penchant.words import Slate

__all__ = ["DecideSlates"]


class DecideSlates:
    """Questions to slates."""

    is_journalled = True

    def __init__(self, many: Many, meters: Meters) -> None:
        """Ask `many`, and count what becomes of it."""
        self._many, self._meters = many, meters
        self._shape = Shape(AskSlate, AskSlates, many.limits)

    def read(self, question: Question) -> tuple[Items[AskSlate], list[Call | Refusal]]:
        """Read questions; each gets the id of its slate where the request may be a repeat.

        Raises:
            Refusal: For more positions in one body than a batch may have items.
        """
        items = self._shape.read(question.body)
        most, asked = self._many.limits.batch_items, sum(max(one.k, 0) for one in items.read)
        if asked > most:
            raise Refusal(
                413,
                f"The slates of a body have at most {most:,} positions (got {asked:,}). Send them "
                "in parts.",
            )
        seed, person = question.seed, question.principal.person
        calls: list[Call | Refusal] = []
        for index, one in enumerate(items.read):
            if person and one.person != person:
                calls.append(not_theirs())
                continue
            name = seed.id(index) if seed else ""
            call = Call(one.moment, one.person, one.context, one.actions, None, name, k=one.k)
            calls.append(call)
        return items, calls

    def ask(self, things: Sequence[Call]) -> Sequence[Slate | BadInput | Refusal]:
        """Decide."""
        return [
            not_the_same() if call.id and _is_another(answer, call) else answer
            for call, answer in zip(things, self._many.decide_slates(things), strict=True)
        ]

    def tell(
        self, answer: Slate | BadInput | Refusal, question: Question, *, is_alone: bool
    ) -> SlateAnswer | RefusedItem:
        """Give a slate as it is sent."""
        if isinstance(answer, Exception):
            if is_alone:
                raise answer
            return RefusedItem(str(answer))
        told: list[Any] = []
        for one in answer.decisions:
            self._meters.decision(one.moment, one.mode, tuple(rule.rule for rule in one.removed))
            reasons = self._many.reasons(one) if question.with_reasons else UNSET
            told.append(told_decision(one, one.action, reasons))
        return SlateAnswer(answer.id, told)


def _is_another(answer: Slate | BadInput, call: Call) -> bool:
    """Say whether a slate that was kept under the id of a call answers another question."""
    if not isinstance(answer, Slate):
        return False
    first = answer.decisions[0]
    return (first.moment, first.person) != (call.moment, call.person)
