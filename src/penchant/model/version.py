"""A version: all that is derived from what many people did, frozen.

It is learned by one owner and read by everybody: the scaling of the columns, the weights of the
population model, the basis on which persons differ, and how much they do.
Rule 1: a version never changes; decisions and outcomes name the version they used.
Rule 2: a version holds no person's values, and knows columns by the hash of their names only.
"""

import math
from functools import cache
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from penchant.model.reach import PLAIN, Around, Reach
from penchant.model.scaling import EMPTY_SCALING, Scaling

__all__ = [
    "EMPTY_SCALING",
    "Columns",
    "Prior",
    "Scaling",
    "Variances",
    "Version",
    "Vocabulary",
    "folded",
    "pack",
    "unpack",
    "upper",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LEAST = 1e-12
"""Rewards are kept this far from 0 and 1 where their score is asked for."""
_FEW = 1_024
"""Numbers of own weights that are kept for explanations: 8 KiB a version."""
_NO_OWN = np.zeros((0, 0))
_NO_WAVES = np.zeros((0, 0))


class Prior(NamedTuple):
    """How people differ: covariance (d, d) of the personal weights, and the noise.

    `mean` is that of the last weights, those of what a person was shown; the others' is 0. `doubt`
    is how much more they may differ in every direction than is known.
    """

    covariance: Floats
    noise: float
    mean: Floats = np.zeros(0)
    doubt: float = 0.0


class Version(NamedTuple):
    """One version of the population model, the basis and the prior.

    Attributes:
        number: 1, 2, 3 … within a moment; 0 is the empty version.
        n_outcomes: outcomes it was derived from.
        round: which basis and prior it has; they change less often than the weights.
        context, action: scaling of the two sides, (dc,) and (da,) columns.
        weights: (1 + dc, 1 + da); the population's score is `c' W a`.
        is_logistic: whether a score becomes a reward through the logistic function.
        spread: covariance of the weights of each action column where actions have no features, as
            `folded` gives it, else None. Where there are `axes`, its variances along them.
        basis: (width, r): a person differs from people in general along `basis.T @ φ`.
        prior: (r,) variances of those differences across people.
        noise: variance of a reward around its prediction.
        own: (K, m) weights of each action on the first m columns of the context, by the place of
            its name, beside what its features say; empty where there are none.
        axes: (1 + dc, 1 + dc) directions, one a column, along which the weights of all actions are
            unsure independently of each other; None where each action has directions of its own.
        doubt: (1 + K, m) variances of those of an action not shown yet, then of each of `own`;
            empty where there are none.
        reach: what φ holds beyond the action's columns, see `model.reach`.
        unsure: (da, da) covariance of what the action's columns are worth in a usual context; empty
            where `spread` says it, and more.
    """

    number: int
    n_outcomes: int
    round: int
    context: Scaling
    action: Scaling
    weights: Floats
    is_logistic: bool
    spread: Floats | None
    basis: Floats
    prior: Floats
    noise: float
    own: Floats
    axes: Floats | None = None
    doubt: Floats = _NO_OWN
    reach: Reach = PLAIN
    unsure: Floats = _NO_OWN

    @property
    def rank(self) -> int:
        """In how many directions people may differ."""
        return len(self.prior)

    def own_of(self, places: Ints) -> Floats:
        """Give the own weights at some places; 0 for actions that came after this version."""
        known = (places >= 0) & (places < len(self.own))
        weights = np.zeros((len(places), self.own.shape[1]))
        weights[known] = self.own[places[known]]
        return weights

    def doubt_of(self, places: Ints, actions: Floats) -> Floats | None:
        """Give how unsure the scores of actions are, by column of the context, (K, m).

        With the 1 of the context stands how unsure that is which their features say of them.

        Args:
            places: (K,) of their names.
            actions: (K, 1 + da) scaled.

        Returns:
            None where there are no own weights.
        """
        if not len(self.doubt):
            return None
        doubt = self.doubt[np.where(places < len(self.doubt) - 1, places + 1, 0)]
        if len(self.unsure):
            features = actions[:, 1:]
            doubt[:, 0] += ((features @ self.unsure) * features).sum(axis=1)
        return doubt

    def stripped(self) -> "Version":
        """Give what explanations need of a version, without what grows with the actions.

        Own weights stay where they are few.
        """
        own = self.own if self.own.size <= _FEW else self.own[:0]
        return self._replace(spread=None, own=own, axes=None, doubt=_NO_OWN, unsure=_NO_OWN)

    def rewards(self, context: Floats, actions: Floats, own: Floats | None = None) -> Floats:
        """Give what people in general are expected to give as reward.

        Args:
            context: (1 + dc,) scaled, with its leading 1.
            actions: (n_actions, 1 + da) scaled.
            own: (n_actions, m) their own weights, if they count.

        Returns:
            (n_actions,) in units of the scaled reward.
        """
        scores = actions.dot(context.dot(self.weights))
        if own is not None:
            scores += own.dot(context[: own.shape[1]])
        return self.link(scores)

    def link(self, scores: Floats) -> Floats:
        """Turn scores into rewards."""
        return 1.0 / (1.0 + np.exp(-scores)) if self.is_logistic else scores

    def scores(self, rewards: Floats) -> Floats:
        """Turn rewards back into the scores they came from: the inverse of `link`."""
        if not self.is_logistic:
            return rewards
        sure = np.clip(rewards, _LEAST, 1.0 - _LEAST)
        return np.asarray(np.log(sure / (1.0 - sure)))

    def variances(self, context: Floats, actions: Floats) -> Floats | None:
        """Give the variance of those expectations, (n_actions,), where it is known."""
        if self.spread is None:
            return None
        if self.axes is not None:
            seen = context.dot(self.axes) ** 2
        else:
            first, second = upper(len(context))
            seen = context.take(first) * context.take(second)
        per_column = self.spread.dot(seen)
        return np.asarray((actions * actions)[:, 1:].dot(per_column))

    def variances_of_many(self, contexts: Floats, actions: Floats) -> "Variances | None":
        """Give what `variances` would give for n contexts (n, 1 + dc), where that is known."""
        if self.spread is None:
            return None
        if self.axes is not None:
            return Variances((contexts @ self.axes) ** 2, (actions[:, 1:] ** 2) @ self.spread)
        width = contexts.shape[1]
        spread = np.zeros((len(actions), width, width))
        spread[:, *upper(width)] = (actions[:, 1:] ** 2) @ self.spread
        return Variances(contexts, spread)


class Variances(NamedTuple):
    """The variances of K actions in n contexts.

    They are cᵀSc with contexts (n, d) and S, folded, (K, d, d); along axes, S along them (K, d) and
    the squares of the contexts along them (n, d).
    """

    contexts: Floats
    spread: Floats

    @property
    def is_along_axes(self) -> bool:
        """Whether the spread is one number an axis."""
        return self.spread.ndim == self.contexts.ndim

    def bounds(self) -> Floats:
        """Give a bound on the standard deviation of each, (K, n).

        The greatest eigenvalue of S is at most the eighth root of the trace of its eighth power.
        """
        if self.is_along_axes:
            return np.asarray(np.sqrt(self.spread @ self.contexts.T))
        whole = 0.5 * (self.spread + self.spread.transpose(0, 2, 1))
        square = whole @ whole
        greatest = np.sqrt(np.sqrt(np.linalg.norm(square @ square, axis=(1, 2))))
        lengths = np.einsum("ij,ij->i", self.contexts, self.contexts)
        return np.asarray(np.sqrt(greatest)[:, None] * np.sqrt(lengths))

    def at(self, actions: Ints, contexts: Ints) -> Floats:
        """Give the variances of some actions (n,), those of one side by side, in some contexts."""
        variances = np.empty(len(actions))
        ends = np.searchsorted(actions, np.arange(len(self.spread)), side="right").tolist()
        for spread, start, end in zip(self.spread, [0, *ends], ends, strict=False):
            some = self.contexts[contexts[start:end]]
            if self.is_along_axes:
                np.dot(some, spread, out=variances[start:end])
            else:
                np.einsum("ij,ij->i", some @ spread, some, out=variances[start:end])
        return variances


@cache
def upper(width: int) -> tuple[Ints, Ints]:
    """Give where the upper half of a symmetric matrix stands, by rows."""
    return np.triu_indices(width)


def folded(covariances: Floats) -> Floats:
    """Fold symmetric matrices along their diagonal: the lower half is added to the upper one.

    Args:
        covariances: (n, w, w).

    Returns:
        (n, w(w + 1)/2): the product with the upper half of c cᵀ is cᵀ C c.

    Example:
        >>> folded(np.array([[[2.0, 0.5], [0.5, 3.0]]])).tolist()
        [[2.0, 1.0, 3.0]]
    """
    first, second = upper(covariances.shape[-1])
    half = covariances[:, first, second] * np.where(first == second, 1.0, 2.0)
    return np.ascontiguousarray(half)  # a row is read at once


_COLUMNS = 3
"""Arrays of a scaling; its waves follow from them and from how many they are."""

_ARRAYS = 10
"""Arrays of a version without its spread."""


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    """A version as bytes: shapes beside numbers."""

    number: int
    n_outcomes: int
    round: int
    is_logistic: bool
    noise: float
    arrays: tuple[tuple[tuple[int, ...], bytes], ...]
    context_columns: tuple[tuple[int, int], ...]
    action_columns: tuple[tuple[int, int], ...]
    names: tuple[int, ...]
    waves: int = 0
    roots: tuple[int, ...] = ()
    doubt: bytes = b""
    around: tuple[tuple[int, int], ...] = ()
    mean: tuple[float, ...] = ()
    squares: tuple[int, ...] = ()
    unsure: bytes = b""


Columns = tuple[tuple[int, int], ...]


class Vocabulary(NamedTuple):
    """The names a version speaks of, as hashes, in the order of their columns and places."""

    context: Columns
    action: Columns
    names: tuple[int, ...]


def pack(version: Version, vocabulary: Vocabulary, *, is_whole: bool = False) -> bytes:
    """Give a version and the names it speaks of as bytes; a whole one with its spread."""
    arrays = (
        *version.context[:_COLUMNS],
        *version.action[:_COLUMNS],
        version.weights,
        version.basis,
        version.prior,
        version.own,
        *((version.spread,) if is_whole and version.spread is not None else ()),
        *((version.axes,) if is_whole and version.axes is not None else ()),
    )
    stored = tuple((array.shape, np.ascontiguousarray(array).tobytes()) for array in arrays)
    return msgspec.msgpack.encode(
        _Stored(
            version.number,
            version.n_outcomes,
            version.round,
            version.is_logistic,
            version.noise,
            stored,
            *vocabulary,
            version.context.waves.shape[1],
            tuple(version.context.roots.tolist()),
            version.doubt.tobytes(),
            version.reach.around,
            tuple(version.reach.mean.tolist()),
            tuple(version.action.squares.tolist()),
            version.unsure.tobytes(),
        )
    )


def unpack(content: bytes) -> tuple[Version, Vocabulary]:
    """Give back what `pack` was given, to the last bit, but for the spread of one not whole.

    The spread is large and follows from the sums: who needs it solves them again.
    """
    stored = msgspec.msgpack.decode(content, type=_Stored)
    arrays = [
        np.frombuffer(content, dtype=np.float64).reshape(shape) for shape, content in stored.arrays
    ]
    own = arrays[9] if arrays[9].ndim > 1 else arrays[9][:, None]  # one number each, before
    doubt, unsure = (np.frombuffer(one, dtype=np.float64) for one in (stored.doubt, stored.unsure))
    n_unsure = math.isqrt(len(unsure))
    version = Version(
        number=stored.number,
        n_outcomes=stored.n_outcomes,
        round=stored.round,
        context=_scaling(arrays[:3], stored.roots).with_waves(stored.waves),
        action=_scaling(arrays[3:6], squares=stored.squares),
        weights=arrays[6],
        is_logistic=stored.is_logistic,
        spread=arrays[10] if len(arrays) > _ARRAYS else None,
        basis=arrays[7],
        prior=arrays[8],
        noise=stored.noise,
        own=own,
        axes=arrays[11] if len(arrays) > _ARRAYS + 1 else None,
        doubt=doubt.reshape(len(own) + 1, -1) if len(doubt) else _NO_OWN,
        reach=Reach(tuple(Around(*one) for one in stored.around), np.array(stored.mean)),
        unsure=unsure.reshape(n_unsure, n_unsure),
    )
    return version, Vocabulary(stored.context_columns, stored.action_columns, stored.names)


def _scaling(
    arrays: list[Floats], roots: tuple[int, ...] = (), squares: tuple[int, ...] = ()
) -> Scaling:
    mean, scale, bound = arrays
    places = (np.array(one, dtype=np.int64) for one in (roots, squares))
    return Scaling(mean, scale, bound, _NO_WAVES, *places)
