"""`penchant doctor`: what is well, what is not, and what to do about it."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from adapters.cli.shop import Shop, run

from penchant.adapters.cli import checkup
from penchant.adapters.store import open_store
from penchant.engine import Engine
from penchant.journal import Declared, Derived, Fact
from penchant.words import Moment

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
UNFOLDED = (
    Declared(NOW, Moment("home.hero", purpose="news", half_life="soon")),
    Derived(NOW, "other", 1, b"no numbers"),
)


def states(found: list[dict[str, str]]) -> dict[str, str]:
    """Give the state of each check."""
    return {one["check"]: one["state"] for one in found}


def test_a_new_shop_is_well(shop: Shop) -> None:
    """Every check is ok, counts are right, and nothing was changed."""
    shop.run("learn", shop.decided(), "--reward", "1")

    found = shop.told("doctor")

    assert set(states(found).values()) == {"ok"}
    assert [one["check"] for one in found] == [
        *("python", "versions", "disk", "permissions", "database"),
        *("chains", "contents", "model", "clock"),
    ]
    said = {one["check"]: one["says"] for one in found}
    assert said["contents"] == "Moments 1, people 1, decisions 1, outcomes 1."
    assert "of 4 facts" in said["chains"]


def test_without_a_database_none_is_made(tmp_path: Path) -> None:
    """It warns, says what to do, and exits with 0."""
    done = run("doctor", "--db", str(tmp_path / "deep" / "none.db"), "--json")

    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert states(found)["database"] == "warn"
    assert "`penchant init`" in next(one["do"] for one in found if one["check"] == "database")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end", ["", ".keys", ".kek"])
def test_files_that_others_may_read_are_bad(end: str, shop: Shop) -> None:
    """The line holds the command that mends it, and the exit code is 1."""
    file = Path(f"{shop.path}{end}")
    file.chmod(0o640)

    done = shop.run("doctor", "--json")

    finding = next(one for one in json.loads(done.stdout) if one["check"] == "permissions")
    assert done.exit_code == 1
    assert (finding["state"], finding["do"]) == ("bad", f"chmod 600 {file}")


def test_a_key_from_elsewhere_is_told(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the key-encryption key is in the surroundings, that is said."""
    path = tmp_path / "other.db"
    monkeypatch.setenv("PENCHANT_KEK", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    assert run("declare", "penchant.toml", "--db", str(path)).exit_code == 0

    found = json.loads(run("doctor", "--db", str(path), "--json").stdout)

    assert shop.path.exists()
    assert "PENCHANT_KEK" in next(one["says"] for one in found if one["check"] == "permissions")


def test_a_store_in_use_is_no_fault(shop: Shop) -> None:
    """What cannot be looked at is told as that, and nothing is bad."""
    with Engine.open(str(shop.path)):
        done = shop.run("doctor", "--json")

    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert states(found)["database"] == "warn"
    assert "chains" not in states(found)


@pytest.mark.parametrize("end", [".keys", ".kek"])
def test_a_missing_key_is_bad(end: str, shop: Shop) -> None:
    """The sentence of the store is shown."""
    Path(f"{shop.path}{end}").unlink()

    done = shop.run("doctor", "--json")

    assert done.exit_code == 1
    assert states(json.loads(done.stdout))["database"] == "bad"


def test_a_damaged_seal_is_bad(shop: Shop) -> None:
    """A flipped bit in an entry is found by reading, and the rest is still looked at."""
    connection = sqlite3.connect(shop.path)
    connection.execute("UPDATE entry SET sealed = zeroblob(length(sealed))")
    connection.commit()
    connection.close()

    done = shop.run("doctor", "--json")

    found = states(json.loads(done.stdout))
    assert done.exit_code == 1
    assert "bad" in {found.get("chains"), found.get("database")}
    assert found["clock"] == "ok"


@pytest.mark.parametrize("fact", UNFOLDED, ids=lambda fact: type(fact).__name__)
def test_facts_that_do_not_fold_are_bad(fact: Fact, tmp_path: Path) -> None:
    """A journal that reads well but that no engine starts on is told apart."""
    path = tmp_path / "people.db"
    store = open_store(str(path))
    store.append([Declared(NOW, Moment("other", purpose="news")), fact])
    store.close()

    done = run("doctor", "--db", str(path), "--json")

    found = states(json.loads(done.stdout))
    assert (done.exit_code, found["chains"], found["model"]) == (1, "ok", "bad")


@pytest.mark.parametrize(("free", "state"), [(0, "bad"), (2**29, "warn"), (2**31, "ok")])
def test_little_room_is_told(free: int, state: str) -> None:
    """Below 1 GiB it warns, below 100 MiB it is bad."""
    finding = checkup.disk(Path("penchant.db"), free)

    assert finding.state == state
    assert bool(finding.do) == (state != "ok")


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(None, "ok"), (timedelta(minutes=4), "ok"), (timedelta(hours=3), "bad")],
)
def test_a_clock_behind_the_journal_is_bad(ahead: timedelta | None, state: str) -> None:
    """Five minutes are allowed, as for signals."""
    finding = checkup.clock(NOW, None if ahead is None else NOW + ahead)

    assert finding.state == state
    assert ("3.0 h ahead" in finding.says) == (state == "bad")


def test_people_read_a_line_a_check(shop: Shop) -> None:
    """State, check, and what it says, beside each other."""
    lines = shop.run("doctor").stdout.splitlines()

    assert lines[0].startswith("ok  python       3.")
    assert lines[-1].startswith("ok  clock        20")
