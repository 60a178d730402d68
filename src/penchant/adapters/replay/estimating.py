"""Estimating: from logged rows and the engine's chances to values, intervals and comparisons.

Rule 1: rows without a reward are counted apart and weigh nothing; they are never 0.
Rule 2: where propensities do not fit the log, what rests on them is not said.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from penchant.adapters.replay.driving import Driven
from penchant.adapters.replay.map_file import LogMap
from penchant.adapters.replay.report import Comparison, PolicyValue
from penchant.adapters.replay.rows import Row
from penchant.learn.evaluate import Resamples, difference, misfits, value, weights

__all__ = [
    "ENGINE",
    "LOGGED",
    "comparisons",
    "estimated",
    "misfit_sentences",
    "policy_values",
    "policy_weights",
]

Floats = NDArray[np.float64]

LOGGED, ENGINE = "as logged", "the engine"
_ENOUGH = 100


def estimated(rows: Sequence[Row], plan: LogMap) -> list[Row]:
    """Give the rows with their propensities: as they are, or estimated within groups.

    The estimate is the share of the logged action among the moments of the row's group.
    """
    if plan.estimate_by is None:
        return list(rows)
    taken: dict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
    for row in rows:
        if row.action is not None:
            taken[row.group][row.action] += 1
    return [
        row
        if row.action is None
        else replace(row, propensity=taken[row.group][row.action] / taken[row.group].total())
        for row in rows
    ]


def _many(errors: float) -> str:
    """Give a number of standard errors; where propensities hardly vary it says nothing more.

    Example:
        >>> _many(11.2), _many(8_777_778.0)
        ('11', 'more than 100')
    """
    return f"{errors:.0f}" if errors <= _ENOUGH else f"more than {_ENOUGH}"


def misfit_sentences(rows: Sequence[Row], plan: LogMap) -> tuple[str, ...]:
    """Say which actions were logged far more or less often than their propensities say."""
    moments = [row for row in rows if row.action is not None]
    found = misfits(
        np.array([row.action for row in moments], dtype=np.int64),
        np.array([row.propensity for row in moments]),
        n_actions=len(plan.actions),
    )
    return tuple(
        f"`{plan.actions[one.action].name}` was logged in {100 * one.measured:.1f} % of the "
        f"moments, but its propensity is declared as {100 * one.declared:.1f} %: "
        f"{_many(abs(one.errors))} standard errors apart. What rests on propensities cannot be "
        "said. Correct them, or use `estimate_by`."
        for one in found
    )


def policy_weights(driven: Sequence[Driven], plan: LogMap) -> dict[str, Floats]:
    """Give pi / p of every policy over the moments: the log, each action always, the engine."""
    logged = np.array([one.row.propensity for one in driven])
    actions = np.array([one.row.action for one in driven])
    always = {
        action.policy: weights((actions == place).astype(np.float64), logged)
        for place, action in enumerate(plan.actions)
    }
    chances = np.array([one.chance for one in driven])
    return {LOGGED: np.ones(len(driven)), **always, ENGINE: weights(chances, logged)}


def policy_values(
    rewards: Floats,
    by_policy: Mapping[str, Floats],
    resamples: Resamples,
    *,
    alpha: float,
    only_logged: bool,
) -> tuple[PolicyValue, ...]:
    """Estimate what every policy earns a moment; only the log's own where propensities misfit."""
    values = []
    for name, row_weights in by_policy.items():
        found = value(rewards, row_weights, resamples, alpha=alpha)
        if math.isnan(found.value) or (only_logged and name != LOGGED):
            values.append(PolicyValue(name, None, None, None, 0.0))
        else:
            ends = _end(found.low), _end(found.high)
            values.append(PolicyValue(name, found.value, *ends, found.rows))
    return tuple(values)


def comparisons(
    rewards: Floats,
    by_policy: Mapping[str, Floats],
    values: Sequence[PolicyValue],
    resamples: Resamples,
    *,
    alpha: float,
) -> tuple[Comparison, ...]:
    """Compare every two policies whose value can be said."""
    said = [one.policy for one in values if one.value is not None]
    found = []
    for other, one in combinations(said, 2):
        apart = difference(rewards, by_policy[one], by_policy[other], resamples, alpha=alpha)
        ends = _end(apart.low), _end(apart.high)
        found.append(Comparison(one, other, apart.value, *ends, not apart.holds_zero))
    return tuple(found)


def _end(end: float) -> float | None:
    """Give an end of an interval, None where there is none."""
    return end if math.isfinite(end) else None
