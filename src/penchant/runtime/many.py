"""The verbs for many callers at once: errors come back as values, one answer a question.

A service gathers what many ask at the same time and asks here once, so that they share one write.
Rule: what one caller sends wrong keeps no other back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from penchant.errors import BadInput
from penchant.limits import Limits, check_length
from penchant.runtime.batches import answered, call_of, given_of
from penchant.runtime.calls import Call, listed
from penchant.runtime.columns import Answers
from penchant.runtime.deciding import decide_all, decide_table
from penchant.runtime.learning import Given, close_windows, learn_all, learn_table
from penchant.runtime.memory import Memory
from penchant.runtime.reception import observe_all
from penchant.runtime.slates import decide_slates
from penchant.words import Accepted, Decision, Moment, Reason, Refused, Signal, Slate

__all__ = ["Many"]


class Many:
    """What an engine does for a service; reached by `engine.many`."""

    def __init__(self, memory: Memory) -> None:
        """Work on the memory of an engine."""
        self._memory = memory

    @property
    def limits(self) -> Limits:
        """The bounds of the engine."""
        return self._memory.limits

    @property
    def durability(self) -> str:
        """What an acknowledged fact survives: `full` is power loss, `none` not even a restart."""
        return str(getattr(self._memory.store, "durability", "unknown"))

    def decide(self, calls: Sequence[Call]) -> list[Decision | BadInput]:
        """Decide calls; one with the id of a decision that is kept gets that decision again."""
        with self._memory.gate:
            return decide_all(self._memory, calls, self._begin())

    def learn(self, given: Sequence[Given]) -> list[Accepted | Refused | BadInput]:
        """Learn outcomes: the id of a decision, and a reward or the name of an outcome."""
        with self._memory.gate:
            return learn_all(self._memory, given, self._begin())

    def observe(self, signals: Sequence[tuple[str, Signal]]) -> list[Accepted | Refused]:
        """Keep signals, each under its purpose, "" for none; a run of one purpose is one write."""
        told: list[Accepted | Refused] = []
        with self._memory.gate:
            for purpose, pairs in groupby(signals, itemgetter(0)):
                run = tuple(signal for _, signal in pairs)
                told += observe_all(self._memory, run, purpose, self._begin())
        return told

    def decide_slates(self, calls: Sequence[Call]) -> list[Slate | BadInput]:
        """Decide slates; one with the id of a slate that is kept gets that slate again."""
        with self._memory.gate:
            return decide_slates(self._memory, calls, self._begin())

    def decide_items(
        self,
        items: str | Sequence[Mapping[str, Any]],
        people: Sequence[str] | None,
        contexts: Any,
        at: datetime | None,
    ) -> Sequence[Decision | Refused]:
        """Decide items, or one moment in columns; see `Engine.decide_many`."""
        memory = self._memory
        if isinstance(items, str):
            everyone = list(listed(people, f"`people` of moment `{items}`"))
            with memory.gate:
                return decide_table(memory, items, everyone, contexts, self._begin(at))
        given = listed(items, "Items of a batch")
        if people is not None or contexts is not None:
            raise BadInput(
                "`people` and `contexts` go with the name of one moment, not with items."
            )
        check_length(len(given), memory.limits.batch_items, "Items of a batch")
        with memory.gate:
            answers = decide_all(memory, [call_of(item) for item in given], self._begin(at))
        return [answered(one) for one in answers]

    def learn_items(
        self, items: Sequence[Any], rewards: Any, at: datetime | None
    ) -> Sequence[Accepted | Refused]:
        """Learn items, or what followed decisions in columns; see `Engine.learn_many`."""
        memory = self._memory
        if isinstance(items, Answers):
            with memory.gate:
                return learn_table(memory, items, rewards, self._begin(at))
        given = listed(items, "Items of a batch")
        if rewards is not None:
            raise BadInput("`rewards` go with all that one `decide_many` in columns answered.")
        check_length(len(given), memory.limits.batch_items, "Items of a batch")
        with memory.gate:
            answers = learn_all(memory, [given_of(item) for item in given], self._begin(at))
        return [answered(one) for one in answers]

    def find(self, decision: str) -> Decision | None:
        """Give the decision of that id, or None when it is not kept (any more)."""
        return self._memory.store.find(decision)

    def moments(self) -> tuple[Moment, ...]:
        """Give the moments as they are declared, in the order of their first declaration."""
        with self._memory.lock:
            return tuple(live.moment for live in self._memory.moments.values())

    def reasons(self, decision: Decision) -> tuple[Reason, ...]:
        """Give the reasons of a decision, of one read from the journal too."""
        with self._memory.lock:
            if decision.explainer is not None:
                return decision.reasons
            return self._memory.moment(decision.moment).explain(decision).reasons

    def _begin(self, at: datetime | None = None) -> datetime:
        now = self._memory.now(at)
        close_windows(self._memory, now)
        return now
