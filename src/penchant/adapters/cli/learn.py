"""`penchant learn`: what followed a decision."""

from typing import Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, At, Database
from penchant.adapters.cli.terminal import answer
from penchant.adapters.cli.values import time_of
from penchant.errors import BadInput

__all__ = ["learn_command"]


def learn_command(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The decision's id.")],
    *,
    reward: Annotated[
        float | None, typer.Option("--reward", metavar="NUMBER", help="What it was worth.")
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option("--outcome", metavar="NAME", help="The moment's outcome: a reward of 1."),
    ] = None,
    at: At = None,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Learn what followed a decision; the first outcome counts.

    penchant learn 01a201679081 --outcome clicked

    penchant learn 01a201679081 --reward 0
    """
    if (reward is None) == (outcome is None):
        raise BadInput("Give `--reward` or `--outcome`, one of the two.")
    with open_engine(db) as engine:
        result = engine.learn(decision, reward=reward, outcome=outcome, at=time_of(at, "--at"))
    answer(result, done="Learned.", as_json=as_json)
