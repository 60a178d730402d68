"""`penchant doctor`: is all well here?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from penchant.adapters.cli.checkup import Finding, checks
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.progress import waiting
from penchant.adapters.cli.terminal import say_json, show, spoken

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["doctor_command"]


def doctor_command(*, db: Database = DEFAULT_DATABASE, as_json: AsJson = False) -> None:
    """Look whether all is well on this machine.

    Versions, disk, files, service, keys, chains, contents and clock: each line says ok, warn or
    bad, and what to do. The exit code is 1 when any is bad. The database is read from end to end,
    and not made when it is not there.
    """
    with waiting(f"Reading {db}"):
        findings = tuple(checks(db, now=datetime.now(UTC)))
    if as_json:
        say_json(findings)
    else:
        show(_table(findings))
    if any(one.state == "bad" for one in findings):
        raise typer.Exit(1)


def _table(findings: Sequence[Finding]) -> "RenderableType":
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for one in findings:
        state = one.state if one.state == "ok" else f"[bold]{one.state}[/bold]"
        table.add_row(state, one.check, spoken(f"{one.says} {one.do}".strip()))
    return table
