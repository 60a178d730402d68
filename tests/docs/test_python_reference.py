"""The reference of the Python surface: every public name and method, its arguments, its limits."""

import inspect
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

import penchant
from penchant import Engine, Limits
from penchant.signals import CONTROL_KINDS, STATEMENT_KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "python.md").read_text("utf-8")
HEADINGS = tuple(re.findall(r"^#{2,3} `(.+)`$", PAGE, flags=re.MULTILINE))
READ = frozenset(  # nouns that are given out, not made by a caller: their fields stand in tables
    {
        "Accepted",
        "Belief",
        "Consent",
        "Correction",
        "Decision",
        "Explanation",
        "Goal",
        "Imported",
        "Never",
        "Position",
        "Profile",
        "Reason",
        "Receipt",
        "Refused",
        "Removed",
        "Slate",
        "Trait",
    }
)


def default(value: object) -> str:
    """Write the default of an argument as a caller would."""
    if value is os.environ:
        return "os.environ"
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, msgspec.Struct):
        return f"{type(value).__name__}()"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:_}" if isinstance(value, int) else repr(value)
    return repr(value)


def arguments(call: object) -> str:
    """Write the arguments of something that can be called, without types."""
    assert callable(call)
    parts: list[str] = []
    for one in inspect.signature(call).parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        parts.append(one.name if one.default is one.empty else f"{one.name}={default(one.default)}")
    return f"({', '.join(parts)})"


def wanted() -> Iterator[str]:
    """Give the heading that each public name, and each public method of the engine, must have."""
    for name in penchant.__all__:
        made = getattr(penchant, name)
        plain = name in READ or name == "Limits" or not callable(made)
        yield name if plain else name + arguments(made)
    for name in vars(Engine):
        if isinstance(vars(Engine)[name], property):
            yield f"Engine.{name}"
        elif not name.startswith("_"):
            yield f"Engine.{name}{arguments(getattr(Engine, name))}"


def section(heading: str) -> str:
    """Give the text under a heading, up to the next one."""
    start = re.search(rf"^#+ `{re.escape(heading)}`$", PAGE, flags=re.MULTILINE)
    assert start, heading
    end = re.search(r"^#", PAGE[start.end() :], flags=re.MULTILINE)
    return PAGE[start.end() :][: end.start() if end else None]


def rows(text: str) -> list[list[str]]:
    """Give the cells of the tables in a text, without the lines of headers."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


@pytest.mark.parametrize("heading", list(wanted()))
def test_every_name_has_its_heading_with_its_exact_arguments(heading: str) -> None:
    """What can be imported or called has a section, and the section its arguments and defaults."""
    assert heading in HEADINGS


def test_nothing_else_has_a_heading() -> None:
    """A name that is gone has no section left."""
    assert sorted(HEADINGS) == sorted(wanted())


@pytest.mark.parametrize("name", sorted(READ))
def test_the_fields_of_what_is_given_out_are_listed(name: str) -> None:
    """Each field and property of a value that callers read has a row, in order."""
    noun = getattr(penchant, name)
    properties = [key for key, value in vars(noun).items() if isinstance(value, property)]

    assert [row[0].strip("`") for row in rows(section(name))] == [
        *noun.__struct_fields__,
        *properties,
    ]


def test_the_table_of_limits_is_that_of_the_defaults() -> None:
    """Each limit stands there with its default."""
    said = {row[0].strip("`"): row[1].strip("`") for row in rows(section("Limits"))}

    assert said == {
        name: default(value) for name, value in msgspec.structs.asdict(Limits()).items()
    }


def test_the_kinds_that_set_registers_are_listed() -> None:
    """Each kind of statement has a row that says rightly whether it needs a purpose."""
    start = PAGE.index("## Signals that say something lasting")
    said = {row[0].strip("`"): row[2] for row in rows(PAGE[start : PAGE.index("## ", start + 3)])}

    assert said == {kind: "no" if kind in CONTROL_KINDS else "yes" for kind in STATEMENT_KINDS}


@pytest.mark.parametrize("kind", sorted(STATEMENT_KINDS))
def test_a_kind_that_sets_a_register_is_known_to_the_engine(kind: str) -> None:
    """A field that a kind does not have is refused, so the list is of real kinds."""
    data = {} if kind == "trait.stated" else {"no such field": 1}
    with Engine.open() as engine:
        engine.consent("ada", "shop")
        answer = engine.observe(penchant.Signal(kind, person="ada", data=data), purpose="shop")

        assert isinstance(answer, penchant.Refused)
        assert kind in answer.sentence
