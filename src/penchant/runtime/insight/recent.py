"""The latest decisions, and whom an engine met lately: what a page lists without reading the disk.

Rule 1: bounded, and folded from the facts as they come; what is forgotten leaves at once.
Rule 2: decisions that were taken in columns stay columns until somebody looks at one, and who
they were for is listed when somebody asks.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from penchant.runtime.columns import DecidedColumns
from penchant.words import Decision

__all__ = ["Recent"]

DECISIONS = 1_024
PEOPLE = 10_000
UNLISTED = 16 * PEOPLE  # ids that wait to be listed, in blocks

Chunk = list[Decision] | DecidedColumns


class Recent:
    """The latest decisions of an engine, and the people they were for."""

    def __init__(self) -> None:
        """Start with none."""
        self._people: dict[str, datetime] = {}
        self._unlisted: list[tuple[Sequence[str], datetime]] = []
        self._chunks: deque[Chunk] = deque()
        self._count = 0

    @property
    def people(self) -> dict[str, datetime]:
        """When each person was last decided for, the latest last."""
        self._list()
        return self._people

    def add(self, decisions: list[Decision]) -> None:
        """Keep decisions, in their order."""
        self._keep(decisions)
        self._list()
        self._meet((one.person, one.at) for one in decisions)

    def add_columns(self, columns: DecidedColumns) -> None:
        """Keep decisions that were taken in columns."""
        self._keep(columns)
        self._unlisted.append((columns.people, columns.made.at))
        if sum(len(people) for people, _ in self._unlisted) > UNLISTED:
            self._list()

    def latest(self) -> Iterator[Decision]:
        """Give the latest decisions, the last one first."""
        return islice(self._backwards(), DECISIONS)

    def forget(self, ids: Iterable[str]) -> None:
        """Let go of some people and of what was decided for them."""
        gone, people = set(ids), self.people
        for one in gone:
            people.pop(one, None)
        for chunk in self._chunks:
            if isinstance(chunk, DecidedColumns):
                for one in gone:
                    chunk.drop(one)
            else:
                before = len(chunk)
                chunk[:] = [decision for decision in chunk if decision.person not in gone]
                self._count -= before - len(chunk)

    def _keep(self, chunk: Chunk) -> None:
        """Keep a chunk, and let the oldest ones go that are not needed any more."""
        chunks = self._chunks
        chunks.append(chunk)
        self._count += len(chunk)
        while self._count - len(chunks[0]) >= DECISIONS:
            self._count -= len(chunks.popleft())

    def _list(self) -> None:
        """List whom columns were for, from the latest back, until there are enough."""
        unlisted, self._unlisted = self._unlisted, []
        lately: list[tuple[str, datetime]] = []
        met: set[str] = set()
        for people, at in reversed(unlisted):  # whoever came before the latest plays no part
            if len(met) >= PEOPLE:
                break
            lately += [(one, at) for one in reversed(people) if one not in met]
            met.update(people)
        self._meet(reversed(lately))

    def _meet(self, met: Iterable[tuple[str | None, datetime]]) -> None:
        people, lately = self._people, dict(met)
        for person in lately:
            people.pop(person or "", None)
        people.update((person, at) for person, at in lately.items() if person)
        for one in list(islice(people, max(len(people) - PEOPLE, 0))):
            del people[one]

    def _backwards(self) -> Iterator[Decision]:
        for chunk in reversed(self._chunks):
            if isinstance(chunk, DecidedColumns):
                yield from _of_columns(chunk)
            else:
                yield from reversed(chunk)


def _of_columns(columns: DecidedColumns) -> Iterator[Decision]:
    people: Sequence[str] = columns.people
    for place in reversed(range(len(columns))):
        if people[place]:
            yield columns.decision(place)
