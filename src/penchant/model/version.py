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

from penchant.model.bending import bent, waves_of

__all__ = [
    "EMPTY_SCALING",
    "Columns",
    "Prior",
    "Scaling",
    "Seen",
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

_CLIP = 5.0
"""Scaled values beyond this many standard deviations count as this many (population notes)."""


_NO_WAVES = np.zeros((0, 0))


class Scaling(NamedTuple):
    """Brings columns to about unit length: `(value - mean) * scale`, clipped.

    `waves` (d, D) are the directions of the bent features behind them; see `model.bending`.
    """

    mean: Floats
    scale: Floats
    bound: Floats
    waves: Floats = _NO_WAVES

    @property
    def width(self) -> int:
        """How long a scaled row is: the leading 1, the columns, the bent features."""
        return 1 + len(self.mean) + int(self.waves.shape[1])

    def with_waves(self, count: int) -> "Scaling":
        """Give the same scaling with so many bent features."""
        return self._replace(waves=waves_of(self.steps, count) if count else _NO_WAVES)

    @property
    def steps(self) -> Floats:
        """What a yes, or one usual step (a standard deviation) of a number, is when scaled, (d,).

        0 for a column that was always the same.
        """
        return np.where(self.scale > 0.0, self.bound / _CLIP, 0.0)

    def apply(self, rows: Floats) -> Floats:
        """Give scaled rows with a leading 1.

        Args:
            rows: (d,) or (n, d) raw values; NaN is "usual". Columns beyond the scaling's are new
                since the version and left out; missing ones count as usual.

        Returns:
            (width,) or (n, width) float64, see `width`.

        Example:
            >>> s = Scaling(np.array([10.0]), np.array([0.5]), np.array([2.5]))
            >>> s.apply(np.array([12.0, 7.0])).tolist()
            [1.0, 1.0]
        """
        mean, scale, bound, waves = self
        width = len(mean)
        seen = min(rows.shape[-1], width)
        if rows.shape[-1] != width:
            rows, mean, scale, bound = rows[..., :seen], mean[:seen], scale[:seen], bound[:seen]
        values = rows - mean
        values *= scale
        np.minimum(values, bound, out=values)
        np.maximum(values, -bound, out=values)
        flat = values.reshape(-1)
        if math.isnan(flat.dot(flat)):  # one product tells whether any is
            values[np.isnan(values)] = 0.0
        scaled = np.zeros((*rows.shape[:-1], self.width))
        scaled[..., 0] = 1.0
        scaled[..., 1 : 1 + seen] = values
        if waves.size:
            scaled[..., 1 + width :] = bent(values, waves[:seen])
        return scaled


EMPTY_SCALING = Scaling(np.zeros(0), np.zeros(0), np.zeros(0))


class Prior(NamedTuple):
    """How people differ: covariance (1 + da, 1 + da) of the personal weights, and the noise."""

    covariance: Floats
    noise: float


class Seen(NamedTuple):
    """What was seen of d columns: how often each, its mean, and the squares around it, summed."""

    times: Floats
    mean: Floats
    square: Floats


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
            `folded` gives it, else None.
        basis: (1 + da, r): a person differs from people in general along `basis.T @ a`.
        prior: (r,) variances of those differences across people.
        noise: variance of a reward around its prediction.
        own: own effect of each action by its place in `OwnEffects`; empty where there is none.
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

    @property
    def rank(self) -> int:
        """In how many directions people may differ."""
        return len(self.prior)

    def own_of(self, places: NDArray[np.int64]) -> Floats:
        """Give the own effects at some places; 0 for actions that came after this version."""
        known = places < len(self.own)
        effects = np.zeros(len(places))
        effects[known] = self.own[places[known]]
        return effects

    def stripped(self) -> "Version":
        """Give what explanations need of a version, without what grows with the actions."""
        return self._replace(spread=None, own=np.zeros(0))

    def rewards(self, context: Floats, actions: Floats) -> Floats:
        """Give what people in general are expected to give as reward.

        Args:
            context: (1 + dc,) scaled, with its leading 1.
            actions: (n_actions, 1 + da) scaled.

        Returns:
            (n_actions,) in units of the scaled reward.
        """
        return self.link(actions.dot(context.dot(self.weights)))

    def link(self, scores: Floats) -> Floats:
        """Turn scores into rewards."""
        return 1.0 / (1.0 + np.exp(-scores)) if self.is_logistic else scores

    def variances(self, context: Floats, actions: Floats) -> Floats | None:
        """Give the variance of those expectations, (n_actions,), where it is known."""
        if self.spread is None:
            return None
        first, second = upper(len(context))
        per_column = self.spread.dot(context.take(first) * context.take(second))
        return np.asarray((actions * actions)[:, 1:].dot(per_column))

    def variances_of_many(self, contexts: Floats, actions: Floats) -> "Variances | None":
        """Give what `variances` would give for n contexts (n, 1 + dc), where that is known."""
        if self.spread is None:
            return None
        width = contexts.shape[1]
        spread = np.zeros((len(actions), width, width))
        spread[:, *upper(width)] = (actions[:, 1:] ** 2) @ self.spread
        return Variances(contexts, spread)


class Variances(NamedTuple):
    """The variances cᵀSc of K actions in n contexts: (n, d), and the S, folded: (K, d, d)."""

    contexts: Floats
    spread: Floats

    def bounds(self) -> Floats:
        """Give a bound on the standard deviation of each, (K, n).

        The greatest eigenvalue of S is at most the eighth root of the trace of its eighth power.
        """
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
    version = Version(
        number=stored.number,
        n_outcomes=stored.n_outcomes,
        round=stored.round,
        context=Scaling(*arrays[:3]).with_waves(stored.waves),
        action=Scaling(*arrays[3:6]),
        weights=arrays[6],
        is_logistic=stored.is_logistic,
        spread=arrays[10] if len(arrays) > _ARRAYS else None,
        basis=arrays[7],
        prior=arrays[8],
        noise=stored.noise,
        own=arrays[9],
    )
    return version, Vocabulary(stored.context_columns, stored.action_columns, stored.names)
