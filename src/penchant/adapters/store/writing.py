"""One thread writes: it takes all that callers wait for, and commits it in one go.

While a commit waits for the disk, further callers queue up; the next commit takes them together.
So a commit costs one sync whether one caller waits or a hundred.
Rule: a caller returns when its work is durable, or has failed for good. What nobody waits for is
done in pieces, in between.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Generic, TypeVar

from penchant.errors import StoreError, StoreFailed

__all__ = ["Ticket", "Writer"]


class Ticket:
    """Work that a caller waits for; `error` is set when it failed."""

    __slots__ = ("_finished", "error")

    def __init__(self) -> None:
        self.error: Exception | None = None
        self._finished = threading.Lock()
        self._finished.acquire()

    @property
    def size(self) -> int:
        """How much work it is, in facts."""
        return 1

    @property
    def is_joined(self) -> bool:
        """Whether it may be done together with those before and behind it."""
        return False

    def finish(self) -> None:
        """Let the caller go on."""
        self._finished.release()

    def wait(self) -> None:
        """Wait until it is done, in the caller's thread.

        Raises:
            StoreError: When it failed; each caller gets an exception of its own.
        """
        self._finished.acquire()
        if isinstance(self.error, StoreError):
            raise type(self.error)(*self.error.args) from self.error
        if self.error is not None:
            raise StoreFailed(
                f"Writing stopped on an error of Penchant's own ({type(self.error).__name__}); "
                f"nothing of it was kept. Please report it."
            ) from self.error


T = TypeVar("T", bound=Ticket)


class Writer(Generic[T]):
    """A thread that hands tickets over in batches."""

    def __init__(
        self, run: Callable[[Sequence[T]], None], *, most: int, between: Callable[[], bool]
    ) -> None:
        """Start the thread.

        Args:
            run: Does the work of a batch; what it raises fails every ticket of the batch.
            most: About how much work a batch takes.
            between: Does a piece of what nobody waits for; says whether there may be more.
        """
        self._run, self._most, self._between = run, most, between
        self._queue: queue.SimpleQueue[T | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = self._more_between = False
        self._thread = threading.Thread(target=self._work, name="penchant-writer", daemon=True)
        self._thread.start()

    def submit(self, ticket: T) -> None:
        """Hand in a ticket and wait for it.

        Raises:
            StoreError: When its work failed, or the writer is closed.
        """
        with self._gate:
            if self._closed:
                raise StoreFailed("The store is closed. Open it again to go on.")
            self._queue.put(ticket)
        ticket.wait()

    def close(self) -> None:
        """Finish what was handed in, and stop; a second call does nothing."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        """Take batches until the end is handed in."""
        more = True
        while more:
            taken, more = self._take()
            for is_joined, tickets in groupby(taken, attrgetter("is_joined")):
                for batch in [list(tickets)] if is_joined else [[one] for one in tickets]:
                    self._do(batch)
            self._more_between = more and self._between()

    def _do(self, batch: Sequence[T]) -> None:
        """Run one batch and let its callers go on."""
        try:
            self._run(batch)
        except Exception as error:  # noqa: BLE001 - raised again in each caller
            for ticket in batch:
                ticket.error = ticket.error or error
        for ticket in batch:
            ticket.finish()

    def _take(self) -> tuple[list[T], bool]:
        """Wait for a ticket, then take all that is there; the flag is false at the end."""
        batch: list[T] = []
        ticket = self._next()
        size = 0
        while ticket is not None:
            batch.append(ticket)
            size += ticket.size
            if size >= self._most:
                return batch, True
            try:
                ticket = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _next(self) -> T | None:
        """Wait for a ticket; until one comes, do what nobody waits for."""
        while self._more_between:
            try:
                return self._queue.get_nowait()
            except queue.Empty:
                self._more_between = self._between()
        return self._queue.get()
