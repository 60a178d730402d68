"""Lets an engine live through an example of a pack, by the verbs that anybody uses.

Rule: every signal of an example is marked as simulated before it is kept.
"""

from datetime import datetime

import numpy as np
from msgspec.structs import replace

from penchant.contract.declarations import Exampling
from penchant.contract.examples import SIMULATED, Example, Lived
from penchant.contract.installed import Installed
from penchant.engine import Engine
from penchant.errors import BadInput
from penchant.limits import Limits
from penchant.words import Refused

__all__ = ["live_through"]


def live_through(engine: Engine, pack: Installed, name: str, until: datetime, seed: int) -> int:
    """Bring an example into an engine, unless it is there.

    Args:
        engine: Opened with the pack.
        pack: That has the example.
        name: Of the example.
        until: When it ends.
        seed: Of its dice; the same one gives the same people.

    Returns:
        How many signals were kept; 0 where the example was there already.

    Raises:
        BadInput: When there is no such example, or the engine does not take what it holds.
    """
    example: Example = pack.parts[_named(pack, name).part]({})
    lived = example.lived(until, np.random.default_rng(seed))
    if _is_there(engine, lived):
        return 0
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
    return len(signals)


def _named(pack: Installed, name: str) -> Exampling:
    examples = {one.name: one for one in pack.pack.examples}
    if name not in examples:
        known = ", ".join(f"`{one}`" for one in examples) or "none"
        raise BadInput(f"Pack `{pack.pack.name}` has no example `{name[:64]}`; there is {known}.")
    return examples[name]


def _is_there(engine: Engine, lived: Lived) -> bool:
    """Tell whether people of the example answered in this engine before."""
    return any(engine.profile(one.person).consents for one in lived.agreed)
