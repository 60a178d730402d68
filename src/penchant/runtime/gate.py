"""A gate that many pass at once and one can have alone: forgetting must not meet a write half done.

A verb that was under way could write about a person after that person was forgotten. So every verb
passes the gate, and forgetting waits until nobody is inside and lets nobody in meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

__all__ = ["Gate"]


class Gate:
    """Lets many in, or one alone. A thread inside may not enter again.

    Example:
        >>> gate = Gate()
        >>> with gate:
        ...     "one of many"
        'one of many'
        >>> with gate.alone():
        ...     "nobody else"
        'nobody else'
    """

    def __init__(self) -> None:
        """Start open, with nobody inside."""
        self._lock = threading.Lock()
        self._condition = threading.Condition(self._lock)
        self._inside = 0
        self._is_closed = False

    def __enter__(self) -> None:
        """Go in; wait while somebody has it alone."""
        with self._lock:
            while self._is_closed:
                self._condition.wait()
            self._inside += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Go out."""
        with self._lock:
            self._inside -= 1
            if self._is_closed and not self._inside:
                self._condition.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody is inside, and let nobody in until this is done."""
        with self._condition:
            while self._is_closed:
                self._condition.wait()
            self._is_closed = True
            while self._inside:
                self._condition.wait()
        try:
            yield
        finally:
            with self._condition:
                self._is_closed = False
                self._condition.notify_all()
