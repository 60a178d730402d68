"""Every command has help, speaks JSON, is documented, and starts without what it does not need."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from adapters.cli.shop import Shop, run
from adapters.replay.logs import log_of, map_of, rows_of
from msgspec import Struct
from typer.main import get_command

from penchant.adapters.cli.app import app
from penchant.adapters.packs.scaffold import write_pack
from penchant.words import Action, Moment, Outcome

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text("utf-8")
TOP: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
COMMANDS = tuple(
    f"{name} {verb}".strip() for name, one in TOP.items() for verb in getattr(one, "commands", [""])
)
COURSE = ROOT / "src" / "penchant" / "packs" / "school" / "stories" / "sums.csv"
NO_DATABASE = frozenset(
    {"init", "replay", "simulate", "pack list", "pack show", "pack new", "pack check"}
)
LASTING = frozenset({"up", "link"})  # tried on a service that runs, in tests/adapters/http

# What each command is asked to print JSON; {decision} is one that waits for its outcome.
ASKED: dict[str, tuple[str, ...]] = {
    "init": ("new.toml",),
    "declare": ("penchant.toml",),
    "consent": ("ada",),
    "observe": ("--from", "-"),
    "decide": ("home.hero", "--person", "ada"),
    "learn": ("{decision}", "--reward", "1"),
    "explain": ("{decision}",),
    "profile": ("ada",),
    "correct": ("ada", "rhythm", "--is", "evenings"),
    "restrict": ("ada",),
    "export": ("ada",),
    "import": ("{export}",),
    "forget": ("ada", "--yes"),
    "replay": ("{log}", "--map", "{map}"),
    "evaluate": ("home.hero",),
    "simulate": ("--people", "3", "--rounds", "4"),
    "up": (),
    "link": (),
    "doctor": (),
    "key new": ("--scope", "decide:read"),
    "key list": (),
    "key revoke": ("{key}",),
    "pack list": (),
    "pack show": ("school",),
    "pack new": ("pace",),
    "pack check": ("{pack}",),
    "pack bring": ("school", "{course}", "--importer", "course"),
    "pack remove": ("school", "--yes"),
}


def test_the_commands_are_those_of_the_loop() -> None:
    """They stand in the order in which they are needed, and no other is shown."""
    assert tuple(ASKED) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(command: str) -> None:
    """It says what the command does, and something of every argument and option."""
    done = run(*command.split(), "--help")

    assert done.exit_code == 0
    assert re.search(r"^  [A-Z].*\.$", done.stdout, re.MULTILINE), done.stdout
    assert "--json" in done.stdout
    bare = re.findall(
        r"^  (?:-[^ ]+|[A-Z.]+)(?: [A-Z0-9./=]+)?$\n(?!   )", done.stdout, re.MULTILINE
    )
    assert not bare


def test_the_list_of_commands_is_not_cut_off() -> None:
    """Each line fits into 80 columns as a whole sentence."""
    lines = run("--help").stdout.partition("Commands:\n")[2].splitlines()

    assert len(lines) == len(TOP)
    assert not [line for line in lines if not line.endswith(".") or line.endswith("..")]


@pytest.mark.parametrize("command", [one for one in COMMANDS if one not in LASTING])
def test_each_command_prints_json_and_nothing_else(command: str, shop: Shop) -> None:
    """Each line of stdout is one JSON value, and stderr is empty."""
    words = {
        "{decision}": shop.decided(),
        "{log}": str(log_of(shop.folder, rows_of(20))),
        "{map}": str(map_of(shop.folder)),
        "{export}": str(shop.exported()),
        "{pack}": str(write_pack("pace", shop.folder / "another")[0].parent),
        "{course}": str(COURSE),
        "{key}": str(shop.told("key", "new", "--scope", "decide:read")["id"]),
    }
    asked = [words.get(word, word) for word in ASKED[command]]
    typed = '{"kind": "shop.viewed", "person": "ada", "purpose": "recommendation"}\n'
    database = [] if command in NO_DATABASE else ["--db", str(shop.path)]

    done = run(*command.split(), *asked, *database, "--json", typed=typed)

    assert done.exit_code == 0, done.output
    assert [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_documented(command: str) -> None:
    """Its part of the page shows its help, which `tests/docs` holds to what it prints."""
    part = PAGE.partition(f"\n## {command}\n")[2].partition("\n## ")[0]

    assert f"$ penchant {command} --help\nUsage: penchant {command} " in part


def test_no_other_command_is_documented() -> None:
    """A part that begins like a command is one."""
    assert set(re.findall(r"^\$ penchant ([a-z ]+) --help", PAGE, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("noun", [Moment, Action, Outcome])
def test_each_key_of_the_file_is_documented(noun: type[Struct]) -> None:
    """Its field stands in the first column of a table."""
    prefix = "outcome." if noun is Outcome else ""
    whole = {"outcome"}  # told by its own keys

    for field in {*noun.__struct_fields__} - whole:
        assert f"\n| `{prefix}{field}` | " in PAGE


@pytest.mark.parametrize(
    ("words", "free_of"),
    [
        (("--help",), ("rich", "cryptography", "sqlite3")),
        (("decide", "--help"), ("rich", "sqlite3")),
    ],
)
def test_help_is_light(words: tuple[str, ...], free_of: tuple[str, ...]) -> None:
    """Help loads neither rich, nor the ciphers, nor SQLite: it has to come at once."""
    script = (
        f"import sys; sys.argv = ['penchant', *{words!r}]\n"
        "from penchant.adapters.cli.app import main\n"
        "try: main()\n"
        f"except SystemExit: print('loaded', *({set(free_of)!r} & sys.modules.keys()))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stdout.splitlines()[-1].split() == ["loaded"]


def test_an_unknown_command_is_told() -> None:
    """The nearest one is named, and the exit code is 2."""
    done = run("decid")

    assert done.exit_code == 2
    assert "Did you mean 'decide'?" in done.stderr
