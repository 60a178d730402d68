"""Quiet hours: nothing is done between two times of the person's day.

Rule 1: the day is that of the zone the person stated; where they stated none, of the rule's own.
Rule 2: where no zone is known, or the one stated is not, every hour counts as quiet, because
guessing could wake somebody; the rule's zone does not stand in for one that cannot be read.
How hours are read stands in `hours.py`.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from penchant.guard.asked import Asked
from penchant.guard.hours import hours_problem, is_between, is_zone, local_minute, next_time
from penchant.guard.verdict import PASSED, Verdicts
from penchant.words import Action, QuietHours, Refused

__all__ = ["Quiet", "quiet_ends", "quiet_problem"]


class Quiet:
    """Refuses everything at an hour that a rule of the moment keeps quiet."""

    name = "quiet_hours"

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:
        """Refuse all actions when it is a quiet hour for the person, or nobody can know."""
        for rule in asked.moment.guardrails:
            if isinstance(rule, QuietHours) and (why := _why_quiet(rule, asked)):
                return dict.fromkeys(range(len(actions)), Refused(why))
        return PASSED


def quiet_problem(rule: QuietHours) -> str:
    """Say why quiet hours cannot be kept to, for whoever declares them; "" when they can.

    A rule without a zone is fine: the person's own is asked for.

    Example:
        >>> quiet_problem(QuietHours("22:00", "07:00"))
        ''
        >>> quiet_problem(QuietHours(zone="Middle/Earth"))
        'The zone `Middle/Earth` is not a known one: give a name such as `Europe/Berlin`.'
    """
    if rule.zone and not is_zone(rule.zone):
        return f"The zone `{rule.zone}` is not a known one: give a name such as `Europe/Berlin`."
    return hours_problem(rule.start, rule.end)


def quiet_ends(asked: Asked) -> datetime | None:
    """Say when the quiet hours that hold now end.

    Returns:
        None where none hold, they never end, or nobody can know.

    Example:
        >>> from datetime import UTC
        >>> from penchant.words import Consent, Moment
        >>> nudge = Moment("nudge", "coaching", guardrails=[QuietHours("22:00", "07:00")])
        >>> night = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
        >>> asked = Asked(night, nudge, Consent("coaching"), time_zone="Europe/Berlin")
        >>> quiet_ends(asked).isoformat()
        '2026-03-29T05:00:00+00:00'
    """
    rules = [rule for rule in asked.moment.guardrails if isinstance(rule, QuietHours)]
    now = asked.now
    for _ in range(len(rules) + 1):  # where one ends another may hold
        holding = [rule for rule in rules if _why_quiet(rule, replace(asked, now=now))]
        if not holding:
            return None if now == asked.now else now
        ends = [next_time(now, rule.end, asked.time_zone or rule.zone) for rule in holding]
        known = [end for end in ends if end is not None]
        if len(known) < len(ends):
            return None
        now = max(known)
    return None


def _why_quiet(rule: QuietHours, asked: Asked) -> str:
    """Say why nothing is done now, or nothing."""
    minute = local_minute(asked.now, asked.time_zone or rule.zone)
    if minute is None:
        why = _no_zone(rule, asked)
        return f"Whether it is a quiet hour is not known, so it counts as one: {why}."
    is_quiet = is_between(minute, rule.start, rule.end)
    if is_quiet is None:
        return (
            f"The quiet hours of `{asked.moment.name}` cannot be read, so every hour counts as one."
        )
    if is_quiet:
        return f"It is a quiet hour: nothing is done from {rule.start} to {rule.end}."
    return ""


def _no_zone(rule: QuietHours, asked: Asked) -> str:
    """Say which zone is missing; the person's own words are not repeated."""
    if asked.time_zone:
        return "the time zone stated for the person is not a known one"
    if rule.zone:
        return f"the time zone `{rule.zone}` of `{asked.moment.name}` is not a known one"
    return f"no time zone is known, neither the person's nor one of `{asked.moment.name}`"
