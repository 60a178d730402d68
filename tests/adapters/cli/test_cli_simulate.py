"""`penchant simulate`: every line says SIMULATED, the same seed the same lines, and no nonsense."""

import csv
import json
from pathlib import Path

import pytest
from adapters.cli.shop import run

TINY = ("simulate", "--people", "5", "--rounds", "6")


def test_each_line_is_labelled_and_comes_again() -> None:
    """Nobody can take a line of it for something about real people."""
    first, again = run(*TINY), run(*TINY)

    assert first.exit_code == 0
    assert first.stdout == again.stdout
    assert all(line.startswith("SIMULATED") for line in first.stdout.splitlines())
    told = ("best possible", "a model for each person", "population only", "random")
    assert all(f"SIMULATED  {name} " in first.stdout for name in told)
    assert run(*TINY, "--seed", "8").stdout != first.stdout


def test_json_has_every_number_with_its_interval() -> None:
    """Overall, the first five and the last quarter, of all four, and who is ahead."""
    found = json.loads(run(*TINY, "--json").stdout)
    parts = {"overall", "first five", "last quarter"}

    assert found["simulated"] is True
    assert set(found["normalised_reward"]) == {"random", "best", "personal", "pooled"}
    for each in (*found["normalised_reward"].values(), found["ahead_of_population_only"]):
        assert set(each) == parts
        assert all(one["low"] <= one["value"] <= one["high"] for one in each.values())
    personal, pooled = (
        found["normalised_reward"][name]["overall"]["value"] for name in ("personal", "pooled")
    )
    ahead = found["ahead_of_population_only"]["overall"]["value"]
    assert ahead == pytest.approx(personal - pooled)
    assert found["mean_reward"]["random"] < found["mean_reward"]["best"]


def test_what_was_asked_for_is_said() -> None:
    """Drift, late and missing answers and adversaries stand above the table."""
    asked = ("--drifters", "0.4", "--drift", "2", "--delay", "1", "--missing", "0.1")
    others = ("--adversaries", "0.4", "--manner", "flip", "--world", "ideal", "--satiation", "2")
    found = run(*TINY, *asked, *others).stdout

    assert "the taste of 40% of people moves once, by 2 spreads" in found
    assert "answers up to 1 rounds late, 10% never" in found
    assert "but against it from halfway; the scores are of the other 3" in found
    assert "what was shown wears off" in found


def test_where_nothing_can_be_gained_it_says_so() -> None:
    """All people adversaries leave nobody to score; no number is made up."""
    done = run(*TINY, "--adversaries", "1")

    assert done.exit_code == 2
    assert "nobody" in done.stderr


def test_of_one_person_no_interval_is_claimed() -> None:
    """Drawn anew one person is always the same; a width of 0 would look like being sure."""
    alone = ("simulate", "--people", "1", "--rounds", "6")
    told, found = run(*alone).stdout, json.loads(run(*alone, "--json").stdout)

    assert " to " not in told.split("best possible")[1]
    assert "no intervals: one person says nothing of others" in told
    scored = (
        *found["normalised_reward"]["personal"].values(),
        *found["ahead_of_population_only"].values(),
    )
    assert all(one["value"] is not None for one in scored)
    assert all(one["low"] is None and one["high"] is None for one in scored)


@pytest.mark.parametrize("world", ["linear", "ideal"])
def test_a_written_log_can_be_read(tmp_path: Path, world: str) -> None:
    """The log and its map are read by evaluate and replay, and say that they are simulated."""
    log, plan = tmp_path / "log.csv", tmp_path / "log.toml"
    written = ("--slates", "fixed", "--world", world, "--missing", "0.3", "--write", str(log))
    done = run(*TINY, *written)
    with log.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert done.exit_code == 0, done.output
    assert len(rows) == 30
    assert any(row["reward"] == "" for row in rows)
    assert plan.read_text("utf-8").startswith("# SIMULATED")
    for command in ("evaluate", "replay"):
        read = run(command, str(log), "--map", str(plan))
        assert read.exit_code == 0, read.output
        assert read.stdout.startswith(f"SIMULATED: {world} world, seed 7")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--people", "0"), "`people` of a world must be a whole number from 1"),
        (("--rounds", "-3"), "`rounds` of a world must be a whole number from 1"),
        (("--seed", "-1"), "`--seed` must be a whole number from 0"),
        (("--world", "flat"), "There is no world `flat`. There are `linear`"),
        (("--slates", "some"), "`--slates` must be `changing` or `fixed` (got `some`)"),
        (("--heterogeneity", "9"), "`heterogeneity` of a world must be between 0 and 4"),
        (("--heterogeneity", "nan"), "`heterogeneity` of a world must be a finite number"),
        (("--segments", "3"), "`--segments` changes nothing without `--world nonlinear`"),
        (("--satiation", "1"), "`--satiation` changes nothing without `--world ideal`"),
        (("--drift", "1"), "`--drift` changes nothing without `--drifters`"),
        (("--drifters", "2"), "`drifters` of a world must be between 0 and 1"),
        (("--manner", "flip"), "`--manner` changes nothing without `--adversaries`"),
        (("--adversaries", "0.1", "--manner", "sly"), "`manner` of adversaries must be one of"),
        (("--delay", "99"), "`delay` of answers must be a whole number from 0 to 50"),
        (("--missing", "1.5"), "`missing`, a share of answers, must be between 0 and 1"),
        (("--write", "x.csv"), "`--write` needs `--slates fixed`"),
        (("--write", "x.txt", "--slates", "fixed"), "needs a name that ends in `.csv`"),
        (("--write", "no/such/x.csv", "--slates", "fixed"), "`no/such/x.csv` cannot be written"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    words: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was wrong, and what was expected; exit code 2 and nothing on stdout."""
    monkeypatch.chdir(tmp_path)
    done = run(*TINY, *words)

    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    """Neither a log nor a map is written over."""
    log = tmp_path / "log.csv"
    log.with_suffix(".toml").write_text("mine", "utf-8")
    done = run(*TINY, "--slates", "fixed", "--write", str(log))

    assert done.exit_code == 2
    assert "exists already and is left as it is" in done.stderr
    assert not log.exists()
