"""What a person was shown and what surprised them, while an engine runs.

Loop: Decide and Learn. A decision that is durable counts as shown, an outcome says how far it spoke
against what was believed. Both are recorded, so that a restart folds them again.
Rule: nothing is counted where the version in force does not ask for it; then decisions say nothing
of the past either.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.learn.pending import Open
from penchant.learn.teaching import NOTHING_TAUGHT, Teaching
from penchant.model.exposure import recency
from penchant.model.moment_model import MomentModel
from penchant.runtime.columns import DecidedColumns
from penchant.words import Action, Decision

__all__ = ["expose", "expose_columns", "past_of", "surprised", "teaching"]

_REMEMBERED: Final = 16_384
"""Actions whose keys are kept at hand."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def past_of(one: Open) -> Floats | None:
    """Give what the person was shown of the action decided; None where nobody counted."""
    past = one.decision.past
    return np.array(past[one.place], dtype=np.float64) if past else None


def teaching(model: MomentModel, one: Open) -> Teaching:
    """Give what the version in force adds to what is learned of an outcome."""
    past, mean = past_of(one), model.version.reach.mean
    carried = float(recency(past) @ mean) if past is not None and len(mean) else 0.0
    return Teaching(model.version.noise, carried) if model.version.round else NOTHING_TAUGHT


def expose(model: MomentModel, decision: Decision, *, is_late: bool = False) -> None:
    """Note that a person was shown what was decided, where that counts.

    A decision that was taken before it counted says nothing of the past; it counts late, with its
    outcome.
    """
    counts = model.version.reach.asks_for_past if is_late else bool(decision.past)
    if counts and not decision.forced and decision.person is not None:
        keys = _keys(model, decision.action)
        row = model.people.row(decision.person)
        home = model.people.homes.find(decision.person)
        model.exposures.add(row, home, keys, decision.at.timestamp())


def _keys(model: MomentModel, action: Action) -> Ints:
    """Give the keys of an action and its kinds, from memory where nothing about it changed."""
    known = model.exposures.keys.get(action.name)
    if known is not None and known[0] == action.features:
        return known[1]
    keys = model.asked([action.name], model.action.encode_actions([action])).of(0)
    if len(model.exposures.keys) >= _REMEMBERED:
        model.exposures.keys.clear()
    model.exposures.keys[action.name] = action.features, keys
    return keys


def expose_columns(model: MomentModel, columns: DecidedColumns, *, is_late: bool = False) -> None:
    """Note that people were shown what was decided for them in columns, where that counts."""
    made = columns.made
    if not (model.version.reach.asks_for_past if is_late else made.past is not None):
        return
    asked, at = model.asked(made.choices.names, made.choices.raw), made.at.timestamp()
    keys = [asked.of(place) for place in range(len(made.choices.names))]
    rows, homes = made.rows.tolist(), model.people.homes.of(made.rows).tolist()
    for row, home, place in zip(rows, homes, columns.chosen.tolist(), strict=True):
        model.exposures.add(row, home, keys[place], at)


def surprised(model: MomentModel, homes: Ints, surprises: Floats, at: float) -> None:
    """Note how far outcomes spoke against what was believed; they are in the evidence already."""
    people = model.people
    for home in people.drift.add_many(homes, surprises, at).tolist():
        people.refold_one(home, model.evidence.rows(), model.version)
