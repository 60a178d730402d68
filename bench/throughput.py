"""How many decisions and outcomes a second in columns, beside Vowpal Wabbit on the same contexts.

`decide_many` and `learn_many` with 5,000 people a call over 200,000 people in memory, numerics on
one thread; Vowpal Wabbit takes some of the same contexts in between, one by one from Python. Its
own binary format is measured too: the same contexts, labelled, read from its cache file by its
C++ driver, which decides and learns at once but answers nobody.
A round of derivation runs on another thread of ours and is waited for where it is late; its time
is in the mean, and not in the median. Beside it stands the processor time of all threads, rounds
included, which says what a pair costs where other work shares the machine. Memory is measured in a
process of its own.

Run: python bench/throughput.py [--people 200000] [--passes 3] [--shape-a 40000] [--theirs 4000]
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import vowpalwabbit
from measuring import machine, on_one_thread
from stream import (
    MOMENT,
    VW,
    VW_SETTINGS,
    Floats,
    Shape,
    VowpalWabbit,
    engine_for,
    shape,
    vw_action,
)

from penchant import Engine

BATCH = 5_000
CACHED = 20_000
TARGET = "Target: 30 x, stretch 50 x."


class Batch(NamedTuple):
    """People of one call, their contexts (n, d), and luck (n,) that decides what follows."""

    people: list[str]
    contexts: Floats
    luck: Floats


def batches(made: Shape, people: list[str], seed: int) -> Iterator[Batch]:
    """Give everybody once, in a drawn order."""
    dice = np.random.default_rng([seed, 2])
    order, contexts = dice.permutation(len(people)), made.contexts(len(people), seed)
    for start in range(0, len(people), BATCH):
        part = slice(start, start + BATCH)
        some = [people[place] for place in order[part].tolist()]
        yield Batch(some, contexts[part], dice.random(len(some)))


def seconds(action: Callable[..., Any], *given: Any, **named: Any) -> tuple[float, Any]:
    """Give what a call takes, and its answer."""
    start = time.perf_counter()
    answer = action(*given, **named)
    return time.perf_counter() - start, answer


class Rates:
    """Microseconds of a pair: one decision and its outcome."""

    def __init__(self) -> None:
        """Start with none."""
        self.decide: list[float] = []
        self.learn: list[float] = []
        self._spent, self._pairs = 0.0, 0

    @contextmanager
    def spending(self, pairs: int = 0) -> Iterator[None]:
        """Count the processor time of what is done within, for so many pairs more."""
        before = time.process_time()
        yield
        self._spent += time.process_time() - before
        self._pairs += pairs

    @property
    def processor(self) -> float:
        """The processor time of a pair."""
        return self._spent / self._pairs * 1e6

    def add(self, decide: float, learn: float, count: int) -> None:
        """Add the seconds of `count` pairs."""
        self.decide.append(decide / count * 1e6)
        self.learn.append(learn / count * 1e6)

    @property
    def median(self) -> float:
        """The median over the calls."""
        return float(np.median(np.add(self.decide, self.learn)))

    @property
    def mean(self) -> float:
        """The mean over the calls."""
        return float(np.mean(np.add(self.decide, self.learn)))

    def row(self, label: str) -> None:
        """Print a row."""
        decide, learn = np.median(self.decide), np.median(self.learn)
        print(
            f"{label:34}{decide:9.2f}{learn:9.2f}{self.median:9.2f}{self.mean:9.2f}"
            f"{self.processor:11.2f}{1e6 / self.mean:12,.0f}"
        )


def ours(engine: Engine, made: Shape, batch: Batch, rates: Rates) -> None:
    """Decide and learn one batch in columns."""
    chances = made.chances(batch.contexts)
    with rates.spending(len(batch.people)):
        decide, answers = seconds(
            engine.decide_many, MOMENT, people=batch.people, contexts=batch.contexts
        )
    chosen = np.array([-1 if one == "nothing" else int(one[1:]) for one in _names(answers)])
    chance = np.where(chosen < 0, 0.0, chances[np.arange(len(chosen)), chosen])
    rewards = (batch.luck < chance).astype(np.float64)
    with rates.spending():
        learn, _ = seconds(engine.learn_many, answers, rewards=rewards)
    rates.add(decide, learn, len(batch.people))


def settle(engine: Engine) -> None:
    """Wait for the round under way, if any; it would slow the others."""
    running = engine._memory.moments[MOMENT].learning._running  # noqa: SLF001 - no part of the measure
    if running is not None:
        wait([running.round])


def _names(answers: Any) -> list[str]:
    """Give the names of the actions chosen, without building decisions."""
    names = answers.columns.made.choices.names
    return [names[place] for place in answers.columns.chosen.tolist()]


class Theirs:
    """Vowpal Wabbit on some of the same contexts; text is made from numbers in the call."""

    def __init__(self, made: Shape) -> None:
        """Start an empty learner."""
        self.made = made
        self.rates, self.ready = Rates(), Rates()
        self._vw = VowpalWabbit()
        self._lines = [vw_action(row, f"a{k}") for k, row in enumerate(made.features)]

    def take(self, batch: Batch, count: int) -> None:
        """Decide and learn the first `count` of a batch."""
        text = decide = learn = 0.0
        chances = self.made.chances(batch.contexts[:count])
        for row, chance, luck in zip(
            batch.contexts[:count], chances, batch.luck.tolist(), strict=False
        ):
            with self.rates.spending(1):
                took, lines = seconds(self._vw.text, row, self._lines)
            text += took
            with self.rates.spending(), self.ready.spending(1):
                took, (place, weight) = seconds(self._vw.decide, lines, luck)
            decide += took
            reward = float(luck < chance[place])
            with self.rates.spending(), self.ready.spending():
                took, _ = seconds(self._vw.learn, lines, place, weight, reward)
            learn += took
        self.rates.add(text + decide, learn, count)
        self.ready.add(decide, learn, count)


def run(name: str, n_people: int, passes: int, theirs_count: int) -> None:
    """Measure a shape, and print its table."""
    made = shape(name)
    people = [f"person-{number}" for number in range(n_people)]
    engine, theirs = engine_for(made.actions(), people), Theirs(made)
    first, rates = Rates(), Rates()
    print(f"\n{made.label}, {n_people:,} people, {BATCH:,} a call\n{machine()}")
    for number in range(passes):
        for place, batch in enumerate(batches(made, people, number)):
            ours(engine, made, batch, rates if number else first)
            if place % 10 == 0:
                with (rates if number else first).spending():
                    settle(engine)
                theirs.take(batch, min(theirs_count // 10, len(batch.people)))
    print(
        f"{'µs a pair':34}{'decide':>9}{'learn':>9}{'pair':>9}{'mean':>9}{'processor':>11}"
        f"{'pairs a s':>12}"
    )
    first.row("Penchant, first touch")
    rates.row("Penchant")
    theirs.rates.row(f"{VW}, text made from numbers")
    theirs.ready.row(f"{VW}, text at hand")
    cached = vw_cached(made)
    print(f"{f'{VW}, its cache file':34}{cached:36.2f}{1e6 / cached:23,.0f}")
    for label, other in (("text made", theirs.rates.median), ("text at hand", theirs.ready.median),
                         ("cache file", cached)):  # fmt: skip
        print(
            f"{VW}, {label}: {other / rates.median:.1f} x our median, "
            f"{other / rates.mean:.1f} x our mean with rounds. {TARGET}"
        )
    spent = theirs.rates.processor / rates.processor, theirs.ready.processor / rates.processor
    print(f"{VW}, processor time: text made {spent[0]:.1f} x, at hand {spent[1]:.1f} x ours")
    engine.close()


def vw_cached(made: Shape) -> float:
    """Give the microseconds of one labelled example read from a cache file, driver and all."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "stream.vw"
        _write(made, data)
        command = f"{VW_SETTINGS} --quiet -d {data} -c --cache_file {data}.cache"
        _drive(command)  # writes the cache
        empty, _ = seconds(_drive, f"{VW_SETTINGS} --quiet")
        took = [seconds(_drive, command)[0] for _ in range(3)]
    return (min(took) - empty) / CACHED * 1e6


def _drive(command: str) -> None:
    """Let the C++ driver of the wheel read what the command names."""
    vowpalwabbit.Workspace(command).finish()


def _write(made: Shape, data: Path) -> None:
    """Write labelled examples as text: an even choice, and what followed."""
    dice = np.random.default_rng(9)
    contexts = made.contexts(CACHED, seed=9)
    chances, luck = made.chances(contexts), dice.random(CACHED)
    lines = [vw_action(row, f"a{k}") for k, row in enumerate(made.features)]
    places = dice.integers(len(lines), size=CACHED)
    writer = VowpalWabbit()
    with data.open("w", encoding="utf-8") as file:
        for row, chance, place, one in zip(contexts, chances, places, luck, strict=True):
            text = writer.text(row, lines)
            text[place + 1] = f"0:{-float(one < chance[place])}:0.05 {lines[place]}"
            file.write("\n".join(text) + "\n\n")


def memory(n_people: int) -> None:
    """Print the bytes of a person, by part; in a process of its own."""
    made = shape("B")
    people = [f"person-{number}" for number in range(n_people)]
    before = resident()
    engine = engine_for(made.actions(), people)
    consented = resident()
    for batch in batches(made, people, seed=0):
        ours(engine, made, batch, Rates())
    settle(engine)
    after = resident()
    model = engine._memory.moments[MOMENT].model  # noqa: SLF001 - what is measured
    used = slice(0, len(model.people.homes))
    parts = (*model.people._sums, *model.people.held)  # noqa: SLF001 - as above
    tables = _bytes(column[used] for column in parts)
    evidence = _bytes(model.evidence.rows())
    store: Any = engine._memory.store  # noqa: SLF001 - as above
    blocks = sum(_block(block) for block in store._blocks)  # noqa: SLF001 - as above
    rest = after - consented - tables - evidence - blocks
    print(f"\n{made.label}, {n_people:,} people, bytes a person (resident)\n{machine()}")
    for label, size in (
        ("consent: registers and its fact in the journal", consented - before),
        ("model: own sums and posterior", tables),
        ("model: one outcome as evidence", evidence),
        ("journal: one decision and outcome in columns", blocks),
        ("everything else: ids, indexes, spare room", rest),
        ("all, after one decision and outcome each", after - before),
    ):
        print(f"{label:50}{size / n_people:10,.0f}")
    engine.close()


def resident() -> int:
    """Give the resident bytes of this process, after giving back what is free."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    pages = Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _bytes(columns: Any) -> int:
    return int(sum(column.nbytes for column in columns))


def _block(block: Any) -> int:
    """Give the bytes of the arrays of a block."""
    if hasattr(block, "weighed"):
        made = block.made
        arrays = (*block.weighed, made.rows, made.given, made.context, made.belief, made.draws)
        return _bytes((*arrays, block.chosen, block.waiting))
    return _bytes((block.places, block.rewards))


def main() -> None:
    """Print the tables."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--people", type=int, default=200_000)
    options.add_argument("--passes", type=int, default=3, help="over everybody, first touch first")
    options.add_argument("--shape-a", type=int, default=40_000, help="people of shape A")
    options.add_argument("--theirs", type=int, default=4_000, help=f"pairs of {VW} a pass")
    options.add_argument("--memory", action="store_true", help="only bytes a person")
    given = options.parse_args()
    if given.memory:
        memory(given.people)
        return
    print(f"{VW}: {VW_SETTINGS}")
    run("B", given.people, given.passes, given.theirs)
    run("A", given.shape_a, given.passes, given.theirs)
    sys.stdout.flush()
    command = [sys.executable, __file__, "--memory", "--people", str(given.people)]
    subprocess.run(command, check=True)  # noqa: S603 - this script again


if __name__ == "__main__":
    main()
