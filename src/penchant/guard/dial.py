"""The dial: no action may burden a person more than they allowed for the purpose."""

from collections.abc import Sequence

from penchant.guard.asked import Asked
from penchant.guard.verdict import PASSED, Verdicts
from penchant.words import Action, Refused

__all__ = ["Dial"]


class Dial:
    """Refuses actions whose burden is above the person's dial."""

    name = "dial"

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:
        """Refuse what is above the dial; a burden that is not a number is above any dial.

        Example:
            See `penchant.guard.guardrail.permitted`.
        """
        dial = asked.consent.dial
        for action in actions:
            if not action.burden <= dial:  # written so that NaN on either side refuses
                break
        else:
            return PASSED
        return {
            index: Refused(
                f"Its burden of {action.burden:g} is above the dial for "
                f"`{asked.consent.purpose}`, which stands at {dial:g}."
            )
            for index, action in enumerate(actions)
            if not action.burden <= dial
        }
