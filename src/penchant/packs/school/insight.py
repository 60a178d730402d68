"""What a teacher sees of a class: who knows what, who is stuck and why, small groups, engagement.

Loop: read by pages; changes nothing. Values in, values out.
Rule 1: every number carries the ids of the answers it rests on.
Rule 2: struggle is what is seen in answers, time and help asked for; no feeling is inferred.
Rule 3: a belief is told with how sure it is, and "not enough answers" is an answer.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import NormalDist, median
from typing import NamedTuple, Protocol

from penchant.packs.school.answers import Answer
from penchant.packs.school.course import ASKED, Course

__all__ = [
    "Believed",
    "Cell",
    "Engaged",
    "Group",
    "HeatMap",
    "Stuck",
    "engagement",
    "groups",
    "heat_map",
    "stuck",
]

_RECENT = 8
"""Answers to a skill that are looked back at: about one exercise sheet."""
_FEWEST = 4
"""Answers below which nobody is called stuck."""
_SHARE = 1 / 3
"""Share of right answers up to which the recent ones count as stuck; guessing among three gives
as much."""
_KNOWN = 0.6
"""Probability of a right answer from which a skill is taken as known well enough to build on."""
_SURE = 0.8
"""How sure it must be that a skill lies below `_KNOWN` before a teacher is told."""
_HASTE = 1 / 3
"""Share of the class's usual time below which an answer is called quick."""


class Believed(Protocol):
    """What is believed of one student's mastery of one skill; the tracer's `Mastery` is one."""

    @property
    def probability(self) -> float:
        """Chance of a right answer to a usual item of the skill."""

    @property
    def sd(self) -> float:
        """How far that may be off."""


Beliefs = Mapping[str, Mapping[str, Believed]]
"""By student, then by skill."""


class Cell(NamedTuple):
    """One student and one skill: belief, its spread, answers and right ones, and their ids.

    `probability` and `sd` are None where nothing is believed yet.
    """

    student: str
    skill: str
    probability: float | None
    sd: float | None
    right: int
    evidence: tuple[str, ...]


class HeatMap(NamedTuple):
    """Cells by student and skill; students from the one who needs most, skills as they build up."""

    students: tuple[str, ...]
    skills: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]


class Stuck(NamedTuple):
    """A student who makes no way on a skill: what was seen, what it may come from, the answers.

    `missing` are skills before it that are believed not to be known, the first to learn first.
    """

    student: str
    skill: str
    right: int
    of: int
    missing: tuple[str, ...]
    sentences: tuple[str, ...]
    evidence: tuple[str, ...]


class Group(NamedTuple):
    """Students whom one small lesson on one skill would help, and the answers that say so."""

    skill: str
    students: tuple[str, ...]
    sentence: str
    evidence: tuple[str, ...]


class Engaged(NamedTuple):
    """Time on task and completion of one student; `timed` answers say how long they took."""

    student: str
    seconds: float
    timed: int
    answers: int
    done: int
    items: int
    last_at: float | None
    evidence: tuple[str, ...]


def heat_map(course: Course, beliefs: Beliefs, answers: Sequence[Answer]) -> HeatMap:
    """Give what is believed of each student and skill, with its evidence.

    Example:
        >>> from penchant.packs.school.course import Item, Skill
        >>> course = Course("sums", (Item("2+2", ("add",), right=("4",)),), (Skill("add"),))
        >>> seen = heat_map(course, {}, [Answer("ada", "2+2", ("add",), True, id="a1")])
        >>> seen.cells["ada", "add"].right, seen.cells["ada", "add"].evidence
        (1, ('a1',))
    """
    by_cell = _by_cell(answers)
    students = {answer.student for answer in answers} | set(beliefs)
    skills = _in_order(course)
    cells = {
        (student, skill): Cell(
            student,
            skill,
            known.probability if known else None,
            known.sd if known else None,
            sum(one.correct for one in given),
            tuple(one.id for one in given),
        )
        for student in students
        for skill in skills
        for known in (beliefs.get(student, {}).get(skill),)
        for given in (by_cell.get((student, skill), []),)
    }
    need = {
        student: sum(1 - (cells[student, skill].probability or 0.0) for skill in skills)
        for student in students
    }
    return HeatMap(tuple(sorted(students, key=lambda one: (-need[one], one))), skills, cells)


def stuck(course: Course, beliefs: Beliefs, answers: Sequence[Answer]) -> tuple[Stuck, ...]:
    """Say who is stuck on what, and what it may come from.

    A student is stuck on a skill when at most a third of the last eight answers to it are right,
    there are four at least, and the belief agrees: it is likely that the skill is not known.

    Args:
        course: Says what comes before what.
        beliefs: What the tracer believes.
        answers: In the order they were given.

    Returns:
        The surest first.
    """
    by_cell = _by_cell(answers)
    pace = _pace(answers)
    found = []
    for (student, skill), given in by_cell.items():
        recent = given[-_RECENT:]
        right = sum(one.correct for one in recent)
        known = beliefs.get(student, {}).get(skill)
        weak = _weakness(known)
        if len(recent) < _FEWEST or right > _SHARE * len(recent) or (known and weak < _SURE):
            continue
        before = [
            name
            for name in _in_order(course)
            if name in course.before(skill)
            and _weakness(beliefs.get(student, {}).get(name)) >= _SURE
        ]
        sentences = _why(student, skill, recent, (before, by_cell, pace))
        evidence = [one.id for one in recent]
        evidence += [one.id for name in before for one in by_cell.get((student, name), [])]
        one = Stuck(student, skill, right, len(recent), tuple(before), sentences, tuple(evidence))
        found.append((weak, one))
    found.sort(key=lambda pair: (-pair[0], pair[1].right / pair[1].of, pair[1][:2]))
    return tuple(one for _, one in found)


def groups(found: Sequence[Stuck], *, largest: int = 6) -> tuple[Group, ...]:
    """Put those who are stuck into groups for a small lesson each.

    The lesson is on the first skill that is missing, or on the skill itself. The skill that helps
    most comes first, and each student is in one group, so that all lessons can be held at once.

    Args:
        found: Who is stuck.
        largest: Students a group may have.
    """
    needs: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        needs[(*one.missing, one.skill)[0]][one.student] += one.evidence
    placed: set[str] = set()
    made: list[Group] = []
    while True:
        open_to = {
            skill: [student for student in students if student not in placed]
            for skill, students in needs.items()
        }
        skill = max(sorted(open_to), key=lambda name: len(open_to[name]), default="")
        students = open_to.get(skill, [])[:largest]
        if len(students) < 2:  # noqa: PLR2004 - one student is no group
            return tuple(made)
        placed.update(students)
        sentence = (
            f"{len(students)} students would be helped by a small lesson on `{skill}`: "
            f"{', '.join(f'`{student}`' for student in students)}."
        )
        evidence = dict.fromkeys(one for student in students for one in needs[skill][student])
        made.append(Group(skill, tuple(students), sentence, tuple(evidence)))


def engagement(course: Course, answers: Sequence[Answer]) -> tuple[Engaged, ...]:
    """Give time on task and completion for each student, the least done first.

    Time is what answers say they took; an answer that does not say adds nothing, and how many do
    say stands beside it. Completion counts items that were answered at least once.
    """
    asked = {item.name for item in course.items if item.format in ASKED}
    by_student: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_student[answer.student].append(answer)
    made = []
    for student, given in by_student.items():
        times = [one.seconds for one in given if one.seconds is not None]
        ats = [one.at for one in given if one.at is not None]
        done = len({one.item for one in given} & asked)
        made.append(
            Engaged(
                student,
                sum(times),
                len(times),
                len(given),
                done,
                len(asked),
                max(ats, default=None),
                tuple(one.id for one in given),
            )
        )
    return tuple(sorted(made, key=lambda one: (one.done, one.seconds, one.student)))


def _by_cell(answers: Sequence[Answer]) -> dict[tuple[str, str], list[Answer]]:
    found: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in answers:
        for skill in answer.skills:
            found[answer.student, skill].append(answer)
    return found


def _in_order(course: Course) -> tuple[str, ...]:
    """Give skills as they build up: fewer skills before them first, then by the course."""
    depth = {skill.name: len(course.before(skill.name)) for skill in course.skills}
    return tuple(sorted(depth, key=depth.__getitem__))


def _weakness(known: Believed | None) -> float:
    """Give how sure it is that a skill lies below what can be built on; 0 where nobody knows."""
    if known is None:
        return 0.0
    return NormalDist(known.probability, max(known.sd, 1e-6)).cdf(_KNOWN)


def _pace(answers: Sequence[Answer]) -> Mapping[str, float]:
    """Give the usual seconds of an answer to each item, over the class."""
    taken: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        if answer.seconds is not None:
            taken[answer.item].append(answer.seconds)
    return {item: median(times) for item, times in taken.items()}


_Around = tuple[Sequence[str], Mapping[tuple[str, str], Sequence[Answer]], Mapping[str, float]]


def _why(student: str, skill: str, recent: Sequence[Answer], around: _Around) -> tuple[str, ...]:
    """Say what was seen, and what it may come from."""
    before, by_cell, pace = around
    wrong = sum(not one.correct for one in recent)
    said = [f"{wrong} of the last {len(recent)} answers to `{skill}` are wrong."]
    for name in before:
        given = by_cell.get((student, name), [])
        right = sum(one.correct for one in given)
        seen = f"{right} of {len(given)} answers to it are right" if given else "none was answered"
        said.append(f"`{name}` comes before it and is believed not to be known: {seen}.")
    timed = [one for one in recent if one.seconds is not None and pace.get(one.item)]
    quick = sum((one.seconds or 0.0) < _HASTE * pace[one.item] for one in timed)
    if 2 * quick > len(recent):
        said.append(f"{quick} came in less than a third of the time others usually take.")
    if not before:
        said.append("Nothing that comes before it is known to be missing; look at the answers.")
    return tuple(said)
