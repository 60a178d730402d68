"""The error tree: drawn as it is, and each class with its paragraph in the docs."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from architecture.sources import read_tree

from penchant import errors
from penchant.errors import BadInput, PenchantError, ServiceError, StoreError

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")
CLASSES = tuple(getattr(errors, name) for name in errors.__all__)


def sections(page: str) -> dict[str, str]:
    """Give the text under each heading of the second level."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return {
        heading.strip(): text.strip()
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def derived_in_source() -> set[str]:
    """Name every class of the package that stands in the tree, wherever it is defined."""
    known = {"PenchantError"}
    classes = [
        node
        for one in read_tree(ROOT / "src", "penchant")
        for node in ast.walk(one.tree)
        if isinstance(node, ast.ClassDef)
    ]
    while found := {
        node.name
        for node in classes
        if node.name not in known
        and {ast.unparse(parent).split(".")[-1] for parent in node.bases} & known
    }:
        known |= found
    return known


def test_each_error_has_its_paragraph() -> None:
    """Every class, also one that an adapter adds, has a heading, and no heading lacks a class."""
    assert set(sections(PAGE)) == derived_in_source()


@pytest.mark.parametrize("heading", sorted(sections(PAGE)))
def test_each_paragraph_says_something(heading: str) -> None:
    """One paragraph of some length, without headings below it."""
    text = sections(PAGE)[heading]

    assert len(text) > 80
    assert "\n\n" not in text


def test_all_names_are_there() -> None:
    """What the module offers is exactly the classes it defines."""
    defined = {
        name
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if one.__module__ == errors.__name__
    }

    assert set(errors.__all__) == defined


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_the_tree_is_drawn_as_it_is(error: type[PenchantError]) -> None:
    """Each class stands in the drawing at the depth that its parents give it."""
    drawing = inspect.getdoc(errors) or ""
    line = next(line for line in drawing.splitlines() if re.search(rf"\b{error.__name__}\b", line))
    depth = [one.__name__ for one in error.__mro__].index("PenchantError")

    assert line.index(error.__name__) == 4 * depth


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_each_error_is_of_one_kind(error: type[PenchantError]) -> None:
    """The caller's value was wrong, and it is a ValueError, or the disk or the service failed."""
    if error is not PenchantError:
        kinds = (BadInput, ServiceError, StoreError)
        assert sum(issubclass(error, kind) for kind in kinds) == 1
    assert issubclass(error, ValueError) == issubclass(error, BadInput)
