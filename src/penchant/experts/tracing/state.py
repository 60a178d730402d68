"""What is kept of one student, as a value: bytes that a fold of answers leads to.

Place: below `tracing.py`; knows where numbers stand, not what they mean.
A state is: how many skills, how many items, the numbers of the student, the keys of the skills in
order, the keys of the items in order, the numbers of each skill, the numbers of each item. Keys
are uint32, numbers float32, all little-endian.
Rule 1: a state is never changed, a new one is given; `EMPTY` is nobody's.
Rule 2: reading many states at once and one by one give the same numbers.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from struct import Struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput

__all__ = ["Block", "Layout", "Many"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WORD = 4
_COUNTS = Struct("<II")
_KEY = Struct("<I")


class Block(NamedTuple):
    """Whose numbers: of skills (`which` 0) or of items (`which` 1)."""

    which: int
    width: int


class Layout:
    """Where the numbers of a state stand.

    Example:
        >>> layout = Layout(whole=1, skill=2, item=0)
        >>> state = layout.with_row(layout.empty, layout.skill, 7, [1.0, 2.0])
        >>> layout.row(state, layout.skill, 7), layout.row(state, layout.skill, 8)
        ((1.0, 2.0), (0.0, 0.0))
    """

    __slots__ = ("_rows", "_whole", "_zeros", "empty", "item", "skill", "whole")

    def __init__(self, whole: int, skill: int, item: int) -> None:
        self.whole, self.skill, self.item = whole, Block(0, skill), Block(1, item)
        self._whole = Struct(f"<{whole}f")
        self._rows = (Struct(f"<{skill}f"), Struct(f"<{item}f"))
        self._zeros = ((0.0,) * skill, (0.0,) * item)
        self.empty = bytes(_COUNTS.size + self._whole.size)

    def __reduce__(self) -> tuple[type["Layout"], tuple[int, int, int]]:
        """Let a tracer be copied and kept."""
        return Layout, (self.whole, self.skill.width, self.item.width)

    def numbers(self, state: bytes) -> tuple[float, ...]:
        """Give the numbers of the student."""
        return self._whole.unpack_from(state, _COUNTS.size)

    def with_numbers(self, state: bytes, numbers: Sequence[float]) -> bytes:
        """Give a state with other numbers of the student."""
        start = _COUNTS.size
        return b"".join(
            (state[:start], self._whole.pack(*numbers), state[start + self._whole.size :])
        )

    def row(self, state: bytes, block: Block, key: int) -> tuple[float, ...]:
        """Give the numbers of a skill or an item; zeros where none are kept."""
        _, place, is_kept = self._find(state, block, key)
        rows = self._rows[block.which]
        return rows.unpack_from(state, place) if is_kept else self._zeros[block.which]

    def with_row(self, state: bytes, block: Block, key: int, row: Sequence[float]) -> bytes:
        """Give a state with other numbers of a skill or an item."""
        at, place, is_kept = self._find(state, block, key)
        rows = self._rows[block.which]
        packed = rows.pack(*row)
        if is_kept:
            return b"".join((state[:place], packed, state[place + rows.size :]))
        return _inserted(state, block.which, (at, place), _KEY.pack(key) + packed)

    def keys(self, state: bytes, block: Block) -> list[int]:
        """Give the keys of the skills or items that are kept."""
        counts = _COUNTS.unpack_from(state)
        start = len(self.empty) + _WORD * counts[0] * block.which
        return list(memoryview(state)[start : start + _WORD * counts[block.which]].cast("I"))

    def check(self, state: bytes) -> None:
        """See that some bytes are a state of this layout.

        Raises:
            BadInput: When they are not.
        """
        is_whole = len(state) >= len(self.empty)
        skills, items = _COUNTS.unpack_from(state) if is_whole else (0, 0)
        width = (1 + self.skill.width) * skills + (1 + self.item.width) * items
        if not is_whole or len(state) != len(self.empty) + _WORD * width:
            msg = (
                f"A state of {len(state)} bytes does not fit this tracer. Restore it with the "
                "tracer that gave it, or fold the student's answers again."
            )
            raise BadInput(msg)

    def _find(self, state: bytes, block: Block, key: int) -> tuple[int, int, bool]:
        """Give where a key stands or would stand, where its numbers do, and whether it is kept."""
        skills, items = _COUNTS.unpack_from(state)
        start = len(self.empty)
        first = start + _WORD * (skills + items)
        count = skills
        if block.which:
            start += _WORD * skills
            first += self._rows[0].size * skills
            count = items
        keys = memoryview(state)[start : start + _WORD * count].cast("I")
        rank = bisect_left(keys, key)
        place = first + self._rows[block.which].size * rank
        return start + _WORD * rank, place, rank < count and keys[rank] == key


class Many:
    """The same for many students at once: reads by arrays, writes by slices.

    Example:
        >>> layout = Layout(whole=1, skill=2, item=1)
        >>> many = Many(layout, [layout.empty, layout.empty], np.array([7, 8]), np.array([3, 3]))
        >>> after = many.put(np.zeros((2, 1)), np.ones((2, 2)), np.ones((2, 1)))
        >>> layout.row(after[1], layout.skill, 8), layout.row(after[1], layout.item, 3)
        ((1.0, 1.0), (1.0,))
    """

    def __init__(self, layout: Layout, states: Sequence[bytes], skills: Ints, items: Ints) -> None:
        self._layout, self._states = layout, states
        self._words = np.frombuffer(b"".join(states), dtype="<u4")
        sizes = np.fromiter(map(len, states), dtype=np.int64, count=len(states)) // _WORD
        self._starts = np.cumsum(sizes) - sizes
        self._keys = (skills, items)
        self._found = (self._find(layout.skill, skills), self._find(layout.item, items))

    def numbers(self) -> Floats:
        """Give the numbers of the students, ``(whole, n) float64``."""
        return self._numbers_at(self._starts + 2, self._layout.whole)

    def rows(self, block: Block) -> Floats:
        """Give the numbers of the skill or item of each student, ``(width, n) float64``."""
        _, places, is_kept = self._found[block.which]
        found = self._numbers_at(np.where(is_kept, places, 0), block.width)
        return np.where(is_kept, found, 0.0)

    def put(self, numbers: Floats, skills: Floats, items: Floats) -> list[bytes]:
        """Give the states with other numbers of student, skill and item; a row for each student."""
        head, start = _COUNTS.size, len(self._layout.empty)
        skill_cuts = self._cuts(self._layout.skill, skills)
        item_cuts = self._cuts(self._layout.item, items)
        after = []
        for state, whole, skill, item in zip(
            self._states, _packed(numbers), skill_cuts, item_cuts, strict=True
        ):
            key_at, row_at, row_end, key, row = skill
            item_key_at, item_at, item_end, item_key, item_row = item
            counts = state[:head]
            if key or item_key:
                n_skills, n_items = _COUNTS.unpack(counts)
                counts = _COUNTS.pack(n_skills + bool(key), n_items + bool(item_key))
            keys = (state[start:key_at], key, state[key_at:item_key_at], item_key)
            rows = (state[item_key_at:row_at], row, state[row_end:item_at], item_row)
            after.append(b"".join((counts, whole, *keys, *rows, state[item_end:])))
        return after

    def _cuts(self, block: Block, rows: Floats) -> Iterator[tuple[int, int, int, bytes, bytes]]:
        """Give for each state where a key goes, where its row begins and ends, and both as bytes.

        A key that stands there already is empty, and so is a row without numbers.
        """
        at, places, is_kept = self._found[block.which]
        key_at, row_at = _WORD * (at - self._starts), _WORD * (places - self._starts)
        row_end = row_at + _WORD * block.width * is_kept
        keys = _packed(self._keys[block.which].astype("<u4")[:, None])
        for n in np.flatnonzero(is_kept | (block.width == 0)).tolist():
            keys[n] = b""
        offsets = (one.tolist() for one in (key_at, row_at, row_end))
        packed = _packed(rows) if block.width else [b""] * len(keys)
        return zip(*offsets, keys, packed, strict=True)

    def _find(self, block: Block, keys: Ints) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Search all students' keys at once, as `Layout` does for one; in words."""
        words, layout = self._words, self._layout
        skills = words[self._starts].astype(np.int64)
        items = words[self._starts + 1].astype(np.int64)
        start = self._starts + 2 + layout.whole
        first, count = start + skills + items, skills
        if block.which:
            start, count = start + skills, items
            first = first + layout.skill.width * skills
        low, high = np.zeros_like(count), count.copy()
        for _ in range(int(count.max(initial=0)).bit_length()):
            middle = (low + high) >> 1
            is_open = low < high
            is_right = is_open & (words[np.where(is_open, start + middle, 0)] < keys)
            low = np.where(is_right, middle + 1, low)
            high = np.where(is_open & ~is_right, middle, high)
        is_in = low < count
        is_kept = is_in & (words[np.where(is_in, start + low, 0)] == keys)
        return start + low, first + block.width * low, is_kept

    def _numbers_at(self, places: Ints, width: int) -> Floats:
        found = self._words[np.minimum(places + np.arange(width)[:, None], len(self._words) - 1)]
        numbers: Floats = found.view("<f4").astype(np.float64)
        return numbers


def _inserted(state: bytes, which: int, places: tuple[int, int], row: bytes) -> bytes:
    """Give a state with one more key and its numbers."""
    at, place = places
    counts = list(_COUNTS.unpack_from(state))
    counts[which] += 1
    parts = (_COUNTS.pack(*counts), state[_COUNTS.size : at], row[:_WORD], state[at:place])
    return b"".join((*parts, row[_WORD:], state[place:]))


def _packed(rows: Floats | NDArray[np.uint32]) -> list[bytes]:
    """Give each row as bytes of 4 a number."""
    words = rows.astype("<f4") if rows.dtype == np.float64 else rows
    packed, size = words.tobytes(), _WORD * rows.shape[1]
    return [packed[place : place + size] for place in range(0, size * len(rows), size or 1)]
