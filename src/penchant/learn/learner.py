"""From outcomes to the next version: when, from what, and how it is taken into force.

Loop: Learn. Two rhythms. A *refresh* solves the population's weights from its sums: milliseconds,
after each outcome at first, every 256th later. A *round* derives scaling, basis, prior and
everybody's refolded sums: heavier, at counts that grow geometrically. A round starts from the
outcomes up to one count and is taken into force at a later count, both fixed in advance: it can
run on another thread, and the same outcomes still give the same versions.
Rule 1: what a round reads is never edited, what it gives is a value.
Rule 2: with few people the differences between them stay at the first prior (model notes, trap 7).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from penchant.algebra import faded
from penchant.learn.panel import asking_of, columns_of, differences, looked, squares_of
from penchant.learn.prior import Basis, basis_of
from penchant.learn.reaching import pasts
from penchant.learn.rounds import Round, RoundTask
from penchant.learn.scaling import added, has_moved, scaling_of, seen_of, widened
from penchant.learn.schedule import adopt_at, next_round_at
from penchant.model.bending import MOST_WAVES
from penchant.model.evidence import Rows
from penchant.model.exposure import asked_of
from penchant.model.folding import Memory, refold
from penchant.model.moment_model import MomentModel
from penchant.model.people import held_for
from penchant.model.population import (
    Contributions,
    Population,
    population_for,
    waves_that_fit,
)
from penchant.model.scaling import Scaling, Seen
from penchant.model.version import folded

__all__ = [
    "Round",
    "RoundTask",
    "adopt",
    "adopt_at",
    "contribute",
    "is_refresh_due",
    "next_round_at",
    "plan",
    "rebuild",
    "refresh",
    "unlearn",
    "work",
]

Floats = NDArray[np.float64]
Kinds = NDArray[np.int64]

RANK: Final = 8
"""Directions kept of a personal part; up to twice as many where outcomes tell of them."""
_REACHING_HISTORY: Final = 2_048.0
"""Outcomes a person may have where the personal part was shown to reach beyond an action."""
_NAMED_GAIN: Final = 5.0
_COVARIANCES: Final = 3
"""Dimensions of one covariance matrix an action."""
_ROOM: Final = 256
_BENT_UNTIL: Final = 2_048
"""Outcomes before which it is too early to tell whether bent features pay."""
_TRIED_EVERY: Final = 3
"""Bent features that did not pay are tried again after so many doublings of the outcomes."""
_AT_EACH: Final = 10**8
"""Steps of solving, actions times cubed columns, that are worth taking after each outcome."""
_AT_ONCE: Final = 32_768
"""Outcomes that are gone through at once, so that what lies between is bounded."""


def is_refresh_due(model: MomentModel) -> bool:
    """Say whether enough outcomes came for the population's weights to be solved again."""
    if model.population is None:
        return False
    count = len(model.evidence)
    return count - model.version.n_outcomes >= min(max(_heft(model), count // 32), 256)


def _heft(model: MomentModel) -> int:
    """Say after how many outcomes at least the weights are solved: 1, more where it takes long."""
    version = model.version
    if version.spread is None or version.axes is not None:
        return 1
    return 1 + version.action.width * version.context.width**3 // _AT_EACH


def plan(model: MomentModel) -> RoundTask:
    """Give the round that starts now."""
    rows = model.evidence.rows()
    alive, n_seen = rows.alive(), model.n_seen
    if alive is not rows:
        n_seen = int(np.count_nonzero(np.isfinite(rows.predicted[:n_seen])))
    homes = np.where(alive.person >= 0, model.people.homes.of(np.maximum(alive.person, 0)), -1)
    return RoundTask(
        rows=alive,
        homes=homes,
        seen=model.seen,
        n_seen=n_seen,
        asked_for=np.flatnonzero(model.people.held.version >= 0),
        n_outcomes=len(model.evidence),
        n_people=len(model.people.homes) * 9 // 8 + _ROOM,
        version=model.version,
        prior=model.prior,
        context_kinds=np.array(model.context.kinds, dtype=np.int64),
        action_kinds=np.array(model.action.kinds, dtype=np.int64),
        are_shared=model.action.are_shared,
        n_waves=_waves(model),
        memory=Memory(model.half_life, since_of(model)),
        has_sums=model.population is not None,
        asking=asking_of(model),
    )


def work(task: RoundTask) -> Round:
    """Derive a round; pure, and the heavy part (how a panel differs, refolding everybody)."""
    rows, shown = task.rows, task.rows.shown
    seen = widened(task.seen, len(task.context_kinds))
    later = rows.context[task.n_seen :]
    seen = added(seen, seen_of(later, np.ones(len(later)), len(seen.times)))
    context, action, moved = _scalings(task, seen)
    actions = action.apply(rows.actions.astype(np.float64))[:, : action.n_plain]
    rows, start, reach = looked(task, actions, context, fresh=moved)
    squares = squares_of(task, start, (context, action), actions)
    if len(squares) != len(action.squares):
        action, moved = action._replace(squares=squares), True
    population = _rebuilt(task, context, action) if moved else None
    prior, reach, history = differences(task, rows, (actions, context), start, reach)
    history = history if reach.is_plain else _REACHING_HISTORY
    some = np.arange(0, len(shown), 1 + len(shown) // _AT_ONCE)
    columns = columns_of(rows, some, actions, context, reach)
    basis: Basis = basis_of(prior, columns, RANK, history)
    version = task.version._replace(
        round=task.version.round + 1,
        context=context,
        action=action,
        is_logistic=task.are_shared,
        basis=basis.directions,
        prior=basis.variances,
        noise=basis.noise,
        reach=reach,
    )
    sums = refold(rows, task.homes, version, task.n_people, task.memory)
    held = held_for(sums, task.asked_for, version)
    since = task.memory.since
    return Round(version, population, sums, held, prior, seen, task.n_outcomes, since)


def adopt(model: MomentModel, done: Round) -> None:
    """Take a round into force: swap the basis under everybody and add what came meanwhile."""
    if done.version.reach.asks_for_past:
        _recall(model, begins=not model.version.reach.asks_for_past)
    else:
        model.exposures.clear()
    later = model.evidence.rows(done.n_outcomes)
    if done.population is not None:
        model.population = done.population
        model.folded = done.n_outcomes
    model.version = done.version._replace(
        number=model.version.number, n_outcomes=model.version.n_outcomes
    )
    model.prior = done.prior
    model.seen, model.n_seen = done.seen, done.n_outcomes
    model.people.adopt(done.sums, later, model.version, done.held)
    changed = np.flatnonzero(since_of(model)[: len(done.since)] != done.since)
    for home in changed.tolist():  # alarms that came while the round was under way
        model.people.refold_one(home, model.evidence.rows(), model.version)
    refresh(model)


def since_of(model: MomentModel) -> Floats:
    """Give since when the outcomes of everybody count, by home row."""
    return model.people.drift.since(np.arange(len(model.people.homes) * 9 // 8 + _ROOM))


def refresh(model: MomentModel) -> None:
    """Fold the new outcomes into the population's sums and solve its weights: a new version."""
    if model.population is None:
        return
    count, version = len(model.evidence), model.version
    rows = model.evidence.rows(model.folded, count)
    model.population.add(_contributions(rows, version.context, version.action, model.half_life))
    model.folded = count
    weights, spread = model.population.solve(version.noise)
    _fold_positions(model, count)
    model.version = version._replace(
        number=version.number + 1,
        n_outcomes=count,
        weights=weights,
        spread=_half(spread),
        own=model.population.own.mean,
        axes=model.population.axes,
        doubt=model.population.own.variance,
        unsure=model.population.own.shared,
    )


def unlearn(model: MomentModel, person: str) -> int:
    """Take a person out of every sum and blank their outcomes; give how many they were.

    The population's sums are then those of never having had the person (float64, about 1e-12
    relative); the version in force follows at once, basis and prior with the next round.
    """
    row, mine = model.forget(person)
    if row < 0:
        return 0
    contribute(model, mine, -1.0)
    model.evidence.forget(row)
    model.see_anew()
    refresh(model)
    return int(mine.sum())


def contribute(model: MomentModel, mine: NDArray[np.bool_], sign: float) -> None:
    """Take some outcomes (n,) out of the sums over everybody (-1), or put them back (1).

    Those that the sums do not hold yet are left to `refresh`.
    """
    if model.population is not None:
        rows = model.evidence.rows(0, model.folded)
        version = model.version
        theirs = _contributions(
            rows.where(mine[: model.folded]), version.context, version.action, model.half_life
        )
        model.population.add(theirs, sign=sign)
    rows = model.evidence.rows(0, model.folded_positions)
    _add_positions(model, rows.where(mine[: model.folded_positions]), sign)


def rebuild(model: MomentModel) -> None:
    """Fold the sums of the version in force anew from the evidence, after a restart.

    The first `model.folded` outcomes are those it was derived from; one that was given was derived
    from none that are here.
    """
    version = model.version
    if version.round == 0:
        return
    if not model.is_given:
        _rebuild_sums(model)
    if version.reach.asks_for_past:
        _recall(model, begins=False)
    rows = model.evidence.rows()
    homes = np.where(rows.person >= 0, model.people.homes.of(np.maximum(rows.person, 0)), -1)
    model.people.drift.remember(homes, rows.surprise, rows.at)
    task = plan(model)
    n_people = len(model.people.homes)
    sums = refold(task.rows, task.homes, version, n_people, task.memory)
    model.people.adopt(sums, model.evidence.rows(task.n_outcomes), version)


def _rebuild_sums(model: MomentModel) -> None:
    """Fold the sums over everybody anew, and solve the spread that goes with the version."""
    version = model.version
    model.population = population_for(
        version.context, version.action, model.half_life, are_shared=version.is_logistic
    )
    rows = model.evidence.rows(0, model.folded)
    model.population.add(_contributions(rows, version.context, version.action, model.half_life))
    weights, spread = model.population.solve(version.noise)
    del weights  # those of the version are kept to the last bit
    _fold_positions(model, model.folded)
    model.version = version._replace(
        spread=_half(spread), axes=model.population.axes, n_outcomes=model.folded
    )


def _half(spread: Floats | None) -> Floats | None:
    """Fold covariances, where they are known; variances along axes stay as they are."""
    return spread if spread is None or spread.ndim < _COVARIANCES else folded(spread)


def _fold_positions(model: MomentModel, count: int) -> None:
    """Bring what is known of positions to the first `count` outcomes."""
    _add_positions(model, model.evidence.rows(model.folded_positions, count), 1.0)
    model.folded_positions = max(count, model.folded_positions)


def _add_positions(model: MomentModel, rows: Rows, sign: float) -> None:
    alive = rows.alive()
    latest = float(alive.at.max(initial=0.0))
    weight = sign * faded(np.ones(len(alive.at)), latest - alive.at, model.half_life)
    model.positions.add(alive, weight, latest)


def _scalings(task: RoundTask, seen: Seen) -> tuple[Scaling, Scaling, bool]:
    """Give the scaling of both sides: those in force unless the data moved away from them."""
    rows, width = task.rows, len(task.action_kinds)
    times = np.bincount(rows.shown, minlength=len(rows.actions)).astype(np.float64)
    shown = times > 0
    gain = 1.0 if task.are_shared else _NAMED_GAIN
    context = scaling_of(seen, task.context_kinds, gain, by_root=True, count=len(rows.at))
    context = context.with_waves(task.n_waves)
    actions = seen_of(rows.actions[shown], times[shown], width)
    action = scaling_of(actions, task.action_kinds, 1.0, count=times.sum())
    before = task.version
    moved = (
        not task.has_sums  # none yet, or those of another instance
        or before.is_logistic != task.are_shared
        or has_moved(before.context, context)
        or has_moved(before.action, action._replace(squares=before.action.squares))
    )
    action = action._replace(squares=before.action.squares)
    return (context, action, True) if moved else (before.context, before.action, False)


def _waves(model: MomentModel) -> int:
    """Say how many bent features the next round has.

    None where they did not pay; they are tried again whenever outcomes are eight times as many.
    """
    count, width = len(model.evidence), model.context.width
    if model.action.are_shared or not width:
        return 0
    had = model.version.context.waves.shape[1] if model.version.round else MOST_WAVES
    tries = count.bit_length() // _TRIED_EVERY > model.n_seen.bit_length() // _TRIED_EVERY
    pays = model.population is None or model.population.bends
    if count >= _BENT_UNTIL and not (tries or (had and pays)):
        return 0
    return waves_that_fit(width, model.action.width)


def _rebuilt(task: RoundTask, context: Scaling, action: Scaling) -> Population:
    """Give the population's sums, folded anew under another scaling."""
    half_life = task.memory.half_life
    population = population_for(context, action, half_life, are_shared=task.are_shared)
    for start in range(0, len(task.rows.at), _AT_ONCE):
        some = task.rows.between(start, start + _AT_ONCE)
        population.add(_contributions(some, context, action, half_life))
    return population


def _contributions(
    rows: Rows, context: Scaling, action: Scaling, half_life: float
) -> Contributions:
    """Give what some outcomes add to the population's sums."""
    alive = rows.alive()
    latest = float(alive.at.max(initial=0.0))
    return Contributions(
        context.apply(alive.context.astype(np.float64)),
        action.apply(alive.actions.astype(np.float64)),
        alive.reward - alive.carried,
        alive.predicted,
        faded(alive.counts, latest - alive.at, half_life),
        latest,
        alive.shown,
        alive.name,
        alive.rest,
    )


def _recall(model: MomentModel, *, begins: bool) -> None:
    """See that every outcome says what the person had been shown; count from now on if it begins.

    Once it began, decisions count when they are taken (`LiveModel.expose`).
    """
    evidence, asking = model.evidence, asking_of(model)
    evidence.recall(pasts(evidence.rows(), asking.is_kind, asking.nothing))
    if not begins:
        return
    rows = evidence.rows()
    asked = asked_of(np.arange(len(rows.actions)), rows.actions.astype(np.float64), asking.is_kind)
    kinds = [asked.kinds[np.flatnonzero(share)] for share in asked.shares]
    homes = model.people.homes.of(np.maximum(rows.person, 0)).tolist()
    for row, home, shown, name, at in zip(
        rows.person.tolist(),
        homes,
        rows.shown.tolist(),
        rows.name.tolist(),
        rows.at.tolist(),
        strict=True,
    ):
        if row < 0:
            continue
        is_shown = name != asking.nothing  # to show nothing is a decision all the same
        keys = np.sort(np.append(kinds[shown], name * 2)) if is_shown else kinds[shown][:0]
        model.exposures.add(row, home, keys, at)
