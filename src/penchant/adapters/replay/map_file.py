"""The map file: which column of a log is which noun of Penchant. See docs/reference/map-file.md.

A map is TOML, read once, checked against the columns of the log before anything runs.
Rule 1: a mistake in a map is an error that names the file, the key, and what was expected.
Rule 2: a map is frozen data; nothing here reads a row of the log.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from penchant.errors import BadInput, BadNumber
from penchant.limits import seconds
from penchant.words import NOTHING, Value

__all__ = [
    "ActionMap",
    "BadLog",
    "Columns",
    "FeatureMap",
    "LogMap",
    "MomentMap",
    "SignalMap",
    "TraitMap",
    "check_columns",
    "read_map",
]

Words: TypeAlias = dict[str, str]


class BadLog(BadInput):
    """A log or its map cannot be replayed: a file, a key or a column is not as it must be."""


class Columns(Struct, frozen=True, forbid_unknown_fields=True):
    """Names of the columns of a log; `propensity` is that of the action logged.

    Without `person` each row counts as a person, without `time` rows stand as they do in the file.
    """

    action: str
    reward: str
    person: str = ""
    time: str = ""
    propensity: str = ""
    time_zone: str = ""


class Log(Struct, frozen=True, forbid_unknown_fields=True):
    """What the log is about, in words for the table, and its marks for "not known"."""

    title: str
    unit: str = "reward"
    reward_is: str = "reward"
    missing: tuple[str, ...] = ("", "NA")


class MomentMap(Struct, frozen=True, forbid_unknown_fields=True):
    """The moment as it is declared to the engine.

    A reward outside `reward_range` is taken as its nearest end where `clip`, else its row is bad;
    the table always speaks of rewards as they are logged. `known_after` is the time from a
    decision to its reward.
    """

    name: str
    purpose: str
    reward_range: tuple[float, float] = (0.0, 1.0)
    clip: bool = False
    known_after: str = "1s"
    explore: float = 0.01
    neutral_share: float = 0.01
    half_life: str = "365d"


class ActionMap(Struct, frozen=True, forbid_unknown_fields=True):
    """One action: how the log writes it, and what it is called here.

    `propensity` is needed where the log has no column for it and none is to be estimated.
    `always` names the policy that takes this action at every moment.
    """

    logged: str
    name: str
    propensity: float | None = None
    burden: float = 0.0
    always: str = ""
    features: dict[str, Value] = {}

    @property
    def policy(self) -> str:
        """Name of the policy that always takes this action."""
        return self.always or (
            f"never anything but {NOTHING}" if self.name == NOTHING else f"always {self.name}"
        )


class FeatureMap(Struct, frozen=True, forbid_unknown_fields=True):
    """One feature of the context: a column as a text, a number or a yes/no.

    `words` says what a logged text means; several may mean the same. What it does not hold stays
    as it is. `per` divides a number.
    """

    column: str
    kind: Literal["text", "number", "yes"] = "text"
    words: Words = {}
    per: float = 1.0


class SignalMap(Struct, frozen=True, forbid_unknown_fields=True):
    """A signal to observe with each row: its data by name and column, left out where not known.

    Where `when` names a column of numbers, only rows with at least `at_least` in it count.
    """

    kind: str
    data: dict[str, FeatureMap] = {}
    nature: Literal["explicit", "implicit", "contextual", "sensed"] = "contextual"
    when: str = ""
    at_least: float = 0.0


class TraitMap(Struct, frozen=True, forbid_unknown_fields=True):
    """A trait of the person, stated again whenever its column changes."""

    column: str
    words: Words = {}


class LogMap(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole map. `keep` names the values a column must have for a row to count as a moment."""

    log: Log
    columns: Columns
    moment: MomentMap
    actions: tuple[ActionMap, ...]
    keep: dict[str, tuple[str, ...]] = {}
    estimate_by: tuple[str, ...] | None = None
    context: dict[str, FeatureMap] = {}
    signals: tuple[SignalMap, ...] = ()
    traits: dict[str, TraitMap] = {}


def read_map(path: Path) -> LogMap:
    """Read a map file.

    Raises:
        BadLog: When the file is missing, no TOML, or no map; the message says where.
    """
    try:
        plan = msgspec.toml.decode(path.read_bytes(), type=LogMap)
    except OSError as wrong:
        raise BadLog(f"The map `{path}` cannot be read: {wrong.strerror}.") from None
    except msgspec.MsgspecError as wrong:
        raise BadLog(f"The map `{path}` is not as it should be: {_place(str(wrong))}.") from None
    for problem in _problems(plan):
        raise BadLog(f"The map `{path}`: {problem}")
    return plan


def check_columns(plan: LogMap, names: Sequence[str], *, log: str, map_path: str) -> None:
    """Check that every column a map names is there.

    Raises:
        BadLog: With every key whose column is absent, and the columns there are.
    """
    absent = [f"`{key}` names `{column}`" for key, column in _used(plan) if column not in names]
    if absent:
        there = ", ".join(f"`{name}`" for name in names)
        told = f"Its columns are {there}." if names else "It has no columns."
        raise BadLog(
            f"The map `{map_path}` names columns that `{log}` does not have: "
            f"{'; '.join(absent)}. {told}"
        )


def _used(plan: LogMap) -> Iterator[tuple[str, str]]:
    """Give every key of the map that names a column, with that column."""
    for field in plan.columns.__struct_fields__:
        if column := getattr(plan.columns, field):
            yield f"columns.{field}", column
    yield from ((f"keep.{column}", column) for column in plan.keep)
    yield from (("estimate_by", column) for column in plan.estimate_by or ())
    yield from _mapped("context", plan.context)
    yield from ((f"traits.{name}", one.column) for name, one in plan.traits.items())
    for number, signal in enumerate(plan.signals):
        yield from _mapped(f"signals[{number}].data", signal.data)
        if signal.when:
            yield f"signals[{number}].when", signal.when


def _mapped(key: str, features: Mapping[str, FeatureMap]) -> Iterator[tuple[str, str]]:
    return ((f"{key}.{name}", one.column) for name, one in features.items())


def _problems(plan: LogMap) -> Iterator[str]:
    """Say what is wrong with a map that a type cannot hold."""
    if not plan.actions:
        yield "`actions` is empty. Name at least two, each with how the log writes it."
    for field in ("logged", "name"):
        values = [getattr(action, field) for action in plan.actions]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            yield f"two actions have the same `{field}`, `{twice}`."
    yield from _propensity_problems(plan)
    try:
        seconds(plan.moment.known_after, what="`moment.known_after`")
    except BadNumber as wrong:
        yield str(wrong)
    low, high = plan.moment.reward_range
    if not low < high:
        yield f"`moment.reward_range` must rise (got {low:g} to {high:g})."


def _propensity_problems(plan: LogMap) -> Iterator[str]:
    """Say what is wrong with where propensities come from, and with those given."""
    given = [action.propensity for action in plan.actions if action.propensity is not None]
    sources = [bool(plan.columns.propensity), plan.estimate_by is not None, bool(given)]
    if sum(sources) != 1:
        yield (
            "propensities must come from one place: `columns.propensity`, a `propensity` for each "
            f"of the actions, or `estimate_by` (here: {sum(sources)} of them)."
        )
    for action in plan.actions:
        if given and action.propensity is None:
            yield f"the action `{action.name}` has no `propensity`, though others have one."
        if action.propensity is not None and not 0 < action.propensity <= 1:
            yield (
                f"the propensity of `{action.name}` must be above 0 and at most 1 "
                f"(got {action.propensity:g})."
            )
    if given and abs(sum(given) - 1) > SUM_TOLERANCE:
        yield f"the propensities of the actions must sum to 1 (they sum to {sum(given):.4g})."


SUM_TOLERANCE = 1e-3  # three times one third, written with three digits, is still a whole


def _place(sentence: str) -> str:
    """Turn msgspec's `at `$.columns`` into words that a reader of the map knows."""
    return sentence.replace("`$.", "`").replace("Object ", "").rstrip(".")
