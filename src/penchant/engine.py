"""The engine: the loop with a clock, dice, a journal and a lock.

Rule 1: a fact is durable before its effect is seen; nothing is kept of what could not be written.
Rule 2: whatever concerns a person is asked for under a purpose; without consent no signal is kept
and nothing is learned, and a decision keeps that it was the default, and why.
Rule 3: bad input raises, and in a batch is answered item by item; a refusal is a result.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Any, ClassVar, Self, overload

from penchant.contract.installed import Installed
from penchant.errors import BadInput
from penchant.journal import Store
from penchant.limits import Limits, check_id, check_length
from penchant.runtime.calls import Call, check_opening, listed
from penchant.runtime.deciding import decide_one
from penchant.runtime.declaring import declare
from penchant.runtime.insight.insight import Insight
from penchant.runtime.learning import close_windows, learn_all
from penchant.runtime.many import Many
from penchant.runtime.memory import Memory
from penchant.runtime.opening.opening import tick
from penchant.runtime.outbox.outbox import Outbox
from penchant.runtime.packs.door import Packs
from penchant.runtime.packs.joining import declare_packs
from penchant.runtime.reception import consent_of, keep_consent, observe_all
from penchant.runtime.rights import rights
from penchant.runtime.rights.exporting import export
from penchant.runtime.rights.importing import import_person
from penchant.runtime.rights.portable import Imported
from penchant.runtime.slates import decide_slate
from penchant.runtime.tracing import explained
from penchant.words import (
    Accepted,
    Action,
    Decision,
    Explanation,
    Moment,
    Profile,
    Receipt,
    Refused,
    Signal,
    Slate,
)

__all__ = ["Engine"]

_NO_CONTEXT: Mapping[str, Any] = MappingProxyType({})


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

    find_packs: ClassVar[Callable[[Sequence[str]], tuple[Installed, ...]]]
    """Finds installed packs by their names; set as `open_store` is."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime] | None = None,
        dice: random.Random | None = None,
        limits: Limits | None = None,
        packs: Iterable[Installed] = (),
    ) -> None:
        """Take over a store; the clock gives aware datetimes, the dice give draws and ids."""
        self._memory = Memory(
            store,
            clock or (lambda: datetime.now(UTC)),
            dice or random.Random(),  # noqa: S311 - draws are no secrets
            limits or Limits(),
            packs,
        )
        declare_packs(self._memory)

    @classmethod
    def open(
        cls, path: str | None = None, *, seed: int | None = None, packs: Sequence[str] = ()
    ) -> Self:
        """Open the engine whose journal lies at `path`; in memory for None.

        Args:
            path: A file; it and `path.keys` are made when they do not exist.
            seed: Makes ids and draws the same in each run that asks the same.
            packs: Names of installed packs, such as `school`; their moments are declared.

        Raises:
            BadInput: For a pack that is not installed or may not be used, or a wrong argument.
            StoreError: When the file cannot be opened; see its subclasses.
        """
        check_opening(path, seed)
        found = cls.find_packs(listed(packs, "`packs`"))
        return cls(cls.open_store(path), dice=random.Random(seed), packs=found)  # noqa: S311 - so too

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
        self._memory.close()

    @property
    def outbox(self) -> Outbox:
        """What moments that opened by themselves have for people, until it is brought."""
        return Outbox(self._memory)

    @property
    def many(self) -> Many:
        """The verbs for many callers at once, as a service asks them; see `runtime.many`."""
        return Many(self._memory)

    @property
    def packs(self) -> Packs:
        """What the packs of this engine can be asked; see `runtime.packs.door`."""
        return Packs(self._memory)

    @property
    def insight(self) -> Insight:
        """What can be seen of the engine, as plain values; looking changes nothing."""
        return Insight(self._memory)

    def declare(self, moment: Moment) -> None:
        """Declare a moment, or replace it; what was learned for its actions is kept.

        Raises:
            BadInput: When the moment cannot be decided; see `declaring.check_moment`.
        """
        declare(self._memory, moment)

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
            BadInput: For an id, an answer, a dial or a time that makes no sense.
        """
        memory = self._memory
        check_id(person, "A person id", memory.limits)
        given = consent_of(purpose, granted, dial, until, memory.limits)
        with memory.gate:
            self._begin(None)  # a window that ended before the answer closes under the one before
            return keep_consent(memory, person, given, at)

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
            purpose: Under which they are kept; limits, merges and signals of a pack need none.

        Returns:
            One answer a signal, in order; a bad one does not keep the others back.

        Raises:
            BadInput: For what is neither a signal nor a list.
            LimitReached: For more signals than a batch may have.
        """
        if isinstance(signals, Signal):
            return self.observe([signals], purpose=purpose)[0]
        memory, given = self._memory, listed(signals, "Signals")
        check_length(len(given), memory.limits.batch_items, "Signals of a batch")
        with memory.gate:
            return observe_all(memory, given, purpose or "", self._begin(None))

    def decide(
        self,
        moment: str,
        *,
        person: str | None = None,
        context: Mapping[str, Any] = _NO_CONTEXT,
        actions: Iterable[Action | str] | None = None,
        at: datetime | None = None,
        draw: float | None = None,
    ) -> Decision:
        """Decide a moment; the decision is journalled before it is returned.

        Args:
            moment: Its name.
            person: For whom; None decides from what people in general do, and needs no consent.
            context: What holds right now: name to yes/no, number, text or list of numbers.
            actions: Candidates known only now, a name alone being the declared action of that name;
                None uses the declared ones.
            at: When; None means now.
            draw: In [0, 1), instead of the engine's dice.

        Raises:
            UnknownMoment: When the moment was not declared.
            BadInput: For a context or actions that cannot be used. A person never raises: without
                consent the answer is the moment's default, or `nothing`, with its reason.
        """
        with self._memory.gate:
            call = Call(moment, person, context, actions, draw)
            return decide_one(self._memory, call, self._begin(at))

    def decide_slate(
        self,
        moment: str,
        k: int,
        *,
        person: str | None = None,
        context: Mapping[str, Any] = _NO_CONTEXT,
        actions: Iterable[Action | str] | None = None,
        at: datetime | None = None,
        draws: Sequence[float] | None = None,
    ) -> Slate:
        """Decide up to `k` actions of a moment that are shown together, the top one first.

        No action comes twice, and `nothing` ends a slate. Each position is a decision of its own:
        an id to learn and explain by, propensities given what stands above it, all journalled
        before they are returned. `draws` are k numbers; all else, and what is raised, is as for
        `decide`. A `k` below 1, or above what may stay open for a person, is a `BadNumber`.
        """
        with self._memory.gate:
            call = Call(moment, person, context, actions, None, k=k, draws=draws)
            return decide_slate(self._memory, call, self._begin(at))

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
            Refused for a repeat, after the window, for a forgotten person or an unknown id.

        Raises:
            BadNumber: For a reward outside the range, another outcome, or both or neither.
        """
        with self._memory.gate:
            given = (decision_id, reward, outcome)
            answer = learn_all(self._memory, [given], self._begin(at))[0]
        if isinstance(answer, BadInput):
            raise answer
        return answer

    def explain(self, decision_id: str) -> Explanation:
        """Explain a decision in plain sentences, from its record.

        Raises:
            UnknownDecision: When no decision of that id is kept.
        """
        return explained(self._memory, decision_id)

    def profile(self, person: str) -> Profile:
        """Give all that is believed about a person, in words and with how sure it is."""
        return rights.profile(self._memory, person)

    def export(self, person: str, *, population: bool = True) -> str:
        """Give everything about a person as JSON Lines; see `export_lines`."""
        return "".join(self.export_lines(person, population=population))

    def export_lines(self, person: str, *, population: bool = True) -> Iterator[str]:
        """Give the lines of an export one after the other, as they are read.

        Args:
            person: Under any of their ids.
            population: Whether what many people taught the person's moments goes along, in
                aggregate numbers: with it another engine decides alike from the start.

        Returns:
            Lines of JSON, a header first, as docs/reference/export.schema.json describes them;
            none of somebody of whom nothing is kept.
        """
        return export(self._memory, person, population=population)

    def import_(
        self, lines: str | bytes | Iterable[str | bytes], *, returning: bool = False
    ) -> Imported | Refused:
        """Take in a person whom another engine exported; all of them, or nothing.

        Where nothing was learned at a moment here, the same is decided for them as there. Imported
        again, nothing changes.

        Args:
            lines: Of an export.
            returning: Whether somebody who was forgotten here comes back by their own wish.

        Returns:
            What was kept, or Refused with the lines that are wrong, or with what stands against it.
        """
        return import_person(self._memory, lines, returning=returning)

    def forget(self, person: str) -> Receipt:
        """Forget a person: nothing of them can be read again, and the model is without them."""
        return rights.forget(self._memory, person)

    def decide_many(
        self,
        items: str | Sequence[Mapping[str, Any]],
        *,
        people: Sequence[str] | None = None,
        contexts: Any = None,
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
        return self.many.decide_items(items, people, contexts, at)

    def learn_many(
        self,
        items: Sequence[Any],
        *,
        rewards: Any = None,
        at: datetime | None = None,
    ) -> Sequence[Accepted | Refused]:
        """Learn many outcomes; answers come in order.

        Args:
            items: As in the HTTP body: `{"decision", "reward"}` or `{"decision", "outcome"}` each.
                Or the decisions that `decide_many` gave in columns, with their `rewards`.
            rewards: (n,) in the moment's range.
            at: When they happened; None means now.
        """
        return self.many.learn_items(items, rewards, at)

    def tick(self, at: datetime | None = None) -> int:
        """Close windows that ended, open moments that are due; give how many that concerned."""
        with self._memory.gate:
            return tick(self._memory, self._memory.now(at))

    def _begin(self, at: datetime | None) -> datetime:
        """Give the time of a call, and let windows that ended before it close."""
        now = self._memory.now(at)
        close_windows(self._memory, now)
        return now
