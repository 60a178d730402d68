"""Each command by itself: what people read, what programs get, and how it says no."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from adapters.cli.shop import Shop, run
from engines import facts_in
from rich.cells import cell_len

from penchant.adapters.cli.app import app, main
from penchant.engine import Engine

NEVER = '{"name": "fins", "text": "no fins", "action": "fins"}'


def test_init_writes_an_example_once(tmp_path: Path) -> None:
    """The file can be declared as it is; a second call leaves it alone."""
    path = tmp_path / "moments.toml"

    first, second = run("init", str(path)), run("init", str(path))

    assert first.exit_code == 0
    assert f"  penchant declare {path}\n" in first.stdout
    assert second.exit_code == 2
    assert "is there already" in second.stderr
    assert run("init", str(tmp_path / "no" / "where.toml")).exit_code == 2


def test_declare_says_what_was_declared(shop: Shop) -> None:
    """A file with a mistake declares nothing and names the mistake."""
    path = shop.folder / "more.toml"
    path.write_text('[[moments]]\nname = "a"\npurpose = "news"\n')
    assert shop.run("declare", str(path)).stdout == "Declared a: 0 actions, for the purpose news.\n"
    path.write_text(path.read_text().replace('"a"', '"b"') + "burden = 3\n")

    done = shop.run("declare", str(path))

    assert done.exit_code == 2
    assert "moment 1 (`b`): there is no key `burden`" in done.stderr
    assert shop.run("decide", "b").exit_code == 2


def test_several_are_decided_together(shop: Shop) -> None:
    """A slate shows its actions the top one first, none twice, each to be learned from."""
    told = shop.told("decide", "home.hero", "--person", "ada", "--positions", "2")

    names = [one["action"]["name"] for one in told["decisions"]]
    assert len(set(names)) == len(names) <= 2
    assert [one["position"]["number"] for one in told["decisions"]] == [*range(1, len(names) + 1)]
    for one in told["decisions"]:
        assert shop.run("learn", one["id"], "--reward", "0").exit_code == 0
    assert shop.run("decide", "home.hero", "-k", "1").stdout.count("decision  ") == 1
    assert "1 to 64 positions" in shop.run("decide", "home.hero", "-k", "0").stderr
    assert (
        "goes with one decision" in shop.run("decide", "home.hero", "-k", "1", "--draw", "0").stderr
    )


def test_consent_is_kept_and_shown(shop: Shop) -> None:
    """An answer holds from the next command on; without one the answers are shown."""
    assert shop.run("consent", "ada", "news", "--grant", "--dial", "0.5").stdout == "Granted.\n"
    shown = shop.told("consent", "ada", "news")
    assert [(one["state"], one["dial"]) for one in shown] == [("granted", 0.5)]
    assert shop.run("consent", "ada", "news", "--deny").stdout == "Denied.\n"

    done = shop.run("consent", "ada")

    assert "news            withdrawn, since " in done.stdout
    assert "recommendation  granted, dial 1, since " in done.stdout
    assert shop.run("consent", "ada", "ads").stdout == "ads       not asked\n"
    assert shop.run("consent", "zoe").stdout == "Not asked for anything yet.\n"


def test_consent_can_end(shop: Shop) -> None:
    """`--until` is kept and shown."""
    shop.run("consent", "ada", "news", "--grant", "--until", "2100-01-01T00:00Z")

    said = " ".join(shop.run("consent", "ada", "news").stdout.split())
    assert said.endswith("until 2100-01-01 00:00 UTC")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("ada", "--grant"), "An answer is for one purpose"),
        (("ada", "news", "--dial", "0.5"), "go with an answer"),
        (("ada", "news", "--grant", "--dial", "2"), "The dial must be between 0 and 1"),
        (("ada", "news", "--grant", "--at", "2026-11-22T10:00"), "has no time zone"),
        (("a\nb", "news", "--grant"), "1 to 256 printable characters"),
    ],
)
def test_consent_says_what_it_lacks(words: tuple[str, ...], sentence: str, shop: Shop) -> None:
    """An answer that makes no sense is one line on stderr and exit code 2."""
    done = shop.run("consent", *words)

    assert done.exit_code == 2
    assert sentence in done.stderr


def test_a_decision_is_shown_with_its_reasons(shop: Shop) -> None:
    """People see the action first, then why, the chances and the id."""
    done = shop.run("decide", "home.hero", "--person", "ada", "--context", "hour=9", "--draw", "0")

    lines = done.stdout.splitlines()
    assert lines[0] in {"sneakers", "fins", "helmet"}
    assert lines[1].startswith("why       ")
    assert [line.split()[0] for line in lines[-3:]] == ["chance", "others", "decision"]


def test_a_decision_is_whole_as_json(shop: Shop) -> None:
    """Programs get every propensity, the reasons, the context and the consent."""
    found = shop.told(
        "decide", "home.hero", "--person", "ada", "--context", "hour=9", "--context", "new=true"
    )

    assert set(found["propensities"]) == {"sneakers", "fins", "helmet", "nothing"}
    assert sum(found["propensities"].values()) == pytest.approx(1)
    assert found["propensity"] == found["propensities"][found["action"]["name"]]
    assert found["context"] == {"hour": 9, "new": True}
    assert found["consent"]["state"] == "granted"
    assert found["reasons"][0]["sentence"]
    assert found["executed"] is True


def test_nobody_in_particular_needs_no_consent(shop: Shop) -> None:
    """Without a person the decision is neutral."""
    found = shop.told("decide", "home.hero")

    assert (found["person"], found["mode"], found["consent"]) == (None, "neutral", None)


def test_no_consent_is_an_answer_and_no_error(shop: Shop) -> None:
    """The fallback is given, with the reason."""
    done = shop.run("decide", "home.hero", "--person", "zoe")

    assert done.exit_code == 0
    assert done.stdout.startswith("nothing\nwhy       Nothing was personalised: consent for")


def test_what_was_removed_is_shown_with_its_reason(shop: Shop) -> None:
    """An action above the dial is named among the reasons, once."""
    shop.run("consent", "ada", "recommendation", "--grant", "--dial", "0.1")

    done = shop.run("decide", "home.hero", "--person", "ada")

    assert "was left out. Its burden of 0.2 is above the dial" in " ".join(done.stdout.split())
    assert done.stdout.count("helmet") == 1


def test_candidates_come_from_a_file(shop: Shop) -> None:
    """Actions known only now replace the declared ones, for this decision."""
    path = shop.folder / "cards.json"
    path.write_text('[{"name": "a", "features": {"x": 1}}, {"name": "b"}]')
    words = ("decide", "home.hero", "--person", "ada", "--actions")

    found = shop.told(*words, str(path))
    typed = shop.told(*words, "-", typed='[{"name": "c"}]')

    assert set(found["propensities"]) == {"a", "b", "nothing"}
    assert set(typed["propensities"]) == {"c", "nothing"}


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (("nowhere",), "", "No moment `nowhere`"),
        (("home.hero", "--context", "hour"), "", "`--context` takes name=value"),
        (("home.hero", "--context", "x=null"), "", "Feature `x`"),
        (("home.hero", "--draw", "1"), "", "A draw must be"),
        (("home.hero", "--at", "2026-11-22T10:00"), "", "has no time zone"),
        (("home.hero", "--actions", "none.json"), "", "`none.json` cannot be read"),
        (("home.hero", "--actions", "-"), "[", "`-` is not JSON"),
        (("home.hero", "--actions", "-"), "[]", "empty list of actions"),
        (("home.hero", "--actions", "-"), '[{"nam": "a"}]', "is `name` meant?"),
    ],
)
def test_a_decision_that_cannot_be_taken_is_told(
    words: tuple[str, ...], typed: str, sentence: str, shop: Shop
) -> None:
    """It is one line on stderr, nothing on stdout, and the exit code is 2."""
    done = shop.run("decide", *words, "--json", typed=typed)

    assert (done.exit_code, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_first_outcome_counts(shop: Shop) -> None:
    """A repeat is refused with its sentence and exit code 1."""
    decision = shop.decided()

    first = shop.run("learn", decision, "--outcome", "clicked")
    second = shop.run("learn", decision, "--reward", "0", "--json")

    assert (first.exit_code, first.stdout) == (0, "Learned.\n")
    assert second.exit_code == 1
    assert "the first one counts" in json.loads(second.stdout)["sentence"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Give `--reward` or `--outcome`"),
        (("--reward", "1", "--outcome", "clicked"), "Give `--reward` or `--outcome`"),
        (("--reward", "3"), "must be between 0 and 1"),
        (("--reward", "nan"), "must be a finite number"),
        (("--outcome", "bought"), "has the outcome `clicked`"),
    ],
)
def test_an_outcome_that_is_none_is_told(words: tuple[str, ...], sentence: str, shop: Shop) -> None:
    """The decision waits on, and can be learned from afterwards."""
    decision = shop.decided()

    done = shop.run("learn", decision, *words)

    assert done.exit_code == 2
    assert sentence in done.stderr
    assert shop.run("learn", decision, "--reward", "1").exit_code == 0


def test_a_decision_explains_itself_later(shop: Shop) -> None:
    """Sentences for people, the same as data for programs; an unknown id is an error."""
    decision = shop.decided("--context", "hour=9")

    done, found = shop.run("explain", decision), shop.told("explain", decision)

    assert "was chosen; its chance was" in done.stdout
    assert found["decision"] == decision
    assert found["sentences"][0].replace("`", "") in done.stdout.translate({0x2018: "", 0x2019: ""})
    assert shop.run("explain", "none").exit_code == 2


def test_a_profile_says_what_is_known(shop: Shop) -> None:
    """What the person said stands first, then what is believed, and how sure."""
    lines = (
        '{"kind": "trait.stated", "person": "ada", "data": {"city": "Graz"}}',
        '{"kind": "goal.stated", "person": "ada", "data": {"name": "run", "text": "run 5 km"}}',
        f'{{"kind": "never.stated", "person": "ada", "data": {NEVER}}}',
        '{"kind": "person.merged", "person": "ada", "data": {"from": "anon-7"}}',
        *['{"kind": "shop.viewed", "person": "ada", "data": {"item": "x"}}'] * 3,
    )
    typed = "\n".join(lines)
    assert (
        shop.run("observe", "--from", "-", "--purpose", "recommendation", typed=typed).exit_code
        == 0
    )

    said = shop.run("profile", "ada").stdout

    assert said.startswith("ada\nknown as  anon-7\nconsent   recommendation: granted, dial 1")
    assert "trait     city = Graz\n" in said
    assert "goal      run: run 5 km (0 % reached)\n" in said
    assert "never     fins: no fins\n" in said
    assert "believed\n" in said
    assert "% sure\n" in said
    assert shop.told("profile", "ada")["traits"][0]["value"] == "Graz"


def test_a_stranger_has_a_profile_too(shop: Shop) -> None:
    """Nobody is an error: what is not known is said."""
    done = shop.run("profile", "zoe")

    assert done.exit_code == 0
    assert done.stdout.startswith("zoe\n")


def test_export_writes_a_file_for_its_owner_alone(shop: Shop) -> None:
    """The same lines as on stdout; an existing file is not written over."""
    shop.decided()
    path = shop.folder / "ada.jsonl"

    assert (
        shop.run("export", "ada", "--to", str(path)).stdout
        == f"Wrote 2 facts in 7 lines to {path}.\n"
    )

    assert path.stat().st_mode & 0o777 == 0o600
    assert facts_in(path.read_text()) == facts_in(shop.run("export", "ada").stdout)
    again = shop.run("export", "ada", "--to", str(path))
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    assert shop.run("export", "ada", "--to", str(shop.folder / "no" / "where")).exit_code == 2
    other = shop.told("export", "ada", "--to", str(shop.folder / "other.jsonl"))
    assert other["facts"] == 2


def test_an_export_of_nothing_says_so(shop: Shop) -> None:
    """Nothing on stdout, a line for people on stderr."""
    done = shop.run("export", "zoe")

    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "Nothing is kept about that person.\n"


def test_forgetting_asks_for_the_id(shop: Shop) -> None:
    """Another word, or none, forgets nothing."""
    for typed in ("no\n", "", "y\n"):
        done = shop.run("forget", "ada", typed=typed)
        assert done.exit_code == 1
        assert "Not forgotten" in done.stderr
    assert shop.run("export", "ada").stdout

    assert shop.run("forget", "ada", typed="ada\n").exit_code == 0
    assert shop.run("export", "ada").stdout == ""


def test_forgetting_gives_a_receipt(shop: Shop) -> None:
    """It counts what was erased and names nobody; a second one has nothing to count."""
    shop.run("learn", shop.decided(), "--reward", "1")

    done = shop.run("forget", "ada", "--yes")
    again = shop.run("forget", "ada", "--yes")

    assert "erased     3 facts, 1 outcome out of the model" in done.stdout
    assert "ada" not in done.stdout
    assert "nothing was kept" in again.stdout


def test_a_receipt_is_json(shop: Shop) -> None:
    """Programs get it as it is; the question goes to stderr."""
    done = shop.run("forget", "ada", "--json", typed="ada\n")

    assert json.loads(done.stdout)["entries"] == 1


def test_a_store_in_use_is_named(shop: Shop) -> None:
    """One process owns a file; the others get the sentence."""
    with Engine.open(str(shop.path)):
        done = shop.run("profile", "ada")

    assert done.exit_code == 2
    assert "`penchant.db` is in use" in done.stderr


def test_the_database_is_named_by_the_surroundings(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """PENCHANT_DB counts where no --db is given, else `penchant.db` in this folder."""
    assert "granted" in run("consent", "ada").stdout
    monkeypatch.setenv("PENCHANT_DB", str(tmp_path / "none.db"))

    assert run("consent", "ada").exit_code == 2
    assert "granted" in shop.run("consent", "ada").stdout


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_nothing_is_wider_than_the_terminal(
    columns: str, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line fits, no line ends in spaces, and no colour comes into a pipe."""
    monkeypatch.setenv("COLUMNS", columns)
    decision = shop.decided()

    for words in (
        ("decide", "home.hero", "--person", "ada"),
        ("explain", decision),
        ("profile", "ada"),
        ("consent", "ada"),
        ("doctor",),
    ):
        lines = shop.run(*words).stdout.splitlines()
        assert max(cell_len(line) for line in lines) <= int(columns)
        assert not [line for line in lines if line != line.rstrip() or "\x1b" in line]


def test_main_speaks_utf_8(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`main` is what is installed as `penchant`."""
    monkeypatch.setattr("sys.argv", ["penchant", "--version"])

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("penchant 0.")
    assert app.info.name == "penchant"


def test_the_command_line_uses_one_thread_of_linear_algebra() -> None:
    """Whatever numpy was told at its start: threads that share small steps wait for each other."""
    told = (
        "import sys; from threadpoolctl import threadpool_info\n"
        "from penchant.adapters.cli.app import main\n"
        "count = lambda: [one['num_threads'] for one in threadpool_info()]\n"
        "before = count(); sys.argv = ['penchant', '--version']\n"
        "try: main()\n"
        "except SystemExit: print(before, count())"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-c", told],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "2"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.splitlines()[-1].endswith("[1]")
