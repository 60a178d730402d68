"""What is kept of one student, and what comes next for them: the school pack put together."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from engines import Clock
from hypothesis import given, settings
from hypothesis import strategies as st

from penchant import Engine, Refused, Signal
from penchant.adapters.packs.finding import at_path, find_packs
from penchant.adapters.store.memory import MemoryStore
from penchant.contract.checking import problems
from penchant.contract.values import encoded, not_a_value
from penchant.pack import FrozenMap, Value, View
from penchant.packs.school.next_item import next_item, within_time
from penchant.packs.school.population import FEWEST
from penchant.packs.school.progress import MOST_ASKED, MOST_SEEN, Progress, progress
from penchant.packs.school.tables import course_from_csv

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "src" / "penchant" / "packs" / "school"
SUMS = (FOLDER / "stories" / "sums.csv").read_bytes()
COURSE = course_from_csv(SUMS)[0]
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
LEARNING = "school.learning"


def signal(kind: str, minutes: float = 0.0, **data: Any) -> Signal:
    """Give a signal of the pack, some minutes after the start."""
    return Signal(f"school.{kind}", at=START + timedelta(minutes=minutes), data=data)


def answered(item: str, minutes: float = 0.0, *, correct: bool = True, **more: Any) -> Signal:
    """Give an answer to an item of the course."""
    skills = json.dumps(COURSE.item_named[item].skills)
    return signal("answered", minutes, item=item, skills=skills, correct=correct, **more)


items = st.sampled_from([item.name for item in COURSE.items])
signals = st.lists(
    st.one_of(
        st.builds(answered, items, st.floats(0, 1e5), correct=st.booleans()),
        st.builds(signal, st.just("hint_asked"), st.floats(0, 1e5), item=items),
        st.builds(signal, st.just("lesson_viewed"), st.floats(0, 1e5), item=items),
        st.builds(signal, st.just("goal_set"), st.floats(0, 1e5), skill=st.just("times")),
        st.builds(signal, st.just("override"), st.floats(0, 1e5), item=items),
        st.builds(signal, st.just("override"), st.floats(0, 1e5), item=items, instead=items),
    ),
    max_size=12,
).map(lambda them: sorted(them, key=lambda one: one.at or START))


@given(signals)
@settings(deadline=None, max_examples=60)
def test_progress_is_a_value_that_a_fold_leads_to(given_signals: list[Signal]) -> None:
    """No signal changes the state before it; the same signals come to the same; reading is free."""
    expert = progress({"course": COURSE})
    state, again = expert.initial(), expert.initial()
    for one in given_signals:
        before = encoded(state)
        after = expert.fold(state, one)
        assert encoded(state) == before
        assert not_a_value(after) == ""
        state, again = after, expert.fold(again, one)
        expert.features(state, START + timedelta(days=100))
        expert.believed(state)

    assert encoded(state) == encoded(again)


@given(signals)
@settings(deadline=None, max_examples=40)
def test_what_comes_next_has_words_and_fits(given_signals: list[Signal]) -> None:
    """Whatever was seen, candidates are items of the course, each once, with a known reason."""
    expert = progress({"course": COURSE})
    state = expert.initial()
    for one in given_signals:
        state = expert.fold(state, one)
    view = View(LEARNING, START + timedelta(days=90), states=FrozenMap({"progress": state}))
    proposed = next_item({"course": COURSE}).propose(view, {})

    names = [one.name for one in proposed]
    assert len(names) == len(set(names))
    assert set(names) <= set(COURSE.item_named)
    assert {one.features["why"] for one in proposed} <= {"new", "practice", "review", "asked"}
    some = within_time({}).plan(view, proposed, 45.0)
    lengths = [one.features["seconds"] for one in some]
    assert sum(one for one in lengths if isinstance(one, float | int)) <= 45.0
    assert [one.name for one in some] == names[: len(some)]


def test_without_a_course_nothing_is_proposed() -> None:
    """There is nothing to propose."""
    assert next_item({}).propose(View(LEARNING, START), {}) == ()


def test_memory_is_bounded() -> None:
    """Whatever a student does."""
    expert = progress({})
    state = expert.initial()
    for n in range(MOST_SEEN + 20):
        state = expert.fold(state, signal("lesson_viewed", n, item=f"i{n}"))
    for n in range(MOST_ASKED + 20):
        state = expert.fold(state, signal("override", 2_000 + n, item=f"i{n}", instead=f"j{n}"))
        state = expert.fold(state, signal("override", 2_000 + n, item=f"i{n}"))
        state = expert.fold(state, signal("goal_set", 2_000 + n, skill=f"s{n}"))

    assert len(state.seen) == MOST_SEEN
    assert len(state.pinned) == len(state.skipped) == len(state.goals) == MOST_ASKED


def test_an_override_is_obeyed_and_leaned_to() -> None:
    """What was taken instead comes first, what was refused is left out, and the rest leans."""
    expert = progress({"course": COURSE})
    state = expert.fold(expert.initial(), answered("1+1"))
    state = expert.fold(state, signal("override", 1, item="2+3", instead="4*5", by="student"))
    state = expert.fold(state, signal("override", 2, item="4+4", by="teacher"))

    assert state.pinned == ("4*5",)
    assert state.skipped == ("4+4",)
    assert any(state.leaning)
    assert expert.fold(state, answered("4*5", 3)).pinned == ()


def test_what_is_asked_for_first_is_a_goal_too() -> None:
    """Goals of a student count, said to the pack or to the engine."""
    state = progress({}).fold(Progress(), signal("goal_set", skill="times"))

    assert state.wishes.goals == {"times"}


@pytest.fixture
def engine() -> Engine:
    """Give an engine with the school pack, a course and a student who agreed."""
    clock = Clock(START)
    engine = Engine(MemoryStore(), clock=clock, packs=find_packs(["school"]))
    engine.consent("ada", LEARNING)
    assert engine.packs.bring("school", "course", SUMS).content == ("course",)
    return engine


def test_a_population_makes_the_tracer_believe(engine: Engine) -> None:
    """With answers of many, what a student knows is what the tracer says of it."""
    rows = [
        f"s{n},{item.name},{item.skills[0]},{'yes' if (n + m) % 3 else 'no'}"
        for n in range(40)
        for m, item in enumerate(COURSE.items)
    ]
    few = engine.packs.bring("school", "population", b"student,item,skills,correct\na,1+1,add,yes")
    assert few.findings[-1].sentence == f"1 answers are too few; bring at least {FEWEST}."
    text = "student,item,skills,correct\n" + "\n".join(rows)
    assert engine.packs.bring("school", "population", text.encode()).content == ("tracer",)
    for n, item in enumerate(("1+1", "2+3", "4+4")):
        one = answered(item, correct=bool(n))
        assert engine.observe(Signal(one.kind, "ada", START, one.data))
    view = engine.packs.view("school", "ada", LEARNING)
    state = view.states["progress"]
    believed = progress(engine.packs.content("school")).believed(state)

    assert state.tracing
    assert believed["add"].answers == 3
    assert 0.0 < believed["add"].probability < 1.0
    assert engine.packs.plan("school.next_item", "ada")
    assert not engine.packs.faults


def test_no_emotion_gets_in(engine: Engine) -> None:
    """Neither as a kind of its own, nor as a field, nor as a trait; whoever says it."""
    given: tuple[tuple[Signal, str | None], ...] = (
        (Signal("school.mood_seen", "ada", data={"mood": "sad"}), None),
        (Signal("school.answered", "ada", data={"frustration": 0.9}), None),
        (Signal("trait.stated", "ada", data={"mood": "sad"}), LEARNING),
        (Signal("camera.emotion_read", "ada", data={"joy": 0.1}), LEARNING),
    )
    for one, purpose in given:
        answer = engine.observe(one, purpose=purpose)
        assert isinstance(answer, Refused), one


def test_the_school_pack_names_no_emotion_and_may_be_used() -> None:
    """As it is declared, nothing stands against it; it is for minors, and at school."""
    installed, against = at_path(FOLDER)

    assert against == ()
    assert problems(installed.pack) == ()
    assert (installed.pack.about.domain, installed.pack.about.minors) == ("education", True)


def test_the_format_is_rewarded_by_what_is_right_later() -> None:
    """Right at once teaches nothing; right at the same skills half a day later does."""
    clock = Clock(START)
    engine = Engine(MemoryStore(), clock=clock, packs=find_packs(["school"]))
    engine.consent("ada", LEARNING)
    skills = json.dumps(["add"])
    engine.decide("school.format", person="ada", context={"skills": skills})
    data: dict[str, Value] = {"item": "1+1", "skills": skills, "correct": True}
    clock.forward(hours=1)
    assert engine.observe(Signal("school.answered", "ada", data=data))
    assert '"reward"' not in engine.export("ada", population=False)
    clock.forward(hours=12)
    assert engine.observe(Signal("school.answered", "ada", data={**data, "skills": "times"}))
    assert '"reward"' not in engine.export("ada", population=False)
    assert engine.observe(Signal("school.answered", "ada", data=data))

    assert '"reward":1.0' in engine.export("ada", population=False)
