"""Statements have a shape each; what is missing or strange is named."""

from datetime import UTC, datetime

import pytest

from penchant.limits import Limits
from penchant.profile.registers import STATEMENT_KINDS as READ_KINDS
from penchant.signals import CONTROL_KINDS, STATEMENT_KINDS, check_statement
from penchant.words import Signal, Value

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NIGHT: dict[str, Value] = {"name": "night", "text": "never at night", "start": "22:00"}


def problem(kind: str, **data: Value) -> str:
    """Say what is wrong with a statement of ada's."""
    return check_statement(Signal(kind, person="ada", at=NOW, data=data))


def test_what_is_checked_here_is_what_the_profile_reads() -> None:
    """The two stages agree on which kinds are statements; controls are among them."""
    assert STATEMENT_KINDS == READ_KINDS
    assert CONTROL_KINDS < STATEMENT_KINDS


def test_good_statements_and_other_kinds_pass() -> None:
    """A statement of the right shape has no problem, nor has a kind that is no statement."""
    assert problem("shop.viewed", anything=1) == ""
    assert problem("trait.stated", time_zone="Europe/Berlin", shoe=38) == ""
    assert problem("goal.stated", name="5k", text="run 5 km") == ""
    assert problem("goal.stated", name="5k", text="run 5 km", progress=0.5) == ""
    assert problem("goal.dropped", name="5k") == ""
    assert problem("never.stated", **NIGHT, end="07:00") == ""
    assert problem("never.stated", name="dry", text="no", feature="alcohol", equals=True) == ""
    assert problem("never.lifted", name="night") == ""


def test_a_merge_takes_its_id_from_the_field_named_from() -> None:
    """`from` is a word of Python, so it is given as a mapping."""
    signal = Signal("person.merged", person="ada", data={"from": "anon-7"})

    assert check_statement(signal) == ""


@pytest.mark.parametrize("kind", ["person.merged", "person.unmerged"])
def test_merging_into_oneself_or_into_nobody_is_a_problem(kind: str) -> None:
    """The other id is an id, and another one."""
    for other, words in (("ada", "names the person themself"), ("", "must be a text"), (7, "must")):
        signal = Signal(kind, person="ada", data={"from": other})
        assert words in check_statement(signal)
    assert problem(kind) == f"A signal `{kind}` needs `from` in its data."


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("never.stated", "name"),
        ("never.lifted", "name"),
        ("goal.stated", "name"),
        ("goal.dropped", "name"),
    ],
)
def test_a_missing_field_is_named(kind: str, missing: str) -> None:
    """The sentence says which field is needed."""
    assert problem(kind) == f"A signal `{kind}` needs `{missing}` in its data."
    assert problem("never.stated", name="x").endswith("needs `text` in its data.")


def test_a_strange_field_is_named_with_those_that_are_known() -> None:
    """A misspelt condition would make a never that holds nothing back."""
    assert problem("never.stated", **NIGHT, ends="07:00") == (
        "A signal `never.stated` has no field `ends`; it has `name`, `text`, `action`, "
        "`feature`, `equals`, `channel`, `start`, `end`."
    )


def test_a_never_has_a_condition_and_proper_hours() -> None:
    """A rule that could not be held against anything is refused when it is stated."""
    assert "names nothing" in problem("never.stated", name="peace", text="leave me")
    assert problem("never.stated", **NIGHT) != ""
    assert problem("never.stated", **NIGHT, end="25:00") != ""


def test_a_field_of_a_wrong_type_is_named_without_its_value() -> None:
    """The type wanted and the field, never what it holds."""
    sentence = problem("never.stated", name="x", text=4711, action="ad")

    assert "`$.text`" in sentence
    assert "4711" not in sentence
    assert "The `name` in a signal `goal.stated`" in problem("goal.stated", name=3, text="t")
    assert "The `name` in a signal `never.lifted`" in problem("never.lifted", name="")


def test_progress_is_a_share() -> None:
    """0 to 1, and a number."""
    for progress in (-0.1, 1.5):
        words = problem("goal.stated", name="5k", text="run", progress=progress)
        assert words.startswith("The `progress` of a goal must be between 0 and 1")
    assert "$.progress" in problem("goal.stated", name="5k", text="run", progress="half")


@pytest.mark.parametrize("zone", ["", "Europe", "../etc", "Mars/Base", 3, 1.0, True, "x" * 300])
def test_a_time_zone_is_one_that_is_known(zone: Value) -> None:
    """Quiet hours rest on it, so a zone that is not known is refused."""
    assert "must be the name of a zone" in problem("trait.stated", time_zone=zone)


def test_a_trait_statement_holds_a_trait() -> None:
    """A statement of nothing is a mistake."""
    assert "needs at least one trait" in problem("trait.stated")


def test_limits_can_be_set() -> None:
    """Ids inside statements follow the engine's limits."""
    signal = Signal("never.lifted", "ada", data={"name": "night"})

    assert "1 to 3" in check_statement(signal, limits=Limits(id_characters=3))
