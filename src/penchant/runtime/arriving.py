"""What is being written right now: a repeat of it waits until it is kept, or has failed.

A signal is known by its id once it is kept. Between the look and the write another caller may bring
the same one; told that it is kept already, it would be wrong if the write then failed.
"""

import threading
from collections.abc import Iterable

__all__ = ["Arriving"]

Identity = tuple[str, str]
"""By which id a person goes, and the id of a signal."""


class Arriving:
    """The signals under way in one engine."""

    def __init__(self, lock: threading.RLock) -> None:
        """Use the lock under which the callers look and fold."""
        self._gone = threading.Condition(lock)
        self._here: set[Identity] = set()

    def wait(self, signals: Iterable[Identity]) -> None:
        """Wait until none of these is under way; the lock is let go of meanwhile."""
        while self._here and not self._here.isdisjoint(signals):
            self._gone.wait()

    def add(self, signals: Iterable[Identity]) -> None:
        """Say that these are under way; under the lock."""
        self._here.update(signals)

    def remove(self, signals: Iterable[Identity]) -> None:
        """Say that these are kept, or have failed; under the lock."""
        self._here.difference_update(signals)
        self._gone.notify_all()
