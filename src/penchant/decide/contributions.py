"""Why one action scored above another: a sum of named parts, exact to rounding.

Loop: Decide. The population's margin is split over pairs of (context feature, action feature), the
person's over action features; together they are the margin, so an explanation cannot drift from
its cause.
Source: trust by addition; for a linear score the parts are weight times difference, for a logistic
one they are scaled so that they add up to the difference of the rewards.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.encoding import Encoder, features_of
from penchant.model.said import said_basis
from penchant.model.version import Version
from penchant.words import Action, Decision, FrozenMap, Value

__all__ = ["Margin", "Part", "margin_of"]

Floats = NDArray[np.float64]


class Part(NamedTuple):
    """One named part of a margin, in units of the scaled reward.

    `feature` is a feature of the action, `context` one of the context or "" for any context;
    `source` says whether it is this person or people in general, `was_said` whether it rests on the
    person's own word.
    """

    feature: str
    context: str
    source: Literal["person", "people"]
    amount: float
    was_said: bool = False


class Margin(NamedTuple):
    """How far `chosen` scored above `other`: the parts, largest first, and their sums."""

    chosen: Action
    other: Action
    parts: tuple[Part, ...]
    people: float
    person: float


def margin_of(
    decision: Decision,
    pair: tuple[Action, Action],
    version: Version,
    encoders: tuple[Encoder, Encoder],
) -> Margin:
    """Split the margin between two actions of a decision.

    Args:
        decision: Whose context and belief to use.
        pair: The action asked about and the one it is held against.
        version: The version the decision names.
        encoders: Of the context and of the actions.
    """
    of_context, of_actions = encoders
    context = _seen(decision.context, version, of_context)
    chosen, other = version.action.apply(of_actions.encode_actions(pair))
    scores = np.array([chosen, other]) @ (context @ version.weights)
    rewards = version.link(scores)
    gap = float(scores[0] - scores[1])
    unit = float(rewards[0] - rewards[1]) / gap if abs(gap) > 1e-12 else 0.0  # noqa: PLR2004 - no gap
    amounts = unit * context[:, None] * version.weights * (chosen - other)[None, :]
    own = (chosen - other) * _personal(decision, version)
    features = _groups(of_actions, _named(pair), len(chosen))
    width = 1 + len(version.context.mean)
    contexts = _groups(of_context, decision.context.items(), width)
    table = _membership(contexts, width) @ amounts[:width] @ _membership(features, len(chosen)).T
    if width < len(context):
        pull = unit * version.weights[width:] * (chosen - other)[None, :]
        bent = _bent(decision.context, [name for name, _ in contexts], version, of_context)
        table += bent @ pull @ _membership(features, len(chosen)).T
    parts = [
        Part(feature, around, "people", amount)
        for (feature, _), column in zip(features, table.T.tolist(), strict=True)
        for (around, _), amount in zip(contexts, column, strict=True)
    ]
    said = {place for place, _ in decision.said if own[place]}
    parts += [
        Part(feature, "", "person", float(own[columns].sum()), not said.isdisjoint(columns))
        for feature, columns in features
    ]
    expected = dict(zip(decision.names, decision.expected, strict=True))
    people = expected[pair[0].name] - expected[pair[1].name]
    beyond = people - float(amounts.sum())  # the own effects of the two, beyond their features
    parts[0] = parts[0]._replace(amount=parts[0].amount + beyond)
    parts.sort(key=lambda part: -abs(part.amount))
    return Margin(*pair, tuple(parts), people, float(own.sum()))


def _seen(context: Mapping[str, Value], version: Version, encoder: Encoder) -> Floats:
    """Give a context as the version sees it, (width,)."""
    return version.context.apply(_rounded(encoder.encode(context)))


def _bent(
    context: FrozenMap[Value], names: Sequence[str], version: Version, encoder: Encoder
) -> Floats:
    """Share the bent features out among the features of a context: (n_names, D), summing to them.

    The part of a feature is what changes when it alone is put back to its usual value; what is
    left over, as features bend together, goes with the first name: any context.
    """
    width = 1 + len(version.context.mean)
    now = _seen(context, version, encoder)[width:]
    parts = np.zeros((len(names), len(now)))
    for row, name in zip(parts[1:], names[1:], strict=True):
        rest = {key: value for key, value in context.items() if key != name}
        row[:] = now - _seen(rest, version, encoder)[width:]
    parts[0] = now - parts[1:].sum(axis=0)
    return parts


def _personal(decision: Decision, version: Version) -> Floats:
    """Give the person's weight of every column of an action, (1 + da,), as it was at the time."""
    if not decision.belief:
        return np.zeros(len(version.basis))
    basis = said_basis(version.basis, decision.said) if decision.said else version.basis
    return np.asarray(basis @ np.array(decision.belief))


def _rounded(row: Floats) -> Floats:
    return row.astype(np.float32).astype(np.float64)


def _named(pair: tuple[Action, Action]) -> Iterable[tuple[str, Value]]:
    return (item for action in pair for item in features_of(action).items())


_Group = tuple[str, list[int]]


def _groups(encoder: Encoder, features: Iterable[tuple[str, Value]], width: int) -> list[_Group]:
    """Give each feature's places in a scaled row; whatever nobody named goes with the leading 1."""
    places: dict[str, set[int]] = {}
    taken: set[int] = set()
    for name, value in features:
        fresh = {column for column in _places(encoder, name, value) if column < width} - taken
        places.setdefault(name, set()).update(fresh)
        taken |= fresh
    rest = [column for column in range(width) if column not in taken]
    return [("", rest), *((name, sorted(own)) for name, own in places.items())]


def _places(encoder: Encoder, name: str, value: Value) -> list[int]:
    """Give where the value of one feature stands in a scaled row."""
    if isinstance(value, list | tuple):
        return [int(column) + 1 for column in encoder.columns_of(name, value)]
    column = encoder.find(f"{name}={value}" if isinstance(value, str) else name)
    return [] if column is None else [column.place + 1]


def _membership(groups: list[_Group], width: int) -> Floats:
    """Give which place belongs to which group, 0 and 1: (n_groups, width)."""
    table = np.zeros((len(groups), width))
    for row, (_, columns) in zip(table, groups, strict=True):
        row[columns] = 1.0
    return table
