"""A version as named numbers: what one instance hands to another, and a person can read.

They are aggregates over many people and hold no person's values; columns are known by the hash of
their names. Rule: what comes in is checked as what it is, numbers from outside.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput
from penchant.model.encoding import ColumnKind
from penchant.model.exposure import PAST
from penchant.model.reach import READINGS, Around, Reach
from penchant.model.version import Columns, Scaling, Version, Vocabulary

__all__ = ["Numbers", "Scaled", "numbers_of", "version_of"]

Floats = NDArray[np.float64]
Names = tuple[tuple[str, int], ...]

_HASH_BITS = 64


class Scaled(msgspec.Struct, frozen=True):
    """How columns are brought to about unit length; see `model.version.Scaling`."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    bound: tuple[float, ...]


class Numbers(msgspec.Struct, frozen=True):
    """All numbers of a version; see `model.version.Version`.

    `spread` is None where a version has none. Columns are (hash of the name in hexadecimal, kind),
    `names` the hashes of the names of actions that have an effect of their own.
    """

    number: int
    n_outcomes: int
    round: int
    is_logistic: bool
    noise: float
    context: Scaled
    action: Scaled
    weights: tuple[tuple[float, ...], ...]
    basis: tuple[tuple[float, ...], ...]
    prior: tuple[float, ...]
    own: tuple[tuple[float, ...], ...]
    spread: tuple[tuple[float, ...], ...] | None
    context_columns: Names
    action_columns: Names
    names: tuple[str, ...]
    waves: int = 0
    roots: tuple[int, ...] = ()
    axes: tuple[tuple[float, ...], ...] | None = None
    doubt: tuple[tuple[float, ...], ...] = ()
    around: tuple[tuple[int, int], ...] = ()
    mean: tuple[float, ...] = ()
    squares: tuple[int, ...] = ()
    unsure: tuple[tuple[float, ...], ...] = ()


def numbers_of(version: Version, vocabulary: Vocabulary) -> Numbers:
    """Give a version and the names it speaks of as named numbers; `version_of` is its inverse."""
    return Numbers(
        number=version.number,
        n_outcomes=version.n_outcomes,
        round=version.round,
        is_logistic=bool(version.is_logistic),
        noise=float(version.noise),
        context=_scaled(version.context),
        action=_scaled(version.action),
        weights=_rows(version.weights),
        basis=_rows(version.basis),
        prior=tuple(version.prior.tolist()),
        own=_rows(version.own),
        spread=None if version.spread is None else _rows(version.spread),
        context_columns=_hex(vocabulary.context),
        action_columns=_hex(vocabulary.action),
        names=tuple(f"{key:016x}" for key in vocabulary.names),
        waves=version.context.waves.shape[1],
        roots=tuple(version.context.roots.tolist()),
        axes=None if version.axes is None else _rows(version.axes),
        doubt=_rows(version.doubt),
        around=tuple((column, how) for column, how in version.reach.around),
        mean=tuple(version.reach.mean.tolist()),
        squares=tuple(version.action.squares.tolist()),
        unsure=_rows(version.unsure),
    )


def version_of(numbers: Numbers) -> tuple[Version, Vocabulary]:
    """Give the version that some numbers are, to the last bit.

    Raises:
        BadInput: When they do not fit together, or are no finite numbers.
    """
    vocabulary = Vocabulary(
        _columns(numbers.context_columns),
        _columns(numbers.action_columns),
        tuple(_key(name) for name in numbers.names),
    )
    context = _with_roots(_scaling(numbers.context), numbers.roots).with_waves(numbers.waves)
    action = _scaling(numbers.action)
    if not all(0 <= column < len(action.mean) for column in numbers.squares):
        raise BadInput("A column that a population squares is none it knows.")
    action = action._replace(squares=np.array(numbers.squares, dtype=np.int64))
    n_context, n_action = context.width, action.width
    reach = _reach(numbers, len(context.mean))
    axes = numbers.axes
    n_own = min(len(numbers.doubt[0]) if numbers.doubt else 0, n_context)
    half = n_context * (n_context + 1) // 2 if axes is None else n_context
    version = Version(
        number=numbers.number,
        n_outcomes=numbers.n_outcomes,
        round=numbers.round,
        context=context,
        action=action,
        weights=_matrix(numbers.weights, "weights", (n_context, n_action)),
        is_logistic=numbers.is_logistic,
        spread=None
        if numbers.spread is None
        else _matrix(numbers.spread, "spread", (n_action - 1, half)),
        basis=_matrix(numbers.basis, "basis", (reach.width(action.n_plain), len(numbers.prior))),
        prior=_matrix(numbers.prior, "prior", (len(numbers.prior),)),
        noise=numbers.noise,
        own=_matrix(numbers.own, "own", (min(len(numbers.own), len(numbers.names)), n_own)),
        axes=None if axes is None else _matrix(axes, "axes", (n_context, n_context)),
        doubt=_matrix(
            numbers.doubt, "doubt", (len(numbers.own) + 1 if numbers.doubt else 0, n_own)
        ),
        reach=reach,
        unsure=_matrix(numbers.unsure, "unsure", (n_action - 1 if numbers.unsure else 0,) * 2),
    )
    _check(version)
    return version, vocabulary


def _reach(numbers: Numbers, n_context: int) -> Reach:
    """Read what a personal part sees beyond the features of an action."""
    around = tuple(Around(*one) for one in numbers.around)
    if not all(0 <= one.column < n_context and one.how in READINGS for one in around):
        raise BadInput("A number of the context that a population crosses is none it knows.")
    mean = _matrix(numbers.mean, "mean", (len(numbers.mean),))
    if len(mean) not in {0, PAST}:
        raise BadInput(f"The `mean` of a population must be {PAST} numbers or none.")
    return Reach(around, mean)


def _check(version: Version) -> None:
    """See that a version makes sense as one."""
    counts = (version.number, version.round)
    is_sound = (
        min(counts) >= 1
        and version.n_outcomes >= 0
        and 0.0 < version.noise < np.inf
        and bool((version.prior > 0.0).all())
        and bool((version.action.bound >= 0.0).all())
        and bool((version.doubt >= 0.0).all())
        and bool((np.diagonal(version.unsure) >= 0.0).all())
    )
    if not is_sound:
        raise BadInput("A population has a count, a variance or a noise that none can have.")


def _scaled(scaling: Scaling) -> Scaled:
    return Scaled(*(tuple(column.tolist()) for column in scaling[:3]))


def _scaling(scaled: Scaled) -> Scaling:
    width = (len(scaled.mean),)
    mean, scale, bound = (_matrix(one, "scaling", width) for one in msgspec.structs.astuple(scaled))
    return Scaling(mean, scale, bound)


def _with_roots(scaling: Scaling, roots: tuple[int, ...]) -> Scaling:
    """Let some columns be taken by their root."""
    if not all(0 <= place < len(scaling.mean) for place in roots):
        raise BadInput("A column of a population that is taken by its root is none of its columns.")
    return scaling._replace(roots=np.array(roots, dtype=np.int64))


def _rows(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in matrix.tolist())


def _matrix(given: Sequence[object], name: str, shape: tuple[int, ...]) -> Floats:
    """Give numbers as an array of a shape."""
    try:
        matrix = np.array(given, dtype=np.float64).reshape(shape)
    except ValueError as error:
        sizes = " by ".join(map(str, shape))
        raise BadInput(f"The `{name}` of a population must be {sizes} numbers.") from error
    if not np.isfinite(matrix).all():
        raise BadInput(f"The `{name}` of a population must be finite numbers.")
    return matrix


def _hex(columns: Columns) -> Names:
    return tuple((f"{key:016x}", kind) for key, kind in columns)


def _columns(names: Names) -> Columns:
    kinds = {int(kind) for kind in ColumnKind}
    if not all(kind in kinds for _, kind in names):
        raise BadInput("A column of a population has a kind that is none.")
    return tuple((_key(name), kind) for name, kind in names)


def _key(name: str) -> int:
    """Read the hash of a name."""
    try:
        key = int(name, 16)
    except ValueError:
        key = -1
    if not 0 <= key < 2**_HASH_BITS:
        raise BadInput("A column of a population must be named by 16 hexadecimal digits.")
    return key
