"""Which pairs an answer belongs to: this skill after so many, this item after that one.

Place: below `tracing.py`. Gives a whole number for each pair, of which `tracing_difficulty.py` says
what is left over. One text for one answer and for many, as `tracing_signals.py`.
Rule: below 0 stands for a pair with something unknown in it.
"""

from typing import Any, NamedTuple

from penchant.experts.tracing.signals import (
    BEFORE,
    DID,
    KIND,
    RIGHTS,
    S_N,
    S_RIGHTS,
    S_WRONGS,
    THING,
    Asked,
)

__all__ = ["Sizes", "pairs"]

Number = Any
Numbers = Any
"""A row of numbers: floats, or arrays with one place for each answer."""

MOST = 15
"""Answers to a skill above which they count as so many."""


class Sizes(NamedTuple):
    """How many kinds and items a population knows; items 0 where it has none."""

    kinds: int
    items: int


def pairs(w: Numbers, s: Numbers, asked: Asked, sizes: Sizes) -> list[Number]:
    """Give the pairs: what was asked with how it went at this skill, and with what came before.

    Args:
        w: Numbers of the student.
        s: Numbers of the skill.
        asked: What is asked.
        sizes: How many kinds and items there are.
    """
    kind, n = asked.kind, s[S_N]
    right = 1.0 * (s[S_RIGHTS] > 0)
    before = right * (s[S_RIGHTS] > 1) + (1.0 - right) * (s[S_WRONGS] < 2)  # noqa: PLR2004 - twice
    how = (n == 1) * (1.0 + right) + (n > 1) * (3.0 + 2.0 * right + before)
    is_known = 1.0 * (kind > 0)
    given = [_known(kind * (MOST + 1.0) + n - (n - MOST) * (n > MOST), is_known)]
    given.append(_known(kind * 7.0 + how, is_known))
    went, m = 1.0 * (w[RIGHTS] > 0), sizes.kinds + 1.0
    last, earlier = (w[place] * m + kind for place in (KIND, BEFORE))
    is_after = is_known * (w[KIND] > 0)
    given += [_known(last * 2.0 + went, is_after), _known(last, is_after)]
    given.append(_known(earlier * 2.0 + w[DID], is_known * (w[BEFORE] > 0)))
    if sizes.items:
        chain = w[THING] * (sizes.items + 1.0) + asked.item
        is_chain = 1.0 * (w[THING] > 0) * (asked.item > 0)
        given += [_known(chain * 2.0 + went, is_chain), _known(chain, is_chain)]
    return given


def _known(key: Number, is_known: Number) -> Number:
    return key * is_known - (1.0 - is_known)
