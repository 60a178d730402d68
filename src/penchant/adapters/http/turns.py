"""Turns: what many ask at the same time is done at once, away from the event loop.

The loop puts a question and its future into a lane; one thread takes all that wait, has them
answered together, with one write to the disk, and hands the answers back in one call. While one
turn runs, the next gathers. So 256 callers share a sync, and none of them blocks the loop.
Rule: every question gets an answer or an error, also when the service stops.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from penchant.adapters.http.problems import Refusal

__all__ = ["Lane"]

Q = TypeVar("Q")
A = TypeVar("A")


class _Asked(NamedTuple):
    """A question with the future that waits for its answer."""

    question: object
    future: "asyncio.Future[object]"


class Lane(Generic[Q, A]):
    """One kind of question, answered in turns by one thread."""

    def __init__(
        self, name: str, run: Callable[[Sequence[Q]], Sequence[A | Exception]], *, most: int
    ) -> None:
        """Start the thread.

        Args:
            name: Of the thread.
            run: Answers the questions of a turn, in order; an exception among the answers is
                raised to whom it concerns, one that is raised to all of the turn.
            most: Questions of a turn.
        """
        self._run, self._most = run, most
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._gate, self._is_closed = threading.Lock(), False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._work, name=f"penchant-{name}", daemon=True)
        self._thread.start()

    def ask(self, question: Q) -> "asyncio.Future[A]":
        """Put a question; called in the event loop, which goes on at once.

        Raises:
            Refusal: When the lane is closed.
        """
        loop = self._loop
        if loop is None or loop.is_closed():
            loop = self._loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        with self._gate:
            if self._is_closed:
                raise Refusal(
                    503,
                    "This service stopped. Ask again when it is back.",
                    headers={"retry-after": "1"},
                )
            self._waiting.put(_Asked(question, future))  # type: ignore[arg-type]  # of A
        return future

    @property
    def depth(self) -> int:
        """How many questions wait for the next turn."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Answer what was asked, and stop; a second call does nothing."""
        with self._gate:
            if not self._is_closed:
                self._is_closed = True
                self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        more = True
        while more:
            turn, more = self._take()
            if turn:
                self._answer(turn)

    def _take(self) -> tuple[list[_Asked], bool]:
        """Wait for a question, then take all that is there; the flag is false at the end."""
        turn: list[_Asked] = []
        asked = self._waiting.get()
        while asked is not None:
            turn.append(asked)
            if len(turn) >= self._most or self._waiting.empty():
                return turn, True
            asked = self._waiting.get()
        return turn, False

    def _answer(self, turn: list[_Asked]) -> None:
        try:
            answers = list(self._run([asked.question for asked in turn]))  # type: ignore[misc]
        except Exception as wrong:  # noqa: BLE001 - raised again where it is awaited
            answers = [wrong] * len(turn)
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, turn, answers)


def _resolve(turn: Sequence[_Asked], answers: Sequence[object]) -> None:
    """Give the answers of a turn to whoever still waits; in the event loop."""
    for asked, answer in zip(turn, answers, strict=True):
        future = asked.future
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
