"""Caps: sliding windows, their edges, several at once."""

from datetime import timedelta
from math import nan

import pytest
from unit.guard.asking import ACTIONS, NOON, ask

from penchant.errors import BadNumber
from penchant.guard.caps import Caps
from penchant.guard.guardrail import permitted
from penchant.guard.verdict import PASSED
from penchant.words import Cap, QuietHours

NOW = NOON.timestamp()
MICROSECOND = 1e-6


@pytest.mark.parametrize(
    ("ages", "is_capped"),
    [
        ((), False),
        ((10.0,), False),
        ((20.0, 10.0), True),
        ((60.0, 10.0), False),
        ((60.0 - MICROSECOND, 10.0), True),
        ((90.0, 80.0, 70.0, 10.0), False),
        ((90.0, 20.0, 10.0), True),
        ((20.0, 10.0, 70.0), True),  # not in order, as after a clock that went back
        ((10.0, -5.0), True),  # dated in the future
        ((10.0, nan), True),
    ],
)
def test_the_window_slides(ages: tuple[float, ...], *, is_capped: bool) -> None:
    """Two within a minute are the most; an action leaves the window at exactly a minute."""
    asked = ask(Cap(2, per="1m"), recent=[NOW - age for age in ages])

    assert set(Caps().check(ACTIONS, asked)) == (set(range(4)) if is_capped else set())


@pytest.mark.parametrize("microseconds", range(7))
def test_the_edge_is_exact(microseconds: int) -> None:
    """At any microsecond of the clock a minute is exactly a minute."""
    now = NOON + timedelta(microseconds=142_857 * microseconds + 1)
    rule = Cap(1, per="1m")
    out = ask(rule, now=now, recent=[(now - timedelta(minutes=1)).timestamp()])
    still_in = timedelta(minutes=1) - timedelta(microseconds=1)

    assert Caps().check(ACTIONS, out) is PASSED
    assert Caps().check(ACTIONS, ask(rule, now=now, recent=[(now - still_in).timestamp()]))


def test_a_cap_of_none_refuses_always() -> None:
    """At most 0 means none, with nothing yet done."""
    assert permitted(ACTIONS, ask(Cap(0))).kept == (0,)


def test_each_cap_is_kept() -> None:
    """Of several caps any that is reached refuses; other rules are not read as caps."""
    recent = [NOW - 3 * 3_600, NOW - 2 * 3_600]
    hourly, daily = Cap(1, per="1h"), Cap(2, per="1d")

    assert not Caps().check(ACTIONS, ask(QuietHours(), hourly, recent=recent))
    verdicts = Caps().check(ACTIONS, ask(QuietHours(), hourly, daily, recent=recent))

    assert verdicts[1].sentence == "`nudge` may act at most 2 times within `1d`, and it has."


def test_a_cap_that_cannot_be_read_removes_all() -> None:
    """A stretch that is no duration raises, and what it should have capped is removed."""
    asked = ask(Cap(5, per="daily"))

    with pytest.raises(BadNumber, match="The stretch of a cap must be"):
        Caps().check(ACTIONS, asked)
    left = permitted(ACTIONS, asked)

    assert left.kept == (0,)
    assert {one.rule for one in left.removed} == {"caps"}
    assert {one.sentence for one in left.removed} == {
        "The guardrail `caps` could not be asked (BadNumber); what cannot be checked is not done."
    }
