"""One thread of linear algebra or as many as there are processors, alone and on a busy machine.

Everything that is played is SIMULATED. A small world is played whole, in a process of its own, the
ways in turn; beside it nothing, or a program that keeps one processor busy. What counts are
seconds by the clock, medians.

    python bench/threads.py --times 5
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from measuring import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAY = """
import random
from penchant import Engine
from penchant.laboratory import EnginePlayer, Shape, make_world, play
world = make_world("linear", 7, Shape(people=20, rounds=12))
with Engine.open(seed=7) as engine:
    play(world, EnginePlayer(world, engine))
"""
BUSY = "while True: pass"


def seconds(threads: int) -> float:
    """Play once in a new process."""
    started = time.perf_counter()
    set_ = os.environ | {"OPENBLAS_NUM_THREADS": str(threads)}
    subprocess.run([sys.executable, "-c", PLAY], env=set_, check=True)  # noqa: S603 - ours
    return time.perf_counter() - started


@contextmanager
def beside(count: int) -> Iterator[None]:
    """Keep some processors busy meanwhile."""
    command = [sys.executable, "-c", BUSY]
    others = [subprocess.Popen(command) for _ in range(count)]  # noqa: S603 - ours
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    given, all_ = parser.parse_args(), os.cpu_count() or 1
    print(machine())
    for busy in (0, 1, 2):
        with beside(busy):
            pairs = np.array([(seconds(1), seconds(all_)) for _ in range(given.times)])
        one, many = np.median(pairs, axis=0)
        print(
            f"beside {busy} busy: one thread {one:.1f} s, {all_} threads {many:.1f} s,"
            f" {many / one:.1f} times as long"
        )


if __name__ == "__main__":
    main()
