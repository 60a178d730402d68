"""The fold of answers into a student's state, and what a state says before an answer.

Place: below `tracing.py`: joins where numbers stand (`tracing_state.py`), what they mean
(`tracing_signals.py`) and which pairs an answer belongs to (`tracing_context.py`).
Rule 1: pure; a state in, a state out.
Rule 2: one by one and many at once give the same states, up to the last digit of float32.
"""

from collections.abc import Sequence
from math import isnan, log1p
from struct import pack, unpack
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.experts.tracing.context import Sizes, pairs
from penchant.experts.tracing.signals import (
    LATEST,
    START,
    STARTED,
    TIMED,
    Asked,
    Given,
    Shape,
    item_signals,
    next_item,
    next_skill,
    next_whole,
    skill_signals,
    whole_signals,
)
from penchant.experts.tracing.state import Layout, Many

__all__ = ["Fold", "One", "Several", "turns"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class One(NamedTuple):
    """What is asked of one student: numbers and keys, and when (None: at once after the last)."""

    kind: int
    item: int
    skills: tuple[int, ...]
    item_key: int
    at: float | None


class Several(NamedTuple):
    """The same for many, as columns.

    `skills` is ``(n, most)``, and only the first `counts` of a row mean something; an unknown time
    is nan.
    """

    kind: Ints
    item: Ints
    skills: Ints
    counts: Ints
    item_key: Ints
    at: Floats

    def take(self, which: NDArray[np.bool_] | Ints) -> "Several":
        """Give some of the rows."""
        return Several(*(column[which] for column in self))  # type: ignore[arg-type]

    def one(self, n: int) -> One:
        """Give one row."""
        at = float(self.at[n])
        keys = tuple(self.skills[n, : self.counts[n]].tolist())
        when = None if isnan(at) else at
        return One(int(self.kind[n]), int(self.item[n]), keys, int(self.item_key[n]), when)


class Fold:
    """How states are read and added to, for the shape of a population."""

    __slots__ = ("layout", "shape", "sizes")

    def __init__(self, shape: Shape, sizes: Sizes) -> None:
        self.shape, self.sizes = shape, sizes
        self.layout = Layout(shape.whole, shape.skill, shape.item)

    def says(self, state: bytes, one: One) -> tuple[list[float], list[float]]:
        """Give the signals of a state before an answer, and the pairs it belongs to."""
        layout, shape = self.layout, self.shape
        w, at = self._timed(layout.numbers(state), one.at)
        asked = Asked(one.kind, one.item, at)
        rows = [layout.row(state, layout.skill, key) for key in one.skills]
        given = skill_signals(rows[0], w, asked, shape, log1p)
        for row in rows[1:]:
            more = skill_signals(row, w, asked, shape, log1p)
            given = [a + b for a, b in zip(given, more, strict=True)]
        if len(rows) > 1:
            given = [value / len(rows) for value in given]
        given += whole_signals(w, asked, shape, log1p)
        if shape.has_items:
            row = layout.row(state, layout.item, one.item_key)
            given += item_signals(tuple(v * (one.item_key > 0) for v in row), w, log1p)
        return given, pairs(w, rows[0], asked, self.sizes)

    def after(self, state: bytes, one: One, given: Given) -> bytes:
        """Give the state after an answer."""
        layout, shape = self.layout, self.shape
        w, at = self._timed(layout.numbers(state), one.at)
        asked = Asked(one.kind, one.item, at)
        for key in one.skills:
            row = layout.row(state, layout.skill, key)
            added = next_skill(row, w, asked, given, shape)
            state = layout.with_row(state, layout.skill, key, added)
        if shape.has_items:
            row = layout.row(state, layout.item, one.item_key)
            added = next_item(row, w, given)
            state = layout.with_row(state, layout.item, one.item_key, added)
        return layout.with_numbers(state, next_whole(w, asked, given, shape))

    def all_say(
        self, states: Sequence[bytes], asked: Several
    ) -> tuple[NDArray[np.float32], Floats]:
        """Give the signals of many states, ``(n, d) float32``, and the pairs ``(n, p)``."""
        many = Many(self.layout, states, asked.skills[:, 0], asked.item_key)
        return self._all_say(states, many, asked)

    def all_after(self, states: Sequence[bytes], asked: Several, given: Given) -> list[bytes]:
        """Give many states, each after an answer."""
        many = Many(self.layout, states, asked.skills[:, 0], asked.item_key)
        return self._all_after(many, asked, given)

    def each_after(self, states: Sequence[bytes], asked: Several, given: Given) -> list[bytes]:
        """Do the same one by one, which is quicker for a few."""
        rights, chances = given.right.tolist(), given.expected.tolist()
        return [
            self.after(state, asked.one(n), Given(rights[n], chances[n]))
            for n, state in enumerate(states)
        ]

    def step(
        self, states: Sequence[bytes], asked: Several, given: Given
    ) -> tuple[NDArray[np.float32], Floats, list[bytes]]:
        """Give what many states say before an answer, and the states after it."""
        many = Many(self.layout, states, asked.skills[:, 0], asked.item_key)
        said = self._all_say(states, many, asked)
        return *said, self._all_after(many, asked, given)

    def _all_say(
        self, states: Sequence[bytes], many: Many, asked: Several
    ) -> tuple[NDArray[np.float32], Floats]:
        layout, shape = self.layout, self.shape
        w, at = self._all_timed(many.numbers(), asked.at)
        a = Asked(asked.kind, asked.item, at)
        first = many.rows(layout.skill)
        given = np.array(skill_signals(first, w, a, shape, np.log1p))
        for slot in range(1, asked.skills.shape[1]):
            has = np.flatnonzero(asked.counts > slot)
            row = self._slot(states, asked, has, slot).rows(layout.skill)
            b = Asked(a.kind[has], a.item[has], at[has])
            given[:, has] += np.array(skill_signals(row, w[:, has], b, shape, np.log1p))
        signals = [*(given / asked.counts), *whole_signals(w, a, shape, np.log1p)]
        if shape.has_items:
            signals += item_signals(many.rows(layout.item) * (asked.item_key > 0), w, np.log1p)
        pair = np.array(pairs(w, first, a, self.sizes)).T
        return np.array(signals, dtype=np.float32).T, pair

    def _all_after(self, many: Many, asked: Several, given: Given) -> list[bytes]:
        layout, shape = self.layout, self.shape
        w, at = self._all_timed(many.numbers(), asked.at)
        a = Asked(asked.kind, asked.item, at)
        whole = np.array(next_whole(w, a, given, shape)).T
        skill = np.array(next_skill(many.rows(layout.skill), w, a, given, shape)).T
        item = np.zeros((len(asked.at), 0))
        if shape.has_items:
            item = np.array(next_item(many.rows(layout.item), w, given)).T
        states = many.put(whole, skill, item)
        for slot in range(1, asked.skills.shape[1]):
            for n in np.flatnonzero(asked.counts > slot).tolist():
                key = int(asked.skills[n, slot])
                row = layout.row(states[n], layout.skill, key)
                said = Given(given.right[n], given.expected[n])
                b = Asked(int(a.kind[n]), int(a.item[n]), float(at[n]))
                added = next_skill(row, w[:, n].tolist(), b, said, shape)
                states[n] = layout.with_row(states[n], layout.skill, key, added)
        return states

    def _slot(self, states: Sequence[bytes], asked: Several, has: Ints, slot: int) -> Many:
        own = [states[n] for n in has.tolist()]
        return Many(self.layout, own, asked.skills[has, slot], asked.item_key[has])

    def _timed(self, w: Sequence[float], at: float | None) -> tuple[Sequence[float], float]:
        """Give the numbers with the start of time set, and the seconds since it."""
        if at is None or not self.shape.has_times:
            return w, w[LATEST]
        if not w[TIMED]:
            start = unpack("<f", pack("<f", at))[0]
            w = [*w[:TIMED], 1.0, start, unpack("<f", pack("<f", at - start))[0], *w[LATEST:]]
        return w, unpack("<f", pack("<f", at - w[START] - w[STARTED]))[0]

    def _all_timed(self, w: Floats, at: Floats) -> tuple[Floats, Floats]:
        if not self.shape.has_times:
            return w, w[LATEST]
        is_first = (w[TIMED] == 0.0) & ~np.isnan(at)
        start = np.where(is_first, at, 0.0).astype(np.float32).astype(np.float64)
        w[TIMED] = np.where(is_first, 1.0, w[TIMED])
        w[START] = np.where(is_first, start, w[START])
        rest = np.where(is_first, at - start, 0.0).astype(np.float32)
        w[STARTED] = np.where(is_first, rest, w[STARTED])
        since = (at - w[START] - w[STARTED]).astype(np.float32).astype(np.float64)
        return w, np.where(np.isnan(at), w[LATEST], since)


def turns(student: Ints, most: int = 2048) -> list[Ints]:
    """Give the rows of each turn: first answers of all students, then second ones, and so on.

    Turns of more than `most` rows come in parts: their states then stay in the processor's cache.

    Example:
        >>> [turn.tolist() for turn in turns(np.array([5, 5, 9, 5]))]
        [[0, 2], [1], [3]]
    """
    order = np.argsort(student, kind="stable")
    ranked = student[order]
    begun = np.flatnonzero(np.diff(ranked, prepend=ranked[:1] - 1))
    nth = np.empty(len(student), dtype=np.int64)
    nth[order] = np.arange(len(student)) - np.repeat(begun, np.diff(begun, append=len(student)))
    by_turn = np.argsort(nth, kind="stable")
    ends = np.cumsum(np.bincount(nth)).tolist()
    parts = []
    for start, end in zip([0, *ends], ends, strict=False):
        parts += [by_turn[low : min(low + most, end)] for low in range(start, end, most)]
    return parts
