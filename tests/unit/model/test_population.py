"""The population model: what is solved from sums."""

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.algebra import Sum
from penchant.model.bending import MOST_WAVES
from penchant.model.population import (
    PRODUCTS,
    Blocks,
    Contributions,
    Products,
    SharedBlocks,
    population_for,
    waves_that_fit,
)
from penchant.model.scaling import Scaling

Floats = NDArray[np.float64]

TWO = Scaling(np.zeros(2), np.ones(2), np.full(2, 5.0))


def outcomes(
    context: Floats, action: Floats, reward: Floats, predicted: float = 0.5
) -> Contributions:
    """Give outcomes of weight 1, with the leading ones added."""
    ones = np.ones((len(reward), 1))
    return Contributions(
        np.hstack([ones, context]),
        np.hstack([ones, action]),
        reward,
        np.full(len(reward), predicted),
        np.ones(len(reward)),
        0.0,
    )


def test_the_model_follows_how_actions_are_known() -> None:
    """By features or by name."""
    assert isinstance(population_for(TWO, TWO, 1.0, are_shared=True), Products)
    assert isinstance(population_for(TWO, TWO, 1.0, are_shared=False), Blocks)


def test_blocks_learn_each_action_by_itself() -> None:
    """Means shrunk towards 0, and a covariance that shrinks with what was seen."""
    rng = np.random.default_rng(1)
    context = rng.normal(size=(400, 1))
    action = np.eye(2)[rng.integers(0, 2, 400)]
    reward = 0.3 * action[:, 0] + action[:, 1] * (0.5 + 0.2 * context[:, 0])
    blocks = Blocks(2, 3, 1e9, 1.0)
    prior = blocks.solve(0.2)[1]
    blocks.add(outcomes(context, action, reward))
    weights, spread = blocks.solve(0.2)

    assert weights[:, 1] == pytest.approx([0.3, 0.0], abs=0.01)
    assert weights[:, 2] == pytest.approx([0.5, 0.2], abs=0.01)
    assert weights[:, 0].tolist() == [0.0, 0.0]
    assert spread is not None
    assert prior is not None
    assert prior[0] == pytest.approx(0.2 * np.eye(2))
    assert np.diag(spread[0]).max() < 0.01


def test_an_action_newer_than_the_blocks_is_counted_nowhere() -> None:
    """All of its columns are 0 until a round gives it one."""
    blocks = Blocks(1, 3, 1e9, 1.0)
    blocks.add(outcomes(np.zeros((5, 0)), np.zeros((5, 2)), np.ones(5)))

    assert not blocks.solve(0.2)[0].any()


def test_a_block_shared_with_another_sign_keeps_its_sign() -> None:
    """Its prediction is context times value times weights, whatever the value."""
    blocks = Blocks(1, 3, 1e9, 1e-9)
    action = np.array([[0.0, -1.0]] * 9)
    blocks.add(outcomes(np.zeros((9, 0)), action, np.full(9, 0.4)))
    weights, _ = blocks.solve(0.2)

    assert weights[0, 1] == 0.0
    assert -1.0 * weights[0, 2] == pytest.approx(0.4)


def test_products_learn_what_an_action_is_worth_in_a_context() -> None:
    """One step of reweighted least squares an outcome comes near the log odds."""
    rng = np.random.default_rng(2)
    context, action = rng.choice([-1.0, 1.0], (4_000, 1)), rng.choice([-1.0, 1.0], (4_000, 1))
    score = 0.2 + 0.8 * context[:, 0] * action[:, 0]
    chance = 1 / (1 + np.exp(-score))
    reward = (rng.random(4_000) < chance).astype(float)
    products = Products(2, 2, 1e9, 1.0)
    for start in range(0, 4_000, 400):  # predictions get better as outcomes come
        part = slice(start, start + 400)
        weights, spread = products.solve(0.2)
        rows = outcomes(context[part], action[part], reward[part])
        predicted = 1 / (1 + np.exp(-np.einsum("ni,ij,nj->n", rows.context, weights, rows.action)))
        products.add(rows._replace(predicted=predicted))
    weights, spread = products.solve(0.2)

    assert spread is None
    assert weights == pytest.approx(np.array([[0.2, 0.0], [0.0, 0.8]]), abs=0.12)


@pytest.mark.parametrize(("says", "least", "most"), [(1.0, 0.5, 1.3), (0.0, 0.0, 0.1)])
def test_products_are_shrunk_where_features_say_nothing(
    says: float, least: float, most: float
) -> None:
    """As hard as cross-validation finds best: little where they say something."""
    rng = np.random.default_rng(9)
    context, action = rng.normal(size=(600, 4)), rng.normal(size=(600, 6))
    chance = 1 / (1 + np.exp(-says * action[:, 0]))
    products = Products(5, 7, 1e9, 3.0)
    products.add(outcomes(context, action, (rng.random(600) < chance).astype(float)))
    weights, _ = products.solve(0.2)

    assert least <= weights[0, 1] <= most
    assert np.abs(weights[1:, 1:]).max() < 0.25


def test_more_products_than_columns_share_them_by_a_signed_hash() -> None:
    """Single features keep a column of their own; memory is bounded."""
    rng = np.random.default_rng(3)
    products = Products(40, 30, 1e9, 1.0)
    context, action = rng.normal(size=(50, 39)), rng.normal(size=(50, 29))
    products.add(outcomes(context, action, rng.random(50)))
    weights, _ = products.solve(0.2)
    sizes = np.abs(weights[1:, 1:]).round(12)

    assert weights.shape == (40, 30)
    assert len(np.unique(sizes)) <= PRODUCTS - 40 - 30 + 1
    assert len(np.unique(np.concatenate([weights[0], weights[1:, 0]]))) == 40 + 30 - 1
    assert (weights[1:, 1:] > 0).any()
    assert (weights[1:, 1:] < 0).any()


@pytest.mark.parametrize(("n_context", "n_action"), [(3, 172), (257, 257)])
def test_products_are_learned_whatever_columns_they_share(n_context: int, n_action: int) -> None:
    """No product may go to the last column, and single features may fill all of them."""
    rng = np.random.default_rng(3)
    products = Products(n_context, n_action, 1e9, 1.0)
    context, action = rng.normal(size=(5, n_context - 1)), rng.normal(size=(5, n_action - 1))
    products.add(outcomes(context, action, rng.random(5)))
    weights, _ = products.solve(0.2)

    assert weights.shape == (n_context, n_action)
    assert weights.any()


@pytest.mark.parametrize("kind", [Products, Blocks])
def test_what_is_old_weighs_less(kind: type[Products | Blocks]) -> None:
    """After one half-life an outcome counts half as much as a new one."""
    action = np.array([[1.0]])
    old, new = np.array([0.0]), np.array([1.0])
    mixed, even = kind(1, 2, 10.0, 1e-9), kind(1, 2, 10.0, 1e-9)
    mixed.add(outcomes(np.zeros((1, 0)), action, old))
    mixed.add(outcomes(np.zeros((1, 0)), action, new)._replace(at=10.0))
    even.add(
        outcomes(np.zeros((2, 0)), np.ones((2, 1)), np.array([0.0, 1.0]))._replace(
            weight=np.array([0.5, 1.0])
        )
    )

    assert mixed.solve(0.2)[0] == pytest.approx(even.solve(0.2)[0])


@pytest.mark.parametrize("kind", [Products, Blocks])
@pytest.mark.parametrize("width", [3, 30])
def test_actions_named_by_place_are_actions_written_out(
    kind: type[Products | Blocks], width: int
) -> None:
    """Whether an action was shown once or often, and products share columns or not."""
    dice = np.random.default_rng(width)
    table = np.eye(width) if kind is Blocks else dice.normal(size=(width, width))
    shown = np.concatenate([np.zeros(20, dtype=np.int64), dice.integers(0, width, 30)])
    rewards = dice.random(50)
    whole = outcomes(dice.normal(size=(50, width)), table[shown], rewards)
    ones = np.ones((width, 1))
    named = whole._replace(action=np.hstack([ones, table]), shown=shown)
    one, other = (kind(1 + width, 1 + width, 1e9, 1.0) for _ in range(2))
    one.add(whole)
    other.add(named)

    assert one.solve(0.2)[0] == pytest.approx(other.solve(0.2)[0], abs=1e-9)


def bending(rows: int, *, bends: bool) -> tuple[Blocks, Scaling]:
    """Give blocks that were taught a taste that bends, or one that does not."""
    dice = np.random.default_rng(8)
    scaling = Scaling(np.zeros(2), np.ones(2), np.full(2, 5.0)).with_waves(32)
    raw = dice.normal(size=(rows, 2))
    reward = np.cos(2.0 * raw[:, 0]) if bends else 0.3 * raw[:, 0]
    context, action = scaling.apply(raw), np.ones((rows, 2))
    noisy = reward + 0.1 * dice.normal(size=rows)
    blocks = Blocks(scaling.width, 2, 1e9, 1.0, n_linear=3)
    blocks.add(Contributions(context, action, noisy, noisy, np.ones(rows), 0.0))
    return blocks, scaling


def test_bent_features_follow_a_taste_that_bends() -> None:
    """Where a straight line explains nothing of it."""
    blocks, scaling = bending(600, bends=True)
    weights, _ = blocks.solve(0.01)
    places = np.array([[0.0, 0.0], [1.5, 0.0]])
    low, high = (scaling.apply(places) @ weights[:, 1]).tolist()

    assert blocks.bends
    assert low == pytest.approx(1.0, abs=0.2)
    assert high == pytest.approx(np.cos(3.0), abs=0.2)


def test_bent_features_count_for_nothing_where_a_line_is_enough() -> None:
    """Then the answer is that of the straight model alone."""
    blocks, _ = bending(600, bends=False)
    weights, spread = blocks.solve(0.01)

    assert not blocks.bends
    assert np.abs(weights[3:]).max() < 1e-2
    assert weights[1, 1] == pytest.approx(0.3, abs=0.02)
    assert spread is not None


def test_sums_stay_within_their_room() -> None:
    """Many actions, or a wide context, leave room for fewer bent features, or none."""
    assert waves_that_fit(8, 20) == MOST_WAVES
    assert 0 < waves_that_fit(60, 1_000) < MOST_WAVES
    assert waves_that_fit(90, 1_000) == 0


@pytest.mark.parametrize("n_context", [8, 60, 90, 91, 256])
def test_a_thousand_actions_fit_whatever_the_context(n_context: int) -> None:
    """Sums take 64 MiB at most; where blocks would not fit, one matrix is shared."""
    context = Scaling(np.zeros(n_context), np.ones(n_context), np.full(n_context, 5.0))
    context = context.with_waves(waves_that_fit(n_context, 1_000))
    names = Scaling(np.zeros(1_000), np.ones(1_000), np.full(1_000, 5.0))
    population = population_for(context, names, 1e9, are_shared=False)
    arrays = [one.total for one in vars(population).values() if isinstance(one, Sum)]

    assert isinstance(population, Blocks) == (n_context <= 90)
    assert sum(one.nbytes for one in arrays) < 66 * 2**20


def test_shared_blocks_learn_each_action_by_its_share() -> None:
    """Actions tried at random have had their share of all contexts, so means come out the same."""
    rng = np.random.default_rng(7)
    rows = outcomes(
        rng.normal(size=(4_000, 2)), np.eye(2)[rng.integers(0, 2, 4_000)], np.zeros(4_000)
    )
    worth = np.array([[0.3, 0.1, 0.0], [0.5, 0.0, -0.2]])
    reward = np.einsum("ni,ni->n", rows.context, worth[rows.action[:, 1:].argmax(axis=1)])
    shared = SharedBlocks(3, 3, 1e9, 1.0)
    shared.add(rows._replace(reward=reward))
    weights, spread = shared.solve(0.2)

    assert pytest.approx(worth, abs=0.02) == weights[:, 1:].T
    assert spread is not None
    assert shared.axes is not None
    assert spread.shape == (2, 3)
    assert shared.axes @ shared.axes.T == pytest.approx(np.eye(3))
    assert (shared.axes**2) @ spread[0] == pytest.approx(np.full(3, 1e-4), rel=0.2)
