"""The scheduler: opens what is due in time, and has letters brought, while a service runs.

    async with Scheduler(engine, channels=[Inbox(engine.outbox), Webhook(url, secret)]):
        ...

Rule 1: it sleeps until something is due or somebody rings; it never polls.
Rule 2: what waits for the disk runs in a thread, so no event loop is held up.
Rule 3: an error is logged and tried again later; it ends nothing.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from penchant.adapters.channels.delivering import Delivering, Run, in_loop, told
from penchant.deliver.channel import Channel
from penchant.engine import Engine

__all__ = ["Scheduler"]

LONGEST = 60.0
"""Seconds after which it looks in any case: a machine that slept does not see that time passed."""

AGAIN = 1.0
"""Seconds between two tries while the disk fails."""

LEAST = 0.05
"""Seconds between two looks where a time has come and nothing was due after all."""

_log = logging.getLogger("penchant.scheduler")


class Scheduler:
    """Ticks an engine in time and brings its letters; an async context manager."""

    def __init__(
        self,
        engine: Engine,
        *,
        channels: Sequence[Channel] = (),
        run: Run = asyncio.to_thread,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Serve an engine.

        Args:
            engine: Whose moments open by themselves.
            channels: That bring letters; they are closed at the end.
            run: Runs what waits for the disk in a thread.
            clock: The engine's, where that is not the machine's.
        """
        self._engine, self._channels, self._run = engine, tuple(channels), run
        self._clock = clock or (lambda: datetime.now(UTC))
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        """Begin."""
        delivering = Delivering(self._engine.outbox, self._channels, run=self._run)
        self._tasks = [asyncio.create_task(self._tick()), asyncio.create_task(delivering.run())]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End: what is in hand is finished, then channels are closed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for channel in self._channels:
            await channel.close()

    async def _tick(self) -> None:
        """Tick whenever something is due."""
        loop = asyncio.get_running_loop()
        end = self._engine.outbox.listen(lambda _: in_loop(loop, self._woken.set))
        try:
            while True:
                self._woken.clear()
                await self._sleep(await self._tick_once())
        finally:
            end()

    async def _tick_once(self) -> float:
        """Tick if something is due; say for how many seconds there is nothing to do."""
        try:
            before = await self._wait()
            if before > 0.0:
                return before
            concerned = await self._run(self._engine.tick)
            after = await self._wait()
        except Exception as error:  # noqa: BLE001 - a task that ends would open nothing any more
            _log.error("Moments could not be opened: %s", told(error))
            return AGAIN
        return after if concerned else max(after, LEAST)

    async def _wait(self) -> float:
        """Say in how many seconds something is due."""
        due = await self._run(self._engine.outbox.due_at)
        if due is None:
            return LONGEST
        return min(max((due - self._clock()).total_seconds(), 0.0), LONGEST)

    async def _sleep(self, seconds: float) -> None:
        """Sleep, or wake when somebody rings."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return
