"""Openings: for whom which moment is to be opened by itself, kept in memory.

Rule 1: all of it is folded from the journal; a person's part is read when it is first needed.
Rule 2: where no moment opens itself, nothing is kept and nothing is looked at.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heappop, heappush

from penchant.journal import Fact
from penchant.runtime.watching import Due, Watch, Watchlist, in_order
from penchant.words import Moment

__all__ = ["Openings"]

_KEPT = 1_000_000


class Openings:
    """What is due, by person."""

    def __init__(
        self, facts_of: Callable[[str], Iterable[Fact]], home_of: Callable[[str], str]
    ) -> None:
        """Start with no moment that opens itself.

        Args:
            facts_of: Gives the facts of a person under every id.
            home_of: Gives the id that a person goes by.
        """
        self.watchlist = Watchlist(())
        self.epoch = 0
        self._facts_of, self._home_of = facts_of, home_of
        self._watches: OrderedDict[str, tuple[int, Watch]] = OrderedDict()
        self._waiting: list[tuple[float, str, str]] = []
        self._looked_at: dict[tuple[str, str], float] = {}

    def declared(self, moments: Iterable[Moment]) -> None:
        """Take over what moments open by; what was folded for others is folded again."""
        self.watchlist = Watchlist(moments)
        self._watches.clear()

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
        concerned: dict[str, list[Fact]] = {}
        for fact in facts:
            if self.watchlist.concerns(fact):
                concerned.setdefault(self._home_of(fact.person), []).append(fact)
        for home, theirs in concerned.items():
            found = self._watches.get(home)
            if found is None or found[0] > epoch:
                watch = self._load(home)
            else:
                watch = found[1]
                for fact in theirs:
                    watch.take(fact, self.watchlist)
            self.wait(home, watch)

    def wait(self, home: str, watch: Watch) -> None:
        """Let what is due for a person be looked at by the next call, unless it waits already."""
        for moment, due in watch.dues.items():
            if (home, moment) not in self._looked_at:
                self.later(home, moment, due.at)

    def later(self, home: str, moment: str, when: float) -> None:
        """Look at a moment for a person at a time."""
        self._looked_at[home, moment] = when
        heappush(self._waiting, (when, home, moment))

    def due_at(self) -> float | None:
        """Say when something is to be looked at next."""
        return self._waiting[0][0] if self._waiting else None

    def ready(self, now: float) -> Iterator[tuple[str, str, Due]]:
        """Take out what is due by now, one by one: person, moment, and by what."""
        while self._waiting and self._waiting[0][0] <= now:
            _, person, moment = heappop(self._waiting)
            self._looked_at.pop((person, moment), None)
            home = self._home_of(person)
            due = self.watch(home).dues.pop(moment, None)
            if due is not None and now <= due.until:
                yield home, moment, due

    def forget(self, ids: Iterable[str]) -> None:
        """Let go of what was folded of some ids."""
        for one in ids:
            self._watches.pop(one, None)

    def _load(self, home: str) -> Watch:
        """Fold a person from the journal."""
        watch = Watch()
        for fact in in_order([one for one in self._facts_of(home) if self.watchlist.concerns(one)]):
            watch.take(fact, self.watchlist)
        self.epoch += 1
        self._watches[home] = self.epoch, watch
        self._watches.move_to_end(home)
        if len(self._watches) > _KEPT:
            self._watches.popitem(last=False)
        return watch
