"""Replaying: a log, its map and a seed become one report. The same three give the same report.

Rule: everything is computed here and rendered elsewhere; nothing is printed.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from penchant.adapters.replay.cards import CardMaker
from penchant.adapters.replay.driving import Driven, Driver, LogClock, engine_for
from penchant.adapters.replay.estimating import (
    comparisons,
    estimated,
    misfit_sentences,
    policy_values,
    policy_weights,
)
from penchant.adapters.replay.keeping import KeptAtTheEnd
from penchant.adapters.replay.map_file import BadLog, LogMap, read_map
from penchant.adapters.replay.report import Card, Counts, ReplayReport
from penchant.adapters.replay.rows import BadRow, Row, read_rows
from penchant.engine import Engine
from penchant.journal import Store
from penchant.learn.evaluate import RESAMPLES, resample

__all__ = ["replay"]

_ALPHA: Final = 0.05
_SHOWN_BAD: Final = 20
Progress = Callable[[int, int], None]


def replay(
    log: Path,
    map_path: Path,
    *,
    seed: int = 0,
    people: int = 3,
    store_path: str | None = None,
    progress: Progress | None = None,
) -> ReplayReport:
    """Replay a log through an engine of its own, as if it were live.

    Args:
        log: CSV with a header, plain or in gzip.
        map_path: The map file.
        seed: Of every die; the same seed gives the same report.
        people: How many people to show.
        store_path: A new file to keep the journal in; in memory for None.
        progress: Told how many rows are done, and of how many.

    Raises:
        BadLog: When a file cannot be read, a map is wrong, or no moment is left to evaluate.
    """
    if store_path is not None and Path(store_path).exists():
        raise BadLog(
            f"`{store_path}` exists. A replay starts from nothing, or it would know its log "
            "beforehand; name a new file."
        )
    plan = read_map(map_path)
    found, bad = read_rows(log, plan, map_path=str(map_path))
    rows = estimated(found, plan)
    if not any(row.action is not None for row in rows):
        first = f" The first bad line is {bad[0].line}: {bad[0].sentence}" if bad else ""
        raise BadLog(f"`{log}` has no row that is a moment by the map's `keep`.{first}")
    clock = LogClock(rows[0].at)
    with engine_for(_store(store_path), clock, seed=seed) as engine:
        driver = Driver(engine, clock, plan, seed=seed)
        makers = CardMaker(rows, people=people)
        driven = []
        for done, one in enumerate(driver.drive(rows), 1):
            if one is not None:
                driven.append(one)
                makers.see(engine, one)
            if progress is not None:
                progress(done, len(rows))
    return _report(plan, rows, driven, [*bad, *driver.refused], makers.cards, seed=seed)


def _store(path: str | None) -> Store:
    """Give a store in memory, which ends in a file where one is named."""
    target = Engine.open_store(path)
    return target if path is None else KeptAtTheEnd(target)


def _report(
    plan: LogMap,
    rows: Sequence[Row],
    driven: Sequence[Driven],
    bad: Sequence[BadRow],
    shown: tuple[Card, ...],
    *,
    seed: int,
) -> ReplayReport:
    """Put counts, values and cards together."""
    measured = [one for one in driven if one.row.reward is not None]
    warnings = misfit_sentences(rows, plan)
    if not measured:
        raise BadLog(f"No moment has a reward in `{plan.columns.reward}`.")
    rewards = np.array([one.row.reward for one in measured], dtype=np.float64)
    by_policy = policy_weights(measured, plan)
    rng = np.random.default_rng(seed)
    resamples = resample([one.row.person for one in measured], rng)
    values = policy_values(rewards, by_policy, resamples, alpha=_ALPHA, only_logged=bool(warnings))
    accepted = [one.row.reward for one in measured if one.accepted]
    return ReplayReport(
        title=plan.log.title,
        unit=plan.log.unit,
        reward_is=plan.log.reward_is,
        purpose=plan.moment.purpose,
        seed=seed,
        counts=_counts(rows, driven, measured, bad),
        constant=1.0 / min(one.row.propensity for one in driven),
        alpha=_ALPHA,
        resamples=RESAMPLES,
        accepted_mean=float(np.mean(np.array(accepted))) if accepted else None,
        propensities=_source(plan),
        policies=values,
        comparisons=comparisons(rewards, by_policy, values, resamples, alpha=_ALPHA),
        warnings=warnings,
        bad_rows=tuple(sorted(bad, key=lambda one: one.line)[:_SHOWN_BAD]),
        cards=shown,
    )


def _counts(
    rows: Sequence[Row],
    driven: Sequence[Driven],
    measured: Sequence[Driven],
    bad: Sequence[BadRow],
) -> Counts:
    accepted = sum(one.accepted for one in driven)
    return Counts(
        people=len({row.person for row in rows}),
        moments=len(rows) + len({one.line for one in bad} - {row.line for row in rows}),
        available=len(driven),
        missing_rewards=len(driven) - len(measured),
        measured=len(measured),
        accepted=accepted,
        accepted_missing=accepted - sum(one.accepted for one in measured),
        bad_rows=len({one.line for one in bad}),
    )


def _source(plan: LogMap) -> str:
    """Say where propensities come from."""
    if plan.columns.propensity:
        return f"as logged, from `{plan.columns.propensity}`"
    if plan.estimate_by is not None:
        within = ", ".join(f"`{name}`" for name in plan.estimate_by) or "the whole log"
        return f"estimated from the log, within {within}; not the design's"
    return "of the design: " + ", ".join(f"{one.name} {one.propensity:g}" for one in plan.actions)
