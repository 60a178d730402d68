"""Who is who: the people an engine has met lately, and which ids are one person.

Rule: everything here is folded from the journal; dropping it loses nothing.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator

from penchant.journal import Fact, Journal, Linked
from penchant.profile.registers import fold, join, start
from penchant.runtime.live_person import LivePerson

__all__ = ["Directory"]

_KEPT = 1_000_000


class Directory:
    """The people of one engine, by any of their ids."""

    def __init__(self, journal: Journal) -> None:
        """Start with nobody; facts are read when a person is first asked for."""
        self._journal = journal
        self._people: OrderedDict[str, LivePerson] = OrderedDict()
        self._home: dict[str, str] = {}

    def person(self, person: str) -> LivePerson:
        """Give a person, under whichever id."""
        home = self.home(person)
        found = self._people.get(home)
        if found is None:
            found = self._people[home] = self._read(home)
            if len(self._people) > _KEPT:
                self._people.popitem(last=False)
        return found

    def home(self, person: str) -> str:
        """Give the id that a person goes by."""
        found = self._home.get(person)
        if found is None:
            found, met = person, {person}
            while (to := self.linked_to(found)) and to not in met:
                found = to
                met.add(to)
            self._home[person] = found
        return found

    def linked_to(self, person: str) -> str:
        """Give the id that an id was last merged into, or "" for none."""
        last = self.last_link(person)
        return last.to if last else ""

    def last_link(self, person: str) -> Linked | None:
        """Give what was last said of who an id is; each is later than the one before it."""
        links = [fact for fact in self._journal.read(person) if isinstance(fact, Linked)]
        return links[-1] if links else None

    def ids(self, person: str) -> tuple[str, ...]:
        """Give every id of a person, the one they go by first."""
        home = self.home(person)
        return (home, *self.person(home).registers.known_as)

    def facts(self, person: str) -> Iterator[Fact]:
        """Give the facts of a person under every id."""
        for one in self.ids(person):
            yield from self._journal.read(one)

    def forget(self, ids: Iterable[str]) -> None:
        """Let go of what was read about some ids; the journal is asked again when needed."""
        for one in ids:
            self._people.pop(one, None)
            self._home.pop(one, None)

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
        return LivePerson(registers, facts)
