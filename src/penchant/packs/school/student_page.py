"""The student's page: what comes next and why, the map of skills, reviews, goals.

Place: a page of the pack (`pack.toml`), made of one view. Said to the student.
Rule 1: what is believed can be contested beside it, by one press.
Rule 2: no word on how somebody is, only on what was answered.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from penchant.pack import (
    Contents,
    Entries,
    Entry,
    Estimate,
    Estimates,
    Field,
    Form,
    FrozenMap,
    Mastery,
    Page,
    Sheet,
    View,
    due_at,
    recalled,
)
from penchant.packs.school.answers import Answer
from penchant.packs.school.seeing import (
    Desk,
    answers_in,
    ends,
    evidence_of,
    part_of,
    per_cent,
    said_of,
)
from penchant.packs.school.teaching import USUAL, Plan

__all__ = ["StudentPage", "student_page"]

AHEAD = 4
LATEST = 20  # answers in the list at the end
WEEK = 7 * 86_400.0
BY = "student"


class StudentPage:
    """The page."""

    def __init__(self, desk: Desk) -> None:
        """Use the course that was brought."""
        self._desk = desk

    def page(self, view: View) -> Page:
        """Give the page of one student."""
        if not self._desk.course.items:
            return Page("There is no course yet. Once one is brought, your next step stands here.")
        known = self._desk.believed(view)
        planned = self._desk.plan(view, known, AHEAD)
        answers = answers_in(view)
        return Page(
            self._answer(known, planned),
            (
                self._next(planned, answers),
                self._map(known, planned, answers),
                self._reviews(view),
                self._goals(view, known),
                _all(answers),
            ),
        )

    def _answer(self, known: Mapping[str, Mastery], planned: Plan) -> str:
        sure = sum(one.probability >= USUAL.mastered for one in known.values())
        reached = f"You know {sure} of {len(self._desk.course.skills)} skills."
        if not known:
            reached = "Nothing is known of you yet; that changes with your first answers."
        if not planned.steps:
            return f"{reached} There is nothing to do right now."
        return f"{reached} Next comes `{planned.steps[0].item}`."

    def _next(self, planned: Plan, answers: tuple[Answer, ...]) -> Entries:
        entries = []
        for place, step in enumerate(planned.steps):
            others = [one.item for one in planned.steps if one.item != step.item]
            mine = [one for one in answers if set(one.skills) & set(step.skills)]
            entries.append(
                Entry(
                    f"`{step.item}`",
                    (step.for_student,),
                    mark="now" if place == 0 else "then",
                    evidence=evidence_of(mine) if place == 0 else None,
                    forms=_instead(step.item, others) if place == 0 else (),
                )
            )
        return Entries(
            "next",
            "Next step",
            "Made anew after each answer. You may always do something else, and that counts.",
            tuple(entries[:3]),
            "Nothing fits right now: what you know rests until it is due.",
        )

    def _map(
        self, known: Mapping[str, Mastery], planned: Plan, answers: tuple[Answer, ...]
    ) -> Estimates:
        waits = {line.split("`")[1]: line.split("` ", 1)[1] for line in planned.waiting}
        rows = []
        for skill in self._desk.course.skills:
            one = known.get(skill.name)
            mine = [answer for answer in answers if skill.name in answer.skills]
            low, high = ends(one) if one else (0.0, 1.0)
            rows.append(
                Estimate(
                    f"`{skill.name}`",
                    said_of(one) if one else "nothing known",
                    one.probability if one else None,
                    low,
                    high,
                    note=waits.get(skill.name, "").capitalize(),
                    evidence=evidence_of(mine, of=one.answers if one else None),
                    forms=_contest(skill.name),
                    name=part_of(self._desk.course, skill.name),
                )
            )
        return Estimates(
            "map",
            "My map",
            "How likely you get a task of each skill right, and where that lies with 95 % "
            "certainty. Not so? Say what is; it counts like a few answers, and answers outweigh "
            "it in time.",
            tuple(rows),
        )

    def _reviews(self, view: View) -> Sheet:
        now = view.at.timestamp()
        memories = sorted(self._desk.state(view).memories.items(), key=lambda one: due_at(one[1]))
        return Sheet(
            "reviews",
            "Reviews",
            "What you knew and may be about to lose. A short look at the right time keeps it.",
            ("Skill", "Due", "Chance that you recall it", "Last looked at"),
            tuple(
                (
                    f"`{skill}`",
                    "now" if due_at(one) <= now else datetime.fromtimestamp(due_at(one), UTC),
                    per_cent(recalled(one, now)),
                    datetime.fromtimestamp(one.at, UTC),
                )
                for skill, one in memories
                if due_at(one) <= now + WEEK
            ),
            empty="Nothing is due this week. What you come to know well is reviewed here in time.",
        )

    def _goals(self, view: View, known: Mapping[str, Mastery]) -> Entries:
        goals = self._desk.state(view).goals
        names = [one.name for one in self._desk.course.skills]
        entries = [
            Entry(
                f"`{goal}`",
                (_towards(known.get(goal)),),
                forms=(_goal("Drop", FrozenMap({"skill": goal, "wanted": False, "by": BY})),),
            )
            for goal in goals
        ]
        open_to = tuple((name, name) for name in names if name not in goals)
        if open_to:
            asked = (Field("skill", "Skill", open_to),)
            form = _goal("Set as a goal", FrozenMap({"wanted": True, "by": BY}), asked)
            entries.append(
                Entry("Another goal", ("It and what it builds on come first.",), forms=(form,))
            )
        return Entries(
            "goals", "Goals", "What you want to reach weighs more in the plan.", tuple(entries)
        )


def student_page(contents: Contents) -> StudentPage:
    """Make the page of what was brought."""
    return StudentPage(Desk(contents))


def _instead(item: str, others: list[str]) -> tuple[Form, ...]:
    data = FrozenMap({"item": item, "by": BY})
    choices = (Field("instead", "Rather", tuple((one, one) for one in others)),)
    change = (Form("school.override", "Take that", data, choices),) if others else ()
    return (*change, Form("school.override", "Leave it out", data))


def _contest(skill: str) -> tuple[Form, ...]:
    return tuple(
        Form("school.contested", word, FrozenMap({"skill": skill, "knows": knows, "by": BY}))
        for word, knows in (("I know this", True), ("I do not", False))
    )


def _goal(button: str, data: FrozenMap[str | bool], fields: tuple[Field, ...] = ()) -> Form:
    return Form("school.goal_set", button, data, fields)


def _towards(known: Mastery | None) -> str:
    goal = per_cent(USUAL.mastered)
    if known is None:
        return f"Nothing is known of it yet; it counts as reached at {goal}."
    if known.probability >= USUAL.mastered:
        return f"Reached: {said_of(known)}, {goal} is needed."
    return f"You are at {said_of(known)}; it counts as reached at {goal}."


def _all(answers: tuple[Answer, ...]) -> Sheet:
    found = evidence_of(answers)
    if found is None:
        return Sheet("answers", "Answers", "", (), (), empty="No answer of yours is here yet.")
    said = f"The latest {min(len(answers), LATEST)} of {len(answers)}, the last one first."
    return Sheet(
        "answers",
        "Answers",
        f"{said} All of them stand behind the skills above.",
        found.columns,
        found.rows[:LATEST],
    )
