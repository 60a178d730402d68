"""Nevers: a person's standing rules, held against each action.

A rule applies to an action that meets every condition it gives: name, feature, channel, hours.
Rule 1: features are compared by equality alone; texts and lists are never searched.
Rule 2: hours are those of the person's own day (see `hours.py`). Where their zone is not known,
or the hours cannot be read, the rule holds at every hour.
Rule 3: a rule without any condition applies to nothing; `never_problem` refuses it when stated.
"""

from collections.abc import Sequence

from penchant.guard.asked import Asked
from penchant.guard.hours import hours_problem, is_between, local_minute
from penchant.guard.verdict import PASSED, Verdict, Verdicts
from penchant.limits import is_finite
from penchant.words import NOTHING, Action, Never, Refused

__all__ = ["Nevers", "never_problem"]


class Nevers:
    """Refuses actions that one of the person's standing rules applies to."""

    name = "nevers"

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:
        """Refuse what a rule applies to, with the first such rule in the person's words."""
        if not asked.nevers:
            return PASSED
        verdicts: dict[int, Verdict] = {}
        for never in asked.nevers:
            if not _has_condition(never) or not (when := _when(never, asked)):
                continue
            refused = Refused(f"The person's rule “{never.text or never.name}” applies{when}")
            for index, action in enumerate(actions):
                if index not in verdicts and _is_met(never, action):
                    verdicts[index] = refused
        return verdicts


def never_problem(never: Never) -> str:
    """Say why a rule cannot be held against anything, for whoever states it; "" when it can.

    Example:
        >>> from datetime import UTC, datetime
        >>> now = datetime(2026, 11, 22, tzinfo=UTC)
        >>> never_problem(Never("night", "never at night", now, start="22:00", end="07:00"))
        ''
        >>> never_problem(Never("peace", "leave me in peace", now))
        'The rule `peace` names nothing: give an action, a feature, a channel or hours.'
    """
    rule = f"The rule `{never.name}`"
    if not never.feature and never.equals is not True:
        return f"{rule} gives a value but no feature: name the feature it is the value of."
    if not _has_condition(never):
        return f"{rule} names nothing: give an action, a feature, a channel or hours."
    if never.action == NOTHING:
        return f"{rule} cannot rule out `{NOTHING}`: doing nothing is always possible."
    if not _is_value(never.equals):
        return (
            f"{rule} needs a value that can be equal to something: "
            "a bool, a finite number, a text or a list of finite numbers."
        )
    if (never.start or never.end) and (problem := hours_problem(never.start, never.end)):
        return f"{rule} cannot be held against a time. {problem}"
    return ""


def _has_condition(never: Never) -> bool:
    return bool(never.action or never.feature or never.channel or never.start or never.end)


def _when(never: Never, asked: Asked) -> str:
    """Give the end of the sentence for a rule whose hours hold now; "" when they do not."""
    if not never.start and not never.end:
        return "."
    minute = local_minute(asked.now, asked.time_zone)
    if minute is None:
        return " at every hour, because the person's time zone is not known."
    is_inside = is_between(minute, never.start, never.end)
    if is_inside is None:
        return " at every hour, because its hours cannot be read."
    return f" from {never.start} to {never.end}." if is_inside else ""


def _is_met(never: Never, action: Action) -> bool:
    """Tell whether an action meets every condition but the hours."""
    return (
        (not never.action or action.name == never.action)
        and (not never.channel or action.channel == never.channel)
        and (not never.feature or _is_equal(never, action))
    )


def _is_equal(never: Never, action: Action) -> bool:
    """Compare the feature, a list as the tuple that features keep; absent is equal to nothing."""
    wanted: object = never.equals
    if isinstance(wanted, list):
        wanted = tuple(wanted)
    return never.feature in action.features and action.features[never.feature] == wanted


def _is_value(given: object) -> bool:
    """Tell whether a value is one a feature may have, and equal to itself."""
    if isinstance(given, tuple | list):
        return all(is_finite(one) for one in given)
    return isinstance(given, str) or is_finite(given)
