"""`penchant restrict`: what is kept about a person is kept and not used, until they lift it."""

from typing import Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, At, Database, Person
from penchant.adapters.cli.terminal import answer
from penchant.adapters.cli.values import time_of
from penchant.words import Signal

__all__ = ["restrict_command"]


def restrict_command(
    person: Person,
    *,
    lift: Annotated[bool, typer.Option("--lift", help="Let it be used again.")] = False,
    at: At = None,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Restrict the use of what is kept about a person, or lift that.

    Nothing is erased, nothing new is kept, nothing is decided by it, and what they taught is
    taken out of what was learned from everybody, until it is lifted.
    """
    kind = "person.unrestricted" if lift else "person.restricted"
    with open_engine(db) as engine:
        result = engine.observe(Signal(kind, person, time_of(at, "--at")))
    answer(result, done="Lifted." if lift else "Restricted.", as_json=as_json)
