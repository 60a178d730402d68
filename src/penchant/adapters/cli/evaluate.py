"""`penchant evaluate`: what another policy would have earned, by a journal or a log."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.progress import waiting
from penchant.adapters.cli.terminal import say_json, show
from penchant.errors import BadInput

if TYPE_CHECKING:
    from penchant.journal import Fact

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
Alpha = Annotated[
    float, typer.Option("--alpha", metavar="SHARE", help="Intervals miss in this share of logs.")
]


def evaluate_command(
    what: What,
    *,
    map_path: MapPath = None,
    policy: Policy = None,
    alpha: Alpha = 0.05,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Judge a policy by decisions of another one.

    Of a moment: what its neutral answer would have earned, beside what the engine earned. Of a
    log with a map: what each action always would have earned, or the policy of a file. Says
    "cannot say", and why, where the decisions do not support the question.
    """
    from penchant.adapters.cli.evaluate_columns import journal_columns, log_columns
    from penchant.adapters.cli.evaluate_page import page
    from penchant.adapters.cli.evaluate_report import evaluated

    if map_path is None and policy is not None:
        raise BadInput("`--policy` goes with a log: name it, and its map by `--map`.")
    with waiting("Judging"):
        if map_path is not None:
            columns = log_columns(Path(what), map_path, policy)
        else:
            columns = journal_columns(_facts(db), what)
        found = evaluated(columns, alpha)
    if as_json:
        say_json(found)
    else:
        show(*page(found))


def _facts(db: Path) -> "list[Fact]":
    """Read a whole journal.

    Raises:
        BadInput: When there is none.
    """
    from penchant.engine import Engine

    if not db.exists():
        raise BadInput(
            f"There is no database `{db}`. `--db` or PENCHANT_DB names another; "
            "a log needs `--map`."
        )
    store = Engine.open_store(str(db))
    try:
        return list(store.read())
    finally:
        store.close()
