"""One story through the installed `penchant`, each step a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

from engines import facts_in

PENCHANT = Path(sys.executable).parent / "penchant"


class Told:
    """Runs the installed command in a folder."""

    def __init__(self, folder: Path) -> None:
        keep = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG"}}
        self.folder, self.env = folder, {**keep, "PENCHANT_DB": "shop.db"}

    def __call__(self, *words: str, typed: str = "", exits: int = 0) -> str:
        """Run one command; give what it prints, and see how it exits."""
        done = subprocess.run(  # noqa: S603 - our own command
            [PENCHANT, *words],
            cwd=self.folder,
            env=self.env,
            input=typed.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == exits, done.stderr.decode()
        assert b"Traceback" not in done.stderr
        return (done.stdout if exits == 0 else done.stderr).decode()


def test_one_person_from_first_signal_to_forgotten(tmp_path: Path) -> None:
    """Ada agrees, is watched, answered, learned from, explained, exported and forgotten."""
    told = Told(tmp_path)
    told("init")
    assert "Declared home.hero: 3 actions" in told("declare")
    told("consent", "ada", "recommendation", "--grant")
    seen = '{"kind": "shop.viewed", "person": "ada", "data": {"item": "sneakers"}}\n' * 10
    told("observe", "--from", "-", "--purpose", "recommendation", typed=seen)

    decision = {}
    for draw in ("0.1", "0.4", "0.7"):
        asked = ("decide", "home.hero", "--person", "ada", "--context", "hour=9", "--draw", draw)
        decision = json.loads(told(*asked, "--json"))
        chose_sneakers = decision["action"]["name"] == "sneakers"
        told("learn", decision["id"], "--reward", str(int(chose_sneakers)))
    assert "learned before" in told("learn", decision["id"], "--reward", "1", exits=1)

    assert "was chosen; its chance was" in told("explain", decision["id"])
    assert "shop.viewed" in told("profile", "ada")
    assert len(facts_in(told("export", "ada"))) == 1 + 10 + 2 * 3
    assert "of 18 facts" in told("doctor")
    assert "Not forgotten" in told("forget", "ada", typed="zoe\n", exits=1)
    assert "17 facts, 3 outcomes" in told("forget", "ada", typed="ada\n")
    assert told("export", "ada") == ""
    assert "Was its person forgotten?" in told("explain", decision["id"], exits=2)
    assert "decisions 0, outcomes 0" in told("doctor")


def test_two_processes_do_not_share_a_file(tmp_path: Path) -> None:
    """The second one gets the sentence of the lock, with the number of the first."""
    told = Told(tmp_path)
    told("init")
    told("declare")
    script = (
        "import sys; from penchant import Engine\n"
        "with Engine.open('shop.db'): print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"open\n"

        said = told("profile", "ada", exits=2)

        owner.communicate()
    assert said.startswith(f"`shop.db` is in use by process {owner.pid};")
    assert told("profile", "ada").startswith("ada\n")


def test_bytes_go_through_pipes_as_utf_8(tmp_path: Path) -> None:
    """Whatever the language of the machine, a pipe gets UTF-8 and no traceback."""
    told = Told(tmp_path)
    told.env |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    told("init")
    told("declare")
    told("consent", "ada", "recommendation", "--grant")
    line = '{"kind": "trait.stated", "person": "ada", "data": {"city": "名古屋"}}'
    told("observe", "--from", "-", "--purpose", "recommendation", typed=line)

    assert "trait     city = 名古屋\n" in told("profile", "ada")
    assert "名古屋" in told("export", "ada")
    assert "‘" in told("explain", json.loads(told("decide", "home.hero", "--json"))["id"])
