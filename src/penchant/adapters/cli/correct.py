"""`penchant correct`: what a person says of a belief about them stands in its place."""

from typing import Annotated, Any

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, At, Database, Person
from penchant.adapters.cli.terminal import answer
from penchant.adapters.cli.values import time_of, value_of
from penchant.errors import BadInput
from penchant.words import Signal

__all__ = ["correct_command"]


def correct_command(
    person: Person,
    belief: Annotated[
        str, typer.Argument(metavar="BELIEF", help="Its name, as penchant profile shows it.")
    ],
    *,
    value: Annotated[
        str | None,
        typer.Option("--is", metavar="VALUE", help="What it is; for a taste, the reward it adds."),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Leave it to what is learned again.")
    ] = False,
    at: At = None,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Set right what is believed about a person, whatever is learned, or undo that.

    penchant correct ada rhythm --is "mostly evenings"

    penchant correct ada "taste at home.hero: sport=run" --is -0.3
    """
    if (value is None) != undo:
        raise BadInput("Say what it is with `--is`, or take it back with `--undo`, one of the two.")
    data: dict[str, Any] = {"belief": belief}
    if value is not None:
        data["is"] = value_of(value, "`--is`")
    kind = "belief.uncorrected" if undo else "belief.corrected"
    with open_engine(db) as engine:
        result = engine.observe(Signal(kind, person, time_of(at, "--at"), data))
    answer(result, done="Undone." if undo else "Corrected.", as_json=as_json)
