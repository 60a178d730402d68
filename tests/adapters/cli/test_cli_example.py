"""`penchant up --example`: simulated people of a pack, served at once."""

import json
import signal
from pathlib import Path

import httpx
import pytest
from adapters.cli.shop import run
from adapters.http.running import UP, program

pytestmark = pytest.mark.slow

CLASS = ("up", "--pack", "school", "--example", "class", "--port", "0", "--json")


def visited(*options: str) -> tuple[Path, str, str]:
    """Serve an example, look at its first page and stop it; give database, page and stderr."""
    with program("-c", UP, *CLASS, *options) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        with httpx.Client(follow_redirects=True, timeout=60) as client:
            client.get(said["console"])
            page = client.get(f"{said['url']}/console/pack?pack=school")
            assert page.status_code == 200
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0
    return Path(said["database"]), page.text, told


def test_a_class_is_served_and_nothing_of_it_kept() -> None:
    """Page and command line say that it is simulated; without a database none is left."""
    place, page, told = visited()

    assert "24 students gave" in page
    assert "Simulated." in page
    assert "all of it is simulated" in told
    assert "Nothing of it is kept." in told
    assert not place.exists()


def test_a_class_in_a_database_is_there_again(tmp_path: Path) -> None:
    """With a database it is kept, and the second time not simulated anew."""
    database = tmp_path / "class.db"
    place, _, told = visited("--db", str(database))
    assert place == database
    assert "Everything that was answered is kept." in told
    _, page, told = visited("--db", str(database))
    assert "already here" in told
    assert "24 students gave" in page


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--example", "class"), "An example belongs to one pack."),
        (("--pack", "school", "--example", "none"), "has no example `none`; there is `class`."),
    ],
)
def test_an_example_that_is_not_there_is_said(options: tuple[str, ...], said: str) -> None:
    """Without a pack, or with a name that it has not, a sentence says what there is."""
    done = run("up", "--port", "0", *options)

    assert done.exit_code != 0
    assert said in " ".join(done.stderr.split())
