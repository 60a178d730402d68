"""Facts in memory: the store of tests, benches and of an engine that keeps nothing.

Loop: below the engine. Nothing is at rest here, so nothing is encoded or sealed; see
docs/explanation/decisions/0003-memory-store-does-not-seal.md.
Rule 1: `append` is the hot path: one lock, two list appends a fact, under a microsecond.
Rule 2: a forgotten fact leaves an empty slot (8 bytes), so that forgetting one person costs as
much as that person has facts, and running reads keep their place.
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from secrets import token_bytes

from penchant.errors import BadName, StoreFailed
from penchant.journal import NOBODY, Decided, Fact, Learned
from penchant.words import Decision, Receipt

__all__ = ["MemoryStore"]


class MemoryStore:
    """A journal that lives as long as its process; safe to call from several threads.

    Example:
        >>> store = MemoryStore()
        >>> store.find("d-1") is None
        True
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secret = token_bytes(32)
        self._facts: list[Fact | None] = []
        self._slots: dict[str, list[int]] = {}
        self._decisions: dict[str, Decision] = {}
        self._closed = False

    def append(self, facts: Sequence[Fact]) -> None:
        """Keep the facts, all or none.

        Raises:
            StoreFailed: When the store is closed.
        """
        with self._lock:
            if self._closed:
                raise _closed()
            kept, slots = self._facts, self._slots
            for fact in facts:
                slots_of_one = slots.get(fact.person)
                if slots_of_one is None:
                    slots_of_one = slots[fact.person] = []
                slots_of_one.append(len(kept))
                kept.append(fact)
                if type(fact) is Decided:
                    self._decisions[fact.decision.id] = fact.decision

    def read(self, person: str | None = None) -> Iterator[Fact]:
        """Give one person's facts, or everybody's, in the order of appending.

        What is appended after the call is not given; what is forgotten meanwhile is left out.

        Raises:
            StoreFailed: When the store is closed.
        """
        with self._lock:
            if self._closed:
                raise _closed()
            slots: Sequence[int]
            if person is None:
                slots = range(len(self._facts))
            else:
                slots = tuple(self._slots.get(person, ()))
        return self._held(slots)

    def find(self, decision: str) -> Decision | None:
        """Give the latest decision of that id, or None when it is not kept (any more)."""
        with self._lock:
            if self._closed:
                raise _closed()
            return self._decisions.get(decision)

    def forget(self, person: str, at: datetime) -> Receipt:
        """Drop every fact of a person, and say how many they were.

        Raises:
            BadName: When nobody is named.
            StoreFailed: When the store is closed.
        """
        if person == NOBODY:
            raise BadName("Whom to forget? Give a person's id; facts about nobody stay.")
        with self._lock:
            if self._closed:
                raise _closed()
            gone = [self._drop(slot) for slot in self._slots.pop(person, ())]
        return Receipt(
            pseudonym=blake2b(person.encode(), digest_size=16, key=self._secret).hexdigest(),
            at=at,
            entries=len(gone),
            outcomes=sum(type(fact) is Learned for fact in gone),
        )

    def close(self) -> None:
        """Let go of every fact; a second call does nothing."""
        with self._lock:
            self._closed = True
            self._facts, self._slots, self._decisions = [], {}, {}

    def _held(self, slots: Sequence[int]) -> Iterator[Fact]:
        """Give the facts of some slots that are still there."""
        facts = self._facts
        for slot in slots:
            fact = facts[slot]
            if fact is not None:
                yield fact

    def _drop(self, slot: int) -> Fact | None:
        """Empty one slot, and give what was in it."""
        fact, self._facts[slot] = self._facts[slot], None
        if type(fact) is Decided and self._decisions.get(fact.decision.id) is fact.decision:
            del self._decisions[fact.decision.id]
        return fact


def _closed() -> StoreFailed:
    """Say that the store is closed."""
    return StoreFailed("The store is closed. Open it again to go on.")
