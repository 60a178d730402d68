"""The example `class`: a simulated class over five weeks, drawn as real answers were found to be.

Place: an example of the pack (`pack.toml`). Students come from `simulated.py`, whose numbers were
fitted to real answers; nobody's answers are in it. Assumed, not fitted: which homework they do and
when, how long an answer takes, and that the items are easier than those that were fitted to.
Rule: pure; dice and the last day come in as arguments. All of it is SIMULATED.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from penchant.pack import Agreed, Contents, File, FrozenMap, Lived, Signal
from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course, Item, Skill
from penchant.packs.school.importers import signal_of
from penchant.packs.school.simulated import (
    FITTED,
    Class,
    Learner,
    answered,
    chance,
    classroom,
    learner,
)

__all__ = ["SKILLS", "STUDENTS", "ClassExample", "class_example"]

DAY = 86_400.0
PURPOSE = "school.learning"
STUDENTS = (
    *("ada", "ben", "cem", "dora", "emil", "fay", "gus", "hana", "ivo", "jule", "kai", "lea"),
    *("max", "nele", "omar", "pia", "quin", "rosa", "sami", "tara", "udo", "vera", "wim", "zoe"),
)
SKILLS: Mapping[str, tuple[str, ...]] = {
    "place value": (),
    "adding": (),
    "multiplying": (),
    "subtracting": ("adding",),
    "dividing": ("multiplying",),
    "fractions": ("dividing",),
    "equal fractions": ("fractions",),
    "adding fractions": ("adding", "equal fractions"),
    "decimals": ("place value", "dividing"),
    "percentages": ("fractions", "decimals"),
}
"""What is taught, with what each skill builds on."""
ITEMS, ON_SHEET = 12, 6
LENGTH, TODAY = 42.0, 33.0  # days of a run, and the day of it that is today
RUNS, KNOWN = 8, 3  # past runs for the early warning, and those of them the tracer learns from
BUILDS_ON = 0.5
EASIER = 0.4
"""Logits by which the items are easier than those that were fitted to; assumed, as PASS is."""
PASS = 0.55
"""Share of right answers in the last test from which a simulated student passed."""


class _Student(NamedTuple):
    """A simulated student: what they know, and how regularly they work (0 is usual)."""

    name: str
    who: Learner
    zeal: float


class ClassExample:
    """The example."""

    def lived(self, until: datetime, dice: np.random.Generator) -> Lived:
        """Give a class up to a time, and past runs of its course."""
        of = _course(dice)
        start = until.timestamp() - TODAY * DAY
        past = [_run(of, f"simulated {n + 1}", start - 400 * DAY, dice) for n in range(RUNS)]
        now = _Telling(of, start, TODAY, dice)
        for name in STUDENTS:
            now.student(name)
        began = datetime.fromtimestamp(start, UTC)
        return Lived(
            (
                File("course", _archive(of.course)),
                File("timetable", _timetable(of.course, began)),
                File("past_runs", _table(_PAST, (row for one in past for row in one.results()))),
                File(
                    "population",
                    _table(_ANSWERS, (row for one in past[:KNOWN] for row in one.rows())),
                ),
            ),
            tuple(Agreed(name, PURPOSE, began) for name in STUDENTS),
            now.signals(),
            _Going(of, {one.name: one.who for one in now.students}),
        )


def class_example(contents: Contents) -> ClassExample:
    """Make the example."""
    del contents
    return ClassExample()


_ANSWERS = ("student", "item", "skills", "correct", "at")
_PAST = ("run", "student", "work", "due", "weight", "day", "score", "passed")
_Cells = tuple[object, ...]


class _Going(NamedTuple):
    """The class as it goes on: who is given a task answers it, as what they know makes likely."""

    of: Class
    students: Mapping[str, Learner]
    moment: str = "school.next_item"

    @property
    def people(self) -> tuple[str, ...]:
        """Who go on: everybody."""
        return tuple(self.students)

    def answered(
        self, person: str, action: str, at: datetime, dice: np.random.Generator
    ) -> tuple["_Going", tuple[Signal, ...]]:
        """Give the answer to a task; what is no task is not answered."""
        skill = self.of.skill_of.get(action)
        if skill is None:
            return self, ()
        now, who = at.timestamp(), self.students[person]
        likely = chance(self.of, who, action, now)
        correct = bool(dice.random() < likely)
        given = Answer(person, action, (skill,), correct, now, _seconds(likely, dice))
        after = answered(self.of, who, action, correct=correct, at=now)
        return self._replace(students={**self.students, person: after}), (signal_of(given),)


class _Telling:
    """One run of the course as its students live it."""

    def __init__(self, of: Class, start: float, days: float, dice: np.random.Generator) -> None:
        self.of, self.start, self.days, self.dice = of, start, days, dice
        self.answers: list[Answer] = []
        self.others: list[Signal] = []
        self.students: list[_Student] = []
        self._free: dict[str, float] = {}

    def student(self, name: str) -> None:
        """Let one student live through the run."""
        someone = _Student(name, learner(self.of, self.dice), float(self.dice.normal()))
        for day, work, numbers in sorted(self._afternoons(someone), key=lambda one: one[0]):
            someone = self._work(someone, work, numbers, day)
        self.students.append(someone)
        if self.dice.random() < 0.3:  # noqa: PLR2004 - some of them; assumed
            self.others.append(self._goal(name))

    def _afternoons(self, one: _Student) -> Iterable[tuple[float, str, range]]:
        """Give when a student works on what: sheets, and some practice on their own."""
        for work, due in _sheets():
            day = due - 1.0 - one.zeal + float(self.dice.normal(0, 1.2))
            if self.dice.random() < _logistic(1.9 + 1.4 * one.zeal):
                yield day, work, range(ON_SHEET)
                if self.dice.random() < _logistic(0.8 * one.zeal - 0.4):
                    more = range(ON_SHEET, ON_SHEET + int(self.dice.integers(2, 5)))
                    yield day + float(self.dice.uniform(1, 5)), work, more

    def signals(self) -> tuple[Signal, ...]:
        """Give what happened, in its order."""
        told = [*(signal_of(one) for one in self.answers), *self.others]
        return tuple(sorted(told, key=lambda one: one.at or datetime.min.replace(tzinfo=UTC)))

    def _work(self, one: _Student, skill: str, numbers: Iterable[int], day: float) -> _Student:
        """Answer some items one after the other, on one afternoon; what lies ahead is left out."""
        day = max(day, 0.0)
        at = float(self.start + np.floor(day) * DAY + (6.0 * (day % 1.0) - 3.0) * 3_600.0)
        at = max(at, self._free.get(one.name, 0.0))  # nobody works on two things at once
        who = one.who
        for number in numbers:
            item = f"{skill} {number + 1}"
            likely = chance(self.of, who, item, at)
            correct = bool(self.dice.random() < likely)
            seconds = _seconds(likely, self.dice)
            at += seconds + float(self.dice.uniform(5, 60))
            if at >= self.start + self.days * DAY:
                break
            hinted = not correct and self.dice.random() < 0.25  # noqa: PLR2004 - assumed
            if hinted:
                when = datetime.fromtimestamp(at - seconds / 2, UTC)
                data = FrozenMap({"item": item, "skills": f'["{skill}"]'})
                self.others.append(Signal("school.hint_asked", one.name, when, data))
            number_of = f"{one.name}-{len(self.answers)}"
            self.answers.append(
                Answer(one.name, item, (skill,), correct, at, round(seconds), id=number_of)
            )
            who = answered(self.of, who, item, correct=correct, at=at)
        self._free[one.name] = at + 60.0
        return one._replace(who=who)

    def _goal(self, name: str) -> Signal:
        skill = str(self.dice.choice(list(SKILLS)[-3:]))
        at = datetime.fromtimestamp(self.start + 10 * DAY, UTC)
        data = FrozenMap({"skill": skill, "by": "student"})
        return Signal("school.goal_set", name, at, data)


class _Run(NamedTuple):
    """A run that is over, with who passed."""

    name: str
    told: _Telling
    passed: Mapping[str, bool]

    def rows(self) -> Iterable[_Cells]:
        """Give its answers as rows of a table."""
        for one in self.told.answers:
            yield f"{self.name} {one.student}", one.item, one.skills[0], int(one.correct), one.at

    def results(self) -> Iterable[_Cells]:
        """Give what came, a row for each student and sheet."""
        sheets = dict.fromkeys(one.name for one in self.told.students)
        given: dict[tuple[str, str], list[Answer]] = {}
        for one in self.told.answers:
            given.setdefault((one.student, one.skills[0]), []).append(one)
        for name in sheets:
            for work, due in _sheets():
                came = given.get((name, work), [])[:ON_SHEET]
                day = ((came[-1].at or 0.0) - self.told.start) / DAY if came else ""
                score = 100 * sum(one.correct for one in came) / len(came) if came else ""
                passed = "yes" if self.passed[name] else "no"
                yield self.name, f"{self.name} {name}", work, due, 10, day, score, passed


def _run(of: Class, name: str, start: float, dice: np.random.Generator) -> _Run:
    """Let a class live through a whole run, and sit its last test: two new items of each skill."""
    told = _Telling(of, start, LENGTH, dice)
    passed = {}
    for student in STUDENTS:
        told.student(student)
        who, end = told.students[-1].who, start + LENGTH * DAY
        tests = [f"{skill} {n}" for skill in SKILLS for n in (ITEMS - 1, ITEMS)]
        right = [dice.random() < chance(of, who, item, end) for item in tests]
        passed[student] = bool(np.mean(right) >= PASS)
    return _Run(name, told, passed)


def _sheets() -> Sequence[tuple[str, float]]:
    """Give the sheet of each skill, and the day of the run it is due: two a week."""
    return [(skill, 3.5 * (n + 2)) for n, skill in enumerate(SKILLS)]


def _course(dice: np.random.Generator) -> Class:
    """Draw how hard a course of these skills is, and how it is learned."""
    drawn = classroom(dice, skills=len(SKILLS), items=ITEMS, fitted=FITTED, builds_on=BUILDS_ON)
    called = dict(zip((one.name for one in drawn.course.skills), SKILLS, strict=True))
    items = {one.name: f"{called[one.skills[0]]} {n % ITEMS + 1}" for n, one in _numbered(drawn)}
    course = Course(
        "simulated",
        tuple(
            Item(items[one.name], (called[one.skills[0]],), right=("1",), seconds=45.0)
            for one in drawn.course.items
        ),
        tuple(Skill(name, name.capitalize(), before) for name, before in SKILLS.items()),
    )
    return Class(
        course,
        FITTED,
        {called[name]: value for name, value in drawn.harder.items()},
        {called[name]: value for name, value in drawn.right.items()},
        {called[name]: value for name, value in drawn.wrong.items()},
        {items[name]: value - EASIER for name, value in drawn.difficulty.items()},
        BUILDS_ON,
    )


def _numbered(of: Class) -> Iterable[tuple[int, Item]]:
    return enumerate(of.course.items)


def _archive(course: Course) -> bytes:
    """Write a course as the archive that the importer `course` reads."""
    items = ((one.name, one.skills[0], one.right[0], one.seconds) for one in course.items)
    skills = ((one.name, one.title, "|".join(one.prerequisites)) for one in course.skills)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in (
            ("items.csv", _table(("name", "skills", "right", "seconds"), items)),
            ("skills.csv", _table(("name", "title", "prerequisites"), skills)),
        ):
            archive.writestr(zipfile.ZipInfo(name), table)  # dated 1980: no clock is read
    return packed.getvalue()


def _timetable(course: Course, began: datetime) -> bytes:
    rows = (
        (work, item.name, day, 10, began.isoformat())
        for work, day in _sheets()
        for item in course.items_of(work)[:ON_SHEET]
    )
    return _table(("work", "item", "day", "weight", "start"), rows)


def _table(columns: Sequence[str], rows: Iterable[_Cells]) -> bytes:
    """Write a table of names and numbers; none of them holds a comma."""
    lines = [",".join(map(str, row)) for row in rows]
    return "\n".join([",".join(columns), *lines, ""]).encode()


def _seconds(likely: float, dice: np.random.Generator) -> float:
    """Draw how long an answer takes; assumed: what is likely right goes quicker."""
    return float(round(np.exp(dice.normal(4.0 - 0.6 * likely, 0.35))))


def _logistic(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))
