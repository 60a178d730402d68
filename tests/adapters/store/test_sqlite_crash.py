"""Crashes: a store killed at any point has what it acknowledged, and finishes what it began."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from adapters.store.files import NAME, all_bytes, column, plain, read_closed

from penchant.adapters.store.sqlite import SqliteStore
from penchant.journal import Observed
from penchant.testing.stores import facts_of, signals

AT = datetime(2026, 11, 22, tzinfo=UTC)
N_KILLS = 300 if os.environ.get("PENCHANT_PROOF") == "full" else 5

WRITING = """
import os, sys, threading
from penchant.adapters.store.sqlite import SqliteStore
from penchant.testing.stores import signals

store = SqliteStore(sys.argv[1])

def write(person, start):
    for n in range(start, start + 100_000):
        store.append(signals(person, 2, start=2 * n))
        os.write(1, f"{person} {n}\\n".encode())

for number in range(4):
    person = f"p{number}"
    start = len(list(store.read(person))) // 2
    threading.Thread(target=write, args=(person, start)).start()
"""


@pytest.mark.proof
def test_nothing_acknowledged_is_lost_to_a_kill(tmp_path: Path) -> None:
    """Kill a process while four threads write: every batch it acknowledged is whole and there."""
    path = tmp_path / NAME
    acknowledged: Counter[str] = Counter()
    dice = random.Random(7)  # noqa: S311 - moments, not secrets
    for _ in range(N_KILLS):
        acknowledged.update(killed_while_writing(path, dice.uniform(0.0, 0.25)))

        store = SqliteStore(path)
        for person in ("p0", "p1", "p2", "p3"):
            facts = list(store.read(person))
            assert plain(facts) == plain(signals(person, len(facts)))
            assert len(facts) % 2 == 0
            assert len(facts) // 2 >= acknowledged[person]
            acknowledged[person] = len(facts) // 2
        store.close()
    assert sum(acknowledged.values()) > N_KILLS


def killed_while_writing(path: Path, after_seconds: float) -> Counter[str]:
    """Let a process write, kill it, and count what it acknowledged for each person."""
    child = subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", WRITING, str(path)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(after_seconds)
    child.send_signal(signal.SIGKILL)
    rest = child.stdout.read()
    child.stdout.close()
    child.wait()
    whole = (first + rest).decode().split("\n")[:-1]
    return Counter(line.split()[0] for line in whole)


FORGETTING = """
import importlib, os, signal, sys
from datetime import datetime, UTC
from penchant.adapters.store.sqlite import SqliteStore, StoreLimits

path, module, owner, method, when, call, at_once = sys.argv[1:]
kind = getattr(importlib.import_module("penchant.adapters.store." + module), owner)
step = getattr(kind, method)
calls = []

def dying(*given):
    calls.append(method)
    if len(calls) < int(call):
        return step(*given)
    if when == "after":
        step(*given)
    os.kill(os.getpid(), signal.SIGKILL)

store = SqliteStore(path, limits=StoreLimits(emptied_at_once=int(at_once)))
setattr(kind, method, dying)
store.forget("ada", datetime(2026, 11, 22, tzinfo=UTC))
store.close()
"""

# Where the process dies: module, class, method, before or after it, at which call.
POINTS = (
    ("keys", "Keyring", "erase", "before", 1),
    ("wal", "LogIndex", "empty", "before", 1),  # the key is deleted, its log still has it
    ("keys", "Keyring", "erase", "after", 1),
    ("forgetting", "Forgetting", "empty_entries", "after", 1),
    ("wal", "LogIndex", "empty", "after", 2),
    ("forgetting", "Forgetting", "mark_done", "after", 1),
    # Of many entries, behind the receipt: at the first piece, between two, at the last.
    ("keys", "Keyring", "erase", "after", 1, 10),
    ("forgetting", "Forgetting", "mark_done", "after", 1, 10),
    ("forgetting", "Forgetting", "empty_entries", "before", 1, 10),
    ("forgetting", "Forgetting", "empty_entries", "after", 2, 10),
    ("forgetting", "Forgetting", "mark_done", "before", 2, 10),
)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: "-".join(map(str, point[2:])))
def test_a_forgetting_that_was_cut_short_is_finished(
    point: tuple[str | int, ...], tmp_path: Path
) -> None:
    """Wherever a forgetting is killed, the next opening finishes it before anything is served."""
    path = tmp_path / NAME
    secrets = with_a_marker(path)
    child = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", FORGETTING, str(path), *map(str, (*point, 4_096)[:6])], check=False
    )
    assert child.returncode == -signal.SIGKILL

    store = SqliteStore(path)

    assert not [secret for secret in secrets if secret in all_bytes(tmp_path)]
    assert list(store.read("ada")) == []
    assert plain(list(store.read())) == plain(facts_of("bo"))
    assert store.forget("ada", AT).entries == 0
    store.append(signals("ada", 1))
    store.close()
    assert read_closed(path) == plain([*facts_of("bo"), *signals("ada", 1)])
    assert column(path, "SELECT done FROM erasure") == [1]


def with_a_marker(path: Path) -> list[bytes]:
    """Fill a store, and give what must be in no file after Ada is forgotten."""
    store = SqliteStore(path)
    store.append([*facts_of("bo"), *signals("ada", 40)])
    store.close()
    (name,) = column(path, "SELECT pseudonym FROM stream WHERE seq = 40")
    keys = path.with_name(path.name + ".keys")
    secrets = [
        *column(keys, "SELECT wrapped FROM key WHERE pseudonym = ?", name),
        *column(
            path,
            "SELECT substr(e.sealed, 1, 24) FROM entry e JOIN stream s ON s.id = e.stream"
            " WHERE s.pseudonym = ?",
            name,
        ),
    ]
    assert len(secrets) == 41
    assert all(secret in all_bytes(path.parent) for secret in secrets)
    return secrets


def test_a_forgetting_that_never_began_forgets_nobody(tmp_path: Path) -> None:
    """Killed before its mark is durable, a forgetting has not happened."""
    path = tmp_path / NAME
    with_a_marker(path)
    point = ("forgetting", "Forgetting", "forget", "before", "1", "4096")
    child = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", FORGETTING, str(path), *point], check=False
    )

    assert child.returncode == -signal.SIGKILL
    assert read_closed(path) == plain([*facts_of("bo"), *signals("ada", 40)])


FULL_DISK = """
import os, resource, sys, threading
from penchant.adapters.store.sqlite import SqliteStore
from penchant.errors import StoreFailed
from penchant.testing.stores import signals

path = sys.argv[1]
store = SqliteStore(path)
store.append([one for n in range(8) for one in signals(f"p{n}", 1)])
log = os.path.getsize(path + "-wal")
free, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (log + 200_000, most))
kept = [1] * 8
refused = [""] * 8

def write(number):
    try:
        while True:
            store.append(signals(f"p{number}", 3, start=kept[number]))
            kept[number] += 3
    except StoreFailed as error:
        refused[number] = str(error)

threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
[one.start() for one in threads]
[one.join() for one in threads]
try:
    store.append(signals("new", 1))
except StoreFailed as error:
    refused.append(str(error))
while_full = [len(list(store.read(f"p{n}"))) for n in range(8)]
resource.setrlimit(resource.RLIMIT_FSIZE, (free, most))
store.append(signals("p0", 1, start=kept[0]))
store.append(signals("new", 1))
kept[0] += 1
print([kept[0] - 1, *kept[1:]] == while_full, all(refused), len(refused), "SQLITE_" in refused[0])
print(*kept)
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_full_disk_fails_its_callers_and_no_more(tmp_path: Path) -> None:
    """Where a file may not grow, each caller is told, nothing half is kept, and space mends it."""
    path = tmp_path / NAME
    child = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True
    )
    said, counts = child.stdout.splitlines()

    assert said == "True True 9 True"
    store = SqliteStore(path)
    for number, count in enumerate(map(int, counts.split())):
        assert plain(list(store.read(f"p{number}"))) == plain(signals(f"p{number}", count))
    assert [type(fact) for fact in store.read("new")] == [Observed]
    store.close()
