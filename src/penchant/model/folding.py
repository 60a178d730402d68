"""Every person's own sums, and how outcomes become part of them: many at once, none in a loop.

Loop: Learn, below `people.py`. An outcome adds ψψᵀ and ψ · residual to the sums of its person,
brought to the later of their times: the operation of `algebra`, for everybody side by side.
Rule 1: times are whole steps of half_life / 1024, so that within a step nothing fades and any
order of the same outcomes gives the same sums.
Rule 2: what a person said or did before their taste changed counts for others, not for them.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import faded
from penchant.model.evidence import Rows
from penchant.model.exposure import recency
from penchant.model.posteriors import products_of
from penchant.model.reach import Seeing
from penchant.model.version import Version

__all__ = [
    "NEVER",
    "STEPS",
    "Added",
    "Memory",
    "Sums",
    "accumulate",
    "fold",
    "left_after",
    "no_sums",
    "recent_of",
    "refold",
    "steps_of",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS: Final = 1_024
NEVER: Final = -(2**40)
"""The step of a sum of nothing: everything is later."""
KEPT: Final = 0.3
"""What an outcome counts for its person once their taste seems to have changed after it."""
_AT_ONCE: Final = 8_192
"""Outcomes folded at once, so that what lies between is bounded and stays in the cache."""
_FEW: Final = 64
"""Actions up to which it is counted how often each was shown to each person."""


class Sums(NamedTuple):
    """Sums of n people: packed G (n, r(r+1)/2), g (n, r), the step they stand at, outcomes."""

    gram: Floats
    moment: Floats
    step: Ints
    n_outcomes: Ints


class Memory(NamedTuple):
    """For how long outcomes count: a half-life in seconds, and since when for each home row.

    With an empty `since` they always do; else what is older counts little.
    """

    half_life: float
    since: Floats = np.zeros(0)

    def counted(self, rows: Rows, homes: Ints) -> Floats:
        """Give what n outcomes of home rows (n,) count before they fade."""
        counts = rows.counts
        if len(self.since):
            counts[rows.at < self.since[homes]] *= KEPT
        return counts


def refold(rows: Rows, homes: Ints, version: Version, n_people: int, memory: Memory) -> Sums:
    """Give everybody's sums, folded anew from the evidence under a version.

    Args:
        rows: n outcomes.
        homes: (n,) home row of each, -1 where there is no person.
        version: Whose basis and scaling to use.
        n_people: Rows of the result.
        memory: For how long outcomes count.
    """
    return fold(no_sums(n_people, version.rank), rows, homes, version, memory)


class Added(NamedTuple):
    """n outcomes: home rows (n,), places (n,) of their ψ in `seen` (m, r), residuals, steps.

    `counts` (n,) is what each counts before it fades.
    """

    homes: Ints
    shown: Ints
    seen: Floats
    residual: Floats
    steps: Ints
    counts: Floats


def fold(sums: Sums, rows: Rows, homes: Ints, version: Version, memory: Memory) -> Sums:
    """Add evidence to some sums, in place: everybody's outcomes one after the other."""
    whose = np.where(rows.person >= 0, homes, -1)
    actions = version.action.apply(rows.actions.astype(np.float64))
    added = Added(
        whose,
        rows.shown,
        actions[:, : version.action.n_plain] @ version.reach.split(version.basis)[0],
        rows.reward - rows.predicted,
        steps_of(rows.at, memory.half_life),
        memory.counted(rows, whose),
    )
    order = np.argsort(whose)[np.count_nonzero(whose < 0) :]
    for start in range(0, len(order), _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        if version.reach.is_plain:
            accumulate(sums, added, some)
        else:
            accumulate(sums, _reached(added, rows, some, actions, version), np.arange(len(some)))
    return sums


def _reached(added: Added, rows: Rows, some: Ints, actions: Floats, version: Version) -> Added:
    """Give some of those outcomes with ψ of their own, where a version reaches beyond actions."""
    reach, raw = version.reach, rows.context[some].astype(np.float64)
    numbers = reach.numbers(raw, version.context.apply(raw))
    recent = recent_of(rows.past[some], len(reach.mean))
    return Added(
        added.homes[some],
        np.arange(len(some)),
        reach.seen(version.basis, numbers, recent, Seeing(actions, rows.shown[some])),
        added.residual[some] - recent @ reach.mean,
        added.steps[some],
        added.counts[some],
    )


def recent_of(past: NDArray[np.float32], width: int) -> Floats:
    """Give the recency columns, (n, width), of what was counted; 0 where nobody counted."""
    if not past.shape[1]:
        return np.zeros((len(past), width))
    return recency(np.nan_to_num(past[:, :width].astype(np.float64)))


def accumulate(sums: Sums, added: Added, order: Ints) -> None:
    """Bring rows to the later step and add: the operation of `algebra`, for many at once.

    `order` gives the places of the outcomes to add, those of one home row side by side.
    """
    homes, steps = added.homes[order], added.steps[order]
    first = np.flatnonzero(np.diff(homes, prepend=-1))
    people, n_outcomes = homes[first], np.diff(first, append=len(homes))
    latest = sums.step[people]
    now = np.maximum(latest, np.maximum.reduceat(steps, first)) if len(first) else latest
    late = np.repeat(now, n_outcomes) - steps
    weight = added.counts[order]
    if late.any():
        weight = weight * left_after(late)
    gram, moment = _summed(added, order, weight, first)
    if (latest != now).any():
        fade = left_after(now - latest)[:, None]
        gram += sums.gram[people] * fade
        moment += sums.moment[people] * fade
    else:
        gram += sums.gram[people]
        moment += sums.moment[people]
    sums.gram[people] = gram
    sums.moment[people] = moment
    sums.step[people] = now
    sums.n_outcomes[people] += n_outcomes


def _summed(added: Added, order: Ints, weight: Floats, first: Ints) -> tuple[Floats, Floats]:
    """Give Σ ψψᵀ packed and Σ ψ · residual of each home row, whose outcomes begin at `first`."""
    shown, pull = added.shown[order], weight * added.residual[order]
    count = len(added.seen)
    if count <= _FEW:  # with few actions it is enough to know how often each was shown
        whose = np.repeat(np.arange(len(first)), np.diff(first, append=len(order)))
        place, size = whose * count + shown, len(first) * count
        times = np.bincount(place, weight, size).reshape(len(first), count)
        pulls = np.bincount(place, pull, size).reshape(len(first), count)
        return times @ products_of(added.seen), pulls @ added.seen
    seen = added.seen[shown]
    gram, moment = products_of(seen) * weight[:, None], seen * pull[:, None]
    if len(first) < len(order):
        gram, moment = np.add.reduceat(gram, first), np.add.reduceat(moment, first)
    return gram, moment


def left_after(steps: Ints) -> Floats:
    """Give what is left after some steps."""
    return faded(np.ones(len(steps)), steps.astype(np.float64), float(STEPS))


def steps_of(at: Floats, half_life: float) -> Ints:
    """Give the steps that some times (n,), in seconds, fall into."""
    return (at // (half_life / STEPS)).astype(np.int64)


def no_sums(count: int, rank: int) -> Sums:
    """Give the sums of people who have no outcomes."""
    return Sums(
        np.zeros((count, rank * (rank + 1) // 2)),
        np.zeros((count, rank)),
        np.full(count, NEVER),
        np.zeros(count, dtype=np.int64),
    )
