"""The teacher's page: what a class knows, who is stuck and why, what is suggested, who is flagged.

Place: a page of the pack (`pack.toml`), made of views of those who agreed. Changes nothing; its
forms send signals.
Rule 1: no score without what it rests on: answers, or work that came or did not.
Rule 2: a flag comes with how often flags were right.
Rule 3: struggle is seen in answers, time and help asked for, in nothing else.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from penchant.pack import (
    Block,
    Box,
    Contents,
    Entries,
    Entry,
    Field,
    Form,
    FrozenMap,
    HeatMap,
    HeatRow,
    Link,
    Mastery,
    Note,
    Page,
    Sheet,
    View,
)
from penchant.packs.school.answers import Answer
from penchant.packs.school.class_warning import ClassWarning
from penchant.packs.school.insight import (
    Beliefs,
    Cell,
    Stuck,
    engagement,
    groups,
    heat_map,
    stuck,
)
from penchant.packs.school.seeing import (
    Desk,
    answers_in,
    evidence_of,
    part_of,
    per_cent,
    spent,
)
from penchant.packs.school.teaching import Step

__all__ = ["ClassPage", "class_page"]

AHEAD = 3
BY = "teacher"
NO_COURSE = (
    Note(
        ("Bring one, and what the class knows of it stands here.",),
        "Bring a course",
        "penchant pack bring school course.csv --importer course",
    ),
    Note(
        ("Nobody in it exists; everything of these pages is in it.",),
        "Look at a simulated class",
        "penchant up --pack school --example class",
    ),
)


class ClassPage:
    """The page."""

    def __init__(self, desk: Desk, warning: ClassWarning) -> None:
        """Use the course that was brought, and past runs."""
        self._desk, self._warning = desk, warning

    def page(self, views: Mapping[str, View], at: datetime) -> Page:
        """Give the page of a class."""
        if not self._desk.course.items:
            return Page("There is no course yet.", NO_COURSE)
        if not views:
            return Page(
                "Nobody has answered anything yet. With a student's yes and first answer this "
                "page begins."
            )
        by_student = {name: answers_in(view, name) for name, view in views.items()}
        answers = sorted(
            (one for some in by_student.values() for one in some), key=lambda one: one.at or 0.0
        )
        beliefs = {name: self._desk.believed(view) for name, view in views.items()}
        found = stuck(self._desk.course, beliefs, answers)
        known = {one.id: one for one in answers}
        blocks: tuple[Block, ...] = (
            self._map(beliefs, answers),
            _stuck(self._desk, found, known),
            _groups(found, known),
            self._suggested(views, beliefs, by_student),
            *self._warning.blocks(tuple(views), answers, at),
            self._engaged(tuple(views), answers, at),
        )
        lessons = groups(found)
        told = f"{len(views)} students gave {len(answers):,} answers. "
        told += _stuck_in_words(len({one.student for one in found}), len(views))
        if lessons:
            told += (
                f" A small lesson on `{lessons[0].skill}` would help {len(lessons[0].students)}."
            )
        return Page(told, blocks)

    def _map(self, beliefs: Beliefs, answers: Sequence[Answer]) -> HeatMap:
        seen = heat_map(self._desk.course, beliefs, answers)
        rows = tuple(
            HeatRow(
                Link(student, "student", student),
                tuple(self._box(seen.cells[student, skill]) for skill in seen.skills),
            )
            for student in seen.students
        )
        return HeatMap(
            "map",
            "What the class knows",
            "How likely a task of each skill is right, in per cent, and how far that may be off "
            "(two times out of three). Who needs most stands first; skills stand as they build on "
            "each other. Each number opens to its answers.",
            "Student",
            seen.skills,
            rows,
        )

    def _box(self, cell: Cell) -> Box:
        link = Link("", "student", cell.student, part_of(self._desk.course, cell.skill))
        if cell.probability is None or cell.sd is None:
            return Box(None, None, f"{cell.student}, {cell.skill}: nothing known", link)
        says = (
            f"{cell.student}, {cell.skill}: {per_cent(cell.probability)}, give or take "
            f"{100 * cell.sd:.0f}; {cell.right} of the latest {len(cell.evidence)} right"
        )
        return Box(cell.probability, cell.sd, says, link)

    def _engaged(self, students: Sequence[str], answers: Sequence[Answer], at: datetime) -> Sheet:
        sheets = self._warning.sheets(students, answers, at)
        known = {one.student: one for one in engagement(self._desk.course, answers)}
        idle = [name for name in students if name not in known]
        rows = []
        for name in (*idle, *known):
            one = known.get(name)
            last = one.last_at if one else None
            rows.append(
                (
                    Link(name, "student", name, "answers"),
                    spent(one.seconds) if one else "none",
                    str(one.answers) if one else "0",
                    f"{one.done} of {one.items}" if one else "none",
                    *((sheets[name],) if sheets else ()),
                    "never" if last is None else datetime.fromtimestamp(last, UTC),
                )
            )
        return Sheet(
            "engagement",
            "Time and completion",
            "Time is what answers say they took. Each name opens to the answers.",
            (
                "Student",
                "Time on task",
                "Answers",
                "Tasks done",
                *(("Work in",) if sheets else ()),
                "Last answer",
            ),
            tuple(rows),
        )

    def _suggested(
        self,
        views: Mapping[str, View],
        beliefs: Mapping[str, Mapping[str, Mastery]],
        by_student: Mapping[str, Sequence[Answer]],
    ) -> Entries:
        entries: list[Entry] = []
        for name, view in views.items():
            steps = self._desk.plan(view, beliefs[name], AHEAD).steps
            if steps:
                entries.append(_suggestion(name, steps, by_student[name], len(entries) + 1))
        return Entries(
            "suggestions",
            "Suggestions",
            "The next task of each student and why. Accept it, give another, or refuse it; what "
            "you do is obeyed at once, and leans later suggestions for that student.",
            tuple(entries),
            "Nobody has a next task: what they know rests until it is due.",
        )


def class_page(contents: Contents) -> ClassPage:
    """Make the page of what was brought."""
    return ClassPage(Desk(contents), ClassWarning(contents))


def _suggestion(name: str, steps: Sequence[Step], answers: Sequence[Answer], number: int) -> Entry:
    step = steps[0]
    data = FrozenMap({"item": step.item, "by": BY})
    others = tuple((one.item, one.item) for one in steps[1:] if one.item != step.item)
    accept = Form("school.accepted", "Accept", data, person=name)
    change = Form("school.override", "Give that", data, (Field("instead", "Rather", others),), name)
    refuse = Form("school.override", "Refuse", data, person=name)
    is_asked = step.kind == "asked"
    mine = [one for one in answers if set(one.skills) & set(step.skills)]
    return Entry(
        Link(name, "student", name, "next"),
        (f"Next: `{step.item}`.", step.for_teacher),
        mark="asked for" if is_asked else step.kind,
        evidence=evidence_of(mine),
        forms=(
            *(() if is_asked else (accept,)),
            refuse,
            *((change,) if others else ()),
        ),
        name=f"suggestion-{number}",
    )


def _stuck(desk: Desk, found: Sequence[Stuck], known: Mapping[str, Answer]) -> Entries:
    by_student: dict[str, list[Stuck]] = {}
    for one in found:  # the surest comes first
        by_student.setdefault(one.student, []).append(one)
    entries = tuple(
        Entry(
            Link(one.student, "student", one.student, part_of(desk.course, one.skill)),
            (*one.sentences, *([f"Also stuck on {_named(more)}."] if more else [])),
            mark=one.skill,
            evidence=evidence_of([known[id_] for id_ in one.evidence if id_ in known]),
        )
        for one, *more in by_student.values()
    )
    return Entries(
        "stuck",
        "Stuck, and why",
        "At most a third of the latest answers right, and the belief agrees.",
        entries,
        "Nobody is stuck: there are too few wrong answers for that, or too few at all.",
    )


def _named(found: Sequence[Stuck]) -> str:
    return ", ".join(f"`{one.skill}`" for one in found)


def _groups(found: Sequence[Stuck], known: Mapping[str, Answer]) -> Entries:
    entries = tuple(
        Entry(
            f"`{one.skill}`",
            (one.sentence,),
            mark=f"{len(one.students)} students",
            evidence=evidence_of([known[id_] for id_ in one.evidence if id_ in known]),
        )
        for one in groups(found)
    )
    return Entries(
        "groups",
        "Small lessons",
        "Who lacks the same first thing. Each student is in one group, so all can be held at once.",
        entries,
        "No two students lack the same.",
    )


def _stuck_in_words(n: int, of: int) -> str:
    if not n:
        return "Nobody is stuck."
    return f"{n} of {of} are stuck on something." if n > 1 else "One of them is stuck on something."
