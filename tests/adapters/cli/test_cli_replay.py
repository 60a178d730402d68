"""`penchant replay`: a table for people, one JSON object for programs, faults in one sentence."""

import io
import json
import sys
from pathlib import Path

import pytest
from adapters.replay.logs import log_of, map_of, rows_of
from typer.testing import CliRunner

from penchant.adapters.cli.app import app
from penchant.adapters.cli.progress import progress_bar


def test_the_table_is_printed_and_the_same_again(tmp_path: Path) -> None:
    """The same seed prints the same, byte for byte."""
    asked = ["replay", str(log_of(tmp_path, rows_of(40))), "--map", str(map_of(tmp_path))]

    first, second = (CliRunner().invoke(app, [*asked, "--seed", "3"]) for _ in range(2))

    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout
    assert "A small log" in first.stdout
    assert "always tip" in first.stdout


def test_json_is_the_same_as_one_object(tmp_path: Path) -> None:
    """Programs get every number, and nothing else is printed."""
    asked = ["replay", str(log_of(tmp_path, rows_of(40))), "--map", str(map_of(tmp_path))]

    told = CliRunner().invoke(app, [*asked, "--json", "--people", "1"])

    found = json.loads(told.stdout)
    assert found["counts"]["moments"] == 40
    assert [one["policy"] for one in found["policies"]][-1] == "the engine"
    assert len(found["cards"]) == 1


def test_the_journal_is_kept_where_asked(tmp_path: Path) -> None:
    """`--db` leaves a file."""
    asked = ["replay", str(log_of(tmp_path, rows_of(20))), "--map", str(map_of(tmp_path))]

    told = CliRunner().invoke(app, [*asked, "--db", str(tmp_path / "people.db")])

    assert told.exit_code == 0, told.output
    assert (tmp_path / "people.db").exists()


def test_a_replay_never_starts_from_what_it_learned_before(tmp_path: Path) -> None:
    """A database that exists is refused: the engine would know its log beforehand."""
    (tmp_path / "people.db").touch()
    asked = ["replay", str(log_of(tmp_path, rows_of(20))), "--map", str(map_of(tmp_path))]

    told = CliRunner().invoke(app, [*asked, "--db", str(tmp_path / "people.db")])

    assert told.exit_code == 2
    assert "people.db` exists. A replay starts from nothing" in told.stderr


def test_a_fault_is_one_sentence(tmp_path: Path) -> None:
    """A wrong map exits with 2 and says what is wrong, without a traceback."""
    log = log_of(tmp_path, rows_of(20))

    told = CliRunner().invoke(app, ["replay", str(log), "--map", str(tmp_path / "none.toml")])

    assert told.exit_code == 2
    assert "none.toml` cannot be read" in told.stderr
    assert "Traceback" not in told.output


def test_progress_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bar counts on the error stream."""
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)

    with progress_bar("Working") as advance:
        advance(1, 2)
        advance(2, 2)

    assert "Working" in screen.getvalue()
    assert "2/2" in screen.getvalue()


def test_progress_stays_away_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe the bar prints nothing, and calling it does no harm."""
    with progress_bar("Working") as advance:
        advance(1, 2)
        advance(2, 2)

    assert capsys.readouterr().out == ""
