"""`penchant export`: every fact kept about a person, for that person to have."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database, Person
from penchant.adapters.cli.terminal import counted, say, say_json, warn
from penchant.errors import BadInput

__all__ = ["export_command"]


def export_command(
    person: Person,
    *,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write a new file, not stdout.")
    ] = None,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Give every fact kept about a person, as JSON Lines.

    They come in order of arrival. The file can be read by nobody but you. With --to, --json
    says what was written.
    """
    with open_engine(db) as engine:
        lines = engine.export(person)
    count = lines.count("\n")
    if to is None:
        sys.stdout.write(lines)
        if not count and not as_json:
            warn("Nothing is kept about that person.")
        return
    _write(to, lines)
    if as_json:
        say_json({"wrote": str(to), "facts": count})
    else:
        say(f"Wrote {counted(count, 'fact')} to {to}.")


def _write(path: Path, lines: str) -> None:
    """Write a new file that only its owner may read."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as opened:
            opened.write(lines)
    except FileExistsError:
        raise BadInput(f"`{path}` is there already. Name another file, or move it away.") from None
    except OSError as wrong:
        raise BadInput(f"`{path}` cannot be written: {wrong.strerror}.") from None
