"""The nouns: immutable values, maps that keep their order, and the page that lists them."""

import inspect
from collections.abc import Mapping
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from penchant import words
from penchant.words import (
    Accepted,
    Action,
    Belief,
    Cap,
    Consent,
    Decision,
    Explanation,
    FrozenMap,
    Moment,
    QuietHours,
    Reason,
    Refused,
    Signal,
)

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "words.md"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
NOUNS = tuple(
    noun
    for noun in (getattr(words, name) for name in words.__all__)
    if inspect.isclass(noun) and issubclass(noun, msgspec.Struct)
)


def decision(**more: Any) -> Decision:
    """Give a decision between two actions."""
    return Decision(
        **{
            "id": "d-1",
            "moment": "m",
            "person": "ada",
            "at": NOW,
            "action": Action("tip"),
            "propensity": 0.75,
            "mode": "personal",
            "names": ("nothing", "tip"),
            "weights": (0.25, 0.75),
            "neutral": (0.5, 0.5),
            **more,
        }
    )


def row(noun: type[msgspec.Struct]) -> str:
    """Give the line of a noun in the table of the page."""
    says = " ".join((inspect.getdoc(noun) or "").split("\n\n")[0].split()).replace("|", "\\|")
    fields = ", ".join(f"`{field.name}`" for field in msgspec.structs.fields(noun))
    return f"| `{noun.__name__}` | {says} | {fields} |"


def test_a_map_is_read_as_one() -> None:
    """Names, values, order, length and a missing name are those of a mapping."""
    given = FrozenMap({"price": 80, "sport": "run"})

    assert (list(given), len(given), given["sport"]) == (["price", "sport"], 2, "run")
    assert given.get("size") is None
    assert repr(given) == "FrozenMap({'price': 80, 'sport': 'run'})"
    with pytest.raises(KeyError, match="size"):
        given["size"]


def test_an_empty_map_needs_nothing() -> None:
    """Without anything given a map is empty."""
    assert dict(FrozenMap[int]()) == {}


def test_a_map_does_not_see_later_changes() -> None:
    """What was given is copied, lists among the values become tuples."""
    size = [1.0, 2.0]
    given: dict[str, Any] = {"size": size}
    kept = FrozenMap(given)
    given["price"] = 80
    size.append(3.0)

    assert kept == {"size": (1.0, 2.0)}


def test_maps_are_equal_whatever_their_order() -> None:
    """Two maps of the same content are equal to each other and to a dict, and hash alike."""
    one, other = FrozenMap({"a": 1, "b": 2}), FrozenMap({"b": 2, "a": 1})

    assert one == other == {"a": 1, "b": 2}
    assert hash(one) == hash(other)
    assert one != FrozenMap({"a": 1})


@pytest.mark.parametrize(
    ("noun", "field"),
    [
        (Signal("shop.viewed", data={"list": [1.0]}), "data"),
        (Action("tip", features={"list": [1.0]}), "features"),
        (Belief("b", "says", 0.5, data={"list": 1.0}), "data"),
    ],
    ids=["signal", "action", "belief"],
)
def test_dicts_become_maps(noun: msgspec.Struct, field: str) -> None:
    """A dict given for a map is frozen when the noun is built, so that the noun has a hash."""
    kept = getattr(noun, field)

    assert isinstance(kept, FrozenMap)
    assert list(kept) == ["list"]
    assert not isinstance(kept["list"], list)
    assert hash(noun) == hash(copy(noun))


def test_a_map_given_is_kept_as_it_is() -> None:
    """A frozen map is not copied again."""
    features: FrozenMap[words.Value] = FrozenMap({"price": 80})

    assert Action("tip", features=features).features is features


def test_a_moment_takes_lists() -> None:
    """Lists of actions, guardrails and bounds become tuples."""
    moment = Moment(
        "m",
        actions=[Action("a")],  # lists are what callers write
        guardrails=[Cap(1), QuietHours()],
        reward_range=[0.0, 5.0],  # type: ignore[arg-type]
    )

    assert moment.actions == (Action("a"),)
    assert moment.guardrails == (Cap(1), QuietHours())
    assert moment.reward_range == (0.0, 5.0)


@pytest.mark.parametrize(("default", "fallback"), [("", "nothing"), ("banner", "banner")])
def test_a_moment_falls_back(default: str, fallback: str) -> None:
    """What stands for doing nothing is the default, or `nothing`."""
    assert Moment("m", default=default).fallback == fallback


def test_only_acceptance_is_true() -> None:
    """`if engine.observe(…)` reads as it should."""
    assert Accepted()
    assert not Refused("No.")


def test_consent_starts_as_a_no() -> None:
    """Where nothing was said, nothing is granted and the dial is at 0."""
    assert (Consent("p").state, Consent("p").dial) == ("not_asked", 0.0)


def test_a_decision_gives_propensities_by_name() -> None:
    """The parallel tuples are read as maps over the permitted actions."""
    assert decision().propensities == {"nothing": 0.25, "tip": 0.75}
    assert decision().neutral_propensities == {"nothing": 0.5, "tip": 0.5}


def test_a_forced_decision_was_not_executed() -> None:
    """A decision stands unless something forced another action."""
    assert decision().executed
    assert not decision(forced="It needs a human's yes.").executed


class Echo:
    """An explainer that says the decision's id."""

    def reasons(self, decision: Decision) -> tuple[Reason, ...]:
        """Give one reason."""
        return (Reason(decision.id, "people", 0.5),)


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        ({}, ()),
        ({"note": "No consent."}, (Reason("No consent.", "note"),)),
        ({"explainer": Echo(), "note": "n"}, (Reason("d-1", "people", 0.5),)),
    ],
)
def test_reasons_are_built_when_looked_at(
    more: Mapping[str, Any], reasons: tuple[Reason, ...]
) -> None:
    """An explainer builds them; without one the note is the reason, if there is any."""
    assert decision(**more).reasons == reasons


def test_an_explanation_reads_as_text() -> None:
    """Printed, an explanation is its sentences, one a line."""
    explanation = Explanation("d-1", ("First.", "Second."), (), 0.5, explored=False)

    assert str(explanation) == "First.\nSecond."


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_nouns_are_immutable(noun: type[msgspec.Struct]) -> None:
    """No field of a noun can be set after it was built."""
    assert noun.__struct_config__.frozen


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_no_noun_holds_a_dict(noun: type[msgspec.Struct]) -> None:
    """Inside nouns are tuples and frozen maps; a dict could be changed behind their back."""
    kinds = {str(field.type) for field in msgspec.structs.fields(noun)}

    assert not [kind for kind in kinds if "dict" in kind or "list" in kind]


def test_the_page_says_what_each_noun_is() -> None:
    """The table of docs/reference/words.md holds each noun as its docstring has it, no others."""
    shown = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    expected = sorted(map(row, NOUNS))

    assert shown == expected, "Put these lines there:\n" + "\n".join(expected)
