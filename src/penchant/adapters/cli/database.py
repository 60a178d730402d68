"""The database of a command: found, opened, and owned while the command runs."""

from contextlib import nullcontext
from pathlib import Path

from penchant.adapters.cli.progress import waiting
from penchant.engine import Engine
from penchant.errors import BadInput

__all__ = ["open_engine"]

_LONG_BYTES = 10 * 2**20  # reads and folds in about a second


def open_engine(path: Path, *, may_make: bool = False) -> Engine:
    """Open the engine on a database; only a declaration makes a new one.

    Raises:
        BadInput: When there is none and it may not be made: a misspelt path shall not pass for
            an empty database.
        StoreError: When it cannot be opened.
    """
    if not may_make and not path.exists():
        raise BadInput(
            f"There is no database `{path}`. `penchant declare` makes one from a file of moments; "
            "`--db` or PENCHANT_DB names another."
        )
    is_long = path.exists() and path.stat().st_size > _LONG_BYTES
    with waiting(f"Opening {path}") if is_long else nullcontext():
        return Engine.open(str(path))
