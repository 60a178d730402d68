"""The database of a command: found, opened, and owned while the command runs."""

from pathlib import Path

from penchant.engine import Engine
from penchant.errors import BadInput

__all__ = ["open_engine"]


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
    return Engine.open(str(path))
