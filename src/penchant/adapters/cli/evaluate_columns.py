"""What `penchant evaluate` judges of a log: its columns, and the policies asked about.

Rule 1: rows whose reward is not known are left out and counted.
Rule 2: rows stand in the order of their times, so that the anytime interval may hold at every look.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from penchant.adapters.replay.estimating import estimated
from penchant.adapters.replay.map_file import BadLog, LogMap, read_map
from penchant.adapters.replay.rows import Row, read_rows
from penchant.learn.evaluate.decided import EVEN, Columns, numbers_of

__all__ = ["log_columns"]

Floats = NDArray[np.float64]


def log_columns(log: Path, map_path: Path, files: Sequence[Path] = ()) -> Columns:
    """Read a log by its map.

    Asked about are each action always, an even chance for all, and the policies of the files, each
    by the name of its file.

    Raises:
        BadLog: When a file cannot be read, or holds nothing to judge.
    """
    plan = read_map(map_path)
    found, bad = read_rows(log, plan, map_path=str(map_path))
    moments = [row for row in estimated(found, plan) if row.action is not None]
    given = {path.stem: _policy_of(path, plan, moments) for path in files}
    known = np.array([row.reward is not None for row in moments], dtype=bool)
    rows = [row for row in moments if row.reward is not None]
    if not rows:
        raise BadLog(f"`{log}` has no moment with a reward, so there is nothing to judge.")
    left_out = {
        "bad lines": len({one.line for one in bad}),
        "reward not known": int((~known).sum()),
    }
    eye, n_actions = np.eye(len(plan.actions)), len(plan.actions)
    policies = {EVEN: np.full((len(rows), n_actions), 1.0 / n_actions)}
    for place, one in enumerate(plan.actions):
        policies[one.policy] = np.tile(eye[place], (len(rows), 1))
    policies |= {name: chances[known] for name, chances in given.items()}
    return Columns(
        title=plan.log.title,
        unit=plan.log.unit,
        names=tuple(one.name for one in plan.actions),
        actions=np.array([row.action for row in rows], dtype=np.int64),
        rewards=np.array([row.reward for row in rows], dtype=np.float64),
        propensities=np.array([row.propensity for row in rows]),
        contexts=numbers_of([row.context for row in rows]),
        people=tuple(row.person for row in rows),
        policies=policies,
        left_out={why: count for why, count in left_out.items() if count},
    )


def _policy_of(path: Path, plan: LogMap, moments: Sequence[Row]) -> Floats:
    """Read a policy: CSV with a column for each action, a line for each line of the log."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise BadLog(f"The policy `{path}` cannot be read: {wrong}.") from None
    names = [one.name for one in plan.actions]
    absent = [name for name in names if not lines or name not in lines[0]]
    if absent:
        raise BadLog(f"The policy `{path}` has no column `{absent[0]}`; it needs one an action.")
    # Line 2 of the log is the first below its header, and so is that of the policy.
    if len(lines) < max(row.line for row in moments) - 1:
        raise BadLog(
            f"The policy `{path}` has {len(lines)} lines, but the log has more. It needs a line "
            "for each line of the log, in the same order."
        )
    try:
        return np.array([[float(lines[row.line - 2][name]) for name in names] for row in moments])
    except (TypeError, ValueError):
        raise BadLog(f"The policy `{path}` holds something that is no number.") from None
