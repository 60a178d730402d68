"""Own effects: what an action is beyond its features, found beside what these say."""

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.model import own_effects
from penchant.model.contributions import Contributions
from penchant.model.own_effects import OwnEffects, effects_of
from penchant.model.population import Products

Floats = NDArray[np.float64]

N_ACTIONS, N_FEATURES, N_CONTEXT = 60, 4, 3


class World:
    """Actions with features, and with weights of their own on [1, context] as large as told."""

    def __init__(self, shared: float, own: tuple[float, float], seed: int = 0) -> None:
        dice = np.random.default_rng(seed)
        self.actions = np.column_stack(
            [np.ones(N_ACTIONS), dice.normal(size=(N_ACTIONS, N_FEATURES)) / 2.0]
        )
        self.weights = shared * dice.normal(size=(1 + N_CONTEXT, 1 + N_FEATURES))
        self.own = dice.normal(size=(N_ACTIONS, 1 + N_CONTEXT))
        self.own *= np.append(own[0], np.full(N_CONTEXT, own[1]))
        self.dice = dice

    def outcomes(self, count: int) -> Contributions:
        """Give outcomes of random actions in random contexts; nothing was predicted of them."""
        dice = self.dice
        name = dice.integers(0, N_ACTIONS, count)
        context = np.column_stack([np.ones(count), dice.normal(size=(count, N_CONTEXT)) / 2.0])
        weights = self.actions[name] @ self.weights.T + self.own[name]
        chance = 1.0 / (1.0 + np.exp(-np.einsum("ij,ij->i", weights, context)))
        reward = (dice.random(count) < chance).astype(np.float64)
        even, sure = np.full(count, 0.5), np.ones(count)
        rest = reward - even
        return Contributions(context, self.actions, reward, even, sure, 0.0, name, name, rest)


def learned(world: World, count: int = 6_000) -> Products:
    """Give a model that learned so many outcomes of a world, solved."""
    model = Products(1 + N_CONTEXT, 1 + N_FEATURES, np.inf, precision=3.0)
    model.add(world.outcomes(count))
    return model


def twice(target: Floats) -> Floats:
    """Give targets of which nothing was put down to anybody."""
    return np.stack([target, target], axis=1)


def test_where_features_say_everything_own_weights_shrink() -> None:
    """To far less than what is usual before anything was seen, newcomers' as well."""
    model = learned(World(1.5, (0.0, 0.0)))
    weights, _ = model.solve(0.2)

    assert model.own.variance[0].max() < 0.15  # it starts at .6
    assert np.abs(model.own.mean).mean() < 0.2
    assert np.abs(weights).max() > 0.5


def test_where_features_say_nothing_actions_are_told_apart_by_themselves() -> None:
    """Always and by context, each as much as it is so; features are hardly believed."""
    world = World(0.0, (1.5, 0.7))
    model = learned(world)
    weights, _ = model.solve(0.2)
    spread = model.own.variance[0]

    assert spread[0] > 0.8 > spread[1] > 0.1
    assert np.corrcoef(model.own.mean[:, 0], world.own[:, 0])[0, 1] > 0.9
    assert np.corrcoef(model.own.mean[:, 1], world.own[:, 1])[0, 1] > 0.7
    assert np.abs(weights[:, 1:]).max() < 0.6


def test_an_action_nobody_was_shown_is_as_unsure_as_actions_differ() -> None:
    """The more was seen of one, the surer; of none, the spread itself and a mean of 0."""
    world = World(0.5, (1.0, 0.3))
    model = Products(1 + N_CONTEXT, 1 + N_FEATURES, np.inf, precision=3.0)
    rows = world.outcomes(2_000)
    few = (rows.name != 7) & ((rows.name != 8) | (np.arange(2_000) < 40))
    model.add(
        rows._replace(
            context=rows.context[few], reward=rows.reward[few], predicted=rows.predicted[few],
            weight=rows.weight[few], shown=rows.name[few], name=rows.name[few],
            rest=rows.rest[few],
        )
    )  # fmt: skip
    model.solve(0.2)
    mean, variance, _ = model.own

    assert mean[7].tolist() == [0.0] * (1 + N_CONTEXT)
    assert variance[1 + 7].tolist() == variance[0].tolist()
    assert variance[1 + 9, 0] < variance[1 + 8, 0] < variance[0, 0]


def test_what_people_like_an_action_for_is_theirs() -> None:
    """One that is shown to those who like it is not thought better than others for it."""
    rows = World(0.0, (0.0, 0.0)).outcomes(6_000)
    liked = np.where(rows.name == 7, 0.3, 0.0)
    reward = np.clip(rows.reward + liked, 0.0, 1.0)

    def own_of(rest: Floats) -> float:
        model = Products(1 + N_CONTEXT, 1 + N_FEATURES, np.inf, precision=3.0)
        model.add(rows._replace(reward=reward, rest=rest))
        model.solve(0.2)
        return float(model.own.mean[7, 0])

    assert own_of(rows.reward - 0.5) < 0.0 < own_of(reward - 0.5) - 0.05


def test_many_actions_have_fewer_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that all of them have room; they are the first ones, as if others had never been kept."""
    rows = World(0.5, (1.0, 0.3)).outcomes(400)
    whole = OwnEffects(1 + N_CONTEXT, 1 + N_FEATURES, np.inf)
    whole.add(rows, rows.weight, twice(rows.reward), 1.0)
    monkeypatch.setattr(own_effects, "_ROOM", N_ACTIONS * (1 + N_CONTEXT) * 2)
    narrow = OwnEffects(1 + N_CONTEXT, 1 + N_FEATURES, np.inf)
    narrow.add(rows, rows.weight, twice(rows.reward), 1.0)
    mine, theirs = narrow.shown(), whole.shown()

    assert mine.pull == pytest.approx(theirs.pull[:, :2])
    assert mine.gram == pytest.approx(theirs.gram[:, :2])
    told = effects_of(mine, np.zeros((1 + N_CONTEXT, 1 + N_FEATURES)), np.eye(N_FEATURES))
    assert told.mean.shape == (N_ACTIONS, 2)


def test_of_very_many_actions_the_best_known_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are taken for newcomers; names that were never shown take no room."""
    rows = World(0.5, (1.0, 0.3)).outcomes(400)
    effects = OwnEffects(1 + N_CONTEXT, 1 + N_FEATURES, np.inf)
    effects.add(rows._replace(name=rows.name * 1_000), rows.weight, twice(rows.reward), 1.0)
    counts = np.bincount(rows.name, minlength=N_ACTIONS)
    monkeypatch.setattr(own_effects, "_MOST_SHOWN", 10)
    shown = effects.shown()

    assert counts[shown.places // 1_000].min() >= np.sort(counts)[-10]
    assert len(shown.places) == 10
    told = effects_of(shown, np.zeros((1 + N_CONTEXT, 1 + N_FEATURES)), np.eye(N_FEATURES))
    other = next(n for n in range(N_ACTIONS) if 1_000 * n not in shown.places and n < 50)
    assert told.variance[1 + 1_000 * other].tolist() == told.variance[0].tolist()


def test_a_context_of_any_width_leaves_room() -> None:
    """Own weights stand on the first columns alone, so solving stays quick."""
    wide = OwnEffects(257, 3, np.inf)
    rows = Contributions(
        np.ones((1, 257)), np.ones((1, 3)), np.ones(1), np.ones(1), np.ones(1), 0.0,
        name=np.array([4]),
    )  # fmt: skip
    wide.add(rows, rows.weight, twice(rows.reward), 1.0)
    shown = wide.shown()

    assert shown.places.tolist() == [4]
    assert shown.inverse.shape == (1, 33, 33)


def test_what_was_tried_less_is_more_unsure() -> None:
    """How unsure one is of features shrinks with outcomes."""
    world = World(1.0, (0.0, 0.0))
    few, many = learned(world, 50), learned(world, 5_000)
    few.solve(0.2)
    many.solve(0.2)

    assert few.own.shared.shape == (N_FEATURES, N_FEATURES)
    assert (np.linalg.eigvalsh(few.own.shared) > 0.0).all()
    assert np.diagonal(many.own.shared).max() < 0.25 * np.diagonal(few.own.shared).min()
