"""Rows: the lines of a log become clean values, and each bad line becomes a sentence.

Rule 1: a bad line is given back with its number, and the rest goes on.
Rule 2: a reward that is not known is None, never 0.
Rule 3: a sentence names columns, never what they hold about a person.
"""

import csv
import gzip
import io
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from penchant.adapters.replay.map_file import BadLog, FeatureMap, LogMap, check_columns
from penchant.words import FrozenMap, Value

__all__ = ["BadRow", "Row", "read_rows"]

Cells = Mapping[str, str]
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""From where the lines of a log without times are counted, a second each."""
YES, NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


class BadRow(Struct, frozen=True):
    """A line that is left out, and why."""

    line: int
    sentence: str


class Row(Struct, frozen=True):
    """One line of a log.

    `action` is the place of the logged action among the map's, None where the line is no moment;
    `propensity` is that of the logged action, 0 until estimated; `group` is what it is estimated
    within. `signals` run in parallel to the map's, None where one was not seen.
    """

    line: int
    person: str
    at: datetime
    context: FrozenMap[Value]
    signals: tuple[FrozenMap[Value] | None, ...]
    traits: FrozenMap[Value]
    action: int | None = None
    propensity: float = 0.0
    reward: float | None = None
    group: tuple[str, ...] = ()


def read_rows(log: Path, plan: LogMap, *, map_path: str) -> tuple[list[Row], list[BadRow]]:
    """Read a log, CSV or CSV in gzip.

    Returns:
        The good rows in the order of their times (ties in the order of the file), and the bad.

    Raises:
        BadLog: When the file cannot be read, has no rows, or misses columns the map names.
    """
    good: list[Row] = []
    bad: list[BadRow] = []
    try:
        reader = csv.DictReader(_text(log))
        check_columns(plan, tuple(reader.fieldnames or ()), log=log.name, map_path=map_path)
        for cells in reader:
            try:
                good.append(_row(reader.line_num, cells, plan))
            except _BadCell as wrong:
                bad.append(BadRow(reader.line_num, str(wrong)))
    except (csv.Error, UnicodeDecodeError) as wrong:
        raise BadLog(f"`{log}` is no CSV in UTF-8: {wrong}.") from None
    if not good and not bad:
        raise BadLog(f"`{log}` has no rows below its header.")
    return sorted(good, key=lambda row: (row.at, row.line)), bad


class _BadCell(Exception):
    """What is wrong with one cell; never leaves this module."""


def _text(log: Path) -> io.StringIO:
    """Read the whole file, unpacked."""
    try:
        content = log.read_bytes()
        unpacked = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError) as wrong:
        raise BadLog(f"The log `{log}` cannot be read: {wrong}.") from None
    return io.StringIO(unpacked.decode("utf-8-sig"), newline="")


def _row(line: int, cells: Cells, plan: LogMap) -> Row:
    """Build one row, or raise what is wrong with it."""
    if None in cells or None in cells.values():
        raise _BadCell("it has more or fewer cells than the header has columns.")
    given = {name: "" if cell in plan.log.missing else cell for name, cell in cells.items()}
    person = given[plan.columns.person] if plan.columns.person else f"row {line}"
    if not person:
        raise _BadCell(f"no person in `{plan.columns.person}`.")
    is_moment = all(cells[column] in values for column, values in plan.keep.items())
    row = Row(
        line=line,
        person=person,
        at=_time(given, plan) if plan.columns.time else NO_TIME + timedelta(seconds=line),
        context=FrozenMap(_features(plan.context, given)),
        signals=tuple(_signals(given, plan)),
        traits=FrozenMap(
            {
                name: one.words.get(given[one.column], given[one.column])
                for name, one in plan.traits.items()
                if given[one.column]
            }
        ),
    )
    return _with_logged(row, given, plan) if is_moment else row


def _with_logged(row: Row, cells: Cells, plan: LogMap) -> Row:
    """Add action, propensity and reward of a moment."""
    column, written = plan.columns.action, cells[plan.columns.action]
    places = [place for place, one in enumerate(plan.actions) if one.logged == written]
    if not places:
        known = ", ".join(f"`{one.logged}`" for one in plan.actions)
        said = (
            f"`{written}` in `{column}` is none of the map's actions"
            if written
            else f"no action in `{column}`"
        )
        raise _BadCell(f"{said} ({known}).")
    return replace(
        row,
        action=places[0],
        propensity=_propensity(cells, plan, places[0]),
        reward=_reward(cells, plan),
        group=tuple(cells[name] for name in plan.estimate_by or ()),
    )


def _propensity(cells: Cells, plan: LogMap, action: int) -> float:
    """Give the logged action's propensity; 0 where it is to be estimated."""
    if not (column := plan.columns.propensity):
        return plan.actions[action].propensity or 0.0
    if not cells[column]:
        raise _BadCell(f"no propensity in `{column}`.")
    value = _number(cells[column], column)
    if not 0 < value <= 1:
        raise _BadCell(
            f"the propensity in `{column}` must be above 0 and at most 1 (got {value:g})."
        )
    return value


def _reward(cells: Cells, plan: LogMap) -> float | None:
    """Give the reward as logged, None where it is not known."""
    column = plan.columns.reward
    if not cells[column]:
        return None
    value = (
        1.0
        if cells[column].lower() == "true"
        else 0.0
        if cells[column].lower() == "false"
        else _number(cells[column], column)
    )
    low, high = plan.moment.reward_range
    if not plan.moment.clip and not low <= value <= high:
        raise _BadCell(
            f"the reward in `{column}` must lie between {low:g} and {high:g} (got {value:g}). "
            "Widen `moment.reward_range`, or set `moment.clip`."
        )
    return value


def _time(cells: Cells, plan: LogMap) -> datetime:
    """Give the time of a row, with its zone."""
    column, zone = plan.columns.time, plan.columns.time_zone
    try:
        at = datetime.fromisoformat(cells[column])
        if at.utcoffset() is None and zone and cells[zone]:
            at = at.replace(tzinfo=ZoneInfo(cells[zone]))
    except (ValueError, KeyError, OSError):
        raise _BadCell(
            f"no time in `{column}` that reads as ISO 8601, such as `2026-11-22T10:00+01:00`."
        ) from None
    if at.utcoffset() is None:
        raise _BadCell(f"the time in `{column}` has no zone, and no column gives one.")
    return at


def _features(features: Mapping[str, FeatureMap], cells: Cells) -> dict[str, Value]:
    """Give the features of a row that are known."""
    return {
        name: _value(one, cells[one.column]) for name, one in features.items() if cells[one.column]
    }


def _value(one: FeatureMap, cell: str) -> Value:
    """Give one cell as a text, a number or a yes/no."""
    words = one.words.get(cell, cell)
    if one.kind == "number":
        return _number(words, one.column) / one.per
    if one.kind == "yes":
        if words.lower() not in YES | NO:
            raise _BadCell(f"`{one.column}` is neither yes nor no.")
        return words.lower() in YES
    return words


def _signals(cells: Cells, plan: LogMap) -> Iterator[FrozenMap[Value] | None]:
    """Give the data of each signal that a row stands for, None for one that was not seen."""
    for signal in plan.signals:
        data = FrozenMap(_features(signal.data, cells))
        seen = bool(data) or not signal.data
        if signal.when:
            cell = cells[signal.when]
            seen = seen and bool(cell) and _number(cell, signal.when) >= signal.at_least
        yield data if seen else None


def _number(cell: str, column: str) -> float:
    """Give a finite number."""
    try:
        value = float(cell)
    except ValueError:
        raise _BadCell(f"`{column}` holds no number.") from None
    if not math.isfinite(value):
        raise _BadCell(f"`{column}` must hold a finite number (got {value}).")
    return value
