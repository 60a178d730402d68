"""`penchant replay`: a log through an engine of its own, then a table and some of its people."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.adapters.cli.options import AsJson
from penchant.adapters.cli.progress import progress_bar
from penchant.adapters.cli.terminal import say_json, show

__all__ = ["replay_command"]

Log = Annotated[Path, typer.Argument(metavar="FILE.csv", help="The log: CSV, plain or in gzip.")]
MapPath = Annotated[Path, typer.Option("--map", metavar="FILE.toml", help="Which column is what.")]
People = Annotated[int, typer.Option("--people", min=0, metavar="N", help="Show so many people.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="The same seed prints the same.")]
NewDatabase = Annotated[
    Path | None, typer.Option("--db", metavar="PATH", help="Keep the journal in a new file.")
]


def replay_command(
    log: Log,
    *,
    map_path: MapPath,
    people: People = 3,
    seed: Seed = 7,
    as_json: AsJson = False,
    db: NewDatabase = None,
) -> None:
    """Replay a log with actions, propensities and rewards as if it were live.

    The engine decides at each moment of the log, learns what it could have learned, and is
    compared with what was done.
    """
    from penchant.adapters.cli.replay_page import page
    from penchant.adapters.replay.replaying import replay

    with progress_bar("Replaying") as progress:
        report = replay(
            log,
            map_path,
            seed=seed,
            people=people,
            store_path=str(db) if db else None,
            progress=progress,
        )
    if as_json:
        say_json(report)
    else:
        show(*page(report))
