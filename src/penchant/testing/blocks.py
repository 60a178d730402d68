"""The check kit of blocks: many facts in columns are the same facts as one by one.

Each check takes `make`, which gives a new block each time with the same facts in it, about at
least two people. What a block must be in a store stands in `kept_blocks.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from penchant.journal import Block, Decided, Fact, Learned, decode, encode
from penchant.testing.expecting import checks_of, expect, kept, same
from penchant.words import Decision

__all__ = ["BLOCK_CHECKS", "FactBlock", "Make"]

Make = Callable[[], Block]

_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_STRANGER = "somebody nobody has heard of"


class FactBlock:
    """The plainest block: facts in a list. What other blocks are measured by.

    Example:
        >>> from penchant.journal import Linked
        >>> block = FactBlock([Linked("ada", _AT, "tablet"), Linked("bo", _AT, "phone")])
        >>> block.drop("ada"), [fact.person for fact in block]
        (1, ['bo'])
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts: list[Fact | None] = list(facts)
        self.people: Sequence[str] = [fact.person for fact in self._facts if fact is not None]

    def __iter__(self) -> Iterator[Fact]:
        """Give the facts one after the other."""
        return (fact for fact in self._facts if fact is not None)

    def of(self, person: str) -> Iterator[Fact]:
        """Give the facts of one person."""
        return (fact for fact in self if fact.person == person)

    def find(self, decision: str) -> Decision | None:
        """Give the decision of that id, if it is one of these."""
        mine = (fact.decision for fact in self if isinstance(fact, Decided))
        return next((one for one in mine if one.id == decision), None)

    def drop(self, person: str) -> int:
        """Blank everything of one person."""
        places = [n for n, one in enumerate(self.people) if one == person]
        people = list(self.people)
        for place in places:
            self._facts[place], people[place] = None, ""
        self.people = people
        return len(places)


def check_it_says_whose_facts_they_are(make: Make) -> None:
    """`people` names who each fact is about, in order; at least two, so that checks see something.

    Every fact can be written and read again.
    """
    block = make()
    facts = list(block)
    expect(len(set(block.people)) > 1, "Give the kit a block about at least two people.")
    expect([fact.person for fact in facts] == list(block.people), "`people` fits not its facts.")
    same([decode(encode(fact)) for fact in facts], facts, "Written and read, facts differ")


def check_facts_are_built_alike(make: Make) -> None:
    """Looked at twice, or in another block of the same, the facts are the same."""
    block = make()
    first = list(block)
    same(block, first, "Looked at twice, facts differ")
    same(make(), first, "Two blocks of the same differ")


def check_each_has_their_own(make: Make) -> None:
    """The facts of one person are those among all; nobody's and a stranger's are none."""
    block = make()
    for person in set(block.people):
        mine = [fact for fact in block if fact.person == person]
        same(block.of(person), mine, "A person's facts differ")
    expect(not list(block.of(_STRANGER)), "A stranger has facts.")


def check_decisions_are_found(make: Make) -> None:
    """Each decision is found by its id, and by nothing that only looks like it."""
    block = make()
    ids = set()
    for fact in block:
        if isinstance(fact, Decided):
            ids.add(fact.decision.id)
            found = block.find(fact.decision.id)
            expect(found and kept(found) == kept(fact.decision), "A decision is not found.")
    near = {f"{one}0" for one in ids} | {one[:-1] for one in ids} | {f" {one}" for one in ids}
    near |= {fact.decision for fact in block if isinstance(fact, Learned)} | {"", _STRANGER}
    expect(not any(block.find(one) for one in near - ids), "Another decision is found.")


def check_dropping_leaves_the_others(make: Make) -> None:
    """Who is dropped is in no answer any more; everybody else has the same facts, in order."""
    for person in set(make().people):
        block = make()
        facts = list(block)
        mine = [fact for fact in facts if fact.person == person]
        dropped = block.drop(person)
        expect(dropped == len(mine), f"{dropped} facts were dropped, not {len(mine)}.")
        same(block, [fact for fact in facts if fact.person != person], "The others' facts differ")
        expect(not list(block.of(person)), "A dropped person has facts.")
        expect(person not in block.people, "A dropped person is named.")
        found = [block.find(one.decision.id) for one in mine if isinstance(one, Decided)]
        expect(not any(found), "A dropped person's decision is found.")


def check_dropping_twice_is_harmless(make: Make) -> None:
    """The second time there is nothing left; nor is there of a stranger, or when all are gone."""
    block = make()
    facts = list(block)
    expect(block.drop(_STRANGER) == 0, "A stranger's facts were dropped.")
    same(block, facts, "After dropping a stranger, facts differ")
    for person in set(block.people):
        block.drop(person)
        expect(block.drop(person) == 0, "Something was dropped twice.")
    expect(not list(block), "Everybody is gone, and there are facts.")


def check_a_look_leaves_out_the_dropped(make: Make) -> None:
    """Who is dropped while the facts are being looked at is left out from then on."""
    block = make()
    facts, looking = list(block), iter(block)
    begun = list(islice(looking, 1))
    last = facts[-1].person
    block.drop(last)
    same(looking, [fact for fact in facts[1:] if fact.person != last], "The rest differs")
    same(begun, facts[:1], "The first fact differs")


BLOCK_CHECKS: tuple[Callable[[Make], None], ...] = checks_of(globals())
"""Every check of a block by itself, found by its name."""
