"""The next item: the plan of a student as candidates of the moment `school.next_item`.

Place: the proposer and the planner of the school pack (`pack.toml`). The plan is `teaching.plan`;
what it was chosen by goes along as features, from which the reason is said.
Rule: candidates are few and near each other in worth, so that a draw among them costs little.
"""

import json
from collections.abc import Mapping, Sequence

from penchant.pack import Action, Contents, Value, View
from penchant.packs.school.course import Course
from penchant.packs.school.progress import Knowing, Progress, plain, progress
from penchant.packs.school.steering import Wishes
from penchant.packs.school.syllabus import Syllabus
from penchant.packs.school.teaching import plan

__all__ = ["NextItem", "WithinTime", "next_item", "within_time"]

CANDIDATES = 3
EXPERT = "progress"


class NextItem:
    """The proposer."""

    def __init__(self, course: Course | None, expert: Knowing) -> None:
        """Use the course that was brought."""
        self._syllabus = Syllabus(course) if course is not None else None
        self._expert = expert

    def propose(self, view: View, context: Mapping[str, Value]) -> Sequence[Action]:
        """Give the next steps of a student, the first one first; none without a course."""
        if self._syllabus is None:
            return ()
        state = view.states.get(EXPERT, Progress())
        limit = context.get("seconds")
        steps = plan(
            self._syllabus,
            self._expert.believed(state),
            view.at.timestamp(),
            memories=plain(state.memories),
            seen=plain(state.seen),
            wishes=_with_goals(state, view),
            seconds=float(limit) if isinstance(limit, float | int) else float("inf"),
            most=CANDIDATES,
        ).steps
        first = {step.item: step for step in reversed(steps)}  # an item may come twice in a plan
        return tuple(
            Action(
                step.item,
                {
                    "why": step.kind,
                    "skill": step.skills[0],
                    "skills": json.dumps(step.skills, ensure_ascii=False),
                    "chance": step.chance,
                    "worth": step.worth,
                    "seconds": step.seconds,
                },
            )
            for step in steps
            if first[step.item] is step
        )


class WithinTime:
    """The planner: the plan's order, as far as today's time goes."""

    def plan(
        self, view: View, candidates: Sequence[Action], budget: float | None
    ) -> Sequence[Action]:
        """Give the candidates that fit one after the other."""
        del view
        left, planned = float("inf") if budget is None else budget, []
        for one in candidates:
            takes = one.features["seconds"]
            left -= takes if isinstance(takes, float | int) else 0.0
            if left < 0.0:
                break
            planned.append(one)
        return planned


def next_item(contents: Contents) -> NextItem:
    """Make the proposer of what was brought."""
    course = contents.get("course")
    return NextItem(course if isinstance(course, Course) else None, progress(contents))


def within_time(contents: Contents) -> WithinTime:
    """Make the planner."""
    del contents
    return WithinTime()


def _with_goals(state: Progress, view: View) -> Wishes:
    """Give what was asked for, with the goals the student stated."""
    return state.wishes._replace(goals=state.wishes.goals | {one.name for one in view.goals})
