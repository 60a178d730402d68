"""Diagnosis: beliefs are those of exact quadrature, draws are fair, rules are kept."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.experts.item_bank import ABILITIES, PRIOR, chances, given_by
from penchant.pack import BadInput
from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Item, Skill
from penchant.packs.school.diagnosis import (
    NOBODY_YET,
    USUAL,
    Diagnosis,
    Exposure,
    Paper,
    Rules,
    abilities,
    answered,
    begun,
    closed,
    drawn,
    exposed,
    paper_of,
    weigh,
)
from penchant.packs.school.odd_answers import odd_answers
from penchant.packs.school.sitting import oddities
from penchant.packs.school.skill_graph import graph

CHAIN = (
    Skill("count"),
    Skill("add", prerequisites=("count",)),
    Skill("times", prerequisites=("add",)),
    Skill("draw"),
)
N_ITEMS = 60


def paper(rules: Rules = USUAL, skills: tuple[Skill, ...] = (Skill("add"),)) -> Paper:
    """Make a paper of simulated items, spread over the skills in turn."""
    dice = np.random.default_rng(5)
    items = [Item(f"i{n}", (skills[n % len(skills)].name,), right=("1",)) for n in range(N_ITEMS)]
    names = [item.name for item in items]
    bank = given_by(names, np.exp(dice.normal(0.2, 0.2, N_ITEMS)), dice.normal(0, 1, N_ITEMS))
    return paper_of(bank, items, graph(skills), rules)


def sat(
    test: Paper, ability: float, seed: int = 1, exposure: Exposure = NOBODY_YET
) -> tuple[Diagnosis, str]:
    """Let a simulated student sit a test to its end."""
    dice = np.random.default_rng(seed)
    diagnosis = begun(test)
    while not (weighing := weigh(test, diagnosis, exposure)).ended:
        item = drawn(weighing, dice.random())
        n = test.place[item]
        chance = 1 / (1 + np.exp(-test.bank.sharpness[n] * (ability - test.bank.difficulty[n])))
        diagnosis = answered(test, diagnosis, item, correct=bool(dice.random() < chance))
    return diagnosis, weighing.ended


answers = st.lists(
    st.tuples(st.integers(0, N_ITEMS - 1), st.booleans()), max_size=25, unique_by=lambda a: a[0]
)


@given(answers)
def test_one_skill_is_exact(given_answers: list[tuple[int, bool]]) -> None:
    """With one skill the belief is that of quadrature over all answers, whatever they are."""
    test = paper()
    diagnosis = begun(test)
    logs = np.log(PRIOR)
    for n, right in given_answers:
        diagnosis = answered(test, diagnosis, f"i{n}", correct=right)
        chance = chances(test.bank)[:, n]
        logs = logs + np.log(chance if right else 1 - chance)
    weights = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    mean = float(weights @ ABILITIES)
    sd = float(np.sqrt(weights @ (ABILITIES - mean) ** 2))

    assert abs(diagnosis.mean[0] - mean) < 0.1 * sd
    assert np.sqrt(diagnosis.covariance[0, 0]) == pytest.approx(sd, rel=0.1)


@given(answers)
def test_the_order_of_answers_hardly_matters(given_answers: list[tuple[int, bool]]) -> None:
    """The same answers in another order leave the same belief."""
    test = paper(skills=CHAIN)
    one, other = begun(test), begun(test)
    for n, right in given_answers:
        one = answered(test, one, f"i{n}", correct=right)
    for n, right in reversed(given_answers):
        other = answered(test, other, f"i{n}", correct=right)

    assert one.mean == pytest.approx(other.mean, abs=0.05)
    assert one.covariance == pytest.approx(other.covariance, abs=0.03)


@given(answers)
def test_an_answer_never_makes_less_sure(given_answers: list[tuple[int, bool]]) -> None:
    """Each answer leaves every skill known at least as well, and a covariance that is one."""
    test = paper(skills=CHAIN)
    diagnosis = begun(test)
    for n, right in given_answers:
        after = answered(test, diagnosis, f"i{n}", correct=right)
        assert (np.diag(after.covariance) <= np.diag(diagnosis.covariance) + 0.02).all()
        assert np.linalg.eigvalsh(after.covariance).min() > 0
        diagnosis = after


def test_an_answer_tells_of_what_comes_before() -> None:
    """A right answer raises its skill most, its neighbours less, a skill apart the least."""
    test = paper(skills=CHAIN)

    after = answered(test, begun(test), "i2", correct=True)  # "times"

    mean = {name: one.mean for name, one in abilities(test, after).items()}
    assert mean["times"] > mean["add"] > mean["count"] > mean["draw"] > 0
    assert abilities(test, after)["times"].answers == 1
    assert abilities(test, after)["add"].answers == 0
    assert abilities(test, after)["add"].sd < 1


@given(answers, st.floats(0, 1, exclude_max=True))
def test_propensities_are_those_of_the_draw(
    given_answers: list[tuple[int, bool]], draw: float
) -> None:
    """They sum to one, the best comes first, and the draw falls on an item that may be asked."""
    test = paper(Rules(sure=0.0))
    diagnosis = begun(test)
    for n, right in given_answers[:20]:
        diagnosis = answered(test, diagnosis, f"i{n}", correct=right)

    weighing = weigh(test, diagnosis)

    assert sum(weighing.propensities) == pytest.approx(1)
    assert list(weighing.gains) == sorted(weighing.gains, reverse=True)
    assert drawn(weighing, draw) not in diagnosis.items


def test_draws_follow_the_propensities() -> None:
    """Over even draws each item comes as often as its propensity says."""
    weighing = weigh(paper(), begun(paper()))
    counts = Counter(drawn(weighing, (n + 0.5) / 10_000) for n in range(10_000))

    for item, propensity in zip(weighing.items, weighing.propensities, strict=True):
        assert counts[item] / 10_000 == pytest.approx(propensity, abs=2e-4)


def test_spread_zero_asks_the_best() -> None:
    """With spread 0 the item that tells most has propensity 1."""
    assert weigh(paper(Rules(spread=0.0)), begun(paper())).propensities == (1.0,)


def test_exposure_stays_below_its_limit() -> None:
    """Over many simulated students no item is put before more than its share."""
    test = paper(Rules(sure=0.6, most=6))
    exposure = NOBODY_YET
    for student in range(100):
        ability = float(np.random.default_rng(student).normal())
        exposure = exposed(exposure, sat(test, ability, student, exposure)[0])

    assert exposure.students == 100
    assert max(exposure.counts.values()) <= 25


def test_a_bank_that_is_used_up_asks_what_it_has() -> None:
    """When every item was shown too often, the test goes on with those there are."""
    test = paper()
    worn = Exposure(10, {f"i{n}": 10 for n in range(N_ITEMS)})

    assert weigh(test, begun(test), worn).items


def test_the_balance_is_kept() -> None:
    """Each skill gets at least and at most its share of a test."""
    shares = {"count": (0.25, 0.5), "draw": (0.25, 0.25), "times": (0.0, 0.25)}
    test = paper(Rules(sure=0.0, most=20, shares=shares), CHAIN)
    diagnosis, _ = sat(test, 0.5)

    counts = {name: one.answers for name, one in abilities(test, diagnosis).items()}
    assert sum(counts.values()) == 20
    assert 5 <= counts["count"] <= 10
    assert counts["draw"] == 5
    assert counts["times"] <= 5


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (Rules(sure=0.5), "known to within"),
        (Rules(sure=0.0, most=7), "7 items"),
        (Rules(sure=0.0, least_gain=0.02), "tell enough"),
        (Rules(sure=0.0, most=1_000), "No item is left"),
    ],
)
def test_a_test_says_why_it_ends(rules: Rules, says: str) -> None:
    """Sure enough, long enough, nothing left that tells: each is said."""
    diagnosis, ended = sat(paper(rules), 0.0)

    assert says in ended
    assert drawn_items_are_distinct(diagnosis)


def drawn_items_are_distinct(diagnosis: Diagnosis) -> bool:
    """Tell whether no item was asked twice."""
    return len(set(diagnosis.items)) == len(diagnosis.items)


def test_a_sure_test_still_asks_the_fewest() -> None:
    """A test does not end before its fewest items."""
    assert len(sat(paper(Rules(sure=2.0, fewest=4)), 0.0)[0].items) == 4


def test_an_answer_after_the_test_does_not_count() -> None:
    """A closed test takes no answers and asks nothing."""
    test = paper()
    done = closed(begun(test), "Time is up.")

    assert weigh(test, done).ended == "Time is up."
    with pytest.raises(BadInput, match="after the test was closed"):
        answered(test, done, "i1", correct=True)


def test_an_item_twice_or_unknown_is_told() -> None:
    """An item that was answered, or is in no bank, is told by name."""
    test = paper()
    once = answered(test, begun(test), "i1", correct=True)

    with pytest.raises(BadInput, match="`i1` was answered before"):
        answered(test, once, "i1", correct=False)
    with pytest.raises(BadInput, match="`none` is not in the bank"):
        answered(test, once, "none", correct=True)
    with pytest.raises(BadInput, match="`i1` of the bank exercises none"):
        paper_of(given_by(["i1"], [1.0], [0.0]), [Item("i1", ("other",))], graph(CHAIN))


@pytest.mark.parametrize("is_right", [True, False])
def test_all_right_or_all_wrong_is_said(*, is_right: bool) -> None:
    """A student who gets all or nothing right has a bounded belief, and the bound is said."""
    test = paper(Rules(sure=0.0, most=20))
    diagnosis = begun(test)
    while not (weighing := weigh(test, diagnosis)).ended:
        diagnosis = answered(test, diagnosis, drawn(weighing, 0.5), correct=is_right)

    assert 1 < abs(diagnosis.mean[0]) < 4
    says = oddities(test, diagnosis)
    assert len(says) == 1
    assert ("above" if is_right else "below") in says[0]


def test_two_people_on_one_account_are_said_not_guessed() -> None:
    """A sudden jump is said with both shares, more than one reason, and changes nothing."""
    test = paper(Rules(sure=0.0, most=30))
    diagnosis = begun(test)
    for n in range(12):
        diagnosis = answered(test, diagnosis, f"i{n}", correct=False)
    for n in range(12, 30):
        diagnosis = answered(test, diagnosis, f"i{n}", correct=True)

    says = oddities(test, diagnosis)
    assert len(says) == 1
    assert "From answer 13 on" in says[0]
    assert "two people on one account, help" in says[0]
    assert oddities(test, diagnosis) == says


def test_one_student_is_seldom_taken_for_two() -> None:
    """Of 200 simulated students of one ability at most 1 in 100 is called odd."""
    test = paper(Rules(sure=0.0, most=25))
    found = [
        any("another ability" in one for one in oddities(test, sat(test, ability, seed)[0]))
        for seed, ability in enumerate(np.random.default_rng(9).normal(size=200).tolist())
    ]

    assert sum(found) <= 2


def test_a_student_who_always_answers_a() -> None:
    """One choice throughout gives a low ability, and it is said as what it may be."""
    test = paper(Rules(sure=0.0, most=24))
    right = ["ABCD"[n % 4] for n in range(N_ITEMS)]
    diagnosis, rows = begun(test), []
    while not (weighing := weigh(test, diagnosis)).ended:
        item = drawn(weighing, 0.3)
        correct = right[test.place[item]] == "A"
        diagnosis = answered(test, diagnosis, item, correct=correct)
        rows.append(Answer("ada", item, ("add",), correct, response="A", id=item))
    others = [
        Answer(f"s{n}", f"i{n % N_ITEMS}", ("add",), n % 2 > 0, response="ABCD"[n % 4], id=f"o{n}")
        for n in range(400)
    ]

    assert diagnosis.mean[0] < -0.5
    assert "always one choice" in {one.rule for one in odd_answers([*rows, *others])}


def test_graph_of_no_edges_keeps_what_skills_share() -> None:
    """Skills that know nothing of each other still have the student in common."""
    covariance = graph([Skill("a"), Skill("b", prerequisites=("gone", "b"))]).covariance

    assert covariance.tolist() == [[1.0, 0.5], [0.5, 1.0]]
