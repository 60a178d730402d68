"""The early warning: nothing of the future, nothing of who somebody is, and reasons that add up."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.pack import BadInput
from penchant.packs.school.flags import out_of_fold, precision_at, warned
from penchant.packs.school.oulad import early_warning
from penchant.packs.school.standing import (
    SEEN,
    Due,
    Enrolled,
    Handed,
    Standing,
    pieces_of,
    standing,
)
from penchant.packs.school.warning import EarlyWarning, Why, fit_warning

DUE = (Due("a1", "one", 10, 20.0), Due("a1", "two", 40, 30.0), Due("a1", "late", 200, 50.0))
CAME = (
    Handed("ada", "a1", "one", 8, 80.0),
    Handed("ben", "a1", "one", 15, 40.0),
    Handed("ada", "a1", "two", 41, 60.0),
    Handed("cy", "a1", "one", 5, float("nan"), carried=True),
)
ROWS = tuple(Enrolled(name, "a", "a1", (1.0,)) for name in ("ada", "ben", "cy", "dee"))


def at(day: float, name: str) -> list[float]:
    """Give a feature of ada, ben, cy and dee on a day."""
    table = standing(ROWS, DUE, CAME, day, ("attempts",))
    return [float(x) for x in table.values[:, table.names.index(name)]]


def test_standing_on_a_day() -> None:
    """What is due and what came by that day is counted; a fact of registration stands behind it."""
    assert at(14, "missed share") == [0, 1, 0, 1]
    assert at(42, "missed share") == [0, 0.5, 0.5, 1]
    assert at(42, "mean score")[:2] == [70, 40]
    assert at(42, "last days late")[:3] == [1, 5, -5]
    assert at(42, "days since")[:3] == [1, 27, 37]
    assert at(42, "carried over") == [0, 0, 1, 0]
    assert at(42, "attempts") == [1, 1, 1, 1]
    assert at(42, "mean against class")[0] > 0 > at(42, "mean against class")[1]
    assert np.isnan(at(42, "mean score")[2:]).all()
    assert np.isnan(at(0, "missed share")).all()


@given(st.integers(0, 60))
def test_nothing_of_the_future_is_seen(day: int) -> None:
    """What comes after a day, and what falls due after it, changes nothing on that day."""
    early = tuple(one for one in CAME if one.day <= day)
    due = tuple(one for one in DUE if one.day <= day or one.work in {h.work for h in early})

    now = standing(ROWS, due, early, day, ("attempts",))
    later = standing(ROWS, DUE, CAME, day, ("attempts",))

    np.testing.assert_array_equal(now.values, later.values)


def test_facts_need_names() -> None:
    """An enrolment with more facts than names is said."""
    with pytest.raises(BadInput, match="has 1 facts; `facts` names 0"):
        standing(ROWS, DUE, CAME, 10)


def simulated(seed: int = 0, n: int = 600) -> tuple[Standing, np.ndarray]:
    """Make a simulated course: who misses work and scores low is at risk, more so in course b."""
    dice = np.random.default_rng(seed)
    values = np.full((n, len(SEEN) + 1), np.nan)
    missed, score = dice.integers(0, 4, n), dice.normal(60, 15, n)
    values[:, SEEN.index("missed share")] = missed
    values[:, SEEN.index("mean score")] = np.where(dice.random(n) < 0.2, np.nan, score)
    values[:, -1] = dice.integers(0, 3, n)
    courses = dice.choice(["a", "b"], n)
    logit = 1.5 * (missed - 1.5) * np.where(courses == "b", 1.5, 0.8) - (score - 60) / 10
    told = (dice.random(n) < 1 / (1 + np.exp(-logit))).astype(float)
    return Standing((*SEEN, "attempts"), values, tuple(map(str, courses))), told


@pytest.fixture(scope="module")
def model() -> EarlyWarning:
    """Give a model of the simulated course."""
    return fit_warning(*simulated())


def test_risk_tells_apart_and_is_calibrated(model: EarlyWarning) -> None:
    """On simulated students never seen the risk ranks them, and its mean is the share at risk."""
    table, told = simulated(1, 2_000)
    risk = model.risk(table)

    assert risk[told == 1].mean() - risk[told == 0].mean() > 0.35
    assert abs(risk.mean() - told.mean()) < 0.04
    assert precision_at(risk, told).precision > 0.85


def test_reasons_add_up_to_the_risk(model: EarlyWarning) -> None:
    """All reasons of two students of one course differ by exactly what their risks do."""
    table, _ = simulated(2, 40)
    logit = np.log(model.risk(table) / (1 - model.risk(table)))
    same = [row for row, course in enumerate(table.courses) if course == "a"][:8]
    sums = [sum(why.adds for why in model.reasons(table, row, most=99)) for row in same]

    np.testing.assert_allclose(np.diff(sums), np.diff(logit[same]), atol=1e-9)
    first = model.reasons(table, 0)
    assert len(first) == 3
    assert abs(first[0].adds) >= abs(first[1].adds) >= abs(first[2].adds)


def test_prediction_changes_nothing(model: EarlyWarning) -> None:
    """The same table gives the same risks, row by row as all at once."""
    table, _ = simulated(3, 20)
    whole = model.risk(table)
    alone = [
        Standing(table.names, table.values[n : n + 1], table.courses[n : n + 1]) for n in range(20)
    ]
    one_by_one = [float(model.risk(one)[0]) for one in alone]

    np.testing.assert_allclose(whole, one_by_one, atol=1e-12)


def test_a_course_never_seen(model: EarlyWarning) -> None:
    """A new course is judged by what holds for all courses: more missed is still more risk."""
    table, _ = simulated(4, 50)
    new = Standing(table.names, table.values, ("new",) * 50)
    risk, missed = model.risk(new), table.values[:, SEEN.index("missed share")]

    assert risk[missed == 3].mean() > risk[missed == 0].mean() + 0.3


def test_order_of_rows_does_not_matter() -> None:
    """Fitting adds over students, so their order changes nothing but the last digits."""
    table, told = simulated(5, 200)
    turned = Standing(table.names, table.values[::-1], table.courses[::-1])

    one, two = fit_warning(table, told), fit_warning(turned, told[::-1])

    np.testing.assert_allclose(one.weights, two.weights, atol=1e-6)


def test_all_told_the_same() -> None:
    """Where nobody, or everybody, was at risk the model says so and stays finite."""
    table, told = simulated(6, 100)

    assert fit_warning(table, np.zeros_like(told)).risk(table).max() < 0.1
    assert fit_warning(table, np.ones_like(told)).risk(table).min() > 0.9


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=40))
def test_precision_flags_at_least_half(rows: list[tuple[int, bool]]) -> None:
    """At least the asked share of those at risk is flagged, ties together, inside its interval."""
    risk = np.array([risk for risk, _ in rows], dtype=float)
    told = np.array([risky for _, risky in rows], dtype=float)
    told[0] = 1.0

    found = precision_at(risk, told)

    assert found.recall >= 0.5
    assert found.flagged == (risk >= found.threshold).sum()
    assert found.low <= found.precision + 1e-12
    assert found.precision <= found.high + 1e-12


def test_who_is_warned_of(model: EarlyWarning) -> None:
    """Who is flagged stands above the threshold, the likeliest first, with what raises the risk."""
    table, told = simulated(7)
    students = [f"s{row % 400}" for row in range(len(told))]
    risk = out_of_fold(table, told, students)
    known = precision_at(risk, told)

    found = warned(model, table, known)

    assert found
    assert [one.risk for one in found] == sorted((one.risk for one in found), reverse=True)
    assert min(one.risk for one in found) >= known.threshold
    assert all(why.adds > 0 for one in found for why in one.reasons)
    assert f"Of {known.flagged} flagged in past runs" in found[0].sentence
    assert (
        precision_at(fit_warning(table, told).risk(table), told).precision >= known.precision - 0.02
    )


def test_out_of_fold_sees_nothing_of_the_student() -> None:
    """Turning a student's own results around changes nothing of what is said of that student."""
    table, told = simulated(8, 200)
    students = [f"s{row // 2}" for row in range(200)]
    other = told.copy()
    other[:2] = 1 - other[:2]

    one, two = (out_of_fold(table, given, students) for given in (told, other))

    np.testing.assert_array_equal(one[:2], two[:2])


def test_pieces_open_the_numbers() -> None:
    """The features of a day open to the pieces they rest on, without what came later."""

    def opened(row: int, day: float) -> list[tuple[object, ...]]:
        return [tuple(piece) for piece in pieces_of(ROWS[row], DUE, CAME, day)]

    assert opened(1, 42) == [("one", 10, 15, 40), ("two", 40, None, None)]
    assert opened(2, 14) == [("one", 10, 5, None)]
    assert opened(1, 12) == [("one", 10, None, None)]


def test_a_reason_in_words() -> None:
    """A reason says the feature, its value and which way it goes; what is not known is said."""
    assert str(Why("mean score", 41.0, 0.3)) == "Mean score of 100: 41. This raises the risk."
    assert "not known" in str(Why("attempts", float("nan"), -0.3))


BESIDE = Path(__file__).resolve().parents[4] / "shared" / "data"
OULAD = Path(os.environ.get("PENCHANT_DATA", BESIDE)) / "education" / "oulad"


@pytest.mark.slow
@pytest.mark.skipif(
    not OULAD.is_dir(),
    reason="OULAD does not ship; `PENCHANT_DATA` names the folder that holds it",
)
def test_the_claim_on_real_courses() -> None:
    """In week 6 of real courses the precision is above a straight logistic's."""
    measured = early_warning(lambda name: (OULAD / name).read_bytes())

    assert measured.value >= measured.baseline
    assert measured.value > 0.94
