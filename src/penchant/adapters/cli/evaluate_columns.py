"""What `penchant evaluate` judges: a journal or a log as columns, and the policies asked about.

Rule 1: rows that tell nothing of a choice are left out and counted: forced ones, those with one
action only, those whose reward is not known.
Rule 2: rows stand in the order of their times, so that the anytime interval may hold at every look.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.adapters.replay.estimating import estimated
from penchant.adapters.replay.map_file import BadLog, LogMap, read_map
from penchant.adapters.replay.rows import Row, read_rows
from penchant.errors import BadInput, UnknownMoment
from penchant.journal import Decided, Declared, Fact, Learned
from penchant.words import Decision, Value

__all__ = ["Columns", "journal_columns", "log_columns"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_ACTIONS = 1_000
MOST_WORDS = 20  # of one feature that get a column of their own; the others share none
NEUTRAL = "the neutral answer"


class Columns(Struct, frozen=True):
    """A log as columns, n rows; `policies` by name, (n, K) propensities each."""

    title: str
    unit: str
    names: tuple[str, ...]
    actions: Ints
    rewards: Floats
    propensities: Floats
    contexts: Floats
    people: tuple[str, ...]
    policies: Mapping[str, Floats]
    left_out: Mapping[str, int]


def journal_columns(facts: Iterable[Fact], moment: str) -> Columns:
    """Read the decisions of one moment from a journal; the policy asked about is the neutral one.

    Raises:
        UnknownMoment: When no moment of that name was declared.
    """
    decided: list[Decision] = []
    rewards: dict[str, float] = {}
    known = False
    for fact in facts:
        if isinstance(fact, Declared):
            known = known or fact.moment.name == moment
        elif isinstance(fact, Decided) and fact.decision.moment == moment:
            decided.append(fact.decision)
        elif isinstance(fact, Learned) and fact.moment == moment:
            rewards[fact.decision] = fact.reward
    if not known:
        raise UnknownMoment(f"No moment `{moment}` was declared in this database.")
    left_out: Counter[str] = Counter()
    kept = [one for one in decided if _tells(one, rewards, left_out)]
    names = tuple(sorted({name for one in kept for name in one.names}))
    if len(names) > MOST_ACTIONS:
        raise BadInput(
            f"The decisions of `{moment}` chose among {len(names)} actions; at most "
            f"{MOST_ACTIONS} can be judged one by one."
        )
    place = {name: number for number, name in enumerate(names)}
    neutral = np.zeros((len(kept), len(names)))
    for row, one in enumerate(kept):
        neutral[row, [place[name] for name in one.names]] = one.neutral
    return Columns(
        title=f"Decisions of {moment}",
        unit="reward",
        names=names,
        actions=np.array([place[one.action.name] for one in kept], dtype=np.int64),
        rewards=np.array([rewards[one.id] for one in kept]),
        propensities=np.array([one.propensity for one in kept]),
        contexts=_numbers([one.context for one in kept]),
        people=tuple(one.person or f"nobody {row}" for row, one in enumerate(kept)),
        policies={NEUTRAL: neutral},
        left_out=dict(left_out),
    )


def _tells(one: Decision, rewards: Mapping[str, float], left_out: Counter[str]) -> bool:
    """Tell whether a decision says anything of a choice; count why not."""
    if not one.executed:
        why = "forced"
    elif len(one.names) == 1:
        why = "one action only"
    elif one.id not in rewards:
        why = "reward not known"
    else:
        return True
    left_out[why] += 1
    return False


def log_columns(log: Path, map_path: Path, policy: Path | None) -> Columns:
    """Read a log by its map; asked about are each action always, or the policy of a file.

    Raises:
        BadLog: When a file cannot be read, or holds nothing to judge.
    """
    plan = read_map(map_path)
    found, bad = read_rows(log, plan, map_path=str(map_path))
    moments = [row for row in estimated(found, plan) if row.action is not None]
    chances = None if policy is None else _policy_of(policy, plan, moments)
    known = np.array([row.reward is not None for row in moments], dtype=bool)
    rows = [row for row in moments if row.reward is not None]
    if not rows:
        raise BadLog(f"`{log}` has no moment with a reward, so there is nothing to judge.")
    left_out = {
        "bad lines": len({one.line for one in bad}),
        "reward not known": int((~known).sum()),
    }
    eye = np.eye(len(plan.actions))
    policies = (
        {one.policy: np.tile(eye[place], (len(rows), 1)) for place, one in enumerate(plan.actions)}
        if policy is None or chances is None
        else {policy.stem: chances[known]}
    )
    return Columns(
        title=plan.log.title,
        unit=plan.log.unit,
        names=tuple(one.name for one in plan.actions),
        actions=np.array([row.action for row in rows], dtype=np.int64),
        rewards=np.array([row.reward for row in rows], dtype=np.float64),
        propensities=np.array([row.propensity for row in rows]),
        contexts=_numbers([row.context for row in rows]),
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


def _numbers(contexts: Sequence[Mapping[str, Value]]) -> Floats:
    """Give contexts as numbers: texts by their commonest words, what is missing as a mark."""
    names = sorted({name for one in contexts for name in one})
    columns = [column for name in names for column in _column([one.get(name) for one in contexts])]
    return np.array(columns, dtype=np.float64).T if columns else np.zeros((len(contexts), 0))


def _column(values: Sequence[Value | None]) -> Iterator[list[float]]:
    """Give the columns of one feature."""
    if any(isinstance(value, str) for value in values):
        common = Counter(value for value in values if value is not None).most_common(MOST_WORDS)
        for word, _ in common:
            yield [float(value == word) for value in values]
        return
    plain = [value for value in values if isinstance(value, bool | int | float)]
    if plain:
        usual = float(np.mean(plain))
        yield [float(v) if isinstance(v, bool | int | float) else usual for v in values]
    if len(plain) < len(values) and plain:
        yield [float(value is None) for value in values]
