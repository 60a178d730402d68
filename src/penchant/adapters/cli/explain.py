"""`penchant explain`: why a decision came out as it did."""

from typing import Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.terminal import say_json, show, spoken

__all__ = ["explain_command"]


def explain_command(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="The decision's id.")],
    *,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Explain a decision in plain sentences, from its record."""
    with open_engine(db) as engine:
        explanation = engine.explain(decision)
    if as_json:
        say_json(explanation)
    else:
        show(*(spoken(sentence) for sentence in explanation.sentences))
