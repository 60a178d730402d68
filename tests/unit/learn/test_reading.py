"""What the judge is handed: read as numbers, or told by its name; nothing is made of a part."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from penchant.errors import BadInput, BadNumber
from penchant.learn.evaluate import (
    acceptance,
    difference,
    estimate,
    judge,
    match_of,
    misfits,
    resample,
    value,
    weights,
)
from penchant.learn.evaluate.personal import is_personal
from penchant.learn.evaluate.uplift import fit_uplift, gains, heterogeneity, qini

N = 1_000
RNG = np.random.default_rng(7)
ACTIONS = RNG.integers(0, 2, N)
REWARDS = (RNG.random(N) < 0.3 + 0.3 * ACTIONS).astype(np.float64)
HALF = np.full(N, 0.5)
ALWAYS = np.tile([0.0, 1.0], (N, 1))
FIRST = np.arange(N) < 9
PEOPLE = np.arange(N) % 40


def ask(**changed: Any) -> str:
    """Ask with some columns changed; give the sentence of the error or of the refusal."""
    columns = {"actions": ACTIONS, "rewards": REWARDS, "propensities": HALF, "target": ALWAYS}
    try:
        found = estimate(**{**columns, **changed})
    except BadInput as told:
        return str(told)
    assert math.isnan(found.value) or found.refused is None
    return found.refused or ""


@pytest.mark.parametrize(
    "column",
    [
        REWARDS + 1j,
        REWARDS.astype("M8[s]"),
        REWARDS.astype("m8[s]"),
        REWARDS.astype(str),
        [datetime(2026, 1, 1, tzinfo=UTC)] * N,
        [10**400] * N,
        {"ada": 1.0},
        (one for one in REWARDS),
    ],
)
def test_what_only_looks_like_numbers_is_told(column: Any) -> None:
    """Complex numbers, times, texts and what no float can hold are converted by the caller."""
    assert ask(rewards=column).startswith("`rewards` must hold numbers in rows of one length")


@pytest.mark.parametrize("kind", ["bool", "int8", "uint16", "float16", "float32", "object"])
def test_numbers_of_any_kind_are_numbers(kind: str) -> None:
    """Whole, short and boxed numbers give what floats give."""
    plain = estimate(ACTIONS, REWARDS, HALF, ALWAYS)
    target = ALWAYS.astype(kind)
    other = estimate(ACTIONS.astype(kind), REWARDS.astype(kind), HALF.tolist(), target)

    assert plain.refused is None
    assert other == plain


def test_what_is_masked_is_missing() -> None:
    """A mask says that a number is not known: it is not read in spite of that."""
    for name, column in (("rewards", REWARDS), ("propensities", HALF)):
        masked = np.ma.masked_array(column, mask=FIRST)
        assert ask(**{name: masked}).startswith(f"`{name}` is missing or not finite in 9 of 1000")
    masked_people = np.ma.masked_array(PEOPLE, mask=FIRST)
    assert "misses the person of 9 rows" in ask(groups=masked_people)


@pytest.mark.parametrize(("low", "high"), [(-1.7e308, 1.7e308), (0.0, 5e-324), (-1e-310, 1e-310)])
def test_rewards_too_far_or_too_near_are_told(low: float, high: float) -> None:
    """Their range must be a number with all its digits, since everything is put on it."""
    assert ask(rewards=np.where(REWARDS > 0, high, low)).startswith(
        f"The rewards go from {low:g} to {high:g}, which is farther or nearer"
    )


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 1e9, 1e300])
def test_rewards_in_any_other_unit_are_answered(scale: float) -> None:
    """What is small or large is no fault."""
    found = estimate(ACTIONS, scale * REWARDS, HALF, ALWAYS)

    assert found.refused is None
    assert 0.5 < found.value / scale < 0.7


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"target": np.zeros((N, 0))}, "`target` has no columns"),
        ({"target": 1.0}, "`target` must have the shape (n, K): a propensity for each action"),
        ({"contexts": 1.0}, "`contexts` must have the shape (n, d): a column for each feature"),
        ({"contexts": np.ones((N, 1, 1))}, "`contexts` must have the shape (n, d)"),
        ({"contexts": [[1.0], [1.0, 2.0]]}, "`contexts` must hold numbers in rows of one length"),
        ({"rewards": None}, "`rewards` must have the shape (n,) (got ())"),
        ({"groups": 3}, "`groups` must hold the id of a person for each row"),
        ({"groups": "a" * N}, "`groups` must hold the id of a person for each row"),
        ({"groups": PEOPLE[:, None]}, "`groups` must have the shape (n,) (got (1000, 1))"),
        ({"groups": [np.zeros(2)] * N}, "`groups` misses the person of 1000 rows"),
        ({"groups": PEOPLE[:-1]}, "`groups` has 999 rows, but `target` has 1000"),
    ],
)
def test_shapes_that_do_not_fit_are_told_with_the_one_that_does(
    changed: dict[str, Any], says: str
) -> None:
    """Each argument is named, with the shape it should have."""
    assert ask(**changed).startswith(says)


@pytest.mark.parametrize("alpha", [0, 1, True, math.nan, 1e-300, None, "0.05", [0.05], 0.5 + 0j])
def test_an_alpha_that_is_no_share_is_told(alpha: Any) -> None:
    """Of whatever kind it is, by everybody who takes one."""
    for call in (
        lambda: estimate(ACTIONS, REWARDS, HALF, ALWAYS, alpha=alpha),
        lambda: judge(ACTIONS, REWARDS, HALF, ALWAYS, alpha=alpha),
        lambda: match_of(HALF, PEOPLE.astype(str).tolist(), alpha),
        lambda: value(REWARDS, HALF, resample(PEOPLE, RNG, n_resamples=9), alpha=alpha),
    ):
        with pytest.raises(BadNumber, match=r"`alpha` must lie between 0 and 1.*Give 0\.05"):
            call()


def test_policies_that_know_other_actions_are_not_compared() -> None:
    """The current policy has the rows and the columns of the candidate."""
    for current in (np.full((N, 3), 1 / 3), ALWAYS[:-1]):
        with pytest.raises(BadInput, match=r"`current` must have the shape of `target`, \(1000, 2"):
            judge(ACTIONS, REWARDS, HALF, ALWAYS, current=current)


def test_a_feature_known_only_afterwards_is_suspected() -> None:
    """It falls out with the propensities, and the sentence says what else it may be."""
    assert ask(contexts=REWARDS).endswith(
        "If that feature became known only after the decision, leave it out."
    )


def test_rows_that_hardly_could_have_been_drawn_are_not_called_people() -> None:
    """Where nobody is named, a weight that outweighs all others is told as rows, not as people."""
    hardly = np.where((np.arange(N) == np.argmax(ACTIONS)), 1e-9, 0.5)

    assert "the 1,000 rows weigh like 1" in ask(propensities=hardly)


def test_people_who_weigh_too_much_are_told_apart_from_those_who_come_too_often() -> None:
    """Few rows of great weight are not called many rows of few people."""
    hardly = np.where((np.arange(N) == np.argmax(ACTIONS)), 1e-9, 0.5)
    often = np.where(np.arange(N) < N - 40, 0, PEOPLE)

    assert "most of the weight is of few people" in ask(propensities=hardly, groups=PEOPLE)
    assert "most rows are of few people" in ask(groups=often)


def test_an_id_that_is_empty_is_missing() -> None:
    """As one id it would make one person of all who are not known."""
    assert "`groups` misses the person of 9 rows" in ask(groups=np.where(FIRST, "", PEOPLE))


def test_a_thousand_actions_are_checked_one_by_one() -> None:
    """Rows that took any of them are judged, or it is said what was never logged."""
    n, n_actions = 4_000, 1_000
    actions = RNG.permutation(n) % n_actions
    even = np.full((n, n_actions), 1 / n_actions)
    one = np.zeros((n, n_actions))
    one[:, 7] = 1.0
    found = estimate(actions, RNG.random(n), np.full(n, 1e-3), even)
    alone = estimate(actions, RNG.random(n), np.full(n, 1e-3), one)

    assert found.estimator == "mean"
    assert "weigh like" in (alone.refused or "")


BAD_CALLS: list[tuple[Callable[[], object], str]] = [
    (lambda: misfits(ACTIONS[:-1], HALF, n_actions=2), "a place below 2 for each of the 1000"),
    (lambda: misfits(ACTIONS + 7, HALF, n_actions=2), "a place below 2 for each of the 1000"),
    (lambda: misfits(ACTIONS - 1, HALF, n_actions=2), "a place below 2 for each of the 1000"),
    (lambda: weights(HALF * math.nan, HALF), "must be from 0 to 1"),
    (lambda: weights(-HALF, HALF), "must be from 0 to 1"),
    (lambda: weights(HALF + 1, HALF), "must be from 0 to 1"),
    (lambda: weights(HALF[:-1], HALF), "`target` has 999 rows, but `logged` has 1000"),
    (lambda: acceptance(HALF * 0), "above 0 and at most 1"),
    (lambda: match_of(HALF * math.nan, ["a"] * N), "must be from 0 to 1 in every decision"),
    (lambda: match_of(HALF + 1, ["a"] * N), "must be from 0 to 1 in every decision"),
    (lambda: match_of(-HALF, ["a"] * N), "must be from 0 to 1 in every decision"),
    (lambda: match_of(HALF, ["a"]), "`people` has 1 rows, but `chances` has 1000"),
    (lambda: match_of(HALF, [""] * N), "`people` misses the person of 1000 rows"),
    (lambda: match_of(HALF, None), "`people` must hold the id of a person"),  # type: ignore[arg-type]
    (lambda: match_of(None, ["a"]), "`chances` must have the shape"),  # type: ignore[arg-type]
    (lambda: weights(HALF[:, None], HALF), "`target` must have the shape"),
    (lambda: resample([None, "ada"], RNG), "`groups` misses the person of 1 rows"),
]


@pytest.mark.parametrize(("call", "says"), BAD_CALLS)
def test_what_stands_beside_an_estimate_is_checked_too(
    call: Callable[[], object], says: str
) -> None:
    """Frequencies, weights and matches are not made of what is none."""
    with pytest.raises(BadInput, match=says):
        call()


def test_lists_are_columns_too() -> None:
    """What stands beside an estimate takes numbers in whatever holds them, as it does."""
    half, drawn = HALF.tolist(), resample(PEOPLE.tolist(), RNG, n_resamples=9)

    assert weights(half, half).tolist() == [1.0] * N  # type: ignore[arg-type]
    assert acceptance(half).tolist() == [1.0] * N  # type: ignore[arg-type]
    assert misfits(ACTIONS.tolist(), half, n_actions=2) == ()  # type: ignore[arg-type]
    found = value(REWARDS.tolist(), half, drawn)  # type: ignore[arg-type]
    assert found.value == pytest.approx(REWARDS.mean())
    assert difference(REWARDS.tolist(), half, half, drawn).value == 0.0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rewards", "row_weights", "says"),
    [
        (REWARDS * math.nan, HALF, "`rewards` has rows that are no numbers up to"),
        (REWARDS * 1e200, HALF, "`rewards` has rows that are no numbers up to"),
        (REWARDS, HALF * math.inf, "has rows that are no numbers up to"),
        (REWARDS, -HALF, "has rows below 0; a weight is a ratio"),
        (REWARDS[:-1], HALF, "`rewards` has 999 rows, but `resamples` has 1000"),
    ],
)
def test_resampled_values_are_not_made_of_what_is_none(
    rewards: Any, row_weights: Any, says: str
) -> None:
    """Neither a value nor a difference."""
    drawn = resample(PEOPLE, np.random.default_rng(1), n_resamples=9)

    with pytest.raises(BadInput, match=says):
        value(rewards, row_weights, drawn)
    with pytest.raises(BadInput, match=says):
        difference(rewards, HALF, row_weights, drawn)


CONTEXTS = RNG.normal(size=(N, 2))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"done": ["yes"] * N}, "`done` must hold numbers"),
        ({"done": ACTIONS[:, None]}, r"`done` must have the shape \(n,\)"),
        ({"rewards": REWARDS[:, None]}, r"`rewards` must have the shape \(n,\)"),
        ({"rewards": REWARDS + 1j}, "`rewards` must hold numbers"),
        ({"rewards": np.ma.masked_array(REWARDS, mask=FIRST)}, "`rewards` is missing .* in 9 of"),
        ({"rewards": np.where(REWARDS > 0, 1.7e308, -1.7e308)}, "`rewards` goes up to 1.7e.308"),
        ({"rewards": REWARDS * 1e-310}, "which is nearer than can be reckoned with"),
        ({"propensity": 0.5}, r"`propensity` must have the shape \(n,\)"),
        ({"propensity": np.where(FIRST, 1e-300, 0.5)}, "must lie between 0 and 1 in every row"),
        ({"propensity": np.where(FIRST, 1 - 1e-16, 0.5)}, "must lie between 0 and 1 in every row"),
    ],
)
def test_a_trial_of_strange_columns_has_its_sentence(changed: dict[str, Any], says: str) -> None:
    """Uplift and "is it personal?" read columns as the judge does."""
    one = {"done": ACTIONS, "rewards": REWARDS, "propensity": HALF, **changed}

    with pytest.raises(BadInput, match=says):
        gains(one["done"], one["rewards"], CONTEXTS, one["propensity"])
    with pytest.raises(BadInput, match=says):
        is_personal(one["done"], one["rewards"], one["propensity"], PEOPLE, RNG)


def test_a_trial_in_which_few_rows_carry_all_the_weight_is_none() -> None:
    """Rows that had hardly a chance make the gains of all theirs: that is told."""
    done = np.where(np.arange(N) < 3, 1, ACTIONS)
    rare = np.where(np.arange(N) < 3, 1e-6, 0.5)

    with pytest.raises(BadInput, match=r"those with it are .* weigh like 3"):
        gains(done, REWARDS, CONTEXTS, rare)


@pytest.mark.parametrize("scale", [0.0, 1e-310, 1e-200, 1e50])
def test_contexts_of_any_scale_give_scores_that_are_numbers(scale: float) -> None:
    """Constant, tiny and huge features; a single one as a plain column."""
    for contexts in (scale * CONTEXTS, scale * CONTEXTS[:, 0]):
        phi = gains(ACTIONS, REWARDS, contexts, HALF)
        assert np.isfinite(fit_uplift(phi, contexts).scores(contexts)).all()
        assert math.isfinite(heterogeneity(phi, contexts).chance)
    with pytest.raises(BadInput, match="`contexts` goes up to"):
        gains(ACTIONS, REWARDS, 1e300 * CONTEXTS, HALF)
    with pytest.raises(BadInput, match="There are 0 gains"):
        fit_uplift(np.zeros(0), CONTEXTS[:0])
    with pytest.raises(BadInput, match="`contexts` has 999 rows, but `phi` has 1000"):
        heterogeneity(np.zeros(N), CONTEXTS[:-1])


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ([None] * 50 + PEOPLE[50:].tolist(), "`people` misses the person of 50 rows"),
        (np.full(N, math.nan), "`people` misses the person of 1000 rows"),
        ("a" * N, "`people` must hold the id of a person for each row"),
        (np.arange(N), "Of the 1000 people 0 have two rows or more"),
        (np.maximum(np.arange(N) - 980, 0), "Of the 20 people 1 have two rows or more"),
        (PEOPLE[:-1], "`people` has 999 rows, but `done` has 1000"),
    ],
)
def test_whether_it_is_personal_is_not_told_of_nobody(people: Any, says: str) -> None:
    """Who is not known is no person of their own, and an only row tells no difference."""
    with pytest.raises(BadInput, match=says):
        is_personal(ACTIONS, REWARDS, HALF, people, np.random.default_rng(1))


def test_qini_ranks_whom_it_knows() -> None:
    """Other lengths, other rewards than 0 and 1, and nobody at all are told."""
    scores = RNG.normal(size=N)

    with pytest.raises(BadInput, match="`scores` has 999 rows, but `done` has 1000"):
        qini(scores[:-1], ACTIONS, REWARDS)
    with pytest.raises(BadInput, match="`rewards` must be 0 or 1"):
        qini(scores, ACTIONS, REWARDS * 5)
    with pytest.raises(BadInput, match="All 0 rows were treated alike"):
        qini(scores[:0], ACTIONS[:0], REWARDS[:0])
