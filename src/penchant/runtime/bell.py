"""A bell: how whoever sleeps until something is due is woken earlier."""

from collections.abc import Callable

__all__ = ["Bell"]


class Bell:
    """Calls everybody who listens, in the thread of whoever rings.

    Example:
        >>> bell = Bell()
        >>> end = bell.listen(lambda: print("woken"))
        >>> bell.ring()
        woken
        >>> end()
        >>> bell.ring()
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._calls: list[Callable[[], None]] = []

    def listen(self, call: Callable[[], None]) -> Callable[[], None]:
        """Have `call` called with each ring; give what ends it."""
        self._calls.append(call)
        return lambda: self._calls.remove(call) if call in self._calls else None

    def ring(self) -> None:
        """Call everybody."""
        for call in tuple(self._calls):
            call()
