"""Where the personal part starts, and the directions it keeps of how people differ.

Loop: Learn. Holds the full sums of a panel of people, from which `components` finds how they
differ, and turns that into the few directions that matter for predictions.
Rule: pure functions of arrays; the schedule is `schedule.py`, the swap is the engine's.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.version import Prior

__all__ = ["TAU", "Basis", "Panel", "Prior", "basis_of", "first_prior", "panel_of"]

Floats = NDArray[np.float64]

TAU: Final = 0.05
"""How much people are taken to differ along each column before anybody was seen."""
_WORTH: Final = 1.0 / 2_048
"""Of the noise: along a direction of less, two thousand outcomes would tell but half."""


class Panel(NamedTuple):
    """Full sums of n people: A = Σφφᵀ (n, d, d), b = Σφρ (n, d), c = Σρ² (n,), outcomes (n,)."""

    gram: Floats
    moment: Floats
    square: Floats
    n_outcomes: Floats


class Basis(NamedTuple):
    """The directions kept: (d, r), the variance along each (r,), and the noise with the rest."""

    directions: Floats
    variances: Floats
    noise: float


def first_prior(width: int, noise: float) -> Prior:
    """Give the prior before anybody was seen: τ in every direction."""
    return Prior(TAU * np.eye(width), noise)


def panel_of(
    features: Floats, residual: Floats, weight: Floats, person: NDArray[np.int64]
) -> Panel:
    """Fold the outcomes of some people into full sums.

    Args:
        features: (n, d) scaled action rows φ.
        residual: (n,) reward minus the population's prediction.
        weight: (n,) what is left of each.
        person: (n,) 0 … people-1.
    """
    people, width = int(person.max()) + 1, features.shape[1]
    order = np.argsort(person, kind="stable")  # so that everybody's outcomes lie together
    sorted_, residuals = features[order], residual[order]
    weighted = sorted_ * weight[order, None]
    gram, moment = np.empty((people, width, width)), np.empty((people, width))
    ends = np.cumsum(np.bincount(person)).tolist()
    for index, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        mine = weighted[start:end].T
        np.dot(mine, sorted_[start:end], out=gram[index])
        np.dot(mine, residuals[start:end], out=moment[index])
    square = np.bincount(person, weight * residual**2)
    count = np.bincount(person, weight)
    return Panel(gram, moment, square.astype(np.float64), count.astype(np.float64))


def basis_of(prior: Prior, features: Floats, rank: int, history: float = 0.0) -> Basis:
    """Give the directions in which people differ most, measured where predictions are made.

    With C the mean of φφᵀ and C = LLᵀ, the eigenvectors Q of LᵀΣL give U = L⁻ᵀQ: the scale of a
    feature does not matter. What is dropped is added to the noise.

    Args:
        prior: Covariance (d, d) and noise.
        features: (n, d) scaled action rows φ as they occur.
        rank: At most this many directions; fewer where people do not differ along so many, and up
            to twice as many where people are known for long enough to tell more.
        history: Outcomes of a person; what they tell half of is told well enough to keep.
    """
    width = features.shape[1]
    spread = prior.covariance + prior.doubt * np.eye(width)
    second = features.T @ features / max(len(features), 1) + 1e-6 * np.eye(width)
    root = np.linalg.cholesky(second)
    values, vectors = np.linalg.eigh(root.T @ spread @ root)
    worth = max(int(np.count_nonzero(values > _WORTH * prior.noise)), 1)
    told = int(np.count_nonzero(values * history > prior.noise))
    kept = slice(None, -min(worth, max(rank, min(told, 2 * rank))) - 1, -1)
    directions = np.linalg.solve(root.T, vectors[:, kept])
    variances = np.maximum(values[kept], 1e-9)
    dropped = max(float(values.sum() - variances.sum()), 0.0)
    return Basis(directions, variances, prior.noise + dropped)
