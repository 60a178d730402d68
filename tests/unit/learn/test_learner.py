"""The learner: when versions come, from what, and that the forgotten leave them."""

from collections.abc import Sequence

import numpy as np
import pytest

from penchant.learn import learner
from penchant.limits import Limits
from penchant.model.evidence import Row
from penchant.model.moment_model import MomentModel
from penchant.model.population import Blocks, Products
from penchant.model.scaling import Scaling
from penchant.words import Action

DAY = 86_400.0
NOW = 1.8e9
FEATURED = tuple(Action(name, {"x": x}) for name, x in (("a", -1.0), ("b", 0.5), ("c", 2.0)))
NAMED = tuple(Action(name) for name in "abc")


def model_with(
    actions: Sequence[Action], n: int, *, people: int = 5, without: str = "", seed: int = 1
) -> MomentModel:
    """Give a model in which outcomes lie, those of one person left out if named."""
    model, rng = MomentModel(30 * DAY, Limits()), np.random.default_rng(seed)
    matrix = model.action.encode_actions(actions)
    for i in range(n):
        place, hour, reward = int(rng.integers(3)), float(rng.integers(24)), rng.random()
        person = f"p{i % people}"
        context = model.context.encode({"hour": hour})
        if person != without:
            name = int(model.names.places([actions[place].name])[0])
            row = model.people.row(person)
            model.evidence.add_one(
                Row(context, matrix[place], reward, 0.5, NOW + i, row, name, reward - 0.5)
            )
    return model


def round_of(model: MomentModel) -> learner.Round:
    """Work a round on what there is."""
    return learner.work(learner.plan(model))


def test_rounds_come_at_counts_that_grow() -> None:
    """Early at each doubling, later by an eighth; adopted a 32nd later."""
    starts = [4]
    while starts[-1] < 10_000:
        starts.append(learner.next_round_at(starts[-1]))

    assert starts[:10] == [4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048]
    assert starts[10] == 2_048 + 256
    assert all(learner.adopt_at(one) < learner.next_round_at(one) for one in starts)
    assert learner.adopt_at(4) == 4


def test_before_the_first_round_nothing_is_refreshed() -> None:
    """There are no sums to solve."""
    model = model_with(FEATURED, 3)
    learner.refresh(model)

    assert not learner.is_refresh_due(model)
    assert model.version.number == 0
    learner.rebuild(model)
    assert model.population is None


@pytest.mark.parametrize(("actions", "kind"), [(FEATURED, Products), (NAMED, Blocks)])
def test_a_round_brings_a_version_into_force(
    actions: Sequence[Action], kind: type[Products | Blocks]
) -> None:
    """Scaling, weights, basis and prior of the outcomes so far, under the next number."""
    model = model_with(actions, 40)
    learner.adopt(model, round_of(model))
    version = model.version

    assert isinstance(model.population, kind)
    assert (version.number, version.round, version.n_outcomes) == (1, 1, 40)
    assert version.is_logistic == (kind is Products)
    assert version.weights.shape == (version.context.width, version.action.width)
    assert (version.context.width > 2) == (kind is Blocks)
    assert version.weights.any()
    assert 1 <= version.rank <= min(8, 1 + model.action.width)
    assert (version.spread is None) == (kind is Products)
    assert model.folded == 40
    assert not learner.is_refresh_due(model)


@pytest.mark.parametrize(("times", "low", "high"), [(10, 1, 8), (200, 9, 16)])
def test_who_is_known_for_long_is_told_apart_in_more_directions(
    times: int, low: int, high: int
) -> None:
    """The same 40 people, by ten outcomes each and by two hundred; tastes have 24 directions."""
    dice = np.random.default_rng(3)
    items, likes = dice.normal(size=(60, 24)), dice.normal(size=(40, 24)) / 24**0.5
    actions = [
        Action(f"i{n}", {f"x{k}": x for k, x in enumerate(row)}) for n, row in enumerate(items)
    ]
    model = MomentModel(365 * DAY, Limits())
    matrix, names = (
        model.action.encode_actions(actions),
        model.names.places([a.name for a in actions]),
    )
    context = model.context.encode({})
    for n in range(40 * times):
        place, who = int(dice.integers(60)), n % 40
        row, left = (
            model.people.row(f"p{who}"),
            float(0.3 * items[place] @ likes[who] + 0.4 * dice.normal()),
        )
        outcome = (0.5 + left, 0.5, NOW + n, row, int(names[place]), left)
        model.evidence.add_one(Row(context, matrix[place], *outcome))

    for _ in range(3):
        learner.adopt(model, round_of(model))

    assert low <= model.version.rank <= high


def test_names_that_share_a_column_are_told_apart() -> None:
    """Of 320 names the last 128 share 64 columns; every other name brings more, and is found."""
    actions = [Action(f"a{n}") for n in range(320)]
    model = MomentModel(365 * DAY, Limits())
    matrix, names = (
        model.action.encode_actions(actions),
        model.names.places(f"a{n}" for n in range(320)),
    )
    context, nobody = model.context.encode({}), -1
    for n in range(320 * 12):
        place = n % 320
        reward = 0.8 if place % 2 else 0.2
        outcome = (reward, 0.5, NOW + n, nobody, int(names[place]), reward - 0.5)
        model.evidence.add_one(Row(context, matrix[place], *outcome))

    for _ in range(2):
        learner.adopt(model, round_of(model))
    version = model.version
    scaled = version.action.apply(matrix)
    expected = version.rewards(
        version.context.apply(context[None])[0], scaled, version.own_of(names)
    )

    assert expected[193::2].min() > expected[192::2].max()


def test_what_comes_while_a_round_runs_is_added_when_it_is_adopted() -> None:
    """To people's sums and to the population's alike."""
    model, later = model_with(FEATURED, 40), model_with(FEATURED, 60)
    done = round_of(model)
    for i in range(40, 60):
        row = later.evidence.rows(i, i + 1)
        model.evidence.add(row)
    learner.adopt(model, done)
    counts = model.people.counts(np.arange(5))

    assert model.version.n_outcomes == 60
    assert counts.tolist() == [12] * 5


def test_what_takes_long_to_solve_is_solved_less_often() -> None:
    """Many actions and a wide context: after several outcomes instead of each."""
    model = model_with(NAMED, 40)
    learner.adopt(model, round_of(model))
    model.evidence.add(model_with(NAMED, 42).evidence.rows(40))
    assert learner.is_refresh_due(model)

    ones = np.ones(500)
    model.version = model.version._replace(context=Scaling(0 * ones, ones, 5 * ones))
    assert not learner.is_refresh_due(model)
    model.version = model.version._replace(axes=np.eye(501))
    assert learner.is_refresh_due(model)


def test_a_refresh_solves_the_weights_and_leaves_the_basis() -> None:
    """A new number, the same round."""
    model = model_with(FEATURED, 40)
    learner.adopt(model, round_of(model))
    before = model.version
    model.evidence.add(model_with(FEATURED, 50).evidence.rows(40))

    assert learner.is_refresh_due(model)
    learner.refresh(model)
    assert (model.version.number, model.version.round) == (2, 1)
    assert model.version.basis is before.basis
    assert not np.array_equal(model.version.weights, before.weights)


def test_scaling_stays_until_the_data_move() -> None:
    """A round on more of the same keeps the sums in force; a new column folds them anew."""
    model = model_with(FEATURED, 400)
    learner.adopt(model, round_of(model))
    same = round_of(model)
    model.context.encode({"hour": 1.0, "sunny": True})
    wider = round_of(model)
    model.evidence.add(model_with(FEATURED, 2_000, seed=2).evidence.rows())
    shifted = model.evidence.rows()
    shifted.context[:] += 30.0
    moved = round_of(model)

    assert same.population is None
    assert same.version.context is model.version.context
    assert wider.population is not None
    assert moved.population is not None


def test_actions_that_get_features_change_the_model() -> None:
    """From one block each to one shared model."""
    model = model_with(NAMED, 40)
    learner.adopt(model, round_of(model))
    model.action.encode_actions(FEATURED)
    done = round_of(model)

    assert done.version.is_logistic
    assert isinstance(done.population, Products)


def test_a_feature_that_never_varies_says_nothing() -> None:
    """Its column has no scale; one that was never seen has none either."""
    model = model_with(tuple(Action(name, {"x": 7.0}) for name in "abc"), 20)
    version = round_of(model).version

    assert version.action.scale.tolist() == [0.0]
    assert np.isfinite(version.context.scale).all()


def test_with_few_people_differences_stay_at_the_first_prior() -> None:
    """With thirty and more they are learned, up to a bound of people at a time."""
    few, many = model_with(FEATURED, 400, people=29), model_with(FEATURED, 400, people=40)

    assert round_of(few).prior.covariance == pytest.approx(0.05 * np.eye(2))
    assert round_of(many).prior.covariance != pytest.approx(0.05 * np.eye(2), rel=1e-3)
    crowd = round_of(model_with(FEATURED, 2_500, people=1_250))
    assert np.linalg.eigvalsh(crowd.prior.covariance).max() < 0.01  # they are alike


def test_a_round_goes_on_from_the_prior_before_it() -> None:
    """How people differ is not looked for from the beginning, unless the columns are others."""
    model = model_with(FEATURED, 400, people=40)
    learner.adopt(model, round_of(model))
    on = round_of(model)
    model.prior = None
    anew = round_of(model)

    assert on.prior.doubt != pytest.approx(anew.prior.doubt, rel=1e-6)


@pytest.mark.parametrize("actions", [FEATURED, NAMED])
def test_unlearning_leaves_what_never_having_learned_leaves(actions: Sequence[Action]) -> None:
    """Given the same scaling, the weights, own effects and sums of the others are the same."""
    model, never = model_with(actions, 80), model_with(actions, 80, without="p2")
    learner.adopt(model, round_of(model))
    never.version, never.folded = model.version, len(never.evidence)
    learner.rebuild(never)
    forgotten = learner.unlearn(model, "p2")
    learner.refresh(never)

    assert forgotten == 16
    assert learner.unlearn(model, "p2") == 0
    assert model.version.weights == pytest.approx(never.version.weights, abs=1e-9)
    assert model.version.own == pytest.approx(never.version.own, abs=1e-9)
    for person in ("p0", "p1", "p3"):
        mine, its = (
            one.people.posterior(one.people.homes.find(person), model.version, NOW + 80)
            for one in (model, never)
        )
        assert mine.mean == pytest.approx(its.mean, abs=1e-9)
        assert mine.covariance == pytest.approx(its.covariance, abs=1e-9)


def test_the_next_round_is_that_of_who_was_never_there() -> None:
    """Noise, prior, basis and scaling follow from the others alone."""
    model = model_with(FEATURED, 400, people=40)
    learner.unlearn(model, "p2")
    mine = round_of(model).version
    its = round_of(model_with(FEATURED, 400, people=40, without="p2")).version

    assert mine.noise == pytest.approx(its.noise)
    assert mine.prior == pytest.approx(its.prior)
    assert mine.context.scale == pytest.approx(its.context.scale)
    assert mine.action.mean == pytest.approx(its.action.mean)
    assert np.abs(mine.basis) == pytest.approx(np.abs(its.basis))


def test_everybody_may_be_forgotten() -> None:
    """What is left is a version of nothing, and learning can begin again."""
    model = model_with(FEATURED, 40)
    learner.adopt(model, round_of(model))
    for person in range(5):
        learner.unlearn(model, f"p{person}")

    assert np.abs(model.version.weights).max() < 1e-9
    learner.adopt(model, round_of(model))
    assert np.isfinite(model.version.basis).all()
    assert model.version.rank > 0


@pytest.mark.parametrize("actions", [FEATURED, NAMED])
def test_sums_are_rebuilt_from_the_evidence(actions: Sequence[Action]) -> None:
    """The version keeps its numbers; what follows from sums is solved again."""
    model, again = model_with(actions, 80), model_with(actions, 80)
    learner.adopt(model, round_of(model))
    again.version = model.version._replace(spread=None)
    again.folded = model.folded
    learner.rebuild(again)

    assert again.version.number == model.version.number
    assert again.version.weights is model.version.weights
    if model.version.spread is not None:
        assert again.version.spread == pytest.approx(model.version.spread)
    assert again.people.counts(np.arange(5)).tolist() == [16] * 5
