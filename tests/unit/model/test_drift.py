"""Drift: surprises add up, alarm, and what is older counts little for that person."""

import numpy as np
import pytest

from penchant.model.drift import ALARM, ALWAYS, Drift, surprise


def test_what_was_believed_rightly_does_not_add_up() -> None:
    """Surprises below 0 leave the sum where it starts."""
    drift = Drift()

    assert not any(drift.add(0, surprise(0.3, 0.3, 0.2), at) for at in np.arange(100.0))
    assert drift.since(np.array([0, 700])).tolist() == [ALWAYS, ALWAYS]


def test_a_taste_that_turned_alarms_and_counts_from_where_it_began() -> None:
    """The sum starts anew after an alarm."""
    drift = Drift()
    for at in range(10):
        drift.add(3, -0.5, float(at))
    alarms = [at for at in range(10, 20) if drift.add(3, 1.0, float(at))]

    assert alarms == [10 + int(ALARM)]
    assert drift.since(np.array([3])).tolist() == [10.0]
    drift.forget(3)
    assert drift.since(np.array([3])).tolist() == [ALWAYS]


def test_many_at_once_are_each_by_itself() -> None:
    """In columns or one by one, also when somebody is there twice."""
    rng = np.random.default_rng(0)
    alone, together, folded = Drift(), Drift(), Drift()
    rows, surprises, times = [], [], []
    for at in range(60):
        homes = rng.integers(0, 5, 3) if at % 2 else rng.permutation(5)[:3]
        some = rng.normal(0.5, 1.0, 3)
        mine = {
            row
            for row, one in zip(homes.tolist(), some.tolist(), strict=True)
            if alone.add(row, one, at)
        }
        assert set(together.add_many(homes, some, float(at)).tolist()) == mine
        rows += homes.tolist()
        surprises += some.tolist()
        times += [float(at)] * 3
    folded.remember(np.array(rows), np.array(surprises), np.array(times))

    everybody = np.arange(5)
    assert alone.since(everybody).tolist() == together.since(everybody).tolist()
    assert alone.since(everybody).tolist() == folded.since(everybody).tolist()
    assert (alone.since(everybody) > ALWAYS).any()
    assert len(together.add_many(np.zeros(0, dtype=np.int64), np.zeros(0), 0.0)) == 0


def test_one_is_folded_anew_from_the_outcomes_of_one() -> None:
    """As after two ids became one person."""
    drift = Drift()
    drift.add(0, 9.0, 1.0)
    drift.refold(0, np.array([-1.0, 4.0, 4.0]), np.array([1.0, 2.0, 3.0]))

    assert drift.since(np.array([0])).tolist() == [2.0]


@pytest.mark.parametrize(("residual", "believed", "told"), [(1.0, 0.5, -1.5), (0.0, 0.5, 0.5)])
def test_a_surprise_is_a_log_likelihood_ratio(
    residual: float, believed: float, told: float
) -> None:
    """Of nothing known against what is believed, both normal with that noise."""
    noise = 0.25
    ratio = ((residual - believed) ** 2 - residual**2) / (2 * noise)

    assert surprise(residual, believed, noise) == pytest.approx(ratio)
    assert ratio == pytest.approx(told)
