"""Risk: an action of class `confirm` or `human` waits for somebody's yes before it is executed."""

from collections.abc import Mapping, Sequence

from penchant.guard.asked import Asked
from penchant.guard.verdict import PASSED, Held, Verdicts
from penchant.words import Action

__all__ = ["FREE", "Risk"]

FREE = ("auto", "notify")
"""Classes of actions that wait for nobody."""
_CONFIRM = Held("It needs the person's yes before it is done.")
_HUMAN = Held("It needs a human's yes before it is done.")
_WAITING: Mapping[str, Held] = {"confirm": _CONFIRM, "human": _HUMAN}


class Risk:
    """Holds actions that somebody must agree to; a class that is not known waits for a human."""

    name = "risk"

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:  # noqa: ARG002 - the protocol's
        """Hold `confirm` for the person and `human` for an operator; let the rest pass."""
        for action in actions:
            if action.risk not in FREE:
                break
        else:
            return PASSED
        return {
            index: _WAITING.get(action.risk, _HUMAN)
            for index, action in enumerate(actions)
            if action.risk not in FREE
        }
