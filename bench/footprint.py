"""What Penchant costs before its first decision: megabytes, import time, minutes of setting up.

Sizes are those of the files that each package installed, with all it depends on, beside Vowpal
Wabbit and MABWiser in the same environment. Import times are medians of fresh interpreters. The way
from a clean clone is walked: `git clone`, `make setup`, one decision; pip's cache is used as it is.

Run: python bench/footprint.py [--imports 10] [--no-clone]
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from measuring import machine
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PEERS = ("penchant", "vowpalwabbit", "mabwiser")
FIRST_DECISION = """
from penchant import Action, Engine, Moment
with Engine.open("people.db") as engine:
    engine.declare(Moment("home.hero", purpose="tips", actions=[Action("run"), Action("swim")]))
    engine.consent("ada", "tips")
    print(engine.decide("home.hero", person="ada", context={"hour": 9}).action.name)
"""


def needed(package: str) -> set[str]:
    """Give a package and all it depends on, extras left out, by normalised names."""
    found: set[str] = set()
    waiting = [package]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        found.add(name)
        for line in metadata.requires(name) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found


def megabytes(package: str) -> float:
    """Give the size of an installed package, compiled files left out; of ours, its source."""
    files = [Path(str(file.locate())) for file in metadata.files(package) or []]
    if package == "penchant":
        files += (ROOT / "src" / "penchant").rglob("*.py")
    compiled = {file for file in files if file.suffix == ".pyc"}
    return sum(file.stat().st_size for file in set(files) - compiled if file.is_file()) / 1e6


def sizes() -> None:
    """Print megabytes, ours by package."""
    for peer in PEERS:
        parts = {name: megabytes(name) for name in needed(peer)}
        largest = sorted(parts.items(), key=lambda item: -item[1])
        names = ", ".join(f"{name} {size:.1f}" for name, size in largest[:7])
        print(f"{peer:14}{sum(parts.values()):8.1f} MB in {len(parts):2} packages: {names}")
    print("Target: our core under 100 MB.")


def import_seconds(statement: str, count: int) -> float:
    """Give the median seconds of a fresh interpreter that runs a statement."""
    took = []
    for _ in range(count):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True)  # noqa: S603 - our own words
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def imports(count: int) -> None:
    """Print import times, and what ours is made of."""
    bare = import_seconds("pass", count)
    print(f"\ninterpreter alone {bare * 1e3:.0f} ms; on top of it, medians of {count}:")
    for name in ("penchant", "vowpalwabbit", "mabwiser.mab", "numpy"):
        print(f"import {name:14}{(import_seconds(f'import {name}', count) - bare) * 1e3:8.0f} ms")
    command = [sys.executable, "-X", "importtime", "-c", "import penchant"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr  # noqa: S603
    own: Counter[str] = Counter()
    for line in told.splitlines():
        found = re.match(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", line)
        if found:
            own[found[2].split(".")[0]] += int(found[1])
    top = ", ".join(f"{name} {took / 1e3:.0f} ms" for name, took in own.most_common(5))
    print(f"of `import penchant`, by -X importtime (which slows it): {top}")


def from_clone() -> None:
    """Print the seconds of each step from a clean clone of what is committed to a decision."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "penchant"
        steps: tuple[tuple[str, Sequence[str], Path], ...] = (
            ("git clone", ("git", "clone", "--quiet", str(ROOT), str(home)), Path(folder)),
            ("make setup", ("make", "--silent", "setup", f"PYTHON={sys.executable}"), home),
            ("first decision", (str(home / ".venv/bin/python"), "-c", FIRST_DECISION), home),
        )
        total = 0.0
        print("\nfrom a clean clone, pip's cache as it is:")
        for label, command, where in steps:
            start = time.perf_counter()
            subprocess.run(command, check=True, cwd=where, capture_output=True)  # noqa: S603
            took = time.perf_counter() - start
            total += took
            print(f"{label:16}{took:8.1f} s")
        print(f"{'all':16}{total:8.1f} s")


def main() -> None:
    """Print all of it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--imports", type=int, default=10, help="interpreters for each median")
    options.add_argument("--no-clone", action="store_true", help="leave the clean clone out")
    given = options.parse_args()
    print(machine())
    sizes()
    imports(given.imports)
    if not given.no_clone:
        from_clone()


if __name__ == "__main__":
    main()
