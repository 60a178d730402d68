"""A course: items, the skills they exercise, and which skill comes before which.

Loop: what candidates are made of.
Rule: a course is a value; building one never fails, `course_checks.py` says what is wrong with it.
Knows nothing of students.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from math import isfinite
from typing import Literal, NamedTuple

from msgspec import Struct

__all__ = ["ASKED", "Course", "Finding", "Item", "Place", "Skill", "is_right", "number_in"]

Marking = Literal["any", "all", "number", "hand"]
ASKED = frozenset({"problem", "hint first"})
"""Formats that ask something; an item of another format (a worked example, a video) is shown."""


class Place(NamedTuple):
    """Where something was read: the name of a file and a line of it, 0 where lines say nothing."""

    source: str = ""
    line: int = 0


class Finding(Struct, frozen=True):
    """One thing that is wrong with what was read, or odd about it; a result, not an error.

    `rule` is a short fixed name. `left_out` says whether the record was left out; else it was kept
    and is only told of. `line` is 0 and `field` empty where there is none.
    """

    rule: str
    sentence: str
    source: str = ""
    line: int = 0
    field: str = ""
    left_out: bool = True

    def __str__(self) -> str:
        """Give the place, then the sentence.

        Example:
            >>> print(Finding("no item", "Item `i` is not known.", "answers.csv", 7, "item"))
            answers.csv:7 `item`: Item `i` is not known.
        """
        line = f":{self.line}" if self.line else ""
        field = f" `{self.field}`" if self.field else ""
        return f"{self.source}{line}{field}: {self.sentence}".removeprefix(": ")


class Skill(Struct, frozen=True):
    """What items exercise; `prerequisites` are the names of the skills that come before it."""

    name: str
    title: str = ""
    prerequisites: tuple[str, ...] = ()


class Item(Struct, frozen=True):
    """A task, an example or a video, and the skills it exercises.

    `marking` says how an answer is marked: it is `any` one of `right`, or `all` of them, or a
    `number` within `tolerance` of one of them; or only a person can mark it (`hand`), and then it
    takes no part in diagnosis. `seconds` is how long it usually takes; `difficulty` and
    `discrimination` are on the logistic scale, None where not calibrated. `licence` and
    `credit` stay with an item wherever it goes.
    """

    name: str
    skills: tuple[str, ...]
    format: str = "problem"
    language: str = "en"
    title: str = ""
    choices: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    seconds: float | None = None
    difficulty: float | None = None
    discrimination: float | None = None
    text: str = ""
    marking: Marking = "any"
    tolerance: float = 0.0
    licence: str = ""
    credit: str = ""


class Course(Struct, frozen=True, dict=True):
    """Items and skills under one name.

    Example:
        >>> course = Course("sums", (Item("2+2", ("add",), right=("4",)),), (Skill("add"),))
        >>> [item.name for item in course.items_of("add")]
        ['2+2']
    """

    name: str
    items: tuple[Item, ...] = ()
    skills: tuple[Skill, ...] = ()

    @cached_property
    def item_named(self) -> Mapping[str, Item]:
        """Item by name."""
        return {item.name: item for item in self.items}

    @cached_property
    def skill_named(self) -> Mapping[str, Skill]:
        """Skill by name."""
        return {skill.name: skill for skill in self.skills}

    @cached_property
    def _items_by_skill(self) -> Mapping[str, tuple[Item, ...]]:
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self.items:
            for skill in item.skills:
                found[skill].append(item)
        return {skill: tuple(items) for skill, items in found.items()}

    def items_of(self, skill: str) -> tuple[Item, ...]:
        """Give the items that exercise a skill, in the order of the course."""
        return self._items_by_skill.get(skill, ())

    def before(self, skill: str) -> frozenset[str]:
        """Give all that comes before a skill, through its prerequisites and theirs.

        Example:
            >>> skills = (Skill("a"), Skill("b", "", ("a",)), Skill("c", "", ("b",)))
            >>> sorted(Course("abc", (), skills).before("c"))
            ['a', 'b']
        """
        found: set[str] = set()
        waiting = [skill]
        while waiting:
            here = self.skill_named.get(waiting.pop())
            new = set(here.prerequisites) - found if here else set()
            found |= new
            waiting += new
        return frozenset(found)


def is_right(item: Item, given: str | Sequence[str]) -> bool | None:
    """Mark an answer; None where only a person can, or where the item asks nothing.

    Letters' case and spaces at the ends do not count. A number may be written with a comma; where
    `1,000` could be one or a thousand, either is taken.

    Args:
        item: What was asked.
        given: What was answered: a text, or several where several were to be chosen.

    Example:
        >>> is_right(Item("half", (), right=("0.5",), marking="number", tolerance=0.01), "0,501")
        True
    """
    if item.marking == "hand" or not item.right:
        return None
    answers = [given] if isinstance(given, str) else list(given)
    if item.marking == "number":
        told = [x for one in answers for x in _readings(one)]
        right = [y for one in item.right for y in _readings(one)]
        return any(abs(x - y) <= item.tolerance for x in told for y in right)
    said = {one.strip().casefold() for one in answers}
    wanted = {one.strip().casefold() for one in item.right}
    return said == wanted if item.marking == "all" else len(said) == 1 and said <= wanted


def number_in(text: str) -> float | None:
    """Read a number: with a point, a comma, or as a fraction; None where it could be two, or none.

    Example:
        >>> number_in("0,5"), number_in("1/4"), number_in("half"), number_in("1,000")
        (0.5, 0.25, None, None)
    """
    readings = _readings(text)
    return readings[0] if len(readings) == 1 else None


_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_FRACTION = re.compile(r"([+-]?\d{1,15})\s*/\s*(0*[1-9]\d{0,14})", re.ASCII)
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)


def _readings(text: str) -> tuple[float, ...]:
    """Give each number a text can mean; `1,000` is one in one country, a thousand in another."""
    written = text.strip()
    found = []
    if _NUMBER.fullmatch(written):
        found.append(float(written.replace(",", ".")))
    if _GROUPED.fullmatch(written):
        found.append(float(written.replace(",", "")))
    if parts := _FRACTION.fullmatch(written):
        found.append(int(parts[1]) / int(parts[2]))
    return tuple(x for x in found if isfinite(x))
