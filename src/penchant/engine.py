"""The engine: the loop with a clock, dice, a journal and a lock.

Rule 1: a fact is durable before its effect is seen; nothing is kept of what could not be written.
Rule 2: facts of a person are asked for under a purpose; without consent nothing is kept or used.
Rule 3: the lock guards tables in memory only and is never held while the disk is waited for, so
that concurrent callers share one write.
"""

import random
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Any, ClassVar, Self, overload

import msgspec

import numpy as np

from penchant.batches import decide_columns, decide_items, learn_columns, learn_items
from penchant.calls import Call, check_call
from penchant.declaring import check_moment
from penchant.directory import Directory
from penchant.errors import BadInput, StoreError, UnknownDecision, UnknownMoment
from penchant.guard.consent import keeping_refusal
from penchant.journal import (
    NOBODY,
    Consented,
    Decided,
    Declared,
    Derived,
    Fact,
    Learned,
    Linked,
    Observed,
    Store,
    as_plain,
)
from penchant.learn.pending import Open, Pending
from penchant.limits import Limits, check_id, check_number, check_time
from penchant.live import LiveMoment
from penchant.profile.beliefs import believe, profile_of
from penchant.loop import Question, fallback_only, learned, refusal
from penchant.profile.registers import no_room
from penchant.reception import received
from penchant.words import (
    Accepted,
    Action,
    Consent,
    Decision,
    Explanation,
    FrozenMap,
    Moment,
    Profile,
    Receipt,
    Refused,
    Signal,
)

__all__ = ["Engine"]

_NO_CONTEXT: Mapping[str, Any] = MappingProxyType({})
_NO_ROW = np.zeros(0)


class Engine:
    """Keeps one model per person, decides, learns, explains, and forgets on request.

    Example:
        >>> from penchant import Action, Engine, Moment, Outcome
        >>> with Engine.open(seed=7) as engine:
        ...     engine.declare(Moment("home.hero", purpose="recommendation",
        ...                           actions=[Action("run"), Action("swim")],
        ...                           outcome=Outcome("clicked", window="30m")))
        ...     engine.consent("ada", "recommendation", granted=True, dial=1.0)
        ...     decision = engine.decide("home.hero", person="ada", context={"hour": 9})
        ...     bool(engine.learn(decision.id, outcome="clicked"))
        Accepted()
        True
    """

    open_store: ClassVar[Callable[[str | None], Store]]
    """Opens the store at a path; set by the package, the one place that knows the adapters."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime] | None = None,
        dice: random.Random | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Take over a store; the clock gives aware datetimes, the dice give draws and ids."""
        self._store = store
        self._clock = clock or (lambda: datetime.now(UTC))
        self._dice = dice or random.Random()
        self._limits = limits or Limits()
        self._lock = threading.RLock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="penchant-derive")
        self._moments: dict[str, LiveMoment] = {}
        self._people = Directory(store)
        self._pending = Pending(self._limits.open_decisions)
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._unwritten: list[Derived] = []
        self._restore()

    @classmethod
    def open(
        cls, path: str | None = None, *, seed: int | None = None, packs: Sequence[str] = ()
    ) -> Self:
        """Open the engine whose journal lies at `path`; in memory for None.

        Args:
            path: A file; it and `path.keys` are made when they do not exist.
            seed: Makes ids and draws the same in each run that asks the same.
            packs: Names of domain packs to load.

        Raises:
            BadInput: For a pack that is not installed.
            StoreError: When the file cannot be opened; see its subclasses.
        """
        if packs:
            msg = f"No pack is installed, so `{packs[0]}` cannot be loaded. Open without packs."
            raise BadInput(msg)
        return cls(cls.open_store(path), dice=random.Random(seed))

    def __enter__(self) -> Self:
        """Use the engine as a context manager."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the engine."""
        self.close()

    def close(self) -> None:
        """Write what is unwritten and let go of the store; a second call does nothing."""
        with self._lock:
            self._worker.shutdown(wait=True)
            if self._unwritten:
                self._write([])
            self._store.close()

    def declare(self, moment: Moment) -> None:
        """Declare a moment, or replace it; what was learned for its actions is kept.

        Raises:
            BadInput: When the moment cannot be decided; see `declaring.check_moment`.
        """
        check_moment(moment, self._limits)
        with self._lock:
            known = self._moments.get(moment.name)
            if known is not None and known.moment == moment:
                return
            if known is not None:
                known.check_redeclared(moment)
            self._write([Declared(self._now(), moment)])
            self._declare(moment)

    def consent(
        self,
        person: str,
        purpose: str,
        *,
        granted: bool = True,
        dial: float = 1.0,
        until: datetime | None = None,
        at: datetime | None = None,
    ) -> Accepted | Refused:
        """Keep a person's answer for a purpose, from the next decision on.

        Args:
            person: Whose answer it is.
            purpose: What they were asked for.
            granted: Yes or no.
            dial: The greatest burden they allow, 0..1; 0 means that nothing is done.
            until: When the answer ends, if it does.
            at: When they answered; None means now.

        Raises:
            BadInput: For an id, a dial or a time that makes no sense.
        """
        check_id(person, "A person id", self._limits)
        check_id(purpose, "A purpose", self._limits)
        dial = check_number(dial, "The dial", 0.0, 1.0) if granted else 0.0
        with self._lock:
            now = self._now(at)
            live = self._people.person(person)
            before = live.registers.consent(purpose).state
            state = "granted" if granted else "withdrawn" if before == "granted" else "denied"
            fact = Consented(person, now, Consent(purpose, state, dial, now, until))
            if full := no_room(live.registers, fact):
                return Refused(full)
        self._write([fact])
        with self._lock:
            self._people.person(person).fold(fact)
        return Accepted()

    @overload
    def observe(self, signals: Signal, *, purpose: str | None = None) -> Accepted | Refused: ...
    @overload
    def observe(
        self, signals: Iterable[Signal], *, purpose: str | None = None
    ) -> list[Accepted | Refused]: ...
    def observe(
        self, signals: Signal | Iterable[Signal], *, purpose: str | None = None
    ) -> Accepted | Refused | list[Accepted | Refused]:
        """Keep signals, each under a granted purpose; what cannot be kept is refused with a reason.

        Args:
            signals: One, or many.
            purpose: Under which they are kept; a person's own rules and merges need none.

        Returns:
            One answer a signal, in order; a bad one does not keep the others back.
        """
        if isinstance(signals, Signal):
            return self.observe([signals], purpose=purpose)[0]
        with self._lock:
            now = self._now()
            answers = [
                received(
                    signal, purpose or "", now=now, limits=self._limits, people=self._people
                )
                for signal in signals
            ]
        facts = [fact for answer in answers if isinstance(answer, list) for fact in answer]
        if facts:
            self._write(facts)
        with self._lock:
            for fact in facts:
                self._take_in(fact)
        return [Accepted() if isinstance(answer, list) else answer for answer in answers]

    def decide(
        self,
        moment: str,
        *,
        person: str | None = None,
        context: Mapping[str, Any] = _NO_CONTEXT,
        actions: Iterable[Action] | None = None,
        at: datetime | None = None,
        draw: float | None = None,
    ) -> Decision:
        """Decide a moment; the decision is journalled before it is returned.

        Args:
            moment: Its name.
            person: For whom; None decides from what people in general do, and needs no consent.
            context: What holds right now: name to yes/no, number, text or list of numbers.
            actions: Candidates known only now; None uses the declared ones.
            at: When; None means now.
            draw: In [0, 1), instead of the engine's dice.

        Raises:
            UnknownMoment: When the moment was not declared.
            BadInput: For a context or actions that cannot be used. A person never raises: without
                consent the answer is the moment's default, or `nothing`, with its reason.
        """
        return self._decide(Call(moment, person, context, actions, draw), at)

    def _decide(self, call: Call, at: datetime | None) -> Decision:
        """Check, decide, write, and only then wait for the outcome."""
        check_call(call, self._limits)
        now = self._now(at)
        self._close_windows(now)
        with self._lock:
            one = self._decided(call, now)
        decision = one.decision
        self._write([Decided(call.person or NOBODY, now, decision)])
        if decision.expected:
            with self._lock:
                self._pending.add(one)
                if call.person is not None:
                    self._people.person(call.person).done(decision)
        return decision

    def learn(
        self,
        decision_id: str,
        *,
        reward: float | None = None,
        outcome: str | None = None,
        at: datetime | None = None,
    ) -> Accepted | Refused:
        """Learn what followed a decision; the first outcome counts.

        Args:
            decision_id: `Decision.id`.
            reward: A number in the moment's range.
            outcome: Instead of a reward, the name of the moment's outcome, which is reward 1.
            at: When it happened; None means now.

        Returns:
            Refused for a repeat, one after the window, one for a forgotten person or an id that
            is not known.

        Raises:
            BadNumber: For a reward outside the range, another outcome, or both or neither.
        """
        now = self._now(at)
        self._close_windows(now)
        with self._lock:
            one = self._pending.take(decision_id)
            if isinstance(one, str):
                return Refused(one)
            try:
                fact = self._learned(one, now, reward, outcome)
            except BadInput:
                self._pending.put_back(one)
                raise
        if isinstance(fact, Refused):
            return fact
        self._learn_all([(one, fact)])
        return Accepted()

    def explain(self, decision_id: str) -> Explanation:
        """Explain a decision in plain sentences, from its record.

        Raises:
            UnknownDecision: When no decision of that id is kept.
        """
        decision = self._store.find(decision_id)
        if decision is None:
            msg = f"No decision `{decision_id[:64]}` is kept. Was its person forgotten?"
            raise UnknownDecision(msg)
        with self._lock:
            return self._moment(decision.moment).explainer(decision.version).explain(decision)

    def profile(self, person: str) -> Profile:
        """Give all that is believed about a person, in words and with how sure it is."""
        check_id(person, "A person id", self._limits)
        with self._lock:
            now = self._now()
            registers = self._people.person(person).registers
            facts = list(self._people.facts(person))
            parts = [live.belief(self._people.home(person), now) for live in self._moments.values()]
        beliefs = believe(facts, now=now, time_zone=registers.time_zone)
        return profile_of(registers, (*beliefs, *(part for part in parts if part is not None)))

    def export(self, person: str) -> str:
        """Give every fact kept about a person under any id, as JSON Lines in order of arrival."""
        check_id(person, "A person id", self._limits)
        with self._lock:
            facts = list(self._people.facts(person))
        encoder = msgspec.json.Encoder(enc_hook=as_plain)
        return "".join(encoder.encode(fact).decode() + "\n" for fact in facts)

    def forget(self, person: str) -> Receipt:
        """Forget a person: nothing of them can be read again, and the model is without them."""
        check_id(person, "A person id", self._limits)
        with self._lock:
            ids = self._people.ids(person)
            at = self._now()
            receipts = [self._store.forget(one, at) for one in ids]
            outcomes = 0
            for live in self._moments.values():
                if taken := live.unlearn(ids):
                    self._unwritten.append(live.derived(at))
                    outcomes += taken
            for one in ids:
                self._pending.drop(one)
            self._people.forget(person)
        entries = sum(receipt.entries for receipt in receipts)
        return msgspec.structs.replace(receipts[0], entries=entries, outcomes=outcomes)

    def decide_many(
        self,
        items: str | Sequence[Mapping[str, Any]],
        *,
        people: Sequence[str] | None = None,
        contexts: Any = None,  # noqa: ANN401 - (n, d) array of floats, or None
        at: datetime | None = None,
    ) -> Sequence[Decision | Refused]:
        """Decide many moments; answers come in order, and a bad item keeps nobody back.

        Args:
            items: As in the HTTP body: `{"moment", "person", "context", "actions"}` each. Or the
                name of one moment, with `people` and `contexts` in columns: an (n, d) array whose
                columns are the feature `context`, a list of d numbers. Decisions given in columns
                are built when they are looked at.
            people: n ids; a person twice in one batch sees the state before the batch.
            contexts: (n, d), or None.
            at: When; None means now.
        """
        if isinstance(items, str):
            return decide_columns(self, items, people or (), contexts, at)
        return decide_items(self, items, at)

    def learn_many(
        self,
        items: Sequence[Any],
        *,
        rewards: Any = None,  # noqa: ANN401 - (n,) array of floats, or None
        at: datetime | None = None,
    ) -> Sequence[Accepted | Refused]:
        """Learn many outcomes; answers come in order.

        Args:
            items: As in the HTTP body: `{"decision", "reward"}` or `{"decision", "outcome"}` each.
                Or the decisions that `decide_many` gave in columns, with their `rewards`.
            rewards: (n,) in the moment's range.
            at: When they happened; None means now.
        """
        if rewards is None:
            return learn_items(self, items, at)
        return learn_columns(self, items, rewards, at)

    def tick(self, at: datetime | None = None) -> int:
        """Close the windows that ended; give how many decisions that concerned."""
        return self._close_windows(self._now(at))

    def _now(self, at: datetime | None = None) -> datetime:
        """Give the time of a call; the engine's own clock never runs back."""
        clock = self._clock()
        if at is not None:
            return check_time(at, clock, "The call", self._limits)
        self._latest = max(clock, self._latest)
        return self._latest

    def _moment(self, name: str) -> LiveMoment:
        live = self._moments.get(name)
        if live is None:
            msg = f"No moment `{name}` was declared. Declare it with `engine.declare(Moment(…))`."
            raise UnknownMoment(msg)
        return live

    def _declare(self, moment: Moment) -> None:
        known = self._moments.get(moment.name)
        if known is None:
            self._moments[moment.name] = LiveMoment(moment, self._limits, self._worker.submit)
        else:
            known.declare(moment)

    def _decided(self, call: Call, now: datetime) -> Open:
        """Decide under the lock; nothing is kept yet but columns for names never seen before."""
        live, person = self._moment(call.moment), call.person
        standing, context = None, FrozenMap(call.context)
        candidates = () if call.actions is None else live.candidates(call.actions)
        if person is not None:
            known = self._people.person(person)
            standing = known.standing(person, live.moment)
        draw = self._dice.random() if call.draw is None else call.draw
        name = f"{int(now.timestamp() * 1000):012x}{self._dice.getrandbits(80):020x}"
        question = Question(name, live.moment, now, draw, context, standing, candidates)
        sentence = refusal(question)
        if sentence and not live.moment.non_profiling:
            return Open(fallback_only(question, sentence), _NO_ROW, _NO_ROW, 0, 0.0)
        if person is not None and not sentence:
            question = question._replace(context=live.context_with(context, known))
        return live.decide(question, None if sentence else person, sentence)

    def _learned(
        self, one: Open, now: datetime, reward: float | None, outcome: str | None
    ) -> Learned | Refused:
        """Give the fact of an outcome, or why it may not be kept."""
        decision = one.decision
        live = self._moment(decision.moment)
        if decision.person is not None and decision.note == "":
            standing = self._people.person(decision.person).standing(decision.person, live.moment)
            if sentence := keeping_refusal(standing.consent, now):
                return Refused(sentence)
        return learned(one, live.moment, now, reward=reward, outcome=outcome)

    def _learn_all(self, pairs: Sequence[tuple[Open, Learned]]) -> None:
        """Write outcomes, then let them teach; what cannot be written stays open."""
        try:
            self._write([fact for _, fact in pairs])
        except StoreError:
            with self._lock:
                for one, _ in pairs:
                    self._pending.put_back(one)
            raise
        with self._lock:
            for one, fact in pairs:
                live = self._moments[fact.moment]
                live.learn(one, fact)
                if live.advance():
                    self._unwritten.append(live.derived(fact.at))

    def _close_windows(self, now: datetime) -> int:
        """Let decisions whose window ended count as their moment's default."""
        if not self._pending.is_due(now.timestamp()):
            return 0
        with self._lock:
            closed = list(self._pending.close(now.timestamp()))
            missing = []
            for one in closed:
                if self._moments[one.decision.moment].moment.outcome.default is None:
                    continue
                fact = self._learned(one, now, None, None)
                if isinstance(fact, Learned):
                    missing.append((one, fact))
        if missing:
            self._learn_all(missing)
        return len(closed)

    def _take_in(self, fact: Fact) -> None:
        """Let a kept signal show its effect."""
        live = self._people.person(fact.person)
        if isinstance(fact, Linked):
            self._relink(fact)
        elif isinstance(fact, Observed):
            live.remember(fact.signal.id)
            live.fold(fact)

    def _relink(self, fact: Linked) -> None:
        """Let two ids become one person, or two again, in every model."""
        before = self._people.ids(fact.person)
        self._people.forget(fact.person)
        for one in {*before, fact.to} - {""}:
            self._people.forget(one)
        homes = {self._people.home(one): None for one in (*before, fact.person, fact.to) if one}
        for live in self._moments.values():
            live.gather({home: self._people.ids(home) for home in homes})

    def _write(self, facts: Sequence[Fact]) -> None:
        """Make facts durable, and the versions derived since the last write with them."""
        with self._lock:
            derived, self._unwritten = self._unwritten, []
        try:
            self._store.append([*derived, *facts])
        except StoreError:
            with self._lock:
                self._unwritten = [*derived, *self._unwritten]
            raise

    def _restore(self) -> None:
        """Fold the journal: moments, versions, open decisions and outcomes, in their order."""
        linked: dict[str, Linked] = {}
        for fact in self._store.read():
            if isinstance(fact, Declared):
                self._declare(fact.moment)
            elif isinstance(fact, Derived):
                self._moments[fact.moment].restore(fact)
            elif isinstance(fact, Decided):
                self._reopen(fact.decision)
            elif isinstance(fact, Learned):
                self._relearn(fact)
            elif isinstance(fact, Linked):
                linked[fact.person] = fact
        for live in self._moments.values():
            live.restored()
        for fact in linked.values():
            self._relink(fact)

    def _reopen(self, decision: Decision) -> None:
        """Let a decision of the journal wait for its outcome again."""
        if decision.expected:
            self._pending.add(self._moment(decision.moment).reopened(decision))

    def _relearn(self, fact: Learned) -> None:
        """Add an outcome of the journal to the evidence; sums follow when all are read."""
        one = self._pending.take(fact.decision)
        if isinstance(one, Open):
            self._moments[fact.moment].learn(one, fact)
