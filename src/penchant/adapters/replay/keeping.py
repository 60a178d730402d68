"""Keeping a replay: its journal is made in memory, and written to a file when it is whole.

A replay waits for nobody, so syncing each of its decisions to the disk would only make it slow.
Rule: the file is taken at the start and written at the end, with the same facts in the same order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from penchant.adapters.store import MemoryStore
from penchant.journal import Block, Fact, Store
from penchant.words import Decision, Receipt

__all__ = ["KeptAtTheEnd"]

_PART = 4_096


class KeptAtTheEnd:
    """A store in memory that is copied to another one when it is closed."""

    durability = "none"

    def __init__(self, target: Store) -> None:
        """Keep what is made for `target`, which is closed with this one."""
        self._memory, self._target = MemoryStore(), target
        self._is_closed = False

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep the facts, all or none."""
        self._memory.append(facts)

    def read(self, person: str | None = None) -> Iterator[Fact]:
        """Give one person's facts, or everybody's, in the order of appending."""
        return self._memory.read(person)

    def find(self, decision: str) -> Decision | None:
        """Give the decision of that id, or None when it is not kept."""
        return self._memory.find(decision)

    def forget(self, person: str, at: datetime) -> Receipt:
        """Make every fact of a person unreadable."""
        return self._memory.forget(person, at)

    def remove(self, people: Iterable[str], chosen: Callable[[Fact], bool]) -> int:
        """Drop the facts that are chosen."""
        return self._memory.remove(people, chosen)

    def forgotten(self, person: str) -> datetime | None:
        """Say when a person was last forgotten."""
        return self._memory.forgotten(person)

    def close(self) -> None:
        """Write everything to the target, and let go of both; a second call does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            facts = self._memory.read()
            while part := list(islice(facts, _PART)):
                self._target.append(part)
        finally:
            self._target.close()
            self._memory.close()
