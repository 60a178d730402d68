"""`penchant up`: the engine as an HTTP service."""

from pathlib import Path
from typing import Annotated

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, Database
from penchant.adapters.cli.terminal import say, warn
from penchant.errors import BadInput

__all__ = ["up_command"]


def up_command(
    *,
    host: Annotated[
        str, typer.Option("--host", metavar="HOST", help="Where to listen.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, metavar="PORT", help="0 takes a free one.")
    ] = 8321,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", help="One process owns the file: 1.")
    ] = 1,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name it goes by. May be repeated."),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option("--allow-origin", metavar="URL", help="Pages that may call. Repeatable."),
    ] = None,
    rate: Annotated[
        str, typer.Option("--rate", metavar="RATE", help="Requests of one key.")
    ] = "5000/second",
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Serve a database over HTTP until told to stop."""
    from penchant.adapters.http.app import App
    from penchant.adapters.http.serving import serve
    from penchant.adapters.http.settings import Settings

    if workers != 1:
        raise BadInput(
            f"`--workers {workers}` is not possible: one process owns the file. One worker serves "
            "many callers at once; several machines need another store."
        )
    settings = Settings(
        host=host,
        port=port,
        allow_hosts=tuple(allow_host or ()),
        allow_origins=tuple(allow_origin or ()),
        rate=rate,
    )

    def started(app: App, url: str) -> None:
        del app
        say(f"Penchant serves {db} at {url}")

    with open_engine(Path(db), may_make=True) as engine:
        serve(engine, db, settings, started=started)
    warn("Stopped; everything that was answered is kept.")
