"""What experts keep of one person: states folded from their signals, in the order of their times.

Loop: Profile. Rule 1: a state is the fold of the signals that are kept, in the order of their
times; one that comes late makes everything be folded again from the journal, so that a restart
comes to the same. Rule 2: bounded: a state is its expert's to bound, and of signals themselves only
so many of the latest are kept as the pack says.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from msgspec.structs import replace

from penchant.contract.parts import View
from penchant.journal import Observed
from penchant.profile.registers import Registers
from penchant.runtime.packs.loaded import Giving, Loaded
from penchant.words import FrozenMap, Goal, Signal, Trait, Value

__all__ = ["Known", "Latent", "view_for", "view_of"]

_NONE: FrozenMap[Value] = FrozenMap()


class Latent:
    """The states and the latest signals of one person."""

    __slots__ = ("_last", "_loaded", "recent", "states")

    def __init__(self, loaded: Loaded, facts: Iterable[Observed]) -> None:
        """Fold the signals of a person, under whichever of their ids, in any order."""
        self._loaded = loaded
        self.states: dict[tuple[str, str], Any] = {}
        self.recent: dict[str, tuple[Signal, ...]] = {}
        self._last: tuple[datetime, str] | None = None
        ours = [fact for fact in facts if fact.signal.kind in loaded.kinds]
        for fact in sorted(ours, key=lambda one: one.at):  # of one time: as they were appended
            self._take(fact)

    def fold(self, fact: Observed) -> bool:
        """Take one more signal in; False where it comes late, and all must be folded again."""
        if fact.signal.kind not in self._loaded.kinds:
            return True
        if self._last is not None and not self._is_next(fact, *self._last):
            return False
        self._take(fact)
        return True

    def features(self, moment: str, at: datetime) -> FrozenMap[Value]:
        """Give the features that decisions of a moment get."""
        giving = self._loaded.giving.get(moment)
        if giving is None:
            return _NONE
        found: dict[str, Value] = {}
        for one in giving.experts:
            state = self.states.get(one.key)
            if state is None:
                state = one.expert.initial()
            none: Mapping[str, Value] = {}
            given = self._loaded.asked(
                one.pack,
                one.name,
                lambda: one.expert.features(state, at),  # noqa: B023 - called at once
                none,
            )
            found |= {name: given[name] for name in giving.declared.features if name in given}
        return FrozenMap(found)

    def _is_next(self, fact: Observed, at: datetime, person: str) -> bool:
        """Tell whether a signal follows the last one, whichever order a restart finds them in."""
        return fact.at > at or (fact.at == at and fact.person == person)

    def _take(self, fact: Observed) -> None:
        loaded, signal = self._loaded, replace(fact.signal, person="")
        self._last = fact.at, fact.person
        for one in loaded.folding.get(signal.kind, ()):
            if fact.purpose != one.purpose:
                continue
            before = self.states.get(one.key)
            self.states[one.key] = loaded.asked(
                one.pack,
                one.name,
                lambda: one.expert.fold(  # noqa: B023 - called at once
                    one.expert.initial() if before is None else before,  # noqa: B023 - as above
                    signal,
                ),
                before,
            )
        pack = loaded.packs[signal.kind.partition(".")[0]]
        if pack.about.remembers:
            known = self.recent.get(pack.name, ())
            first = max(len(known) + 1 - pack.about.remembers, 0)
            self.recent[pack.name] = (*islice(known, first, None), signal)


class Known(Protocol):
    """A person while an engine runs, as far as a view is made of them."""

    registers: Registers
    latent: "Latent | None"


def view_for(loaded: Loaded, giving: Giving, someone: Known | None, at: datetime) -> View:
    """Give what the pack of a moment may see of a person there; nothing of nobody."""
    purpose = giving.declared.moment.purpose
    if someone is None:
        return View(purpose, at)
    return view_of(loaded, giving.pack, purpose, (someone.registers, someone.latent), at)


def view_of(
    loaded: Loaded, pack: str, purpose: str, someone: tuple[Registers, Latent | None], at: datetime
) -> View:
    """Give what a pack may see of a person for a purpose; a view of nothing without consent.

    Args:
        loaded: The packs of the engine.
        pack: Whose parts will see it.
        purpose: For which it is seen.
        someone: Their registers, and what experts keep of them.
        at: The time of the view; signals past their retention are left out.
    """
    registers, latent = someone
    consent = registers.consent(purpose)
    is_over = consent.until is not None and consent.until <= at
    if latent is None or consent.state != "granted" or is_over:
        return View(purpose, at)
    experts = {one.key: one for ones in loaded.folding.values() for one in ones}
    known = {one.name for one in loaded.packs[pack].traits if one.purpose == purpose}
    held = [one for one in registers.held if one.slot[1] == purpose]
    return View(
        purpose,
        at,
        tuple(one for one in latent.recent.get(pack, ()) if _is_seen(loaded, one, purpose, at)),
        FrozenMap(
            {
                one.name: latent.states[key]
                for key, one in experts.items()
                if one.pack == pack and one.purpose == purpose and key in latent.states
            }
        ),
        FrozenMap(
            {
                one.slot[2]: one.noun.value
                for one in held
                if isinstance(one.noun, Trait) and one.slot[2] in known
            }
        ),
        tuple(one.noun for one in held if isinstance(one.noun, Goal)),
    )


def _is_seen(loaded: Loaded, signal: Signal, purpose: str, at: datetime) -> bool:
    """Tell whether a signal is of a purpose, and not past its retention."""
    kind = loaded.kinds[signal.kind]
    age = 0.0 if signal.at is None else (at - signal.at).total_seconds()
    return kind.purpose == purpose and age <= loaded.kept_for[signal.kind]
