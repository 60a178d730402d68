"""Who is who: the people an engine has met lately, and which ids are one person.

Rule 1: everything here is folded from the journal; dropping a person loses nothing.
Rule 2: links are few and all kept, so whose an id is costs no reading, however much they did.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from penchant.journal import Fact, Journal, Linked
from penchant.profile.registers import fold, join, start
from penchant.runtime.live_person import LivePerson
from penchant.runtime.packs.loaded import Loaded

__all__ = ["Directory"]

_KEPT = 1_000_000


class Directory:
    """The people of one engine, by any of their ids."""

    def __init__(self, journal: Journal, loaded: Loaded | None = None) -> None:
        """Start with nobody; facts are read when a person is first asked for, links are told."""
        self._journal, self._loaded = journal, loaded
        self._people: OrderedDict[str, LivePerson] = OrderedDict()
        self._links: dict[str, Linked] = {}
        self._linked_from: dict[str, set[str]] = {}

    def person(self, person: str) -> LivePerson:
        """Give a person, under whichever id."""
        home = self.home(person)
        found = self._people.get(home)
        if found is None:
            found = self._people[home] = self._read(home)
            if len(self._people) > _KEPT:
                self._people.popitem(last=False)
        return found

    def link(self, fact: Linked) -> None:
        """Take in who an id is from now on; what was read about all whom it concerns is let go."""
        self.drop((*self.ids(fact.person), *(self.ids(fact.to) if fact.to else ())))
        self._unlink(fact.person)
        self._links[fact.person] = fact
        if fact.to:
            self._linked_from.setdefault(fact.to, set()).add(fact.person)

    def home(self, person: str) -> str:
        """Give the id that a person goes by."""
        found, met = person, {person}
        while (to := self.linked_to(found)) and to not in met:
            found = to
            met.add(to)
        return found

    def linked_to(self, person: str) -> str:
        """Give the id that an id was last merged into, or "" for none."""
        last = self._links.get(person)
        return last.to if last else ""

    def last_link(self, person: str) -> Linked | None:
        """Give what was last said of who an id is; each is later than the one before it."""
        return self._links.get(person)

    def ids(self, person: str) -> tuple[str, ...]:
        """Give every id of a person, the one they go by first."""
        home = self.home(person)
        others, waiting = set[str](), [home]
        while waiting:
            new = self._linked_from.get(waiting.pop(), set()) - others - {home}
            others |= new
            waiting += new
        return (home, *sorted(others))

    def facts(self, person: str) -> Iterator[Fact]:
        """Give the facts of a person under every id."""
        for one in self.ids(person):
            yield from self._journal.read(one)

    def drop(self, ids: Iterable[str]) -> None:
        """Let go of what was read about some ids; the journal is asked again when needed."""
        for one in ids:
            self._people.pop(one, None)

    def clear(self) -> None:
        """Let go of all that was read; the journal is asked again when needed."""
        self._people.clear()

    def forget(self, ids: Iterable[str]) -> None:
        """Know nothing of some ids any more, nor whose they were."""
        for one in ids:
            self._people.pop(one, None)
            self._unlink(one)
            self._linked_from.pop(one, None)

    def _unlink(self, person: str) -> None:
        """Take back what was said of who an id is."""
        last = self._links.pop(person, None)
        if last is None or not last.to:
            return
        others = self._linked_from.get(last.to, set())
        others.discard(person)
        if not others:
            self._linked_from.pop(last.to, None)

    def _read(self, home: str) -> LivePerson:
        """Fold a person from the journal, with all that is known to be them."""
        registers, facts = start(home), list(self._journal.read(home))
        for fact in facts:
            registers = fold(registers, fact)
        waiting, met = list(registers.known_as), {home}
        while waiting:
            alias = waiting.pop()
            if alias in met:
                continue
            met.add(alias)
            other, theirs = start(alias), list(self._journal.read(alias))
            for fact in theirs:
                other = fold(other, fact)
            registers = join(registers, other)
            facts += theirs
            waiting += other.known_as
        return LivePerson(registers, facts, self._loaded)
