"""`penchant replay`: a log through an engine of its own, then a table and some of its people."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["replay_command"]


def replay_command(
    log: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="The log: CSV, plain or in gzip.")
    ],
    map_path: Annotated[
        Path, typer.Option("--map", metavar="FILE.toml", help="Which column is what.")
    ],
    people: Annotated[
        int, typer.Option("--people", min=0, metavar="N", help="Show so many people.")
    ] = 3,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="The same seed prints the same.")
    ] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002 - a switch of the command line
    database: Annotated[
        Path | None, typer.Option("--db", metavar="PATH", help="Keep the journal in a new file.")
    ] = None,
) -> None:
    """Replay a log with actions, propensities and rewards as if it were live.

    The engine decides at each moment of the log, learns what it could have learned, and is
    compared with what was done. See docs/how-to/replay-your-own-log.md.
    """
    from rich.console import Console

    from penchant.adapters.cli.progress import progress_bar
    from penchant.adapters.replay.rendering import render
    from penchant.adapters.replay.replaying import replay
    from penchant.errors import PenchantError

    try:
        with progress_bar("Replaying") as progress:
            report = replay(
                log,
                map_path,
                seed=seed,
                people=people,
                store_path=str(database) if database else None,
                progress=progress,
            )
    except PenchantError as wrong:
        typer.echo(wrong, err=True)
        raise typer.Exit(2) from None
    if as_json:
        import msgspec

        typer.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        render(report, Console(highlight=False))
