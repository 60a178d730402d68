"""What it costs to keep many people: disk, memory, start, a first and a later decision, rights.

Journals of 10^3, 10^4 … people are made one after the other, up to --people. Each person has three
facts: their consent, one decision among 20 actions in a context of 8 numbers, and its outcome.
Then a process of its own opens the journal and measures. A decision is measured as it comes from a
service: 100 at a time, each on the disk before it is answered, in seconds of the processor (all
threads) and by the clock; cold is a person's first since the start, warm a later one.

Run: python bench/people_scale.py [--people 100000] [--folder .]; a million takes half an hour.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from measuring import machine, on_one_thread, percentiles
from throughput import resident

from penchant import Action, Engine, Moment
from penchant.adapters.store import open_store
from penchant.journal import Consented
from penchant.words import Consent

MOMENT, PURPOSE = "home.hero", "recommendation"
N_ACTIONS, N_CONTEXT, BATCH, BATCHES, RIGHTS = 20, 8, 100, 20, 20
CHUNK, IN_COLUMNS, FIRST = 4_096, 5_000, 1_000
HIT_RATE = 0.3


class Found(msgspec.Struct):
    """What was measured over one journal; MB of 10^6 bytes, µs a decision, ms a right."""

    people: int
    build_s: float = 0.0
    journal_mb: float = 0.0
    keys_mb: float = 0.0
    start_s: float = 0.0
    start_cpu_s: float = 0.0
    resident_mb: float = 0.0
    cold_cpu_us: float = 0.0
    cold_us: float = 0.0
    warm_cpu_us: float = 0.0
    warm_us: float = 0.0
    export_p50_ms: float = 0.0
    forget_p50_ms: float = 0.0
    forget_p95_ms: float = 0.0
    close_s: float = 0.0


def build(database: Path, n_people: int) -> float:
    """Make a journal; give the seconds it took."""
    started = time.perf_counter()
    store, at = open_store(str(database)), datetime.now(UTC)
    agreed = Consent(PURPOSE, "granted", 1.0, at=at)
    for first in range(0, n_people, CHUNK):
        numbers = range(first, min(first + CHUNK, n_people))
        store.append([Consented(f"p{number}", at, agreed) for number in numbers])
        progress(f"consents {numbers.stop:,} of {n_people:,}", started)
    store.close()
    dice = np.random.default_rng(1)
    with Engine.open(str(database), seed=1) as engine:
        actions = [Action(f"a{k}", features={"price": float(k)}) for k in range(N_ACTIONS)]
        engine.declare(Moment(MOMENT, purpose=PURPOSE, actions=actions))
        for first in range(0, n_people, IN_COLUMNS):
            people = [f"p{number}" for number in range(first, min(first + IN_COLUMNS, n_people))]
            given = dice.normal(size=(len(people), N_CONTEXT))
            answers = engine.decide_many(MOMENT, people=people, contexts=given)
            rewards = (dice.random(len(people)) < HIT_RATE).astype(float)
            engine.learn_many(answers, rewards=rewards)
            progress(f"decisions {first + len(people):,} of {n_people:,}", started)
    print(file=sys.stderr)
    return time.perf_counter() - started


def progress(what: str, started: float) -> None:
    """Say how far it is, on one line of stderr."""
    print(
        f"\r{what}, {time.perf_counter() - started:,.0f} s   ", end="", file=sys.stderr, flush=True
    )


def measure(database: Path, found: Found) -> Found:
    """Open a journal and measure."""
    before = resident()
    wall, cpu = time.perf_counter(), time.process_time()
    engine = Engine.open(str(database), seed=2)
    found.start_s, found.start_cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    found.resident_mb = (resident() - before) / 1e6
    dice = np.random.default_rng(3)
    count = min(BATCH * BATCHES, found.people)
    people = [f"p{one}" for one in dice.choice(found.people, count, replace=False).tolist()]
    decide(engine, people[:BATCH], dice)  # the first batch makes what all later ones share
    found.cold_us, found.cold_cpu_us = decide(engine, people[BATCH:], dice)
    for _ in range(2):
        found.warm_us, found.warm_cpu_us = decide(engine, people[BATCH:], dice)
    few = people[:RIGHTS]
    exported = percentiles(timed(engine.export, few))
    gone = percentiles(timed(engine.forget, few))
    found.export_p50_ms = exported.p50
    found.forget_p50_ms, found.forget_p95_ms = gone.p50, gone.p95
    wall = time.perf_counter()
    engine.close()
    found.close_s = time.perf_counter() - wall
    return found


def decide(engine: Engine, people: Sequence[str], dice: np.random.Generator) -> tuple[float, float]:
    """Decide for people, so many at a time; give µs of a decision by the clock and of processor."""
    contexts = dice.normal(size=(len(people), N_CONTEXT)).tolist()
    items: list[dict[str, Any]] = [
        {"moment": MOMENT, "person": person, "context": {"context": context}}
        for person, context in zip(people, contexts, strict=True)
    ]
    wall, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(items), BATCH):
        engine.decide_many(items[first : first + BATCH])
    each = len(items) / 1e6
    return (time.perf_counter() - wall) / each, (time.process_time() - cpu) / each


def timed(action: Callable[[str], object], people: Sequence[str]) -> list[float]:
    """Give the milliseconds of a call for each."""
    took = []
    for person in people:
        start = time.perf_counter()
        action(person)
        took.append((time.perf_counter() - start) * 1e3)
    return took


def apart(database: Path, found: Found) -> Found:
    """Measure in a process of its own, so that its memory is that of the journal alone."""
    told = [sys.executable, __file__, "--measure", str(database), "--people", str(found.people)]
    said = subprocess.run(told, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603 - ours
    measured = msgspec.json.decode(said.splitlines()[-1], type=Found)
    measured.build_s = found.build_s
    measured.journal_mb, measured.keys_mb = found.journal_mb, found.keys_mb
    return measured


def show(columns: Sequence[Found]) -> None:
    """Print what was found, a journal a column, and how a decision grew."""
    for name in Found.__struct_fields__:
        row = "".join(f"{getattr(one, name):>14,.6g}" for one in columns)
        print(f"{name:16}{row}")
    first, last = columns[0], columns[-1]
    print(
        f"people x {last.people / first.people:,.0f}: a warm decision costs "
        f"{last.warm_cpu_us / first.warm_cpu_us:.2f} x the processor, a cold one "
        f"{last.cold_cpu_us / first.cold_cpu_us:.2f} x; the journal has "
        f"{last.journal_mb * 1e6 / last.people:,.0f} bytes a person, memory "
        f"{last.resident_mb * 1e6 / last.people:,.0f}"
    )


def main() -> None:
    """Print the table."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--people", type=int, default=100_000, help="of the largest journal")
    options.add_argument("--folder", type=Path, default=Path(), help="on which disk")
    options.add_argument("--measure", type=Path, help="only this journal, of --people")
    given = options.parse_args()
    if given.measure:
        print(msgspec.json.encode(measure(given.measure, Found(given.people))).decode())
        return
    sizes = [FIRST]
    while sizes[-1] * 10 <= given.people:
        sizes.append(sizes[-1] * 10)
    print(f"{machine()}\n", flush=True)
    columns = []
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=given.folder) as name:
            database = Path(name) / "people.db"
            found = Found(size, build_s=build(database, size))
            found.journal_mb = database.stat().st_size / 1e6
            found.keys_mb = Path(f"{database}.keys").stat().st_size / 1e6
            columns.append(apart(database, found))
    show(columns)


if __name__ == "__main__":
    main()
