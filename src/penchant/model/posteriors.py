"""What is believed of many people at once: their posteriors from their sums, none in a loop.

Loop: Decide, for batches, and the rounds of Learn. People run along the last axis, so that every
operation runs along memory. Rule: the numbers are those of `np.linalg.inv` for each; a law holds
the two to each other.
Source: the sweep operator, Goodnight 1979, The American Statistician 33(3), 149-158.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Posterior", "posteriors_of", "products_of"]

Floats = NDArray[np.float64]

_AT_ONCE: Final = 2_048
"""People whose matrices are swept at once: few enough for them to stay in the processor's cache."""


class Posterior(NamedTuple):
    """What is believed about one person: mean (r,) and covariance (r, r)."""

    mean: Floats
    covariance: Floats


def posteriors_of(gram: Floats, moment: Floats, prior: Floats, noise: float) -> Posterior:
    """Give the posteriors of n people.

    Args:
        gram: (n, r(r+1)/2) the upper half of each person's G, by rows.
        moment: (n, r).
        prior: (r,) variances.
        noise: Variance of a reward around its prediction.

    Returns:
        Means (n, r) and covariances (n, r, r).

    Example:
        >>> one = posteriors_of(np.array([[3.0]]), np.array([[2.0]]), np.array([1.0]), 1.0)
        >>> one.mean.tolist(), one.covariance.tolist()
        ([[0.5]], [[[0.25]]])
    """
    count, rank = moment.shape
    mean, covariance = np.empty((count, rank)), np.empty((rank, rank, count))
    for start in range(0, count, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        system = _system(gram[part], moment[part], noise / prior)
        _sweep(system)
        mean[part] = system[:, rank].T
        for place in range(rank):
            half = system[place, place:rank] * -noise
            covariance[place, place:, part] = half
            covariance[place:, place, part] = half
    return Posterior(mean, covariance.transpose(2, 0, 1))


def products_of(seen: Floats) -> Floats:
    """Give the upper half of ψψᵀ by rows, (n, r(r+1)/2), for ψ (n, r).

    Example:
        >>> products_of(np.array([[2.0, 3.0]])).tolist()
        [[4.0, 6.0, 9.0]]
    """
    count, rank = seen.shape
    products = np.empty((count, rank * (rank + 1) // 2))
    start = 0
    for place in range(rank):
        end = start + rank - place
        np.multiply(seen[:, place, None], seen[:, place:], out=products[:, start:end])
        start = end
    return products


def _system(gram: Floats, moment: Floats, ridge: Floats) -> Floats:
    """Give [G + ridge, g] in columns, (r, r + 1, n); below the diagonal nothing is written."""
    count, rank = moment.shape
    system = np.empty((rank, rank + 1, count))
    start = 0
    for place in range(rank):
        end = start + rank - place
        system[place, place:rank] = gram[:, start:end].T
        system[place, place] += ridge[place]
        start = end
    system[:, rank] = moment.T
    return system


def _sweep(system: Floats) -> None:
    """Turn [A, g] into [-A⁻¹, A⁻¹g], in place and above the diagonal."""
    rank, _, count = system.shape
    taken = np.empty((rank + 1, count))
    for pivot in range(rank):
        row = np.concatenate([system[:pivot, pivot], system[pivot, pivot:]])
        inverse = 1.0 / row[pivot]
        scaled = row * inverse
        for place in range(rank):
            if place != pivot:
                some = np.multiply(scaled[place:], row[place], out=taken[place:])
                system[place, place:] -= some
        system[:pivot, pivot] = scaled[:pivot]
        system[pivot, pivot:] = scaled[pivot:]
        system[pivot, pivot] = -inverse
