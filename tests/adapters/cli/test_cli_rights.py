"""The commands of a person's rights: correct, restrict, export, import."""

import json
from pathlib import Path

import pytest
from adapters.cli.shop import Shop, run
from engines import facts_in


def elsewhere(shop: Shop, name: str = "other") -> str:
    """Give the path of another database."""
    return str(shop.folder / f"{name}.db")


def test_a_belief_is_set_right_and_left_to_what_is_learned(shop: Shop) -> None:
    """What was said is shown with the profile until it is taken back."""
    told = shop.run("correct", "ada", "rhythm", "--is", "mostly evenings")
    assert (told.exit_code, told.stdout) == (0, "Corrected.\n")
    assert "you said: mostly evenings" in shop.run("profile", "ada").stdout
    (correction,) = shop.told("profile", "ada")["corrections"]
    assert (correction["belief"], correction["is"]) == ("rhythm", "mostly evenings")

    assert shop.run("correct", "ada", "rhythm", "--undo").stdout == "Undone.\n"
    assert shop.told("profile", "ada")["corrections"] == []


def test_a_taste_is_said_as_a_number(shop: Shop) -> None:
    """A number below 0 is no option, and a feature that nothing has is refused."""
    taste = "taste at home.hero: sport=run"
    shop.decided()

    assert shop.told("correct", "ada", taste, "--is", "-0.3") == {"accepted": True}
    assert "you said: -0.3 reward" in shop.run("profile", "ada").stdout
    done = shop.run("correct", "ada", "taste at home.hero: sport=polo", "--is", "0.3")
    assert (done.exit_code, "had the feature" in done.stderr) == (1, True)


@pytest.mark.parametrize("words", [(), ("--is", "x", "--undo")])
def test_a_correction_says_one_thing(words: tuple[str, ...], shop: Shop) -> None:
    """Either what it is, or that it is taken back."""
    done = shop.run("correct", "ada", "rhythm", *words)

    assert done.exit_code == 2
    assert "one of the two" in done.stderr


def test_a_restriction_is_set_and_lifted(shop: Shop) -> None:
    """While it holds nothing is personalised, and decisions say why."""
    assert shop.run("restrict", "ada").stdout == "Restricted.\n"
    assert "restricted the use" in shop.run("decide", "home.hero", "--person", "ada").stdout
    assert shop.told("profile", "ada")["restricted"]
    view = ("observe", "shop.viewed", "--person", "ada", "--purpose", "recommendation")
    assert shop.run(*view).exit_code == 1

    assert shop.run("restrict", "ada", "--lift").stdout == "Lifted.\n"
    assert shop.told("profile", "ada")["restricted"] is None
    assert shop.run(*view).exit_code == 0


def test_a_person_moves_to_another_database(shop: Shop) -> None:
    """Exported to a file, imported into a database that was not there, twice."""
    shop.run("learn", shop.decided(), "--reward", "1")
    path = shop.exported()
    done = run("import", str(path), "--db", elsewhere(shop))

    assert done.exit_code == 0, done.output
    assert "ada: 3 facts" in done.stdout
    assert "home.hero" in done.stdout
    again = run("import", str(path), "--db", elsewhere(shop), "--json")
    assert json.loads(again.stdout)["facts"] == 0
    assert json.loads(again.stdout)["known"] == 3
    here = shop.run("export", "ada").stdout
    there = run("export", "ada", "--db", elsewhere(shop)).stdout
    assert [fact["type"] for fact in facts_in(there)] == [fact["type"] for fact in facts_in(here)]


def test_a_person_comes_in_by_a_pipe(shop: Shop) -> None:
    """Without a file, and without what many people taught."""
    lines = shop.run("export", "ada", "--no-population").stdout
    assert '"type":"population"' not in lines
    done = run("import", "-", "--db", elsewhere(shop), "--json", typed=lines)

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["person"] == "ada"


def test_who_was_forgotten_comes_back_by_their_own_wish(shop: Shop) -> None:
    """Refused with a sentence that says how."""
    path = shop.exported()
    shop.run("forget", "ada", "--yes")
    done = shop.run("import", str(path))
    assert (done.exit_code, "was forgotten here" in done.stderr) == (1, True)
    told = shop.run("import", str(path), "--json")
    assert (told.exit_code, json.loads(told.stdout)["accepted"]) == (1, False)

    assert shop.run("import", str(path), "--returning").exit_code == 0


def test_where_decisions_may_differ_it_is_said(shop: Shop) -> None:
    """A moment that is declared otherwise in the other database goes by its own."""
    shop.decided()
    path = shop.exported()
    other = Path(elsewhere(shop, "differs.toml"))
    other.write_text('[[moments]]\nname = "home.hero"\npurpose = "news"\n')
    run("declare", str(other), "--db", elsewhere(shop))
    done = run("import", str(path), "--db", elsewhere(shop))

    assert "decisions may differ" in " ".join(done.stdout.split())


def test_a_file_that_cannot_be_read_is_told(shop: Shop) -> None:
    """It is not there, or it is no export."""
    assert shop.run("import", str(shop.folder / "none.jsonl")).exit_code == 2
    done = shop.run("import", str(shop.folder / "penchant.toml"))
    assert (done.exit_code, "must be the header" in done.stderr) == (1, True)


def test_the_schema_is_printed(shop: Shop) -> None:
    """Without a person; with neither, it is asked whose facts are meant."""
    schema = json.loads(shop.run("export", "--schema").stdout)
    assert "Header" in schema["$defs"]
    done = shop.run("export")
    assert (done.exit_code, "Whose facts?" in done.stderr) == (2, True)
