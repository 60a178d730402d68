"""A person while an engine runs: their registers, and what follows from them.

Everything here is folded from the journal and can be dropped; the engine owns it under its lock.
"""

from collections.abc import Sequence
from datetime import datetime

from penchant.guard.apprentice import was_done
from penchant.journal import Decided, Fact, Observed
from penchant.loop import Standing
from penchant.profile.registers import Registers, fold, trait_features
from penchant.runtime.packs.latent import Latent
from penchant.runtime.packs.loaded import Loaded
from penchant.runtime.rights.corrections import Told, told_at
from penchant.words import Decision, FrozenMap, Moment, Value

__all__ = ["LivePerson"]

_REMEMBERED_IDS = 1_024
_REMEMBERED_DEEDS = 1_000  # of one action at one moment: as many as a cap may allow

_NONE: tuple[None, dict[str, Standing]] = (None, {})

_Deeds = dict[str, tuple[tuple[float, str], ...]]
"""When each action of a moment was done, and by which decision or slate."""


class LivePerson:
    """One person's registers, and what follows from them for a purpose or a moment."""

    def __init__(
        self, registers: Registers, facts: Sequence[Fact], loaded: Loaded | None = None
    ) -> None:
        """Start from registers and the facts they were folded from; `loaded` are the packs."""
        self.registers = registers
        self.latent: Latent | None = None
        if loaded:
            observed = (fact for fact in facts if isinstance(fact, Observed))
            self.latent = Latent(loaded, observed)
        self.is_stale = False
        """Whether something came late, so that all of it has to be read anew."""
        self.signal_ids: dict[str, None] = {}
        self._deeds: dict[str, _Deeds] = {}
        self._standings: dict[str, tuple[Moment, dict[str, Standing]]] = {}
        self._features: dict[str, FrozenMap[Value]] = {}
        self._told: dict[str, Told] = {}
        for fact in facts:
            if isinstance(fact, Decided):
                self._add(fact.decision)
            elif isinstance(fact, Observed):
                self.remember(fact.signal.id)

    def fold(self, fact: Fact) -> None:
        """Take a fact in."""
        if self.latent is not None and isinstance(fact, Observed):
            self.is_stale = self.is_stale or not self.latent.fold(fact)
        self.registers = fold(self.registers, fact)
        self._standings.clear()
        self._features.clear()
        self._told.clear()

    def remember(self, signal_id: str) -> None:
        """Keep a signal's id, so that a repeat has no second effect."""
        if signal_id:
            self.signal_ids[signal_id] = None
            if len(self.signal_ids) > _REMEMBERED_IDS:
                del self.signal_ids[next(iter(self.signal_ids))]

    def done(self, decision: Decision) -> None:
        """Keep when what was done, for the caps of its moment; once, however often it is said.

        Said before the decision is written, so that of two taken at the same time one counts for
        the other.
        """
        deeds = self._deeds.get(decision.moment, {}).get(decision.action.name, ())
        if not any(one == _deed(decision) for _, one in reversed(deeds)):
            self._add(decision)

    def undone(self, decision: Decision) -> None:
        """Take back that something was done: it could not be written."""
        name, deeds = decision.action.name, self._deeds.get(decision.moment, {})
        if name in deeds:
            deeds[name] = tuple(one for one in deeds[name] if one[1] != _deed(decision))
            self._standings.pop(decision.moment, None)

    def standing(self, person: str, moment: Moment) -> Standing:
        """Give what bears on decisions of one moment, as declared; `person` is the id in use."""
        declared, standings = self._standings.get(moment.name, _NONE)
        if declared is not moment:
            standings = {}
            self._standings[moment.name] = moment, standings
        found = standings.get(person)
        if found is None:
            registers = self.registers
            found = Standing(
                person,
                registers.consent(moment.purpose),
                registers.nevers,
                registers.time_zone,
                self._recent(moment) if moment.guardrails else (),
            )
            standings[person] = found
        return found

    def _add(self, decision: Decision) -> None:
        """Note what was done; nothing was where there was no choice, or it waits for a yes."""
        if was_done(decision) and len(decision.names) > 1:
            deeds = self._deeds.setdefault(decision.moment, {})
            done = (decision.at.timestamp(), _deed(decision))
            before = deeds.get(decision.action.name, ())
            deeds[decision.action.name] = (*before, done)[-_REMEMBERED_DEEDS:]
            self._standings.pop(decision.moment, None)  # under every id of theirs

    def _recent(self, moment: Moment) -> tuple[float, ...]:
        """Give when something was done at a moment; its fallback is nothing done."""
        deeds = self._deeds.get(moment.name, {}).items()
        acts = {deed for action, of_one in deeds if action != moment.fallback for deed in of_one}
        return tuple(sorted(at for at, _ in acts))

    def told(self, moment: str) -> Told:
        """Give what the person said of their taste at a moment."""
        if not self.registers.corrections:
            return ()
        found = self._told.get(moment)
        if found is None:
            found = self._told[moment] = told_at(moment, self.registers.corrections)
        return found

    def known(self, moment: Moment, at: datetime) -> FrozenMap[Value]:
        """Give what was stated for a moment's purpose, and what a pack's experts say there."""
        stated = self.features(moment.purpose)
        if self.latent is None:
            return stated
        told = self.latent.features(moment.name, at)
        return FrozenMap({**stated, **told}) if told.names else stated

    def features(self, purpose: str) -> FrozenMap[Value]:
        """Give the traits and goals stated under a purpose, as features."""
        found = self._features.get(purpose)
        if found is None:
            found = self._features[purpose] = trait_features(self.registers, purpose)
        return found


def _deed(decision: Decision) -> str:
    """Name what was done: a slate is shown once, so that all its decisions are one deed."""
    return decision.id if decision.position is None else decision.position.slate
