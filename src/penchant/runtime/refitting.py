"""Refits that are owed to people who were forgotten, at the first call for which they are due."""

import math
from datetime import datetime

from penchant.runtime.memory import Memory

__all__ = ["catch_up"]


def catch_up(memory: Memory, now: datetime) -> None:
    """Start the refits that are due, or take them into force; what is derived is written.

    Raises:
        StoreError: When it could not be written; it is written with the next facts.
    """
    if not memory.may_owe or now.timestamp() < memory.refit_at < math.inf:
        return
    with memory.lock:
        memory.may_owe = memory.refit_at < math.inf
        lives = memory.moments.values() if memory.may_owe else ()
        new = [live for live in lives if live.learning.catch_up(now.timestamp())]
        memory.unwritten += [one.learning.versions.derived(one.moment.name, now) for one in new]
    if new:
        memory.write([])
