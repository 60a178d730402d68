"""The scheduler: what is due is opened and brought in time, tried again, and ends cleanly."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from adapters.channels.targets import OK, answer, target
from runners import CARE, RUN, App, moment

from penchant import Action, AtTime, Engine, QuietHours
from penchant.adapters.channels import delivering, scheduler
from penchant.adapters.channels.inbox import Inbox
from penchant.adapters.channels.scheduler import Scheduler
from penchant.adapters.channels.signing import new_secret
from penchant.adapters.channels.webhook import Webhook
from penchant.adapters.store.memory import MemoryStore
from penchant.deliver.channel import TRIES, Sending
from penchant.deliver.letter import Letter
from penchant.errors import StoreFailed
from penchant.journal import Block, Claimed, Decided, Fact, Settled

HOOK = [Action("offer", channel="hook")]


class Channel:
    """Answers as it is told, and notes what it got."""

    name = "hook"

    def __init__(self, *answers: Sending | Exception) -> None:
        """Give these answers, the last one for good."""
        self.answers = list(answers) or [Sending("sent")]
        self.got: list[Letter] = []
        self.is_closed = False

    def takes(self, letter: Letter) -> bool:
        """Take everything."""
        return bool(letter)

    async def send(self, letter: Letter) -> Sending:
        """Give the next answer."""
        self.got.append(letter)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True


def going(check: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a check in a loop."""
    asyncio.run(check())


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; the time limit of tests is the end of it."""
    while not holds():  # noqa: ASYNC110 - what is waited for knows of no event
        await asyncio.sleep(0.002)


def hows(app: App) -> list[str]:
    """Give how letters were settled."""
    return [fact.how for fact in app.store.read() if isinstance(fact, Settled)]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses be short: their length is tested elsewhere."""
    monkeypatch.setattr(delivering, "pause", lambda *_: 0.01)
    monkeypatch.setattr(scheduler, "AGAIN", 0.01)
    monkeypatch.setattr(scheduler, "LEAST", 0.001)


def test_what_a_signal_opens_is_brought_at_once() -> None:
    """The signal is observed in another thread; the letter is claimed, sent and settled."""
    app, channel = App(moment(RUN, actions=HOOK)), Channel()
    app.agree()

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await asyncio.to_thread(app.run)
            await until(lambda: hows(app))

    going(check)
    assert [letter.person for letter in channel.got] == ["ada"]
    assert hows(app) == ["sent"]
    assert channel.is_closed


def test_what_waited_before_is_brought_at_the_start() -> None:
    """A letter of before a restart."""
    app, channel = App(moment(RUN, actions=HOOK)), Channel()
    app.agree()
    app.run()
    app.restart()

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await until(lambda: hows(app))

    going(check)
    assert hows(app) == ["sent"]


def test_it_sleeps_until_something_is_due() -> None:
    """With an hour to go, and nobody who rings, nothing is asked for."""
    asked: list[str] = []

    async def run(call: Callable[..., Any], *given: Any) -> Any:
        asked.append(call.__name__)
        return call(*given)

    async def check() -> None:
        with Engine.open() as engine:
            later = datetime.now(UTC) + timedelta(hours=1)
            engine.consent("ada", CARE)
            engine.declare(moment(AtTime(f"{later:%H:%M}", zone="UTC")))
            async with Scheduler(engine, run=run):
                await asyncio.sleep(0.1)

    going(check)
    assert asked == ["due_at"]


def test_a_time_that_has_come_opens_and_is_brought() -> None:
    """The clock says nine: all who agreed are opened, in slices, and each letter is brought."""
    app, channel = App(moment(AtTime("09:00", zone="UTC"), actions=HOOK)), Channel()
    people = [f"p-{number}" for number in range(600)]
    app.agree(*people)
    app.clock.forward(hours=21)

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await until(lambda: len(hows(app)) == len(people))

    going(check)
    assert sorted(letter.person for letter in channel.got) == sorted(people)


def test_what_comes_back_is_tried_again_with_the_same_id() -> None:
    """Until it is sent."""
    app = App(moment(RUN, actions=HOOK))
    app.agree()
    channel = Channel(Sending("returned", "No."), Sending("returned", "No."), Sending("sent"))

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await asyncio.to_thread(app.run)
            await until(lambda: "sent" in hows(app))

    going(check)
    assert hows(app) == ["returned", "returned", "sent"]
    assert len({letter.id for letter in channel.got}) == 1
    assert [letter.tries for letter in channel.got] == [0, 1, 2]


def test_what_comes_back_too_often_has_failed() -> None:
    """After so many tries it is the end."""
    app, channel = App(moment(RUN, actions=HOOK)), Channel(Sending("returned", "No."))
    app.agree()

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await asyncio.to_thread(app.run)
            await until(lambda: "failed" in hows(app))

    going(check)
    assert hows(app) == ["returned"] * (TRIES - 1) + ["failed"]
    assert "It was not sent. No." in str(app.engine.explain(channel.got[0].id))


def test_what_may_not_be_sent_at_night_is_sent_in_the_morning() -> None:
    """Decided a minute before ten, held back at ten, brought at seven without anybody asking."""
    app = App(moment(RUN, actions=HOOK, guardrails=[QuietHours("22:00", "07:00")]))
    app.agree(zone="UTC")
    app.clock.forward(hours=9, minutes=59)
    app.run()
    app.clock.forward(minutes=1)
    channel = Channel()

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await until(lambda: app.engine.outbox.due_at() == morning)
            assert not channel.got
            app.clock.now = morning
            await asyncio.to_thread(app.run, 10.0, "ben")  # the clock is set by hand: this wakes it
            await until(lambda: len(channel.got) == 2)

    morning = app.clock.now + timedelta(hours=9)
    app.agree("ben", zone="UTC")
    going(check)
    assert hows(app) == ["sent", "sent"]


def test_what_is_perhaps_sent_is_not_sent_again() -> None:
    """It was given away, and nobody knows."""
    app, channel = App(moment(RUN, actions=HOOK)), Channel(Sending("unknown", "Gone."))
    app.agree()

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await asyncio.to_thread(app.run)
            await until(lambda: hows(app))
            await asyncio.sleep(0.05)

    going(check)
    assert hows(app) == ["unknown"]
    assert len(channel.got) == 1


def test_a_channel_that_raises_keeps_no_other_letter_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its letter stays claimed, so it is unknown in the end; the log names the error, nobody."""
    app = App(moment(RUN, actions=HOOK))
    app.agree("ada", "ben")
    channel = Channel(ValueError("ada said no"), Sending("sent"))

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await asyncio.to_thread(app.run, 10.0, "ada")
            await until(lambda: channel.got)
            await asyncio.to_thread(app.run, 10.0, "ben")
            await until(lambda: hows(app))

    with caplog.at_level(logging.ERROR):
        going(check)
    assert hows(app) == ["sent"]
    assert "could not be brought: ValueError" in caplog.text
    assert "said no" not in caplog.text


def test_a_letter_for_which_there_is_no_channel_waits() -> None:
    """Somebody else may bring it, until its window closes."""
    app, channel = App(moment(RUN, actions=[Action("offer", channel="push")])), Channel()
    app.agree()

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await asyncio.to_thread(app.run)
            await asyncio.sleep(0.02)

    going(check)
    assert not channel.got
    assert len(app.letters()) == 1


def test_the_inbox_is_brought_to_who_listens_and_else_left() -> None:
    """Nobody listens: it waits in the outbox. Somebody does: it is there at once."""
    app = App(moment(RUN))
    app.agree("ada", "ben")

    async def check() -> None:
        inbox = Inbox(app.engine.outbox)
        async with Scheduler(app.engine, channels=[inbox], clock=app.clock):
            async with inbox.listen("ada") as letters:
                await asyncio.to_thread(app.run, 10.0, "ben")
                await asyncio.to_thread(app.run, 10.0, "ada")
                assert (await anext(letters)).person == "ada"
            await until(lambda: hows(app))
            assert [letter.person for letter in app.letters()] == ["ben"]

    going(check)
    assert hows(app) == ["sent"]


def test_a_webhook_is_called_until_its_target_accepts() -> None:
    """The target answers 500, then 200, and gets the same id twice."""
    app = App(moment(RUN, actions=[Action("offer", channel="webhook")]))
    app.agree()

    async def check() -> None:
        async with target(answer(500), OK) as there:
            hook = Webhook(there.url, new_secret(), allow_private=True)
            async with Scheduler(app.engine, channels=[hook], clock=app.clock):
                await asyncio.to_thread(app.run)
                await until(lambda: "sent" in hows(app))
            assert len({got.headers["webhook-id"] for got in there.got}) == 1
            assert len(there.got) == 2

    going(check)


class FullDisk(MemoryStore):
    """Keeps nothing of openings while it is full."""

    is_full = False

    def append(self, facts: Sequence[Fact] | Block) -> None:
        """Keep facts while there is room for them."""
        kinds = Decided | Claimed
        if self.is_full and any(isinstance(fact, kinds) for fact in facts):
            raise StoreFailed("The disk is full.")
        super().append(facts)


def test_a_full_disk_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    """It says so in the log, goes on, and opens once there is room."""
    store, channel = FullDisk(), Channel()
    app = App(moment(RUN, actions=HOOK), store=store)
    app.agree()
    store.is_full = True

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await asyncio.to_thread(app.run)
            await until(lambda: "could not be opened: The disk is full." in caplog.text)
            store.is_full = False
            await until(lambda: hows(app))

    with caplog.at_level(logging.ERROR):
        going(check)
    assert hows(app) == ["sent"]


def test_what_is_in_hand_at_the_end_is_finished() -> None:
    """A letter that was claimed is settled before the scheduler is gone."""
    app = App(moment(RUN, actions=HOOK))
    app.agree()
    begun, goes_on = asyncio.Event(), asyncio.Event()

    class Slow(Channel):
        async def send(self, letter: Letter) -> Sending:
            begun.set()
            await goes_on.wait()
            return await super().send(letter)

    channel = Slow()

    async def check() -> None:
        async with Scheduler(app.engine, channels=[channel], clock=app.clock):
            await asyncio.to_thread(app.run)
            await begun.wait()
            asyncio.get_running_loop().call_later(0.05, goes_on.set)

    going(check)
    assert hows(app) == ["sent"]
    assert channel.is_closed


def test_the_loop_is_not_held_up_while_ten_thousand_are_opened() -> None:
    """Ticks run in a thread: a task that counts goes on counting meanwhile."""
    app, counted = App(moment(AtTime("09:00", zone="UTC"))), 0
    for number in range(2_000):
        app.engine.consent(f"p-{number}", CARE)
    app.clock.forward(hours=21)

    async def count() -> None:
        nonlocal counted
        while True:
            counted += 1
            await asyncio.sleep(0)

    async def check() -> None:
        counting = asyncio.create_task(count())
        async with Scheduler(app.engine, clock=app.clock):
            await until(lambda: len(app.opened()) == 2_000)
        counting.cancel()

    going(check)
    assert counted > 100
