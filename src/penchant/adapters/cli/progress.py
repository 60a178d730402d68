"""Signs that long work goes on: on the terminal's error stream, nothing where there is none."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar", "waiting"]

_STEPS = 200  # redrawing oftener than the eye sees costs more than the work itself


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something is under way whose end cannot be told."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


@contextmanager
def progress_bar(what: str, *, disable: bool = False) -> Iterator[Callable[[int, int], None]]:
    """Give a function to call with what is done and of how many; the bar goes when done."""
    if disable or not sys.stderr.isatty():  # rich is not even loaded
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True, color_system=None)  # its colours would mean nothing
    # rich would else send what is printed meanwhile to stderr, answers to programs too.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(what, total=None)
        shown = 0

        def advance(done: int, total: int) -> None:
            nonlocal shown
            if done * _STEPS // max(total, 1) > shown or done == total:
                shown = done * _STEPS // max(total, 1)
                bar.update(task, completed=done, total=total)

        yield advance
