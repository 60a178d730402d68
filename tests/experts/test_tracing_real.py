"""The tracer on real answers, where the set is at hand: it does not ship."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from penchant.packs.school import Tracer

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
FILE = Path(os.environ.get("PENCHANT_DATA", BESIDE)) / "education" / "assistments2017_timed.parquet"


@pytest.mark.slow
@pytest.mark.skipif(not FILE.exists(), reason="the set is not here; PENCHANT_DATA names its folder")
def test_unseen_students_are_ranked_better_than_by_their_running_share() -> None:
    """On 40 unseen students AUC is .05 above that of skill and running share of right answers."""
    pandas = pytest.importorskip("pandas", reason="the set is read with pandas and pyarrow")
    pytest.importorskip("pyarrow", reason="the set is read with pandas and pyarrow")
    table = pandas.read_parquet(FILE).sort_values("user_id", kind="stable")
    table = table[table["user_id"].rank(method="dense") <= 160]
    names = ["user_id", "item_id", "skill_id", "correct", "timestamp"]
    rows = [(s, i, (f"k{k}",), y, float(t)) for s, i, k, y, t in table[names].to_numpy().tolist()]
    unseen = set(table["user_id"].unique()[::4].tolist())
    tracer = Tracer.fit([row for row in rows if row[0] not in unseen])
    test = [row for row in rows if row[0] in unseen]
    told = tracer.follow(*map(list, zip(*test, strict=True)))

    students = table[table["user_id"].isin(unseen)].groupby("user_id")["correct"]
    share = (students.cumsum() - students.obj + 5 * 0.4) / (students.cumcount() + 5)
    right = np.array([row[3] for row in test])
    assert _auc(right, told) > _auc(right, share.to_numpy()) + 0.05
    assert abs(float(told.mean() - right.mean())) < 0.03


def _auc(right: NDArray[np.int64], told: NDArray[np.float64]) -> float:
    """Give how often a right answer ranks above a wrong one; ties fall by chance of place."""
    rank = np.empty(len(told))
    rank[np.argsort(told, kind="stable")] = np.arange(1, len(told) + 1)
    n_right = int(right.sum())
    area = rank[right == 1].sum() - n_right * (n_right + 1) / 2
    return float(area / (n_right * (len(right) - n_right)))
