"""The tracer on real answers, where the set is at hand: it does not ship."""

import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.packs.school import Tracer
from penchant.packs.school.parquet import columns_of

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
FILE = Path(os.environ.get("PENCHANT_DATA", BESIDE)) / "education" / "assistments2017_timed.parquet"


@pytest.mark.slow
@pytest.mark.skipif(not FILE.exists(), reason="the set is not here; PENCHANT_DATA names its folder")
def test_unseen_students_are_ranked_better_than_by_their_running_share() -> None:
    """On 40 unseen students AUC is .05 above that of skill and running share of right answers."""
    table = columns_of(FILE.read_bytes())
    students = np.unique(table["user_id"])[:160]
    order = np.argsort(table["user_id"], kind="stable")
    order = order[np.isin(table["user_id"][order], students)]
    names = ("user_id", "item_id", "skill_id", "correct", "timestamp")
    columns = (table[name][order].tolist() for name in names)
    rows = [(s, i, (f"k{k}",), y, float(t)) for s, i, k, y, t in zip(*columns, strict=True)]
    unseen = set(students[::4].tolist())
    tracer = Tracer.fit([row for row in rows if row[0] not in unseen])
    test = [row for row in rows if row[0] in unseen]
    told = tracer.follow(*map(list, zip(*test, strict=True)))

    share = []
    n_right: dict[object, float] = defaultdict(float)
    n_seen: dict[object, int] = defaultdict(int)
    for student, *_, correct, _ in test:
        share.append((n_right[student] + 5 * 0.4) / (n_seen[student] + 5))
        n_right[student] += correct
        n_seen[student] += 1
    right = np.array([row[3] for row in test])
    assert _auc(right, told) > _auc(right, np.array(share)) + 0.05
    assert abs(float(told.mean() - right.mean())) < 0.03


def _auc(right: NDArray[np.int64], told: NDArray[np.float64]) -> float:
    """Give how often a right answer ranks above a wrong one; ties fall by chance of place."""
    rank = np.empty(len(told))
    rank[np.argsort(told, kind="stable")] = np.arange(1, len(told) + 1)
    n_right = int(right.sum())
    area = rank[right == 1].sum() - n_right * (n_right + 1) / 2
    return float(area / (n_right * (len(right) - n_right)))
