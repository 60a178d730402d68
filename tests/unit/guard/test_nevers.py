"""Nevers: each condition alone and together, and rules that cannot be held against anything."""

from datetime import UTC, datetime
from math import inf, nan
from typing import Any

import pytest
from unit.guard.asking import ACTIONS, NOON, ask

from penchant.guard.nevers import Nevers, never_problem
from penchant.guard.verdict import PASSED
from penchant.words import Never

NIGHT = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


def never(**conditions: Any) -> Never:
    """State a rule with these conditions."""
    return Never("rule", "not that", NOON, **conditions)


@pytest.mark.parametrize(
    ("conditions", "refused"),
    [
        ({}, set()),
        ({"action": "wine"}, {2}),
        ({"action": "beer"}, set()),
        ({"channel": "phone"}, {3}),
        ({"feature": "alcohol"}, {2}),
        ({"feature": "alcohol", "equals": False}, {1}),
        ({"feature": "kind", "equals": "drink"}, {2}),
        ({"feature": "kind", "equals": "dri"}, set()),
        ({"feature": "kind", "equals": ""}, set()),
        ({"feature": "price"}, set()),
        ({"feature": "size", "equals": (1.0, 2.0)}, {2}),
        ({"feature": "size", "equals": [1, 2]}, {2}),
        ({"feature": "size", "equals": 1.0}, set()),
        ({"feature": "alcohol", "equals": True, "channel": "app"}, set()),
        ({"feature": "alcohol", "equals": False, "channel": "app", "action": "tip"}, {1}),
        ({"action": "wine", "start": "22:00", "end": "07:00"}, set()),
        ({"start": "11:00", "end": "13:00"}, {0, 1, 2, 3}),
    ],
)
def test_a_rule_applies_where_every_condition_is_met(
    conditions: dict[str, Any], refused: set[int]
) -> None:
    """Name, feature by equality, channel and hours; a rule without any applies to nothing."""
    asked = ask(nevers=[never(**conditions)], time_zone="UTC")

    assert set(Nevers().check(ACTIONS, asked)) == refused


@pytest.mark.parametrize(
    ("now", "time_zone", "hours", "ending"),
    [
        (NOON, "UTC", ("22:00", "07:00"), None),
        (NIGHT, "UTC", ("22:00", "07:00"), " from 22:00 to 07:00."),
        (NIGHT, "America/New_York", ("22:00", "07:00"), None),
        (NOON, "", ("22:00", "07:00"), " at every hour, because the person's time zone is not"),
        (NOON, "Mars", ("22:00", "07:00"), " at every hour, because the person's time zone is not"),
        (NOON, "UTC", ("25:00", "07:00"), " at every hour, because its hours cannot be read."),
        (NOON, "UTC", ("22:00", ""), " at every hour, because its hours cannot be read."),
        (NOON, "UTC", ("", "07:00"), " at every hour, because its hours cannot be read."),
        (NOON, "UTC", ("", ""), "."),
    ],
)
def test_hours_are_those_of_the_person(
    now: datetime, time_zone: str, hours: tuple[str, str], ending: str | None
) -> None:
    """Where the person's hour is not known, or the rule's cannot be read, the rule holds."""
    rule = never(channel="phone", start=hours[0], end=hours[1])
    verdicts = Nevers().check(ACTIONS, ask(nevers=[rule], now=now, time_zone=time_zone))

    assert set(verdicts) == (set() if ending is None else {3})
    assert all(
        one.sentence.startswith(f"The person's rule “not that” applies{ending}")
        for one in verdicts.values()
    )


def test_the_first_rule_that_applies_speaks() -> None:
    """Each rule is held against each action, and a rule without words speaks by its name."""
    rules = [Never("calls", "", NOON, channel="phone"), never(action="call"), never(action="wine")]
    verdicts = Nevers().check(ACTIONS, ask(nevers=rules))

    assert {index: one.sentence for index, one in verdicts.items()} == {
        2: "The person's rule “not that” applies.",
        3: "The person's rule “calls” applies.",
    }


def test_no_rules_are_no_work() -> None:
    """Where a person stated nothing, the shared empty answer is given."""
    assert Nevers().check(ACTIONS, ask()) is PASSED


@pytest.mark.parametrize(
    ("conditions", "problem"),
    [
        ({"action": "wine"}, ""),
        ({"channel": "phone"}, ""),
        ({"feature": "alcohol"}, ""),
        ({"feature": "price", "equals": 3}, ""),
        ({"feature": "size", "equals": (1.0, 2.0)}, ""),
        ({"feature": "size", "equals": [1.0]}, ""),
        ({"start": "22:00", "end": "07:00"}, ""),
        ({"start": "22:00", "end": "22:00"}, ""),
        ({}, "names nothing"),
        ({"equals": "wine"}, "gives a value but no feature"),
        ({"action": "nothing"}, "cannot rule out `nothing`"),
        ({"feature": "price", "equals": nan}, "needs a value"),
        ({"feature": "price", "equals": -inf}, "needs a value"),
        ({"feature": "price", "equals": 10**400}, "needs a value"),
        ({"feature": "size", "equals": (1.0, nan)}, "needs a value"),
        ({"feature": "size", "equals": ("a",)}, "needs a value"),
        ({"feature": "size", "equals": {}}, "needs a value"),
        ({"feature": "size", "equals": None}, "needs a value"),
        ({"start": "25:00", "end": "07:00"}, "cannot be held against a time. Hours need"),
        ({"start": "22:00"}, "cannot be held against a time. Hours need"),
        ({"end": "07:00"}, "cannot be held against a time. Hours need"),
    ],
)
def test_a_rule_that_cannot_be_held_is_told(conditions: dict[str, Any], problem: str) -> None:
    """Whoever states a rule reads what is wrong with it, by its name and not their words."""
    sentence = never_problem(never(**conditions))

    assert bool(sentence) == bool(problem)
    assert not problem or sentence.startswith(f"The rule `rule` {problem}")
    assert "25:00" not in sentence
