"""Letter: what is to be brought to a person, and nothing a channel need not know.

Loop: Deliver. A decision that opened by itself becomes a letter when its action is more than the
fallback. Propensities, context and beliefs stay behind: a channel, and who reads it, get none.
"""

from datetime import datetime

from msgspec import Struct

from penchant.words import Action, Decision, Moment

__all__ = ["IN_APP", "Letter", "letter_of"]

IN_APP = "inbox"
"""The channel of an action that names none."""


class Letter(Struct, frozen=True):
    """An action on its way to a person; `id` is that of its decision, `until` when it is stale.

    `tries` counts how often it was on its way before and came back.
    """

    id: str
    person: str
    moment: str
    at: datetime
    until: datetime
    action: Action
    opened_by: str = ""
    tries: int = 0

    @property
    def channel(self) -> str:
        """The name of the channel that brings it."""
        return self.action.channel or IN_APP


def letter_of(decision: Decision, moment: Moment, until: datetime) -> Letter | None:
    """Give the letter of a decision, or None when there is nothing to bring.

    Args:
        decision: One that opened by itself.
        moment: As declared when it was taken.
        until: When its window closes.

    Example:
        >>> from datetime import UTC
        >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
        >>> tip = Action("tip")
        >>> decision = Decision("d-1", "nudge", "ada", noon, tip, 1.0, "personal", (), (), ())
        >>> letter_of(decision, Moment("nudge"), noon).channel
        'inbox'
        >>> letter_of(decision, Moment("nudge", default="tip"), noon) is None
        True
    """
    if decision.person is None or decision.forced or decision.action.name == moment.fallback:
        return None
    return Letter(
        decision.id,
        decision.person,
        decision.moment,
        decision.at,
        until,
        decision.action,
        decision.opened_by,
    )
