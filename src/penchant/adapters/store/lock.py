"""One owner of a store at a time: a lock of the operating system on a file beside it.

The system lets go of the lock when its process ends, however it ends, so no stale lock is ever
to be removed by hand. The file holds the number of the owning process, for the message only.
"""

import contextlib
import os
import sys
from pathlib import Path

from penchant.errors import StoreLocked

__all__ = ["FileLock"]

if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        """Lock one byte far behind the text, which others may read on."""
        os.lseek(file, 1 << 20, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        """Lock the file for this open descriptor alone."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """An exclusive lock on `path`, held until `release`."""

    def __init__(self, path: Path, owned: str) -> None:
        """Take the lock.

        Args:
            path: The lock file; made when absent, and left behind.
            owned: The name of what it guards, for the message.

        Raises:
            StoreLocked: When somebody else has it.
        """
        self._file: int | None = None
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(file)
        except OSError:
            owner = _owner(file)
            os.close(file)
            raise StoreLocked(
                f"`{owned}` is in use{owner}; one store owns the file at a time. Close it there, "
                f"or ask that process to do what you want done."
            ) from None
        self._file = file
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let go; a second call does nothing."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


def _owner(file: int) -> str:
    """Name the owner as well as the file tells."""
    with contextlib.suppress(OSError, ValueError):
        number = int(os.pread(file, 20, 0))
        return " by this process" if number == os.getpid() else f" by process {number}"
    return ""
