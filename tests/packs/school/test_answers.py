"""Answers row by row: what is wrong is left out and said, what is odd is only said."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.packs.school.answers import Answer, Session, checked_answers
from penchant.packs.school.course import Course, Item, Place, Skill
from penchant.packs.school.odd_answers import odd_answers

COURSE = Course(
    "sums",
    (Item("2+2", ("add",), right=("4",)), Item("3-1", ("minus",), right=("2",))),
    (Skill("add"), Skill("minus")),
)
GOOD = ("ada", "2+2", ("add",), True, 100.0)

WRONG = (
    (("ada", "2+2"), "broken row", ""),
    (("ada", "2+2", "add", 1), "broken skills", "skills"),
    ((" ", "2+2", ("add",), 1), "no student", "student"),
    ((3, "2+2", ("add",), 1), "no student", "student"),
    (("ada", "", ("add",), 1), "no item", "item"),
    (("ada", "2+2", ("add",), None), "empty answer", "correct"),
    (("ada", "2+2", ("add",), ""), "empty answer", "correct"),
    (("ada", "2+2", ("add",), 0.5), "not right or wrong", "correct"),
    (("ada", "2+2", ("add",), 1, float("nan")), "not a time", "at"),
    (("ada", "2+2", ("add",), 1, 1e18), "not a time", "at"),
    (("ada", "2+2", ("add",), 1, "noon"), "not a time", "at"),
    (("ada", "2+2", ("add",), 1, None, float("inf")), "not a number", "seconds"),
    (("ada", "9*9", ("add",), 1), "unknown item", "item"),
    (("ada", "2+2", ("cooking",), 1), "unknown skill", "skills"),
    (("ada", "2+2", ("add",), 1, 9_999.0), "answer in the future", "at"),
    (GOOD, "duplicate answer", "at"),
)


@pytest.mark.parametrize(("row", "rule", "field"), WRONG)
def test_wrong_row_is_left_out_with_its_line(
    row: tuple[object, ...], rule: str, field: str
) -> None:
    """A wrong row is said with file, line and field; the rows around it stand."""
    rows = [GOOD, row, ("ben", "3-1", (), 0, 200.0)]
    places = [Place("answers.csv", line) for line in (2, 3, 4)]

    answers, findings = checked_answers(rows, COURSE, places=places, now=1_000.0)

    assert [answer.student for answer in answers] == ["ada", "ben"]
    assert [(f.rule, f.source, f.line, f.field, f.left_out) for f in findings] == [
        (rule, "answers.csv", 3, field, True)
    ]


def test_skills_come_from_the_item() -> None:
    """An answer that names no skill exercises its item's; without a course it is left out."""
    row = ("ada", "3-1", (), 1)

    assert checked_answers([row], COURSE)[0][0].skills == ("minus",)
    assert [f.rule for f in checked_answers([row])[1]] == ["no skill"]


def test_answer_after_the_session() -> None:
    """What comes after a session was closed, or before it was opened, does not count."""
    sessions = {"mon": Session(100.0, 200.0), "open": Session()}
    told = [("mon", 150.0), ("mon", 200.5), ("mon", 99.0), ("open", 500.0), ("other", 600.0)]
    rows = [Answer(*GOOD[:4], at, session=session) for session, at in told]

    answers, findings = checked_answers(rows, COURSE, sessions=sessions)

    assert [answer.at for answer in answers] == [150.0, 500.0, 600.0]
    assert [f.rule for f in findings] == ["answer after the session", "answer before the session"]


def test_clock_going_backwards_is_said_and_not_used() -> None:
    """A time before the one before it is dropped, the answer is kept in its place."""
    times = [100.0, 160.0, 40.0, 170.0]
    rows = [("ada", "2+2", ("add",), True, at) for at in times]

    answers, findings = checked_answers(rows, COURSE)

    assert [answer.at for answer in answers] == [100.0, 160.0, None, 170.0]
    assert [(f.rule, f.line, f.field, f.left_out) for f in findings] == [
        ("clock went back", 3, "at", False)
    ]
    assert "120 s" in findings[0].sentence


def test_clocks_are_each_students_own() -> None:
    """Rows of two students may be mixed in any way."""
    rows = [("ada", "2+2", ("add",), 1, 100.0), ("ben", "2+2", ("add",), 1, 50.0)]

    assert checked_answers(rows)[1] == ()


def test_duplicates_by_id_and_by_what_they_say() -> None:
    """The same id, or the same answer at the same time, counts once; untimed it may be two."""
    again = Answer("ada", "2+2", ("add",), correct=True, id="x1")
    rows = [again, again, GOOD, GOOD, GOOD[:4], GOOD[:4]]

    answers, findings = checked_answers(rows, COURSE)

    assert len(answers) == 4
    assert [(f.rule, f.field) for f in findings] == [
        ("duplicate answer", "id"),
        ("duplicate answer", "at"),
    ]


def test_negative_time_taken() -> None:
    """An answer that took less than nothing is kept without its length."""
    answers, findings = checked_answers([(*GOOD, -3.0)])

    assert answers[0].seconds is None
    assert [(f.rule, f.left_out) for f in findings] == [("negative time taken", False)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ada", "ben", ""]),
            st.sampled_from(["2+2", "3-1", "9*9"]),
            st.just(()),
            st.sampled_from([0, 1, None, 7]),
            st.none() | st.floats(),
        )
    )
)
def test_every_row_stands_or_is_said(rows: list[tuple[object, ...]]) -> None:
    """Each row is an answer or a finding that left it out, and what stands is found sound again."""
    answers, findings = checked_answers(rows, COURSE)

    assert len(answers) + sum(f.left_out for f in findings) == len(rows)
    assert checked_answers(answers, COURSE) == (answers, ())
    assert checked_answers(rows, COURSE) == (answers, findings)
    assert len({answer.id for answer in answers}) == len(answers)


def test_untimed_answers_of_two_files_have_two_ids() -> None:
    """A row without a time is another answer in another file, and the same one in the same file."""
    ids = [checked_answers([GOOD[:4]], batch=batch)[0][0].id for batch in ("mon", "tue", "mon")]

    assert ids[0] == ids[2] != ids[1]


def given_by(student: str, correct: list[int], choice: str = "") -> list[Answer]:
    """Make answers of one student to items i0, i1 and so on."""
    return [
        Answer(student, f"i{n % 10}", ("add",), bool(one), None, None, choice, "", f"{student}{n}")
        for n, one in enumerate(correct)
    ]


def a_class(dice: random.Random, students: int = 20, answers: int = 40) -> list[Answer]:
    """Make a simulated class that answers by chance, two in three right."""
    return [
        answer._replace(response=dice.choice("ABCD"))
        for student in range(students)
        for answer in given_by(f"s{student}", [dice.random() < 0.67 for _ in range(answers)])
    ]


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_odd_about_chance(seed: int) -> None:
    """In simulated classes that answer by chance nothing is called odd."""
    assert odd_answers(a_class(random.Random(seed))) == ()  # noqa: S311 - a simulation


@pytest.mark.parametrize(("correct", "rule"), [(True, "all right"), (False, "all wrong")])
def test_one_sided_items(correct: bool, rule: str) -> None:  # noqa: FBT001
    """An item that all get right, or all wrong, is said once it has twenty answers."""
    rows = [Answer(f"s{n}", "same", ("add",), correct, id=f"a{n}") for n in range(20)]

    found = odd_answers(rows)

    assert [(f.rule, f.source, f.left_out) for f in found] == [(rule, "a0", False)]
    assert odd_answers(rows[:19]) == ()


def test_student_who_always_answers_a() -> None:
    """One choice throughout is said, with more than one meaning; the answers stay."""
    dice = random.Random(0)  # noqa: S311 - a simulation
    rows = a_class(dice) + given_by("zoe", [dice.random() < 0.25 for _ in range(30)], "A")

    found = odd_answers(rows)

    assert [(f.rule, f.source) for f in found] == [("always one choice", "zoe0")]


def test_one_choice_that_is_right_is_nothing_odd() -> None:
    """Who takes one choice throughout and is right throughout just knows it."""
    dice = random.Random(3)  # noqa: S311 - a simulation
    rows = a_class(dice) + given_by("zoe", [1] * 30, "A")

    assert [f.rule for f in odd_answers(rows)] == []


def test_same_place_counts_where_choices_are_known() -> None:
    """The first choice of every item is one place, whatever it reads."""
    items = tuple(
        Item(f"i{n}", ("add",), choices=(f"x{n}", f"y{n}", f"z{n}"), right=(f"y{n}",))
        for n in range(10)
    )
    course = Course("c", items, (Skill("add"),))
    dice = random.Random(1)  # noqa: S311 - a simulation
    first = [one._replace(response=f"x{one.item[1:]}") for one in given_by("zoe", [0, 1] * 15)]
    others = [
        one._replace(response=dice.choice("xyz") + one.item[1:])
        for student in range(10)
        for one in given_by(f"s{student}", [dice.random() < 0.5 for _ in range(20)])
    ]

    assert [f.rule for f in odd_answers(first + others, course)] == ["always one choice"]


def test_two_people_on_one_account() -> None:
    """A sudden jump is said with what it may be, at the first answer after it."""
    dice = random.Random(2)  # noqa: S311 - a simulation
    rows = a_class(dice) + given_by("zoe", [0] * 25 + [1] * 25)

    found = odd_answers(rows)

    assert [(f.rule, f.source, f.left_out) for f in found] == [("sudden jump", "zoe25", False)]
    assert "It may be another person" in found[0].sentence


def test_ten_thousand_items_on_one_skill_are_answered() -> None:
    """Ten thousand items of one skill, one answer each, are checked and nothing is odd."""
    rows = [(f"s{n % 7}", f"i{n}", ("add",), n % 3 > 0, float(n)) for n in range(10_000)]

    answers, findings = checked_answers(rows)

    assert (len(answers), findings) == (10_000, ())
    assert odd_answers(answers) == ()
