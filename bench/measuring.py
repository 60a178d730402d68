"""What every measurement here shares: the machine, one core, blocks that alternate, percentiles.

A time of a call is wall clock. Beside it stands whether the system took the processor away during
the call: on a machine with other work such calls say something about that work, so percentiles are
printed with and without them. Nothing is subtracted or scaled.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Times", "machine", "on_one_thread", "percentiles"]

CALM = 0.25
"""Load average of the last minute per core up to which a machine counts as calm."""

_THREAD = getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF)


def on_one_thread() -> None:
    """Start the script again with numerics on one thread, unless they are; for the first line.

    The libraries read this when they are loaded, so setting it later would change nothing.
    """
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **one})  # noqa: S606


def machine() -> str:
    """Give the line that every table stands under: processor, versions, load, calm or not."""
    cores, load = os.cpu_count() or 1, os.getloadavg()
    calm = "calm" if load[0] <= CALM * cores else "NOT calm: other work slows both sides"
    return (
        f"{_processor()}, {cores} cores, {platform.system()}, Python {platform.python_version()}, "
        f"numpy {np.__version__}; load {load[0]:.2f} {load[1]:.2f} {load[2]:.2f} ({calm})"
    )


class Times:
    """Seconds of many calls of one kind, with a mark of the caller's for each.

    Example:
        >>> times = Times()
        >>> times.call(0, abs, -3)
        3
        >>> len(times.taken())
        1
    """

    def __init__(self) -> None:
        """Start with none."""
        self._taken: list[tuple[float, bool, int]] = []

    def call(self, mark: int, action: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Call, and note how long it took and whether the system interrupted it."""
        before = resource.getrusage(_THREAD).ru_nivcsw
        start = time.perf_counter()
        answer = action(*given, **named)
        took = time.perf_counter() - start
        interrupted = resource.getrusage(_THREAD).ru_nivcsw != before
        self._taken.append((took, interrupted, mark))
        return answer

    def taken(self, *marks: int, undisturbed: bool = False) -> list[float]:
        """Give the microseconds of calls with one of the marks; of all when none is given."""
        return [
            took * 1e6
            for took, interrupted, mark in self._taken
            if (not marks or mark in marks) and not (undisturbed and interrupted)
        ]


class Percentiles(NamedTuple):
    """Of some times: how many, the percentiles and the longest."""

    calls: int
    p50: float
    p95: float
    p99: float
    longest: float


def percentiles(times: Sequence[float]) -> Percentiles:
    """Give the percentiles of some times.

    Example:
        >>> percentiles([1.0, 2.0, 3.0]).p50
        2.0
    """
    if not len(times):
        return Percentiles(0, *(float("nan"),) * 4)
    p50, p95, p99, longest = np.percentile(times, [50, 95, 99, 100]).tolist()
    return Percentiles(len(times), p50, p95, p99, longest)


def _processor() -> str:
    """Give the name of the processor, as the system knows it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 - no path of ours
            return next(line.split(":")[1].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
