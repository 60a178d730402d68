"""The check kit of blocks in a store: there a block does what its facts would do, one by one.

Each check takes `make_store`, which gives a new and empty store, and `make`, which gives a new
block each time with the same facts in it. The store kit runs them on the plainest block.
"""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from msgspec.structs import replace

from penchant.journal import Block, Decided, Fact, Learned, Store
from penchant.testing.expecting import checks_of, expect, kept, same

__all__ = ["KEPT_BLOCK_CHECKS", "Make", "MakeStore"]

Make = Callable[[], Block]
MakeStore = Callable[[], Store]

_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def check_it_is_read_as_its_facts(make_store: MakeStore, make: Make) -> None:
    """Everybody reads, and every decision is found, as if the facts had come one by one."""
    facts, before, after = list(make()), _others(make(), "before"), _others(make(), "after")
    with closing(make_store()) as store:
        for given in (before, make(), after):
            store.append(given)
        everything = [*before, *facts, *after]
        same(store.read(), everything, "Everybody's facts differ")
        for person in {fact.person for fact in everything}:
            mine = [fact for fact in everything if fact.person == person]
            same(store.read(person), mine, "A person's facts differ")
        for one in everything:
            if isinstance(one, Decided):
                found = store.find(one.decision.id)
                expect(found and kept(found) == kept(one.decision), "A decision is not found.")


def check_it_is_forgotten_as_its_facts(make_store: MakeStore, make: Make) -> None:
    """Forgetting counts and takes each fact of one person; the same id may come back."""
    facts = list(make())
    person = facts[-1].person
    mine = [fact for fact in facts if fact.person == person]
    rest = [fact for fact in facts if fact.person != person]
    with closing(make_store()) as store:
        store.append(make())
        reading = store.read()
        receipt = store.forget(person, _AT)
        n_learned = sum(isinstance(fact, Learned) for fact in mine)
        expect(receipt.entries == len(mine), f"{receipt.entries} forgotten, not {len(mine)}.")
        expect(receipt.outcomes == n_learned, f"{receipt.outcomes} outcomes, not {n_learned}.")
        expect(store.forget(person, _AT).entries == 0, "Something was forgotten twice.")
        expect(not list(store.read(person)), "A forgotten person has facts.")
        found = [store.find(one.decision.id) for one in mine if isinstance(one, Decided)]
        expect(not any(found), "A forgotten decision was found.")
        same(reading, rest, "In a read that was begun, the others' facts differ")
        store.append(mine)
        same(store.read(person), mine, "A returned person's facts differ")
        same(store.read(), [*rest, *mine], "Everybody's facts differ")


def _others(block: Block, name: str) -> list[Fact]:
    """Give facts of the same people from outside the block, under decisions of their own."""
    facts: list[Fact] = []
    for fact in block:
        if isinstance(fact, Learned):
            facts.append(replace(fact, decision=f"{name} {fact.decision}"))
        elif isinstance(fact, Decided):
            decision = replace(fact.decision, id=f"{name} {fact.decision.id}")
            facts.append(replace(fact, decision=decision))
    return facts


KEPT_BLOCK_CHECKS: tuple[Callable[[MakeStore, Make], None], ...] = checks_of(globals())
"""Every check, found by its name."""
