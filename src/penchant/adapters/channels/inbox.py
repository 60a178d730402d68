"""The inbox of an app: letters wait until their person looks, or listens.

Loop: Deliver. A letter is brought when its person's app asks for the list, or at once while a
stream is open; it stays in the list until its window closes. What nobody saw reached nobody.
Rule 1: a stream has a bounded buffer; a listener that does not read is dropped, and finds
everything in the list when it comes back.
Rule 2: consent, dial and nevers are asked again with each look; in quiet hours nothing new comes.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress

from penchant.deliver.channel import Sending
from penchant.deliver.letter import IN_APP, Letter
from penchant.runtime.outbox.outbox import Outbox

__all__ = ["Inbox", "Listening"]

BUFFER = 64
"""Letters that wait for one listener before it is dropped."""


class Listening:
    """One open stream of one person: an async iterator over letters, each given once.

    It ends when the listener was dropped or the inbox is closed; `ended` is set then, so that
    whoever writes to a connection that nobody reads can let go of it.
    """

    def __init__(self, person: str, most: int = BUFFER) -> None:
        """Listen for a person, with room for `most` letters."""
        self.person = person
        self.ended = asyncio.Event()
        self._first: deque[Letter] = deque()
        self._letters: asyncio.Queue[Letter | None] = asyncio.Queue(most + 1)
        self._most = most
        self._given: set[str] = set()

    @property
    def has_room(self) -> bool:
        """Whether one more letter fits; a place stays for the end."""
        return not self.ended.is_set() and self._letters.qsize() < self._most

    def offer(self, letter: Letter) -> bool:
        """Put a letter behind the others; where there is no room the listener is dropped."""
        if not self.has_room:
            self.end()
            return False
        self._letters.put_nowait(letter)
        return True

    def begin(self, letters: Iterable[Letter]) -> None:
        """Put what lies in the inbox before all that comes."""
        self._first.extend(letters)

    def end(self) -> None:
        """Let the stream end behind what it holds."""
        if not self.ended.is_set():
            self.ended.set()
            self._letters.put_nowait(None)

    def __aiter__(self) -> AsyncIterator[Letter]:
        """Go through the letters as they come."""
        return self

    async def __anext__(self) -> Letter:
        """Give the next letter that was not given yet."""
        while True:
            letter = self._first.popleft() if self._first else await self._letters.get()
            if letter is None:
                raise StopAsyncIteration
            if letter.id not in self._given:
                self._given.add(letter.id)
                return letter


class Inbox:
    """The channel of letters whose action names no other; see `Channel`."""

    name = IN_APP

    def __init__(self, outbox: Outbox, *, buffer: int = BUFFER) -> None:
        """Take letters out of an outbox.

        Args:
            outbox: Of the engine.
            buffer: Letters that wait for one listener before it is dropped.
        """
        self._outbox, self._buffer = outbox, buffer
        self._listening: dict[str, list[Listening]] = {}

    def list(self, person: str) -> tuple[Letter, ...]:
        """Give what lies in the inbox of a person, oldest first; what waited counts as sent now.

        It waits for the disk: call it in a thread.
        """
        for letter in self._outbox.waiting(person, self.name):
            if isinstance(self._outbox.claim(letter.id), Letter):
                self._outbox.settle(letter.id, "sent")
        return self._outbox.lying(person, self.name)

    @asynccontextmanager
    async def listen(self, person: str) -> AsyncIterator[Listening]:
        """Open a stream: what lies in the inbox first, then each letter as it comes."""
        listening = Listening(person, self._buffer)
        theirs = self._listening.setdefault(person, [])
        theirs.append(listening)
        try:
            listening.begin(await asyncio.to_thread(self.list, person))
            yield listening
        finally:
            listening.end()
            with suppress(ValueError):
                theirs.remove(listening)
            if not theirs and self._listening.get(person) is theirs:
                del self._listening[person]

    def takes(self, letter: Letter) -> bool:
        """Tell whether somebody listens for a letter; who has no room for it is dropped."""
        listeners = self._listeners(letter)
        for one in listeners:
            if not one.has_room:
                one.end()
        return any(one.has_room for one in listeners)

    async def send(self, letter: Letter) -> Sending:
        """Hand a letter to everybody who listens for its person; it lies in their list, too."""
        listeners = self._listeners(letter)
        for one in listeners:
            one.offer(letter)
        if listeners:
            return Sending("sent")
        return Sending("returned", "Nobody listens for it; it waits in the inbox.")

    async def close(self) -> None:
        """End all streams; a second call does nothing."""
        for theirs in self._listening.values():
            for one in theirs:
                one.end()
        self._listening.clear()

    def _listeners(self, letter: Letter) -> Sequence[Listening]:
        """Give the open streams of a letter's person, under any of their ids."""
        ids = self._outbox.ids(letter.person)
        return [one for person in ids for one in self._listening.get(person, ())]
