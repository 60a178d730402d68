"""What rights cost for a person of whom much is kept: forget with its receipt, export.

A journal of one person with --entries facts beside --others people with a hundred each: signals,
and for every tenth a decision of 20 actions with its outcome. Forgetting is timed until the receipt
is there: no fact can be read any more, and the models are without the person. The room is emptied
behind it, timed by closing. The peer is what a table without keys must do in the same run: delete
as many rows of the same bytes with SQLite's `secure_delete`, and be durable.

Run: python bench/rights.py [--entries 100000] [--others 100] [--folder .]
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measuring import machine, on_one_thread

from penchant import Action, Engine, Moment, Signal

MOMENT, PURPOSE, WHO = "home.hero", "recommendation", "ada"
N_ACTIONS, N_CONTEXT, BATCH, FEW, EVERY = 20, 8, 500, 100, 10


def live(engine: Engine, person: str, n_entries: int) -> None:
    """Let a person agree, and do things until so many facts are kept of them."""
    engine.consent(person, PURPOSE, granted=True, dial=1.0)
    kept, begun = 1, datetime.now(UTC) - timedelta(days=300)
    while kept < n_entries:
        count = min(BATCH, n_entries - kept)
        n_decisions = count // (EVERY + 2)
        signals = [
            Signal(
                "shop.viewed",
                person=person,
                at=begun + timedelta(seconds=60 * (kept + one)),
                data={"item": f"i{one % 50}", "price": float(one)},
            )
            for one in range(count - 2 * n_decisions)
        ]
        engine.observe(signals, purpose=PURPOSE)
        for one in range(n_decisions):
            context = {"x": [float((one * place) % 7) for place in range(N_CONTEXT)]}
            decision = engine.decide(MOMENT, person=person, context=context)
            engine.learn(decision.id, reward=float(one % 3 == 0))
        kept += count


def plain_deletion(folder: Path, rows: list[bytes]) -> float:
    """Give the seconds in which a table without keys deletes as many rows of the same bytes."""
    path = folder / "plain.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as table:
        for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            table.execute(f"PRAGMA {setting}")
        table.execute("CREATE TABLE fact (id INTEGER PRIMARY KEY, person TEXT, body BLOB)")
        table.execute("CREATE INDEX of ON fact (person)")
        table.execute("BEGIN")
        table.executemany("INSERT INTO fact VALUES (NULL, ?, ?)", ((WHO, row) for row in rows))
        table.execute("COMMIT")
        started = time.perf_counter()
        table.execute("DELETE FROM fact WHERE person = ?", (WHO,))
        table.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--entries", type=int, default=100_000)
    options.add_argument("--others", type=int, default=100)
    options.add_argument("--folder", type=Path, default=Path())
    given = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        database = Path(name) / "people.db"
        engine = Engine.open(str(database), seed=1)
        actions = [Action(f"a{k}", features={"price": float(k)}) for k in range(N_ACTIONS)]
        engine.declare(Moment(MOMENT, purpose=PURPOSE, actions=actions))
        for number in range(given.others):
            live(engine, f"p{number}", FEW)
        live(engine, WHO, given.entries)
        started = time.perf_counter()
        lines = engine.export(WHO).encode().splitlines()
        exported = time.perf_counter() - started
        started = time.perf_counter()
        receipt = engine.forget(WHO)
        forgotten = time.perf_counter() - started
        started = time.perf_counter()
        engine.close()
        emptied = time.perf_counter() - started
        facts = [line for line in lines if not line.startswith(b'{"type":"explained"')]
        plain = plain_deletion(Path(name), facts[: receipt.entries])
        print(
            f"{receipt.entries:,} entries of one person, {receipt.outcomes:,} outcomes among them"
        )
        print(f"{'export, every line':44}{exported:8.2f} s {len(lines):10,} lines")
        print(f"{'forget, until its receipt':44}{forgotten:8.2f} s")
        print(f"{'then emptying the room and closing':44}{emptied:8.2f} s")
        print(f"{'a table without keys, the same rows deleted':44}{plain:8.2f} s")
        print(f"forgetting takes {forgotten / plain:.2f} x that deletion")


if __name__ == "__main__":
    main()
