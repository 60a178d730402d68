"""Options that several commands share, each said once."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["DEFAULT_DATABASE", "AsJson", "At", "Database", "Person"]

DEFAULT_DATABASE = Path("penchant.db")

Database = Annotated[
    Path, typer.Option("--db", envvar="PENCHANT_DB", metavar="PATH", help="The database.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When, such as 2026-11-22T10:00Z; else now."),
]
Person = Annotated[str, typer.Argument(metavar="PERSON", help="The person's id.")]
