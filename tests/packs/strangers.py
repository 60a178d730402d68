"""What tests of packs share: a stranger's distribution on the path, and engines with packs."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engines import Clock

from penchant import Engine, Limits, Signal
from penchant.adapters.packs.finding import at_path
from penchant.adapters.store.memory import MemoryStore
from penchant.contract.installed import Installed
from penchant.journal import Store

__all__ = ["PACE", "START", "STRANGER", "RunningApp", "pace"]

STRANGER = Path(__file__).parent / "stranger"
"""A folder as `pip install` leaves one: a package, and beside it its entry points."""

PACE = STRANGER / "penchant_pace"
START = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def pace() -> Installed:
    """Give the stranger's pack, with its code."""
    installed, against = at_path(PACE)
    assert not against
    return installed


class RunningApp:
    """An engine with the stranger's pack, and a clock set by hand."""

    def __init__(
        self,
        store: Store | None = None,
        packs: Iterable[Installed] | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Open it, with somebody who agreed to training."""
        self.store, self.clock = store or MemoryStore(), Clock(START)
        self.packs = [pace()] if packs is None else list(packs)
        self.limits = limits
        self.engine = self.opened()
        self.engine.consent("ada", "pace.training", at=START)

    def opened(self) -> Engine:
        """Open an engine on the same journal."""
        dice = random.Random(7)  # noqa: S311 - dice, no secrets
        return Engine(self.store, clock=self.clock, dice=dice, packs=self.packs, limits=self.limits)

    def restart(self) -> None:
        """Open another engine on the same journal."""
        self.engine = self.opened()

    def ran(self, km: float = 5.0, person: str = "ada", at: datetime | None = None) -> Any:
        """Observe a run."""
        return self.engine.observe(Signal("pace.ran", person, at, {"km": km, "route": "wood"}))

    def states(self, person: str = "ada") -> Any:
        """Give what experts keep of somebody."""
        return self.engine.packs.view("pace", person, "pace.training").states

    def bring_routes(self, text: str = "name,km\nwood,5\nridge,6\n") -> Any:
        """Bring routes."""
        return self.engine.packs.bring("pace", "routes", text.encode())
