"""How many decisions a second are durable, beside what the disk itself can sync in a second.

The disk: a write of 4 KiB and `fdatasync`, again and again, once over the same place of a file and
once at its end; the faster of the two is what everything is divided by. Then decisions, each of
which is on the disk before it is answered: 256 callers in one event loop, through the service's own
application, and threads that call the engine. All take turns on the same file system. Person,
context and time differ in every call, because SQLite skips a write that changes nothing.

Run: python bench/durable.py [--seconds 3] [--rounds 3] [--folder .]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from measuring import machine, on_one_thread

from penchant import Action, Engine, Moment
from penchant.adapters.http.app import App, create
from penchant.adapters.http.settings import Settings

MOMENT, PURPOSE, PEOPLE = "home.hero", "recommendation", 1_000
CALLERS = 256
THREADS = (1, 8, 32, 64)
TARGETS = (
    f"Targets: {CALLERS} async callers 4 x the disk's own rate; threads that call the engine 1.8 x."
)
_BLOCK = 4_096


def synced(folder: Path, seconds: float, *, grows: bool) -> float:
    """Give how many writes a second the disk makes durable, one after the other."""
    path = folder / "sync"
    with path.open("wb", buffering=0) as file:
        file.write(bytes(_BLOCK))
        os.fsync(file.fileno())
        count, ends, started = 0, time.perf_counter() + seconds, time.perf_counter()
        while time.perf_counter() < ends:
            if not grows:
                file.seek(0)
            file.write(os.urandom(_BLOCK))
            os.fdatasync(file.fileno())
            count += 1
        rate = count / (time.perf_counter() - started)
    path.unlink()
    return rate


class Caller:
    """What is asked next: another person and context every time."""

    def __init__(self) -> None:
        """Start from the same dice in every run."""
        self._dice = np.random.default_rng(5)
        self._lock = threading.Lock()

    def next(self) -> tuple[str, dict[str, Any]]:
        """Give a person and a context."""
        with self._lock:
            who, hour, warmth = self._dice.random(3).tolist()
        return f"p{int(who * PEOPLE)}", {"hour": int(hour * 24), "warmth": warmth}


def in_threads(engine: Engine, asked: Caller, count: int, seconds: float) -> float:
    """Give how many decisions a second some threads get from the engine."""
    done = [0] * count
    ends = time.perf_counter() + seconds

    def work(place: int) -> None:
        while time.perf_counter() < ends:
            person, context = asked.next()
            engine.decide(MOMENT, person=person, context=context)
            done[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(count)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - started)


async def in_loop(app: App, asked: Caller, seconds: float) -> float:
    """Give how many decisions a second callers of the application get in one event loop."""
    ends = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_caller(app, asked, ends) for _ in range(CALLERS)))
    return sum(counts) / (time.perf_counter() - ends + seconds)


async def _caller(app: App, asked: Caller, ends: float) -> int:
    count, statuses = 0, set()
    headers = [(b"host", b"127.0.0.1"), (b"authorization", b"Bearer " + app.token.encode())]
    headers.append((b"content-type", b"application/json"))

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])

    while time.perf_counter() < ends:
        person, context = asked.next()
        body = msgspec.json.encode({"moment": MOMENT, "person": person, "context": context})

        async def receive(body: bytes = body) -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        scope = {"type": "http", "method": "POST", "path": "/v1/decisions", "query_string": b""}
        await app({**scope, "headers": headers}, receive, send)
        count += 1
    if statuses != {200}:
        raise RuntimeError(f"The application answered {sorted(statuses)} where 200 was expected.")
    return count


def rounds(measures: dict[str, Callable[[], float]], count: int) -> dict[str, float]:
    """Measure in turns; give the median of each."""
    found: dict[str, list[float]] = {label: [] for label in measures}
    for _ in range(count):
        for label, measure in measures.items():
            found[label].append(measure())
    return {label: float(np.median(each)) for label, each in found.items()}


def main() -> None:
    """Print the table."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--seconds", type=float, default=3.0, help="of each a round")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--folder", type=Path, default=Path(), help="on which disk to measure")
    given = options.parse_args()
    print(f"{TARGETS}\n{machine()}")
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        with Engine.open(str(folder / "people.db"), seed=1) as engine, asyncio.Runner() as runner:
            actions = [Action(f"a{k}", features={"price": k * 1.0}) for k in range(5)]
            engine.declare(Moment(MOMENT, purpose=PURPOSE, actions=actions))
            for person in range(PEOPLE):
                engine.consent(f"p{person}", PURPOSE)
            app = create(engine, Settings(rate="1000000/second"))
            asked, seconds = Caller(), given.seconds
            found = rounds(
                {
                    "disk, in place": lambda: synced(folder, seconds, grows=False),
                    "disk, at the end": lambda: synced(folder, seconds, grows=True),
                    f"{CALLERS} async callers": lambda: runner.run(in_loop(app, asked, seconds)),
                    **{
                        f"{count} thread{'s' if count > 1 else ''}": lambda count=count: in_threads(
                            engine, asked, count, seconds
                        )
                        for count in THREADS
                    },
                },
                given.rounds,
            )
            app.close()
    disk = max(found["disk, in place"], found["disk, at the end"])
    print(f"{'':24}{'a second':>10}{'x the disk':>12}")
    for label, rate in found.items():
        print(f"{label:24}{rate:10,.0f}{rate / disk:12.2f}")


if __name__ == "__main__":
    main()
