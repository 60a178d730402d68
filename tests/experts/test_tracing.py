"""The tracer on SIMULATED students: what it predicts, what it takes in, what it refuses."""

import pickle
from datetime import UTC, datetime

import numpy as np
import pytest
from experts.traced import answers, tracer

from penchant.pack import BadInput, BadNumber, BadTime
from penchant.packs.school import Tracer


def test_it_predicts_better_than_the_share_of_right_answers() -> None:
    """On SIMULATED students nobody has seen, log loss is below that of one number for all."""
    rows = answers(60, 25, seed=5)
    students, *columns = map(list, zip(*rows, strict=True))
    told = tracer().follow([f"new {student}" for student in students], *columns)
    right = np.array([row[3] for row in rows], dtype=float)

    lost = -np.log(np.where(right == 1, told, 1 - told)).mean()
    usual = -np.log(np.where(right == 1, right.mean(), 1 - right.mean())).mean()
    assert lost < usual - 0.03


def test_right_answers_raise_and_wrong_ones_lower() -> None:
    """Ten right answers leave a higher chance than ten wrong ones, also for a skill not asked."""
    for name, is_right in (("strong", True), ("weak", False)):
        tracer().forget(name)
        for nth in range(10):
            tracer().answer(name, f"i{nth}", (f"k{nth % 3}",), is_right)

    assert tracer().predict("strong", "i5", ("k2",)) > tracer().predict("weak", "i5", ("k2",)) + 0.2
    assert 0 < tracer().predict("weak", None, ("unheard of",)) < 1


def test_a_newcomer_is_usual() -> None:
    """Who is not known gets the chance that the difficulty says, the same for all newcomers."""
    assert tracer().predict("a", "i1", ("k1",)) == tracer().predict("b", "i1", ("k1",))
    assert dict(tracer().mastery("nobody")) == {}


def test_a_fit_keeps_no_student() -> None:
    """A student of the population is a newcomer after the fit."""
    assert tracer().state("s0") == tracer().state("nobody")


def test_without_answers_it_starts_from_one_half() -> None:
    """A tracer fitted to nothing still answers, and learns nothing it could say."""
    empty = Tracer.fit([])
    empty.answer("ada", "i", ("k",), correct=True)

    assert empty.predict("ada", "i", ("k",)) == pytest.approx(0.5)
    assert empty.predict_many([], [], []).shape == (0,)
    empty.answer_many([], [], [], [])


def test_one_student_is_population_enough() -> None:
    """A population of one student fits and predicts."""
    alone = Tracer.fit(answers(1, 12))

    assert 0 < alone.predict("ada", "i1", ("k1",)) < 1


@pytest.mark.parametrize("is_right", [True, False])
def test_all_right_or_all_wrong(*, is_right: bool) -> None:
    """Where every answer of the population went one way, chances lean there and stay inside."""
    one_way = Tracer.fit([(s, i, k, is_right, at) for s, i, k, _, at in answers(20, 10)])
    chance = one_way.predict("ada", "i1", ("k1",))

    assert 0 < chance < 1
    assert (chance > 0.9) == is_right


def test_an_item_all_got_right_and_one_all_got_wrong() -> None:
    """An item with one kind of answer only has a difficulty that is finite, and the right way."""
    same = {"i1": True, "i2": False}
    odd = Tracer.fit([(s, i, k, same.get(str(i), y)) for s, i, k, y, _ in answers(40, 25)])
    easy, hard = odd.predict("ada", "i1", ("k1",)), odd.predict("ada", "i2", ("k2",))

    assert 0 < hard < 0.4
    assert 0.6 < easy < 1


def test_a_student_who_always_answers_a() -> None:
    """Right on one item of four, whatever is asked: the chance goes to about that share."""
    tracer().forget("always a")
    for nth in range(200):
        tracer().answer("always a", f"i{nth % 12}", (f"k{nth % 3}",), nth % 4 == 0)
    chances = [tracer().predict("always a", f"i{n}", (f"k{n % 3}",)) for n in range(12)]

    assert 0.05 < float(np.mean(chances)) < 0.5


def test_duplicates_count_as_answers() -> None:
    """The same answer twice is two answers: nothing breaks, and mastery counts both."""
    tracer().forget("twice")
    for _ in range(2):
        tracer().answer("twice", "i1", ("k1",), True, 5.0)  # noqa: FBT003 - as callers write it

    assert tracer().mastery("twice")["k1"].answers == 2


def test_a_clock_that_runs_backwards_stands_still() -> None:
    """An earlier time after a later one is as good as the later one."""
    timed = tracer(has_times=True)
    for name, times in (("back", (1000.0, 500.0)), ("still", (1000.0, 1000.0))):
        timed.forget(name)
        for at in times:
            timed.answer(name, "i1", ("k1",), True, at)  # noqa: FBT003 - as callers write it

    assert timed.state("back") == timed.state("still")
    assert timed.predict("back", "i1", ("k1",), 200.0) == timed.predict("back", "i1", ("k1",), 1000)


def test_what_was_known_fades() -> None:
    """With times, an answer a year ago says something else than one a minute ago."""
    timed = tracer(has_times=True)
    timed.forget("long ago")
    for nth in range(6):
        timed.answer("long ago", f"i{3 + nth % 3 * 3}", ("k0",), True, 60.0 * nth)  # noqa: FBT003

    soon, late = (timed.predict("long ago", "i3", ("k0",), at) for at in (400.0, 3.2e7))
    assert soon != late


def test_a_time_that_is_not_known() -> None:
    """In a population with times an answer without one follows at once."""
    timed = tracer(has_times=True)
    timed.forget("no clock")
    timed.answer("no clock", "i1", ("k1",), True)  # noqa: FBT003 - as callers write it
    timed.answer("no clock", "i2", ("k2",), False, datetime(2026, 1, 5, tzinfo=UTC))  # noqa: FBT003

    assert 0 < timed.predict("no clock", "i1", ("k1",)) < 1


def test_times_that_never_differ_are_no_times() -> None:
    """One time on all rows says nothing, so it changes nothing."""
    rows = answers(20, 10)
    zeros = Tracer.fit([(*row[:4], 0.0) for row in rows])

    assert zeros.predict("ada", "i1", ("k1",), 0.0) == Tracer.fit(rows).predict(
        "ada", "i1", ("k1",)
    )


def test_items_that_are_the_skills_are_no_items() -> None:
    """Where the item only says the skill again, the tracer is the one without items."""
    rows = [(s, None, k[:1], y, at) for s, _, k, y, at in answers(20, 10)]
    again = Tracer.fit([(s, k[0], k, y, at) for s, _, k, y, at in rows])

    assert again.predict("ada", "k1", ("k1",)) == Tracer.fit(rows).predict("ada", None, ("k1",))


def test_a_new_set_of_known_skills_is_as_hard_as_they_are() -> None:
    """Two skills never asked together lie between the two."""
    one, both, other = (
        tracer().predict("nobody", None, skills) for skills in (("k1",), ("k1", "k2"), ("k2",))
    )

    assert min(one, other) - 0.1 < both < max(one, other) + 0.1


def test_skills_are_a_set_however_they_are_given() -> None:
    """Order, repeats and the kind of sequence do not matter; one skill may stand alone."""
    told = [("k0", "k1"), ["k1", "k0"], ("k1", "k0", "k0")]

    assert len({tracer().predict("nobody", "i0", skills) for skills in told}) == 1
    assert tracer().predict("nobody", "i1", "k1") == tracer().predict("nobody", "i1", ["k1"])


def test_ten_thousand_items_on_one_skill() -> None:
    """So many items fit, and one that was not among them is predicted from its skill."""
    many = Tracer.fit([(f"s{n % 50}", f"i{n}", ("k",), n % 3 > 0) for n in range(10_000)])

    assert 0.4 < many.predict("ada", "i10001", ("k",)) < 0.9


@pytest.mark.parametrize("wrong", [None, "", "yes", 2, 0.5, float("nan"), ()])
def test_an_empty_answer_is_refused(wrong: object) -> None:
    """What is neither right nor wrong is an error that names the field, and nothing is kept."""
    before = tracer().state("empty")
    with pytest.raises(BadInput, match="`correct`"):
        tracer().answer("empty", "i1", ("k1",), wrong)
    with pytest.raises(BadInput, match="`correct`"):
        tracer().answer_many(["empty", "empty"], None, ["k1", "k1"], [True, wrong])

    assert tracer().state("empty") == before


@pytest.mark.parametrize("skills", [(), "", ("",), ("k1", "")])
def test_an_answer_without_a_skill_is_refused(skills: tuple[str, ...] | str) -> None:
    """At least one skill with a name is needed."""
    with pytest.raises(BadInput, match="no skill"):
        tracer().predict("ada", "i1", skills)


def test_skills_that_are_no_names_are_refused() -> None:
    """A number is no sequence of names."""
    with pytest.raises(BadInput, match="`skills`"):
        tracer().predict("ada", "i1", 7)  # type: ignore[arg-type]


def test_a_tracer_can_be_kept() -> None:
    """What was fitted and folded goes through pickle, for a file or another process."""
    tracer().answer("kept", "i1", ("k1",), correct=True)
    again = pickle.loads(pickle.dumps(tracer()))  # noqa: S301 - written a moment ago

    assert again.predict("kept", "i2", ("k2",)) == tracer().predict("kept", "i2", ("k2",))


def test_times_that_cannot_be_are_refused() -> None:
    """No zone, no number, no finite number: each says what to send."""
    with pytest.raises(BadTime, match="time zone"):
        tracer().predict("ada", "i1", ("k1",), datetime(2026, 1, 1))  # noqa: DTZ001 - the point
    for at in (float("nan"), float("inf"), 1e300):
        with pytest.raises(BadNumber, match="`at`"):
            tracer().predict("ada", "i1", ("k1",), at)


WRONG = [("s", "i", ("k",)), ("s", "i", ("k",), None), ("s", "i", 7, True), 7, ("s", "i", (), True)]


@pytest.mark.parametrize("row", WRONG)
def test_a_row_that_is_no_answer_is_named(row: object) -> None:
    """A fit says which row is wrong."""
    good = [("s", "i", ("k",), True)]
    with pytest.raises(BadInput):
        Tracer.fit([*good, row])  # type: ignore[list-item]


def test_columns_of_different_lengths_are_refused() -> None:
    """A batch says how long each column is."""
    with pytest.raises(BadInput, match="`skills` 1"):
        tracer().predict_many(["ada", "ben"], None, ["k1"])


def test_bytes_that_are_no_state_are_refused() -> None:
    """A state of another tracer, or a cut one, does not come in."""
    for wrong in (b"", b"short", tracer().state("nobody")[:-4], tracer(has_times=True).state("x")):
        with pytest.raises(BadInput, match="does not fit"):
            tracer().restore("ada", wrong)


def test_mastery_grows_surer() -> None:
    """After more answers to a skill its uncertainty is smaller, in log-odds."""
    tracer().forget("surer")
    unsure = []
    for nth in range(12):
        tracer().answer("surer", "i1", ("k1",), nth % 2 == 0)
        believed = tracer().mastery("surer")["k1"]
        unsure.append(believed.sd / (believed.probability * (1 - believed.probability)))

    assert unsure == sorted(unsure, reverse=True)
    assert unsure[-1] < 0.7 * unsure[0]


def test_a_state_is_small() -> None:
    """A hundred answers to all items of a population take less than 3 kB."""
    tracer().forget("small")
    for nth in range(100):
        tracer().answer("small", f"i{nth % 12}", (f"k{nth % 3}",), nth % 2)

    assert len(tracer().state("small")) < 3000
