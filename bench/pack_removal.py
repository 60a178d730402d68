"""What it costs to take a pack out of a journal on disk, beside forgetting everybody in it.

Half of each person's signals are of the pack. Removing empties these in place; forgetting destroys
keys. Opening reads all, so it is timed before and after. That no byte of what was taken is left in
the live files is held by tests/adapters/store/test_sqlite_removing.py.

Run: python bench/pack_removal.py [--people 1000] [--signals 200]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measuring import machine

from penchant.adapters.store import open_store
from penchant.journal import Fact, Observed
from penchant.runtime.packs.removing import remove_pack
from penchant.words import FrozenMap, Signal

START = datetime(2026, 3, 2, tzinfo=UTC)


def facts_of(person: str, count: int) -> Iterator[Fact]:
    """Give signals of a person, every other one of the pack."""
    for n in range(count):
        at = START + timedelta(minutes=n)
        kind = "school.answered" if n % 2 else "shop.viewed"
        data = FrozenMap({"item": f"item-{n}", "correct": n % 3 > 0, "seconds": 12.5})
        yield Observed(
            person, at, Signal(kind, person, at, data), "school.learning" if n % 2 else "shop"
        )


def filled(path: Path, people: int, signals: int) -> None:
    """Write everybody's signals, in the order of their times."""
    store = open_store(str(path))
    rows = [facts_of(f"p{n}", signals) for n in range(people)]
    for _ in range(signals):
        store.append([next(row) for row in rows])
    store.close()


def opened(path: Path) -> float:
    """Give how long it takes to open a store and read all of it."""
    start = time.perf_counter()
    store = open_store(str(path))
    for _ in store.read():
        pass
    took = time.perf_counter() - start
    store.close()
    return took


def main() -> None:
    """Print seconds, per person and per fact, and sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--signals", type=int, default=200)
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.db"
        filled(path, given.people, given.signals)
        size, before = path.stat().st_size, opened(path)
        store = open_store(str(path))
        start = time.perf_counter()
        cleared = remove_pack(store, "school")
        took = time.perf_counter() - start
        start = time.perf_counter()
        for n in range(min(given.people, 100)):
            store.forget(f"p{n}", START)
        forgot = (time.perf_counter() - start) / min(given.people, 100)
        store.close()
        after = opened(path)
        print(f"removed {cleared.facts:,} facts of {cleared.people:,} people in {took:.2f} s")
        a_person, a_fact = 1e3 * took / cleared.people, 1e6 * took / cleared.facts
        print(f"  {a_person:.2f} ms a person, {a_fact:.1f} µs a fact")
        print(f"forgetting one of them afterwards takes {1e3 * forgot:.2f} ms")
        print(f"opening and reading took {before:.2f} s before, {after:.2f} s after")
        print(f"the file had {size / 1e6:.1f} MB, and has {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
