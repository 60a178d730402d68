"""What the SQLite store adds to a decision, split by part, beside the disk's own speed.

Prints microseconds for one `Decided` of 20 actions and 32 features: encode, seal, chain, insert,
sync; then whole appends by one caller and by 8, 64 and 256 callers at once. `fdatasync` is measured
on the same disk in the same run: a 16 KiB write in place, and one that makes the file longer.

Run: python bench/store.py [--appends 300] [--folder .]
"""

import argparse
import hashlib
import os
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from penchant.adapters.store.committing import Append, Committer
from penchant.adapters.store.memory import MemoryStore
from penchant.adapters.store.sealing import START, link, seal
from penchant.adapters.store.sqlite import SqliteStore
from penchant.journal import Decided, Fact, Store, decode, encode
from penchant.words import Action, Decision, FrozenMap, Value

AT = datetime(2026, 11, 22, tzinfo=UTC)
NAME, NONCE = hashlib.sha256(b"a").digest()[:16], bytes(12)
CALLERS = (1, 8, 64, 256)
PEOPLE = 300


def decided(person: str, number: int) -> Decided:
    """Give a decision as large as the one the hot path is measured with."""
    names = tuple(f"action-{n}" for n in range(20))
    shares = (0.05,) * 20
    context: FrozenMap[Value] = FrozenMap({f"feature_{n}": n / 32 for n in range(32)})
    decision = Decision(
        id=f"d-{person}-{number}", moment="home.hero", person=person, at=AT,
        action=Action("action-1", FrozenMap({"price": 80, "sport": "run"})),
        propensity=0.05, mode="personal", names=names, weights=shares, neutral=shares,
        expected=shares, personal=shares, belief=shares[:8], context=context, draw=0.5, version=1,
    )  # fmt: skip
    return Decided(person, AT, decision)


def each(action: Callable[[], object], *, seconds: float = 0.3) -> float:
    """Give the microseconds of one call: the best of five runs."""
    calls, took = 1, 0.0
    while took < seconds / 5:
        calls *= 2
        took = timed(action, calls)
    return min(timed(action, calls) for _ in range(5)) / calls * 1e6


def timed(action: Callable[[], object], calls: int) -> float:
    """Give the seconds of some calls."""
    start = time.perf_counter()
    for _ in range(calls):
        action()
    return time.perf_counter() - start


def syncs(folder: Path, *, grows: bool, count: int) -> float:
    """Give the median microseconds of a 16 KiB write with fdatasync."""
    took = []
    with (folder / "sync").open("wb", buffering=0) as file:
        if not grows:
            file.write(bytes(16_384 * count))
            os.fsync(file.fileno())
            file.seek(0)
        for _ in range(count):
            start = time.perf_counter()
            file.write(os.urandom(16_384))
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - start)
    return statistics.median(took) * 1e6


def unsynced(folder: Path, facts: list[Decided], batch: int) -> float:
    """Give the microseconds a fact costs in a store whose commits do not wait for the disk."""
    store = SqliteStore(folder / f"unsynced-{batch}.db")
    committer: Committer = store._committer  # noqa: SLF001 - the part that is measured
    connection: sqlite3.Connection = committer._connection  # noqa: SLF001 - as above
    connection.execute("PRAGMA synchronous = OFF")
    entries = [store._entry(fact) for fact in facts]  # noqa: SLF001 - as above
    committer.commit([Append(entries)])  # everybody's key is made here
    start = time.perf_counter()
    for at in range(0, len(entries), batch):
        committer.commit([Append(entries[at : at + batch])])
    took = time.perf_counter() - start
    store.close()
    return took / len(entries) * 1e6


def callers(store: Store, facts: list[Decided], count: int) -> tuple[float, float, float]:
    """Append from some threads at once; give p50, p99 and microseconds of wall clock a fact."""
    took: list[float] = []

    def write(mine: list[Decided]) -> None:
        times = []
        for fact in mine:
            start = time.perf_counter()
            store.append([fact])
            times.append(time.perf_counter() - start)
        took.extend(times)

    threads = [threading.Thread(target=write, args=(facts[n::count],)) for n in range(count)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = time.perf_counter() - start
    cuts = statistics.quantiles(took, n=100)
    return cuts[49] * 1e6, cuts[98] * 1e6, wall / len(took) * 1e6


def parts(folder: Path, facts: list[Decided]) -> None:
    """Print what each part costs by itself."""
    fact, cipher = facts[0], AESGCM(bytes(32))
    content = encode(fact)
    sealed = seal(cipher, NONCE, content, (NAME, "decided", 1))
    memory = MemoryStore()
    one_fact: list[Fact] = [fact]
    alone, together = unsynced(folder, facts, 1), unsynced(folder, facts, 64)
    cost = {
        "memory store, whole append": each(lambda: memory.append(one_fact)),
        "encode": each(lambda: encode(fact)),
        "seal": each(lambda: seal(cipher, NONCE, content, (NAME, "decided", 1))),
        "chain": each(lambda: link(START, 1, NAME, NONCE, sealed)),
    }
    own = cost["seal"] + cost["chain"]
    cost["insert, a commit for each"] = alone - own
    cost["insert, 64 to a commit"] = together - own
    cost["sync in place (fdatasync)"] = syncs(folder, grows=False, count=200)
    cost["sync of a longer file (fdatasync)"] = syncs(folder, grows=True, count=200)
    cost["decode, on reading"] = each(lambda: decode(content))
    print(f"one Decided: {len(content):,} bytes encoded, {len(sealed):,} sealed\n")
    print(f"{'part':38}{'µs':>10}")
    for name, microseconds in cost.items():
        print(f"{name:38}{microseconds:10.1f}")


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--appends", type=int, default=300, help="appends of one caller")
    options.add_argument("--folder", type=Path, default=Path(), help="on which disk to measure")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        facts = [decided(f"p{n % PEOPLE}", n) for n in range(max(2_560, given.appends))]
        parts(folder, facts)
        print(f"\n{'callers':>8}{'p50 µs':>10}{'p99 µs':>10}{'µs a fact':>11}{'facts/s':>9}")
        with_store(folder, facts, given.appends)


def with_store(folder: Path, facts: list[Decided], appends: int) -> None:
    """Print whole appends by one and by many callers, and what reading costs."""
    store = SqliteStore(folder / "people.db")
    store.append(facts[:PEOPLE])
    for count in CALLERS:
        mine = facts[: appends if count == 1 else min(len(facts), appends * count)]
        p50, p99, wall = callers(store, mine, count)
        print(f"{count:8}{p50:10.0f}{p99:10.0f}{wall:11.1f}{1e6 / wall:9.0f}")
    start = time.perf_counter()
    n_facts = sum(1 for _ in store.read())
    took = time.perf_counter() - start
    print(f"\nread and verified: {n_facts:,} facts, {took / n_facts * 1e6:.1f} µs each")
    store.close()
    size = (folder / "people.db").stat().st_size
    print(f"on disk: {size / n_facts:,.0f} bytes a fact")


if __name__ == "__main__":
    main()
