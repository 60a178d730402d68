"""Worlds: drawn whole from a seed, paired between players, and what each of their knobs does."""

from dataclasses import replace

import numpy as np
import pytest

from penchant.errors import BadInput
from penchant.laboratory import KINDS, Answering, Floats, Ints, Round, Shape, World, make_world
from penchant.laboratory.ideals import FADING

SMALL = Shape(people=30, rounds=12)
FIGURES = {
    "linear": [5148.1605, 21.4800918, 48095.0, 9.66426567, 229.508646, 211.058083],
    "nonlinear": [5148.1605, 25.5484532, 48095.0, 8.99344495, 229.508646, 211.058083],
}
"""Sums of seed 3, 30 people; every figure that was ever measured in these worlds hangs on them."""


def expected(world: World, number: int) -> Floats:
    """Give chances by person rather than by order of arrival."""
    step = world.round(number)
    return np.asarray(step.expected[np.argsort(step.people)])


def best(step: Round) -> Ints:
    """Give the best position of each slate."""
    return np.asarray(step.expected.argmax(axis=1))


@pytest.mark.parametrize("kind", FIGURES)
def test_a_world_is_what_it_was(kind: str) -> None:
    """The first worlds have not changed, so figures measured in them still compare."""
    world = make_world(kind, 3, Shape(people=30, rounds=3))
    step = world.round(2)
    rows = np.arange(30)
    shown = np.abs(world.items).sum(), step.contexts.sum(), step.slates[:, 0] @ step.people
    likes = step.expected[rows, rows % 20].sum(), step.luck @ rows, step.draws @ rows

    assert [float(one) for one in (*shown, *likes)] == pytest.approx(FIGURES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_a_round_is_the_same_whoever_plays(kind: str) -> None:
    """Drawn again, and out of order, a round has the same people, slates, chances and luck."""
    one, other = make_world(kind, 4, SMALL), make_world(kind, 4, SMALL)
    other.round(7)
    first, second = one.round(5), other.round(5)

    for name in ("hours", "people", "contexts", "slates", "expected", "luck", "draws"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
    assert first.contexts.shape[1] == len(one.context_names)
    assert (np.diff(first.hours) >= 0).all()
    assert first.hours.max() <= one.round(6).hours.min()
    assert one.label == f"simulated {kind} world, seed 4"


@pytest.mark.parametrize("kind", KINDS)
def test_slates_that_do_not_change_do_not(kind: str) -> None:
    """A fixed slate is the same for everybody in every round; else it is drawn anew."""
    fixed = make_world(kind, 1, replace(SMALL, is_fixed=True))
    moving = make_world(kind, 1, SMALL)

    assert (fixed.round(0).slates == np.arange(20)).all()
    assert (fixed.round(3).slates == fixed.round(0).slates).all()
    assert not (moving.round(0).slates == moving.round(1).slates).all()
    assert all(len(set(row)) == 20 for row in moving.round(0).slates.tolist())


@pytest.mark.parametrize("kind", KINDS)
def test_without_heterogeneity_everybody_is_alike(kind: str) -> None:
    """At 0 two people in one situation like the same; the more of it, the further apart."""
    spreads = []
    for heterogeneity in (0.0, 0.25, 1.0, 4.0):
        world = make_world(kind, 2, replace(SMALL, heterogeneity=heterogeneity))
        people = np.arange(30)
        contexts = np.zeros((30, len(world.context_names)))
        slates = np.tile(np.arange(50), (30, 1))
        turned = np.zeros(30, dtype=np.int64)
        likes = world.tastes.utility(people, contexts, slates, turned=turned)
        spreads.append(likes.std(axis=0).mean())

    assert spreads[0] == pytest.approx(0.0, abs=1e-12)
    assert spreads == sorted(spreads)
    assert spreads[2] > 3 * spreads[1] > 0


def test_what_was_shown_wears_off_and_comes_back() -> None:
    """Shown again and again an item is liked less by that person; left alone it recovers."""
    world = make_world("ideal", 1, replace(SMALL, is_fixed=True))
    past, fresh = world.begin(), world.begin()
    for number in range(4):
        past = world.after(past, world.round(number, past), np.zeros(30, dtype=np.int64))
    worn, rested = world.round(5, past), world.round(5, fresh)

    assert (worn.expected[:, 0] < rested.expected[:, 0]).all()
    assert past.items[:, 0].max() == pytest.approx(1 + FADING + FADING**2 + FADING**3)
    again = world.after(past, worn, np.full(30, -1))
    assert (again.items[:, 0] < past.items[:, 0]).all()
    shown = world.after(past, worn, best(worn)).items - FADING * past.items
    assert shown.sum() == pytest.approx(30)


def test_without_satiation_the_past_does_not_matter() -> None:
    """At satiation 0, and in worlds without it, what was shown changes nothing."""
    for kind, shape in (("ideal", replace(SMALL, satiation=0.0)), ("linear", SMALL)):
        world = make_world(kind, 1, shape)
        past = world.after(world.begin(), world.round(0), np.zeros(30, dtype=np.int64))

        assert not world.remembers
        assert np.array_equal(world.round(1, past).expected, world.round(1).expected)


def test_moods_move_ideals_with_the_hour() -> None:
    """Somebody's order of items at noon is not the one at midnight."""
    world = make_world("ideal", 1, SMALL)
    people, turned = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    contexts = np.zeros((2, 6))
    contexts[:, 1] = [1.0, -1.0]  # cosine of the hour: midnight, noon
    slates = np.tile(np.arange(200), (2, 1))
    night, noon = world.tastes.utility(people, contexts, slates, turned=turned)

    assert night.argmax() != noon.argmax()
    assert 0.0 < np.corrcoef(night, noon)[0, 1] < 0.98


@pytest.mark.parametrize("kind", KINDS)
def test_drift_moves_the_taste_of_a_share_once(kind: str) -> None:
    """Three of ten change, once, in the middle third; the others are as in the world without."""
    still = make_world(kind, 5, SMALL)
    world = make_world(kind, 5, replace(SMALL, drifters=0.3))
    moves = world.turns < 12

    assert moves.sum() == 9
    assert (world.turns[moves] >= 4).all()
    assert (world.turns[moves] < 8).all()
    assert np.array_equal(expected(world, 3), expected(still, 3))
    late = np.abs(expected(world, 11) - expected(still, 11)).max(axis=1)
    assert (late[~moves] == 0).all()
    assert (late[moves] > 0.05).all()


def test_answers_are_late_or_missing_by_the_share_asked_for() -> None:
    """A plain world answers at once; else a share is missing and the rest is up to so late."""
    shape, rows = replace(SMALL, people=2_000), np.arange(2_000)
    plain = make_world("linear", 1, shape).round(2)
    step = make_world("linear", 1, shape, Answering(delay=3, missing=0.25)).round(2)

    assert (plain.due == 3).all()
    assert np.array_equal(step.rewards(rows, best(step)), plain.rewards(rows, best(plain)))
    assert np.mean(step.due == -1) == pytest.approx(0.25, abs=0.03)
    assert set(step.due.tolist()) == {-1, 3, 4, 5, 6}
    assert (plain.rewards(rows, np.full(2_000, -1)) == 0).all()


@pytest.mark.parametrize("manner", ["against", "random", "flip"])
def test_adversaries_answer_otherwise_and_nobody_else_does(manner: str) -> None:
    """Against the taste, by a coin, or against it from halfway on."""
    shape, rows = replace(SMALL, people=1_000), np.arange(1_000)
    plain = make_world("linear", 1, shape)
    answering = Answering(adversaries=0.2, manner=manner)  # type: ignore[arg-type]
    world = make_world("linear", 1, shape, answering)
    shares = []
    for number in (1, 9):
        step = world.round(number)
        told = step.rewards(rows, best(step))
        truth = plain.round(number).rewards(rows, best(step))
        who = world.adversaries[step.people]
        shares.append(np.mean(told[who] != truth[who]))

        assert np.array_equal(told[~who], truth[~who])
    wanted = {"against": (1.0, 1.0), "random": (0.5, 0.5), "flip": (0.0, 1.0)}[manner]
    assert world.adversaries.sum() == 200
    assert shares == pytest.approx(list(wanted), abs=0.1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: make_world("cubic", 0), "There is no world `cubic`."),
        (lambda: Shape(people=0), "`people` of a world must be a whole number from 1"),
        (lambda: Shape(rounds=2.5), "`rounds` of a world must be a whole number"),  # type: ignore[arg-type]
        (lambda: Shape(heterogeneity=5), "`heterogeneity` of a world must be between 0 and 4"),
        (lambda: Shape(satiation=-1), "`satiation` of a world must be between 0 and 10"),
        (lambda: Shape(drift=float("nan")), "`drift` of a world must be a finite number"),
        (lambda: Shape(slate=1), "`slate` of a world must be between 2 and its 200 items"),
        (lambda: Shape(items=10), "`slate` of a world must be between 2 and its 10 items"),
        (lambda: Answering(delay=-1), "`delay` of answers must be a whole number from 0 to 50"),
        (lambda: Answering(missing=1.5), "`missing`, a share of answers, must be between 0 and 1"),
        (lambda: Answering(manner="sly"), "`manner` of adversaries must be one of `against`"),  # type: ignore[arg-type]
    ],
)
def test_what_makes_no_world_is_refused_with_a_sentence(wrong: object, says: str) -> None:
    """Each nonsense setting has a sentence that says what was expected."""
    with pytest.raises(BadInput, match=None) as caught:
        wrong()  # type: ignore[operator]

    assert says in str(caught.value)
