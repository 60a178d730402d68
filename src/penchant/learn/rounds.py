"""Rounds as values: what one starts from, and what it gives.

Loop: Learn. A round is worked on another thread: what it reads is never edited, what it gives is a
value, and `learner` takes it into force.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.evidence import Rows
from penchant.model.folding import Memory, Sums
from penchant.model.people import Held
from penchant.model.population import Population
from penchant.model.reach import Around
from penchant.model.scaling import Seen
from penchant.model.version import Prior, Version

__all__ = ["Asking", "Round", "RoundTask"]

Floats = NDArray[np.float64]
Kinds = NDArray[np.int64]


class Asking(NamedTuple):
    """What a round needs to see how far the personal part should reach.

    `looks` says whether it is time to, `candidates` are the numbers of a context that may be
    crossed, `is_kind` which columns say of what kind an action is, `nothing` the place of the name
    that means that nothing was shown.
    """

    looks: bool
    candidates: tuple[Around, ...]
    is_kind: NDArray[np.bool_]
    nothing: int


class RoundTask(NamedTuple):
    """What a round starts from: the outcomes so far, whose they are, and what is in force.

    `rows` are those that were not forgotten, of `n_outcomes`. `seen` is what was seen of contexts
    in the first `n_seen` of them. `asked_for` are the homes of whom calls asked lately. `n_people`
    leaves room for those who come while the round runs.
    """

    rows: Rows
    homes: NDArray[np.int64]
    seen: Seen
    n_seen: int
    asked_for: NDArray[np.int64]
    n_outcomes: int
    n_people: int
    version: Version
    prior: Prior | None
    context_kinds: Kinds
    action_kinds: Kinds
    are_shared: bool
    n_waves: int
    memory: Memory
    has_sums: bool
    asking: Asking


class Round(NamedTuple):
    """What a round gives; `population` is None where the sums in force still fit."""

    version: Version
    population: Population | None
    sums: Sums
    held: Held
    prior: Prior
    seen: Seen
    n_outcomes: int
    since: Floats
