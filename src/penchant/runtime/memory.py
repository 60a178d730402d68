"""What an engine keeps in memory, and the one way in which it writes.

Rule 1: everything but the lock is folded from the journal; `restored` does it at the start.
Rule 2: a fact is durable before its effect is seen; nothing is kept of what could not be written.
Rule 3: the lock guards tables in memory only; `write` does not hold it while the disk is waited
for, so that concurrent callers share one write.
"""

import math
import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from penchant.contract.installed import Installed
from penchant.errors import StoreError, UnknownMoment
from penchant.journal import (
    NOBODY,
    Block,
    Claimed,
    Decided,
    Declared,
    Derived,
    Fact,
    Learned,
    Linked,
    Observed,
    Provided,
    Settled,
    Store,
)
from penchant.learn.pending import Open, Pending
from penchant.limits import Limits, check_time
from penchant.profile.registers import RESTRICTION_KINDS
from penchant.runtime.arriving import Arriving
from penchant.runtime.bell import Bell
from penchant.runtime.directory import Directory
from penchant.runtime.gate import Gate
from penchant.runtime.insight.tallies import Tallies
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.opening.openings import Openings
from penchant.runtime.opening.recalling import Recall
from penchant.runtime.outbox.letters import NOT_SENT, Letters
from penchant.runtime.own_past import expose
from penchant.runtime.packs.loaded import Loaded
from penchant.runtime.packs.watch import Watch
from penchant.words import Moment, Receipt

__all__ = ["Memory"]


class Memory:
    """The moments, people and open decisions of one engine."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        dice: random.Random,
        limits: Limits,
        packs: Iterable[Installed] = (),
    ) -> None:
        """Take over a store and fold its journal."""
        self.store = store
        self.packs = Loaded(packs)
        self.watch = Watch(self.packs)
        self.dice = dice
        self.limits = limits
        self.lock = threading.RLock()
        self.arriving = Arriving(self.lock)
        self.gate = Gate()
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="penchant-derive")
        self.moments: dict[str, LiveMoment] = {}
        self.people = Directory(store, self.packs)
        self.pending = Pending(limits.open_decisions)
        self.tallies = Tallies(lambda name: self.moments[name].moment)
        self.openings = Openings(self.people)
        self.letters = Letters(clock())
        self.bell = Bell()
        self.may_owe = True
        """Whether a moment may have to be derived anew; asked before each call, so kept at hand."""
        self.unwritten: list[Derived] = []
        self._clock = clock
        self._latest = self._said = datetime.min.replace(tzinfo=UTC)
        self._restore()

    def close(self) -> None:
        """Write what is unwritten and let go of the store; a second call does nothing."""
        with self.lock:
            self.worker.shutdown(wait=True)
            if self.unwritten:
                self.write([])
            self.store.close()

    def now(self, at: datetime | None = None) -> datetime:
        """Give the time of a call; the engine's own clock never runs back."""
        clock = self._clock()
        if at is not None:
            return check_time(at, clock, "The call", self.limits)
        self._latest = max(clock, self._latest)
        return self._latest

    def said_at(self) -> datetime:
        """Give the time of a statement made now: of two the latter counts, so no two share one."""
        self._said = max(self.now(), self._said + timedelta(microseconds=1))
        return self._said

    @property
    def refit_at(self) -> float:
        """When a moment next has to be derived anew, without somebody who was forgotten."""
        return min((one.learning.refit_at for one in list(self.moments.values())), default=math.inf)

    def moment(self, name: object) -> LiveMoment:
        """Give a declared moment.

        Raises:
            UnknownMoment: When none of that name was declared.
        """
        live = self.moments.get(name) if isinstance(name, str) else None
        if live is None:
            said = str(name)[:64]
            msg = f"No moment `{said}` was declared. Declare it with `engine.declare(Moment(…))`."
            raise UnknownMoment(msg)
        return live

    def declare(self, moment: Moment, at: datetime) -> None:
        """Take a declaration in."""
        known = self.moments.get(moment.name)
        if known is None:
            known = LiveMoment(moment, self.limits, self.worker.submit)
            self.moments[moment.name] = known
        else:
            if moment.guardrails and not known.moment.guardrails:
                self.people.clear()  # what was done counts towards its caps, and was not kept
            known.declare(moment)
        known.declared.append((at, moment))

    def write(self, facts: list[Fact] | Block) -> None:
        """Make facts durable, and with them the versions derived since the last write."""
        with self.lock:
            derived, self.unwritten = self.unwritten, []
            epoch = self.openings.epoch
        try:
            if isinstance(facts, list):
                self.store.append([*derived, *facts] if derived else facts)
            else:
                if derived:
                    self.store.append(derived)
                    derived = []
                self.store.append(facts)
        except StoreError:
            with self.lock:
                self.unwritten = [*derived, *self.unwritten]
            raise
        with self.lock:
            self.tallies.written(facts)
            if isinstance(facts, list):
                if self.packs:
                    self.watch.see(facts)
                self.openings.see(facts, epoch)

    def fold(self, fact: Fact) -> None:
        """Let a person's registers change, and what was kept ready from them go."""
        if isinstance(fact, Linked):
            self._relink(fact)
            return
        someone = self.people.person(fact.person)
        if isinstance(fact, Observed):
            someone.remember(fact.signal.id)
        someone.fold(fact)
        if someone.is_stale:
            self.people.drop([self.people.home(fact.person)])
        if self.openings.placed(someone.registers, self.now().timestamp()):
            self.bell.ring()
        self._unready(self.people.ids(fact.person))
        if _is_about_use(fact):
            self._settle_use(fact.person, fact.at)

    def advance(self, live: LiveMoment, at: datetime) -> None:
        """Let a moment's versions follow its outcomes; a new one is written with the next facts."""
        if live.learning.advance():
            self.unwritten.append(live.learning.versions.derived(live.moment.name, at))

    def erase(self, ids: tuple[str, ...], at: datetime) -> Receipt:
        """Make the facts of all ids of a person unreadable, and forget the person."""
        receipts = [self.store.forget(one, at) for one in ids]
        outcomes = self._forget(ids, at)
        entries = sum(receipt.entries for receipt in receipts)
        return replace(receipts[0], entries=entries, outcomes=outcomes)

    def _forget(self, ids: tuple[str, ...], at: datetime) -> int:
        """Take a person out of every model and table; give how many outcomes that were."""
        outcomes = 0
        for live in self.moments.values():
            with self._noting(live, at):
                outcomes += live.learning.unlearn(ids, at)
        for one in ids:
            self.pending.drop(one)
        for live in self.moments.values():
            for one in ids:
                live.plain.forget(one)
        self.openings.forget(ids)
        self.letters.forget(ids)
        self.people.forget(ids)
        self.tallies.forget(ids)
        self.watch.forget(ids)
        self.may_owe = True
        return outcomes

    @contextmanager
    def _noting(self, live: LiveMoment, at: datetime) -> Iterator[None]:
        """Have a version that comes into force meanwhile, as a round under way may, written."""
        before = live.model.version.number
        yield
        if live.model.version.number != before:
            self.unwritten.append(live.learning.versions.derived(live.moment.name, at))

    def _unready(self, ids: tuple[str, ...]) -> None:
        for live in self.moments.values():
            for one in ids:
                live.plain.drop(one)

    def _relink(self, fact: Linked) -> None:
        """Let two ids become one person, or two again, in every model."""
        met = [fact.person, *self.people.ids(fact.person)]
        met += self.people.ids(fact.to) if fact.to else ()
        self.openings.forget(met)
        self.people.link(fact)
        homes = dict.fromkeys(self.people.home(one) for one in met)
        people = {home: self.people.ids(home) for home in homes}
        for home in homes:
            self.openings.placed(self.people.person(home).registers, self.now().timestamp())
        for live in self.moments.values():
            live.plain.clear()
            with self._noting(live, fact.at):
                live.learning.gather(people)
        for home in homes:
            self._settle_use(home, fact.at)

    def take_in(
        self, facts: Sequence[Fact], moments: Mapping[str, LiveMoment], person: str
    ) -> None:
        """Write facts about a person that come from elsewhere, and fold them as after a restart.

        Args:
            facts: Declarations and versions first, then those of the person.
            moments: Those that take the place of what is there, where nothing was learned.
            person: Under any of their ids.
        """
        self.store.append(facts)
        self.moments.update(moments)
        links = {fact.person: fact for fact in facts if isinstance(fact, Linked)}
        self.people.drop(self.people.ids(person))
        for link in links.values():
            self.people.link(link)
        for fact in facts:
            if not isinstance(fact, Declared | Derived | Linked):
                self._reopen(fact)
        ids, at = self.people.ids(person), self.now()
        for live in moments.values():
            live.learning.restored(at)
            self.may_owe = True
        for live in self.moments.values():
            with self._noting(live, at):
                live.learning.gather({ids[0]: ids})
        self._unready(ids)
        self._settle_use(ids[0], at)
        self.openings.forget(ids)
        self.openings.placed(self.people.person(ids[0]).registers, at.timestamp())

    def _settle_use(self, person: str, at: datetime) -> None:
        """Let a person's outcomes rest while they restrict the use of them, and teach after."""
        ids = self.people.ids(person)
        is_restricted = self.people.person(person).registers.restricted is not None
        for live in self.moments.values():
            if is_restricted or any(one in live.learning.asleep for one in ids):
                with self._noting(live, at):
                    live.learning.restrict(ids, is_restricted=is_restricted)

    def _restore(self) -> None:
        """Fold the journal: moments and versions, then decisions and outcomes in their order.

        Versions come first, because they say which column a name had: the decisions that brought
        it may be forgotten by now.
        """
        for fact in self.store.read(NOBODY):
            if isinstance(fact, Declared):
                self.declare(fact.moment, fact.at)
            elif isinstance(fact, Derived):
                self.moments[fact.moment].learning.versions.restore(fact)
            elif isinstance(fact, Provided):
                self.packs.take(fact)
        self.packs.remake()
        self.openings.declared([live.declared for live in self.moments.values()], 0.0)
        recall = self.openings.recall(self.now())
        linked, limited = self._read(recall)
        for link in linked.values():
            self.people.link(link)
        self._lay_down(limited)
        for live in self.moments.values():
            with self._noting(live, self.now()):
                live.learning.restored(self.now())
        for link in linked.values():
            self._relink(link)
        self._finish_forgetting(linked.values())
        self.letters.lose()
        self.openings.recalled(recall, recall.latest - self.openings.timetable.late)

    def _read(self, recall: Recall) -> tuple[dict[str, Linked], set[str]]:
        """Read all facts; give whose each id is, and who said whether what is kept may be used."""
        linked: dict[str, Linked] = {}
        limited: set[str] = set()
        for fact in self.store.read():
            recall.see(fact)
            if isinstance(fact, Declared):
                self.moments[fact.moment.name].declare(fact.moment)
            elif isinstance(fact, Derived):
                self.moments[fact.moment].learning.versions.reached(fact.version)
            elif isinstance(fact, Linked):
                linked[fact.person] = fact
            else:
                self._reopen(fact)
                if _is_about_use(fact):
                    limited.add(fact.person)
        return linked, limited

    def _lay_down(self, persons: Iterable[str]) -> None:
        """Let the outcomes of those who restrict their use rest, before any sum is made of them."""
        for person in persons:
            if self.people.person(person).registers.restricted is not None:
                for live in self.moments.values():
                    live.learning.asleep.lay_down(self.people.ids(person))

    def _finish_forgetting(self, links: Iterable[Linked]) -> None:
        """Forget the other ids of whoever was being forgotten when the process ended.

        The id they went by is forgotten first. An id that leads to one which was forgotten, and
        which knows nothing of the other, is what was left over.
        """
        for fact in links:
            if not fact.to or self.store.forgotten(fact.to) is None:
                continue
            if fact.person not in self.people.person(fact.to).registers.known_as:
                self.erase(self.people.ids(fact.person), self.now())

    def _reopen(self, fact: Fact) -> None:
        """Let a decision of the journal wait again, or an outcome join the evidence."""
        self.tallies.written([fact])
        if self.packs:
            self.watch.see([fact])
        if isinstance(fact, Decided) and fact.decision.expected:
            live = self.moments[fact.decision.moment]
            self.pending.add(live.reopened(fact.decision))
            expose(live.model, fact.decision)
            if fact.opening:
                self.letters.post(fact.decision, live)
        elif isinstance(fact, Claimed | Settled):
            self.letters.see(fact)
            if isinstance(fact, Settled) and fact.how in NOT_SENT:
                self.pending.let_go(fact.decision, f"It was not sent. {fact.sentence}".strip())
        elif isinstance(fact, Learned):
            one = self.pending.take(fact.decision)
            if isinstance(one, Open):
                self.moments[fact.moment].learning.keep(one, fact, fact.person)
                self.tallies.learned([(one, fact)])


def _is_about_use(fact: Fact) -> bool:
    """Tell whether a person says with it whether what is kept may be used."""
    return isinstance(fact, Observed) and fact.signal.kind in RESTRICTION_KINDS
