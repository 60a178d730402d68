"""Skill graph: how the skills of one student go together, before anything was answered.

Place: the prior of diagnosis. An answer on one skill tells of its neighbours through the covariance
given here, so what comes before and after a skill is known better, too.
Rule: pure; a graph is taken as it is drawn, and only neighbours in it count as near.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.packs.school.course import Skill

__all__ = ["Skills", "graph"]

Floats = NDArray[np.float64]

TOGETHER = 0.5  # share of a skill's variance that all skills of a student have in common
ALONG = 1.0  # how strongly neighbours in the graph of skills draw each other


class Skills(NamedTuple):
    """Skills, and what is believed of a student's before the first answer: mean, covariance."""

    names: tuple[str, ...]
    mean: Floats
    covariance: Floats


def graph(skills: Sequence[Skill], *, together: float = TOGETHER, along: float = ALONG) -> Skills:
    """Say how the skills of one student go together, from which comes before which.

    Args:
        skills: Each once; a prerequisite that is not among them is left out.
        together: Share of variance all skills have in common, 0 to 1.
        along: How strongly neighbours in the graph draw each other, 0 or more.

    Returns:
        Mean 0 and variance 1 for each skill; covariances fall with the distance in the graph.

    Example:
        >>> chain = [Skill("a"), Skill("b", prerequisites=("a",)), Skill("c", prerequisites=("b",))]
        >>> covariance = graph(chain).covariance
        >>> bool(1 > covariance[0, 1] > covariance[0, 2] > 0.5)
        True

    Source: regularised Laplacian kernel (I + along L)^-1 (Smola & Kondor 2003), scaled to variance
    1 and mixed with a factor all skills share.
    """
    names = tuple(skill.name for skill in skills)
    place = {name: number for number, name in enumerate(names)}
    laplacian = np.zeros((len(names), len(names)))
    for skill in skills:
        for before in set(skill.prerequisites) & place.keys() - {skill.name}:
            one, other = place[skill.name], place[before]
            laplacian[[one, other], [other, one]] -= 1
            laplacian[[one, other], [one, other]] += 1
    kernel = np.linalg.inv(np.eye(len(names)) + along * laplacian)
    spread = np.sqrt(np.diag(kernel))
    covariance = together + (1 - together) * kernel / np.outer(spread, spread)
    return Skills(names, np.zeros(len(names)), covariance)
