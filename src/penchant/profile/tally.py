"""Tally: decayed sums by key, in bounded memory.

Loop: Profile. What the estimators that count by name keep of a person, built on `algebra`.
Rule 1: state is a value; joining gives a new one.
Rule 2: every key has a row of sums, once for each half-life.
Rule 3: at most `most` keys: the heaviest by the longest half-life stay, ties by name. Up to that
bound any grouping agrees; beyond it a key that was let go starts again at 0, so a count can only be
too low, by no more than it weighed when it went.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.algebra import Sum, add, at_time, faded, zero
from penchant.words import Value

__all__ = ["Entry", "Key", "Ledger", "Tally", "category"]

Floats = NDArray[np.float64]
Key = tuple[str, ...]


LONGEST_CATEGORY = 64  # characters; a longer text is a message, not one of a few kinds


def category(value: Value) -> str | None:
    """Give the text of a value that is one of a few kinds; None for a measure or a message.

    Example:
        >>> category(True), category("run"), category(7.5)
        ('true', 'run', None)
    """
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) and len(value) <= LONGEST_CATEGORY else None


class Entry(NamedTuple):
    """One thing to add: its key, when (seconds since 1970) and its row (`width` numbers)."""

    key: Key
    at: float
    row: tuple[float, ...]


class Tally(NamedTuple):
    """Keys in order, and for each half-life a sum of shape (n_keys, width)."""

    keys: tuple[Key, ...]
    sums: tuple[Sum, ...]


class Ledger(Struct, frozen=True):
    """How to tally: half-lives in seconds, shortest first; numbers in a row; keys at most."""

    half_lives: tuple[float, ...]
    width: int
    most: int

    def tally(self, entries: Sequence[Entry]) -> Tally:
        """Give the tally of some entries; of none, the zero.

        Example:
            >>> Ledger((60.0,), 1, 9).tally([Entry(("a",), 0.0, (1.0,))] * 3).sums[0].total
            array([[3.]])
        """
        if not entries:
            return Tally((), tuple(zero(0, self.width) for _ in self.half_lives))
        keys = tuple(sorted({entry.key for entry in entries}))
        position = {key: i for i, key in enumerate(keys)}
        where = np.array([position[entry.key] for entry in entries])
        times = np.array([entry.at for entry in entries])
        rows = np.array([entry.row for entry in entries])
        latest = float(times.max())
        sums = []
        for half_life in self.half_lives:
            total = np.zeros((len(keys), self.width))
            weights = faded(np.ones(len(entries)), latest - times, half_life)
            np.add.at(total, where, rows * weights[:, np.newaxis])
            sums.append(Sum(total, latest))
        return self._bounded(keys, tuple(sums))

    def join(self, one: Tally, other: Tally) -> Tally:
        """Add two tallies."""
        keys = tuple(sorted({*one.keys, *other.keys}))
        position = {key: i for i, key in enumerate(keys)}
        sums = tuple(
            add(self._spread(mine, one.keys, position), self._spread(its, other.keys, position), h)
            for mine, its, h in zip(one.sums, other.sums, self.half_lives, strict=True)
        )
        return self._bounded(keys, sums)

    def at(self, tally: Tally, now: float) -> tuple[Floats, ...]:
        """Give the totals as they stand at `now`, one (n_keys, width) for each half-life.

        A tally that is already later than `now` (a clock that went back) is read as it stands.
        """
        return tuple(
            at_time(total, max(now, total.at), half_life).total
            for total, half_life in zip(tally.sums, self.half_lives, strict=True)
        )

    def _spread(self, total: Sum, keys: Sequence[Key], position: dict[Key, int]) -> Sum:
        """Give the same sum over more keys."""
        wide = np.zeros((len(position), self.width))
        wide[[position[key] for key in keys]] = total.total
        return Sum(wide, total.at)

    def _bounded(self, keys: tuple[Key, ...], sums: tuple[Sum, ...]) -> Tally:
        """Keep the heaviest keys: those with the greatest first number of a row."""
        if len(keys) <= self.most:
            return Tally(keys, sums)
        # Keys are sorted and the sort is stable, so of equally heavy ones the first names stay;
        # a whole, such as ("shop.viewed",), comes before its parts: it is kept before them.
        kept = np.sort(np.argsort(-sums[-1].total[:, 0], kind="stable")[: self.most])
        return Tally(
            tuple(keys[i] for i in kept),
            tuple(Sum(total.total[kept], total.at) for total in sums),
        )
