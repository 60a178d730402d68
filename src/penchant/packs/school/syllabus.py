"""Syllabus: a course made ready for planning, as columns of numbers; made once for all students.

Place: below teaching. Items that ask nothing (worked examples, videos) are left out: they are
shown, not planned. An item of several skills stands in as many pairs.
Rule: a value; nothing of a student is in it.
"""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.packs.school.course import ASKED, Course

__all__ = ["Syllabus"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Syllabus(Struct, frozen=True, dict=True):
    """A course made ready for planning; made once. Items that ask nothing are left out."""

    course: Course

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Names of the items that ask something and exercise a skill of the course."""
        skills = self.place.keys()
        return tuple(
            item.name
            for item in self.course.items
            if item.format in ASKED and skills & set(item.skills)
        )

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Number of each skill."""
        return {skill.name: n for n, skill in enumerate(self.course.skills)}

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """Give each pair of an item and a skill it exercises, as two columns of numbers."""
        rows = [
            (n, self.place[skill])
            for n, name in enumerate(self.items)
            for skill in self.course.item_named[name].skills
            if skill in self.place
        ]
        table = np.array(rows, np.int64).reshape(len(rows), 2)
        return table[:, 0], table[:, 1]

    @cached_property
    def harder(self) -> Floats:
        """By how much each item is harder than a usual one of its skills, in logits."""
        item, skill = self.pairs
        given = [self.course.item_named[name].difficulty for name in self.items]
        known = np.array([np.nan if one is None else one for one in given])
        counts = np.bincount(skill, ~np.isnan(known[item]), len(self.place))
        total = np.bincount(skill, np.nan_to_num(known[item]), len(self.place))
        usual = total / np.maximum(counts, 1)
        away = np.bincount(item, known[item] - usual[skill], len(self.items))
        return np.nan_to_num(away / np.maximum(np.bincount(item, minlength=len(self.items)), 1))

    @cached_property
    def seconds(self) -> Floats:
        """How long each item usually takes; NaN where nobody said."""
        return np.array([self.course.item_named[n].seconds or np.nan for n in self.items])

    @cached_property
    def before(self) -> NDArray[np.bool_]:
        """Which skill (column) a skill (row) needs, directly."""
        found = np.zeros((len(self.place), len(self.place)), bool)
        for skill in self.course.skills:
            needed = [self.place[name] for name in skill.prerequisites if name in self.place]
            found[self.place[skill.name], needed] = True
        return found

    @cached_property
    def leads_to(self) -> Mapping[str, frozenset[str]]:
        """Which skills need a skill, directly or through others."""
        found: dict[str, set[str]] = {name: set() for name in self.place}
        for name in self.place:
            for needed in self.course.before(name) & self.place.keys():
                found[needed].add(name)
        return {name: frozenset(those) for name, those in found.items()}
