"""Facts in memory: the store of tests, benches and of an engine that keeps nothing.

Loop: below the engine. Nothing is at rest here, so nothing is encoded or sealed; see
docs/explanation/decisions/0003-memory-store-does-not-seal.md.
Rule 1: `append` is the hot path: one lock, two list appends a fact, under a microsecond.
Rule 2: a forgotten fact leaves an empty slot (8 bytes), so that forgetting one person costs as
much as that person has facts, and running reads keep their place.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from secrets import token_bytes

from msgspec import Struct

from penchant.errors import BadName, StoreFailed
from penchant.journal import NOBODY, Block, Decided, Fact, Learned
from penchant.words import Decision, Receipt

__all__ = ["MemoryStore"]


class MemoryStore:
    """A journal that lives as long as its process; safe to call from several threads.

    Example:
        >>> store = MemoryStore()
        >>> store.find("d-1") is None
        True
    """

    durability = "none"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secret = token_bytes(32)
        self._facts: list[Fact | Block | None] = []
        self._slots: dict[str, list[int]] = {}
        self._decisions: dict[str, Decision] = {}
        self._forgotten: dict[str, datetime] = {}
        self._blocks: list[Block] = []
        self._unlisted: list[tuple[int, Block]] = []
        self._closed = False

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep the facts, all or none; a block is kept as it is, one slot for all of it.

        Raises:
            StoreFailed: When the store is closed.
        """
        with self._lock:
            if self._closed:
                raise _closed()
            kept, slots = self._facts, self._slots
            if not isinstance(facts, Sequence):
                self._append_block(facts)
                return
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
            slots = range(len(self._facts)) if person is None else self._slots_of(person)
        return self._held(slots, person)

    def find(self, decision: str) -> Decision | None:
        """Give the latest decision of that id, or None when it is not kept (any more)."""
        with self._lock:
            if self._closed:
                raise _closed()
            found = self._decisions.get(decision)
            if found is None and self._blocks:
                answers = (block.find(decision) for block in reversed(self._blocks))
                found = next((one for one in answers if one is not None), None)
            return found

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
            slots = self._slots_of(person)
            self._slots.pop(person, None)
            gone = [fact for slot in slots for fact in self._drop(slot, person)]
            pseudonym = self._pseudonym(person)
            if gone:
                self._forgotten[pseudonym] = at
        return Receipt(
            pseudonym=pseudonym,
            at=at,
            entries=len(gone),
            outcomes=sum(type(fact) is Learned for fact in gone),
        )

    def remove(self, people: Iterable[str], chosen: Callable[[Fact], bool]) -> int:
        """Drop the facts that are chosen, and say how many they were.

        Raises:
            StoreFailed: When the store is closed.
        """
        removed = 0
        with self._lock:
            if self._closed:
                raise _closed()
            for person in people:
                for slot in self._slots_of(person):
                    facts = tuple(self._held((slot,), person))
                    if [fact for fact in facts if chosen(fact)]:
                        removed += len(self._drop(slot, person))
        return removed

    def forgotten(self, person: str) -> datetime | None:
        """Say when a person was last forgotten here, or None; of the id itself nothing is kept."""
        with self._lock:
            if self._closed:
                raise _closed()
            return self._forgotten.get(self._pseudonym(person))

    def close(self) -> None:
        """Let go of every fact; a second call does nothing."""
        with self._lock:
            self._closed = True
            self._facts, self._slots, self._decisions = [], {}, {}
            self._blocks, self._unlisted = [], []

    def _pseudonym(self, person: str) -> str:
        """Name a person by a keyed hash; the key goes with the process."""
        return blake2b(person.encode(), digest_size=16, key=self._secret).hexdigest()

    def _append_block(self, block: Block) -> None:
        """Keep a block in one slot; whom it is about is listed when somebody is asked for."""
        self._unlisted.append((len(self._facts), block))
        self._facts.append(block)
        self._blocks.append(block)

    def _slots_of(self, person: str) -> Sequence[int]:
        """Give the slots in which something of a person is, in order."""
        slots = self._slots
        for slot, block in self._unlisted:
            for one in block.people:
                of_one = slots.get(one)
                if of_one is None:
                    slots[one] = [slot]
                elif of_one[-1] != slot:
                    of_one.append(slot)
        self._unlisted.clear()
        return sorted(slots.get(person, ()))

    def _held(self, slots: Sequence[int], person: str | None) -> Iterator[Fact]:
        """Give the facts of some slots that are still there."""
        facts = self._facts
        for slot in slots:
            fact = facts[slot]
            if isinstance(fact, Struct):
                yield fact
            elif fact is not None:
                yield from fact if person is None else fact.of(person)

    def _drop(self, slot: int, person: str) -> Sequence[Fact]:
        """Empty one slot of a person's facts, and give what was in it."""
        fact = self._facts[slot]
        if fact is None:
            return ()
        if not isinstance(fact, Struct):
            theirs = tuple(fact.of(person))
            fact.drop(person)
            return theirs
        self._facts[slot] = None
        if type(fact) is Decided and self._decisions.get(fact.decision.id) is fact.decision:
            del self._decisions[fact.decision.id]
        return (fact,)


def _closed() -> StoreFailed:
    """Say that the store is closed."""
    return StoreFailed("The store is closed. Open it again to go on.")
