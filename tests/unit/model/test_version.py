"""Versions: scaling, expectations, and bytes."""

import math

import numpy as np
import pytest
from views import Shape, version_of

from penchant.model.scaling import EMPTY_SCALING, Scaling
from penchant.model.version import Vocabulary, folded, pack, unpack

TWO = Scaling(np.array([10.0, 0.0]), np.array([0.5, 2.0]), np.array([2.0, 9.0]))


@pytest.mark.parametrize(
    ("raw", "scaled"),
    [
        ([12.0, 1.0], [1.0, 1.0, 2.0]),
        ([99.0, -9.0], [1.0, 2.0, -9.0]),
        ([-99.0, math.nan], [1.0, -2.0, 0.0]),
        ([12.0], [1.0, 1.0, 0.0]),
        ([12.0, 1.0, 7.0], [1.0, 1.0, 2.0]),
        ([math.inf, -math.inf], [1.0, 2.0, -9.0]),
    ],
)
def test_scaling_centres_bounds_and_leads_with_1(raw: list[float], scaled: list[float]) -> None:
    """What is not known counts as usual; columns newer than the scaling are left out."""
    assert TWO.apply(np.array(raw)).tolist() == scaled
    assert TWO.apply(np.array([raw, raw])).tolist() == [scaled, scaled]


def test_before_the_first_round_there_is_only_the_leading_1() -> None:
    """Every action looks the same."""
    assert EMPTY_SCALING.apply(np.array([3.0, 4.0])).tolist() == [1.0]


def test_a_root_is_taken_before_anything_else() -> None:
    """Of what is known of its column; the raw row stays as it was."""
    scaling = TWO._replace(roots=np.array([1]))
    raw = np.array([[12.0, 4.0], [12.0, -9.0], [12.0, math.nan]])

    assert scaling.apply(raw).tolist() == [[1.0, 1.0, 4.0], [1.0, 1.0, -6.0], [1.0, 1.0, 0.0]]
    assert scaling.apply(np.array([12.0])).tolist() == [1.0, 1.0, 0.0]
    assert raw[0].tolist() == [12.0, 4.0]


def test_expectations_are_linked_and_have_a_spread_where_known() -> None:
    """Linear as they are, logistic through the logistic function."""
    linear = version_of(Shape(5, has_spread=True))
    bent = linear._replace(is_logistic=True, spread=None)
    context, actions = np.array([1.0, 0.3, -0.2]), np.eye(5)[:2] + np.array([1.0, 0, 0, 0, 0])
    scores = actions @ (context @ linear.weights)
    covariance = np.array([[2.0, 0.5, -0.25], [0.5, 1.0, 0.125], [-0.25, 0.125, 3.0]])
    linear = linear._replace(spread=folded(np.stack([covariance] * 4)))
    variances = linear.variances(context, actions)

    assert linear.rewards(context, actions) == pytest.approx(scores)
    assert bent.rewards(context, actions) == pytest.approx(1 / (1 + np.exp(-scores)))
    assert bent.variances(context, actions) is None
    assert bent.variances_of_many(context[None], actions) is None
    assert variances is not None
    assert variances[1] == pytest.approx(context @ covariance @ context)


def test_variances_of_many_are_those_of_each() -> None:
    """Asked for together they are those of one call each, and none is beyond its bound."""
    version = version_of(Shape(6, n_actions=3, n_context=4, has_spread=True))
    rng = np.random.default_rng(6)
    contexts, actions = rng.normal(size=(7, 5)), rng.normal(size=(3, 4))
    many = version.variances_of_many(contexts, actions)

    assert many is not None
    for place, context in enumerate(contexts):
        alone = version.variances(context, actions)
        assert alone is not None
        assert many.at(np.arange(3), np.full(3, place)) == pytest.approx(alone)
        assert (alone <= many.bounds()[:, place] ** 2).all()


def test_own_effects_of_newer_actions_are_none() -> None:
    """A place beyond the version's own effects counts 0."""
    version = version_of(Shape(1))._replace(own=np.array([[0.1, 1.0], [0.2, 2.0]]))

    assert version.own_of(np.array([1, 5, -1, 0])).tolist() == [
        [0.2, 2.0],
        [0, 0],
        [0, 0],
        [0.1, 1.0],
    ]


def test_bytes_give_back_the_version_to_the_last_bit() -> None:
    """But for the spread, which follows from the sums."""
    version = version_of(Shape(9, has_spread=True))._replace(own=np.array([[0.5]]))
    vocabulary = Vocabulary(((1, 0), (2**64 - 1, 1)), ((3, 2),), (7, 8))
    again, names = unpack(pack(version, vocabulary))

    assert names == vocabulary
    assert again.spread is None
    assert again.number == version.number
    for field in ("weights", "basis", "prior", "own"):
        assert getattr(again, field).tolist() == getattr(version, field).tolist()
    for side in ("context", "action"):
        for one, other in zip(getattr(again, side), getattr(version, side), strict=True):
            assert one.tolist() == other.tolist()
    assert (again.noise, again.is_logistic, again.round) == (
        version.noise,
        version.is_logistic,
        version.round,
    )


def test_what_is_kept_for_explanations_does_not_grow_with_actions() -> None:
    """Neither the spread nor the own effects."""
    version = version_of(Shape(9, has_spread=True))._replace(own=np.ones((1_000, 3))).stripped()

    assert version.spread is None
    assert len(version.own) == 0


def test_doubt_goes_with_own_effects() -> None:
    """By place, that of a newcomer for later ones, through bytes too; stripped there is none."""
    version = version_of(Shape(1))._replace(own=np.array([[0.1, 1.0], [0.2, 2.0]]))
    doubtful = version._replace(doubt=np.array([[0.5, 5.0], [0.03, 3.0], [0.02, 2.0]]))
    back, _ = unpack(pack(doubtful, Vocabulary((), (), ())))
    actions = np.ones((3, 3))

    assert version.doubt_of(np.array([0]), actions[:1]) is None
    for one in (doubtful, back):
        doubt = one.doubt_of(np.array([1, 5, 0]), actions)
        assert doubt is not None
        assert doubt.tolist() == [[0.02, 2.0], [0.5, 5.0], [0.03, 3.0]]
    assert doubtful.stripped().doubt_of(np.array([0]), actions[:1]) is None


def test_features_nobody_was_shown_are_unsure_too() -> None:
    """Their covariance counts with the 1 of the context, through bytes too."""
    doubtful = version_of(Shape(1))._replace(
        own=np.zeros((1, 2)),
        doubt=np.array([[0.5, 5.0], [0.03, 3.0]]),
        unsure=np.array([[0.1, 0.0], [0.0, 0.2]]),
    )
    back, _ = unpack(pack(doubtful, Vocabulary((), (), ())))
    actions = np.array([[1.0, 2.0, 0.0], [1.0, 0.0, 1.0]])

    for one in (doubtful, back):
        doubt = one.doubt_of(np.array([0, 1]), actions)
        assert doubt is not None
        assert doubt == pytest.approx(np.array([[0.43, 3.0], [0.7, 5.0]]))
    assert len(doubtful.stripped().unsure) == 0


def test_variances_along_axes_are_those_of_the_covariances_they_are() -> None:
    """One context, many contexts, their bounds, and after a way through bytes."""
    whole = version_of(Shape(6, n_actions=3, n_context=4, has_spread=True))
    rng = np.random.default_rng(8)
    axes = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    along = rng.uniform(0.1, 1.0, size=(3, 5))
    version = whole._replace(spread=along, axes=axes)
    covariances = np.einsum("ij,kj,lj->kil", axes, along, axes)
    contexts, actions = rng.normal(size=(7, 5)), np.eye(4)[1:]
    wanted = np.einsum("ni,kij,nj->kn", contexts, covariances, contexts)
    many = version.variances_of_many(contexts, actions)
    back, _ = unpack(pack(version, Vocabulary((), (), ()), is_whole=True))

    assert many is not None
    assert many.bounds() == pytest.approx(np.sqrt(wanted))
    assert many.at(np.array([0, 0, 2]), np.array([1, 5, 3])) == pytest.approx(
        [wanted[0, 1], wanted[0, 5], wanted[2, 3]]
    )
    for one in (version, back):
        assert one.variances(contexts[2], actions) == pytest.approx(wanted[:, 2])
    assert version.stripped().axes is None
