"""The pages of the school pack as values, and what their forms teach."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from engines import Clock

from penchant import Accepted, Engine
from penchant.adapters.packs.finding import find_packs
from penchant.adapters.packs.living import live_through
from penchant.adapters.store.memory import MemoryStore
from penchant.pack import (
    Entries,
    Entry,
    Estimates,
    Form,
    FrozenMap,
    HeatMap,
    Page,
    Sheet,
    Signal,
    Value,
    View,
)
from penchant.packs.school.class_page import class_page
from penchant.packs.school.example import SKILLS, STUDENTS, ClassExample
from penchant.packs.school.runs import past_runs, timetable
from penchant.packs.school.student_page import student_page

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AFTER = NOW + timedelta(minutes=1)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """Open an engine on the simulated class; each test changes students of its own."""
    dice = random.Random(7)  # noqa: S311 - dice, no secrets
    (installed,) = find_packs(["school"])
    with Engine(MemoryStore(), clock=Clock(AFTER), dice=dice, packs=[installed]) as made:
        live_through(made, installed, "class", NOW, 24)
        yield made


def student(engine: Engine, person: str) -> Page:
    """Give a student's page."""
    return engine.packs.page("school", "student", person, AFTER).page


def block(page: Page, name: str) -> object:
    """Give a block by its name."""
    return next(one for one in page.blocks if getattr(one, "name", "") == name)


def entries(page: Page, name: str) -> tuple[Entry, ...]:
    """Give the entries of a list."""
    found = block(page, name)
    assert isinstance(found, Entries)
    return found.entries


def rows(page: Page) -> Estimates:
    """Give the map of a student."""
    found = block(page, "map")
    assert isinstance(found, Estimates)
    return found


def press(engine: Engine, page: str, form: Form, person: str, **chosen: str) -> None:
    """Send what a form sends, as a browser would."""
    data = {
        name: str(value) if not isinstance(value, bool) else "yes" if value else "no"
        for name, value in form.data.items()
    }
    signal = engine.packs.formed("school", page, form.signal, form.person or person, data | chosen)
    assert isinstance(engine.observe(signal), Accepted)


def suggestion(engine: Engine, person: str) -> Entry:
    """Give what is suggested for a student on the teacher's page."""
    page = engine.packs.page("school", "class", at=AFTER).page
    return next(one for one in entries(page, "suggestions") if one.forms[0].person == person)


def form(entry: Entry, button: str) -> Form:
    """Give a form by its button."""
    return next(one for one in entry.forms if one.button == button)


def test_an_accepted_suggestion_comes_first(engine: Engine) -> None:
    """What a teacher accepts stays the next task, marked as asked for."""
    offered = suggestion(engine, "gus")
    item = form(offered, "Accept").data["item"]
    press(engine, "class", form(offered, "Accept"), "gus")

    assert suggestion(engine, "gus").mark == "asked for"
    assert entries(student(engine, "gus"), "next")[0].title == f"`{item}`"


def test_a_change_is_obeyed_and_teaches(engine: Engine) -> None:
    """Another task is given at once, and what was leaned to is kept."""
    change = form(suggestion(engine, "hana"), "Give that")
    wanted = change.fields[0].choices[0][0]
    press(engine, "class", change, "hana", instead=wanted)
    state = engine.packs.view("school", "hana", "school.learning", AFTER).states["progress"]

    assert entries(student(engine, "hana"), "next")[0].title == f"`{wanted}`"
    assert state.leaning[-1] == 1.0


def test_what_is_refused_does_not_come_again(engine: Engine) -> None:
    """A refused task is left out of the plan."""
    refuse = form(suggestion(engine, "kai"), "Refuse")
    press(engine, "class", refuse, "kai")

    titles = [one.title for one in entries(student(engine, "kai"), "next")]
    assert f"`{refuse.data['item']}`" not in titles


def test_a_contested_belief_moves_and_answers_outweigh_it(engine: Engine) -> None:
    """A student's word counts like a few answers; more answers bring the belief back."""
    before = next(one for one in rows(student(engine, "rosa")).rows if one.value is not None)
    skill = before.label.strip("`")
    press(engine, "student", before.forms[0], "rosa")
    told = next(one for one in rows(student(engine, "rosa")).rows if one.label == before.label)
    for n in range(24):
        data: dict[str, Value] = {"item": f"{skill} {n % 12 + 1}", "skills": skill}
        data["correct"] = False
        at = NOW + timedelta(seconds=n)
        engine.observe(Signal("school.answered", "rosa", at, data=FrozenMap(data)))
    after = next(one for one in rows(student(engine, "rosa")).rows if one.label == before.label)

    assert before.value is not None
    assert told.value is not None
    assert after.value is not None
    assert told.value > before.value + 0.1
    assert after.value < told.value


def test_a_goal_is_set_and_dropped(engine: Engine) -> None:
    """A goal stands on the page with a way to drop it, which takes as little."""
    another = entries(student(engine, "sami"), "goals")[-1].forms[0]
    skill = another.fields[0].choices[-1][0]
    press(engine, "student", another, "sami", skill=skill)
    goals = entries(student(engine, "sami"), "goals")
    mine = next(one for one in goals if one.title == f"`{skill}`")
    press(engine, "student", mine.forms[0], "sami")

    assert f"`{skill}`" not in [one.title for one in entries(student(engine, "sami"), "goals")]


def test_every_number_opens_to_its_answers(engine: Engine) -> None:
    """Boxes lead to the student's part of the map, and known skills have answers behind them."""
    page = engine.packs.page("school", "class", at=AFTER).page
    seen = block(page, "map")
    assert isinstance(seen, HeatMap)
    for row in seen.rows:
        name = getattr(row.label, "person", "")
        parts = {one.name: one for one in rows(student(engine, name)).rows}
        for box in row.boxes:
            assert box.link is not None
            one = parts[box.link.part]
            assert (box.value is None) == (one.value is None) == (one.evidence is None)
    for name in ("stuck", "groups", "flagged"):
        assert all(one.evidence is not None for one in entries(page, name)), name


def test_who_did_nothing_is_seen_first(engine: Engine) -> None:
    """A student who agreed and answered nothing stands in the table, with no time on task."""
    table = block(engine.packs.page("school", "class", at=AFTER).page, "engagement")
    assert isinstance(table, Sheet)

    assert len(table.rows) == len(STUDENTS)
    assert table.rows[0][1:] == ("none", "0", "none", "0 of 8", "never")
    assert entries(student(engine, "fay"), "next")


def test_reviews_that_are_due_are_listed(engine: Engine) -> None:
    """Skills that were mastered come with when they are due and how likely they are recalled."""
    due = [block(student(engine, name), "reviews") for name in STUDENTS]
    assert any(one.rows and one.rows[0][1] == "now" for one in due if isinstance(one, Sheet))


def test_pages_begin_before_anything_is_there() -> None:
    """Without a course, and without anybody, a page says what is missing."""
    view = View("school.learning", NOW)
    assert "no course yet" in student_page({}).page(view).answer
    assert "no course yet" in class_page({}).page({"ada": view}, NOW).answer
    lived = ClassExample().lived(NOW, np.random.default_rng(1))
    (installed,) = find_packs(["school"])
    with Engine.open(packs=["school"]) as engine:
        engine.packs.bring("school", "course", lived.files[0].content)
        contents = engine.packs.content("school")
    assert installed.pack.pages
    assert "Nobody has answered" in class_page(contents).page({}, NOW).answer
    page = class_page(contents).page({"ada": view}, NOW)
    assert "Nobody is stuck" in page.answer
    assert entries(page, "warning") == ()
    assert "Nothing is known of you yet" in student_page(contents).page(view).answer


def test_the_example_is_the_same_for_everybody() -> None:
    """The same dice give the same class; its answers lie in the past, each student's in order."""
    one, other = (ClassExample().lived(NOW, np.random.default_rng(5)) for _ in range(2))
    assert one == other
    assert {signal.person for signal in one.signals} <= set(STUDENTS)
    assert all(signal.at is not None and signal.at <= NOW for signal in one.signals)
    assert {one.importer for one in one.files} == {
        "course",
        "timetable",
        "past_runs",
        "population",
    }
    assert len(SKILLS) == 10


def test_a_timetable_says_what_is_wrong_with_it() -> None:
    """A day that is no number is left out with its line; without a start nothing is kept."""
    good = b"work,item,day,weight,start\none,a,7,10,2026-10-20\none,b,x,10,\ntwo,c,9,5,\n"
    read = timetable({}).read(good)
    table = read.content["timetable"]

    assert [(one.work, one.day, one.weight) for one in table.due] == [
        ("one", 7.0, 10.0),
        ("two", 9.0, 5.0),
    ]
    assert table.items["one"] == ("a",)
    assert table.start == datetime(2026, 10, 20, tzinfo=UTC).timestamp()
    assert [(one.line, one.field) for one in read.findings] == [(3, "day")]
    bad = timetable({}).read(b"work,item,day\none,a,7\n")
    assert not bad.content
    assert "when the run began" in bad.findings[0].sentence


def test_past_runs_say_what_is_wrong_with_them() -> None:
    """A row without a due day or a result is left out; there must be some of each result."""
    head = "run,student,work,due,weight,day,score,passed\n"
    body = "r,a,one,7,10,6,80,yes\nr,b,one,7,10,,,no\nr,c,one,x,10,,,no\nr,d,one,7,10,,,\n"
    read = past_runs({}).read((head + body).encode())
    past = read.content["past"]

    assert [one.student for one in past.enrolled] == ["a", "b"]
    assert past.at_risk == (0.0, 1.0)
    assert [(one.student, one.score) for one in past.handed] == [("a", 80.0)]
    assert [(one.line, one.field) for one in read.findings] == [(4, "due"), (5, "passed")]
    assert not past_runs({}).read((head + "r,a,one,7,10,6,80,yes\n").encode()).content
