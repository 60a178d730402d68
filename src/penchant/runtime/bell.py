"""A bell: how whoever sleeps until something is due is woken earlier, and told of new letters."""

from collections.abc import Callable, Sequence

from penchant.deliver.letter import Letter

__all__ = ["Bell", "Woken"]

Woken = Callable[[Sequence[Letter]], None]
"""What is called; it is given the letters that wait from now on, perhaps none."""


class Bell:
    """Calls everybody who listens, in the thread of whoever rings.

    Example:
        >>> bell = Bell()
        >>> end = bell.listen(lambda letters: print(len(letters)))
        >>> bell.ring()
        0
        >>> end()
        >>> bell.ring()
    """

    def __init__(self) -> None:
        """Start with nobody."""
        self._calls: list[Woken] = []

    def listen(self, call: Woken) -> Callable[[], None]:
        """Have `call` called with each ring; give what ends it."""
        self._calls.append(call)
        return lambda: self._calls.remove(call) if call in self._calls else None

    def ring(self, letters: Sequence[Letter] = ()) -> None:
        """Call everybody; with the letters that wait from now on."""
        for call in tuple(self._calls):
            call(letters)
