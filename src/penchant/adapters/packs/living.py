"""Lets an engine live through an example of a pack, and go on with it, by the verbs of anybody.

Rule: every signal of an example is marked as simulated before it is kept.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from penchant.contract.declarations import Exampling
from penchant.contract.examples import SIMULATED, Example, Lived, Living
from penchant.contract.installed import Installed
from penchant.engine import Engine
from penchant.errors import BadInput, PenchantError
from penchant.limits import Limits
from penchant.words import Refused

__all__ = ["Came", "going_on", "live_through", "step"]

EVERY = 5.0
"""Seconds between two answers of an example that goes on."""

_log = logging.getLogger("penchant.example")


class Came(NamedTuple):
    """How many signals of an example were kept, and its people as they go on, where they do."""

    kept: int
    living: Living | None


def live_through(engine: Engine, pack: Installed, name: str, until: datetime, seed: int) -> Came:
    """Bring an example into an engine, unless it is there.

    Args:
        engine: Opened with the pack.
        pack: That has the example.
        name: Of the example.
        until: When it ends.
        seed: Of its dice; the same one gives the same people.

    Returns:
        What came of it; nothing is kept where the example was there already.

    Raises:
        BadInput: When there is no such example, or the engine does not take what it holds.
    """
    example: Example = pack.parts[_named(pack, name).part]({})
    lived = example.lived(until, np.random.default_rng(seed))
    if _is_there(engine, lived):
        return Came(0, lived.living)
    for file in lived.files:
        received = engine.packs.bring(pack.pack.name, file.importer, file.content)
        if received.findings:
            raise BadInput(f"Example `{name}`: {received.findings[0].sentence}")
    for one in lived.agreed:
        engine.consent(one.person, one.purpose, at=one.at)
    signals = [replace(one, source=SIMULATED) for one in lived.signals]
    most = Limits().batch_items
    for first in range(0, len(signals), most):
        for answer in engine.observe(signals[first : first + most]):
            if isinstance(answer, Refused):
                raise BadInput(f"Example `{name}`: {answer.sentence}")
    return Came(len(signals), lived.living)


def step(engine: Engine, living: Living, at: datetime, dice: np.random.Generator) -> Living:
    """Let one person of an example be decided for, and answer; give the people after that.

    Raises:
        StoreError: When it could not be kept.
    """
    person = str(dice.choice(living.people))
    decision = engine.decide(living.moment, person=person)
    living, signals = living.answered(person, decision.action.name, at, dice)
    engine.observe([replace(one, source=SIMULATED) for one in signals])
    return living


@contextmanager
def going_on(
    engine: Engine,
    living: Living,
    dice: np.random.Generator,
    *,
    clock: Callable[[], datetime],
    every: float = EVERY,
) -> Iterator[None]:
    """Let the people of an example go on meanwhile, one answer every few seconds."""
    ended = threading.Event()

    def run() -> None:
        people = living
        while not ended.wait(every):
            try:
                people = step(engine, people, clock(), dice)
            except PenchantError:
                _log.exception("The example could not go on; it is tried again.")

    thread = threading.Thread(target=run, name="penchant-example", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _named(pack: Installed, name: str) -> Exampling:
    examples = {one.name: one for one in pack.pack.examples}
    if name not in examples:
        known = ", ".join(f"`{one}`" for one in examples) or "none"
        raise BadInput(f"Pack `{pack.pack.name}` has no example `{name[:64]}`; there is {known}.")
    return examples[name]


def _is_there(engine: Engine, lived: Lived) -> bool:
    """Tell whether people of the example answered in this engine before."""
    return any(engine.profile(one.person).consents for one in lived.agreed)
