"""Openings: for whom which moment is to be opened by itself, kept in memory.

Rule 1: all of it is folded from the journal; a person's part is read when it is first needed.
Rule 2: where no moment opens itself, nothing is kept and nothing is looked at.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush

from penchant.errors import PenchantError
from penchant.journal import Fact
from penchant.profile.registers import Registers
from penchant.runtime.directory import Directory
from penchant.runtime.opening.recalling import Recall
from penchant.runtime.opening.timetable import Missed, Timetable
from penchant.runtime.opening.watching import Declarations, Due, Watch, Watchlist, in_order

__all__ = ["Openings"]

_KEPT = 1_000_000
_FAILED = 64


class Openings:
    """What is due, by person."""

    def __init__(self, people: Directory) -> None:
        """Start with no moment that opens itself.

        Args:
            people: Says who is who, and gives their facts.
        """
        self.watchlist = Watchlist(())
        self.timetable = Timetable()
        self.missed: list[Missed] = []
        """Times that were met too late, until that is written."""
        self.failed: deque[PenchantError] = deque(maxlen=_FAILED)
        """Why moments could not be opened, until a tick says so."""
        self.deciding: dict[tuple[str, str], float] = {}
        """When moments were decided for people whose decisions are being written, so that whoever
        reads one of them from the journal meanwhile does not open the moment again."""
        self.epoch = 0
        self._facts_of, self._home_of, self._ids_of = people.facts, people.home, people.ids
        self._watches: OrderedDict[str, tuple[int, Watch]] = OrderedDict()
        self._waiting: list[tuple[float, str, str]] = []
        self._looked_at: dict[tuple[str, str], float] = {}
        self._known: tuple[object, ...] = ()
        self._is_recalled = False

    def declared(self, moments: Iterable[Declarations], now: float) -> bool:
        """Take over what moments open by, and fold again what was folded for others.

        Returns:
            Whether there is a purpose that a moment opens by time for and none did before: then
            everybody's answers are to be recalled.
        """
        listed = list(moments)
        current = [each[-1][1] for each in listed]
        known = tuple((one.name, one.purpose, one.opens) for one in current if one.opens)
        if known == self._known:
            return False
        self._known = known
        self.watchlist = Watchlist(listed)
        self._watches.clear()
        before = self.timetable.timed.keys()
        self.timetable.declare(current, now)
        return bool(self.timetable.timed.keys() - before)

    def recall(self, now: datetime) -> Recall:
        """Begin to read the journal for what openings need of it."""
        return Recall(self.watchlist, self.timetable, now)

    def recalled(self, recall: Recall, after: float) -> None:
        """Take over what the journal said.

        Args:
            recall: That saw all facts.
            after: Times up to this one are over; of earlier ones it is known that they were met.
        """
        for person, purposes, zone in recall.people(self._ids_of):
            self.timetable.place(person, purposes, zone, after)
        for (person, moment), at in recall.opened.items():
            self.timetable.opened(self._home_of(person), moment, at)
        for person, at in recall.touched.items():
            self.later(person, "", at)
        self._is_recalled = True

    def placed(self, registers: Registers, now: float) -> bool:
        """Take over where a person stands who answered, or stated a zone.

        Returns:
            Whether something is due earlier now.
        """
        if not self.timetable.timed or not self._is_recalled:
            return False
        before = self.timetable.due_at
        purposes = {one.purpose: now for one in registers.consents if one.state == "granted"}
        self.timetable.place(registers.person, purposes, registers.time_zone, now)
        after = self.timetable.due_at
        return after is not None and (before is None or after < before)

    def watch(self, home: str) -> Watch:
        """Give what is known of a person, by the id they go by."""
        found = self._watches.get(home)
        if found is None:
            return self._load(home)
        self._watches.move_to_end(home)
        return found[1]

    def see(self, facts: Sequence[Fact], epoch: int) -> None:
        """Take in facts that were made durable, and note what they make due.

        Args:
            facts: In the order they were written.
            epoch: As `epoch` stood before they were. What was read of a person since may hold them
                already or not, so it is read again.
        """
        if not self._known:
            return
        concerned: dict[str, list[Fact]] = {}
        for fact in facts:
            if self.watchlist.concerns(fact):
                concerned.setdefault(self._home_of(fact.person), []).append(fact)
        for home, theirs in concerned.items():
            try:
                self._wait(home, self._seen(home, theirs, epoch))
            except PenchantError as error:  # the facts are kept: whoever wrote them did not fail
                self.failed.append(error)

    def later(self, home: str, moment: str, when: float) -> None:
        """Look at a moment for a person at a time."""
        self._looked_at[home, moment] = when
        heappush(self._waiting, (when, home, moment))

    @property
    def due_at(self) -> float | None:
        """Say when something is to be looked at next, or an error to be told."""
        if self.failed:
            return 0.0
        times = [self.timetable.due_at, self._waiting[0][0] if self._waiting else None]
        return min((one for one in times if one is not None), default=None)

    def ready(self, now: float, most: int) -> Iterator[tuple[str, str]]:
        """Take out where something may be due by now: person and moment, "" for any moment.

        Args:
            now: In seconds since 1970.
            most: How often it looks; each look may read a person from the disk.
        """
        for _ in range(most):
            if not self._waiting or self._waiting[0][0] > now:
                return
            _, person, moment = heappop(self._waiting)
            self._looked_at.pop((person, moment), None)
            yield self._home_of(person), moment

    def take(self, home: str, moment: str, now: float) -> Due | None:
        """Take out what is due at a moment for a person, if it is not too late."""
        watch = self.watch(home)
        if not moment:
            self._wait(home, watch)
            return None
        due = watch.dues.pop(moment, None)
        return due if due is not None and now <= due.until else None

    def forget(self, ids: Iterable[str]) -> None:
        """Know nothing of some ids any more."""
        gone = frozenset(ids)
        self.timetable.remove(gone)
        for one in gone:
            self._watches.pop(one, None)
        waits = [key for key in self._looked_at if key[0] in gone]
        if waits:
            for key in waits:
                del self._looked_at[key]
            self._waiting = [one for one in self._waiting if one[1] not in gone]
            heapify(self._waiting)

    def _seen(self, home: str, facts: Sequence[Fact], epoch: int) -> Watch:
        """Give what is known of a person with some facts taken in."""
        found = self._watches.get(home)
        if found is None or found[0] > epoch:
            return self._load(home)
        for fact in facts:
            found[1].take(fact, self.watchlist)
        return found[1]

    def _wait(self, home: str, watch: Watch) -> None:
        """Let what is due for a person be looked at by the next call, unless it waits already."""
        for moment, due in watch.dues.items():
            if (home, moment) not in self._looked_at:
                self.later(home, moment, due.at)

    def _load(self, home: str) -> Watch:
        """Fold a person from the journal."""
        watch = Watch()
        facts = self._facts_of(home)
        for fact in facts if len(self._ids_of(home)) == 1 else in_order(tuple(facts)):
            watch.take(fact, self.watchlist)
        self.epoch += 1
        self._watches[home] = self.epoch, watch
        self._watches.move_to_end(home)
        if len(self._watches) > _KEPT:
            self._watches.popitem(last=False)
        return watch
