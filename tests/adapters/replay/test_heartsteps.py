"""The real trial that `make run` replays: its numbers are those its README states."""

import csv
import gzip
import runpy
from functools import cache
from pathlib import Path

import pytest

from penchant.adapters.replay import ReplayReport, replay

FOLDER = Path(__file__).parents[3] / "data" / "heartsteps"


@cache
def report(map_name: str) -> ReplayReport:
    """Replay the trial once for all tests of this file."""
    return replay(FOLDER / "heartsteps.csv.gz", FOLDER / map_name, seed=7, people=3)


def test_the_counts_are_those_of_the_trial() -> None:
    """People, moments, available and missing are as published; about 1 in c is accepted."""
    counts = report("heartsteps.toml").counts

    assert (counts.people, counts.moments, counts.available) == (24, 5_360, 4_271)
    assert (counts.missing_rewards, counts.measured, counts.bad_rows) == (532, 3_739, 0)
    assert counts.accepted == pytest.approx(4_271 / 2.5, rel=0.06)


def test_sending_or_not_fits_its_design_and_cannot_be_told_apart() -> None:
    """The send rate passes; no policy, the engine included, differs from what was done."""
    found = report("heartsteps.toml")
    values = {one.policy: one.value for one in found.policies}

    assert not found.warnings
    assert list(values) == ["as logged", "never sending", "always sending", "the engine"]
    assert values["never sending"] == pytest.approx(214.2, abs=0.05)
    assert values["always sending"] == pytest.approx(232.9, abs=0.05)
    assert not any(one.told_apart for one in found.comparisons if one.other == "as logged")


def test_three_people_are_shown_with_beliefs_and_reasons() -> None:
    """Each has beliefs with how sure they are, a last decision and sentences."""
    shown = report("heartsteps.toml").cards

    assert len(shown) == 3
    assert all(len(one.beliefs) >= 3 and len(one.sentences) >= 2 for one in shown)


def test_kinds_of_tip_rest_on_estimated_propensities_and_say_so() -> None:
    """One available row has no kind and is told; the others are compared."""
    found = report("kinds.toml")

    assert "estimated from the log, within `slot`" in found.propensities
    assert found.counts.available == 4_270
    assert [one.line for one in found.bad_rows] == [4_989]
    assert len(found.policies) == 5


def test_the_design_of_the_kinds_does_not_fit(tmp_path: Path) -> None:
    """With the design's 40 / 30 / 30 the run says so, names both, and says no value."""
    text = (FOLDER / "kinds.toml").read_text("utf-8").replace('estimate_by = ["slot"]\n', "")
    for name, chance in (("none", 0.4), ("active", 0.3), ("sedentary", 0.3)):
        text = text.replace(f'logged = "{name}"', f'logged = "{name}"\npropensity = {chance}')
    path = tmp_path / "design.toml"
    path.write_text(text, "utf-8")

    found = replay(FOLDER / "heartsteps.csv.gz", path, seed=7, people=0)

    assert any("`stretching tip` was logged in 25.6 %" in one for one in found.warnings)
    assert any("declared as 30.0 %" in one for one in found.warnings)
    assert [one.policy for one in found.policies if one.value is not None] == ["as logged"]


ORIGINAL = FOLDER.parents[2] / "shared/data/bandit/heartsteps/suggestions.csv.gz"


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the trial's original file is not here")
def test_the_cut_is_made_again_from_the_original(tmp_path: Path) -> None:
    """The script in the folder gives the rows that lie beside it."""
    script = runpy.run_path(str(FOLDER / "make.py"))

    script["main"](ORIGINAL, tmp_path / "again.csv.gz")

    again, kept = tmp_path / "again.csv.gz", FOLDER / "heartsteps.csv.gz"
    assert gzip.decompress(again.read_bytes()) == gzip.decompress(kept.read_bytes())


def test_nothing_is_kept_that_could_tell_who_somebody_is() -> None:
    """The columns are the fourteen its README lists; places are kinds of places."""
    text = gzip.decompress((FOLDER / "heartsteps.csv.gz").read_bytes()).decode()
    rows = list(csv.DictReader(text.splitlines()))
    readme = (FOLDER / "README.md").read_text("utf-8")

    assert len(rows[0]) == 14
    assert all(f"| `{column}` |" in readme for column in rows[0])
    assert {row["place"] for row in rows} == {
        *("", "home", "work", "study", "food", "shop", "park", "other")
    }
