"""Signs of long work: seen in a terminal, and never among the answers."""

import io
from pathlib import Path

import pytest

from penchant.adapters.cli.database import open_engine
from penchant.adapters.cli.progress import progress_bar, waiting


class Terminal(io.StringIO):
    """An error stream that somebody looks at."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put a terminal where stderr is."""
    terminal = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", terminal)
    return terminal


def test_a_bar_moves_and_answers_stay_apart(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed meanwhile goes to stdout as it is."""
    with progress_bar("Observing") as advance:
        for done in range(1, 1_001):
            advance(done, 1_000)
        print("an answer")

    assert "Observing" in terminal.getvalue()
    assert "1000/1000" in terminal.getvalue()
    assert capsys.readouterr().out == "an answer\n"


def test_a_bar_can_be_left_out(terminal: Terminal) -> None:
    """Nothing is shown where it would tear what is printed."""
    with progress_bar("Observing", disable=True) as advance:
        advance(1, 1)

    assert terminal.getvalue() == ""


def test_waiting_is_shown(terminal: Terminal) -> None:
    """Work whose end is not known says what it is."""
    with waiting("Reading penchant.db"):
        pass

    assert "Reading penchant.db" in terminal.getvalue()


def test_only_a_long_opening_is_shown(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small database opens at once and says nothing."""
    path = tmp_path / "penchant.db"
    open_engine(path, may_make=True).close()
    open_engine(path).close()
    assert terminal.getvalue() == ""
    monkeypatch.setattr("penchant.adapters.cli.database._LONG_BYTES", 0)

    open_engine(path).close()

    assert "Opening" in terminal.getvalue()
