"""What people have in common, and how they differ: the prior of the personal part.

Loop: Learn. Takes full sums of a panel of people, gives the covariance of their differences
(empirical Bayes by EM), the noise, and the few directions that matter for predictions.
Rule 1: pure functions of arrays; the schedule is `schedule.py`, the swap is the engine's.
Rule 2: the pseudo-people are few and centred on τ·I: an inverse-Wishart prior with many of them at
a tiny scale shrinks the covariance to nothing, round by round (model notes, trap 1).
Source of the EM step: Bishop 2006, 9.3.4, applied per person; notes in docs/explanation/model.md.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.version import Prior

__all__ = ["Basis", "Panel", "Prior", "basis_of", "first_prior", "improve", "panel_of"]

Floats = NDArray[np.float64]

_PSEUDO_PEOPLE: Final = 3.0
_TAU: Final = 0.05
_LEAST_NOISE: Final = 0.01
_MEAN_PRECISION: Final = 10.0
"""Of the prior mean of what a person was shown, per unit of the noise it is seen through."""


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
    return Prior(_TAU * np.eye(width), noise)


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


def improve(prior: Prior, panel: Panel, steps: int) -> Prior:
    """Give a better prior after some steps of EM over a panel.

    Each step takes every person's posterior under the prior in force, and sets the covariance to
    the mean of their second moments (with a few pseudo-people at τ·I), the noise to the mean
    squared residual left. Before that the mean of the last columns, where the prior has one, is set
    by generalised least squares, each person's outcomes weighed by how little their own part
    explains them.
    """
    width, people = len(prior.covariance), len(panel.square)
    outcomes = panel.n_outcomes.sum()
    covariance, noise, mean_ = prior
    shifted = panel
    for _ in range(steps):
        precision = np.asarray(np.linalg.inv(covariance), np.float64)
        spread = np.asarray(np.linalg.inv(precision + panel.gram / noise), np.float64)
        if len(mean_):
            mean_ = _mean(precision, spread, panel, noise, len(mean_))
            shifted = _shifted(panel, mean_)
        mean = (spread @ shifted.moment[:, :, None])[:, :, 0] / noise
        unsure, second_moment = spread.sum(axis=0), mean.T @ mean
        # With S = (Σ⁻¹ + A/σ²)⁻¹ and m = Sb/σ²: Am = b - σ²Σ⁻¹m, tr(AS) = σ²(d - tr(Σ⁻¹S)).
        left = (
            shifted.square.sum()
            - float((shifted.moment * mean).sum())
            + noise * (width * people - float((precision * (unsure + second_moment)).sum()))
        )
        covariance = (_PSEUDO_PEOPLE * _TAU * np.eye(width) + unsure + second_moment) / (
            people + _PSEUDO_PEOPLE
        )
        noise = max(float(left / outcomes), _LEAST_NOISE)
    return Prior(covariance, noise, mean_)


def _mean(precision: Floats, spread: Floats, panel: Panel, noise: float, count: int) -> Floats:
    """Give the mean of the last `count` weights by generalised least squares.

    With V = ΦΣΦᵀ + σ²I: ΦᵀV⁻¹Φ = Σ⁻¹ - Σ⁻¹SΣ⁻¹ and ΦᵀV⁻¹ρ = Σ⁻¹Sb/σ² (matrix inversion lemma).
    """
    last = precision[-count:]
    weight = len(spread) * last[:, -count:] - last @ spread.sum(axis=0) @ last.T
    pull = last @ (spread @ panel.moment[:, :, None])[:, :, 0].sum(axis=0) / noise
    return np.asarray(np.linalg.solve(weight + _MEAN_PRECISION * np.eye(count), pull))


def _shifted(panel: Panel, mean: Floats) -> Panel:
    """Give the panel of what is left when the mean of the last weights is taken out."""
    count = len(mean)
    along = panel.gram[:, :, -count:] @ mean
    square = panel.square - 2.0 * panel.moment[:, -count:] @ mean + along[:, -count:] @ mean
    return panel._replace(moment=panel.moment - along, square=square)


def basis_of(prior: Prior, features: Floats, rank: int) -> Basis:
    """Give the directions in which people differ most, measured where predictions are made.

    With C the mean of φφᵀ and C = LLᵀ, the eigenvectors Q of LᵀΣL give U = L⁻ᵀQ: the scale of a
    feature does not matter. What is dropped is added to the noise.

    Args:
        prior: Covariance (d, d) and noise.
        features: (n, d) scaled action rows φ as they occur.
        rank: At most this many directions.
    """
    width = features.shape[1]
    second = features.T @ features / max(len(features), 1) + 1e-6 * np.eye(width)
    root = np.linalg.cholesky(second)
    values, vectors = np.linalg.eigh(root.T @ prior.covariance @ root)
    kept = slice(None, -min(rank, width) - 1, -1)
    directions = np.linalg.solve(root.T, vectors[:, kept])
    variances = np.maximum(values[kept], 1e-9)
    dropped = max(float(values.sum() - variances.sum()), 0.0)
    return Basis(directions, variances, prior.noise + dropped)
