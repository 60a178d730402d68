"""`penchant observe`: signals into a person's profile, one by its words or many from a file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.options import DEFAULT_DATABASE, AsJson, At, Database
from penchant.adapters.cli.progress import progress_bar
from penchant.adapters.cli.signal_lines import Answer, observe_lines
from penchant.adapters.cli.terminal import answer, counted, refusal, say, say_json, warn
from penchant.adapters.cli.values import named_values, time_of
from penchant.errors import BadInput
from penchant.words import Signal

if TYPE_CHECKING:
    from penchant.adapters.cli.remote import Remote
    from penchant.engine import Engine

__all__ = ["observe_command"]


Kind = Annotated[
    str | None, typer.Argument(metavar="KIND", help="What was seen, such as shop.viewed.")
]
About = Annotated[str | None, typer.Option("--person", metavar="PERSON", help="About whom.")]
Purpose = Annotated[
    str | None, typer.Option("--purpose", metavar="PURPOSE", help="Under which it is kept.")
]
Data = Annotated[
    list[str] | None, typer.Option("--data", metavar="NAME=VALUE", help="May be repeated.")
]
Nature = Annotated[
    str | None,
    typer.Option(
        "--nature",
        metavar="NATURE",
        help="How it was seen: explicit, implicit (else), contextual or sensed.",
    ),
]
Source = Annotated[str | None, typer.Option("--source", metavar="NAME", help="Who saw it.")]
SignalId = Annotated[
    str | None, typer.Option("--id", metavar="ID", help="So that a repeat has no effect.")
]
Lines = Annotated[
    Path | None, typer.Option("--from", metavar="FILE", help="Read JSON Lines; - is stdin.")
]


def observe_command(
    kind: Kind = None,
    *,
    person: About = None,
    purpose: Purpose = None,
    data: Data = None,
    nature: Nature = None,
    source: Source = None,
    signal_id: SignalId = None,
    at: At = None,
    lines: Lines = None,
    db: Database = DEFAULT_DATABASE,
    as_json: AsJson = False,
) -> None:
    """Observe a signal about a person, or many from a file.

    A signal is kept only under a purpose the person granted. In a file of JSON Lines each
    is answered, a bad one does not keep the others back, and the exit code is 1 when any was
    refused.

    penchant observe shop.viewed --person ada --purpose news --data item=fins

    penchant observe --from signals.jsonl --purpose news
    """
    told = {
        "person": person,
        "nature": nature,
        "source": source,
        "id": signal_id,
        "at": time_of(at, "--at"),
        "data": named_values(data, "--data") if data else None,
    }
    given: dict[str, Any] = {field: value for field, value in told.items() if value is not None}
    _check(kind, lines, given)
    with open_engine(db) as engine:
        if lines is not None:
            _observe_file(engine, lines, purpose, as_json=as_json)
        else:
            result = engine.observe(Signal(kind or "", **given), purpose=purpose)
            answer(result, done="Kept.", as_json=as_json)


def _check(kind: str | None, lines: Path | None, given: dict[str, Any]) -> None:
    """See that either one signal or a file is meant."""
    if (kind is None) == (lines is None):
        raise BadInput("Give a KIND, or `--from` with a file of signals, one of the two.")
    if lines is not None and given:
        raise BadInput(
            f"`--{next(iter(given))}` is for one signal; with `--from` each line says it."
        )


def _observe_file(
    engine: "Engine | Remote", path: Path, purpose: str | None, *, as_json: bool
) -> None:
    """Observe every line; say what was refused, and exit with 1 when any was.

    Raises:
        typer.Exit: When a line was refused.
    """
    kept = count = read = 0
    is_shown = not (as_json and sys.stdout.isatty())  # a bar between answers would tear them
    with (
        _opened(path) as (file, size),
        progress_bar("Observing", disable=not (size and is_shown)) as advance,
    ):
        for one in observe_lines(engine, file, purpose=purpose):
            count, read = count + 1, read + one.read
            kept += bool(one.result)
            _tell(one, as_json=as_json)
            advance(read, size)
    if not as_json:
        say(f"Kept {kept:,} of {counted(count, 'signal')}.")
    if kept < count:
        raise typer.Exit(1)


def _tell(one: Answer, *, as_json: bool) -> None:
    """Say what became of a line: each to a program, the refused ones to a person."""
    sentence = refusal(one.result)
    if as_json:
        said: dict[str, Any] = {"line": one.line, "accepted": not sentence}
        say_json({**said, "sentence": sentence} if sentence else said)
    elif sentence:
        warn(f"line {one.line:,}: {sentence}")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file, or stdin for `-`; with its size, 0 where that is not known."""
    if str(path) == "-":
        yield sys.stdin.buffer, 0
        return
    try:
        file = path.open("rb")
    except OSError as wrong:
        raise BadInput(f"`{path}` cannot be read: {wrong.strerror}.") from None
    with file:
        yield file, path.stat().st_size
