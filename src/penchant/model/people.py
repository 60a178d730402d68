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

from penchant.model.drift import Drift
from penchant.model.evidence import Rows
from penchant.model.folding import (
    NEVER,
    STEPS,
    Added,
    Memory,
    Sums,
    accumulate,
    fold,
    left_after,
    no_sums,
    steps_of,
)
from penchant.model.homes import Homes
from penchant.model.posteriors import Posterior, posteriors_of
from penchant.model.version import Version, upper

__all__ = ["Held", "People", "Posterior", "held_for"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FIRST_CAPACITY: Final = 256


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
        self._sums = no_sums(0, 0)
        self.held = _none_held(0, 0)
        """What calls that ask about one person were given, until an outcome or a round."""
        self.drift = Drift()
        """Since when the outcomes of each count for themselves."""

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
        if row >= 0:
            self.drift.forget(row)
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
        added = Added(rows, shown, seen, residual, steps_of(at, self.half_life), counts)
        accumulate(self._sums, added, np.argsort(rows))
        self.held.version[rows] = -1

    def add_one(self, row: int, seen: Floats, residual: float, at: float, version: Version) -> None:
        """Add one outcome of a home row: `add` for one, without the cost of gathering.

        The laws hold both to the same sums and posteriors.
        """
        sums, held = self._sums, self.held
        step, latest = self._step(at), int(sums.step[row])
        weight = 1.0
        if step > latest:
            fade = 0.0 if latest == NEVER else 2.0 ** ((latest - step) / STEPS)
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
        fold(self._sums, later, homes, version, self._memory)
        self.held.version[homes[homes >= 0]] = -1

    def refold_one(self, home: int, rows: Rows, version: Version, *, anew: bool = False) -> None:
        """Fold one home row again: outcomes came to count no more, or others to count.

        Args:
            home: The row.
            rows: All outcomes.
            version: In force.
            anew: Whether people were linked or parted, so that alarms have to be folded as well.
        """
        mine = rows.person >= 0
        mine[mine] = self.homes.of(rows.person[mine]) == home
        some = rows.where(mine)
        if anew:
            self.drift.refold(home, some.surprise, some.at)
        self._blank(home)
        fold(self._sums, some, np.full(len(some.reward), home), version, self._memory)

    @property
    def _memory(self) -> "Memory":
        return Memory(self.half_life, self.drift.since(np.arange(len(self._sums.n_outcomes))))

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
        self._sums, self.held = no_sums(capacity, rank), _none_held(capacity, rank)
        for before, after in zip((*sums, *held), (*self._sums, *self.held), strict=True):
            after[: len(before)] = before


def held_for(sums: Sums, rows: Ints, version: Version) -> Held:
    """Give posteriors of some home rows at the latest step of all; those of others are not held.

    Args:
        sums: Of everybody.
        rows: Whose posteriors to compute, each once.
        version: Under which.
    """
    held, step = _none_held(len(sums.step), version.rank), int(sums.step.max(initial=NEVER))
    held.mean[rows], held.covariance[rows] = _posteriors(sums, rows, version, step)
    held.version[rows] = version.round
    held.step[rows] = step
    return held


def _posteriors(sums: Sums, rows: Ints, version: Version, step: int) -> Posterior:
    """Compute posteriors of n home rows from the sums."""
    gram, moment, age = sums.gram[rows], sums.moment[rows], step - sums.step[rows]
    if (age > 0).any():
        fade = left_after(np.maximum(age, 0))[:, None]
        gram *= fade
        moment *= fade
    return posteriors_of(gram, moment, version.prior, version.noise)


def _refresh(held: Held, sums: Sums, row: int, version: Version, step: int) -> None:
    """Compute the posterior of one home row from the sums."""
    fade = left_after(np.maximum(step - sums.step[row : row + 1], 0)) / version.noise
    precision = sums.gram[row].take(_square(version.rank)) * fade + np.diag(1.0 / version.prior)
    covariance = np.linalg.inv(precision)
    held.covariance[row] = covariance
    held.mean[row] = covariance @ (sums.moment[row] * fade)
    held.version[row] = version.round
    held.step[row] = step


@cache
def _square(rank: int) -> Ints:
    """Give where each entry of a symmetric matrix stands in its packed half, (rank, rank)."""
    places = np.empty((rank, rank), dtype=np.int64)
    half = upper(rank)
    places[half] = np.arange(len(half[0]))
    places.T[half] = places[half]
    return places


def _none_held(count: int, rank: int) -> Held:
    return Held(
        np.zeros((count, rank)),
        np.zeros((count, rank, rank)),
        np.full(count, -1, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
    )
