"""The database of a command: found, opened, and owned while the command runs.

Where a service owns it, the command goes through the service.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from penchant.adapters.cli.progress import waiting
from penchant.engine import Engine
from penchant.errors import BadInput, StoreLocked

if TYPE_CHECKING:
    from penchant.adapters.cli.remote import Remote

__all__ = ["open_engine", "own_engine"]

_LONG_BYTES = 10 * 2**20  # reads and folds in about a second


def open_engine(path: Path, *, may_make: bool = False) -> "Engine | Remote":
    """Open the engine on a database, or reach the service that has it.

    Only a declaration makes a new one.

    Raises:
        BadInput: When there is none and it may not be made: a misspelt path shall not pass for
            an empty database.
        StoreError: When it cannot be opened, and no service has it.
    """
    try:
        return own_engine(path, may_make=may_make)
    except StoreLocked:
        from penchant.adapters.cli.remote import find_remote

        found = find_remote(path)
        if found is None:
            raise
        return found


def own_engine(path: Path, *, may_make: bool = False, packs: Sequence[str] = ()) -> Engine:
    """Open the engine on a database, and own the file.

    Raises:
        BadInput: As for `open_engine`.
        StoreError: When it cannot be opened.
    """
    if not may_make and not path.exists():
        raise BadInput(
            f"There is no database `{path}`. `penchant declare` makes one from a file of moments; "
            "`--db` or PENCHANT_DB names another."
        )
    is_long = path.exists() and path.stat().st_size > _LONG_BYTES
    with waiting(f"Opening {path}") if is_long else nullcontext():
        return Engine.open(str(path), packs=packs)
