"""Every person's own sums for one moment, side by side, and the posterior that follows from them.

A person's part of a reward is `m · ψ`, with ψ the action seen in the basis of the version. What is
kept is the sum G = Σ ψψᵀ and g = Σ ψ · residual: 44 numbers at rank 8. A newcomer has none and
stands at the prior; there is no special case.
Rule 1: sums change by adding only (`algebra`); a new version refolds them from the evidence.
Rule 2: times are whole steps of half_life / 1024, so that within a step nothing fades and any
order of the same outcomes gives the same sums.
Rule 3: people who turn out to be one keep their own rows in the evidence and share one home row.
Source of the posterior: Bayesian linear regression, e.g. Bishop 2006, eq. 3.50-3.51.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import faded
from penchant.model.evidence import Rows
from penchant.model.homes import Homes
from penchant.model.posteriors import Posterior, posteriors_of, products_of
from penchant.model.version import Version, upper

__all__ = ["Held", "People", "Posterior", "Sums", "held_for", "refold"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS: Final = 1_024
_FIRST_CAPACITY: Final = 256
_AT_ONCE: Final = 8_192
"""Outcomes folded at once, so that what lies between is bounded and stays in the cache."""
_FEW: Final = 64
"""Actions up to which it is counted how often each was shown to each person."""
_NEVER: Final = -(2**40)
"""The step of a sum of nothing: everything is later."""


class Sums(NamedTuple):
    """Sums of n people: packed G (n, r(r+1)/2), g (n, r), the step they stand at, outcomes."""

    gram: Floats
    moment: Floats
    step: Ints
    n_outcomes: Ints


class Held(NamedTuple):
    """Posteriors of n people, and the version and step they hold for.

    They are for calls that ask about one person; a version of -1 says that none is held.
    """

    mean: Floats
    covariance: Floats
    version: Ints
    step: Ints


class People:
    """The people of one moment."""

    def __init__(self, half_life: float) -> None:
        """Start with nobody; `half_life` in seconds."""
        self.fade_in(half_life)
        self.homes = Homes()
        self._sums = _no_sums(0, 0)
        self.held = _none_held(0, 0)
        """What calls that ask about one person were given, until an outcome or a round."""

    def fade_in(self, half_life: float) -> None:
        """Let sums lose half their weight in so many seconds; only while there are none."""
        self.half_life = half_life
        self.step_seconds = half_life / STEPS

    def row(self, person: str) -> int:
        """Give the row of a person, a new one for a newcomer, with room for sums."""
        row = self.homes.row(person)
        self._fit(row + 1)
        return row

    def _step(self, at: float) -> int:
        """Give the step that a time (seconds) falls into."""
        return int(at // self.step_seconds)

    def counts(self, rows: Ints) -> Ints:
        """Give how many outcomes were learned for some home rows."""
        return self._sums.n_outcomes[rows]

    def forget(self, person: str) -> int:
        """Blank the sums of a person and free the id; give the row, -1 when unknown."""
        row = self.homes.forget(person)
        if 0 <= row < len(self._sums.n_outcomes):
            self._blank(row)
        return row

    def posteriors(self, rows: Ints, version: Version, at: float) -> Posterior:
        """Give the posteriors of n home rows at a time: means (n, r), covariances (n, r, r).

        They follow from the sums. For many that costs no more than keeping up what is held.
        """
        return _posteriors(self._sums, rows, version, self._step(at))

    def posterior(self, row: int, version: Version, at: float) -> Posterior:
        """Give the posterior of one home row; row -1 is the prior."""
        if row < 0:
            return Posterior(np.zeros(len(version.prior)), np.diag(version.prior))
        step = self._step(at)
        held = self.held
        if held.version[row] != version.round or held.step[row] != step:
            _refresh(held, self._sums, row, version, step)
        return Posterior(held.mean[row], held.covariance[row])

    def add(self, rows: Ints, shown: Ints, seen: Floats, residual: Floats, at: Floats) -> None:
        """Add n outcomes of home rows (n,).

        Args:
            rows: (n,) whose.
            shown: (n,) place of the action of each in `seen`.
            seen: (m, r) actions in the basis.
            residual: (n,) reward minus prediction.
            at: (n,) seconds.
        """
        counts = np.ones(len(rows))
        added = Added(rows, shown, seen, residual, _steps(at, self.half_life), counts)
        _accumulate(self._sums, added, np.argsort(rows))
        self.held.version[rows] = -1

    def add_one(self, row: int, seen: Floats, residual: float, at: float, version: Version) -> None:
        """Add one outcome of a home row: `add` for one, without the cost of gathering.

        The laws hold both to the same sums and posteriors.
        """
        sums, held = self._sums, self.held
        step, latest = self._step(at), int(sums.step[row])
        weight = 1.0
        if step > latest:
            fade = 0.0 if latest == _NEVER else 2.0 ** ((latest - step) / STEPS)
            sums.gram[row] *= fade
            sums.moment[row] *= fade
            sums.step[row] = step
        elif step < latest:
            weight = 2.0 ** ((step - latest) / STEPS)
        first, second = upper(len(seen))
        sums.gram[row] += seen[first] * seen[second] * weight
        sums.moment[row] += seen * (residual * weight)
        sums.n_outcomes[row] += 1
        if held.version[row] != version.round or held.step[row] != step or step < latest:
            held.version[row] = -1
            return
        covariance, mean = held.covariance[row], held.mean[row]
        along = covariance @ seen
        gain = along / (version.noise + float(along @ seen))
        mean += gain * (residual - float(mean @ seen))
        covariance -= gain[:, None] * along

    def adopt(self, sums: Sums, later: Rows, version: Version, held: Held | None = None) -> None:
        """Take over refolded sums, and add the evidence that came while they were folded.

        They are the caller's no more, nor are the posteriors: both change in place.
        """
        self._sums = sums
        self.held = held or _none_held(len(sums.n_outcomes), version.rank)
        self._fit(len(self.homes))
        homes = np.where(later.person >= 0, self.homes.of(np.maximum(later.person, 0)), -1)
        _fold(self._sums, later, homes, version, self.half_life)
        self.held.version[homes[homes >= 0]] = -1

    def refold_one(self, person: str, rows: Rows, version: Version) -> None:
        """Fold one home row anew, after people were linked or parted."""
        home = self.row(person)
        self._blank(home)
        mine = rows.person >= 0
        mine[mine] = self.homes.of(rows.person[mine]) == home
        some = rows.where(mine)
        _fold(self._sums, some, np.full(len(some.reward), home), version, self.half_life)

    def _blank(self, row: int) -> None:
        for column in (*self._sums, self.held.mean, self.held.covariance):
            column[row] = 0
        self.held.version[row] = -1

    def _fit(self, count: int) -> None:
        """Make room for `count` people."""
        if count <= len(self._sums.n_outcomes):
            return
        capacity = max(_FIRST_CAPACITY, 2 * count)
        rank = self._sums.moment.shape[1]
        sums, held = self._sums, self.held
        self._sums, self.held = _no_sums(capacity, rank), _none_held(capacity, rank)
        for before, after in zip((*sums, *held), (*self._sums, *self.held), strict=True):
            after[: len(before)] = before


def held_for(sums: Sums, rows: Ints, version: Version) -> Held:
    """Give posteriors of some home rows at the latest step of all; those of others are not held.

    Args:
        sums: Of everybody.
        rows: Whose posteriors to compute, each once.
        version: Under which.
    """
    held, step = _none_held(len(sums.step), version.rank), int(sums.step.max(initial=_NEVER))
    held.mean[rows], held.covariance[rows] = _posteriors(sums, rows, version, step)
    held.version[rows] = version.round
    held.step[rows] = step
    return held


def refold(rows: Rows, homes: Ints, version: Version, n_people: int, half_life: float) -> Sums:
    """Give everybody's sums, folded anew from the evidence under a version.

    Args:
        rows: n outcomes.
        homes: (n,) home row of each, -1 where there is no person.
        version: Whose basis and scaling to use.
        n_people: Rows of the result.
        half_life: Seconds.
    """
    return _fold(_no_sums(n_people, version.rank), rows, homes, version, half_life)


def _posteriors(sums: Sums, rows: Ints, version: Version, step: int) -> Posterior:
    """Compute posteriors of n home rows from the sums."""
    gram, moment, age = sums.gram[rows], sums.moment[rows], step - sums.step[rows]
    if (age > 0).any():
        fade = _left(np.maximum(age, 0))[:, None]
        gram *= fade
        moment *= fade
    return posteriors_of(gram, moment, version.prior, version.noise)


def _refresh(held: Held, sums: Sums, row: int, version: Version, step: int) -> None:
    """Compute the posterior of one home row from the sums."""
    fade = _left(np.maximum(step - sums.step[row : row + 1], 0)) / version.noise
    precision = sums.gram[row].take(_square(version.rank)) * fade + np.diag(1.0 / version.prior)
    covariance = np.linalg.inv(precision)
    held.covariance[row] = covariance
    held.mean[row] = covariance @ (sums.moment[row] * fade)
    held.version[row] = version.round
    held.step[row] = step


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


def _fold(sums: Sums, rows: Rows, homes: Ints, version: Version, half_life: float) -> Sums:
    """Add evidence to some sums, in place: everybody's outcomes one after the other."""
    whose = np.where(rows.person >= 0, homes, -1)
    added = Added(
        whose,
        rows.shown,
        version.action.apply(rows.actions.astype(np.float64)) @ version.basis,
        rows.reward - rows.predicted,
        _steps(rows.at, half_life),
        rows.counts,
    )
    order = np.argsort(whose)[np.count_nonzero(whose < 0) :]
    for start in range(0, len(order), _AT_ONCE):
        _accumulate(sums, added, order[start : start + _AT_ONCE])
    return sums


def _accumulate(sums: Sums, added: Added, order: Ints) -> None:
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
        weight = weight * _left(late)
    gram, moment = _summed(added, order, weight, first)
    if (latest != now).any():
        fade = _left(now - latest)[:, None]
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


def _left(steps: Ints) -> Floats:
    """Give what is left after some steps."""
    return faded(np.ones(len(steps)), steps.astype(np.float64), float(STEPS))


def _steps(at: Floats, half_life: float) -> Ints:
    return (at // (half_life / STEPS)).astype(np.int64)


@cache
def _square(rank: int) -> Ints:
    """Give where each entry of a symmetric matrix stands in its packed half, (rank, rank)."""
    places = np.empty((rank, rank), dtype=np.int64)
    half = upper(rank)
    places[half] = np.arange(len(half[0]))
    places.T[half] = places[half]
    return places


def _no_sums(count: int, rank: int) -> Sums:
    return Sums(
        np.zeros((count, rank * (rank + 1) // 2)),
        np.zeros((count, rank)),
        np.full(count, _NEVER),
        np.zeros(count, dtype=np.int64),
    )


def _none_held(count: int, rank: int) -> Held:
    return Held(
        np.zeros((count, rank)),
        np.zeros((count, rank, rank)),
        np.full(count, -1, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
    )
