"""`penchant pack`: what is installed, a new pack that works, one that does not, and one less."""

import importlib
import json
from pathlib import Path

import pytest
from adapters.cli.shop import Shop, run
from packs.strangers import STRANGER

from penchant import Engine, Signal
from penchant.adapters.packs.scaffold import FILES
from penchant.testing.packs import PACK_CHECKS, PackCheck


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the stranger's pack, for as long as a test runs."""
    monkeypatch.syspath_prepend(str(STRANGER))
    importlib.invalidate_caches()


@pytest.fixture
def made(shop: Shop) -> Path:
    """Write a new pack, and give its folder."""
    done = run("pack", "new", "habit_two")
    assert done.exit_code == 0, done.output
    assert "penchant pack check habit_two" in done.stdout
    return shop.folder / "habit_two"


@pytest.mark.usefixtures("on_path")
def test_packs_are_listed_with_what_brings_them() -> None:
    """Ours and a stranger's alike."""
    lines = run("pack", "list").stdout.splitlines()

    assert "pace  from penchant-pace" in lines
    assert "school  from penchant" in lines


@pytest.mark.usefixtures("on_path")
def test_a_pack_is_shown_with_its_claims() -> None:
    """The page says what is kept, why, for how long, and what the pack claims against what."""
    page = run("pack", "show", "pace").stdout

    assert page.startswith("# Pace\n")
    assert "| `pace.ran` | finished a run | `km` (number), `route` (text) |" in page
    assert "mean of all runs | 0.1 |" in page
    told = json.loads(run("pack", "show", "pace", "--json").stdout)
    assert told["about"]["name"] == "pace"


@pytest.mark.parametrize("check", PACK_CHECKS, ids=lambda check: check.__name__)
def test_a_new_pack_keeps_the_contract(made: Path, check: PackCheck) -> None:
    """Its story passes and its claim holds, before a line of it was changed."""
    check(made / "penchant_habit_two")


def test_a_new_pack_is_checked_from_its_folder(made: Path) -> None:
    """By its project's folder, with its claims."""
    done = run("pack", "check", str(made), "--claims")

    assert done.exit_code == 0, done.output
    assert "`forgetting` holds" in done.stdout
    assert "Pack habit_two keeps the contract; 2 stories told." in done.stdout
    assert len([file for file in made.rglob("*") if file.is_file() and file.suffix != ".pyc"]) == (
        len(FILES)
    )


def test_what_a_new_pack_is_called_is_seen_to(shop: Shop) -> None:
    """A name that no module can have, and a folder that is there."""
    bad = run("pack", "new", "My Pack")
    there = run("pack", "new", "pace", "--in", str(shop.folder))

    assert bad.exit_code == there.exit_code == 2
    assert "lower-case letters" in bad.stderr
    assert "is there already" in there.stderr


def changed(made: Path, old: str, new: str, *, file: str = "pack.toml") -> str:
    """Change a file of the pack, check it, and give what is said against it."""
    path = made / "penchant_habit_two" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    done = run("pack", "check", str(made), "--claims")
    assert done.exit_code == 1, done.output
    return done.stderr


def test_what_stands_against_a_pack_is_told(made: Path) -> None:
    """The file and the key, on a line of its own."""
    said = changed(made, 'reason = "Five minutes are easy to find."\n', "")

    assert "pack.toml`, key `moments.habit_two.next_turn.actions.short.reason`: It has no" in said


def test_a_story_that_is_not_so_is_told(made: Path) -> None:
    """With its page, its line and what is."""
    said = changed(made, "sees 7 signals", "sees 9 signals", file="stories/a-habit-begins.md")

    assert "a-habit-begins.md`: line 3: " in said
    assert "(it is: 7)" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-03-20 08:00 ada flies", "this says nothing that is known"),
        ("→ all is well", "this asks for nothing that is known"),
        ("once upon a time", "it begins with neither a time nor an arrow"),
        ("2026-03-20 08:00 ada sends habit_two.gone", "the last line was refused: Not kept: pack"),
        ("2026-03-20 08:00 x.gone is decided for ada", "the last line was refused: No moment"),
        (
            "2026-03-20 08:00 ada sends habit_two.gone\n2026-03-20 08:00 time has passed",
            "the line before was refused: Not kept: pack",
        ),
        ("→ habit_two.habit of ada is 3", "it is: 0.0"),
        ("→ habit_two.gone of ada is 3", "it is: nothing"),
    ],
)
def test_a_line_that_says_nothing_is_told(made: Path, line: str, said: str) -> None:
    """What nobody understands, and a refusal that the story does not mention."""
    told = changed(made, "ada is forgotten\n", f"ada is forgotten\n{line}\n", file=STORY)

    assert said in told


STORY = "stories/a-habit-begins.md"


def test_a_pack_without_a_story_is_refused(made: Path) -> None:
    """What a pack does for somebody is told before it is done."""
    (made / "penchant_habit_two" / STORY).unlink()
    done = run("pack", "check", str(made))

    assert done.exit_code == 1
    assert "holds no story" in done.stderr


def test_a_claim_that_does_not_hold_is_told(made: Path) -> None:
    """With both numbers."""
    said = changed(made, "threshold = 0.1", "threshold = 0.9")

    assert "`forgetting` does not hold: " in said
    assert "at least 0.9 is claimed" in said


def test_a_claim_without_its_data_is_not_measured(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is said, and is no failure; with data they are read from their folder alone."""
    file = made / "penchant_habit_two" / "pack.toml"
    file.write_text(file.read_text("utf-8").replace('data = "simulated"', 'data = "diaries"'))
    code = made / "penchant_habit_two" / "claims.py"
    code.write_text(code.read_text("utf-8").replace("    del read\n", '    read("../secret")\n'))
    monkeypatch.delenv("PENCHANT_DATA", raising=False)
    done = run("pack", "check", str(made), "--claims")

    assert done.exit_code == 0
    assert "was not measured: its data `diaries` are not here" in done.stdout
    (made / "diaries").mkdir()
    (made / "secret").write_text("no")
    monkeypatch.setenv("PENCHANT_DATA", str(made))
    done = run("pack", "check", str(made), "--claims")

    assert done.exit_code == 2
    assert "reads `../secret`, which is not of its data set" in done.stderr


def live(shop: Shop) -> None:
    """Leave signals of the stranger's pack in the shop's database."""
    with Engine.open(str(shop.path), packs=["pace"]) as engine:
        engine.consent("ada", "pace.training")
        assert engine.observe(Signal("pace.ran", "ada", data={"km": 5.0}))


@pytest.mark.usefixtures("on_path")
def test_a_pack_is_removed_from_a_database(shop: Shop) -> None:
    """Typed again or not; everything else stays."""
    shop.decided()
    live(shop)
    no = shop.run("pack", "remove", "pace", typed="paces\n")
    yes = shop.run("pack", "remove", "pace", typed="pace\n")

    assert no.exit_code == 1
    assert "Not removed" in no.stderr
    assert yes.exit_code == 0, yes.output
    assert "about 1 people" in yes.stdout or "about 1 person" in yes.stdout
    assert "home.hero" in shop.run("export", "ada").stdout
    assert "pace.ran" not in shop.run("export", "ada").stdout


def test_there_has_to_be_a_database(shop: Shop) -> None:
    """A misspelt path shall not pass for an empty one."""
    done = run("pack", "remove", "pace", "--yes", "--db", str(shop.folder / "gone.db"))

    assert done.exit_code == 2
    assert "There is no database" in done.stderr


@pytest.mark.usefixtures("on_path")
def test_a_file_is_brought(shop: Shop) -> None:
    """What is wrong in it is told with its line; a file that is not there is told, too."""
    file = shop.folder / "routes.csv"
    file.write_text("name,km\nwood,5\nlake,far\n")
    done = shop.run("pack", "bring", "pace", str(file), "--importer", "routes")
    gone = shop.run("pack", "bring", "pace", "gone.csv", "--importer", "routes")

    assert done.exit_code == 0, done.output
    assert "line 3, `km`: It is no number of kilometres." in done.stderr
    assert "Kept 0 signals and routes." in done.stdout
    assert gone.exit_code == 2
    assert "cannot be read" in gone.stderr
