"""`penchant export`: everything about a person, for that person to have and to take along."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, Database
from penchant.adapters.cli.terminal import counted, say, say_json, warn
from penchant.errors import BadInput

__all__ = ["export_command"]

_FACTS = frozenset({"observed", "consented", "linked", "decided", "claimed", "settled", "learned"})
_TYPE = '{"type":"'


def export_command(
    person: Annotated[str | None, typer.Argument(metavar="PERSON", help="The person's id.")] = None,
    *,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write a new file, not stdout.")
    ] = None,
    population: Annotated[
        bool,
        typer.Option(
            "--population/--no-population",
            help="Whether what many people taught goes along, in aggregate numbers.",
        ),
    ] = True,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a line instead.")
    ] = False,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Give everything about a person, as JSON Lines.

    A header, the facts with the reasons of each decision, what another instance needs to go
    on (penchant import reads it), and what is believed. The file can be read by nobody but
    you. With --to, --json says what was written.
    """
    if schema:
        _say_schema()
        return
    if person is None:
        raise BadInput("Whose facts? Give a PERSON, or `--schema`.")
    with open_engine(db) as engine, _opened(to) as file:
        lines, facts = _written(engine.export_lines(person, population=population), file)
    if to is None:
        if not lines and not as_json:
            warn("Nothing is kept about that person.")
    elif as_json:
        say_json({"wrote": str(to), "facts": facts, "lines": lines})
    else:
        say(f"Wrote {counted(facts, 'fact')} in {counted(lines, 'line')} to {to}.")


def _say_schema() -> None:
    """Print the schema, as the reference has it."""
    import json

    from penchant.adapters.export_schema import export_schema

    say(json.dumps(export_schema(), indent=2))


def _written(lines: Iterable[str], file: TextIO) -> tuple[int, int]:
    """Write lines as they come; give how many there were, and how many of them are facts."""
    count = facts = 0
    for line in lines:
        file.write(line)
        count += 1
        facts += line[len(_TYPE) :].partition('"')[0] in _FACTS
    return count, facts


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    """Open a new file that only its owner may read; stdout for none."""
    if path is None:
        yield sys.stdout
        return
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(f"`{path}` is there already. Name another file, or move it away.") from None
    except OSError as wrong:
        raise BadInput(f"`{path}` cannot be written: {wrong.strerror}.") from None
    with os.fdopen(number, "w", encoding="utf-8") as file:
        try:
            yield file
        except OSError as wrong:
            raise BadInput(f"`{path}` cannot be written: {wrong.strerror}.") from None
