"""What a decision costs over HTTP: `penchant up` on a journal on disk, beside constants.

Requests per second of the server's processor, for one decision a request and for batches of 100;
beside the same server answering a constant (raw ASGI, same uvicorn and httptools), our own
application answering one (`/healthz`) and FastAPI answering one. All run at the same time and are
asked in turns. Then how long an answer takes at half the load that was reached, by the clock.

Each request names another person and context. Shape A: 20 declared actions of 32 features, a
context of 8 numbers. Shape S: 5 actions of 2 features, a context of 3 values. 2,000 people with
five outcomes each, everybody decided for once since the start.

Run: python bench/service.py [--seconds 4] [--rounds 3] [--people 2000] [--folder .]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from measuring import machine, on_one_thread, percentiles
from serving import LOOPS, Load, Server, beat, constant, hammer, penchant_up, post

from penchant import Action, Engine, Moment
from penchant.adapters.store import open_store
from penchant.journal import Consented
from penchant.words import Consent

MOMENT, PURPOSE, BATCH = "home.hero", "recommendation", 100
SINGLES, BATCHES = 8_192, 256
SINGLE_CALLERS, BATCH_CALLERS = 256, 8
TARGETS = f"Targets: one decision 0.35 x the raw constant; batches of {BATCH} 40,000 decisions."


class Shape(NamedTuple):
    """What is decided: actions, and how a context looks."""

    name: str
    label: str
    actions: Sequence[Action]
    n_context: int


def shapes() -> list[Shape]:
    """Give the shapes."""
    dice = np.random.default_rng(0)
    wide = [
        Action(f"a{k}", features={f"f{n}": v for n, v in enumerate(row)})
        for k, row in enumerate(dice.normal(size=(20, 32)).tolist())
    ]
    small = [
        Action(f"a{k}", features={"price": 10.0 * k, "sport": f"sport-{k % 3}"}) for k in range(5)
    ]
    return [
        Shape("A", "shape A: 20 actions x 32 features, context of 8", wide, 8),
        Shape("S", "shape S: 5 actions x 2 features, context of 3", small, 3),
    ]


def contexts(shape: Shape, count: int, seed: int) -> list[dict[str, Any]]:
    """Draw contexts."""
    dice = np.random.default_rng(seed)
    if shape.name == "S":
        hours, devices = dice.integers(24, size=count), dice.integers(3, size=count)
        rows = zip(hours.tolist(), devices.tolist(), dice.random(count).tolist(), strict=True)
        return [{"hour": h, "device": f"device-{d}", "warmth": w} for h, d, w in rows]
    rows = dice.normal(size=(count, shape.n_context)).tolist()
    return [{f"c{n}": value for n, value in enumerate(row)} for row in rows]


def prepare(database: Path, shape: Shape, n_people: int) -> None:
    """Make a journal: everybody agreed, and five outcomes each were learned."""
    with Engine.open(str(database), seed=1) as engine:
        engine.declare(Moment(MOMENT, purpose=PURPOSE, actions=shape.actions))
    store = open_store(str(database))
    at = datetime.now(UTC)
    agreed = Consent(PURPOSE, "granted", 1.0, at=at)
    store.append([Consented(f"p{n}", at, agreed) for n in range(n_people)])
    store.close()
    dice = np.random.default_rng(2)
    with Engine.open(str(database), seed=2) as engine:
        for number in range(5):
            asked = contexts(shape, n_people, seed=10 + number)
            for at_ in range(0, n_people, 1_000):
                items = [
                    {"moment": MOMENT, "person": f"p{at_ + n}", "context": context}
                    for n, context in enumerate(asked[at_ : at_ + 1_000])
                ]
                made = engine.decide_many(items)
                rewards = dice.random(len(made)) < dice.random()
                engine.learn_many(
                    [
                        {"decision": one.id, "reward": float(reward)}
                        for one, reward in zip(made, rewards, strict=True)
                    ]
                )


def bodies(shape: Shape, n_people: int) -> tuple[list[bytes], list[bytes]]:
    """Give bodies of one decision, and of batches."""
    dice = np.random.default_rng(3)
    people = dice.integers(n_people, size=SINGLES + BATCHES * BATCH).tolist()
    asked = contexts(shape, len(people), seed=4)
    items = [
        {"moment": MOMENT, "person": f"p{person}", "context": context}
        for person, context in zip(people, asked, strict=True)
    ]
    many = [
        {"items": items[SINGLES + n * BATCH : SINGLES + (n + 1) * BATCH]} for n in range(BATCHES)
    ]
    return [msgspec.json.encode(one) for one in items[:SINGLES]], [
        msgspec.json.encode(one) for one in many
    ]


class Asked(NamedTuple):
    """One row of the table: who is asked what."""

    label: str
    server: Server
    requests: list[bytes]
    at_once: int
    each: int = 1


def warm(server: Server, shape: Shape, n_people: int) -> None:
    """Ask once for everybody; what a first decision costs, `people_scale.py` says."""
    asked = contexts(shape, n_people, seed=5)
    items = [
        {"moment": MOMENT, "person": f"p{person}", "context": context}
        for person, context in enumerate(asked)
    ]
    for first in range(0, n_people, BATCH):
        body = msgspec.json.encode({"items": items[first : first + BATCH]})
        request = post("/v1/decisions", body, server.token)
        hammer(server, [request], seconds=0.0, at_once=1)


def total(loads: Sequence[Load]) -> Load:
    """Add loads up."""
    return Load(*(sum(column) for column in zip(*loads, strict=True)))


def measure(rows: Sequence[Asked], seconds: float, rounds: int) -> dict[str, Load]:
    """Ask in turns."""
    loads: dict[str, list[Load]] = {row.label: [] for row in rows}
    for row in rows:
        hammer(row.server, row.requests, seconds=min(seconds, 1.0), at_once=row.at_once)
    for _ in range(rounds):
        for row in rows:
            loads[row.label].append(
                hammer(row.server, row.requests, seconds=seconds, at_once=row.at_once)
            )
    return {label: total(each) for label, each in loads.items()}


def run(shape: Shape, loop: str, folder: Path, given: argparse.Namespace) -> None:
    """Measure one shape under one event loop, and print its table."""
    database = folder / f"{shape.name}-{loop}.db"
    prepare(database, shape, given.people)
    single, many = bodies(shape, given.people)
    with ExitStack() as parts:
        ours = parts.enter_context(penchant_up("Penchant", database, loop=loop))
        raw = parts.enter_context(constant("constant", loop))
        fast = parts.enter_context(constant("FastAPI", loop, factory="fast"))
        ask = "/v1/decisions"
        rows = [
            Asked("constant, raw ASGI", raw, [post(ask, one) for one in single], SINGLE_CALLERS),
            Asked("constant, FastAPI", fast, [post(ask, one) for one in single], SINGLE_CALLERS),
            Asked(
                "constant, ours (/healthz)",
                ours,
                [post("/healthz", b"", ours.token, "GET")],
                SINGLE_CALLERS,
            ),
            Asked(
                "one decision",
                ours,
                [post(ask, one, ours.token) for one in single],
                SINGLE_CALLERS,
            ),
            Asked(
                f"batch of {BATCH}",
                ours,
                [post(ask, one, ours.token) for one in many],
                BATCH_CALLERS,
                BATCH,
            ),
        ]
        warm(ours, shape, given.people)
        print(f"\n{shape.label}, {loop}\n{machine()}")
        loads = measure(rows, given.seconds, given.rounds)
        base = loads[rows[0].label].per_cpu
        print(
            f"{'':28}{'requests':>10}{'a CPU s':>10}{'x const.':>10}{'items a CPU s':>15}{'a s':>9}"
        )
        for row in rows:
            load = loads[row.label]
            print(
                f"{row.label:28}{load.requests:10,}{load.per_cpu:10,.0f}{load.per_cpu / base:10.2f}"
                f"{load.per_cpu * row.each:15,.0f}{load.per_second:9,.0f}"
            )
        for row in rows[3:]:
            rate = loads[row.label].per_second / 2
            _, times = beat(
                row.server, row.requests, seconds=given.seconds * 2, rate=rate, at_once=256
            )
            found = percentiles([one * 1e6 for one in times])
            print(
                f"{row.label} at {rate:,.0f} requests a s, half of that: ms "
                f"p50 {found.p50 / 1e3:.1f}, p95 {found.p95 / 1e3:.1f}, p99 {found.p99 / 1e3:.1f}"
            )


def main() -> None:
    """Print the tables."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--seconds", type=float, default=4.0, help="of load a round")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--people", type=int, default=2_000)
    options.add_argument("--shapes", default="AS")
    options.add_argument("--loops", default=",".join(LOOPS))
    options.add_argument("--folder", type=Path, default=Path(), help="on which disk")
    given = options.parse_args()
    print(TARGETS)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        for shape in shapes():
            for loop in given.loops.split(","):
                if shape.name in given.shapes:
                    run(shape, loop, Path(name), given)


if __name__ == "__main__":
    main()
