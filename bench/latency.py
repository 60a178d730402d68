"""How long one call takes: decide and learn, beside Vowpal Wabbit on the same stream.

Numerics on one thread, journal in memory, 2,000 people. Ours and theirs take turns in blocks, so
that what else the machine does hits both. A round of derivation runs on another thread of ours; it
is let finish before a block of theirs, which it would slow, and calls of ours made while one ran
are printed apart. `input` is what a caller does before: a dict for us, text for Vowpal Wabbit.

`--parts` prints instead where a decide of declared actions goes.

Run: python bench/latency.py [--outcomes 40000] [--early 20000] [--given 6000] [--parts]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import wait
from contextlib import ExitStack
from typing import Any, NamedTuple, Protocol
from unittest.mock import patch

import numpy as np
from measuring import Percentiles, Times, machine, on_one_thread, percentiles
from stream import (
    MOMENT,
    N_ACTIONS,
    VW,
    VW_SETTINGS,
    Floats,
    Shape,
    VowpalWabbit,
    engine_for,
    named,
    shape,
    vw_action,
)

from penchant import Action, Engine, loop
from penchant.model.people import People
from penchant.model.version import Scaling, Version
from penchant.runtime import deciding
from penchant.runtime.live_moment import LiveMoment
from penchant.runtime.memory import Memory

BLOCK = 1_000
PEOPLE = 2_000
CATALOGUE = 500
PARTS = ("input", "decide", "learn")
STEPS: Mapping[str, tuple[object, str]] = {
    "check the call": (deciding, "check_call"),
    "make its id": (deciding, "new_id"),
    "encode the context": (LiveMoment, "context_row"),
    "scale it": (Scaling, "apply"),
    "look up the person's part": (People, "posterior"),
    "ask the guardrails": (loop, "_permitted"),
    "expect rewards": (Version, "rewards"),
    "say how unsure they are": (Version, "variances"),
    "weigh": (loop, "weigh"),
    "draw": (loop, "draw_from"),
    "write": (Memory, "write"),
    "wait for the outcome": (deciding, "wait_for"),
}
"""Steps of a decide, none within another: where each is called from."""
EARLY, STEADY, ROUND = 0, 1, 2
"""Marks of a call: among the first outcomes or later; ROUND is added while a round ran."""
TARGETS = (
    "Targets on a calm machine: decide p50 60, p99 1,000; with actions given p50 250; learn p50 60."
)


class Step(NamedTuple):
    """One decision of the stream.

    Attributes:
        person, context (d,): who, and what holds.
        items: 20 places in the catalogue; features: (20, da) theirs, or None where declared.
        chances: (20,) of a reward for each.
        luck, draw: in [0, 1).
        mark: EARLY or STEADY.
    """

    person: str
    context: Floats
    items: list[int]
    features: Floats | None
    chances: Floats
    luck: float
    draw: float
    mark: int


class Contender(Protocol):
    """Who takes the steps of a stream, and what each part of a step took."""

    name: str
    times: dict[str, Times]

    def step(self, step: Step) -> None:
        """Take one step."""
        ...

    def settle(self) -> None:
        """Finish what runs aside."""
        ...


class Ours:
    """Penchant, asked step by step."""

    name = "Penchant"

    def __init__(self, actions: list[Action], catalogue: list[Action]) -> None:
        """Declare `actions`; items of the `catalogue` are given with the call when there is one."""
        self.times = {part: Times() for part in PARTS}
        self._catalogue = catalogue
        self._engine = engine_for(actions, [f"p{number}" for number in range(PEOPLE)])
        memory = self._engine._memory  # noqa: SLF001 - tells when a round runs
        self._learning = memory.moments[MOMENT].learning

    def step(self, step: Step) -> None:
        """Take one step."""
        mark = step.mark + (ROUND if self._is_deriving() else 0)
        context, actions = self.times["input"].call(mark, self._input, step)
        decision = self.times["decide"].call(
            mark,
            self._engine.decide,
            MOMENT,
            person=step.person,
            context=context,
            actions=actions,
            draw=step.draw,
        )
        name = decision.action.name
        chance = 0.0 if name == "nothing" else step.chances[step.items.index(int(name[1:]))]
        reward = float(step.luck < chance)
        self.times["learn"].call(mark, self._engine.learn, decision.id, reward=reward)

    def settle(self) -> None:
        """Wait for the round under way, if any."""
        running = self._learning._running  # noqa: SLF001 - as above
        if running is not None:
            wait([running.round])

    def _is_deriving(self) -> bool:
        running = self._learning._running  # noqa: SLF001 - as above
        return running is not None and not running.round.done()

    def _input(self, step: Step) -> tuple[dict[str, float], list[Action] | None]:
        context, actions = named("c", step.context), None
        if step.features is not None:
            rows = zip(step.items, step.features, strict=True)
            actions = [Action(f"a{item}", features=named("f", row)) for item, row in rows]
        elif self._catalogue:
            actions = [self._catalogue[item] for item in step.items]
        return context, actions


class Theirs:
    """Vowpal Wabbit, asked step by step."""

    name = VW

    def __init__(self, lines: list[str]) -> None:
        """Start an empty learner; `lines` are those of all items."""
        self.times = {part: Times() for part in PARTS}
        self._vw = VowpalWabbit()
        self._lines = lines

    def step(self, step: Step) -> None:
        """Take one step."""
        lines = self.times["input"].call(step.mark, self._input, step)
        place, weight = self.times["decide"].call(step.mark, self._vw.decide, lines, step.draw)
        reward = float(step.luck < step.chances[place])
        self.times["learn"].call(step.mark, self._vw.learn, lines, place, weight, reward)

    def settle(self) -> None:
        """Do nothing: all work is done in the calls."""

    def _input(self, step: Step) -> list[str]:
        if step.features is None:
            items = [self._lines[item] for item in step.items]
        else:
            items = [vw_action(row) for row in step.features]
        return self._vw.text(step.context, items)


def declared(made: Shape, count: int, early: int) -> Iterator[Step]:
    """Give a stream over declared actions; its first `early` steps are marked so."""
    dice = np.random.default_rng(1)
    contexts = made.contexts(count, seed=1)
    chances, items = made.chances(contexts), list(range(N_ACTIONS))
    people, luck, draws = dice.integers(PEOPLE, size=count), dice.random(count), dice.random(count)
    for n in range(count):
        mark = EARLY if n < early else STEADY
        yield Step(
            f"p{people[n]}", contexts[n], items, None, chances[n], luck[n], float(draws[n]), mark
        )


def offered(made: Shape, catalogue: Floats, count: int, *, renewed: bool) -> Iterator[Step]:
    """Give a stream whose actions come with the call, 20 of a catalogue; `renewed` changes all."""
    dice = np.random.default_rng(2)
    liking = 1.0 / (1.0 + np.exp(1.0 - catalogue @ dice.normal(size=catalogue.shape[1]) / 4))
    contexts = made.contexts(count, seed=2)
    for n in range(count):
        items = dice.choice(len(catalogue), N_ACTIONS, replace=False)
        features = None
        if renewed:
            features = catalogue[items] + dice.normal(size=(N_ACTIONS, 1)) * 0.01
        luck, draw = dice.random(2).tolist()
        person = f"p{dice.integers(PEOPLE)}"
        yield Step(person, contexts[n], items.tolist(), features, liking[items], luck, draw, STEADY)


def play(contenders: tuple[Contender, Contender], steps: Iterator[Step]) -> None:
    """Let contenders take the same steps in turns, a block each."""
    block: list[Step] = []
    for step in steps:
        block.append(step)
        if len(block) == BLOCK:
            _turns(contenders, block)
            block = []
    _turns(contenders, block)


def _turns(contenders: tuple[Contender, Contender], block: list[Step]) -> None:
    for contender in contenders:
        for step in block:
            contender.step(step)
        contender.settle()


def show(
    title: str, ours: Contender, theirs: Contender, phases: Mapping[str, tuple[int, ...]]
) -> None:
    """Print a table of a stream."""
    print(f"\n{title}\n{machine()}")
    print(f"{'µs a call':40}{'calls':>8}{'p50':>8}{'p95':>8}{'p99':>9}{'p99 und.':>9}{'max':>10}")
    for phase, marks in phases.items():
        for part in PARTS:
            for contender in (ours, theirs):
                times = contender.times[part]
                all_calls = percentiles(times.taken(*marks))
                if all_calls.calls:
                    calm = percentiles(times.taken(*marks, undisturbed=True))
                    _row(f"{phase}, {part}, {contender.name}", all_calls, calm)
    for parts in (("decide",), ("learn",), ("decide", "learn"), PARTS):
        ratio = _median(theirs, parts) / _median(ours, parts)
        print(f"{' + '.join(parts)}: {VW} takes {ratio:.2f} x our p50")


def _row(label: str, times: Percentiles, calm: Percentiles) -> None:
    print(
        f"{label:40}{times.calls:8,}{times.p50:8.1f}{times.p95:8.1f}{times.p99:9.1f}"
        f"{calm.p99:9.1f}{times.longest:10,.0f}"
    )


def _median(contender: Contender, parts: tuple[str, ...]) -> float:
    """Give the sum of the medians of some parts, over the whole stream."""
    return sum(percentiles(contender.times[part].taken()).p50 for part in parts)


def run_declared(made: Shape, count: int, early: int) -> None:
    """Measure declared actions."""
    ours = Ours(made.actions(), [])
    theirs = Theirs([vw_action(row, f"a{k}") for k, row in enumerate(made.features)])
    play((ours, theirs), declared(made, count, early))
    phases = {
        f"first {early:,}": (EARLY, EARLY + ROUND),
        "later": (STEADY, STEADY + ROUND),
        "while a round ran": (EARLY + ROUND, STEADY + ROUND),
    }
    show(f"{made.label}, declared", ours, theirs, phases)


class Inside:
    """Times the steps of a decide while one is under way, for learning takes some of them too."""

    def __init__(self, ours: Ours) -> None:
        """Watch the decisions of a contender."""
        self.times = {step: Times() for step in STEPS}
        self._engine = ours._engine  # noqa: SLF001 - the steps of its decide are timed
        self._is_under_way = False

    def watch(self, steps: Iterator[Step], ours: Ours) -> None:
        """Take the steps of a stream with timers in place."""
        with ExitStack() as timers:
            for step, (owner, name) in STEPS.items():
                timer = self._timer(self.times[step], getattr(owner, name))
                timers.enter_context(patch.object(owner, name, timer))
            timers.enter_context(patch.object(self._engine, "decide", self._decide))
            for one in steps:
                ours.step(one)

    def _decide(self, *given: Any, **named: Any) -> Any:
        self._is_under_way = True
        try:
            return Engine.decide(self._engine, *given, **named)
        finally:
            self._is_under_way = False

    def _timer(self, times: Times, action: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if self._is_under_way:
                return times.call(STEADY, action, *given, **named)
            return action(*given, **named)

        return call


def run_parts(made: Shape, count: int) -> None:
    """Measure where a decide goes: whole without timers, then step by step with them."""
    ours = Ours(made.actions(), [])
    steps = declared(made, count, count // 2)
    for _ in range(count * 3 // 4):
        ours.step(next(steps))
    ours.settle()
    whole = percentiles(ours.times["decide"].taken(STEADY)).p50
    inside = Inside(ours)
    inside.watch(steps, ours)
    print(f"\n{made.label}, declared: where a decide goes, p50 in µs\n{machine()}")
    rest = whole
    for step, times in inside.times.items():
        took = percentiles(times.taken()).p50
        rest -= took
        print(f"{step:40}{took:8.1f}")
    print(f"{'what lies between':40}{rest:8.1f}\n{'whole, without timers':40}{whole:8.1f}")


def run_offered(made: Shape, count: int, *, renewed: bool) -> None:
    """Measure actions given with each call."""
    catalogue = np.random.default_rng(3).normal(size=(CATALOGUE, made.features.shape[1]))
    items = [Action(f"a{n}", features=named("f", row)) for n, row in enumerate(catalogue)]
    ours = Ours([], items)
    theirs = Theirs([vw_action(row) for row in catalogue])
    play((ours, theirs), offered(made, catalogue, count, renewed=renewed))
    what = "new values in every call" if renewed else f"20 of {CATALOGUE} known items"
    show(f"{made.label}, given with the call: {what}", ours, theirs, {"given": ()})


def main() -> None:
    """Print the tables."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--outcomes", type=int, default=40_000, help="of each shape")
    options.add_argument("--early", type=int, default=20_000, help="of these, the first ones")
    options.add_argument("--given", type=int, default=6_000, help="outcomes with actions given")
    options.add_argument("--parts", action="store_true", help="where a decide goes")
    given = options.parse_args()
    if given.parts:
        for name in ("A", "B"):
            run_parts(shape(name), given.outcomes)
        return
    print(f"{VW}: {VW_SETTINGS}, text parsed in the call. `p99 und.`: of calls in which the system")
    print(f"did not take the processor away. {TARGETS}")
    for name in ("A", "B"):
        run_declared(shape(name), given.outcomes, given.early)
    for renewed in (False, True):
        run_offered(shape("A"), given.given, renewed=renewed)


if __name__ == "__main__":
    main()
