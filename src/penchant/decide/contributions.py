"""Why one action scored above another: a sum of named parts, exact to rounding.

Loop: Decide. The population's margin is split over pairs of (context feature, action feature), the
person's over action features; together they are the margin, so an explanation cannot drift from
its cause.
Source: trust by addition; for a linear score the parts are weight times difference, for a logistic
one they are scaled so that they add up to the difference of the rewards.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.model.action_names import ActionNames
from penchant.model.encoding import Encoder, features_of
from penchant.model.exposure import recency
from penchant.model.said import ALL, said_basis
from penchant.model.version import Version
from penchant.words import Action, Decision, FrozenMap, Value

__all__ = ["RECENCY", "Encoders", "Margin", "Part", "margin_of"]

Floats = NDArray[np.float64]


RECENCY: Final = "shown of late"
"""Stands for a feature where a part rests on what the person was shown of late."""


class Encoders(NamedTuple):
    """What reads a decision as numbers: its context, its actions, and the names of these."""

    context: Encoder
    action: Encoder
    names: ActionNames

    def own(self, actions: Sequence[Action], version: Version) -> Floats:
        """Give the own weights of actions (K, m), as far as a version keeps them."""
        places = [self.names.find(action.name) for action in actions]
        return version.own_of(np.array(places, dtype=np.int64))


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
    encoders: Encoders,
) -> Margin:
    """Split the margin between two actions of a decision.

    Args:
        decision: Whose context and belief to use.
        pair: The action asked about and the one it is held against.
        version: The version the decision names.
        encoders: Of the context and of the actions.
    """
    of_context, of_actions, _ = encoders
    context = _seen(decision.context, version, of_context)
    chosen, other = version.action.apply(of_actions.encode_actions(pair))
    expected = dict(zip(decision.names, decision.expected, strict=True))
    rewards = np.array([expected[one.name] for one in pair])
    people, gap = (float(one[0] - one[1]) for one in (rewards, version.scores(rewards)))
    unit = people / gap if abs(gap) > 1e-12 else 0.0  # noqa: PLR2004 - no gap
    amounts = unit * context[:, None] * version.weights * (chosen - other)[None, :]
    own = np.subtract(*encoders.own(pair, version))  # with the 1 of an action: it and no feature
    amounts[: len(own), 0] += unit * context[: len(own)] * own
    features = _with_squares(_groups(of_actions, _named(pair), len(chosen)), version)
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
    mine = _own_parts(decision, pair, version, (chosen - other, features, contexts, of_context))
    parts += mine
    beyond = people - float(amounts.sum())  # own weights that were too many to keep
    parts[0] = parts[0]._replace(amount=parts[0].amount + beyond)
    parts.sort(key=lambda part: -abs(part.amount))
    return Margin(*pair, tuple(parts), people, sum(part.amount for part in mine))


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


def _own_parts(
    decision: Decision,
    pair: tuple[Action, Action],
    version: Version,
    seen: tuple[Floats, "_Grouped", "_Grouped", Encoder],
) -> list[Part]:
    """Give the person's parts: by feature, by feature and number of the context, and of recency."""
    if not decision.belief:
        return [Part(feature, "", "person", 0.0) for feature, _ in seen[1]]
    apart, features, contexts, of_context = seen
    reach, belief = version.reach, np.array(decision.belief)
    basis = said_basis(version.basis, decision.said, reach) if decision.said else version.basis
    plain, crossed, recent = reach.split(basis)
    own = np.zeros((1 + len(reach.around), len(apart)))
    own[:, : len(plain)] = np.stack([plain @ belief, *(block @ belief for block in crossed)])
    raw = _rounded(of_context.encode(decision.context))
    numbers = reach.numbers(raw[None], version.context.apply(raw)[None])[0]
    own *= apart * np.append(1.0, numbers)[:, None]
    said = {place for place, _ in decision.said if own[0, place]}
    names = ["", *(_named_at(1 + one.column, contexts) for one in reach.around)]
    parts = [
        Part(
            feature,
            around,
            "person",
            float(row[columns].sum()),
            not around and not said.isdisjoint(columns),
        )
        for around, row in zip(names, own, strict=True)
        for feature, columns in features
    ]
    if decision.past and not any(place == ALL for place, _ in decision.said):
        past = dict(zip(decision.names, decision.past, strict=True))
        shown = recency(np.array([past[one.name] for one in pair], dtype=np.float64))
        amount = float((shown[0] - shown[1]) @ (recent @ belief + reach.mean))
        parts.append(Part(RECENCY, "", "person", amount))
    return parts


def _named_at(place: int, groups: "_Grouped") -> str:
    """Give the feature of the context that a place of a scaled row belongs to; "" for none."""
    return next((name for name, columns in groups if place in columns), "")


def _rounded(row: Floats) -> Floats:
    return row.astype(np.float32).astype(np.float64)


def _named(pair: tuple[Action, Action]) -> Iterable[tuple[str, Value]]:
    return (item for action in pair for item in features_of(action).items())


_Group = tuple[str, list[int]]
_Grouped = list[_Group]


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


def _with_squares(groups: _Grouped, version: Version) -> _Grouped:
    """Let the square of a column go with the feature of the column."""
    action = version.action
    twins = {1 + column: action.n_plain + k for k, column in enumerate(action.squares.tolist())}
    gone = {twins[place] for _, columns in groups[1:] for place in columns if place in twins}
    return [
        (
            name,
            [place for place in columns if place not in gone]
            if not name
            else [*columns, *(twins[place] for place in columns if place in twins)],
        )
        for name, columns in groups
    ]


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
