"""How long one call takes: decide and learn, beside Vowpal Wabbit on the same stream.

Numerics on one thread, journal in memory, 2,000 people. Ours and theirs take turns in blocks, so
that what else the machine does hits both. A round of derivation runs on another thread of ours; it
is let finish before a block of theirs, which it would slow, and calls of ours made while one ran
are printed apart. `input` is what a caller does before: a dict for us, text for Vowpal Wabbit.

Run: python bench/latency.py [--outcomes 40000] [--early 20000] [--given 6000]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from concurrent.futures import wait
from typing import NamedTuple, Protocol

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

from penchant import Action

BLOCK = 1_000
PEOPLE = 2_000
CATALOGUE = 500
PARTS = ("input", "decide", "learn")
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
    given = options.parse_args()
    print(f"{VW}: {VW_SETTINGS}, text parsed in the call. `p99 und.`: of calls in which the system")
    print(f"did not take the processor away. {TARGETS}")
    for name in ("A", "B"):
        run_declared(shape(name), given.outcomes, given.early)
    for renewed in (False, True):
        run_offered(shape("A"), given.given, renewed=renewed)


if __name__ == "__main__":
    main()
