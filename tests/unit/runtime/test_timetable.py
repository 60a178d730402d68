"""Moments that open by time: for whom, when, in slices, and what was missed."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from engines import Clock
from runners import CARE, TRAINING, App, moment

from penchant import AtTime, Limits, Moment, QuietHours, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import StoreFailed
from penchant.journal import Block, Decided, Fact, Skipped

MORNING = AtTime("09:00")


def at(text: str) -> datetime:
    """Read a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def app_at(now: str, *moments: Moment, **more: object) -> App:
    """Give an app at a time."""
    return App(*moments, clock=Clock(at(now)), **more)  # type: ignore[arg-type]  # any of its own


def pass_time(app: App, until: str) -> None:
    """Tick whenever something is due."""
    while (due := app.engine.outbox.due_at()) is not None and due <= at(until):
        app.clock.now = max(due, app.clock.now)
        if not app.engine.tick():
            app.clock.forward(seconds=1)  # a window ends just after its time
    app.clock.now = at(until)


def skipped(app: App) -> list[Skipped]:
    """Give what was noted as missed."""
    return [one for one in app.store.read("") if isinstance(one, Skipped)]


def test_it_opens_in_the_persons_zone_also_when_clocks_change() -> None:
    """Nine in the morning in Berlin and in New York, over the European change of clocks."""
    app = app_at("2027-03-26 12:00", moment(MORNING))
    app.agree("ada", zone="Europe/Berlin")
    app.agree("ben", zone="America/New_York")
    pass_time(app, "2027-03-29 23:00")

    assert app.times("ada") == ["03-27 08:00", "03-28 07:00", "03-29 07:00"]
    assert app.times("ben") == ["03-26 13:00", "03-27 13:00", "03-28 13:00", "03-29 13:00"]
    assert app.opened("ada")[0].opened_by == "it was 09:00 in `Europe/Berlin`"


def test_it_opens_on_some_days() -> None:
    """On Monday and Friday."""
    app = app_at("2026-11-22 12:00", moment(AtTime("09:00", ["mon", "fri"])))
    app.agree(zone="UTC")
    pass_time(app, "2026-12-01 12:00")

    assert app.times() == ["11-23 09:00", "11-27 09:00", "11-30 09:00"]


def test_without_a_zone_nobody_is_woken() -> None:
    """Unless the opening names one for those who stated none."""
    app = app_at("2026-11-22 08:00", moment(MORNING))
    app.agree()
    pass_time(app, "2026-11-25 12:00")
    assert not app.opened()

    app.engine.declare(moment(AtTime("09:00", zone="Europe/Berlin")))
    pass_time(app, "2026-11-26 12:00")
    assert app.times() == ["11-26 08:00"]


def test_a_zone_that_nobody_knows_is_not_replaced() -> None:
    """What an older version let in is no reason to take the opening's own zone."""
    app = app_at("2026-11-22 08:00", moment(AtTime("09:00", zone="Europe/Berlin")))
    app.agree(zone="Europe/Berlin")
    said = Signal("trait.stated", "ada", at("2026-11-22 08:00"), {"time_zone": "Middle/Earth"})
    assert not app.engine.observe(said, purpose=TRAINING)
    pass_time(app, "2026-11-23 12:00")

    assert app.times() == ["11-23 08:00"]


def test_only_who_agreed_is_woken() -> None:
    """From the answer on, until it is taken back, runs out, or the dial stands at 0."""
    app = app_at("2026-11-20 12:00", moment(MORNING))
    app.agree("ada", "ben", "cy", "dee", zone="UTC")
    app.engine.consent("ben", CARE, granted=False)
    app.engine.consent("cy", CARE, dial=0.0)
    app.engine.consent("dee", CARE, until=at("2026-11-22 00:00"))
    pass_time(app, "2026-11-22 12:00")
    assert app.times("ada") == ["11-21 09:00", "11-22 09:00"]
    assert not app.opened("ben") + app.opened("cy")
    assert app.times("dee") == ["11-21 09:00"]

    app.engine.consent("ben", CARE)
    app.engine.consent("ada", CARE, granted=False)
    pass_time(app, "2026-11-23 12:00")
    assert app.times("ben") == ["11-23 09:00"]
    assert len(app.opened("ada")) == 2


def test_who_travels_is_woken_by_the_new_clock_and_not_twice_a_day() -> None:
    """Nine o'clock in Tokyo, then in Berlin: eight hours later it is the same morning."""
    app = app_at("2026-11-22 12:00", moment(MORNING))
    app.agree(zone="Asia/Tokyo")
    pass_time(app, "2026-11-23 01:00")
    app.signal("trait.stated", time_zone="Europe/Berlin")
    pass_time(app, "2026-11-25 12:00")

    assert app.times() == ["11-23 00:00", "11-24 08:00", "11-25 08:00"]


@pytest.mark.slow
def test_ten_thousand_at_once_are_opened_in_slices() -> None:
    """Each tick opens a bounded part, oldest first; all within the hour, nobody twice."""
    n_people = 10_000
    app = app_at("2026-11-22 12:00", moment(MORNING))
    for number in range(n_people):
        app.engine.consent(f"p-{number}", CARE)
    app.engine.declare(moment(AtTime("09:00", zone="UTC")))
    app.clock.now = at("2026-11-23 09:30")
    slices = []
    while app.engine.outbox.due_at() == at("2026-11-23 09:00"):
        slices.append(app.engine.tick())

    assert max(slices) == Limits().openings_per_call
    assert sum(slices) == n_people
    assert len({one.person for one in app.opened()}) == n_people


def test_ten_thousand_that_are_due_after_a_long_sleep_are_left_out_with_a_note() -> None:
    """A nudge of eight hours ago is not sent at all; how many there were is written down."""
    app = app_at("2026-11-22 12:00", moment(AtTime("09:00", zone="UTC")))
    for number in range(10_000):
        app.engine.consent(f"p-{number}", CARE)
    app.clock.now = at("2026-11-23 17:00")

    assert app.engine.tick() == 0
    (note,) = skipped(app)
    assert (note.people, note.due) == (10_000, at("2026-11-23 09:00"))
    assert note.sentence.endswith("nobody looked until it was more than `1h` too late.")
    pass_time(app, "2026-11-24 08:00")
    assert not app.opened()


def test_a_sleep_of_days_is_noted_once_and_the_last_time_still_counts() -> None:
    """Four mornings were slept through; of today's there is still time."""
    app = app_at("2026-11-22 12:00", moment(AtTime("09:00", zone="UTC")))
    app.agree()
    app.clock.now = at("2026-11-27 09:30")

    assert app.engine.tick() == 1
    assert app.times() == ["11-27 09:30"]
    assert [one.due for one in skipped(app)] == [at("2026-11-23 09:00")]


def test_slices_that_take_too_long_leave_the_rest_out() -> None:
    """Who was not reached within the hour is not woken, and counted."""
    app = app_at(
        "2026-11-22 12:00",
        moment(AtTime("09:00", zone="UTC")),
        limits=Limits(openings_per_call=4),
    )
    app.agree(*(f"p-{number}" for number in range(10)))
    app.clock.now = at("2026-11-23 09:00")
    assert app.engine.tick() == 4
    app.clock.now = at("2026-11-23 10:01")

    assert app.engine.tick() == 0
    assert [one.people for one in skipped(app)] == [6]


@pytest.mark.parametrize(
    ("stop", "start", "times", "missed"),
    [
        ("11-22 20:00", "11-23 08:00", ["11-23 09:00"], []),
        ("11-22 20:00", "11-23 09:40", ["11-23 09:40"], []),
        ("11-22 20:00", "11-23 10:30", [], [3]),
        ("11-23 09:00", "11-23 09:10", ["11-23 09:00"], []),
        ("11-23 12:00", "11-23 20:00", ["11-23 09:00"], []),
    ],
)
def test_a_restart_goes_on_where_it_was(
    stop: str, start: str, times: Sequence[str], missed: list[int]
) -> None:
    """What was met is not met again, what is late is left out and noted, the rest is made up."""
    app = app_at("2026-11-22 19:00", moment(MORNING))
    app.agree("ada", "ben", "cy", zone="UTC")
    pass_time(app, f"2026-{stop}")
    app.clock.now = at(f"2026-{start}")
    app.restart()
    app.engine.tick()
    pass_time(app, "2026-11-23 23:00")

    assert app.times("ada") == app.times("cy") == times
    assert [one.people for one in skipped(app)] == missed


def test_a_restart_between_two_slices_opens_the_rest() -> None:
    """Four of ten were opened when the process died; the other six are, and nobody twice."""
    app = app_at(
        "2026-11-22 19:00",
        moment(AtTime("09:00", zone="UTC")),
        limits=Limits(openings_per_call=4),
    )
    people = [f"p-{number}" for number in range(10)]
    app.agree(*people)
    app.clock.now = at("2026-11-23 09:00")
    app.engine.tick()
    app.restart()

    assert [app.engine.tick() for _ in range(3)] == [4, 2, 0]
    assert sorted(one.person or "" for one in app.opened()) == sorted(people)


class FullDisk(MemoryStore):
    """Keeps no decision while it is full."""

    is_full = False

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep facts, unless a decision or a note is among them and there is no room."""
        if self.is_full and any(isinstance(fact, Decided | Skipped) for fact in facts):
            raise StoreFailed("The disk is full.")
        super().append(facts)


def test_a_full_disk_loses_nobody_and_no_note() -> None:
    """Who was due is opened once there is room, and what was missed is noted then."""
    store = FullDisk()
    app = app_at("2026-11-22 19:00", moment(MORNING), store=store)
    app.agree("ada", zone="UTC")
    app.agree("ben", zone="Europe/Berlin")
    app.clock.now = at("2026-11-23 09:30")
    store.is_full = True
    for _ in range(2):
        with pytest.raises(StoreFailed):
            app.engine.tick()
    store.is_full = False
    app.engine.tick()

    assert app.times() == ["11-23 09:30"]
    assert [one.due for one in skipped(app)] == [at("2026-11-23 08:00")]


def test_the_end_of_quiet_hours_is_waited_for_where_there_is_time() -> None:
    """Six o'clock is quiet until seven, and may come an hour late."""
    app = app_at(
        "2026-11-22 12:00",
        moment(AtTime("06:00"), guardrails=[QuietHours("22:00", "07:00")]),
    )
    app.agree(zone="UTC")
    pass_time(app, "2026-11-23 12:00")

    assert app.times() == ["11-23 07:00"]
    assert app.opened()[0].action.name == "offer"


def test_a_forgotten_person_is_not_woken() -> None:
    """And who is merged into another is woken once, as that one."""
    app = app_at("2026-11-22 12:00", moment(MORNING))
    app.agree("ada", "ben", "anon-7", zone="UTC")
    app.engine.forget("ben")
    app.engine.observe(Signal("person.merged", "ada", data={"from": "anon-7"}))
    pass_time(app, "2026-11-23 12:00")
    assert [one.person for one in app.opened()] == ["ada"]

    app.restart()
    pass_time(app, "2026-11-24 12:00")
    assert [one.person for one in app.opened()] == ["ada", "ada"]


def test_a_time_that_is_declared_anew_is_met_from_then_on() -> None:
    """Another time replaces the one before; the same one declared again loses nothing due."""
    app = app_at("2026-11-22 12:00", moment(MORNING))
    app.agree(zone="UTC")
    app.clock.now = at("2026-11-23 09:00")
    app.engine.declare(moment(MORNING, half_life="30d"))
    app.engine.tick()
    app.engine.declare(moment(AtTime("10:00", cool_down="30m")))
    pass_time(app, "2026-11-23 12:00")
    app.engine.declare(moment())
    pass_time(app, "2026-11-25 12:00")

    assert app.times() == ["11-23 09:00", "11-23 10:00"]


def between_two_slices() -> App:
    """Give an app of which two of four people were reached."""
    app = app_at(
        "2026-11-22 12:00",
        moment(AtTime("09:00", zone="UTC")),
        limits=Limits(openings_per_call=2),
    )
    app.agree("ada", "ben", "cy", "dee")
    app.clock.now = at("2026-11-23 09:00")
    app.engine.tick()
    return app


def test_who_is_forgotten_between_two_slices_is_not_reached() -> None:
    """Nor counted as missed."""
    app = between_two_slices()
    app.engine.forget("cy")
    app.clock.now = at("2026-11-23 11:00")
    app.engine.tick()

    assert [one.people for one in skipped(app)] == [1]


def test_a_time_taken_back_between_two_slices_is_met_no_more() -> None:
    """Who was not reached yet is left alone, and not counted as missed."""
    app = between_two_slices()
    app.engine.declare(moment(AtTime("10:00", zone="UTC")))

    assert app.engine.tick() == 0
    app.clock.now = at("2026-11-23 10:00")
    assert [app.engine.tick() for _ in range(3)] == [0, 2, 0]  # two looks a tick
    assert len(app.opened()) == 4
    assert not skipped(app)


def test_who_joins_after_the_time_is_met_the_next_day() -> None:
    """Somebody who agrees at twenty past nine has missed nothing."""
    app = app_at("2026-11-22 12:00", moment(AtTime("09:00", zone="UTC")))
    app.agree("ada")
    app.clock.now = at("2026-11-23 09:20")
    app.engine.consent("ben", CARE)
    app.engine.tick()
    app.restart()
    app.engine.tick()
    pass_time(app, "2026-11-24 12:00")

    assert app.times("ben") == ["11-24 09:00"]
    assert app.times("ada") == ["11-23 09:20", "11-24 09:00"]
