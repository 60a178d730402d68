"""What pages of this pack are made of: answers in views, beliefs with intervals, evidence.

Place: beside `class_page.py` and `student_page.py`. Pure; numbers are worded once, here.
Rule: a share is said with its interval, and evidence is the answers themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from penchant.pack import Contents, Evidence, Mastery, Told, View
from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course
from penchant.packs.school.importers import ANSWERED, answer_of
from penchant.packs.school.next_item import EXPERT
from penchant.packs.school.progress import Knowing, Progress, progress
from penchant.packs.school.syllabus import Syllabus
from penchant.packs.school.teaching import Plan, plan

__all__ = [
    "Desk",
    "answers_in",
    "ends",
    "evidence_of",
    "part_of",
    "per_cent",
    "said_of",
    "spent",
]

SURE = 1.96  # standard deviations of a 95 % interval
MOST = 30  # answers shown as evidence; a student's page has those of each skill
MINUTE, HOUR = 60.0, 3_600.0


class Desk:
    """What pages are made with: the course, the expert, and the plan of one student."""

    def __init__(self, contents: Contents) -> None:
        """Use what was brought."""
        course = contents.get("course")
        self.course = course if isinstance(course, Course) else Course("")
        self.syllabus = Syllabus(self.course)
        self._expert: Knowing = progress(contents)

    def state(self, view: View) -> Progress:
        """Give what is kept of a student."""
        state = view.states.get(EXPERT)
        return state if isinstance(state, Progress) else Progress()

    def believed(self, view: View) -> Mapping[str, Mastery]:
        """Give what is believed of each skill that a student met."""
        return self._expert.believed(self.state(view))

    def plan(self, view: View, known: Mapping[str, Mastery], most: int) -> Plan:
        """Give a student's next steps, as decisions have them."""
        if not self.course.items:
            return Plan((), ())
        state = self.state(view)
        goals = state.wishes.goals | {one.name for one in view.goals}
        return plan(
            self.syllabus,
            known,
            view.at.timestamp(),
            memories=dict(state.memories),
            seen=dict(state.seen),
            wishes=state.wishes._replace(goals=goals),
            most=most,
        )


def answers_in(view: View, student: str = "") -> tuple[Answer, ...]:
    """Give the answers that may be seen of a student, the first one first."""
    given = (answer_of(one) for one in view.signals if one.kind == ANSWERED)
    return tuple(one._replace(student=student) for one in given)


def evidence_of(answers: Sequence[Answer], *, of: int | None = None) -> Evidence | None:
    """Give answers as evidence, the latest first; None where there are none.

    Args:
        answers: What is at hand, in any order.
        of: How many there were in all, where that is known.
    """
    if not answers:
        return None
    shown = sorted(answers, key=lambda one: one.at or 0.0)[-MOST:]
    whole = max(len(answers), of or 0)
    word = "answer" if whole == 1 else "answers"
    return Evidence(
        f"{whole} {word}" if whole == len(shown) else f"the latest {len(shown)} of {whole} {word}",
        ("When", "Task", "Answer", "Took"),
        tuple(_row(one) for one in reversed(shown)),
    )


def ends(known: Mastery) -> tuple[float, float]:
    """Give the 95 % interval of a belief.

    Example:
        >>> ends(Mastery(0.9, 0.1, 8))
        (0.704, 1.0)
    """
    low, high = known.probability - SURE * known.sd, known.probability + SURE * known.sd
    return round(max(low, 0.0), 6), round(min(high, 1.0), 6)


def said_of(known: Mastery) -> str:
    """Say a belief with its interval.

    Example:
        >>> said_of(Mastery(0.72, 0.08, 8))
        '72 % (56 to 88)'
    """
    low, high = ends(known)
    return f"{per_cent(known.probability)} ({100 * low:.0f} to {100 * high:.0f})"


def per_cent(share: float) -> str:
    """Say a share of 1.

    Example:
        >>> per_cent(0.715)
        '72 %'
    """
    return f"{100 * share:.0f} %"


def spent(seconds: float) -> str:
    """Say a time that was spent.

    Example:
        >>> spent(45), spent(1_500), spent(4_500)
        ('45 s', '25 min', '1 h 15 min')
    """
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    minutes = round(seconds / MINUTE)
    return f"{minutes // 60} h {minutes % 60} min"


def part_of(course: Course, skill: str) -> str:
    """Give the name of a skill's part of a page.

    Example:
        >>> from penchant.packs.school.course import Skill
        >>> part_of(Course("sums", (), (Skill("add"),)), "add")
        'skill-1'
    """
    names = [one.name for one in course.skills]
    return f"skill-{names.index(skill) + 1}" if skill in names else "map"


def _row(one: Answer) -> tuple[Told, ...]:
    when: Told = "not known" if one.at is None else datetime.fromtimestamp(one.at, UTC)
    took = "not known" if one.seconds is None else spent(one.seconds)
    return when, one.item, "right" if one.correct else "wrong", took
