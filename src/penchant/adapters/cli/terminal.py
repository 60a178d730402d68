"""What commands say: JSON for programs, quiet text for people.

Rule 1: answers go to stdout; what went wrong, questions and progress go to stderr.
Rule 2: no colour carries a meaning; a terminal, a pipe and `NO_COLOR` show the same words.
Rule 3: rich is loaded when something is shown to a person, not before.
"""

import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from penchant.journal import as_plain
from penchant.words import Accepted, Refused

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

__all__ = ["answer", "counted", "labelled", "refusal", "say", "say_json", "show", "spoken", "warn"]

_WIDEST = 100  # longer lines are hard to read, however wide the terminal


def say(line: str) -> None:
    """Print one line as it is."""
    typer.echo(line)


def warn(line: str) -> None:
    """Print one line to stderr."""
    typer.echo(line, err=True)


def say_json(value: Any) -> None:
    """Print one JSON value on one line."""
    typer.echo(msgspec.json.encode(value, enc_hook=as_plain).decode())


def counted(number: int, what: str, many: str = "") -> str:
    """Say how many of what there are.

    Example:
        >>> counted(1, "fact"), counted(1_200, "fact"), counted(2, "person", "people")
        ('1 fact', '1,200 facts', '2 people')
    """
    return f"{number:,} " + (what if number == 1 else many or f"{what}s")


def refusal(result: Accepted | Refused) -> str:
    """Give the sentence of a refusal, or "" where there is none."""
    return result.sentence if isinstance(result, Refused) else ""


def answer(result: Accepted | Refused, *, done: str, as_json: bool) -> None:
    """Say what became of one thing; a refusal exits with 1.

    Raises:
        typer.Exit: When it was refused.
    """
    sentence = refusal(result)
    if as_json:
        say_json({"accepted": False, "sentence": sentence} if sentence else {"accepted": True})
    elif sentence:
        warn(sentence)
    else:
        say(done)
    if sentence:
        raise typer.Exit(1)


def show(*parts: "RenderableType") -> None:
    """Print parts for a person, without the spaces that fill up cells."""
    from rich.console import Console

    console = Console(highlight=False)
    width = min(console.width, _WIDEST)
    with console.capture() as captured:
        for part in parts:
            console.print(part, width=width)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def spoken(sentence: str) -> "Text":
    """Give a sentence for a person: names in backticks get quotes, bold where there is bold."""
    from rich.text import Text

    text = Text(re.sub(r"`([^`]*)`", r"‘\1’", sentence))  # noqa: RUF001 - quotes as in print
    text.highlight_regex(r"‘[^’]*’", "bold")  # noqa: RUF001 - as above
    return text


def labelled(rows: Iterable[tuple[str, str]]) -> "RenderableType":
    """Lay out sentences beside their labels; a label that repeats is shown once."""
    from rich.table import Table

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True, min_width=8)
    table.add_column(ratio=1, overflow="fold")
    before = ""
    for label, sentence in rows:
        table.add_row("" if label == before else label, spoken(sentence))
        before = label
    return table
