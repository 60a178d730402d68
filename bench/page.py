"""How long a page of the console takes, with 1,000 people in a journal on disk.

The service's own server answers on loopback, one request after the other, as one person looking
around would send them; a page is whatever its address gives, its stylesheet aside. Each page is
asked for somebody or something else each time, so that nothing is at hand by chance. `cpu` is what
server and caller together took of a processor: on a busy machine the rest is waiting.

Run: python bench/page.py [--people 1000] [--rounds 30] [--requests 200]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import uvicorn
from measuring import Times, machine, on_one_thread, percentiles
from starlette.applications import Starlette

from penchant import Action, Engine, Moment, Outcome, Signal
from penchant.adapters.console.pages import routes
from penchant.adapters.console.settings import ConsoleSettings

MOMENT, PURPOSE = "shop.home_hero", "recommendation"
SPORTS = ("run", "swim", "cycle", "team", "climb", "row")
MOST_MS = 100.0
CLICKED = 0.3


def filled(path: Path, n_people: int, rounds: int) -> Engine:
    """Give an engine on disk whose people have lived with a shop for some rounds."""
    dice = random.Random(3)  # noqa: S311 - dice, not secrets
    engine = Engine.open(str(path), seed=7)
    actions = [
        Action(f"{sport} {size}", features={"sport": sport, "size": size})
        for sport in SPORTS
        for size in ("small", "large")
    ]
    engine.declare(
        Moment(
            MOMENT,
            purpose=PURPOSE,
            actions=actions,
            outcome=Outcome("clicked", window="1h"),
            neutral_share=0.05,
        )
    )
    people = [f"person {place}" for place in range(n_people)]
    for person in people:
        engine.consent(person, PURPOSE, granted=True, dial=1.0)
    for _ in range(rounds):
        calls = [
            {
                "moment": MOMENT,
                "person": person,
                "context": {"device": dice.choice(["phone", "desk"]), "hour": dice.randrange(24)},
            }
            for person in people
        ]
        decisions = engine.decide_many(calls)
        engine.learn_many(
            [
                {"decision": one.id, "reward": float(dice.random() < CLICKED)}
                for one in decisions
                if hasattr(one, "id")
            ]
        )
        engine.observe(
            [
                Signal("shop.viewed", person, data={"sport": dice.choice(SPORTS)})
                for person in people
            ],
            purpose=PURPOSE,
        )
    return engine


def places(engine: Engine, requests: int, n_people: int) -> dict[str, Sequence[str]]:
    """Give the addresses to ask for, page by page."""
    dice = random.Random(5)  # noqa: S311 - dice, not secrets
    people = [quote(f"person {dice.randrange(n_people)}", safe="") for _ in range(requests)]
    decisions = [dice.choice(engine.insight.recent(1_000)).id for _ in range(requests)]
    return {
        "overview": [f"?days={dice.choice(['1', '7', '28', 'all'])}" for _ in range(requests)],
        "people": ["/people"] * requests,
        "person": [f"/person?id={one}" for one in people],
        "moments": ["/moments"] * requests,
        "moment": [f"/moment?name={MOMENT}"] * requests,
        "decisions": [f"/decisions?skip={50 * dice.randrange(20)}" for _ in range(requests)],
        "decision": [f"/decision?id={one}&replay=1" for one in decisions],
    }


@contextmanager
def served(engine: Engine) -> Iterator[str]:
    """Serve the console of an engine; give its address."""
    app = Starlette(routes=routes(engine, ConsoleSettings(show_people=True)))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/console"
    server.should_exit = True
    thread.join()


def main() -> None:
    """Measure and print."""
    on_one_thread()
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--requests", type=int, default=200)
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        engine = filled(Path(folder) / "people.db", asked.people, asked.rounds)
        n = engine.insight.overview().n
        print(f"{asked.people:,} people, {n:,} decisions, {asked.requests:,} requests a page\n")
        heads = "".join(f"{one:>8}" for one in ("p50 ms", "p95 ms", "p99 ms", "cpu ms", "kB"))
        print(f"{'page':<12}{heads}  p95 < {MOST_MS:.0f} ms")
        with served(engine) as here, httpx.Client() as client:
            for name, addresses in places(engine, asked.requests, asked.people).items():
                _measure(client, here, name, addresses)
        engine.close()


def _measure(client: httpx.Client, here: str, name: str, addresses: Sequence[str]) -> None:
    """Ask for one kind of page and print what it took."""
    times, size, spent = Times(), 0, time.process_time()
    for address in addresses:
        answer = times.call(0, client.get, here + address)
        answer.raise_for_status()
        size = max(size, len(answer.content))
    found, spent = percentiles(times.taken()), time.process_time() - spent
    told = (found.p50 / 1e3, found.p95 / 1e3, found.p99 / 1e3, 1e3 * spent / len(addresses))
    taken = "".join(f"{one:>8.1f}" for one in told)
    verdict = "yes" if found.p95 / 1e3 < MOST_MS else "NO"
    print(f"{name:<12}{taken}{size / 1e3:>8.1f}  {verdict}")


if __name__ == "__main__":
    main()
