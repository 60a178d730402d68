"""What `penchant evaluate` judges of a log: its columns, and the policies asked about.

Rule 1: rows whose reward is not known are left out and counted.
Rule 2: rows stand in the order of their times, so that the anytime interval may hold at every look.
"""

import csv
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
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
    lines = {row.line for row in found} | {one.line for one in bad}
    given = {path.stem: _policy_of(path, plan, moments, lines) for path in files}
    known = np.array([row.reward is not None for row in moments], dtype=bool)
    rows = [row for row in moments if row.reward is not None]
    if not rows:
        told = f" Line {bad[0].line}, for one, is left out: {bad[0].sentence}" if bad else ""
        raise BadLog(f"`{log}` has no moment with a reward, so there is nothing to judge.{told}")
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


def _policy_of(path: Path, plan: LogMap, moments: Sequence[Row], lines: AbstractSet[int]) -> Floats:
    """Read a policy: CSV with a column for each action, a line for each line of the log."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            header = reader.fieldnames or ()
            numbered = [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise BadLog(f"The policy `{path}` cannot be read: {wrong}.") from None
    names, found = [one.name for one in plan.actions], dict(numbered)
    absent = [name for name in names if name not in header]
    if absent:
        raise BadLog(f"The policy `{path}` has no column `{absent[0]}`; it needs one an action.")
    unlike = sorted(found.keys() ^ lines)
    if unlike:
        apart = len(found) - len(lines)
        has = "more" if apart < 0 else "fewer" if apart else "others"
        raise BadLog(
            f"The policy `{path}` has {len(found)} lines, but the log has {has}: line {unlike[0]} "
            "is in one of them alone. It needs a line for each line of the log, in the same order."
        )
    try:
        return np.array([[float(found[row.line][name]) for name in names] for row in moments])
    except (TypeError, ValueError):
        raise BadLog(f"The policy `{path}` holds something that is no number.") from None
