"""Moments from a TOML file: the nouns of `words.py`, written down. See docs/reference/cli.md.

Rule 1: a key has the name of its field in `words.Moment` and the nouns that a moment holds.
Rule 2: a mistake is an error that names the file, the moment, the key and what was expected.
Rule 3: a file is read whole or not at all; one bad moment keeps the others back.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from penchant.adapters.toml_reading import converted, read_tables, unknown
from penchant.errors import BadInput
from penchant.limits import Limits, is_finite
from penchant.runtime.declaring import check_moment
from penchant.words import Action, AtTime, Cap, Moment, OnLevel, OnSignal, Outcome, QuietHours

__all__ = ["NO_DEFAULT", "actions_of", "moments_of", "read_moments"]

NO_DEFAULT = "none"
"""What `outcome.default` says where a missing outcome teaches nothing; TOML has no word for it."""

_RULES: Mapping[str, type[Struct]] = {"cap": Cap, "quiet_hours": QuietHours}
_OPENINGS: Mapping[str, type[Struct]] = {
    "on_signal": OnSignal,
    "at_time": AtTime,
    "on_level": OnLevel,
}
_VALUE = "must be true or false, a finite number, a text or a list of such numbers"


def read_moments(path: Path, *, limits: Limits | None = None) -> tuple[Moment, ...]:
    """Read the moments of a file.

    Raises:
        BadInput: When the file cannot be read, is no TOML, or a moment in it cannot be decided;
            see `declaring.check_moment` for the narrower classes.
    """
    tables = read_tables(path, "`penchant init` writes an example.")
    return moments_of(tables, str(path), limits=limits)


def moments_of(
    tables: Mapping[str, Any], where: str, *, limits: Limits | None = None
) -> tuple[Moment, ...]:
    """Build the moments of a decoded file.

    Args:
        tables: What the TOML holds: `moments`, a list of tables.
        where: The name of the file, for messages.
        limits: Bounds of the engine that will get them.

    Raises:
        BadInput: For the first thing that is wrong.

    Example:
        >>> tables = {"moments": [{"name": "home.hero", "purpose": "news", "explore": 0.02}]}
        >>> moments_of(tables, "penchant.toml")[0].explore
        0.02
        >>> moments_of({"moments": [{"name": "home.hero", "explor": 0.02}]}, "penchant.toml")
        Traceback (most recent call last):
        ...
        penchant.errors.BadInput: `penchant.toml`, moment 1 (`home.hero`): there is no key
        `explor`; is `explore` meant?
    """
    for key in tables:
        if key != "moments":
            raise BadInput(f"`{where}`: there is no key `{key}`; is `[[moments]]` meant?")
    given = tables.get("moments")
    if not isinstance(given, list) or not given:
        raise BadInput(f"`{where}` declares no moment. Begin each with a line `[[moments]]`.")
    moments = tuple(
        _moment(table, f"`{where}`", number, limits or Limits())
        for number, table in enumerate(given, 1)
    )
    names = [moment.name for moment in moments]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(f"`{where}` declares moment `{name}` twice. Give each its own name.")
    return moments


def actions_of(given: object, where: str) -> tuple[Action, ...]:
    """Build the actions of a decoded list, as a call or a moment gives them.

    Raises:
        BadInput: For the first thing that is wrong.

    Example:
        >>> actions_of([{"name": "run", "features": {"price": 80}}], "`cards.json`")[0].name
        'run'
    """
    if not isinstance(given, list):
        raise BadInput(f"{where} must hold a list of actions, each with its `name`.")
    for sentence in _strange_actions(given):
        raise BadInput(f"{where}: {sentence}")
    actions: tuple[Action, ...] = converted(given, tuple[Action, ...], where)
    return actions


def _moment(table: Any, where: str, number: int, limits: Limits) -> Moment:
    """Build one moment and see that it can be decided; say which it is, by number and name."""
    name = table.get("name") if isinstance(table, dict) else None
    place = f"{where}, moment {number}" + (f" (`{name}`)" if isinstance(name, str) else "")
    for sentence in _strange(table):
        raise BadInput(f"{place}: {sentence}")
    outcome = table.get("outcome")
    if isinstance(outcome, dict) and outcome.get("default") == NO_DEFAULT:
        table = {**table, "outcome": {**outcome, "default": None}}
    moment: Moment = converted(table, Moment, place)
    try:
        check_moment(moment, limits)
    except BadInput as wrong:
        raise type(wrong)(f"{where}: {wrong}") from None
    return moment


def _strange(table: object) -> Iterator[str]:
    """Say which keys of a moment are none."""
    if not isinstance(table, dict):
        yield "this must be a table; begin it with `[[moments]]`."
        return
    yield from unknown(table, Moment.__struct_fields__, "")
    outcome = table.get("outcome")
    if isinstance(outcome, dict):
        yield from unknown(outcome, Outcome.__struct_fields__, "`outcome`: ")
    yield from _strange_actions(table.get("actions"))
    for key, what, nouns in (
        ("guardrails", "guardrail", _RULES),
        ("opens", "opening", _OPENINGS),
    ):
        listed = table.get(key)
        for number, one in enumerate(listed if isinstance(listed, list) else (), 1):
            yield from _strange_noun(one, nouns, f"{what} {number}: ")


def _strange_actions(tables: object) -> Iterator[str]:
    """Say which keys of actions are none, and which features have no value that can be learned."""
    for number, table in enumerate(tables if isinstance(tables, list) else (), 1):
        if not isinstance(table, dict):
            continue
        yield from unknown(table, Action.__struct_fields__, f"action {number}: ")
        features = table.get("features")
        for name, value in (features if isinstance(features, dict) else {}).items():
            if not _is_value(value):
                yield f"action {number}: `features.{name}` {_VALUE}."


def _strange_noun(table: object, nouns: Mapping[str, type[Struct]], place: str) -> Iterator[str]:
    """Say what is wrong with the type or the keys of a guardrail or an opening."""
    if not isinstance(table, dict):
        return
    noun = nouns.get(str(table.get("type")))
    if noun is None:
        yield f"{place}its `type` must be one of {', '.join(f'`{name}`' for name in nouns)}."
        return
    yield from unknown(table, ("type", *noun.__struct_fields__), place)
    where = table.get("where")
    for name, value in (where if isinstance(where, dict) else {}).items():
        if not isinstance(value, bool | str) and not is_finite(value):
            yield f"{place}`where.{name}` must be true or false, a finite number or a text."


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(is_finite(one) and not isinstance(one, bool) for one in value)
    return isinstance(value, bool | str) or is_finite(value)
