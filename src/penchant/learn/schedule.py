"""When a round starts, and when it is taken into force: counts of outcomes, fixed in advance.

Loop: Learn. Rule: functions of counts alone, so the same outcomes give the same versions.
"""

from typing import Final

__all__ = ["OFTEN_UNTIL", "adopt_at", "next_round_at"]

OFTEN_UNTIL: Final = 131_072
"""Outcomes from which on rounds are rarer: they are large by then."""
_FIRST_ROUND: Final = 4
_DOUBLING_UNTIL: Final = 2_048


def next_round_at(count: int, *, by_name: bool = False) -> int:
    """Give the count of outcomes at which the round after the one at `count` starts.

    Where actions are known by name a round is light, and models of their own want to know early
    how the context is spread.

    Example:
        >>> [next_round_at(n) for n in (0, 4, 1_500, 100_000, 200_000)]
        [4, 8, 3000, 112500, 300000]
        >>> [next_round_at(n, by_name=True) for n in (4, 100, 1_500)]
        [8, 125, 1875]
    """
    if count < _FIRST_ROUND:
        return _FIRST_ROUND
    if count < _DOUBLING_UNTIL:
        return count + max(count // 4, _FIRST_ROUND) if by_name else 2 * count
    return count + count // (8 if count < OFTEN_UNTIL else 2)


def adopt_at(count: int) -> int:
    """Give the count at which a round that started at `count` is taken into force.

    Where rounds are large it is late enough for them to be done by then.

    Example:
        >>> [adopt_at(n) for n in (4, 64, 6_400, 200_000)]
        [4, 66, 6600, 225000]
    """
    return count + count // (32 if count < OFTEN_UNTIL else 8)
