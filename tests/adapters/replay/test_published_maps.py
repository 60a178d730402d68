"""Maps of published logs: those that ship read what ships, the others the files as published."""

import csv
import gzip
import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from penchant.adapters.cli.evaluate_columns import log_columns
from penchant.adapters.replay import replay
from penchant.adapters.replay.map_file import read_map
from penchant.adapters.replay.rows import read_rows
from penchant.learn.evaluate import evaluated

ROOT = Path(__file__).parents[3]
MAPS = ROOT / "data"
GIVEN = Path(os.environ.get("PENCHANT_DATA", ROOT.parent / "shared" / "data"))
OPEN_BANDIT = GIVEN / "bandit" / "open_bandit"
HILLSTROM = GIVEN / "rct" / "hillstrom_email.csv.gz"
ELSEWHERE = "the set does not ship; `PENCHANT_DATA` names the folder that holds it"


def cut(source: Path, folder: Path, n: int) -> Path:
    """Write the first rows of a log to a file of their own."""
    path = folder / "cut.csv"
    with gzip.open(source, "rt", encoding="utf-8") as file:
        path.write_text("".join(next(file) for _ in range(n + 1)), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(MAPS.glob("*/*.toml")), ids=lambda one: one.stem)
def test_every_map_that_ships_is_a_map(path: Path) -> None:
    """Each reads without a complaint and names at least two actions."""
    assert len(read_map(path).actions) > 1


@pytest.mark.skipif(not OPEN_BANDIT.is_dir(), reason=ELSEWHERE)
@pytest.mark.parametrize("policy", ["random", "bts"])
@pytest.mark.parametrize(("page", "items"), [("men", 34), ("all", 80)])
def test_open_bandit_reads_as_published(page: str, items: int, policy: str) -> None:
    """Every row of the original is a moment of somebody else, with its own propensity."""
    log = OPEN_BANDIT / policy / page / f"{page}.csv.gz"
    found = log_columns(log, MAPS / "open_bandit" / f"original_{page}.toml")

    assert len(found.names) == items
    assert len(set(found.people)) == len(found.actions) == 10_000
    assert not found.left_out
    assert (found.propensities == pytest.approx(1 / items)) == (policy == "random")


@pytest.mark.skipif(not OPEN_BANDIT.is_dir(), reason=ELSEWHERE)
def test_what_ships_of_open_bandit_is_the_original() -> None:
    """The cut has the same rows in the same order as the file it was made from."""
    folder = MAPS / "open_bandit"
    ours = log_columns(folder / "men_random.csv.gz", folder / "men_random.toml")
    log = OPEN_BANDIT / "random" / "men" / "men.csv.gz"
    theirs = log_columns(log, folder / "original_men.toml")

    assert np.array_equal(ours.actions, theirs.actions)
    assert np.array_equal(ours.rewards, theirs.rewards)


@pytest.mark.skipif(not HILLSTROM.exists(), reason=ELSEWHERE)
def test_hillstrom_says_which_mail_to_send(tmp_path: Path) -> None:
    """The page of the map is right: men's mail earns more than none, even on a part."""
    log = cut(HILLSTROM, tmp_path, 6_000)
    columns = log_columns(log, MAPS / "hillstrom" / "visits.toml")
    found = evaluated(columns, against="no e-mail to anybody", only="men's mail to everybody")

    assert (found.rows, found.people) == (6_000, 6_000)
    assert found.policies[0].verdict == "promote"


@pytest.mark.slow
@pytest.mark.skipif(not HILLSTROM.exists(), reason=ELSEWHERE)
def test_a_log_without_people_and_times_is_replayed(tmp_path: Path) -> None:
    """Each row is somebody new, a second after the one before."""
    log = cut(HILLSTROM, tmp_path, 300)
    report = replay(log, MAPS / "hillstrom" / "visits.toml", people=1)

    assert report.counts.people == report.counts.available == 300


def test_rows_without_people_and_times_stand_as_in_the_file(tmp_path: Path) -> None:
    """Without the columns a map need not name them; each row is a person, in the order given."""
    log, plan = tmp_path / "log.csv", tmp_path / "map.toml"
    with log.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("did", "gain"), ("a", "1"), ("b", "0"), ("a", "0")])
    plan.write_text(
        '[log]\ntitle = "t"\n[columns]\naction = "did"\nreward = "gain"\n'
        '[moment]\nname = "m"\npurpose = "p"\n'
        '[[actions]]\nlogged = "a"\nname = "a"\npropensity = 0.5\n'
        '[[actions]]\nlogged = "b"\nname = "b"\npropensity = 0.5\n',
        encoding="utf-8",
    )
    good, bad = read_rows(log, read_map(plan), map_path="map.toml")

    assert not bad
    assert [row.person for row in good] == ["row 2", "row 3", "row 4"]
    assert [row.reward for row in good] == [1.0, 0.0, 0.0]
    assert [(two.at - one.at).total_seconds() for one, two in pairwise(good)] == [1.0, 1.0]
