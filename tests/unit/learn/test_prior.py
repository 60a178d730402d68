"""The prior of the personal part: how people differ, by numbers made by hand."""

import numpy as np
import pytest

from penchant.learn.components import improve
from penchant.learn.prior import Panel, basis_of, first_prior, panel_of
from penchant.model.version import Prior


def test_before_anybody_was_seen_all_directions_are_alike() -> None:
    """A small variance in each."""
    prior = first_prior(3, 0.2)

    assert prior.covariance.tolist() == (0.05 * np.eye(3)).tolist()
    assert prior.noise == 0.2


def test_a_panel_sums_by_person() -> None:
    """Whatever order the outcomes come in, each weighed."""
    features = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    panel = panel_of(
        features, np.array([0.5, -1.0, 2.0]), np.array([1.0, 0.5, 1.0]), np.array([1, 0, 1])
    )

    assert panel.gram.tolist() == [[[0.0, 0.0], [0.0, 2.0]], [[2.0, 1.0], [1.0, 1.0]]]
    assert panel.moment.tolist() == [[0.0, -1.0], [2.5, 2.0]]
    assert panel.square.tolist() == [0.5, 4.25]
    assert panel.n_outcomes.tolist() == [0.5, 2.0]


def test_noise_has_a_least_value() -> None:
    """Rewards that follow from features exactly leave no noise; a posterior needs some."""
    exact = Panel(np.ones((1, 1, 1)) * 100, np.ones((1, 1)) * 50, np.array([25.0]), np.array([100]))

    assert improve(first_prior(1, 0.2), exact, [slice(0, 1)], 50).noise == 0.01


def test_directions_come_by_how_much_predictions_differ_along_them() -> None:
    """Not by the scale of a feature: a large feature that matters little comes last."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(500, 2)) * np.array([100.0, 1.0])
    prior = Prior(np.diag([1e-6, 1.0]), 0.1)
    basis = basis_of(prior, features, 1)
    turned = np.abs(basis.directions[:, 0])

    assert basis.variances[0] == pytest.approx(1.0, rel=0.15)
    assert turned[1] > 100 * turned[0]
    assert basis.noise == pytest.approx(0.1 + 0.01, rel=0.2)


def test_without_outcomes_there_is_still_a_basis() -> None:
    """Everybody was forgotten: nothing to measure, nothing to divide by."""
    basis = basis_of(first_prior(2, 0.1), np.zeros((0, 2)), 8)

    assert basis.directions.shape == (2, 1)
    assert np.isfinite(basis.directions).all()


def test_only_directions_along_which_people_differ_are_kept() -> None:
    """As many as there are, at most as many as asked for, and one where there is none."""
    features = np.random.default_rng(1).normal(size=(500, 4))
    ranks = [
        basis_of(Prior(np.diag(spread), 0.2), features, 3).directions.shape[1]
        for spread in ([0.0, 0.0, 0.0, 0.0], [0.1, 0.0, 0.1, 0.0], [0.1, 0.1, 0.1, 0.1])
    ]

    assert ranks == [1, 2, 3]


def test_more_directions_are_kept_where_a_history_tells_half_of_them() -> None:
    """Up to twice as many, of those along which people differ by the noise over their outcomes."""
    features = np.linalg.qr(np.random.default_rng(1).normal(size=(500, 6)))[0] * 500**0.5
    prior = Prior(np.diag([0.1, 0.1, 0.03, 0.03, 0.01, 0.01]), 0.2)
    ranks = {
        history: basis_of(prior, features, 2, history).directions.shape[1]
        for history in (0.0, 6.0, 7.0, 1_000.0)
    }

    assert ranks == {0.0: 2, 6.0: 2, 7.0: 4, 1_000.0: 4}
