"""Every channel passes every check of the kit; broken ones do not."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from adapters.channels.targets import target
from engines import engine_on

from penchant.adapters.channels.inbox import Inbox
from penchant.adapters.channels.signing import new_secret
from penchant.adapters.channels.webhook import Webhook
from penchant.deliver.channel import Sending
from penchant.deliver.letter import Letter
from penchant.testing import channels
from penchant.testing.channels import CHANNEL_CHECKS, Make, Rig

Check = Callable[[Make], None]


@asynccontextmanager
async def inbox() -> AsyncIterator[Rig]:
    """Give an inbox with somebody who listens and notes what they got."""
    got: list[str] = []
    note = got.append

    async def listen() -> None:
        async with box.listen("ada") as letters:
            listens.set()
            async for letter in letters:
                note(letter.id)

    async def arrived() -> Sequence[str]:
        await asyncio.sleep(0.01)
        return got

    with engine_on() as engine:
        box, listens = Inbox(engine.outbox), asyncio.Event()
        task = asyncio.create_task(listen())
        await listens.wait()
        yield Rig(box, "ada", arrived)
        await box.close()
        await task


@asynccontextmanager
async def webhook() -> AsyncIterator[Rig]:
    """Give a webhook with a target on this machine."""

    async def arrived() -> Sequence[str]:
        return [got.headers["webhook-id"] for got in there.got]

    async with target() as there:
        hook = Webhook(there.url, new_secret(), allow_private=True)
        yield Rig(hook, "ada", arrived)
        await hook.close()


@pytest.mark.parametrize("make", [inbox, webhook])
@pytest.mark.parametrize("check", CHANNEL_CHECKS, ids=lambda check: check.__name__[6:])
def test_the_channel_keeps_its_contract(check: Check, make: Make) -> None:
    """The channel does what the check says."""
    check(make)


class _Good:
    """Brings letters to a list; each class below breaks one thing."""

    name = "list"

    def __init__(self) -> None:
        """Start with an empty list."""
        self.got: list[str] = []
        self.is_closed = False

    def takes(self, letter: Letter) -> bool:
        """Take everything while it is open."""
        return bool(letter) and not self.is_closed

    async def send(self, letter: Letter) -> Sending:
        """Put a letter on the list."""
        if self.is_closed:
            return Sending("returned", "It is closed.")
        self.got.append(letter.id)
        return Sending("sent")

    async def close(self) -> None:
        """Take no more."""
        self.is_closed = True


def _rigged(kind: type[_Good]) -> Make:
    @asynccontextmanager
    async def make() -> AsyncIterator[Rig]:
        channel = kind()

        async def arrived() -> Sequence[str]:
            return channel.got

        yield Rig(channel, "ada", arrived)

    def made() -> AbstractAsyncContextManager[Rig]:
        return make()

    return made


class _Nameless(_Good):
    name = "\n"


class _Twice(_Good):
    async def send(self, letter: Letter) -> Sending:
        self.got.append(letter.id)
        return await super().send(letter)


class _Renaming(_Good):
    async def send(self, letter: Letter) -> Sending:
        self.got.append(f"{letter.id}-{letter.tries}")
        return Sending("sent")


class _OneAtATime(_Good):
    is_busy = False

    async def send(self, letter: Letter) -> Sending:
        if self.is_busy:
            return Sending("returned", "It is busy.")
        self.is_busy = True
        await asyncio.sleep(0)
        self.is_busy = False
        return await super().send(letter)


class _Silent(_Good):
    async def send(self, letter: Letter) -> Sending:
        sending = await super().send(letter)
        return sending if sending.how == "sent" else Sending("returned")


class _Open(_Good):
    async def close(self) -> None:
        """Go on."""


BROKEN: tuple[tuple[type[_Good], Check], ...] = (
    (_Nameless, channels.check_it_has_a_name),
    (_Twice, channels.check_a_letter_arrives_once),
    (_Renaming, channels.check_a_letter_keeps_its_id),
    (_OneAtATime, channels.check_many_at_once_all_arrive),
    (_Silent, channels.check_it_says_what_became_of_it),
    (_Open, channels.check_closed_it_sends_nothing),
)


@pytest.mark.parametrize(("broken", "check"), BROKEN)
def test_a_broken_channel_fails_its_check(broken: type[_Good], check: Check) -> None:
    """What the check is for makes it fail, and a channel that breaks nothing passes it."""
    check(_rigged(_Good))
    with pytest.raises(AssertionError):
        check(_rigged(broken))


def test_every_check_of_channels_is_seen_to_fail() -> None:
    """The broken channels above leave out no check of the kit."""
    assert {check for _, check in BROKEN} == set(CHANNEL_CHECKS)
