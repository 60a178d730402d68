"""Quiet hours: whose zone counts, and what holds where it is not known."""

from datetime import UTC, datetime

import pytest
from unit.guard.asking import ACTIONS, ask

from penchant.errors import BadInput
from penchant.guard.guardrail import permitted
from penchant.guard.quiet_hours import Quiet, quiet_ends, quiet_problem
from penchant.guard.verdict import PASSED
from penchant.limits import Limits
from penchant.runtime.declaring import check_moment
from penchant.words import Cap, Moment, QuietHours

LATE_IN_BERLIN = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
UNKNOWN = "Whether it is a quiet hour is not known, so it counts as one: "


@pytest.mark.parametrize(
    ("rule", "time_zone", "sentence"),
    [
        (QuietHours(), "Europe/Berlin", "It is a quiet hour: nothing is done from 22:00 to 07:00."),
        (QuietHours(), "Europe/London", ""),
        (QuietHours(zone="Europe/Berlin"), "Europe/London", ""),
        (QuietHours(zone="Europe/London"), "", ""),
        (QuietHours(zone="Europe/London"), "Europe/Berlin", "It is a quiet hour"),
        (QuietHours(zone="Europe/Berlin"), "", "It is a quiet hour"),
        (QuietHours(), "", UNKNOWN + "no time zone is known, neither the person's nor one of"),
        (QuietHours(zone="Here"), "", UNKNOWN + "the time zone `Here` of `nudge` is not a known"),
        (
            QuietHours(zone="Europe/London"),
            "at my aunt's",
            UNKNOWN + "the time zone stated for the person is not a known one.",
        ),
        (
            QuietHours("22:00", "25:00"),
            "Europe/Berlin",
            "The quiet hours of `nudge` cannot be read, so every hour counts as one.",
        ),
        (QuietHours("08:00", "08:00"), "Europe/Berlin", "It is a quiet hour"),
        (QuietHours("21:30", "22:30"), "Europe/London", "It is a quiet hour"),
        (QuietHours("20:30", "21:30"), "Europe/London", ""),
    ],
)
def test_quiet_hours_refuse_everything(rule: QuietHours, time_zone: str, sentence: str) -> None:
    """The person's zone, else the rule's, else every hour is quiet; the sentence says which."""
    asked = ask(Cap(9), rule, now=LATE_IN_BERLIN, time_zone=time_zone)
    verdicts = Quiet().check(ACTIONS, asked)

    assert set(verdicts) == (set(range(4)) if sentence else set())
    assert all(one.sentence.startswith(sentence) for one in verdicts.values())
    assert not any("aunt" in one.sentence for one in verdicts.values())


def test_several_quiet_hours_are_all_kept() -> None:
    """A second stretch of quiet is not hidden by the first."""
    night, noon = QuietHours(zone="UTC"), QuietHours("11:00", "13:00", zone="UTC")

    assert Quiet().check(ACTIONS, ask(night)) is PASSED
    assert permitted(ACTIONS, ask(night, noon)).kept == (0,)


def test_quiet_hours_that_cannot_be_read_are_told() -> None:
    """Whoever declares quiet hours reads what is wrong with them."""
    assert quiet_problem(QuietHours()) == ""
    assert quiet_problem(QuietHours(zone="Europe/Berlin")) == ""
    assert quiet_problem(QuietHours(end="7 am")).startswith("Hours need a start and an end")
    assert quiet_problem(QuietHours(zone="Berlin")).startswith("The zone `Berlin` is not a known")


@pytest.mark.parametrize("rule", [QuietHours(end="7 am"), QuietHours(zone="Berlin")])
def test_quiet_hours_that_cannot_be_read_are_not_declared(rule: QuietHours) -> None:
    """A moment that would stay silent for good is refused when it is declared."""
    with pytest.raises(BadInput, match="The quiet hours of moment `m` cannot be kept to"):
        check_moment(Moment("m", "p", guardrails=(rule,)), Limits())


def test_quiet_hours_of_no_zone_are_declared() -> None:
    """The zone is the person's to state, and may come later."""
    rule = QuietHours()
    check_moment(Moment("m", "p", guardrails=(rule, QuietHours(zone="UTC"))), Limits())

    assert quiet_problem(rule) == ""


@pytest.mark.parametrize(
    ("now", "zone", "ends"),
    [
        ("2026-11-22 22:00", "UTC", "2026-11-23 07:00"),
        ("2026-11-22 06:59", "UTC", "2026-11-22 07:00"),
        ("2026-03-28 22:30", "Europe/Berlin", "2026-03-29 05:00"),  # a night of eight hours
        ("2026-10-24 22:30", "Europe/Berlin", "2026-10-25 06:00"),  # a night of ten
        ("2026-11-22 12:00", "UTC", None),
        ("2026-11-22 22:00", "", None),
        ("2026-11-22 22:00", "Middle/Earth", None),
    ],
)
def test_the_end_of_quiet_hours_is_known(now: str, zone: str, ends: str | None) -> None:
    """They end when the wall clock says so; where none hold, or nobody knows, there is no end."""
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = quiet_ends(ask(QuietHours("22:00", "07:00"), now=at, time_zone=zone))

    assert found == (ends and datetime.fromisoformat(ends).replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("rules", "ends"),
    [
        ([QuietHours("22:00", "07:00"), QuietHours("06:00", "09:00")], 9),
        ([QuietHours("06:00", "09:00"), QuietHours("22:00", "07:00")], 9),
        ([QuietHours("22:00", "07:00"), QuietHours("00:00", "00:00")], None),
        ([QuietHours("22:00", "10:00"), QuietHours("10:00", "22:00")], None),
    ],
)
def test_several_quiet_hours_end_together(rules: list[QuietHours], ends: int | None) -> None:
    """Where one ends inside another the other's end counts; a whole day has none."""
    at = datetime(2026, 11, 22, 3, tzinfo=UTC)
    found = quiet_ends(ask(*rules, now=at, time_zone="UTC"))

    assert found == (ends and at.replace(hour=ends))
