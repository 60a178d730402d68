"""The inbox of an app: letters wait until somebody looks or listens; who never reads is dropped."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from runners import CARE, RUN, App, moment

from penchant import Action, Signal
from penchant.adapters.channels.inbox import Inbox, Listening
from penchant.deliver.letter import Letter
from penchant.journal import Settled
from penchant.words import Consent


@pytest.fixture
def app() -> App:
    """Give an app with one letter for ada."""
    app = App(moment(RUN))
    app.agree("ada", "ben")
    app.run()
    return app


def offered(app: App, person: str = "ada") -> Letter:
    """Have one more letter wait, and give it."""
    app.clock.forward(days=1)
    app.run(person=person)
    return app.letters(person)[-1]


def going(app: App, check: Callable[[Inbox], Coroutine[Any, Any, None]], **more: int) -> None:
    """Run a check with an inbox."""

    async def run() -> None:
        inbox = Inbox(app.engine.outbox, **more)
        await check(inbox)
        await inbox.close()

    asyncio.run(run())


async def bring(inbox: Inbox, app: App, letter: Letter) -> str:
    """Claim a letter, send it, and settle it, as a service does."""
    assert inbox.takes(letter)
    assert app.engine.outbox.claim(letter.id)
    sending = await inbox.send(letter)
    app.engine.outbox.settle(letter.id, sending.how)
    return sending.how


def test_the_list_gives_what_waits_and_what_was_seen(app: App) -> None:
    """A look brings a letter; a second look shows it again, until its window closes."""
    inbox = Inbox(app.engine.outbox)
    (letter,) = app.letters()

    assert inbox.list("ada") == (letter,)
    assert inbox.list("ada") == (letter,)
    assert not inbox.list("ben")
    assert [one.how for one in app.store.read() if isinstance(one, Settled)] == ["sent"]
    app.clock.now = letter.until
    assert not inbox.list("ada")


def test_the_list_is_the_same_after_a_restart(app: App) -> None:
    """What was brought lies there, and is not brought again."""
    (letter,) = Inbox(app.engine.outbox).list("ada")
    app.restart()

    assert Inbox(app.engine.outbox).list("ada") == (letter,)
    assert len([one for one in app.store.read() if isinstance(one, Settled)]) == 1


def test_the_list_does_not_show_what_the_person_no_longer_agrees_to(app: App) -> None:
    """Neither what waits nor what lay there."""
    inbox = Inbox(app.engine.outbox)
    inbox.list("ada")
    offered(app)
    app.engine.consent("ada", CARE, dial=0.01)

    assert isinstance(app.engine.profile("ada").consents[0], Consent)
    assert not inbox.list("ada")


def test_letters_for_other_channels_are_not_in_the_inbox() -> None:
    """An action that names a channel goes there."""
    app = App(moment(RUN, actions=[Action("offer", channel="webhook")]))
    app.agree()
    app.run()

    assert not Inbox(app.engine.outbox).list("ada")
    assert len(app.letters()) == 1


def test_a_stream_gives_what_lies_there_and_then_what_comes(app: App) -> None:
    """Each letter once, oldest first."""

    async def check(inbox: Inbox) -> None:
        (first,) = app.letters()
        async with inbox.listen("ada") as letters:
            assert await anext(letters) == first
            second = offered(app)
            assert await bring(inbox, app, second) == "sent"
            assert await anext(letters) == second
            assert inbox.list("ada") == (first, second)

    going(app, check)


def test_a_stream_is_that_of_one_person(app: App) -> None:
    """What is for somebody else is not taken."""

    async def check(inbox: Inbox) -> None:
        async with inbox.listen("ben"):
            assert not inbox.takes(app.letters()[0])
            sending = await inbox.send(app.letters()[0])
            assert sending.how == "returned"
            assert "waits in the inbox" in sending.sentence

    going(app, check)


def test_a_stream_under_an_id_of_before_a_merge_goes_on(app: App) -> None:
    """Who listens as a visitor gets what is for the person they turned out to be."""

    async def check(inbox: Inbox) -> None:
        async with inbox.listen("anon-7") as letters:
            app.engine.observe(Signal("person.merged", "ada", data={"from": "anon-7"}))
            second = offered(app)
            assert await bring(inbox, app, second) == "sent"
            assert await anext(letters) == second

    going(app, check)


def test_two_streams_of_a_person_get_it_both(app: App) -> None:
    """Two open windows show the same; what is brought is one letter."""

    async def check(inbox: Inbox) -> None:
        async with inbox.listen("ada") as one, inbox.listen("ada") as other:
            first = await anext(one)
            assert await anext(other) == first
            second = offered(app)
            await bring(inbox, app, second)
            assert await anext(one) == await anext(other) == second

    going(app, check)


def test_who_does_not_read_is_dropped_and_finds_all_in_the_list(app: App) -> None:
    """After three letters that nobody read the stream ends; memory is bounded, nothing is lost."""

    async def check(inbox: Inbox) -> None:
        async with inbox.listen("ada") as letters:
            for _ in range(3):
                await bring(inbox, app, offered(app))
            assert not letters.ended.is_set()
            assert not inbox.takes(offered(app))
            assert letters.ended.is_set()
            assert len([one async for one in letters]) == 4
        assert len(inbox.list("ada")) == 5

    going(app, check, buffer=3)


def test_a_long_list_drops_nobody(app: App) -> None:
    """What lay there before somebody listened takes no room in the buffer."""

    async def check(inbox: Inbox) -> None:
        for _ in range(3):
            offered(app)
        async with inbox.listen("ada") as letters:
            last = offered(app)
            assert await bring(inbox, app, last) == "sent"
            assert [(await anext(letters)).at for _ in range(5)][-1] == last.at

    going(app, check, buffer=1)


def test_what_does_not_fit_ends_a_stream() -> None:
    """And what is offered afterwards is not taken."""
    listening = Listening("ada", 1)
    now = App().clock.now
    letter = Letter("d-1", "ada", "m", now, now, Action("tip"))

    assert listening.offer(letter)
    assert not listening.offer(letter)
    assert not listening.offer(letter)
    assert listening.ended.is_set()


def test_closing_ends_all_streams(app: App) -> None:
    """Who listens is let go; afterwards nobody is listened for."""

    async def check(inbox: Inbox) -> None:
        async with inbox.listen("ada") as letters:
            await inbox.close()
            assert len([one async for one in letters]) == 1
            assert not inbox.takes(app.letters()[0]) if app.letters() else True

    going(app, check)


def test_what_is_stale_is_not_in_a_stream(app: App) -> None:
    """Who comes back after a week finds nothing old."""

    async def check(inbox: Inbox) -> None:
        app.clock.now += timedelta(days=8)
        async with inbox.listen("ada") as letters:
            letters.end()
            assert [one async for one in letters] == []

    going(app, check)
