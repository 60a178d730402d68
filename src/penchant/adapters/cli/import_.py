"""`penchant import`: a person whom another instance exported, or this one some time ago."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.terminal import counted, labelled, say_json, show, warn
from penchant.errors import BadInput
from penchant.runtime.rights.portable import Imported
from penchant.words import Refused

__all__ = ["import_command"]


def import_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="An export; - is stdin.")],
    *,
    returning: Annotated[
        bool,
        typer.Option("--returning", help="They were forgotten here, and come back as they wish."),
    ] = False,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Take in a person whom another instance exported.

    All of them, or nothing. Where nothing was learned at a moment here, the same is decided
    for them as there. What is here already is left as it is.
    """
    with open_engine(db, may_make=True) as engine, _opened(path) as file:
        result = engine.import_(file, returning=returning)
    if isinstance(result, Refused):
        if as_json:
            say_json({"accepted": False, "sentence": result.sentence})
        else:
            warn(result.sentence)
        raise typer.Exit(1)
    if as_json:
        say_json(result)
    else:
        show(labelled(_rows(result)))


def _rows(told: Imported) -> Iterator[tuple[str, str]]:
    """Say what became of it."""
    known = f", {told.known:,} were here already" if told.known else ""
    yield "imported", f"{told.person}: {counted(told.facts, 'fact')}{known}"
    if told.declared:
        yield "declared", ", ".join(told.declared)
    if told.given:
        yield "goes by", f"what came along at {', '.join(told.given)}"
    if told.own:
        yield "differs", told.sentence


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or stdin for `-`."""
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as wrong:
        raise BadInput(f"`{path}` cannot be read: {wrong.strerror}.") from None
    with file:
        yield file
