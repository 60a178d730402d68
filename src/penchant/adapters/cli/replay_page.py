"""The page of a replay: its report as a terminal shows it, 80 columns wide or more.

Rule 1: nothing is computed here. Rule 2: no colour carries a meaning; weight and place do.
Rule 3: every number stands under its unit, every estimate beside its interval.
"""

import re
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from penchant.adapters.cli.terminal import counted, spoken
from penchant.adapters.replay.estimating import ENGINE, LOGGED
from penchant.adapters.replay.report import Card, Comparison, PolicyValue, ReplayReport
from penchant.words import Value

__all__ = ["page"]

QUIET = "dim"


def page(report: ReplayReport) -> Iterator[RenderableType]:
    """Give the parts of a report, from the top down."""
    yield Text(report.title, style="bold")
    yield Text(f"replayed as if live, seed {report.seed}", style=QUIET)
    yield ""
    yield _counts(report)
    yield from _bad_rows(report)
    for warning in report.warnings:
        yield Padding(Text.assemble(("Note  ", "bold"), spoken(warning)), (1, 0, 0, 2))
    yield ""
    yield Text(f"Estimated {report.reward_is}, per available moment")
    yield _values(report)
    yield ""
    yield from (Padding(spoken(line), (0, 0, 0, 2)) for line in _verdicts(report))
    yield ""
    yield _footing(report)
    for card in report.cards:
        yield ""
        yield from _card(card)


def _counts(report: ReplayReport) -> Table:
    """Say how many of what, each with what it means."""
    counts, table = report.counts, _grid()
    share = counts.missing_rewards / max(counts.available, 1)
    told = (
        (counts.people, "people", ""),
        (
            counts.moments,
            "moments",
            f"{counts.bad_rows:,} with a fault, shown below" if counts.bad_rows else "",
        ),
        (
            counts.available,
            "available",
            "the map keeps these; only here was the action drawn by lot",
        ),
        (
            counts.missing_rewards,
            f"without {report.unit}",
            f"{100 * share:.1f} % of the available; apart from here on, never taken as 0",
        ),
        (
            counts.accepted,
            "accepted",
            f"what the engine learned from; {counts.accepted_missing:,} without {report.unit}",
        ),
    )
    for number, what, meaning in told:
        table.add_row(f"{number:,}", what, Text(meaning, style=QUIET))
    return table


def _grid() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", min_width=8)
    table.add_column(no_wrap=True)
    table.add_column()
    return table


def _bad_rows(report: ReplayReport) -> Iterator[RenderableType]:
    """Show what is wrong with the first lines that were left out."""
    for one in report.bad_rows:
        yield Padding(spoken(f"line {one.line:,}: {one.sentence}"), (0, 0, 0, 2))
    more = report.counts.bad_rows - len({one.line for one in report.bad_rows})
    if more:
        yield Padding(Text(f"and {more:,} more lines"), (0, 0, 0, 2))


def _values(report: ReplayReport) -> Table:
    """Show every policy's value with its interval, and against what the log did."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET, pad_edge=False)
    table.add_column("  policy", no_wrap=True)
    table.add_column(report.unit, justify="right", no_wrap=True)
    table.add_column(f"{100 - 100 * report.alpha:.0f} % interval", justify="right", no_wrap=True)
    table.add_column("against the log", justify="right")  # breaks where it must, never cut off
    table.add_column("")
    against = {one.one: one for one in report.comparisons if one.other == LOGGED}
    digits = _digits(report.policies)
    for one in report.policies:
        style = "bold" if one.policy == ENGINE else ""
        table.add_row(*_value(one, against.get(one.policy), digits), style=style)
    return table


def _value(one: PolicyValue, against: Comparison | None, digits: int) -> tuple[str, ...]:
    name = f"  {one.policy}"
    if one.value is None:
        return (name, "", "", "", "cannot be said")
    row = (name, _number(one.value, digits), _interval(one.low, one.high, digits))
    if against is None:
        return (*row, "", "")
    apart = _signed(against.difference, digits)
    if against.low is not None and against.high is not None:
        apart += f" ({_signed(against.low, digits)} to {_signed(against.high, digits)})"
    return (*row, apart, "" if against.told_apart else "cannot be told apart")


def _interval(low: float | None, high: float | None, digits: int) -> str:
    """Give an interval, or that there are too few people or rows for one."""
    if low is None or high is None:
        return "too few"
    return f"{_number(low, digits)} to {_number(high, digits)}"


def _digits(values: Sequence[PolicyValue]) -> int:
    """Say how many decimals tell the values apart: three figures of the largest."""
    largest = max((abs(one.high or one.value or 0.0) for one in values), default=0.0)
    return sum(largest < bound for bound in (100, 10, 1))


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".replace("-", "−")


def _signed(value: float, digits: int) -> str:
    return ("+" if round(value, digits) > 0 else "") + _number(value, digits)


def _verdicts(report: ReplayReport) -> Iterator[str]:
    """Say which policies differ, whatever stands beside which in the table."""
    apart = [one for one in report.comparisons if one.told_apart]
    if report.comparisons and not apart:
        yield "No two of these policies can be told apart with this log."
    for one in apart:
        more, less = (one.one, one.other) if one.difference > 0 else (one.other, one.one)
        yield f"`{more}` earns more than `{less}`: the interval of the difference is above 0."


def _footing(report: ReplayReport) -> Table:
    """Say what the numbers rest on."""
    counts, table = report.counts, Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style=QUIET, no_wrap=True)
    table.add_column(style=QUIET)
    accepted = "where the engine drew what was done, thinned so that no action is favoured"
    valued = f"valued on all {counts.measured:,} moments with {report.unit}"
    drawn = f"{counted(counts.people, 'person', 'people')} drawn anew, {report.resamples:,} times"
    none = "none: they take ten people and rows that weigh like 200"
    has_intervals = any(one.low is not None for one in report.policies)
    told = {
        "propensities": report.propensities,
        "accepted": f"{accepted} (c = {report.constant:.3g})",
        "the engine": f"{valued}, each weighed by the chance it gave to what was done",
        "intervals": drawn if has_intervals else none,
    }
    for what, meaning in told.items():
        table.add_row(f"  {what}", spoken(meaning))
    return table


def _card(card: Card) -> Iterator[RenderableType]:
    """Show one person: what is believed and how sure, the last decision and its reasons."""
    title = f"Person {card.person}"
    facts = f"{card.moments:,} moments, learned from {card.learned:,} outcomes"
    yield Text.assemble((title, "bold"), (f"   {facts}", QUIET))
    yield Text("  believed", style=QUIET)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for one in card.beliefs:
        sure = f"{100 * one.sure:.0f} % sure" if one.sure else ""
        table.add_row(f"    {_short(one.name)}", spoken(one.says), sure)
    yield table
    yield Text(f"  last decision, {card.decided_at.replace('T', ' ')}", style=QUIET)
    seen = ", ".join(f"{name} {_plain(value)}" for name, value in card.context.items())
    yield Padding(Text(seen, style=QUIET), (0, 0, 0, 4))
    for sentence in card.sentences:
        yield Padding(spoken(sentence), (0, 0, 0, 4))


def _plain(value: Value) -> str:
    """Give a value of the context as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _short(name: str) -> str:
    """Give the estimator of a belief: `counts.wellbeing.walked` is of `counts`."""
    return re.split(r"[ .]", name, maxsplit=1)[0]
