"""`penchant declare`: moments from a TOML file into a database."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.terminal import counted, say, say_json
from penchant.adapters.toml_moments import read_moments

__all__ = ["declare_command"]


def declare_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file of moments.")] = Path(
        "penchant.toml"
    ),
    *,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Declare the moments of a file.

    Makes the database where there is none. Declaring again replaces a moment of the same name
    and keeps what was learned for actions of the same name.
    """
    moments = read_moments(file)
    with open_engine(db, may_make=True) as engine:
        for moment in moments:
            engine.declare(moment)
    if as_json:
        say_json({"declared": [moment.name for moment in moments]})
        return
    for moment in moments:
        actions = counted(len(moment.actions), "action")
        say(f"Declared {moment.name}: {actions}, for the purpose {moment.purpose}.")
