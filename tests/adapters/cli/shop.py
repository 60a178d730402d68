"""A shop for tests of the command line: one moment declared, one person who agreed."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from penchant.adapters.cli.app import app

__all__ = ["Shop", "run"]


def run(*words: str, typed: str | bytes | None = None) -> Result:
    """Run one command in this process; an error that is none of ours comes out as it is."""
    return CliRunner().invoke(app, list(words), input=typed, catch_exceptions=False)


class Shop:
    """A database in a folder, and the commands that are run on it."""

    def __init__(self, folder: Path, *, person: str = "ada") -> None:
        self.folder, self.path = folder, folder / "penchant.db"
        moments = folder / "penchant.toml"
        assert run("init", str(moments)).exit_code == 0
        assert self.run("declare", str(moments)).exit_code == 0
        assert self.run("consent", person, "recommendation", "--grant").exit_code == 0

    def run(self, *words: str, typed: str | bytes | None = None) -> Result:
        """Run one command on the database."""
        return run(*words, "--db", str(self.path), typed=typed)

    def told(self, *words: str, typed: str | bytes | None = None) -> Any:
        """Run one command that must succeed; give the JSON it prints."""
        done = self.run(*words, "--json", typed=typed)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def exported(self, person: str = "ada") -> Path:
        """Export a person to a file."""
        path = self.folder / f"{person}.exported.jsonl"
        assert self.run("export", person, "--to", str(path)).exit_code == 0
        return path

    def decided(self, *words: str, person: str = "ada") -> str:
        """Decide for a person; give the id."""
        found = self.told("decide", "home.hero", "--person", person, *words)
        assert isinstance(found["id"], str)
        return found["id"]
