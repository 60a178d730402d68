"""An app for runners whose moments open themselves: engines and moments for tests."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from engines import Clock

from penchant import Action, Engine, Limits, Moment, OnLevel, OnSignal, Outcome, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.deliver.letter import Letter
from penchant.journal import Decided
from penchant.openings import Opening
from penchant.words import Decision

__all__ = [
    "CARE",
    "KM",
    "RUN",
    "TRAINING",
    "App",
    "Offering",
    "moment",
]

CARE, TRAINING = "care", "training"
RUN = OnSignal("run.finished")
KM = OnLevel("run.finished", 800, field="km", since="shoes.replaced")


class Offering(random.Random):
    """Dice that fall on the first action, while their ids differ."""

    def random(self) -> float:
        """Give a draw that no share of neutral decisions takes."""
        return 0.02


def moment(*opens: Opening, **settings: Any) -> Moment:
    """Give a moment that offers something, or nothing, and is opened by what is given."""
    given: dict[str, Any] = {
        "actions": [Action("offer", burden=0.1)],
        "outcome": Outcome("taken", window="7d"),
        **settings,
    }
    return Moment("shoes.worn", CARE, opens=opens, **given)


class App:
    """An engine with a clock set by hand, whose dice always offer."""

    def __init__(
        self,
        *moments: Moment,
        store: MemoryStore | None = None,
        clock: Clock | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Open an engine on a store and declare some moments."""
        self.store = store or MemoryStore()
        self.clock = clock or Clock()
        self.limits = limits
        self.engine = self._open()
        for one in moments:
            self.engine.declare(one)

    def restart(self) -> None:
        """Open another engine on the same journal."""
        self.engine = self._open()

    def agree(self, *people: str, zone: str = "") -> None:
        """Let people agree to everything, and state their zone."""
        for person in people or ("ada",):
            self.engine.consent(person, TRAINING)
            self.engine.consent(person, CARE)
            if zone:
                self.signal("trait.stated", person, time_zone=zone)

    def signal(
        self,
        kind: str = "run.finished",
        person: str = "ada",
        at: datetime | None = None,
        **data: Any,
    ) -> None:
        """Send a signal that has to be kept."""
        assert self.engine.observe(Signal(kind, person, at, data), purpose=TRAINING)

    def run(self, km: float = 10.0, person: str = "ada") -> None:
        """Finish a run."""
        self.signal("run.finished", person, km=km)

    def letters(self, person: str | None = None) -> tuple[Letter, ...]:
        """Give what waits in the outbox."""
        return self.engine.outbox.waiting(person)

    def opened(self, person: str | None = None) -> list[Decision]:
        """Give the decisions of moments that opened by themselves."""
        facts = self.store.read(person)
        return [one.decision for one in facts if isinstance(one, Decided) and one.opening]

    def times(self, person: str | None = None) -> Sequence[str]:
        """Give when moments opened by themselves, in UTC."""
        return [f"{one.at.astimezone(UTC):%m-%d %H:%M}" for one in self.opened(person)]

    def _open(self) -> Engine:
        dice = Offering(7)
        return Engine(self.store, clock=self.clock, dice=dice, limits=self.limits)
