"""Bank: items are found as they were made (SIMULATED answers), at once or as answers come."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.experts.item_bank import (
    Bank,
    Floats,
    calibrated,
    chances,
    empty,
    given_by,
    joined,
)
from penchant.pack import BadInput

N_ITEMS, N_STUDENTS, EACH = 40, 600, 20


def simulated(seed: int = 3) -> tuple[Bank, Any, Any, Floats]:
    """Draw a bank, and answers of students to some of its items (SIMULATED)."""
    dice = np.random.default_rng(seed)
    names = [f"i{n}" for n in range(N_ITEMS)]
    a, b = np.exp(dice.normal(0.2, 0.3, N_ITEMS)), dice.normal(0, 1, N_ITEMS)
    bank = given_by(names, a, b)
    chance = chances(bank, dice.normal(size=N_STUDENTS))
    items = np.concatenate([dice.permutation(N_ITEMS)[:EACH] for _ in range(N_STUDENTS)])
    students = np.repeat(np.arange(N_STUDENTS), EACH)
    right = (dice.random(len(items)) < chance[students, items]).astype(np.float64)
    return bank, students, items, right


def test_em_finds_the_items() -> None:
    """Calibrated from simulated answers, difficulty and sharpness are near what they were."""
    bank, students, items, right = simulated()

    found = calibrated(empty(bank.names), students, items, right)

    assert np.sqrt(np.mean((found.difficulty - bank.difficulty) ** 2)) < 0.25
    assert np.corrcoef(found.difficulty, bank.difficulty)[0, 1] > 0.97
    assert np.corrcoef(found.sharpness, bank.sharpness)[0, 1] > 0.7
    assert found.trials.sum() == pytest.approx(len(items))


def test_answers_that_come_one_by_one_find_them_too() -> None:
    """Joined student by student, the bank is nearly as good as from all answers at once."""
    bank, students, items, right = simulated()
    online = empty(bank.names)
    for student in range(N_STUDENTS):
        own = students == student
        names = [bank.names[item] for item in items[own]]
        online = joined(online, dict(zip(names, (right[own] > 0).tolist(), strict=True)))

    assert np.sqrt(np.mean((online.difficulty - bank.difficulty) ** 2)) < 0.3
    assert online.trials.sum() == pytest.approx(len(items))


@given(is_right=st.booleans(), n=st.integers(1, 200))
def test_all_right_or_all_wrong_stays_finite(*, is_right: bool, n: int) -> None:
    """An item that everybody or nobody gets right has a difficulty within reason."""
    right = np.full(n, float(is_right))
    found = calibrated(empty(["i"]), np.arange(n), np.zeros(n, np.int64), right)

    assert -6 < found.difficulty[0] < 6
    assert 0.3 < found.sharpness[0] < 3
    assert (found.difficulty[0] < 0) == is_right


def test_only_items_that_were_met_move() -> None:
    """Joining answers leaves other items, and the bank before, as they are."""
    before = empty(["met", "other"])

    after = joined(before, {"met": True, "not in the bank": False})

    assert after.difficulty[0] < 0 == after.difficulty[1]
    assert before.difficulty.tolist() == [0.0, 0.0]
    assert before.trials.sum() == 0
    assert joined(before, {"not in the bank": True}) is before


def test_parameters_from_elsewhere_are_not_lost() -> None:
    """One answer moves an item whose parameters were given only a little."""
    bank = given_by(["i"], [1.5], [1.0])
    after = joined(bank, {"i": False})

    assert 0.9 < after.difficulty[0] < 1.2
    assert 1.2 < after.sharpness[0] < 1.6


def test_no_answers_are_no_calibration() -> None:
    """Without answers items stand at their prior."""
    none = np.zeros(0, np.int64)

    found = calibrated(empty(["a", "b"]), none, none, np.zeros(0))

    assert found.difficulty.tolist() == [0.0, 0.0]
    assert found.sharpness.tolist() == [1.0, 1.0]


def test_ten_thousand_items_are_fine() -> None:
    """A bank of ten thousand items takes answers."""
    bank = empty(f"i{n}" for n in range(10_000))

    assert joined(bank, {"i9999": False}).difficulty[-1] > 0


@pytest.mark.parametrize(
    ("sharpness", "difficulty", "says"),
    [([1.0], [0.0, 0.0], "one sharpness"), ([0.0], [0.0], "`i`"), ([1.0], [np.nan], "`i`")],
)
def test_wrong_parameters_are_told(
    sharpness: list[float], difficulty: list[float], says: str
) -> None:
    """A sharpness of 0, a difficulty that is no number, or a missing one is told."""
    with pytest.raises(BadInput, match=says):
        given_by(["i"], sharpness, difficulty)


def test_an_item_twice_is_told() -> None:
    """Two items of one name are told by name."""
    with pytest.raises(BadInput, match="`i` stands twice"):
        empty(["i", "i"])


@pytest.mark.parametrize(
    ("item", "right", "says"), [(2, 1.0, "`items`"), (-1, 1.0, "`items`"), (0, 0.5, "`right`")]
)
def test_wrong_answers_are_told(item: int, right: float, says: str) -> None:
    """A number that names no item, or an answer neither right nor wrong, is told."""
    with pytest.raises(BadInput, match=says):
        calibrated(empty(["a", "b"]), np.zeros(1, np.int64), np.array([item]), np.array([right]))
