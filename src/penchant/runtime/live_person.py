"""A person while an engine runs: their registers, and what follows from them.

Everything here is folded from the journal and can be dropped; the engine owns it under its lock.
"""

from collections.abc import Iterable

from penchant.journal import Decided, Fact, Observed
from penchant.loop import Standing
from penchant.profile.registers import Registers, fold, trait_features
from penchant.words import Decision, FrozenMap, Moment, Value

__all__ = ["LivePerson"]

_REMEMBERED_IDS = 1_024


class LivePerson:
    """One person's registers, and what follows from them for a purpose or a moment."""

    def __init__(self, registers: Registers, facts: Iterable[Fact]) -> None:
        """Start from registers and the facts they were folded from."""
        self.registers = registers
        self.recent: dict[str, tuple[tuple[float, str], ...]] = {}
        self.signal_ids: dict[str, None] = {}
        self._standings: dict[tuple[str, str], Standing] = {}
        self._features: dict[str, FrozenMap[Value]] = {}
        for fact in facts:
            if isinstance(fact, Decided):
                self.done(fact.decision)
            elif isinstance(fact, Observed):
                self.remember(fact.signal.id)

    def fold(self, fact: Fact) -> None:
        """Take a fact in."""
        self.registers = fold(self.registers, fact)
        self._standings.clear()
        self._features.clear()

    def remember(self, signal_id: str) -> None:
        """Keep a signal's id, so that a repeat has no second effect."""
        if signal_id:
            self.signal_ids[signal_id] = None
            if len(self.signal_ids) > _REMEMBERED_IDS:
                del self.signal_ids[next(iter(self.signal_ids))]

    def done(self, decision: Decision) -> None:
        """Keep when what was done, for the caps of its moment."""
        if decision.executed and len(decision.names) > 1:
            done = (decision.at.timestamp(), decision.action.name)
            self.recent[decision.moment] = (*self.recent.get(decision.moment, ()), done)[-1_000:]
            self._standings.pop((decision.person or "", decision.moment), None)

    def standing(self, person: str, moment: Moment) -> Standing:
        """Give what bears on decisions of one moment; `person` is the id in use."""
        found = self._standings.get((person, moment.name))
        if found is None:
            registers = self.registers
            found = Standing(
                person,
                registers.consent(moment.purpose),
                registers.nevers,
                registers.time_zone,
                self._recent(moment) if moment.guardrails else (),
            )
            self._standings[person, moment.name] = found
        return found

    def _recent(self, moment: Moment) -> tuple[float, ...]:
        """Give when something was done at a moment; its fallback is nothing done."""
        done = self.recent.get(moment.name, ())
        return tuple(at for at, action in done if action != moment.fallback)

    def features(self, purpose: str) -> FrozenMap[Value]:
        """Give the traits and goals stated under a purpose, as features."""
        found = self._features.get(purpose)
        if found is None:
            found = self._features[purpose] = trait_features(self.registers, purpose)
        return found
