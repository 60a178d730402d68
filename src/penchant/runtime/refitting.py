"""Refits that are owed to people who were forgotten, at the first call for which they are due."""

from datetime import datetime

from penchant.runtime.memory import Memory

__all__ = ["catch_up"]


def catch_up(memory: Memory, now: datetime) -> None:
    """Start the refits that are due, or take them into force; what is derived is written.

    Raises:
        StoreError: When it could not be written; it is written with the next facts.
    """
    if now.timestamp() < memory.refit_at:
        return
    with memory.lock:
        for live in memory.moments.values():
            if live.learning.catch_up(now.timestamp()):
                memory.unwritten.append(live.learning.versions.derived(live.moment.name, now))
    memory.write([])
