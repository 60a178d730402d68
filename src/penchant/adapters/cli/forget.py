"""`penchant forget`: nothing of a person can be read again."""

import sys
from typing import Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database, Person
from penchant.adapters.cli.terminal import counted, labelled, say_json, show, warn

__all__ = ["forget_command"]


def forget_command(
    person: Person,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Forget a person: nothing of them can be read again.

    Their key is destroyed, their entries are emptied, and what they taught the model is taken
    out of it. It cannot be undone, so their id must be typed again, or --yes given.
    """
    with open_engine(db) as engine:
        if not yes:
            _confirm(person)
        receipt = engine.forget(person)
    if as_json:
        say_json(receipt)
        return
    facts, outcomes = counted(receipt.entries, "fact"), counted(receipt.outcomes, "outcome")
    rows = [
        ("forgotten", f"{receipt.at:%Y-%m-%d %H:%M:%S} UTC"),
        ("erased", f"{facts}, {outcomes} out of the model"),
        ("receipt", f"{receipt.pseudonym}; it names nobody"),
    ]
    show(labelled(rows if receipt.entries else [("forgotten", "nothing was kept"), *rows[2:]]))


def _confirm(person: str) -> None:
    """Have the id typed again.

    Raises:
        typer.Exit: When it was not; nothing is forgotten.
    """
    typer.echo("This cannot be undone. Type the person's id to forget them: ", nl=False, err=True)
    typed = sys.stdin.readline()
    if not sys.stdin.isatty():  # where nobody pressed a key, the line is not ended yet
        warn("")
    if typed.strip() != person.strip():
        warn("Not forgotten: what was typed is not the id.")
        raise typer.Exit(1)
