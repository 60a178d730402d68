"""TOML files in the words of their reader: what a mistake is, where it stands, what is meant.

Rule: a sentence names the key of the file, never a type or a path of the code behind it.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from re import search
from typing import Any

import msgspec

from penchant.errors import BadInput

__all__ = ["converted", "read_tables", "unknown"]

_ONE_OF = {"opens": "opening"}
"""What one of a list is called, where that is not the list's name without its last letter."""
_TYPES = {"str": "text", "int": "whole number", "float": "number", "bool": "yes or no"}
_TYPES |= {"array": "list", "object": "table"}


def read_tables(path: Path, otherwise: str) -> dict[str, Any]:
    """Read a file.

    Args:
        path: Of the file.
        otherwise: What to do where it is not there, as a sentence.

    Raises:
        BadInput: When it cannot be read, or is no TOML.
    """
    try:
        content = path.read_bytes()
    except OSError as wrong:
        raise BadInput(f"`{path}` cannot be read: {wrong.strerror}. {otherwise}") from None
    try:
        tables: dict[str, Any] = msgspec.toml.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        where = "it is not UTF-8" if isinstance(wrong, UnicodeDecodeError) else str(wrong)
        raise BadInput(f"`{path}` is not TOML: {where}.") from None
    return tables


def unknown(table: Mapping[str, Any], fields: Sequence[str], place: str) -> Iterator[str]:
    """Say which keys are not among the fields, and which might be meant."""
    for key in table:
        if key not in fields:
            near = get_close_matches(key, fields, 1)
            listed = ", ".join(f"`{name}`" for name in fields)
            meant = f"is `{near[0]}` meant?" if near else f"there are {listed}."
            yield f"{place}there is no key `{key}`; {meant}"


def converted(given: object, kind: Any, place: str) -> Any:
    """Build a noun; turn what msgspec says into words that a reader of the file knows."""
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as wrong:
        raise BadInput(f"{place}: {_in_words(str(wrong))}") from None


def _in_words(sentence: str) -> str:
    """Turn what msgspec says of a path into the file's own words.

    Example:
        >>> _in_words("Expected `float`, got `str` - at `$.actions[1].burden`")
        'action 2: `burden` should be a number and is a text.'
    """
    said, _, path = sentence.partition(" - at ")
    said = said.rstrip(".")
    if types := search(r"^Expected `([^`]+)`, got `([^`]+)`$", said):
        said = f"should be {_typed(types[1])} and is {_typed(types[2])}"
    elif missing := search(r"missing required field `(.+)`", said):
        said = f"misses `{missing[1]}`"
    else:
        said = f"is not as it should be: {said[0].lower()}{said[1:]}"
    return f"{_place_of(path)}{said}."


def _typed(types: str) -> str:
    """Give the types that msgspec names in words."""
    words = [_TYPES.get(one.strip(), one.strip()) for one in types.split("|")]
    return "a " + " or a ".join(word for word in words if word != "null")


def _place_of(path: str) -> str:
    """Give a path in words: `$.actions[1].burden` is the `burden` of action 2."""
    keys: list[str] = []
    place = ""
    path = path.strip("`").removeprefix("$").replace("[...]", "")  # a key its owner chose
    for step in path.replace("[", ".[").split("."):
        if step.startswith("["):
            of = keys.pop() if keys else "actions"
            what = _ONE_OF.get(of, of.removesuffix("s"))
            place += f"{what} {int(step.strip('[]')) + 1}: "
        elif step:
            keys.append(step)
    return place + (f"`{'.'.join(keys)}` " if keys else "")
