"""Laws of decayed sums: an abelian group with decay, whatever the times and half-lives.

All agreement is within `TOLERANCE`, relative to the largest term that went in. Sums of n terms
are given n times that, as a total may be n times its largest term and is rounded n times.
"""

from collections.abc import Sequence
from math import inf, isfinite, nan
from random import Random
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from penchant.algebra import TOLERANCE, Sum, add, at_time, faded, subtract, zero
from penchant.errors import BadNumber

YEAR = 365.25 * 86_400.0
NOW = 1_795_305_600.0  # 2026-11-22 in seconds since 1970
N_LONG = 10_000

Floats: TypeAlias = NDArray[np.float64]

magnitudes = st.floats(-1e6, 1e6)
totals = st.lists(magnitudes, min_size=3, max_size=3).map(np.array)
times = st.floats(NOW - 10 * YEAR, NOW + 10 * YEAR)
sums = st.builds(Sum, totals, times)
half_lives = st.one_of(st.floats(60.0, 10 * YEAR), st.just(inf))
ages = st.floats(0.0, 20 * YEAR)


def largest(*terms: Sum) -> float:
    """Give the largest magnitude among the terms."""
    return max(float(np.abs(one.total).max()) for one in terms)


def agree(one: Sum, other: Sum, scale: float) -> bool:
    """Tell whether two sums stand at one time and differ by rounding alone."""
    gap = float(np.abs(one.total - other.total).max())
    return one.at == other.at and isfinite(gap) and gap <= TOLERANCE * scale


def fold(terms: Sequence[Sum], half_life: float) -> Sum:
    """Add the terms from the first to the last."""
    total = zero(3)
    for term in terms:
        total = add(total, term, half_life)
    return total


def halved(terms: Sequence[Sum], half_life: float) -> Sum:
    """Add the terms as a tree: each half by itself, as many nodes would."""
    if len(terms) <= 1:
        return fold(terms, half_life)
    middle = len(terms) // 2
    return add(halved(terms[:middle], half_life), halved(terms[middle:], half_life), half_life)


@pytest.mark.proof
@given(sums, sums, half_lives)
def test_adding_is_commutative(one: Sum, other: Sum, half_life: float) -> None:
    """Either order gives the same bits."""
    forth, back = add(one, other, half_life), add(other, one, half_life)

    assert forth.at == back.at
    assert (forth.total == back.total).all()


@pytest.mark.proof
@given(sums, sums, sums, half_lives)
def test_adding_is_associative(a: Sum, b: Sum, c: Sum, half_life: float) -> None:
    """Which two of three come together first makes no difference but rounding."""
    left = add(add(a, b, half_life), c, half_life)
    right = add(a, add(b, c, half_life), half_life)

    assert agree(left, right, largest(a, b, c))


@pytest.mark.proof
@given(sums, half_lives)
def test_zero_changes_nothing(one: Sum, half_life: float) -> None:
    """The sum of nothing gives back the same bits at the same time, from either side."""
    for total in (add(one, zero(3), half_life), add(zero(3), one, half_life)):
        assert total.at == one.at
        assert (total.total == one.total).all()


@pytest.mark.proof
@given(half_lives, times)
def test_nothing_and_nothing_are_nothing(half_life: float, at: float) -> None:
    """Zero plus zero is zero, and stays so at any time."""
    both = add(zero(3), zero(3), half_life)

    assert both.at == -inf
    assert not both.total.any()
    assert not at_time(both, at, half_life).total.any()


@pytest.mark.proof
@given(sums, sums, half_lives)
def test_subtracting_is_the_inverse(one: Sum, other: Sum, half_life: float) -> None:
    """What was added and taken out again was never there."""
    back = subtract(add(one, other, half_life), other, half_life)
    expected = at_time(one, max(one.at, other.at), half_life)

    assert agree(back, expected, largest(one, other))


@pytest.mark.proof
@given(sums, half_lives)
def test_a_sum_without_itself_is_zero(one: Sum, half_life: float) -> None:
    """Taking a sum out of itself leaves exactly nothing."""
    assert not subtract(one, one, half_life).total.any()


@pytest.mark.proof
@given(st.lists(sums, min_size=1, max_size=30), st.data(), half_lives)
def test_unlearning_is_never_having_learned(
    terms: list[Sum], data: st.DataObject, half_life: float
) -> None:
    """A fold minus some of its terms is the fold of the others, brought to the same time."""
    gone = data.draw(st.sets(st.integers(0, len(terms) - 1)))
    total = fold(terms, half_life)
    left = subtract(total, fold([terms[index] for index in gone], half_life), half_life)
    others = fold([one for n, one in enumerate(terms) if n not in gone], half_life)

    assert agree(left, at_time(others, total.at, half_life), len(terms) * largest(*terms))


@pytest.mark.proof
@given(magnitudes, ages, ages, half_lives)
def test_decay_composes(weight: float, first: float, second: float, half_life: float) -> None:
    """Fading twice is fading once for both ages together."""
    twice = faded(faded(weight, first, half_life), second, half_life)

    assert abs(twice - faded(weight, first + second, half_life)) <= TOLERANCE * abs(weight)


@pytest.mark.proof
@given(sums, ages, ages, half_lives)
def test_time_passes_in_steps_or_at_once(
    one: Sum, first: float, second: float, half_life: float
) -> None:
    """Bringing a sum to a later time by way of another changes nothing but rounding."""
    end = one.at + first + second
    in_steps = at_time(at_time(one, one.at + first, half_life), end, half_life)

    assert agree(in_steps, at_time(one, end, half_life), largest(one))


@pytest.mark.proof
@given(sums, sums, ages, half_lives)
def test_decay_goes_through_adding(one: Sum, other: Sum, age: float, half_life: float) -> None:
    """Adding and then waiting is waiting and then adding."""
    end = max(one.at, other.at) + age
    added_first = at_time(add(one, other, half_life), end, half_life)
    faded_first = add(at_time(one, end, half_life), at_time(other, end, half_life), half_life)

    assert agree(added_first, faded_first, largest(one, other))


@pytest.mark.proof
@given(magnitudes, ages, half_lives)
def test_what_fades_never_grows(weight: float, age: float, half_life: float) -> None:
    """With time a weight comes nearer to 0 and keeps its sign; no age overflows."""
    left = faded(weight, age, half_life)

    assert abs(left) <= abs(weight)
    assert left * weight >= 0


@pytest.mark.proof
@given(st.lists(sums, min_size=1, max_size=30), st.randoms(), half_lives)
def test_any_order_and_grouping_agree(terms: list[Sum], dice: Random, half_life: float) -> None:
    """Streaming, batch, a tree over nodes and a late replay end in the same sum."""
    scale = len(terms) * largest(*terms)
    streamed = fold(terms, half_life)
    shuffled = list(terms)
    dice.shuffle(shuffled)

    assert agree(streamed, fold(shuffled, half_life), scale)
    assert agree(streamed, halved(shuffled, half_life), scale)
    assert agree(streamed, fold(terms[::-1], half_life), scale)


@pytest.mark.proof
@given(st.lists(sums, max_size=20), st.lists(sums, max_size=20), half_lives)
def test_merging_is_having_seen_both(ones: list[Sum], others: list[Sum], half_life: float) -> None:
    """Two people's sums added are the sum of one who saw both streams, in order of time."""
    merged = add(fold(ones, half_life), fold(others, half_life), half_life)
    stream = sorted(ones + others, key=lambda term: term.at)
    seen = fold(stream, half_life)

    assert agree(merged, seen, len(stream) * largest(zero(3), *stream))


@pytest.mark.parametrize("half_life", [60.0, 86_400.0, YEAR, 10 * YEAR, inf])
@pytest.mark.parametrize("kind", ["alike", "mixed"])
def test_a_long_fold_stays_within_the_tolerance(kind: str, half_life: float) -> None:
    """Ten thousand terms agree in any order and grouping, relative to the largest total met."""
    dice = np.random.default_rng(7)
    values = np.full((N_LONG, 3), 0.1) if kind == "alike" else dice.normal(size=(N_LONG, 3))
    at = NOW + dice.uniform(-10 * YEAR, 10 * YEAR, size=N_LONG)
    terms = [Sum(value, float(time)) for value, time in zip(values, at, strict=True)]
    streamed = fold(terms, half_life)
    scale = largest(streamed, *terms)

    assert agree(streamed, fold(terms[::-1], half_life), scale)
    assert agree(streamed, halved(terms, half_life), scale)
    assert agree(streamed, fold(sorted(terms, key=lambda term: term.at), half_life), scale)


@pytest.mark.proof
@given(sums, sums, half_lives)
def test_adding_leaves_its_terms_alone(one: Sum, other: Sum, half_life: float) -> None:
    """No array that was handed in is changed."""
    before = (one.total.copy(), other.total.copy())
    add(one, other, half_life)
    subtract(one, other, half_life)

    assert (one.total == before[0]).all()
    assert (other.total == before[1]).all()


@pytest.mark.proof
@given(st.lists(st.tuples(magnitudes, ages), min_size=1, max_size=20), half_lives)
def test_an_array_fades_as_its_numbers_do(
    pairs: list[tuple[float, float]], half_life: float
) -> None:
    """A column of weights and ages gives what one by one gives."""
    weights, spans = np.array(pairs).T
    column = faded(weights, spans, half_life)

    for left, (weight, age) in zip(column, pairs, strict=True):
        assert abs(left - faded(weight, age, half_life)) <= TOLERANCE * abs(weight)


@pytest.mark.parametrize("half_life", [0.0, -0.0, -1.0, -inf, nan])
def test_a_half_life_is_above_zero(half_life: float) -> None:
    """What cannot halve is refused, and said."""
    with pytest.raises(BadNumber, match=r"A half-life must be above 0 seconds \(got `"):
        faded(1.0, 1.0, half_life)
    with pytest.raises(BadNumber, match="half-life"):
        add(Sum(np.ones(1), 0.0), Sum(np.ones(1), 1.0), half_life)
