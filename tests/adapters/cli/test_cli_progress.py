"""Signs of long work: seen in a terminal, and never among the answers."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from penchant.adapters.cli.database import own_engine
from penchant.adapters.cli.progress import progress_bar, waiting


class Terminal(io.StringIO):
    """An error stream that somebody looks at."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.fixture(autouse=True)
def xterm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let terminals be able to move their cursor."""
    monkeypatch.setenv("TERM", "xterm")


def test_a_bar_moves_and_answers_stay_apart() -> None:
    """What is printed meanwhile goes to stdout as it is."""
    with (
        redirect_stderr(Terminal()) as shown,
        redirect_stdout(io.StringIO()) as answers,
        progress_bar("Observing") as advance,
    ):
        for done in range(1, 1_001):
            advance(done, 1_000)
        sys.stdout.write("an answer")

    assert "Observing" in shown.getvalue()
    assert "1000/1000" in shown.getvalue()
    assert answers.getvalue() == "an answer"


def test_a_bar_can_be_left_out() -> None:
    """Nothing is shown where it would tear what is printed."""
    with redirect_stderr(Terminal()) as shown, progress_bar("Observing", disable=True) as advance:
        advance(1, 1)

    assert shown.getvalue() == ""


def test_waiting_is_shown() -> None:
    """Work whose end is not known says what it is."""
    with redirect_stderr(Terminal()) as shown, waiting("Reading penchant.db"):
        pass

    assert "Reading penchant.db" in shown.getvalue()


def test_only_a_long_opening_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small database opens at once and says nothing."""
    path = tmp_path / "penchant.db"
    with redirect_stderr(Terminal()) as shown:
        own_engine(path, may_make=True).close()
        own_engine(path).close()
        assert shown.getvalue() == ""
        monkeypatch.setattr("penchant.adapters.cli.database._LONG_BYTES", 0)

        own_engine(path).close()

    assert "Opening" in shown.getvalue()
