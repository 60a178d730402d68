"""The engine as a player: it meets a world through its public calls, as it would meet people.

Three ways: `personal`, as it is meant; `pooled`, where everybody is nobody in particular, so that
it sees the same features and outcomes but cannot tell people apart; `separate`, where everybody
has a moment of their own and nothing is learned from others.
`nothing` is among its actions and never rewarded; drawing it counts as a reward of 0.
The clock is set by the world: a round is a day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from penchant.engine import Engine
from penchant.laboratory.ideals import MIXES, Ideals
from penchant.laboratory.tastes import Floats, Ints
from penchant.laboratory.world import Round, World
from penchant.words import NOTHING, Action, Moment, Outcome, Value

__all__ = ["MOMENT", "WAYS", "Clock", "EnginePlayer", "Shown", "Way", "context_of", "items_of"]

Way = Literal["personal", "pooled", "separate"]
WAYS: tuple[Way, ...] = get_args(Way)

MOMENT = "laboratory.slate"
PURPOSE = "simulation"
BEGUN = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday; nothing hangs on it
_USUAL: Mapping[str, float] = MappingProxyType({})
_CLOCK_FACE = 2
"""Sine and cosine of the hour; the columns behind them name the quarter of the day."""


class Clock:
    """A clock that stands where it was set; it is the engine's and the world's."""

    def __init__(self) -> None:
        """Start when the world began."""
        self.now = BEGUN

    def __call__(self) -> datetime:
        """Give the time."""
        return self.now

    def set(self, hours: float) -> None:
        """Set it to hours since the world began; it never goes back."""
        self.now = max(self.now, BEGUN + timedelta(hours=hours))


@dataclass(slots=True)
class Shown:
    """One line of a player's log.

    Attributes:
        person: Who.
        at: When.
        context: What held.
        action: What was shown.
        propensity: How likely that was.
        reward: What followed, None as long as no answer came.
    """

    person: str
    at: datetime
    context: Mapping[str, Value]
    action: str
    propensity: float
    reward: float | None = None


class EnginePlayer:
    """An engine that plays a world, decision by decision.

    Example:
        >>> from penchant.laboratory import Shape, make_world
        >>> from penchant.laboratory.playing import play
        >>> import penchant
        >>> world = make_world("linear", 0, Shape(people=3, rounds=2))
        >>> with penchant.Engine.open(seed=0) as engine:
        ...     play(world, EnginePlayer(world, engine)).shape
        (2, 3)
    """

    batch = 1

    def __init__(
        self,
        world: World,
        engine: Engine,
        clock: Clock | None = None,
        *,
        way: Way = "personal",
        keeps: bool = False,
        settings: Mapping[str, float] = _USUAL,
    ) -> None:
        """Declare the moment and ask everybody for consent.

        Args:
            world: Where it will play.
            engine: An empty engine.
            clock: The one the engine looks at; None leaves the engine to its own.
            way: How it is asked.
            keeps: Keep a log of what was shown.
            settings: Of the moment, such as `explore`.
        """
        self._world, self._engine, self._clock = world, engine, clock
        self._way, self._keeps = way, keeps
        self._items = items_of(world)
        self._ids: dict[tuple[int, int], str] = {}
        self._lines: dict[str, Shown] = {}
        self.n_nothing = 0
        people = range(world.shape.people)
        for name in [MOMENT] if way != "separate" else [_own(one) for one in people]:
            engine.declare(_moment_of(name, world, self._items, settings))
        for one in people:
            engine.consent(f"p{one}", PURPOSE, granted=True, dial=1.0)

    def decide(self, step: Round, rows: Ints) -> Ints:
        """Decide one row after the other."""
        return np.array([self._decide(step, row) for row in rows.tolist()], dtype=np.int64)

    def learn(self, step: Round, rows: Ints, rewards: Floats) -> None:
        """Tell the engine what followed."""
        for row, reward in zip(rows.tolist(), rewards.tolist(), strict=True):
            known = self._ids.pop((step.number, row))
            self._engine.learn(known, reward=reward)
            if self._keeps:
                self._lines[known].reward = reward

    def log(self) -> Iterator[Shown]:
        """Give what was shown to whom and what followed, in the order of time."""
        yield from self._lines.values()

    def _decide(self, step: Round, row: int) -> int:
        """Decide once; give the position, -1 for nothing."""
        if self._clock:
            self._clock.set(float(step.hours[row]))
        number, slate = int(step.people[row]), step.slates[row].tolist()
        person = f"p{number}"
        context = context_of(self._world, step.contexts[row].tolist())
        decision = self._engine.decide(
            _own(number) if self._way == "separate" else MOMENT,
            person=person if self._way == "personal" else None,
            context=context,
            actions=None if self._world.shape.is_fixed else [self._items[one] for one in slate],
            draw=float(step.draws[row]),
        )
        self._ids[step.number, row] = decision.id
        name = decision.action.name
        if self._keeps:
            shown = Shown(person, decision.at, context, name, decision.propensity)
            self._lines[decision.id] = shown
        if name == NOTHING:
            self.n_nothing += 1
            return -1
        return int(slate.index(int(name[1:])))


def items_of(world: World) -> list[Action]:
    """Give the items of a world as actions, with what is known of them.

    Example:
        >>> from penchant.laboratory import Shape, make_world
        >>> world = make_world("ideal", 0, Shape(people=1))
        >>> sorted(items_of(world)[0].features)
        ['kind', 'x']
    """
    if not isinstance(world.tastes, Ideals):
        return [Action(f"i{place}", {"x": row.tolist()}) for place, row in enumerate(world.items)]
    kinds = world.tastes.kinds.tolist()
    return [
        Action(f"i{place}", {"x": row[:MIXES].tolist(), "kind": f"k{kind}"})
        for place, (row, kind) in enumerate(zip(world.items, kinds, strict=True))
    ]


def context_of(world: World, row: list[float]) -> dict[str, Value]:
    """Give a row of contexts as the features a caller would send.

    Example:
        >>> from penchant.laboratory import Shape, make_world
        >>> world = make_world("ideal", 0, Shape(people=1))
        >>> context_of(world, [0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
        {'hour_sin': 0.0, 'hour_cos': 1.0, 'quarter': 'night'}
    """
    names = world.context_names
    if not isinstance(world.tastes, Ideals):
        return dict(zip(names, row, strict=True))
    quarter = names[_CLOCK_FACE + row[_CLOCK_FACE:].index(1.0)]
    return {**dict(zip(names[:_CLOCK_FACE], row, strict=False)), "quarter": quarter}


def _own(person: int) -> str:
    """Name the moment of one person alone."""
    return f"{MOMENT}.{person}"


def _moment_of(
    name: str, world: World, items: list[Action], settings: Mapping[str, float]
) -> Moment:
    """Give the moment that is decided: with missing answers, what is missing is not a no."""
    answering = world.answering
    default = None if answering.missing else 0.0
    outcome = Outcome("liked", window=f"{answering.delay + 2}d", default=default)
    fixed = items[: world.shape.slate] if world.shape.is_fixed else ()
    return Moment(name, purpose=PURPOSE, outcome=outcome, actions=fixed, **settings)  # type: ignore[arg-type]  # settings are numbers
