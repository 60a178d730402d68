"""A process that is killed while it sends: the letter is not sent again."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from adapters.channels.targets import target

from penchant import Engine
from penchant.adapters.channels.scheduler import Scheduler
from penchant.adapters.channels.signing import new_secret
from penchant.adapters.channels.webhook import Webhook

CHILD = """
import asyncio, sys

from penchant import Action, Engine, Moment, OnSignal, Signal
from penchant.adapters.channels.scheduler import Scheduler
from penchant.adapters.channels.webhook import Webhook

async def main(path, url, secret):
    with Engine.open(path, seed=7) as engine:
        engine.declare(Moment("nudge", "care", [Action("tip", channel="webhook")],
                              opens=[OnSignal("run.finished")]))
        hook = Webhook(url, secret, allow_private=True, timeout=60)
        async with Scheduler(engine, channels=[hook]):
            for number in range(20):
                engine.consent(f"p-{number}", "care")
                engine.observe(Signal("run.finished", f"p-{number}"), purpose="care")
            await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
def test_what_was_given_away_when_the_process_was_killed_is_not_sent_again(tmp_path: Path) -> None:
    """The target hangs, the sender is killed; what it had not begun to send is sent afterwards."""
    path, secret = str(tmp_path / "people.db"), new_secret()

    async def run() -> None:
        async with target(None) as there:
            given = (sys.executable, "-c", CHILD, path, there.url, secret)
            child = await asyncio.create_subprocess_exec(*given)
            while not there.got:  # noqa: ASYNC110 - another process sets it
                await asyncio.sleep(0.01)
            child.send_signal(signal.SIGKILL)
            await child.wait()
            first = {got.headers["webhook-id"] for got in there.got}
        async with target() as there:
            with Engine.open(path, seed=8) as engine:
                waiting = {letter.id for letter in engine.outbox.waiting()}
                hook = Webhook(there.url, secret, allow_private=True)
                async with Scheduler(engine, channels=[hook]):
                    while engine.outbox.waiting():  # noqa: ASYNC110 - threads empty it
                        await asyncio.sleep(0.01)
                    engine.tick()
                told = [engine.explain(one).sentences[-1] for one in first]
            second = {got.headers["webhook-id"] for got in there.got}

        assert first
        assert not first & second
        assert second == waiting
        assert all("not sent again" in sentence for sentence in told)

    asyncio.run(run())
