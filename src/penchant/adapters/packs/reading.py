"""A pack from its TOML file: the nouns of `contract/declarations.py`, written down.

Rule 1: a key has the name of its field; what a pack says of a moment stands in the moment's table,
what it says of an action in the action's. See docs/reference/pack.md.
Rule 2: a mistake is an error that names the file, the list, the entry and the key.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from penchant.adapters.toml_moments import moments_of
from penchant.adapters.toml_reading import converted, read_tables, unknown
from penchant.contract.declarations import (
    DOMAINS,
    Claim,
    DeclaredMoment,
    Exampling,
    Expertise,
    Exporting,
    Feature,
    Guard,
    Importing,
    Kind,
    Name,
    Outcomes,
    Pack,
    Paging,
    Planning,
    Proposing,
    Purpose,
    Stated,
)
from penchant.errors import BadInput
from penchant.limits import Limits, check_id
from penchant.words import Moment

__all__ = ["FILE", "NOUNS", "pack_of", "read_pack"]

FILE = "pack.toml"
"""What the file of a pack is called."""

NOUNS: Mapping[str, type[Struct]] = {
    "purposes": Purpose,
    "signals": Kind,
    "traits": Stated,
    "features": Feature,
    "outcomes": Outcomes,
    "guards": Guard,
    "claims": Claim,
    "experts": Expertise,
    "proposers": Proposing,
    "planners": Planning,
    "importers": Importing,
    "exporters": Exporting,
    "pages": Paging,
    "examples": Exampling,
}
"""What each list of the file holds."""
_OF_MOMENTS = ("features", "reasons", "override")
_OF_ACTIONS = ("reason", "irreversible")

N = TypeVar("N", bound=Struct)


def read_pack(path: Path) -> Pack:
    """Read the pack of a folder, or of the file itself.

    Raises:
        BadInput: When the file cannot be read, is no TOML, or something in it is no declaration.
    """
    file = path / FILE if path.is_dir() else path
    tables = read_tables(file, "`penchant pack new NAME` writes an example.")
    return pack_of(tables, str(file))


def pack_of(tables: Mapping[str, Any], where: str) -> Pack:
    """Build the pack of a decoded file.

    Args:
        tables: What the TOML holds.
        where: The name of the file, for messages.

    Raises:
        BadInput: For the first thing that is wrong.

    Example:
        >>> pack_of({"pack": {"name": "pace", "title": "Pace", "about": "Runs"}}, "pack.toml").name
        'pace'
        >>> pack_of({"pack": {"name": "pace", "titel": "Pace"}}, "pack.toml")
        Traceback (most recent call last):
        ...
        penchant.errors.BadInput: `pack.toml`, `pack`: there is no key `titel`; is `title` meant?
    """
    place = f"`{where}`"
    for sentence in unknown(tables, ("pack", "moments", "texts", *NOUNS), f"{place}: "):
        raise BadInput(sentence)
    if "pack" not in tables:
        raise BadInput(f"{place} does not say which pack it is. Begin it with a table `[pack]`.")
    about = _noun(tables["pack"], Name, f"{place}, `pack`")
    if about.domain not in DOMAINS:
        known = ", ".join(f"`{one}`" for one in DOMAINS)
        raise BadInput(f"{place}, `pack`: `domain` must be one of {known}.")
    check_id(about.name, f"{place}, `pack`: `name`", Limits())
    if not about.name.isidentifier() or about.name != about.name.lower():
        raise BadInput(
            f"{place}, `pack`: `name` must be lower-case letters, digits and `_` (got "
            f"`{about.name}`): what the pack brings is named after it."
        )
    lists: dict[str, Any] = {
        key: _list(tables.get(key, []), key, noun, place) for key, noun in NOUNS.items()
    }
    moments = _moments(tables.get("moments", []), where)
    return Pack(about=about, place=where, moments=moments, texts=_texts(tables, place), **lists)


def _list(given: object, key: str, noun: type[N], place: str) -> tuple[N, ...]:
    """Build one list of declarations."""
    if not isinstance(given, list):
        raise BadInput(f"{place}: `{key}` must be a list; begin each with a line `[[{key}]]`.")
    return tuple(_noun(one, noun, _of(one, key, n, place)) for n, one in enumerate(given, 1))


def _of(one: object, key: str, number: int, place: str) -> str:
    """Say where an entry of a list stands: by its number, and its name where it has one."""
    named = one.get("name") or one.get("moment") if isinstance(one, dict) else None
    name = f" (`{named}`)" if isinstance(named, str) else ""
    return f"{place}, `{key}` {number}{name}"


def _noun(given: object, noun: type[N], place: str) -> N:
    """Build one declaration."""
    if not isinstance(given, dict):
        raise BadInput(f"{place}: this must be a table.")
    for sentence in unknown(given, noun.__struct_fields__, f"{place}: "):
        raise BadInput(sentence)
    built: N = converted(given, noun, place)
    return built


def _texts(tables: Mapping[str, Any], place: str) -> Mapping[str, str]:
    texts: Mapping[str, str] = converted(
        tables.get("texts", {}), Mapping[str, str], f"{place}, `texts`"
    )
    return texts


def _moments(given: object, where: str) -> tuple[DeclaredMoment, ...]:
    """Build the moments, and what is said of each beside."""
    if not given:
        return ()
    tables = given if isinstance(given, list) else [given]
    bare = [_without(one, _OF_MOMENTS, _OF_ACTIONS) for one in tables]
    built = moments_of({"moments": bare}, where)
    return tuple(
        _declared(table, moment, f"`{where}`, moment `{moment.name}`")
        for table, moment in zip(tables, built, strict=True)
    )


def _without(table: object, keys: Sequence[str], of_actions: Sequence[str]) -> object:
    """Give a moment's table as the engine knows it."""
    if not isinstance(table, dict):
        return table
    left = {key: value for key, value in table.items() if key not in keys}
    if isinstance(left.get("actions"), list):
        left["actions"] = [_without(one, of_actions, ()) for one in left["actions"]]
    return left


def _declared(table: Mapping[str, Any], moment: Moment, place: str) -> DeclaredMoment:
    """Put a moment and what is said of it together."""
    given: Mapping[str, str] = converted(
        table.get("reasons", {}), Mapping[str, str], f"{place}, `reasons`"
    )
    reasons, final = dict(given), []
    for action in table.get("actions", []):
        name, of = action["name"], f"{place}, action `{action['name']}`"
        if "reason" in action:
            reasons[name] = converted(action["reason"], str, f"{of}, `reason`")
        if converted(action.get("irreversible", False), bool, f"{of}, `irreversible`"):
            final.append(name)
    outcome = table.get("outcome")
    return DeclaredMoment(
        moment,
        has_window=isinstance(outcome, dict) and "window" in outcome,
        features=converted(table.get("features", []), tuple[str, ...], f"{place}, `features`"),
        reasons=reasons,
        irreversible=tuple(final),
        override=converted(table.get("override", ""), str, f"{place}, `override`"),
    )
