"""Removing a pack: everything of its namespace out of a journal, and nothing else.

Loop: beside it; nobody else has the store meanwhile. Gone are the signals of its kinds, statements
made for its purposes, decisions of its moments with what followed, what was learned there, and its
content. What stays is what a person answered when they were asked (proof of consent).
Rule: of each person all of it goes, or none; called again after a failure it goes on.
"""

from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from penchant.journal import (
    NOBODY,
    Claimed,
    Decided,
    Declared,
    Derived,
    Fact,
    Learned,
    Observed,
    Provided,
    Settled,
    Skipped,
    Store,
)

__all__ = ["Cleared", "remove_pack"]


class Cleared(Struct, frozen=True):
    """What was removed: facts in all, and of how many people."""

    pack: str
    facts: int
    people: int


def remove_pack(store: Store, pack: str) -> Cleared:
    """Remove everything of a pack's namespace.

    Args:
        store: That no engine has open.
        pack: Its name; it need not be installed any more.

    Raises:
        StoreError: When it could not be finished; calling again goes on.
    """
    concerned: Counter[str] = Counter()
    looked = _chooser(pack)
    for fact in store.read():
        concerned[fact.person] += looked(fact)
    people = sorted(person for person, n in concerned.items() if n and person != NOBODY)
    removed = store.remove(people, _chooser(pack))
    removed += store.remove([NOBODY], _chooser(pack))
    return Cleared(pack, removed, len(people))


def _chooser(pack: str) -> Callable[[Fact], bool]:
    """Give what tells whether a fact is of a pack; it is asked in the order of the journal."""
    start = f"{pack}."
    decisions: set[str] = set()

    def is_its_own(fact: Fact) -> bool:
        if isinstance(fact, Observed):
            return fact.signal.kind.startswith(start) or fact.purpose.startswith(start)
        if isinstance(fact, Decided):
            is_own = fact.decision.moment.startswith(start)
            if is_own:
                decisions.add(fact.decision.id)
            return is_own
        if isinstance(fact, Claimed | Settled):
            return fact.decision in decisions
        if isinstance(fact, Learned | Derived | Skipped):
            return fact.moment.startswith(start)
        if isinstance(fact, Declared):
            return fact.moment.name.startswith(start)
        return isinstance(fact, Provided) and fact.pack == pack

    return is_its_own
