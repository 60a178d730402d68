"""What a round derives from a panel of people: how they differ, and how far that should reach.

Loop: Learn, inside a round. Rule 1: pure, of values; with few people the differences between them
stay at the first prior, and nothing reaches beyond the columns of actions (model notes, trap 7).
Rule 2: it looks whenever outcomes grew by the root of 2, so that it costs little in the long run.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import faded
from penchant.learn.components import improve
from penchant.learn.prior import first_prior, panel_of
from penchant.learn.reaching import (
    FEWEST,
    bends,
    blocks,
    pasts,
    reach_for,
    sample_of,
    widened_prior,
)
from penchant.learn.rounds import Asking, RoundTask
from penchant.model.encoding import ColumnKind
from penchant.model.evidence import Rows
from penchant.model.exposure import PAST
from penchant.model.folding import recent_of
from penchant.model.moment_model import MomentModel
from penchant.model.population import PRODUCTS
from penchant.model.reach import AS_SCALED, COSINE, PLAIN, SINE, Around, Reach
from penchant.model.scaling import Scaling
from penchant.model.version import Prior
from penchant.words import NOTHING

__all__ = [
    "FEWEST",
    "SHOWN_TO_A_COLUMN",
    "Differences",
    "asking_of",
    "columns_of",
    "differences",
    "looked",
    "squares_of",
]

Floats = NDArray[np.float64]

HOUR_NAMES: Final = ("hour", "hour_of_day", "local_hour")
"""Numbers of a context that turn once a day."""
MOST_ASKED: Final = 16
"""Columns of a context that may be crossed with the person's part."""
SHOWN_TO_A_COLUMN: Final = 2
"""Different actions for each column, below which squares tell nothing that names do not."""
_SETTLED: Final = 2_048
"""Outcomes before which it is too early to leave squares out."""
_FEWEST_PEOPLE: Final = 30
_PANEL_PEOPLE: Final = 1_000
_PANEL_BYTES: Final = 64 * 2**20
_STEPS_ANEW: Final = 2


class Differences(NamedTuple):
    """How people differ, how far that reaches, and how long they are known.

    `history` are the outcomes of a person as a decision meets them: who comes often counts often.
    """

    prior: Prior
    reach: Reach
    history: float


def _half_octave(count: int) -> int:
    """Give how often a count grew by the root of 2."""
    return (count * count).bit_length()


def asking_of(model: MomentModel) -> Asking:
    """Give what a round needs to see how far the personal part should reach."""
    count, before = len(model.evidence), model.n_seen
    looks = count >= FEWEST and _half_octave(count) > _half_octave(before)
    nothing = model.names.find(NOTHING)
    hours = [model.context.find(name) for name in HOUR_NAMES]
    known = [column.place for column in hours if column is not None]
    usual = [Around(column, AS_SCALED) for column in range(min(model.context.width, MOST_ASKED))]
    turning = [Around(column, how) for column in known for how in (SINE, COSINE)]
    return Asking(looks, (*usual, *turning), model.is_kind, nothing)


def columns_of(
    rows: Rows, some: NDArray[np.int64], actions: Floats, context: Scaling, reach: Reach
) -> Floats:
    """Give φ of some outcomes (n,)."""
    features = actions[rows.shown[some]]
    if reach.is_plain:
        return features
    raw = rows.context[some].astype(np.float64)
    numbers = reach.numbers(raw, context.apply(raw))
    return reach.columns(features, numbers, recent_of(rows.past[some], len(reach.mean)))


def _panel_people(task: RoundTask) -> NDArray[np.int64]:
    """Give the home rows of everybody who has an outcome."""
    return np.flatnonzero(np.bincount(task.homes[task.homes >= 0]))


def looked(
    task: RoundTask, actions: Floats, context: Scaling, *, fresh: bool
) -> tuple[Rows, Prior, Reach]:
    """See how far the personal part should reach; give outcomes, prior and reach to go on from.

    `actions` are scaled, by their place. The outcomes come with what their people had been shown.
    """
    rows, start, reach = task.rows, task.prior, task.version.reach
    residual, n_action = rows.reward - rows.predicted, actions.shape[1]
    noise = float(np.average(residual**2, weights=rows.counts)) if len(residual) else 0.0
    first = first_prior(n_action, max(noise, 0.01))
    if len(_panel_people(task)) < _FEWEST_PEOPLE:
        return rows, first, PLAIN
    if fresh or start is None or len(start.covariance) != reach.width(n_action):
        start = widened_prior(first, PLAIN, reach, n_action)
    asking = task.asking
    if asking.looks:
        sample = sample_of(rows, task.homes, actions)
        theirs = np.isin(task.homes, task.homes[sample.places[sample.there > 0]])
        known = _with_pasts(rows, theirs, asking)
        found = reach_for(known, sample, start, context, (reach, asking.candidates))
        start, reach = widened_prior(start, reach, found, n_action), found
    if reach.asks_for_past:
        rows = _with_pasts(rows, np.ones(len(rows.at), dtype=bool), asking)
    return rows, start, reach


def _with_pasts(rows: Rows, some: NDArray[np.bool_], asking: Asking) -> Rows:
    """Give outcomes with what their people had been shown, for some of them; 0 for the others."""
    past = np.zeros((len(rows.at), PAST), dtype=np.float32)
    past[some] = pasts(rows.where(some), asking.is_kind, asking.nothing)
    return rows._replace(past=past)


def squares_of(
    task: RoundTask, prior: Prior, scalings: tuple[Scaling, Scaling], actions: Floats
) -> NDArray[np.int64]:
    """Give the columns of actions whose squares people in general are seen by.

    They are there as soon as enough different actions were shown to tell them apart by so many
    columns, as it takes long to see that they pay; where they do not in the long run, they are left
    out.
    """
    context, action = scalings
    numbers = np.flatnonzero((task.action_kinds == ColumnKind.NUMBER) & (action.scale > 0.0))
    width = context.width * (action.n_plain + len(numbers))
    n_shown = int(np.count_nonzero(np.bincount(task.rows.shown)))
    tells_apart = n_shown >= SHOWN_TO_A_COLUMN * (action.n_plain + len(numbers))
    if not (task.are_shared and tells_apart) or width > PRODUCTS:
        return numbers[:0]
    if task.n_outcomes < _SETTLED or len(_panel_people(task)) < _FEWEST_PEOPLE:
        return numbers
    if not task.asking.looks:
        return action.squares
    sample = sample_of(task.rows, task.homes, actions)
    return numbers if bends(sample, prior, action, numbers, _explained(task)) else numbers[:0]


def _explained(task: RoundTask) -> Floats:
    """Give what each squared column adds to a score in the version in force, (q,)."""
    version = task.version
    return version.weights[0, version.action.n_plain :]


def differences(
    task: RoundTask, rows: Rows, scaled: tuple[Floats, Scaling], start: Prior, reach: Reach
) -> Differences:
    """Give how people differ, from a panel of them, and the reach with its mean.

    `scaled` are the actions, by their place, and the scaling of contexts.
    """
    people, (actions, context) = _panel_people(task), scaled
    if len(people) < _FEWEST_PEOPLE:
        return Differences(start, reach, 0.0)
    width = reach.width(actions.shape[1])
    most = min(_PANEL_PEOPLE, _PANEL_BYTES // (8 * width**2))
    panel_people = people[:: max(1, -(-len(people) // most))]
    places = np.full(people[-1] + 2, -1)  # the last is that of nobody
    places[panel_people] = np.arange(len(panel_people))
    index = places[task.homes]
    chosen = np.flatnonzero(index >= 0)
    at = rows.at[chosen]
    counts = task.memory.counted(rows, task.homes)[chosen]
    weight = faded(counts, at.max() - at, task.memory.half_life)
    features = columns_of(rows, chosen, actions, context, reach)
    residual = (rows.reward - rows.predicted)[chosen]
    panel = panel_of(features, residual, weight, index[chosen])
    parts = list(blocks(reach, actions.shape[1]).values())
    prior = improve(start, panel, parts, _STEPS_ANEW if task.prior is None else 1)
    history = float((panel.n_outcomes**2).sum() / max(panel.n_outcomes.sum(), 1.0))
    return Differences(prior, reach._replace(mean=prior.mean), history)
