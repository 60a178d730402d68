"""`penchant evaluate`: what other policies would have earned, by a journal or a log."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.progress import waiting
from penchant.adapters.cli.terminal import say_json, show
from penchant.engine import Engine
from penchant.errors import BadInput
from penchant.learn.evaluate.evaluation import Evaluation, evaluated

__all__ = ["evaluate_command"]

What = Annotated[
    str, typer.Argument(metavar="MOMENT|FILE.csv", help="A moment of the database, or a log.")
]
MapPath = Annotated[
    Path | None, typer.Option("--map", metavar="FILE.toml", help="Which column of a log is what.")
]
Policy = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE.csv", help="Propensities of a policy, line by line."),
]
Against = Annotated[
    str,
    typer.Option(
        "--against",
        metavar="POLICY|FILE.csv",
        help="The policy in force, by its name in the table or as a file; as logged by default.",
    ),
]
Alpha = Annotated[
    float, typer.Option("--alpha", metavar="SHARE", help="Intervals miss in this share of logs.")
]


def evaluate_command(
    what: What,
    *,
    map_path: MapPath = None,
    policy: Policy = None,
    against: Against = "",
    alpha: Alpha = 0.05,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Judge policies by decisions of another one.

    Each is promoted, rolled back, or looked at further, by an interval that holds at every look.
    Of a moment: what the neutral answer, an even chance, and each action always would have earned.
    Of a log with a map: each action always, or the policy of a file. Each is held against what was
    logged, or against another policy. Says "cannot say", and why, where the decisions do not
    support the question. Where a service owns the database, it is asked.
    """
    from penchant.adapters.cli.evaluate_columns import log_columns
    from penchant.adapters.cli.evaluate_page import page

    if map_path is None and policy is not None:
        raise BadInput("`--policy` goes with a log: name it, and its map by `--map`.")
    with waiting("Judging"):
        if map_path is not None:
            current = Path(against) if against.endswith(".csv") else None
            found = evaluated(
                log_columns(Path(what), map_path, [one for one in (policy, current) if one]),
                alpha,
                against=current.stem if current else against,
                only=policy.stem if policy else "",
            )
        else:
            found = _of_journal(db, what, alpha, against)
    if as_json:
        say_json(found)
    else:
        show(*page(found))


def _of_journal(db: Path, moment: str, alpha: float, against: str) -> Evaluation:
    """Judge a moment of a database, or let the service do it that owns it."""
    with open_engine(db) as engine:
        if isinstance(engine, Engine):
            return evaluated(engine.insight.log(moment), alpha, against=against)
        from penchant.adapters.cli.remote import evaluated_by

        return evaluated_by(engine, moment, alpha=alpha, against=against)
