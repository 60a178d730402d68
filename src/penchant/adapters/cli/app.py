"""The command `penchant`: every command under its name."""

import typer

from penchant.adapters.cli.replay import replay_command

__all__ = ["app", "main"]

app = typer.Typer(name="penchant", no_args_is_help=True, add_completion=False)


@app.callback()
def penchant() -> None:
    """One model per person, decisions that explain themselves."""


app.command("replay")(replay_command)


def main() -> None:
    """Run the command line."""
    app()
