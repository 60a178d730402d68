"""Delivering: letters from the outbox to the channels that bring them.

Rule 1: a letter is claimed, durably, before a channel gets it, and settled right behind.
Rule 2: what comes back is tried again, each time after a longer pause, at most `TRIES` times; while
a target fails, all letters for it wait, unclaimed.
Rule 3: a letter that a channel does not take now is left in the outbox, where whom it is for finds
it; a letter for which there is no channel waits there until its window closes.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import Any, Protocol, TypeVar

from penchant.deliver.channel import TRIES, Channel, Sending, pause
from penchant.deliver.letter import Letter
from penchant.errors import PenchantError
from penchant.runtime.outbox.outbox import How, Outbox

__all__ = ["Delivering", "Run", "in_loop", "told"]

AT_ONCE = 8
"""Letters one channel has in hand at a time."""

T = TypeVar("T")
_log = logging.getLogger("penchant.delivering")


class Run(Protocol):
    """Runs what waits for the disk outside of the event loop."""

    def __call__(self, call: Callable[..., T], /, *given: Any) -> Awaitable[T]:
        """Run `call` and give what it gives."""
        ...


class _Queue:
    """Letters for one channel, by the time from which they may be tried."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.rests_until = 0.0
        self.in_a_row = 0
        self._number = count()
        self._letters: list[tuple[float, int, Letter]] = []

    def put(self, letter: Letter, when: float) -> None:
        """Let a letter wait until a time."""
        heappush(self._letters, (when, next(self._number), letter))

    def take(self, now: float) -> Letter | None:
        """Take the letter that waited longest, if one may be tried now."""
        if not self._letters or max(self._letters[0][0], self.rests_until) > now:
            return None
        return heappop(self._letters)[2]

    def wakes_at(self) -> float | None:
        """Say when a letter may be tried next."""
        return max(self._letters[0][0], self.rests_until) if self._letters else None


class Delivering:
    """Brings letters as they come, in tasks of one event loop."""

    def __init__(self, outbox: Outbox, channels: Sequence[Channel], *, run: Run) -> None:
        """Bring what an outbox holds by some channels.

        Args:
            outbox: Of the engine.
            channels: Each by its own name.
            run: Runs what waits for the disk in a thread, such as `asyncio.to_thread`.
        """
        self._outbox, self._run_in_thread = outbox, run
        self._queues = {channel.name: _Queue(channel) for channel in channels}
        self._woken = asyncio.Event()
        self._in_hand: dict[str, int] = dict.fromkeys(self._queues, 0)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Bring letters until cancelled; what is in hand then is finished first."""
        loop = asyncio.get_running_loop()
        end = self._outbox.listen(lambda new: in_loop(loop, self._meet, new))
        try:
            for name in self._queues:
                self._meet(await self._run_in_thread(self._outbox.waiting, None, name))
            while True:
                self._woken.clear()
                await self._wait(self._begin())
        finally:
            end()
            if self._tasks:
                await asyncio.wait(self._tasks)

    def _meet(self, letters: Sequence[Letter]) -> None:
        """Take letters that wait from now on; those that came back wait for a while."""
        now = asyncio.get_running_loop().time()
        for letter in letters:
            queue = self._queues.get(letter.channel)
            if queue is not None:
                queue.put(letter, now + (pause(letter.tries) if letter.tries else 0.0))
        self._woken.set()

    def _begin(self) -> float | None:
        """Begin to bring what may be brought; say when there may be more."""
        now = asyncio.get_running_loop().time()
        times: list[float] = []
        for name, queue in self._queues.items():
            while self._in_hand[name] < AT_ONCE and (letter := queue.take(now)) is not None:
                if queue.channel.takes(letter):
                    self._in_hand[name] += 1
                    task = asyncio.create_task(self._bring(queue, letter))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
            wakes_at = queue.wakes_at()
            if wakes_at is not None and self._in_hand[name] < AT_ONCE:
                times.append(wakes_at)
        return min(times, default=None)

    async def _wait(self, until: float | None) -> None:
        try:
            async with asyncio.timeout_at(until):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _bring(self, queue: _Queue, letter: Letter) -> None:
        """Claim a letter, hand it over, settle it."""
        try:
            claimed = await self._run_in_thread(self._outbox.claim, letter.id)
            if isinstance(claimed, Letter):
                sending = await queue.channel.send(claimed)
                how = _settled(sending, claimed)
                await self._run_in_thread(self._outbox.settle, claimed.id, how, sending.sentence)
                self._note(queue, sending)
        except Exception as error:  # noqa: BLE001 - what a channel raises must keep nothing back
            _log.error("Letter %s could not be brought: %s", letter.id, told(error))
        finally:
            self._in_hand[queue.channel.name] -= 1
            self._woken.set()

    def _note(self, queue: _Queue, sending: Sending) -> None:
        """Let a channel rest after a try that came back, longer each time in a row."""
        queue.in_a_row = queue.in_a_row + 1 if sending.how == "returned" else 0
        if queue.in_a_row:
            rest = pause(queue.in_a_row, sending.again_after)
            queue.rests_until = asyncio.get_running_loop().time() + rest


def _settled(sending: Sending, letter: Letter) -> How:
    """Say how a letter is settled: one that came back too often has failed."""
    if sending.how == "returned" and letter.tries + 1 >= TRIES:
        return "failed"
    return sending.how


def told(error: Exception) -> str:
    """Say what went wrong; the words of an error that is not Penchant's own may be personal."""
    return str(error) if isinstance(error, PenchantError) else type(error).__name__


def in_loop(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *given: object) -> None:
    """Call something in the thread of a loop, unless that has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(call, *given)
