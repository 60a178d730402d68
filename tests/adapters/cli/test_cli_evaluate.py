"""`penchant evaluate`: a journal or a log is judged, and what it cannot say is said."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from adapters.cli.shop import Shop, run
from adapters.replay.logs import MAP, log_of, map_of, rows_of

from penchant import Action, Engine, Moment, Outcome
from penchant.adapters.cli.evaluate_columns import log_columns
from penchant.learn.evaluate import journal_columns


def trial(folder: Path, n: int = 1_200) -> Path:
    """Write a log in which a tip helps at home alone, drawn evenly."""
    rng = np.random.default_rng(5)
    rows = rows_of(n, people=60)
    for row in rows:
        tip, home = rng.random() < 0.5, row["where"] == "home"
        row["did"] = "yes" if tip else "no"
        row["gain"] = "1" if rng.random() < (0.8 if tip and home else 0.3) else "0"
    for number, row in enumerate(rows):
        row["when"] = f"2024-{1 + number // 672:02}-{1 + number // 24 % 28:02}T{number % 24:02}:00Z"
    return log_of(folder, rows)


def told(*words: str) -> Any:
    """Run the command for JSON."""
    done = run("evaluate", *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_each_action_always_is_judged(tmp_path: Path) -> None:
    """Of a log the policies are each action always, beside what was logged."""
    found = told(str(trial(tmp_path)), "--map", str(map_of(tmp_path)))

    by_policy = {one["policy"]: one for one in found["policies"]}
    always = by_policy["always tip"]
    assert always["low"] < 0.63 < always["high"]
    assert always["gain"] > 0 > by_policy["never anything but nothing"]["gain"]
    assert (found["rows"], found["people"]) == (1_200, 60)


def test_a_policy_of_a_file_is_judged(tmp_path: Path) -> None:
    """A line a row, a column an action: the policy that tips at home alone is worth more."""
    log = trial(tmp_path)
    policy = tmp_path / "home-only.csv"
    with log.open(encoding="utf-8", newline="") as file:
        places = [row["where"] for row in csv.DictReader(file)]
    lines = [f"{int(place == 'work')},{int(place == 'home')}" for place in places]
    policy.write_text("nothing,tip\n" + "\n".join(lines), "utf-8")

    one = told(str(log), "--map", str(map_of(tmp_path)), "--policy", str(policy))["policies"][0]

    assert one["policy"] == "home-only"
    assert one["low"] < 0.3 / 3 + 0.8 * 2 / 3 < one["high"]
    assert {"DR", "IPS", "SNIPS"} < set(one["others"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tip\n1\n", "has no column `nothing`"),
        ("nothing,tip\n1,0\n", "has 1 lines, but the log has more"),
        ("nothing,tip\n" + "1,0\n" * 1_300, "has 1300 lines, but the log has fewer: line 1202"),
        ("nothing,tip\n\n" + "1,0\n" * 1_200, "has 1200 lines, but the log has others: line 2"),
        ("nothing,tip\n", "has 0 lines, but the log has more"),
        ("", "has no column `nothing`"),
        ("nothing,tip\n" + "1\n" * 1_200, "holds something that is no number"),
        ("nothing,tip\n" + "x,y\n" * 1_200, "holds something that is no number"),
    ],
)
def test_a_policy_that_does_not_fit_is_told(tmp_path: Path, text: str, says: str) -> None:
    """What is wrong with the file is one sentence, and the exit code is 2."""
    policy = tmp_path / "policy.csv"
    policy.write_text(text, "utf-8")
    asked = ("--map", str(map_of(tmp_path)), "--policy", str(policy))

    done = run("evaluate", str(trial(tmp_path)), *asked)

    assert done.exit_code == 2
    assert says in done.stderr


def test_a_policy_is_held_against_another(tmp_path: Path) -> None:
    """With `--against` the gain is over that policy, and says what to do about it."""
    asked = (str(trial(tmp_path)), "--map", str(map_of(tmp_path)))
    never = "never anything but nothing"

    found = told(*asked, "--against", never)
    page = run("evaluate", *asked, "--against", never)
    unknown = run("evaluate", *asked, "--against", "always late")

    by_policy = {one["policy"]: one for one in found["policies"]}
    assert set(by_policy) == {"always tip", "even chance"}
    assert found["against"]["policy"] == never
    assert by_policy["always tip"]["verdict"] == "promote"
    assert by_policy["always tip"]["gain_low"] > 0
    assert f"earns more than {never} at every look: promote it" in " ".join(page.stdout.split())
    assert unknown.exit_code == 2
    assert "There is no policy `always late`" in unknown.stderr


def test_a_policy_is_held_against_that_of_a_file(tmp_path: Path) -> None:
    """The policy in force may come as a file, too; against itself nothing is asked."""
    log, plan = str(trial(tmp_path)), str(map_of(tmp_path))
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text("nothing,tip\n" + "1,0\n" * 1_200, "utf-8")
    new.write_text("nothing,tip\n" + "0,1\n" * 1_200, "utf-8")
    asked = ("evaluate", log, "--map", plan, "--policy", str(new))

    done = run(*asked, "--against", str(old), "--json")
    itself = run(*asked, "--against", str(new))

    found = json.loads(done.stdout)
    assert [one["policy"] for one in found["policies"]] == ["new"]
    assert found["against"]["policy"] == "old"
    assert found["policies"][0]["verdict"] == "promote"
    assert "held against itself" in itself.stderr


def test_propensities_that_do_not_fit_are_no_number(tmp_path: Path) -> None:
    """A log drawn evenly whose map says .8 and .2 is refused in words, in the table too."""
    wrong = MAP.replace("0.5", "0.8", 1).replace("0.5", "0.2", 1)
    asked = ("evaluate", str(trial(tmp_path)), "--map", str(map_of(tmp_path, wrong)))

    done = run(*asked)

    assert done.exit_code == 0
    assert "cannot say" in done.stdout
    assert "do not fit what was" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("line", "says"),
    [("1,1", "sum to 1"), ("-1,2", "0 or more"), ("nan,1", "missing or not finite in 1200")],
)
def test_a_policy_whose_lines_are_no_propensities_cannot_be_judged(
    tmp_path: Path, line: str, says: str
) -> None:
    """It has a sentence and no number, and neither has its gain."""
    policy = tmp_path / "odd.csv"
    policy.write_text("nothing,tip\n" + f"{line}\n" * 1_200, "utf-8")
    log = trial(tmp_path)
    one = told(str(log), "--map", str(map_of(tmp_path)), "--policy", str(policy))["policies"][0]

    assert says in one["refused"]
    assert (one["value"], one["gain"], one["verdict"]) == (None, None, "cannot say")


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("gain", "nan", "`gain` must hold a finite number"),
        ("did", "perhaps", "none of the map's actions"),
        ("who", "", "no person in `who`"),
    ],
)
def test_a_log_of_bad_lines_says_what_is_wrong_with_one(
    tmp_path: Path, column: str, cell: str, says: str
) -> None:
    """Where nothing is left to judge, the first line that was left out says why."""
    log = log_of(tmp_path, [row | {column: cell} for row in rows_of(300)])
    done = run("evaluate", str(log), "--map", str(map_of(tmp_path)))

    assert done.exit_code == 2
    assert "nothing to judge. Line 2, for one, is left out" in " ".join(done.stderr.split())
    assert says in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("gain", "1", "All 1200 rewards are 1"),
        ("did", "no", "was never logged"),
        ("who", "ada", "the log is of 1 person"),
    ],
)
def test_a_log_that_cannot_tell_says_so(tmp_path: Path, column: str, cell: str, says: str) -> None:
    """Rewards all equal, one action only, one person: a sentence for each policy."""
    with trial(tmp_path).open(encoding="utf-8", newline="") as file:
        rows = [row | {column: cell} for row in csv.DictReader(file)]
    found = told(str(log_of(tmp_path, rows)), "--map", str(map_of(tmp_path)))

    assert {one["gain"] for one in found["policies"]} == {None}
    assert {one["verdict"] for one in found["policies"]} == {"cannot say"}
    assert any(says in one["refused"] for one in found["policies"])


@pytest.mark.parametrize("alpha", ["0", "1", "nan"])
def test_an_alpha_that_is_no_share_is_an_error(tmp_path: Path, alpha: str) -> None:
    """The sentence says what to give instead."""
    done = run("evaluate", str(trial(tmp_path)), "--map", str(map_of(tmp_path)), "--alpha", alpha)

    assert done.exit_code == 2
    assert "must lie between 0 and 1" in done.stderr


def test_the_table_says_what_it_rests_on(tmp_path: Path) -> None:
    """People read values, two intervals, the gain and the weights."""
    done = run("evaluate", str(trial(tmp_path)), "--map", str(map_of(tmp_path)))

    assert done.exit_code == 0
    for part in ("A small log", "at every look", "1,200 decisions of 60 people", "greatest weight"):
        assert part in done.stdout


@pytest.mark.parametrize("columns", ["60", "70", "80"])
def test_no_number_of_the_table_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """Where a line is too short an interval goes on below; what rows weigh like stays whole."""
    monkeypatch.setenv("COLUMNS", columns)
    log, plan = str(trial(tmp_path)), str(map_of(tmp_path))
    weighs = [f"{one['ess']:,.0f}" for one in told(log, "--map", plan)["policies"]]

    table = run("evaluate", log, "--map", plan).stdout.split("\n\n")[1]

    ends = [line.split()[-1] for line in table.splitlines()]
    assert "1,200" in weighs
    assert all(number in ends for number in weighs), table


def test_a_short_journal_cannot_say(shop: Shop) -> None:
    """A moment with few outcomes gets a sentence; an unknown one, and no file, an error."""
    shop.decided()

    found = shop.told("evaluate", "home.hero")
    unknown = shop.run("evaluate", "home.zero")
    nowhere = run("evaluate", "home.hero", "--db", str(shop.folder / "none.db"))
    policy = shop.run("evaluate", "home.hero", "--policy", "x.csv")

    assert found["policies"][0]["policy"] == "the neutral answer"
    assert "empty" in found["policies"][0]["refused"]
    assert found["left_out"] == {"reward not known": 1}
    assert "No moment `home.zero`" in unknown.stderr
    assert "There is no database" in nowhere.stderr
    assert "`--policy` goes with a log" in policy.stderr
    assert {unknown.exit_code, nowhere.exit_code, policy.exit_code} == {2}


def test_a_journal_is_judged_against_its_neutral_answer(tmp_path: Path) -> None:
    """Every outcome counts once, with its own propensities and those of the neutral answer."""
    likes = {f"p{number}": "run" if number % 2 else "swim" for number in range(40)}
    path = tmp_path / "people.db"
    with Engine.open(str(path), seed=3) as engine:
        engine.declare(
            Moment(
                "home.hero",
                purpose="recommendation",
                actions=[
                    Action("shoes", features={"sport": "run"}),
                    Action("goggles", features={"sport": "swim"}),
                ],
                outcome=Outcome("clicked", window="30m"),
                explore=0.5,
            )
        )
        for person in list(likes) * 12:
            engine.consent(person, "recommendation", granted=True, dial=1.0)
            decision = engine.decide("home.hero", person=person, context={"hour": 9, "at": "x"})
            engine.learn(
                decision.id, reward=float(decision.action.features.get("sport") == likes[person])
            )

    done = run("evaluate", "home.hero", "--db", str(path), "--json")

    found = json.loads(done.stdout)
    assert found["rows"] == 480
    by_policy = {one["policy"]: one for one in found["policies"]}
    assert set(by_policy) == {
        "the neutral answer",
        "even chance",
        *(f"always {name}" for name in ("goggles", "nothing", "shoes")),
    }
    neutral = by_policy["the neutral answer"]
    assert neutral["refused"] is None
    assert neutral["low"] < neutral["value"] < found["logged"]
    assert found["against"]["policy"] == "as logged"
    assert found["against"]["value"] == found["logged"]


def test_an_apprentice_is_told_how_well_it_matches(tmp_path: Path) -> None:
    """Where the host's own logic decided there is no value, and the match in its place."""
    path = tmp_path / "people.db"
    with Engine.open(str(path), seed=3) as engine:
        engine.declare(
            Moment(
                "home.hero",
                purpose="recommendation",
                actions=[Action("shoes"), Action("goggles")],
                outcome=Outcome("clicked", window="30m"),
                apprentice=True,
            )
        )
        for number in range(400):
            person = f"p{number % 80}"
            engine.consent(person, "recommendation", granted=True, dial=1.0)
            engine.decide("home.hero", person=person, actions=["shoes", "goggles"])

    page = run("evaluate", "home.hero", "--db", str(path))
    found = json.loads(run("evaluate", "home.hero", "--db", str(path), "--json").stdout)

    assert "it would do what your own logic does in" in " ".join(page.stdout.split())
    assert found["left_out"] == {"an apprentice looked on": 400}
    assert found["match"]["decisions"] == 200
    assert found["match"]["people"] == 80
    assert all(one["verdict"] == "cannot say" for one in found["policies"])


def test_the_open_bandit_log_is_as_its_page_says() -> None:
    """The sample that ships reads without a bad line: items by lot, few clicks, no people."""
    folder = Path(__file__).parents[3] / "data" / "open_bandit"

    found = log_columns(folder / "men_random.csv.gz", folder / "men_random.toml")

    assert (len(found.actions), len(found.policies), found.rewards.sum()) == (10_000, 35, 46)
    assert found.propensities == pytest.approx(1 / 34)
    assert not found.left_out


def test_a_moment_never_declared_is_unknown() -> None:
    """An empty journal knows no moment."""
    with pytest.raises(Exception, match="No moment"):
        journal_columns([], "home.hero")
