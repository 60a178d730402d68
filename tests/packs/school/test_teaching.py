"""Teaching: the plan keeps prerequisites, band, time and wishes, and says why, twice."""

from collections import Counter
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant import Engine, Moment, Outcome
from penchant.experts.repetition import GOOD, Memory
from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course, Item, Skill
from penchant.packs.school.formats import context_of, delayed_reward, formats_of
from penchant.packs.school.steering import NO_WISHES, Traits, Wishes, leaning_now, overridden
from penchant.packs.school.syllabus import Syllabus
from penchant.packs.school.teaching import USUAL, Pace, Plan, plan, remembers

DAY = 86_400.0
SKILLS = (
    Skill("count"),
    Skill("add", prerequisites=("count",)),
    Skill("times", prerequisites=("add",)),
    Skill("draw"),
)


class Belief(NamedTuple):
    """What a tracer hands in."""

    probability: float
    sd: float = 0.1
    answers: int = 5


def item(skill: str, n: int, seconds: float | None = None) -> Item:
    """Make the n-th item of a skill; from easy to hard."""
    return Item(f"{skill} {n}", (skill,), right=("1",), difficulty=0.5 * (n - 3), seconds=seconds)


COURSE = Course(
    "sums",
    tuple(item(skill.name, n) for skill in SKILLS for n in range(7)),
    SKILLS,
)
SYLLABUS = Syllabus(COURSE)

beliefs = st.dictionaries(
    st.sampled_from([skill.name for skill in SKILLS]),
    st.builds(Belief, st.floats(0.01, 0.99), st.floats(0.01, 0.3), st.integers(0, 50)),
)


def skill_of(given_plan: Plan) -> str:
    """Give the skill of the first step."""
    return given_plan.steps[0].skills[0]


@given(beliefs, st.integers(1, 6))
def test_prerequisites_are_met(known: dict[str, Belief], most: int) -> None:
    """The first step never exercises a skill of which a prerequisite is not known well enough."""
    given_plan = plan(SYLLABUS, known, 0.0, most=most)

    before = COURSE.skill_named[skill_of(given_plan)].prerequisites
    assert all(known.get(n, Belief(0.5)).probability >= USUAL.ready - 1e-9 for n in before)
    assert len({step.item for step in given_plan.steps}) == len(given_plan.steps)


@given(beliefs)
def test_inside_the_band_where_anything_is(known: dict[str, Belief]) -> None:
    """An item outside the band comes only when no open skill has one inside."""
    step = plan(SYLLABUS, known, 0.0).steps[0]
    low, high = USUAL.band
    everywhere = Pace(band=(0.0, 1.0))
    open_skills = [
        skill.name
        for skill in SKILLS
        if all(known.get(n, Belief(0.5)).probability >= USUAL.ready for n in skill.prerequisites)
    ]
    chances = []
    for name in open_skills:
        others = frozenset(skill.name for skill in SKILLS) - {name}
        wishes = NO_WISHES._replace(skipped=others)
        steps = plan(SYLLABUS, known, 0.0, wishes=wishes, most=7, pace=everywhere).steps
        chances += [steps[0].chance] if steps else []

    assert low - 1e-9 <= step.chance <= high + 1e-9 or "Nothing fits you better" in step.for_student
    assert len(chances) == len(open_skills)


def test_what_waits_is_said() -> None:
    """A skill that waits is said with what it waits for, and how far that is."""
    given_plan = plan(SYLLABUS, {"count": Belief(0.9), "add": Belief(0.45)}, 0.0)

    assert given_plan.waiting == ("`times` waits for `add` (mastery 45 %, 60 % needed).",)


def test_the_skill_near_mastery_comes_before_the_far_one() -> None:
    """Of two open skills the one that an item brings further comes first."""
    known = {"count": Belief(0.72), "draw": Belief(0.15)}

    assert skill_of(plan(SYLLABUS, known, 0.0)) == "count"


def test_a_goal_counts() -> None:
    """A goal brings its skill forward, and what it builds on; the student is told."""
    known = {"count": Belief(0.55), "draw": Belief(0.72)}
    wished = NO_WISHES._replace(goals=frozenset({"times"}))

    assert skill_of(plan(SYLLABUS, known, 0.0)) == "draw"
    assert skill_of(plan(SYLLABUS, known, 0.0, wishes=wished)) == "count"
    told = plan(SYLLABUS, known, 0.0, wishes=wished).steps[0]
    assert "nearer to `times`" in told.for_student
    assert "Goals that need it: `times`" in told.for_teacher


def test_a_due_review_comes_first_and_one_that_is_not_rests() -> None:
    """What was mastered rests until it is due; then it comes, and both are told why."""
    known = {"count": Belief(0.85), "add": Belief(0.1), "draw": Belief(0.6)}
    memories = {"count": Memory(3.0, 5.0, 0.0)}

    assert skill_of(plan(SYLLABUS, known, 1 * DAY, memories=memories)) == "draw"
    due = plan(SYLLABUS, known, 10 * DAY, memories=memories).steps[0]
    assert due.kind == "review"
    assert "before it fades" in due.for_student
    assert "is a review" in due.for_teacher


def test_todays_time_is_kept() -> None:
    """Steps fit the time; an item that is too long for what is left is passed over."""
    course = Course("t", (item("count", 1, 300), item("count", 2, 90), item("draw", 3, 90)), SKILLS)

    steps = plan(Syllabus(course), {}, 0.0, seconds=200, most=9).steps

    assert {step.item for step in steps} == {"count 2", "draw 3"}
    assert sum(step.seconds for step in steps) <= 200
    assert plan(Syllabus(course), {}, 0.0, seconds=10).steps == ()


def test_what_was_answered_comes_again_only_when_nothing_else_is_left() -> None:
    """Fresh items of a skill come first; a skill whose items are used up repeats them."""
    only = NO_WISHES._replace(skipped=frozenset({"add", "times", "draw"}))
    seen = {f"count {n}": 0.0 for n in range(7) if n != 4}

    assert plan(SYLLABUS, {}, DAY, seen=seen, wishes=only).steps[0].item == "count 4"
    assert plan(SYLLABUS, {}, DAY, seen={**seen, "count 4": 0.0}, wishes=only).steps


def test_what_is_begun_is_brought_on() -> None:
    """The skill answered last today weighs more than another that is as near."""
    known = {"count": Belief(0.7), "draw": Belief(0.7)}

    assert skill_of(plan(SYLLABUS, known, 60.0, seen={"draw 0": 0.0})) == "draw"
    assert skill_of(plan(SYLLABUS, known, 60.0, seen={"count 0": 0.0})) == "count"


def test_teacher_and_student_may_override() -> None:
    """A pinned item comes first whatever waits; a skipped skill or item does not come."""
    pinned = plan(SYLLABUS, {}, 0.0, wishes=NO_WISHES._replace(pinned=("times 6",))).steps[0]
    skipped = Wishes(skipped=frozenset({"count", "draw 1"}))
    steps = plan(SYLLABUS, {}, 0.0, wishes=skipped, most=20).steps

    assert (pinned.item, pinned.kind) == ("times 6", "asked")
    assert "asked for" in pinned.for_student
    assert "count" not in {skill for step in steps for skill in step.skills}
    assert "draw 1" not in {step.item for step in steps}


def test_an_override_teaches() -> None:
    """Who takes new skills instead of reviews three times is offered one next, and told so."""
    known = {"count": Belief(0.85), "draw": Belief(0.6, 0.2, 0)}
    memories = {"count": Memory(3.0, 5.0, 0.0)}
    review, new = Traits(1.0, 0.0, 0.5), Traits(0.0, 1.0, 0.5)
    wishes = NO_WISHES
    assert skill_of(plan(SYLLABUS, known, 5 * DAY, memories=memories)) == "count"
    for n in range(8):
        wishes = overridden(wishes, review, new, at=5 * DAY + n)

    step = plan(SYLLABUS, known, 5 * DAY, memories=memories, wishes=wishes).steps[0]
    assert step.skills == ("draw",)
    assert "You chose differently before" in step.for_student
    assert "Earlier overrides lean" in step.for_teacher


traits = st.builds(
    Traits, st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0]), st.floats(-1, 1)
)


@given(st.lists(st.tuples(traits, st.none() | traits), max_size=20))
def test_leaning_is_bounded_and_a_sum(overrides: list[tuple[Traits, Traits | None]]) -> None:
    """However often it is overridden, leaning stays within bounds, in any order."""
    one = other = NO_WISHES
    for offered, taken in overrides:
        one = overridden(one, offered, taken, at=1.0)
    for offered, taken in reversed(overrides):
        other = overridden(other, offered, taken, at=1.0)

    assert (np.abs(leaning_now(one)) <= 2).all()
    assert leaning_now(one) == pytest.approx(leaning_now(other))


@given(beliefs, st.integers(1, 10))
def test_every_step_has_two_reasons(known: dict[str, Belief], most: int) -> None:
    """Each step says why to the student and to the teacher, without a word on kinds of learners."""
    for step in plan(SYLLABUS, known, 0.0, most=most).steps:
        assert step.for_student
        assert "mastery" in step.for_teacher
        assert "style" not in step.for_student + step.for_teacher


@given(beliefs)
def test_planning_changes_nothing(known: dict[str, Belief]) -> None:
    """The same arguments give the same plan, and are left as they were."""
    before = dict(known)

    assert plan(SYLLABUS, known, 0.0, most=5) == plan(SYLLABUS, known, 0.0, most=5)
    assert known == before


def test_mastery_goes_over_to_reviews_and_back() -> None:
    """A skill believed mastered is remembered; when belief in it is lost it is learned anew."""
    memories = remembers({}, "add", Belief(0.82), grade=GOOD, at=0.0)
    assert remembers({}, "add", Belief(0.75), grade=GOOD, at=0.0) == {}
    assert remembers(memories, "add", Belief(0.75), grade=1, at=DAY)["add"].at == DAY
    assert remembers(memories, "add", Belief(0.5), grade=1, at=DAY) == {}
    assert memories["add"].at == 0.0


def test_an_empty_course_and_a_course_of_one_skill() -> None:
    """Nothing to teach is an empty plan; ten thousand items on one skill are fine."""
    many = tuple(Item(f"i{n}", ("count",), right=("1",)) for n in range(10_000))
    large = Syllabus(Course("large", many, (Skill("count"),)))

    assert plan(Syllabus(Course("none")), {}, 0.0).steps == ()
    assert plan(large, {}, 0.0).steps[0].skills == ("count",)


def test_examples_and_videos_are_shown_not_planned() -> None:
    """An item that asks nothing is no step."""
    shown = Item("watch", ("count",), format="video")

    assert plan(Syllabus(Course("c", (shown,), SKILLS)), {}, 0.0).steps == ()


def test_formats_are_those_there_are() -> None:
    """A format is offered when the item or its skill has it."""
    problem = Item("p", ("add",), right=("1",), hints=("think",))
    others = (Item("w", ("add",), format="worked example"), Item("v", ("draw",), format="video"))

    found = formats_of(Course("c", (problem, *others)), problem)

    assert [one.name for one in found] == ["problem", "hint first", "worked example"]


@pytest.mark.parametrize(
    ("hours", "skill", "expected"),
    [(1, "add", None), (30, "add", 1.0), (30, "draw", None), (999, "add", None)],
)
def test_only_what_is_there_later_is_rewarded(
    hours: float, skill: str, expected: float | None
) -> None:
    """An answer on the same day, to another skill, or much later, is no reward."""
    later = [
        Answer("ada", "i", (skill,), correct=True, at=hours * 3_600),
        Answer("ada", "i", ("add",), correct=False),
    ]

    assert delayed_reward(0.0, ["add"], later) == expected


def test_the_engine_learns_the_format_by_delayed_answers() -> None:
    """Where examples last longer on new skills (SIMULATED), the moment comes to give them."""
    problem = Item("p", ("add",), right=("1",))
    example = Item("w", ("add",), format="worked example")
    actions = formats_of(Course("c", (problem, example)), problem)
    dice = np.random.default_rng(1)
    chosen: Counter[tuple[bool, str]] = Counter()
    with Engine.open(seed=3) as engine:
        engine.declare(
            Moment(
                "test.format",
                purpose="teaching",
                actions=actions,
                default="problem",
                outcome=Outcome("recalled", window="14d"),
            )
        )
        for n in range(600):
            student, is_new = f"s{n % 30}", n % 2 > 0
            engine.consent(student, "teaching", granted=True, dial=1.0)
            context = context_of(0.3 if is_new else 0.8, 0.1, 0 if is_new else 9, 0.7)
            decision = engine.decide("test.format", person=student, context=context)
            better = decision.action.name == ("worked example" if is_new else "problem")
            correct = bool(dice.random() < (0.85 if better else 0.35))
            answer = Answer(student, "later", ("add",), correct, at=n + 1.5 * DAY)
            reward = delayed_reward(n, problem.skills, [answer])
            assert reward is not None
            engine.learn(decision.id, reward=reward)
            chosen[is_new, decision.action.name] += n >= 300

    assert chosen[True, "worked example"] > 3 * chosen[True, "problem"]
    assert chosen[False, "problem"] > 3 * chosen[False, "worked example"]
