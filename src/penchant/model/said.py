"""What a person said of their taste, in place of what was learned of it.

A person's part of a reward is `m · Uᵀa`, so a column j of the action adds `a_j · (U m)_j`. Where
the person said what it adds, that row of U is taken out and their weight stands instead:
`a_j · w_j`, certain and the same under every version, whatever is learned.
Rule: the sums and the posterior know nothing of it, so what was said can be taken back exactly, and
what contradicts it is not explained by other features of the same actions instead.
Source: a modular ("cut") posterior: Plummer 2015, Statistics and Computing 25, sections 2-3.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.model.posteriors import Posterior
from penchant.model.reach import PLAIN, Reach

__all__ = ["ALL", "Said", "said_basis", "said_posterior"]

Floats = NDArray[np.float64]

Said = tuple[tuple[int, float], ...]
"""Places in a scaled action row (its leading 1 is 0), and the person's weight at each."""

ALL: Final = -1
"""The place that means every column: nothing sets this person apart."""


def said_basis(basis: Floats, said: Said, reach: Reach = PLAIN) -> Floats:
    """Give the basis of a person who said something: a last direction holds what they said.

    Args:
        basis: (width, r) of the version.
        said: In this order; `ALL` comes first.
        reach: What the basis holds beyond an action's columns: each stands in it again for every
            number of the context that it is crossed with.

    Returns:
        (width, r + 1), to be used with `said_posterior`.

    Example:
        >>> said_basis(np.ones((3, 2)), ((1, 0.5),)).tolist()
        [[1.0, 1.0, 0.0], [0.0, 0.0, 0.5], [1.0, 1.0, 0.0]]
    """
    wide = np.zeros((len(basis), basis.shape[1] + 1))
    wide[:, :-1] = basis
    end = len(basis) - len(reach.mean)
    n_action = end // (1 + len(reach.around))
    for place, weight in said:
        if place == ALL:
            wide[:] = 0.0
            wide[:n_action, -1] = weight
        else:
            wide[place:end:n_action, :-1] = 0.0
            wide[place, -1] = weight
    return wide


def said_posterior(posterior: Posterior) -> Posterior:
    """Give a posterior over one direction more, in which the person stands at 1 for certain.

    Example:
        >>> said_posterior(Posterior(np.array([0.5]), np.eye(1))).mean.tolist()
        [0.5, 1.0]
    """
    rank = len(posterior.mean)
    covariance = np.zeros((rank + 1, rank + 1))
    covariance[:rank, :rank] = posterior.covariance
    return Posterior(np.append(posterior.mean, 1.0), covariance)
