"""How far down a slate people look, learned from what each position earned."""

import numpy as np
import pytest

from penchant.model.evidence import Rows
from penchant.model.positions import LEAST, Positions

YEAR = 31_557_600.0


def rows(position: np.ndarray, worth: np.ndarray, expected: np.ndarray, share: object = 1) -> Rows:
    """Give outcomes at positions: what they say the action is worth, and what was expected."""
    count = len(position)
    none = np.zeros(count, dtype=np.int64)
    return Rows(
        np.zeros((count, 0), dtype=np.float32),
        none,
        worth,
        expected,
        np.zeros(count),
        none,
        none,
        worth - expected,
        np.full(count, share, dtype=np.float32),
        position.astype(np.int16),
        expected.astype(np.float32),
        np.zeros(count),
        np.zeros(count),
        np.zeros((count, 0), dtype=np.float32),
        np.zeros((1, 0), dtype=np.float32),
    )


def looked(shares: tuple[float, ...], n: int = 40_000, seed: int = 1) -> Rows:
    """Give outcomes of people who look so far down, at actions that are worth .1 to .5."""
    rng = np.random.default_rng(seed)
    position = rng.integers(1, len(shares) + 1, n)
    value = rng.uniform(0.1, 0.5, n)
    value = np.where(position == 1, value + 0.2, value)  # the better stand higher
    earned = (rng.random(n) < value * np.array(shares)[position - 1]).astype(np.float64)
    return rows(position, earned, value)


def test_it_finds_how_far_people_look() -> None:
    """Also where the better actions stand higher, and expectations are off by a common factor."""
    true = (1.0, 0.6, 0.3, 0.1)
    for factor in (1.0, 0.7):
        found, some = Positions(YEAR), looked(true)
        some = some._replace(said=some.said * np.float32(factor))
        found.add(some, np.ones(len(some.reward)), 0.0)

        assert found.shares(4, 0.0) == pytest.approx(true, abs=0.03)


def test_a_position_of_which_nothing_is_known_is_like_the_one_above() -> None:
    """Before the first outcome everybody looks everywhere."""
    positions = Positions(YEAR)
    assert positions.shares(3, 0.0) == (1.0, 1.0, 1.0)
    some = looked((1.0, 0.4))
    positions.add(some, np.ones(len(some.reward)), 0.0)

    first, second, third = positions.shares(3, 0.0)
    assert first == 1.0
    assert third == second == pytest.approx(0.4, abs=0.03)
    assert positions.shares(1, 0.0) == (1.0,)


def test_decisions_alone_say_nothing_of_positions() -> None:
    """They stand at no position."""
    positions = Positions(YEAR)
    positions.add(rows(np.zeros(5), np.ones(5), np.ones(5)), np.ones(5), 0.0)

    assert positions.shares(2, 0.0) == (1.0, 1.0)


def test_what_was_added_can_be_taken_out() -> None:
    """In float64, whatever came between."""
    kept, both = Positions(YEAR), Positions(YEAR)
    mine, others = looked((1.0, 0.5, 0.2), seed=2), looked((1.0, 0.9), seed=3)
    once = np.ones(len(mine.reward))
    kept.add(others, once, 50.0)
    both.add(mine, once, 0.0)
    both.add(others, once, 50.0)
    both.add(mine, -once, 0.0)

    assert both.shares(3, 0.0)[:2] == pytest.approx(kept.shares(2, 0.0), abs=1e-7)


@pytest.mark.parametrize(
    ("worth", "expected", "unseen"),
    [(0.0, 0.0, 0.0), (1.0, 0.0, 0.5), (0.0, 0.5, 0.0), (1.0, 1e-12, 0.0), (-20.0, 0.1, 0.0)],
)
def test_a_share_is_always_sane(worth: float, expected: float, unseen: float) -> None:
    """No rewards, all alike, none expected, below what nothing earns: never NaN, never above 1."""
    positions = Positions(YEAR)
    some = rows(np.tile([1, 2, 3], 50), np.full(150, worth), np.full(150, expected))
    positions.add(some, np.ones(150), 0.0)

    shares = positions.shares(5, unseen)
    assert all(LEAST <= share <= 1.0 for share in shares)
    assert shares[0] == 1.0
