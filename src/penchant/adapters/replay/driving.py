"""Driving: the rows of a log, in the order of their times, through the engine as if it were live.

Rule 1: the engine knows only what it could have known: what was seen before, and the rewards of
accepted rows, each at the time it would have come in.
Rule 2: a row is accepted with probability pi / (c p), c = 1 / min p: the engine's draw agrees with
the log (pi), and a second draw lets min p / p of those pass.
Rule 3: a rejected row is a decision that nobody follows up; nothing is learned from it.
"""

import heapq
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from penchant.adapters.replay.map_file import LogMap
from penchant.adapters.replay.rows import BadRow, Row
from penchant.engine import Engine
from penchant.errors import BadInput
from penchant.journal import Store
from penchant.limits import Limits, seconds
from penchant.words import Accepted, Action, Decision, FrozenMap, Moment, Outcome, Refused, Signal

__all__ = ["Driven", "Driver", "LogClock", "engine_for", "moment_of"]

_GRACE_SECONDS: Final = 60.0
"""The outcome's window stays open this long beyond the time at which rewards come in."""

_LIMITS: Final = Limits(open_decisions=100_000)
"""Rejected rows stay open until their window ends; in a dense log that is many at a time."""


class LogClock:
    """A clock that stands where the log stands."""

    def __init__(self, start: datetime) -> None:
        """Start at a time with a zone."""
        self._now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        """Give the present of the log."""
        return self._now

    def advance(self, to: datetime) -> None:
        """Go on; never back."""
        self._now = max(self._now, to)


class Driven(Struct, frozen=True):
    """What the engine made of one moment: `chance` is its propensity of what was logged."""

    row: Row
    decision: str
    action: str
    propensity: float
    chance: float
    accepted: bool


def moment_of(plan: LogMap) -> Moment:
    """Declare the moment of a map. A missing reward teaches nothing: the outcome has no default."""
    window = f"{seconds(plan.moment.known_after) + _GRACE_SECONDS:.0f}s"
    return Moment(
        plan.moment.name,
        purpose=plan.moment.purpose,
        actions=tuple(
            Action(one.name, features=FrozenMap(one.features), burden=one.burden)
            for one in plan.actions
        ),
        outcome=Outcome("rewarded", window=window, default=None),
        explore=plan.moment.explore,
        neutral_share=plan.moment.neutral_share,
        reward_range=plan.moment.reward_range,
        half_life=plan.moment.half_life,
    )


def engine_for(store: Store, clock: Callable[[], datetime], *, seed: int) -> Engine:
    """Give an engine that lives in the time of the log, its dice seeded."""
    return Engine(store, clock=clock, dice=random.Random(seed), limits=_LIMITS)  # noqa: S311 - to be repeated, not to be secret


class Driver:
    """Takes one row after the other; `refused` are those the engine would not take."""

    def __init__(self, engine: Engine, clock: LogClock, plan: LogMap, *, seed: int) -> None:
        """Declare the moment; the second draw has dice of its own."""
        self._engine = engine
        self._clock = clock
        self._plan = plan
        self._dice = random.Random(f"accept {seed}")  # noqa: S311 - to be repeated
        self._known_after = timedelta(seconds=seconds(plan.moment.known_after))
        self._waiting: list[tuple[datetime, int, str, float]] = []
        self._traits: dict[str, Iterable[object]] = {}
        self.refused: list[BadRow] = []
        engine.declare(moment_of(plan))

    def drive(self, rows: Sequence[Row]) -> Iterator[Driven | None]:
        """Give what became of each row, None where it is no moment or was refused."""
        least = min((row.propensity for row in rows if row.action is not None), default=1.0)
        for row in rows:
            yield self._step(row, least)
        self._learn_until(None)

    def _step(self, row: Row, least: float) -> Driven | None:
        """Take one row: what came due before it, what it shows, what the engine would do."""
        at = row.at.astimezone(UTC)
        self._learn_until(at)
        self._clock.advance(at)
        try:
            self._meet(row)
            self._observe(row, at)
            decision = self._decide(row, at)
        except BadInput as wrong:  # an id or a context that cannot be used: this row only
            self.refused.append(BadRow(row.line, str(wrong)))
            return None
        if row.action is None or decision is None:
            return None
        plan, logged = self._plan, self._plan.actions[row.action].name
        accepted = self._accepts(decision, logged, least / row.propensity)
        if accepted and row.reward is not None:
            low, high = plan.moment.reward_range
            reward = min(max(row.reward, low), high)
            heapq.heappush(self._waiting, (at + self._known_after, row.line, decision.id, reward))
        return Driven(
            row,
            decision=decision.id,
            action=decision.action.name,
            propensity=decision.propensity,
            chance=decision.propensities.get(logged, 0.0),
            accepted=accepted,
        )

    def _decide(self, row: Row, at: datetime) -> Decision | None:
        """Ask the engine, where the row is a moment."""
        if row.action is None:
            return None
        name = self._plan.moment.name
        return self._engine.decide(name, person=row.person, context=row.context, at=at)

    def _accepts(self, decision: Decision, logged: str, chance: float) -> bool:
        """Tell whether what the engine drew is what was done, and the second draw passes."""
        draw = self._dice.random()  # for each row, so that the dice do not hang on the engine's
        return decision.executed and decision.action.name == logged and draw < chance

    def _learn_until(self, at: datetime | None) -> None:
        """Learn the rewards that came in by `at`, each at its time; None learns all that wait."""
        while self._waiting and (at is None or self._waiting[0][0] <= at):
            known_at, line, decision, reward = heapq.heappop(self._waiting)
            self._clock.advance(known_at)
            self._note(line, self._engine.learn(decision, reward=reward, at=known_at))

    def _meet(self, row: Row) -> None:
        """Ask somebody new for consent, as an app would; people of a trial have given it."""
        if row.person not in self._traits:
            self._engine.consent(row.person, self._plan.moment.purpose, granted=True, dial=1.0)
            self._traits[row.person] = ()

    def _observe(self, row: Row, at: datetime) -> None:
        """Tell what the row shows of the person: traits that changed, and signals."""
        signals = [
            Signal(one.kind, person=row.person, at=at, data=data, nature=one.nature)
            for one, data in zip(self._plan.signals, row.signals, strict=True)
            if data is not None
        ]
        if row.traits and row.traits.held != self._traits[row.person]:
            self._traits[row.person] = row.traits.held
            stated = Signal(
                "trait.stated", person=row.person, at=at, data=row.traits, nature="explicit"
            )
            signals.insert(0, stated)
        for answer in self._engine.observe(signals, purpose=self._plan.moment.purpose):
            self._note(row.line, answer)

    def _note(self, line: int, answer: Accepted | Refused) -> None:
        """Keep what the engine would not take."""
        if isinstance(answer, Refused):
            self.refused.append(BadRow(line, answer.sentence))
