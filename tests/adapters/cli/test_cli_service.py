"""The commands while a service owns the database: they go through it, and say the same."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from adapters.cli.shop import Shop, run
from adapters.http.running import UP, program
from engines import facts_in

pytestmark = pytest.mark.slow


@pytest.fixture
def served(shop: Shop) -> Iterator[Shop]:
    """Serve the shop's database from another process."""
    options = ("up", "--db", str(shop.path), "--port", "0", "--json")
    with program("-c", UP, *options) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["url"]
        yield shop


def test_a_story_is_told_the_same_way(served: Shop) -> None:
    """Consent, signals, a decision, its outcome, its reasons, the profile and forgetting."""
    assert served.told("consent", "ben", "recommendation", "--grant") == {"accepted": True}
    signal = ("--person", "ben", "--purpose", "recommendation", "--data", "item=fins")
    assert served.run("observe", "shop.viewed", *signal).stdout == "Kept.\n"
    decided = served.told("decide", "home.hero", "--person", "ben", "--context", "hour=9")
    assert decided["context"] == {"hour": 9}
    assert decided["reasons"]
    assert served.run("learn", decided["id"], "--outcome", "clicked").stdout == "Learned.\n"
    assert served.run("learn", decided["id"], "--outcome", "clicked").exit_code == 1
    assert served.told("explain", decided["id"])["sentences"]
    assert served.told("profile", "ben")["person"] == "ben"
    assert len(facts_in(served.run("export", "ben").stdout)) == 4
    assert served.told("forget", "ben", "--yes")["entries"] == 4


def test_several_are_decided_by_the_service(served: Shop) -> None:
    """A slate has all that is kept of each decision, whoever has the file."""
    told = served.told("decide", "home.hero", "--person", "ada", "--positions", "2")

    numbers = [one["position"]["number"] for one in told["decisions"]]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert all(one["position"]["slate"] == told["id"] for one in told["decisions"])
    assert all(one["reasons"] for one in told["decisions"])
    asked = served.run("decide", "home.hero", "--positions", "2", "--at", "2026-11-22T10:00Z")
    assert "own clock" in asked.stderr


def test_what_a_command_prints_has_the_same_fields(served: Shop, tmp_path: Path) -> None:
    """JSON has the same keys whether the file or a service was asked."""
    (tmp_path / "alone").mkdir()
    alone = Shop(tmp_path / "alone")
    for words in (("decide", "home.hero", "--person", "ada"), ("profile", "ada")):
        assert served.told(*words).keys() == alone.told(*words).keys()


def test_a_moment_is_judged_by_the_service(served: Shop) -> None:
    """`evaluate` needs no service to stop; what is wrong is said as it is without one."""
    served.told("decide", "home.hero", "--person", "ada")

    found = served.told("evaluate", "home.hero", "--against", "even chance")
    unknown = served.run("evaluate", "home.hero", "--against", "a guess")

    assert found["against"]["policy"] == "even chance"
    assert found["left_out"] == {"reward not known": 1}
    assert "There is no policy `a guess`" in unknown.stderr
    assert unknown.exit_code == 2


def test_a_decision_is_shown_in_words(served: Shop) -> None:
    """Without `--json` the action, its chance and its reasons are shown."""
    shown = served.run("decide", "home.hero", "--person", "ada").stdout

    assert "chance" in shown
    assert "why" in shown


def test_many_signals_go_in_parts(served: Shop) -> None:
    """A file larger than one body goes in several, and each line has its answer."""
    line = json.dumps({"kind": "shop.viewed", "person": "ada", "data": {"text": "x" * 1_000}})
    done = served.run(
        "observe", "--from", "-", "--purpose", "recommendation", typed=f"{line}\n" * 1_500
    )

    assert done.exit_code == 0
    assert "Kept 1,500 of 1,500" in done.stdout


def test_moments_are_declared_in_the_service(served: Shop) -> None:
    """A declaration counts at once, without a restart."""
    served.run("declare", str(served.folder / "penchant.toml"))
    other = served.folder / "other.toml"
    other.write_text('[[moments]]\nname = "a.b"\npurpose = "news"\n')

    assert served.told("declare", str(other)) == {"declared": ["a.b"]}
    assert served.told("decide", "a.b")["moment"] == "a.b"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("decide", "home.hero", "--at", "2026-11-22T10:00Z"), "own clock"),
        (("decide", "home.hero", "--draw", "0.5"), "own dice"),
        (("learn", "d-0", "--reward", "1", "--at", "2026-11-22T10:00Z"), "own clock"),
        (("decide", "nowhere"), "No moment `nowhere`"),
        (("explain", "d-0"), "`d-0`"),
    ],
)
def test_what_cannot_be_done_is_said(served: Shop, words: tuple[str, ...], said: str) -> None:
    """What needs the file itself, and what is wrong, is one line on stderr and exit code 2."""
    done = served.run(*words)

    assert done.exit_code == 2
    assert said in done.stderr


def test_doctor_says_that_a_service_runs(served: Shop) -> None:
    """The service is a finding, with where it is and what it keeps."""
    findings = {one["check"]: one for one in served.told("doctor")}

    assert findings["service"]["state"] == "ok"
    assert "http://127.0.0.1" in findings["service"]["says"]
    assert "full" in findings["service"]["says"]


def test_without_a_service_doctor_says_so(shop: Shop) -> None:
    """No service is no fault; an address that a crash left is named."""
    assert "service" not in {one["check"] for one in shop.told("doctor")}
    left = Path(f"{shop.path}.service")
    left.write_text('{"url": "http://127.0.0.1:9", "token": "pk_0_0", "pid": 1}')
    left.chmod(0o600)
    findings = {one["check"]: one for one in shop.told("doctor")}

    assert findings["service"]["state"] == "warn"
    assert str(left) in findings["service"]["do"]


def test_a_file_that_is_taken_otherwise_stays_refused(shop: Shop) -> None:
    """Where another program has the file and no service answers, the lock is what is said."""
    script = (
        "import sys; from penchant import Engine\n"
        f"with Engine.open({str(shop.path)!r}): print('open', flush=True); sys.stdin.read()"
    )
    with program("-c", script) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        done = run("profile", "ada", "--db", str(shop.path))

    assert done.exit_code == 2
    assert "in use" in done.stderr
