"""Laws of the profile: order, grouping, repetition and merging do not change what is believed."""

from collections.abc import Sequence
from functools import reduce
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.profile.facts import NOW, answered, seen, taken

from penchant.journal import Fact, Linked, Observed, encode
from penchant.profile import Registers, believe, fold, join, profile_of, start
from penchant.profile.beliefs import Estimator, update
from penchant.profile.counters import Counters
from penchant.profile.evidence import evidence_of
from penchant.profile.interests import Interests
from penchant.profile.rhythm import Rhythm
from penchant.testing.estimators import (
    agree,
    check_of_nothing_it_is_zero,
    check_parts_join_like_sums,
)
from penchant.words import Profile

PEOPLE = ("ada", "anon-7")
NAMES = st.sampled_from(["night", "ads", "time_zone", "5k"])
# Few distinct times, so that ties happen; whole days and hours over two years.
AGES = st.one_of(st.sampled_from([0.0, 1.0, 2.0]), st.integers(0, 17_520).map(lambda h: h / 24))
VALUES = st.one_of(
    st.booleans(),
    st.integers(-3, 3),
    st.floats(-1e6, 1e6, allow_nan=False),
    st.sampled_from(["run", "walk", "Europe/Berlin"]),
)
STATES = st.sampled_from(["granted", "denied", "withdrawn", "expired"])
PURPOSES = st.sampled_from(["shop", "school"])


@st.composite
def statements(draw: st.DrawFn) -> Fact:
    """Draw a fact that sets registers, or is meant to."""
    name, days, purpose = draw(NAMES), draw(AGES), draw(PURPOSES)
    kinds: dict[str, dict[str, Any]] = {
        "trait.stated": {name: draw(VALUES)},
        "goal.stated": {"name": name, "text": "t", "progress": draw(st.floats(0, 1))},
        "goal.dropped": {"name": name},
        "never.stated": {"name": name, "text": "t", "action": draw(st.sampled_from("ab"))},
        "never.lifted": {"name": name},
        "person.merged": {"from": draw(st.sampled_from(PEOPLE))},
        "person.unmerged": {"from": draw(st.sampled_from(PEOPLE))},
        "odd.stated": {"name": name},
    }
    kind = draw(st.sampled_from([*kinds, "consent"]))
    if kind == "consent":
        return answered(purpose, draw(STATES), days=days, dial=draw(st.floats(0, 1)))
    return seen(kind, kinds[kind], days=days, purpose=purpose)


@st.composite
def acts(draw: st.DrawFn) -> list[Fact]:
    """Draw signals and experiences of one person."""
    signals = draw(st.lists(st.tuples(st.sampled_from("abc"), VALUES, AGES), max_size=40))
    trials = draw(st.lists(st.tuples(VALUES, st.floats(0, 1), AGES), max_size=40))
    facts: list[Fact] = [seen(f"x.{kind}", {"v": v}, days=age) for kind, v, age in signals]
    for i, (value, reward, age) in enumerate(trials):
        facts += taken(f"d{i}", {"f": value}, reward, days=age)
    return facts


def folded(facts: Sequence[Fact], person: str = "ada") -> Registers:
    """Fold facts into registers."""
    return reduce(fold, facts, start(person))


def rebuilt(facts: Sequence[Fact]) -> Profile:
    """Build a profile from nothing."""
    registers = folded(facts)
    beliefs = believe(facts, now=NOW, time_zone=registers.time_zone)
    return profile_of(registers, beliefs, NOW)


LISTS = st.lists(statements(), max_size=12)


@pytest.mark.proof
@given(LISTS, acts())
def test_building_a_profile_twice_gives_the_same(said: list[Fact], done: list[Fact]) -> None:
    """A profile can be dropped and rebuilt: a fold of the journal and nothing else."""
    assert rebuilt([*said, *done]) == rebuilt([*said, *done])


@pytest.mark.proof
@given(LISTS, st.randoms(use_true_random=False))
def test_any_order_of_statements_gives_the_same_registers(said: list[Fact], dice: Random) -> None:
    """Facts may arrive late; ties in time fall the same way."""
    shuffled = list(said)
    dice.shuffle(shuffled)

    assert folded(shuffled) == folded(said)


@pytest.mark.proof
@given(LISTS)
def test_a_repeated_statement_changes_nothing(said: list[Fact]) -> None:
    """Registers are idempotent: a fact delivered twice is one fact."""
    assert folded([*said, *said]) == folded(said)


@pytest.mark.proof
@given(LISTS, LISTS, LISTS)
def test_joining_registers_is_commutative_associative_and_idempotent(
    a: list[Fact], b: list[Fact], c: list[Fact]
) -> None:
    """Devices and nodes may exchange what they know in any order, any number of times."""
    one, two, three = folded(a), folded(b), folded(c)

    assert join(one, two) == join(two, one)
    assert join(join(one, two), three) == join(one, join(two, three))
    assert join(one, one) == one
    assert join(one, start("ada")) == one


@pytest.mark.proof
@given(LISTS, LISTS)
def test_merging_two_people_equals_having_seen_both_streams(a: list[Fact], b: list[Fact]) -> None:
    """Two ids that turn out to be one person: registers joined are registers of all facts."""
    assert join(folded(a), folded(b, "anon-7")) == folded([*a, *b])


@pytest.mark.proof
@given(acts(), st.randoms(use_true_random=False))
def test_any_order_of_acts_gives_the_same_beliefs(done: list[Fact], dice: Random) -> None:
    """Outcomes before decisions, old before new: the order of facts does not matter."""
    shuffled = list(done)
    dice.shuffle(shuffled)

    agree(believe(shuffled, now=NOW), believe(done, now=NOW), "In another order")


@pytest.mark.proof
@pytest.mark.parametrize("estimator", [Counters(), Rhythm("Europe/Berlin"), Interests()])
@given(facts=acts())
def test_states_join_like_sums(estimator: Estimator[Any], facts: list[Fact]) -> None:
    """Seen in parts, joined in any order and grouping: as if seen at once, with a zero."""
    evidence = evidence_of(facts, now=NOW)
    check_parts_join_like_sums(lambda: estimator, evidence)
    check_of_nothing_it_is_zero(lambda: estimator, evidence)


@pytest.mark.proof
@given(
    st.lists(st.tuples(st.text(max_size=9), st.integers(-(2**63), 2**63 - 1), AGES), max_size=60)
)
def test_memory_per_person_is_bounded(signals: list[tuple[str, int, float]]) -> None:
    """However many names and values come, the states keep their size."""
    counters, state = Counters(most=8), Counters(most=8).see(())
    for name, number, age in signals:
        fact = seen(f"x.{number % 3}", {name: number, "text": name}, days=age)
        state = update(counters, state, evidence_of([fact], now=NOW))

        assert len(state.keys) <= 8
        assert all(total.total.shape == (len(state.keys), 1) for total in state.sums)


@pytest.mark.proof
@given(LISTS, acts())
def test_nothing_given_is_changed(said: list[Fact], done: list[Fact]) -> None:
    """Folding and believing leave facts and registers as they were."""
    facts = [*said, *done]
    before, registers = [encode(fact) for fact in facts], folded(said[:3])
    as_text = repr(registers)
    folded([*facts])
    fold(registers, said[-1] if said else Linked("ada", NOW))
    believe(facts, now=NOW)

    assert [encode(fact) for fact in facts] == before
    assert repr(registers) == as_text


@pytest.mark.proof
@given(st.from_regex(r"[a-z0-9_]{1,8}(\.[a-z0-9_]{1,8}){1,3}", fullmatch=True), VALUES)
def test_unknown_kinds_are_survived(kind: str, value: object) -> None:
    """A signal nobody planned for is counted, or ignored; it never breaks a profile."""
    fact = seen(kind, {"anything": value})
    profile = rebuilt([fact])

    assert isinstance(fact, Observed)
    assert profile.person == "ada"
