"""`penchant observe`: one signal by its words, many from a file, an answer for each."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from adapters.cli.shop import Shop, run
from engines import facts_in

from penchant.adapters.cli.signal_lines import observe_lines
from penchant.engine import Engine

GOOD = '{"kind": "shop.viewed", "person": "ada", "data": {"item": "fins"}}'
# (what a line holds, what is said of it)
BAD = (
    ("nonsense", "Not JSON"),
    ('{"kind": "shop.viewed", "person": "\xff"}', "Not JSON"),
    ("[" * 100_000, "Not"),
    ("[1]", "it must be an object"),
    ('{"person": "ada"}', "it has no `kind`"),
    ('{"kind": "shop.viewed"}', "it has no `person`"),
    ('{"kind": "shop.viewed", "person": 3}', "its `person` must be a text"),
    ('{"kind": "shop.viewed", "person": "ada", "data": 3}', "its `data` must be an object"),
    ('{"kind": "shop.viewed", "person": "ada", "secret": 1}', "a field that no signal has"),
    ('{"kind": "viewed", "person": "ada"}', "must look like `shop.viewed`"),
    ('{"kind": "shop.viewed", "person": ""}', "none was given"),
    ('{"kind": "shop.viewed", "person": "ada", "at": "secret"}', "`at` takes a time"),
    ('{"kind": "shop.viewed", "person": "ada", "at": "2026-11-22T10:00"}', "no time zone"),
    ('{"kind": "shop.viewed", "person": "ada", "nature": "odd"}', "its nature must be one of"),
    ('{"kind": "shop.viewed", "person": "ada", "data": {"x": {}}}', "cannot be kept"),
    ('{"kind": "shop.viewed", "person": "zoe"}', "consent for `recommendation` was not asked"),
    ('{"kind": "shop.viewed", "person": "ada", "purpose": "ads"}', "consent for `ads` was not"),
)


def test_one_signal_is_kept(shop: Shop) -> None:
    """Every part of a signal can be said in words."""
    words = ("observe", "shop.viewed", "--person", "ada", "--purpose", "recommendation")
    more = ("--data", "item=fins", "--nature", "explicit", "--source", "app", "--id", "s-1")

    assert shop.run(*words, *more).stdout == "Kept.\n"

    (kept,) = [
        fact["signal"]
        for fact in facts_in(shop.run("export", "ada").stdout)
        if fact["type"] == "observed"
    ]
    at = kept.pop("at")
    assert at.endswith("Z")
    assert kept == {
        "kind": "shop.viewed",
        "person": "ada",
        "data": {"item": "fins"},
        "nature": "explicit",
        "source": "app",
        "id": "s-1",
    }


def test_a_refused_signal_exits_with_one(shop: Shop) -> None:
    """The sentence goes to people on stderr, to programs as JSON."""
    words = ("observe", "shop.viewed", "--person", "zoe", "--purpose", "recommendation")

    for_people, for_programs = shop.run(*words), shop.run(*words, "--json")

    sentence = "Not kept: consent for `recommendation` was not asked."
    assert (for_people.exit_code, for_people.stdout, for_people.stderr) == (1, "", f"{sentence}\n")
    assert for_programs.exit_code == 1
    assert json.loads(for_programs.stdout) == {"accepted": False, "sentence": sentence}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Give a KIND, or `--from`"),
        (("shop.viewed", "--from", "x"), "Give a KIND, or `--from`"),
        (("--from", "x", "--person", "ada"), "`--person` is for one signal"),
        (("--from", "x", "--data", "a=1"), "`--data` is for one signal"),
        (("--from", "no-such-file"), "`no-such-file` cannot be read"),
        (("shop.viewed", "--person", "ada", "--at", "soon"), "`--at` takes a time"),
    ],
)
def test_a_question_that_makes_no_sense_is_told(
    words: tuple[str, ...], sentence: str, shop: Shop
) -> None:
    """It is one line on stderr, and the exit code is 2."""
    done = shop.run("observe", *words)

    assert done.exit_code == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("line", "sentence"), BAD)
def test_a_bad_line_keeps_nobody_back(line: str, sentence: str, shop: Shop) -> None:
    """It is answered with its number and a sentence that repeats nothing of it."""
    typed = f"{GOOD}\n\n{line}\n{GOOD}".encode("latin-1")

    done = shop.run("observe", "--from", "-", "--purpose", "recommendation", typed=typed)

    assert done.exit_code == 1
    assert done.stdout == "Kept 2 of 3 signals.\n"
    assert done.stderr.startswith("line 3: ")
    assert sentence in done.stderr
    assert "secret" not in done.stderr


def test_programs_get_an_answer_for_every_line(shop: Shop, tmp_path: Path) -> None:
    """One JSON object a line, in order, and nothing else on stdout."""
    path = tmp_path / "signals.jsonl"
    path.write_text(f"{GOOD}\nnonsense\n{GOOD}")  # the last line need not be ended

    done = shop.run("observe", "--from", str(path), "--purpose", "recommendation", "--json")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["line"], one["accepted"]) for one in answers] == [(1, True), (2, False), (3, True)]
    assert "sentence" in answers[1]
    assert "sentence" not in answers[0]


def test_a_line_names_its_own_purpose(shop: Shop) -> None:
    """It goes before the one given for all, and lines of several purposes keep their order."""
    assert shop.run("consent", "ada", "ads", "--grant").exit_code == 0
    own = GOOD[:-1] + ', "purpose": "ads"}'

    done = shop.run(
        "observe", "--from", "-", "--purpose", "recommendation", typed=f"{GOOD}\n{own}\n{GOOD}\n"
    )

    assert done.stdout == "Kept 3 of 3 signals.\n"
    facts = facts_in(shop.run("export", "ada").stdout)
    purposes = [fact["purpose"] for fact in facts if fact["type"] == "observed"]
    assert purposes == ["recommendation", "ads", "recommendation"]


def test_a_line_without_end_needs_no_memory() -> None:
    """Of a line that is too long only that is told, and the next one is read."""
    with Engine.open() as engine:
        engine.consent("ada", "recommendation")
        file = BytesIO(b'"' + b"a" * 5_000_000 + b'"\n' + GOOD.encode())

        answers = list(observe_lines(engine, file, purpose="recommendation"))

    assert [(one.line, bool(one.result)) for one in answers] == [(1, False), (2, True)]
    assert sum(one.read for one in answers) == 5_000_003 + len(GOOD)


def test_more_lines_than_a_batch_come_out_in_order() -> None:
    """Lines are kept in batches; answers have their numbers all the same."""
    with Engine.open() as engine:
        engine.consent("ada", "recommendation")
        file = BytesIO(f"{GOOD}\n".encode() * 1_201)

        answers = list(observe_lines(engine, file, purpose="recommendation"))

    assert [one.line for one in answers] == list(range(1, 1_202))
    assert all(one.result for one in answers)


def test_no_signal_is_no_mistake(shop: Shop) -> None:
    """An empty file keeps nothing and exits with 0."""
    done = shop.run("observe", "--from", "-", typed="")

    assert (done.exit_code, done.stdout) == (0, "Kept 0 of 0 signals.\n")


def test_nothing_is_observed_without_a_database(tmp_path: Path) -> None:
    """A misspelt path does not pass for an empty database, and no file is made."""
    done = run("observe", "--from", "-", "--db", str(tmp_path / "none.db"), typed=GOOD)

    assert done.exit_code == 2
    assert "There is no database" in done.stderr
    assert list(tmp_path.iterdir()) == []
