"""Caps: at most so many actions of a moment in any stretch of time.

The stretch slides: it ends now, and an action leaves it exactly `per` after it was executed.
Rule 1: the fallback counts for nothing and is never capped.
Rule 2: an action dated in the future (a clock that went back) counts as one of now.
"""

from collections.abc import Sequence
from functools import lru_cache

from penchant.guard.asked import Asked
from penchant.guard.verdict import PASSED, Verdicts
from penchant.limits import seconds
from penchant.words import Action, Cap, Refused

__all__ = ["Caps"]

_seconds = lru_cache(maxsize=256)(seconds)


class Caps:
    """Refuses everything at a moment that has acted as often as one of its caps allows."""

    name = "caps"

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:
        """Refuse all actions when a cap is reached.

        Raises:
            BadNumber: When the stretch of a cap is no duration.
        """
        for rule in asked.moment.guardrails:
            if isinstance(rule, Cap) and _is_reached(rule, asked):
                refused = Refused(
                    f"`{asked.moment.name}` may act at most {rule.at_most} times within "
                    f"`{rule.per}`, and it has."
                )
                return dict.fromkeys(range(len(actions)), refused)
        return PASSED


def _is_reached(cap: Cap, asked: Asked) -> bool:
    """Count the actions executed less than `per` ago.

    Seconds since 1970 hold a microsecond with an error of about a fifth of one; rounding their
    difference makes the edge of the stretch exact.
    """
    per = _seconds(cap.per, what="The stretch of a cap")
    if len(asked.recent) < cap.at_most:
        return False
    now = asked.now.timestamp()
    return sum(not round(now - at, 6) >= per for at in asked.recent) >= cap.at_most
