"""What a person said of their taste, as numbers: the basis that holds it, and the posterior."""

import numpy as np
import pytest

from penchant.model.people import Posterior
from penchant.model.said import ALL, said_basis, said_posterior
from penchant.model.version import Scaling

BASIS = np.arange(8.0).reshape(4, 2)
POSTERIOR = Posterior(np.array([0.5, -1.0]), np.array([[0.2, 0.1], [0.1, 0.3]]))


def test_what_was_said_of_a_column_is_certain_and_stands_alone() -> None:
    """Its part is the weight said times its value; the others' parts are those of the posterior."""
    basis, wide = said_basis(BASIS, ((2, 0.7),)), said_posterior(POSTERIOR)
    action = np.array([1.0, 0.5, 2.0, -1.0])
    without = np.array([1.0, 0.5, 0.0, -1.0])

    assert basis[2] @ wide.mean == pytest.approx(0.7)
    assert action @ basis @ wide.mean == pytest.approx(without @ BASIS @ POSTERIOR.mean + 1.4)
    seen = action @ basis
    assert seen @ wide.covariance @ seen == pytest.approx(
        without @ BASIS @ POSTERIOR.covariance @ (without @ BASIS)
    )


def test_of_all_columns_nothing_is_left_but_what_was_said_of_one() -> None:
    """First everything is taken out, then single columns are set."""
    basis, wide = said_basis(BASIS, ((ALL, 0.0), (1, -0.2))), said_posterior(POSTERIOR)

    assert (basis @ wide.mean).tolist() == [0.0, -0.2, 0.0, 0.0]
    assert np.abs(basis @ wide.covariance).max() == 0.0


def test_nothing_given_is_changed() -> None:
    """The version's basis and the person's posterior stay as they are."""
    before = (BASIS.copy(), POSTERIOR.mean.copy(), POSTERIOR.covariance.copy())
    said_basis(BASIS, ((ALL, 0.0), (1, 1.0)))
    said_posterior(POSTERIOR)

    for was, now in zip(before, (BASIS, *POSTERIOR), strict=True):
        assert (was == now).all()


def test_a_step_is_a_yes_or_one_standard_deviation() -> None:
    """Of a number scaled by its spread, of an indicator, and of a column that never varied."""
    unit, deviation = 0.4, 25.0
    scaling = Scaling(
        np.array([80.0, 0.0, 3.0]),
        np.array([unit / deviation, unit, 0.0]),
        np.full(3, 5.0 * unit),
    )

    steps = scaling.apply(np.array([80.0 + deviation, 1.0, 9.0]))[1:]
    assert scaling.steps.tolist() == pytest.approx([unit, unit, 0.0])
    assert steps.tolist() == pytest.approx(scaling.steps.tolist())
