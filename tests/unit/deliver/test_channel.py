"""Channels: how long to wait before a letter is tried again."""

import pytest

from penchant.deliver.channel import TRIES, pause


def test_each_pause_is_longer_and_none_is_longer_than_an_hour() -> None:
    """All tries together take about an hour: time for a target to come back."""
    pauses = [pause(tries) for tries in range(1, TRIES)]

    assert pauses == sorted(set(pauses))
    assert 3_600 <= sum(pauses) <= 7_200
    assert pause(50) == 3_600.0


@pytest.mark.parametrize(("asked", "seconds"), [(0.0, 5.0), (60.0, 60.0), (1e9, 3_600.0)])
def test_what_the_other_side_asks_for_counts(asked: float, seconds: float) -> None:
    """Where it is longer than the pause, up to an hour."""
    assert pause(1, asked) == seconds
