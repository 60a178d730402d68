"""Channel: a way by which letters reach people; every one passes `testing/channels.py`.

Loop: Deliver. A channel is handed a letter that was claimed for it, tries once, and says what
became of it. It writes nothing, asks no guardrail and retries nothing: the outbox does.
Rule 1: `sent` only when it surely arrived, `returned` only when it surely did not; else `unknown`.
Rule 2: a letter keeps its id however often it is tried, so that whoever receives can tell.
"""

from typing import Literal, Protocol

from msgspec import Struct

from penchant.deliver.letter import Letter

__all__ = ["TRIES", "Channel", "Sending", "pause"]

TRIES = 6
"""How often a letter is tried before it counts as failed."""

_FIRST = 5.0
_FACTOR = 5.0
_LONGEST = 3_600.0


class Sending(Struct, frozen=True):
    """What became of one try; `again_after`: seconds that the other side asked to be left alone."""

    how: Literal["sent", "returned", "refused", "failed", "unknown"]
    sentence: str = ""
    again_after: float = 0.0


class Channel(Protocol):
    """Brings letters to people."""

    @property
    def name(self) -> str:
        """What `Action.channel` says for letters that go this way."""
        ...

    def takes(self, letter: Letter) -> bool:
        """Tell whether a letter could be tried now, at once; asked before it is claimed."""
        ...

    async def send(self, letter: Letter) -> Sending:
        """Try once, and say what became of it. It raises nothing, and ends in bounded time."""
        ...

    async def close(self) -> None:
        """Let go of connections; a second call does nothing."""
        ...


def pause(tries: int, again_after: float = 0.0) -> float:
    """Give the seconds to wait before a letter is tried again: five times as long each time.

    Args:
        tries: How often it was tried, 1 or more.
        again_after: What the other side asked for.

    Example:
        >>> [pause(tries) for tries in range(1, 6)]
        [5.0, 25.0, 125.0, 625.0, 3125.0]
    """
    return min(max(_FIRST * _FACTOR ** (tries - 1), again_after), _LONGEST)
