"""The check kit of channels: what brings a letter to a person must keep, whatever it brings it by.

Each check takes `make`, which gives an async context manager of a `Rig`: a channel that can reach
somebody, and a way to see what arrived there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import replace

from penchant.deliver.channel import Channel, Sending
from penchant.deliver.letter import Letter
from penchant.testing.expecting import checks_of, expect
from penchant.words import Action, FrozenMap

__all__ = ["CHANNEL_CHECKS", "Make", "Rig", "a_letter"]

_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_HOWS = get_args(Sending.__annotations__["how"])
_MANY = 20


class Rig(Struct, frozen=True):
    """A channel at work, and what arrived at the person it reaches, by id, in order.

    `person` is whom it reaches; a letter for anybody else need not arrive.
    """

    channel: Channel
    person: str
    arrived: Callable[[], Awaitable[Sequence[str]]]


Make = Callable[[], AbstractAsyncContextManager[Rig]]


def a_letter(rig: Rig, name: str = "d-1", **more: Any) -> Letter:
    """Give a letter that a rig can bring."""
    action = Action(
        "tip",
        FrozenMap({"kind": "walk", "minutes": 10, "loud": False, "look": (0.5, 1.0)}),
        content="Zehn Minuten an die Luft? “Ja” \u2028 \U0001f6b6",
        channel=rig.channel.name,
        burden=0.2,
    )
    letter = Letter(name, rig.person, "nudge", _NOON, _NOON + timedelta(days=1), action)
    return replace(letter, **more)


def check_it_has_a_name(make: Make) -> None:
    """Actions name it, so its name is one line of text, and always the same."""

    async def check(rig: Rig) -> None:
        name: object = rig.channel.name
        await rig.channel.send(a_letter(rig))
        expect(isinstance(name, str) and name.isprintable() and name.strip(), "It has no name.")
        expect(rig.channel.name == name, "Its name changes.")

    _run(make, check)


def check_a_letter_arrives_once(make: Make) -> None:
    """What it says is sent has arrived, once."""

    async def check(rig: Rig) -> None:
        expect(rig.channel.takes(a_letter(rig)), "It does not take a letter that it can bring.")
        sending = await rig.channel.send(a_letter(rig))
        expect(sending.how == "sent", f"It says `{sending.how}` of what it could send.")
        arrived = list(await rig.arrived())
        expect(arrived == ["d-1"], f"It says it is sent, and {len(arrived)} letters arrived.")

    _run(make, check)


def check_a_letter_keeps_its_id(make: Make) -> None:
    """Tried again it has the same id, so that who gets it twice can tell."""

    async def check(rig: Rig) -> None:
        for tries in range(3):
            await rig.channel.send(a_letter(rig, tries=tries))
        arrived = set(await rig.arrived())
        expect(arrived == {"d-1"}, "A letter that is tried again has another id.")

    _run(make, check)


def check_many_at_once_all_arrive(make: Make) -> None:
    """Letters that are sent at the same time do not hinder each other."""

    async def check(rig: Rig) -> None:
        names = [f"d-{number}" for number in range(_MANY)]
        tries = [rig.channel.send(a_letter(rig, name)) for name in names]
        told = await asyncio.gather(*tries)
        sent = {name for name, one in zip(names, told, strict=True) if one.how == "sent"}
        expect(len(sent) == _MANY, f"Of {_MANY} at once it sent {len(sent)}.")
        expect(set(await rig.arrived()) == sent, "What arrived is not what it says it sent.")

    _run(make, check)


def check_it_says_what_became_of_it(make: Make) -> None:
    """For everything but success there is a sentence, on one line, that names nobody."""

    async def check(rig: Rig) -> None:
        first: Any = await rig.channel.send(a_letter(rig))
        await rig.channel.close()
        second: Any = await rig.channel.send(a_letter(rig, "d-2"))
        for one in (first, second):
            expect(isinstance(one, Sending) and one.how in _HOWS, "It gives no Sending.")
            ends = one.sentence.isprintable() and one.sentence[-1:] == "."
            expect(one.how == "sent" or ends, "It does not say why in a sentence on one line.")
            expect(rig.person not in one.sentence, "Its sentence names a person.")
            expect(one.again_after >= 0.0, "It asks to be tried again before now.")

    _run(make, check)


def check_closed_it_sends_nothing(make: Make) -> None:
    """Afterwards it takes no letter, and says of one that it surely did not leave."""

    async def check(rig: Rig) -> None:
        await rig.channel.close()
        await rig.channel.close()
        expect(not rig.channel.takes(a_letter(rig)), "It is closed and takes letters.")
        sending = await rig.channel.send(a_letter(rig))
        expect(sending.how == "returned", f"It is closed and says `{sending.how}`.")
        expect(not await rig.arrived(), "It is closed and sends letters.")

    _run(make, check)


def _run(make: Make, check: Callable[[Rig], Coroutine[Any, Any, None]]) -> None:
    """Run a check in a loop of its own."""

    async def run() -> None:
        async with make() as rig:
            await check(rig)

    asyncio.run(run())


CHANNEL_CHECKS: tuple[Callable[..., None], ...] = checks_of(globals())
"""Every check, found by its name; each takes `make`."""
