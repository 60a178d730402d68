"""The command `penchant`: every command under its name, in the order of the loop.

Rule: what Penchant raises on purpose becomes one line on stderr and exit code 2, here and nowhere
else; a refusal is no error and exits with 1.
"""

import io
import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # brings no types
from typer.core import TyperGroup

from penchant.adapters.cli.consent import consent_command
from penchant.adapters.cli.correct import correct_command
from penchant.adapters.cli.decide import decide_command
from penchant.adapters.cli.declare import declare_command
from penchant.adapters.cli.doctor import doctor_command
from penchant.adapters.cli.evaluate import evaluate_command
from penchant.adapters.cli.explain import explain_command
from penchant.adapters.cli.export import export_command
from penchant.adapters.cli.forget import forget_command
from penchant.adapters.cli.import_ import import_command
from penchant.adapters.cli.init import init_command
from penchant.adapters.cli.key import key_app
from penchant.adapters.cli.learn import learn_command
from penchant.adapters.cli.link import link_command
from penchant.adapters.cli.observe import observe_command
from penchant.adapters.cli.pack import pack_app
from penchant.adapters.cli.profile import profile_command
from penchant.adapters.cli.replay import replay_command
from penchant.adapters.cli.restrict import restrict_command
from penchant.adapters.cli.simulate import simulate_command
from penchant.adapters.cli.terminal import warn
from penchant.adapters.cli.up import up_command
from penchant.errors import PenchantError

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """The commands, and the one place where errors become a sentence."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        """Run a command."""
        try:
            return super().invoke(ctx)
        except PenchantError as wrong:
            warn(str(wrong))
            raise typer.Exit(2) from None


# Plain help: as quick as it can be, and the same in a terminal, a pipe and the docs.
app = typer.Typer(
    name="penchant",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _say_version(asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    if asked:
        typer.echo(f"penchant {version('penchant')}")
        raise typer.Exit


@app.callback()
def penchant(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """One model per person, decisions that explain themselves."""


app.command("init")(init_command)
app.command("declare")(declare_command)
app.command("consent")(consent_command)
app.command("observe")(observe_command)
app.command("decide")(decide_command)
app.command("learn")(learn_command)
app.command("explain")(explain_command)
app.command("profile")(profile_command)
app.command("correct", short_help="Set right what is believed, or undo that.")(correct_command)
app.command("restrict", short_help="Keep and do not use, or lift that.")(restrict_command)
app.command("export")(export_command)
app.command("import")(import_command)
app.command("forget")(forget_command)
app.command("replay", short_help="Replay a log as if it were live.")(replay_command)
app.command("evaluate", short_help="Judge a policy by decisions of another.")(evaluate_command)
app.command("simulate", short_help="Let the engine live with simulated people.")(simulate_command)
app.command("up")(up_command)
app.command("link")(link_command)
app.add_typer(key_app)
app.add_typer(pack_app)
app.command("doctor")(doctor_command)


def main() -> None:
    """Run the command line; pipes and files get UTF-8, terminals what they can show.

    What is solved here is small and solved often: a second thread of linear algebra gains nothing
    on it, and on a busy machine waits for a processor at every step.
    """
    threadpool_limits(limits=1, user_api="blas")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")
    app()
