"""The verbs for many callers at once: errors come back as values, one answer a question.

A service gathers what many ask at the same time and asks here once, so that they share one write.
Rule: what one caller sends wrong keeps no other back.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from penchant.errors import BadInput
from penchant.limits import Limits
from penchant.runtime.calls import Call
from penchant.runtime.deciding import decide_all
from penchant.runtime.learning import Given, close_windows, learn_all
from penchant.runtime.memory import Memory
from penchant.runtime.reception import observe_all
from penchant.words import Accepted, Decision, Moment, Reason, Refused, Signal

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

    def _begin(self) -> datetime:
        now = self._memory.now()
        close_windows(self._memory, now)
        return now
