"""`penchant link`: another link to the console of a service that runs."""

import typer

from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.terminal import say, say_json, warn

__all__ = ["link_command"]


def link_command(*, db: Database = DEFAULT_DATABASE, as_json: AsJson = False) -> None:
    """Print another link to the console of a service that runs.

    It opens once, within a quarter of an hour.
    """
    from penchant.adapters.cli.remote import console_link

    link = console_link(db)
    if not link:
        warn(f"No service of `{db}` runs here. `penchant up --db {db}` starts one.")
        raise typer.Exit(1)
    if as_json:
        say_json({"console": link})
    else:
        say(link)
