"""Moments that open themselves: once, not in a loop, the same after a restart, never by guess."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from runners import CARE, KM, RUN, TRAINING, App, moment

from penchant import Action, AtTime, Cap, Limits, Never, OnLevel, OnSignal, QuietHours, Signal
from penchant.adapters.store.memory import MemoryStore
from penchant.errors import StoreDamaged, StoreFailed
from penchant.journal import Block, Decided, Fact


class FullDisk(MemoryStore):
    """Keeps no decision while it is full."""

    is_full = False

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep facts, unless a decision is among them and there is no room."""
        if self.is_full and any(isinstance(fact, Decided) for fact in facts):
            raise StoreFailed("The disk is full.")
        super().append(facts)


def test_a_signal_opens_a_moment() -> None:
    """The decision says what opened it, its explanation too, and it waits in the outbox."""
    app = App(moment(RUN))
    app.agree()
    app.run()

    (decision,) = app.opened()
    assert decision.opened_by == "a signal `run.finished` came"
    assert decision.action.name == "offer"
    assert [letter.id for letter in app.letters("ada")] == [decision.id]
    assert "It opened by itself: a signal `run.finished` came." in (
        app.engine.explain(decision.id).sentences
    )


def test_who_is_asked_by_a_call_opens_nothing() -> None:
    """A decision that a caller asked for has nothing that opened it, and is not brought."""
    app = App(moment(RUN))
    app.agree()
    decision = app.engine.decide("shoes.worn", person="ada")

    assert decision.opened_by == ""
    assert not app.letters()
    assert "opened by itself" not in str(app.engine.explain(decision.id))


def test_a_signal_of_another_kind_or_with_other_values_opens_nothing() -> None:
    """Only what was declared opens."""
    app = App(moment(OnSignal("run.finished", where={"surface": "trail"})))
    app.agree()
    app.signal("swim.finished", surface="trail")
    app.signal("run.finished", surface="road")
    app.signal("run.finished")
    assert not app.opened()

    app.signal("run.finished", surface="trail", km=3)
    assert len(app.opened()) == 1


def test_a_moment_that_opens_itself_in_a_loop_is_stopped_by_its_cool_down() -> None:
    """Each decision causes the signal that opens it: it opens once a day."""
    app = App(moment(OnSignal("offer.shown")))
    app.agree()
    for _ in range(400):
        app.clock.forward(minutes=15)
        app.signal("offer.shown")

    assert app.times() == [f"11-{day} 12:15" for day in range(22, 27)]


def test_two_moments_that_open_each_other_are_stopped_by_their_cool_downs() -> None:
    """Back and forth is a loop, too."""
    there = moment(OnSignal("back.came", cool_down="1h"), actions=[Action("there")])
    back = App(there)
    back.agree()
    for _ in range(200):
        back.clock.forward(minutes=1)
        back.signal("back.came")

    assert len(back.opened()) == 4


def test_the_cool_down_is_that_of_the_moment() -> None:
    """What opened by a signal does not open by a level right behind it."""
    app = App(moment(RUN, OnLevel("run.finished", 2, "count")))
    app.agree()
    app.run()
    app.clock.forward(hours=1)
    app.run()
    assert len(app.opened()) == 1

    app.clock.forward(days=1)
    app.run()
    assert len(app.opened()) == 2


def test_a_call_opens_so_many_and_the_rest_stays_due() -> None:
    """Ten people at once with a bound of four: the next ticks open the others, nobody twice."""
    app = App(moment(RUN), limits=Limits(openings_per_call=4))
    people = [f"p-{number}" for number in range(10)]
    app.agree(*people)
    app.engine.observe([Signal("run.finished", one) for one in people], purpose=TRAINING)
    assert len(app.opened()) == 4
    assert app.engine.outbox.due_at() is not None

    assert [app.engine.tick() for _ in range(3)] == [4, 2, 0]
    assert sorted(one.person or "" for one in app.opened()) == sorted(people)


def test_a_level_opens_when_it_is_reached_and_after_a_reset_again() -> None:
    """Eighty runs of ten kilometres; new shoes; eighty more."""
    app = App(moment(KM))
    app.agree()
    for _ in range(100):
        app.clock.forward(days=1)
        app.run()
    assert app.times() == ["02-10 12:00"]

    app.signal("shoes.replaced")
    for _ in range(79):
        app.clock.forward(days=1)
        app.run()
    assert len(app.opened()) == 1
    app.clock.forward(days=1)
    app.run()
    assert len(app.opened()) == 2


def test_a_restart_opens_nothing_twice() -> None:
    """What was opened, what cools down and how far a sum has come is read from the journal."""
    app = App(moment(KM, RUN))
    app.agree()
    for _ in range(100):
        app.clock.forward(hours=12)
        app.run()
        app.restart()
        app.engine.tick()

    straight = App(moment(KM, RUN))
    straight.agree()
    for _ in range(100):
        straight.clock.forward(hours=12)
        straight.run()
        straight.engine.tick()
    assert app.times() == straight.times()
    assert len(app.times()) == 50


def test_what_a_crash_left_unopened_is_opened_after_the_restart() -> None:
    """The signal was durable, its decision not: it is opened by the first tick, in time."""
    store = FullDisk()
    app = App(moment(RUN), store=store)
    app.agree()
    store.is_full = True
    app.run()
    store.is_full = False
    app.restart()
    app.clock.forward(minutes=30)

    assert app.engine.tick() == 1
    assert app.engine.tick() == 0
    assert len(app.opened()) == 1


def test_what_a_crash_left_for_too_long_is_not_opened() -> None:
    """Two hours later a signal that may be an hour old opens nothing."""
    store = FullDisk()
    app = App(moment(RUN), store=store)
    app.agree()
    store.is_full = True
    app.run()
    store.is_full = False
    app.restart()
    app.clock.forward(hours=2)

    assert app.engine.tick() == 0
    assert not app.opened()


def test_a_full_disk_keeps_the_signal_and_what_is_due() -> None:
    """The signal is accepted; the tick raises while there is no room, and opens once there is."""
    store = FullDisk()
    app = App(moment(RUN), store=store)
    app.agree()
    store.is_full = True
    app.run()
    with pytest.raises(StoreFailed):
        app.engine.tick()
    store.is_full = False

    assert app.engine.tick() == 1
    assert len(app.letters()) == 1


def test_a_signal_that_comes_late_opens_nothing() -> None:
    """A phone that was offline for two hours wakes nobody about then."""
    app = App(moment(RUN))
    app.agree()
    app.clock.forward(hours=3)
    app.signal(at=app.clock.now - timedelta(hours=2))
    assert not app.opened()

    app.signal(at=app.clock.now - timedelta(minutes=59))
    assert len(app.opened()) == 1


def test_a_signal_from_before_the_declaration_opens_nothing() -> None:
    """Its kilometres count; what opens is what happens from then on."""
    app = App()
    app.agree()
    for _ in range(90):
        app.run()
    app.clock.forward(minutes=1)
    app.engine.declare(moment(KM))
    app.engine.tick()
    app.restart()
    app.engine.tick()
    assert not app.opened()

    app.run()
    assert len(app.opened()) == 1


def test_without_the_signals_nothing_is_guessed() -> None:
    """Runs without kilometres, or none at all, reach no level."""
    app = App(moment(KM, OnLevel("stress.measured", 2, "unusual", "level")))
    app.agree()
    for _ in range(200):
        app.clock.forward(days=1)
        app.signal("run.finished", minutes=60)
        app.signal("stress.measured", level=50)
        app.engine.tick()

    assert not app.opened()


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ({"granted": False}, "Nothing was personalised: consent for `care` was withdrawn."),
        ({"dial": 0.0}, "Nothing was personalised: the dial for `care` stands at 0."),
    ],
)
def test_without_consent_nothing_is_brought_and_the_decision_says_why(
    answer: Mapping[str, Any], note: str
) -> None:
    """It is journalled as the fallback, once, and nothing waits in the outbox."""
    app = App(moment(RUN))
    app.agree()
    app.engine.consent("ada", CARE, **answer)
    app.run()
    app.run()

    (decision,) = app.opened()
    assert decision.action.name == "nothing"
    assert note in app.engine.explain(decision.id).sentences
    assert not app.letters()


def test_what_guardrails_leave_nothing_of_is_decided_as_nothing() -> None:
    """A cap that was reached is said in the decision."""
    app = App(moment(RUN, guardrails=[Cap(1, "7d")]))
    app.agree()
    app.run()
    app.clock.forward(days=2)
    app.run()

    first, second = app.opened()
    assert (first.action.name, second.action.name) == ("offer", "nothing")
    assert second.removed[0].rule == "caps"


def test_in_quiet_hours_it_waits_for_their_end() -> None:
    """Reached at half past eleven at night, opened at seven, over the night clocks change."""
    app = App(moment(KM, guardrails=[QuietHours("22:00", "07:00")]))
    app.agree(zone="Europe/Berlin")
    app.clock.now = datetime(2027, 3, 27, 22, 30, tzinfo=UTC)
    app.run(800)
    app.run(1)
    assert not app.opened()
    due = app.engine.outbox.due_at()
    app.restart()
    app.engine.tick()  # after a restart it is looked at again

    morning = datetime(2027, 3, 28, 5, tzinfo=UTC)
    assert app.engine.outbox.due_at() == due == morning
    assert not app.opened()
    app.clock.now = morning
    assert app.engine.tick() == 1
    assert app.opened()[0].action.name == "offer"


def test_quiet_hours_that_end_too_late_leave_a_decision_that_says_so() -> None:
    """A signal that may be an hour old does not wait until the morning."""
    app = App(moment(RUN, guardrails=[QuietHours("22:00", "07:00")]))
    app.agree(zone="Europe/Berlin")
    app.clock.forward(hours=11)
    app.run()

    (decision,) = app.opened()
    assert decision.action.name == "nothing"
    assert "It is a quiet hour" in decision.removed[0].sentence
    assert not app.letters()


def test_a_zone_nobody_knows_is_no_reason_to_wake_somebody() -> None:
    """Every hour counts as quiet, and the decision says so."""
    app = App(moment(RUN, guardrails=[QuietHours("22:00", "07:00")]))
    app.agree()
    app.run()

    assert "no time zone is known" in app.opened()[0].removed[0].sentence
    assert not app.letters()


def test_two_ids_that_are_one_person_have_one_sum() -> None:
    """Kilometres of a visitor count once the visitor is known, and a cool-down holds for both."""
    app = App(moment(KM))
    app.agree("ada", "anon-7")
    app.run(500, "ada")
    app.run(290, "anon-7")
    app.engine.observe(Signal("person.merged", "ada", data={"from": "anon-7"}))
    app.run(5, "anon-7")
    assert not app.opened()

    app.run(5, "ada")
    app.run(5, "anon-7")
    assert [one.person for one in app.opened()] == ["ada"]
    app.restart()
    app.run(5, "anon-7")
    assert len(app.opened()) == 1


def test_a_forgotten_person_is_due_for_nothing() -> None:
    """What was folded of them, and what waited for them, is gone."""
    app = App(moment(KM, guardrails=[QuietHours("22:00", "07:00")]))
    app.agree(zone="UTC")
    app.clock.forward(hours=11)
    app.run(800)
    assert app.engine.outbox.due_at() is not None
    app.engine.forget("ada")
    app.clock.forward(hours=9)

    assert app.engine.tick() == 0
    app.agree(zone="UTC")
    app.run(5)
    assert not app.opened()


def test_a_batch_for_somebody_new_counts_each_signal_once() -> None:
    """Three runs written at once are three runs, whoever was read from the disk meanwhile."""
    app = App(moment(OnLevel("run.finished", 4, "count")))
    app.agree()
    app.restart()
    app.engine.observe([Signal("run.finished", "ada")] * 3, purpose=TRAINING)
    assert not app.opened()

    app.restart()
    app.engine.observe([Signal("run.finished", "ada")], purpose=TRAINING)
    assert len(app.opened()) == 1


def test_many_threads_open_a_moment_once() -> None:
    """Signals and ticks of eight threads at once open it for each person once."""
    app = App(moment(RUN))
    people = [f"p-{number}" for number in range(20)]
    app.agree(*people)
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for person in people:
            app.engine.observe(Signal("run.finished", person), purpose=TRAINING)
            app.engine.tick()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(one.person or "" for one in app.opened()) == sorted(people)


def test_many_threads_lose_no_signal_of_a_count() -> None:
    """A person read from the disk while others write about them is counted right."""
    app = App(moment(OnLevel("run.finished", 160, "count")))
    app.agree()
    app.restart()
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(20):
            app.engine.observe(Signal("run.finished", "ada"), purpose=TRAINING)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert len(app.opened()) == 1


def test_a_moment_declared_without_openings_opens_no_more() -> None:
    """And one whose level was moved opens at the new one."""
    app = App(moment(KM))
    app.agree()
    app.run(790)
    app.engine.declare(moment(OnLevel("run.finished", 900, field="km")))
    app.run(50)
    assert not app.opened()
    app.engine.declare(moment())
    app.run(500)
    assert not app.opened()


class Damaged(MemoryStore):
    """Cannot read what is kept of ben."""

    is_damaged = False

    def read(self, person: str | None = None) -> Iterator[Fact]:
        """Give facts, but ben's."""
        if self.is_damaged and person == "ben":
            raise StoreDamaged("Stream `ben` is not whole.")
        return super().read(person)


def test_somebody_who_cannot_be_read_keeps_nobody_else_back() -> None:
    """All others are opened; the tick says what was wrong, once."""
    store = Damaged()
    app = App(moment(AtTime("13:00", zone="UTC")), store=store)
    app.agree("ada", "ben", "cy")
    app.restart()
    store.is_damaged = True
    app.clock.forward(hours=1)
    with pytest.raises(StoreDamaged, match="is not whole"):
        app.engine.tick()

    assert [one.person for one in app.opened()] == ["ada", "cy"]
    assert app.engine.tick() == 0


def test_signals_are_kept_though_one_of_them_can_open_nothing() -> None:
    """What is wrong is said by the next tick, not to whoever sent the signals."""
    store = Damaged()
    app = App(moment(RUN), store=store)
    app.agree("ada", "ben")
    store.is_damaged = True
    answers = app.engine.observe(
        [Signal("run.finished", "ben"), Signal("run.finished", "ada")], purpose=TRAINING
    )

    assert all(answers)
    assert [one.person for one in app.opened()] == ["ada"]
    with pytest.raises(StoreDamaged, match="is not whole"):
        app.engine.tick()


def test_a_never_holds_for_what_opens_by_itself() -> None:
    """The person's rule removes the offer; the decision says so."""
    app = App(moment(RUN))
    app.agree()
    app.engine.observe(
        Signal("never.stated", "ada", data={"name": "no", "text": "no offers", "action": "offer"})
    )
    app.run()

    assert "no offers" in app.opened()[0].removed[0].sentence
    assert not app.letters()
    assert isinstance(app.engine.profile("ada").nevers[0], Never)
