"""Counters: how often a person does what, and with which properties, lately and for long.

Loop: Profile. Takes signals; counts each kind, and each property=value of a kind, in five fading
windows at once.
Rule 1: state is a value; memory is bounded by `most` keys, whatever the number of signals.
Rule 2: texts, booleans and whole numbers are counted; lists and fractions are measures, not kinds.
Knows nothing of outcomes, of hours of the day or of consent.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.journal import Observed
from penchant.profile.evidence import Evidence, seconds_of
from penchant.profile.tally import Entry, Ledger, Tally, category
from penchant.words import Belief, FrozenMap, Value, sureness

__all__ = ["WINDOWS", "Counters"]

DAY = 86_400.0
WINDOWS = {
    "hour": 3_600.0,
    "day": DAY,
    "week": 7 * DAY,
    "4 weeks": 28 * DAY,
    "half year": 182 * DAY,
}
"""Seconds of each window. A half-life of ln 2 of a window makes the decayed count of a steady
stream equal to its count per window: sum of exp(-age / window)."""

ENOUGH = 5.0  # signals a window must hold to be spoken of; fewer, and a longer window is taken
MOSTLY = 0.5  # share of a property's commonest value from which it is named
SAID = 8  # kinds spoken of, the commonest first
PROPERTIES = 3  # properties named of each kind


class Counters(Struct, frozen=True):
    """Counts by kind and by property; at most `most` keys a person (5 numbers each)."""

    most: int = 512

    def see(self, evidence: Sequence[Evidence]) -> Tally:
        """Count the signals among some evidence."""
        entries = [
            Entry((one.signal.kind, *label), seconds_of(one), (1.0,))
            for one in evidence
            if isinstance(one, Observed)
            for label in ((), *_labels(one.signal.data.items()))
        ]
        return self._ledger.tally(entries)

    def join(self, one: Tally, other: Tally) -> Tally:
        """Add two counts."""
        return self._ledger.join(one, other)

    def say(self, state: Tally, now: datetime) -> tuple[Belief, ...]:
        """Say how often each of the commonest kinds was seen, and mostly how."""
        counts = np.hstack(self._ledger.at(state, now.timestamp()))
        kinds = [i for i, key in enumerate(state.keys) if len(key) == 1]
        kinds.sort(key=lambda i: (-counts[i, -1], state.keys[i]))
        return tuple(_say(state, counts, i) for i in kinds[:SAID])

    @property
    def _ledger(self) -> Ledger:
        """How these counts are kept."""
        return Ledger(tuple(math.log(2) * window for window in WINDOWS.values()), 1, self.most)


def _labels(data: Iterable[tuple[str, Value]]) -> list[tuple[str, str]]:
    """Give name and text of each value that is one of a few kinds."""
    return [
        (name, text)
        for name, value in data
        if (text := str(value) if type(value) is int else category(value)) is not None
    ]


def _say(state: Tally, counts: NDArray[np.float64], row: int) -> Belief:
    """Put one kind into words; `counts` is (n_keys, n_windows)."""
    kind = state.keys[row][0]
    windows = tuple(WINDOWS)
    # The hour is kept for features; in words the shortest window is the day.
    enough = [w for w in range(1, len(windows)) if counts[row, w] >= ENOUGH]
    window = enough[0] if enough else len(windows) - 1
    count = float(counts[row, window])
    parts = {
        "=".join(key[1:]): float(counts[i, window])
        for i, key in enumerate(state.keys)
        if key[0] == kind and len(key) > 1
    }
    mostly = _mostly(parts, count)
    # A decayed count of a steady random stream has a standard deviation of 1/sqrt(2 count) of
    # itself (Campbell's theorem, shot noise with an exponential kernel).
    sure = max(0.0, 1 - 1 / math.sqrt(2 * count)) if count > 0 else 0.0
    says = f"`{kind}` {_times(count)} in the last {windows[window]}"
    says += f", mostly {' and '.join(mostly)}" if mostly else ""
    data = {name: float(counts[row, w]) for w, name in enumerate(windows)}
    data |= {label: parts[label] for label in mostly}
    return Belief(f"counts.{kind}", f"{says} ({sureness(sure)})", sure, FrozenMap(data))


def _mostly(parts: dict[str, float], count: float) -> list[str]:
    """Name the properties that most of a kind's signals share, the commonest first."""
    often = [label for label, n in parts.items() if n > MOSTLY * count and n >= 1]
    return sorted(often, key=lambda label: (-parts[label], label))[:PROPERTIES]


def _times(count: float) -> str:
    """Say a count as people do."""
    rounded = round(count)
    few = {0: "hardly ever", 1: "about once", 2: "about twice"}
    return few.get(rounded, f"about {rounded:,} times")
