"""A million people on one core: pairs of decision and outcome a second, and what the model weighs.

20 declared actions, 32 numbers of context, batches in columns, no journal. Four ways, taken in turn
over the same contexts:

- `full`: our model as it decides, bent features and all, without what stands around it: no consent,
  no journal, no rounds. People's posteriors, exact propensities, the draw; then everybody's sums,
  the sums over everybody, and a refresh of the weights a call.
- `linear`: the same without bent features.
- `sketch`: what bare numpy would do: rank 8, float32, a linear population without variance, the
  posterior by a batched solve, one draw of optimism for each decision instead of propensities.
- Vowpal Wabbit through Python, squarecb, one pair after the other, on some of the same contexts.

Memory is that of the arrays, and the growth of the process beside it. `--engine` measures the whole
engine in columns as well: consent, a journal in memory, rounds, ids.

Run: python bench/capacity.py [--people 1000000] [--batch 10000] [--theirs 2000] [--engine]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from measuring import machine, on_one_thread
from stream import VW, VW_SETTINGS, Floats, Shape, VowpalWabbit, engine_for, shape, vw_action
from throughput import Rates, batches, ours, resident, settle

from penchant import Moment
from penchant.decide.choices import Choices, choices_of
from penchant.learn import learner
from penchant.limits import Limits
from penchant.model.evidence import Row
from penchant.model.moment_model import MomentModel
from penchant.model.population import Contributions
from penchant.runtime.columns import drawn, weighed

AT, HALF_LIFE = 1.8e9, 90 * 86_400.0
TAUGHT, N_TEACHERS = 20_000, 2_000
RANK = 8
MIB = 2**20


class Pairs(NamedTuple):
    """Seconds that a way took for so many pairs, by the clock and by the processor."""

    count: int
    clock: float
    processor: float


class Alone:
    """Our model without an engine around it, taught by some people, then met by everybody."""

    def __init__(self, made: Shape, people: int, *, waves: bool) -> None:
        """Teach it."""
        self.made, self.moment = made, Moment("home.hero", purpose="bench", actions=made.actions())
        self.model = MomentModel(HALF_LIFE, Limits())
        self.choices = self._taught(waves=waves)
        self.model.people.row("everybody")
        for place in range(people):
            self.model.people.homes.row(f"person-{place}")
        self.model.people.row("the last")
        self.dice = np.random.default_rng(5)

    def _taught(self, *, waves: bool) -> Choices:
        """Learn from a few people who were shown actions at random; give the actions as choices."""
        model, dice = self.model, np.random.default_rng(4)
        names = self.made.actions()
        raw = model.action.encode_actions(names)
        model.context.encode({f"x{place}": 0.0 for place in range(self.made.n_context)})
        contexts = self.made.contexts(TAUGHT, seed=3)
        shown = dice.integers(len(names), size=TAUGHT)
        chance = self.made.chances(contexts)[np.arange(TAUGHT), shown]
        rewards = (dice.random(TAUGHT) < chance).astype(np.float64)
        rows = [model.people.row(f"teacher-{place}") for place in range(N_TEACHERS)]
        who, places = (
            dice.integers(N_TEACHERS, size=TAUGHT),
            model.names.places(one.name for one in names),
        )
        for context, action, reward, one in zip(
            contexts, shown.tolist(), rewards.tolist(), who.tolist(), strict=True
        ):
            name = int(places[action])
            outcome = Row(context, raw[action], reward, float(rewards.mean()), AT, rows[one], name)
            model.evidence.add_one(outcome)
        task = learner.plan(model)
        learner.adopt(model, learner.work(task if waves else task._replace(n_waves=0)))
        return choices_of(tuple(names), model.action, model.names, model.version)

    def pair(self, rows: Any, contexts: Floats, luck: Floats) -> None:
        """Decide for some people, and learn what followed."""
        model, choices, version = self.model, self.choices, self.model.version
        people = model.people
        posterior = people.posteriors(people.homes.of(rows), version, AT)
        scaled = version.context.apply(contexts)
        answer = weighed(choices, version, scaled, posterior, self.moment)
        draws = self.dice.random(len(rows))
        chosen, _ = drawn(answer, draws, self.moment.neutral_share)
        here = np.arange(len(rows))
        rewards = (luck < self.made.chances(contexts)[here, chosen]).astype(np.float64)
        predicted = answer.expected[here, chosen]
        at = np.full(len(rows), AT)
        people.add(people.homes.of(rows), chosen, choices.seen, rewards - predicted, at)
        population = model.population
        if population is None:
            return
        ones = np.ones(len(rows))
        actions = version.action.apply(choices.raw)
        population.add(Contributions(scaled, actions, rewards, predicted, ones, AT, chosen))
        learner.refresh(model)

    def bytes(self) -> dict[str, int]:
        """Give the bytes of the parts of the model."""
        model = self.model
        used = len(model.people.homes)
        sums = sum(column[:used].nbytes for column in model.people._sums)  # noqa: SLF001 - measured
        population = sum(
            one.total.nbytes for one in vars(model.population).values() if hasattr(one, "total")
        )
        version = sum(one.nbytes for one in model.version if isinstance(one, np.ndarray))
        return {"people's sums": sums, "sums over everybody": population, "version": version}


class Sketch:
    """Bare numpy: a linear population, and a small Gaussian of everybody's own, in float32."""

    def __init__(self, made: Shape, people: int) -> None:
        """Start with weights that are right, as if learned, and directions drawn at random."""
        self.made, dice = made, np.random.default_rng(6)
        self.weights = made.taste.astype(np.float32) * 0.2
        self.seen = dice.normal(size=(len(made.features), RANK)).astype(np.float32) / RANK**0.5
        self.upper = np.triu_indices(RANK)
        self.pairs = self.seen[:, self.upper[0]] * self.seen[:, self.upper[1]]
        self.gram = np.zeros((people, len(self.upper[0])), dtype=np.float32)
        self.moment = np.zeros((people, RANK), dtype=np.float32)
        self.dice = dice

    def pair(self, rows: Any, contexts: Floats, luck: Floats) -> None:
        """Decide for some people, and learn what followed."""
        count = len(rows)
        system = np.empty((count, RANK, RANK), dtype=np.float32)
        system[:, self.upper[0], self.upper[1]] = self.gram[rows]
        system[:, self.upper[1], self.upper[0]] = self.gram[rows]
        system += 4.0 * np.eye(RANK, dtype=np.float32)
        mean = np.linalg.solve(system, self.moment[rows][:, :, None])[:, :, 0]
        score = 0.25 + contexts.astype(np.float32) @ self.weights + mean @ self.seen.T
        score += self.dice.random((count, 1), dtype=np.float32) * 0.05
        chosen = score.argmax(axis=1)
        here = np.arange(count)
        rewards = luck < self.made.chances(contexts)[here, chosen]
        rest = rewards - score[here, chosen]
        self.gram[rows] += self.pairs[chosen]
        self.moment[rows] += self.seen[chosen] * rest[:, None].astype(np.float32)


class Theirs:
    """Vowpal Wabbit on some of the same contexts."""

    def __init__(self, made: Shape, count: int) -> None:
        """Start an empty learner that takes so many pairs of each batch."""
        self.made, self.count, self._vw = made, count, VowpalWabbit()
        self._lines = [vw_action(row, f"a{k}") for k, row in enumerate(made.features)]

    def pair(self, rows: Any, contexts: Floats, luck: Floats) -> None:
        """Decide and learn one after the other."""
        del rows
        some = contexts[: self.count]
        for row, chance, one in zip(some, self.made.chances(some), luck.tolist(), strict=False):
            lines = self._vw.text(row, self._lines)
            place, weight = self._vw.decide(lines, one)
            self._vw.learn(lines, place, weight, float(one < chance[place]))


def timed(action: Callable[..., None], count: int, *given: Any) -> Pairs:
    """Give what a call takes."""
    clock, processor = time.perf_counter(), time.process_time()
    action(*given)
    return Pairs(count, time.perf_counter() - clock, time.process_time() - processor)


def line(label: str, took: list[Pairs]) -> None:
    """Print how many pairs a second a way made."""
    count = sum(one.count for one in took)
    clock, processor = sum(one.clock for one in took), sum(one.processor for one in took)
    best = max(one.count / one.processor for one in took)
    print(
        f"{label:16}{count / clock:14,.0f}{count / processor:18,.0f}{best:18,.0f}"
        f"{1e6 * processor / count:12.2f}"
    )


def alone(n_people: int, size: int, theirs: int) -> None:
    """Measure the model without an engine, and its rivals."""
    made = shape("B")
    before = resident()
    full = Alone(made, n_people, waves=True)
    straight, sketch = Alone(made, n_people, waves=False), Sketch(made, n_people)
    ways: dict[str, Any] = {"full": full, "linear": straight, "sketch": sketch}
    ways[VW] = Theirs(made, theirs)
    took: dict[str, list[Pairs]] = {name: [] for name in ways}
    dice, order = np.random.default_rng(2), np.random.default_rng(1).permutation(n_people)
    for start in range(0, n_people, size):
        rows = order[start : start + size] + N_TEACHERS
        contexts = made.contexts(len(rows), seed=start + 10)
        luck = dice.random(len(rows))
        for name, way in ways.items():
            if name == VW and start % (10 * size):
                continue
            count = min(theirs, len(rows)) if name == VW else len(rows)
            at = rows - N_TEACHERS if name == "sketch" else rows
            took[name].append(timed(way.pair, count, at, contexts, luck))
    print(f"\n{made.label}, {n_people:,} people, {size:,} a call; {VW}: {VW_SETTINGS}\n{machine()}")
    print(f"{'pairs a second':16}{'clock':>14}{'processor':>18}{'best call':>18}{'µs a pair':>12}")
    for name, of_one in took.items():
        line(name, of_one)
    for name, way in (("full", full), ("linear", straight)):
        parts = way.bytes()
        told = ", ".join(f"{part} {size / MIB:.1f}" for part, size in parts.items())
        print(f"{name}: MiB of model {sum(parts.values()) / MIB:.0f} ({told})")
    sketched = (sketch.gram.nbytes + sketch.moment.nbytes) / MIB
    print(f"sketch: MiB {sketched:.0f}; the process grew by {(resident() - before) / MIB:,.0f} MiB")
    print("Targets: 200,000 pairs a second on a calm machine; 256 MiB of model.")


def whole(n_people: int) -> None:
    """Measure the engine in columns, everybody once."""
    made, rates = shape("B"), Rates()
    people = [f"person-{number}" for number in range(n_people)]
    before = resident()
    engine = engine_for(made.actions(), people)
    consented = resident()
    for place, batch in enumerate(batches(made, people, 0)):
        ours(engine, made, batch, rates)
        if place % 10 == 0:
            with rates.spending():
                settle(engine)
    print(f"\nthe whole engine, everybody once\n{machine()}")
    print(f"pairs a second: clock {1e6 / rates.mean:,.0f}, processor {1e6 / rates.processor:,.0f}")
    after = resident()
    print(
        f"resident MiB: consent {(consented - before) / MIB:,.0f}, the rest"
        f" {(after - consented) / MIB:,.0f}"
    )
    engine.close()


def main() -> None:
    """Print the tables."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--batch", type=int, default=10_000)
    options.add_argument("--theirs", type=int, default=2_000, help=f"pairs of {VW} each ten calls")
    options.add_argument("--engine", action="store_true", help="the whole engine as well")
    given = options.parse_args()
    alone(given.people, given.batch, given.theirs)
    if given.engine:
        whole(given.people)


if __name__ == "__main__":
    main()
