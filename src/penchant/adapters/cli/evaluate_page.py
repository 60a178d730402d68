"""The page of an evaluation: every policy with its intervals, and what they rest on.

Rule 1: nothing is computed here. Rule 2: what cannot be said is said to be so, with the reason.
"""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from penchant.adapters.cli.terminal import counted, spoken
from penchant.learn.evaluate.evaluation import Evaluation, Judged

__all__ = ["page"]

QUIET = "dim"
LARGE = 100.0
TO_DO = {
    "promote": "earns more than {} at every look: promote it",
    "roll back": "earns less than {} at every look: leave it, or roll it back",
    "keep looking": "cannot be told apart from {} yet: keep looking",
}


def page(found: Evaluation) -> Iterator[RenderableType]:
    """Give the parts of an evaluation, from the top down."""
    yield Text(found.title, style="bold")
    rested = f"{counted(found.rows, 'decision')} of {counted(found.people, 'person', 'people')}"
    out = "".join(f"; left out, {why}: {n:,}" for why, n in found.left_out.items())
    yield Text(rested + out, style=QUIET)
    yield Text(_current(found), style=QUIET)
    if found.match is not None:
        yield spoken(found.match.sentence)
    yield ""
    yield _table(found)
    yield ""
    for one in found.policies:
        yield Padding(spoken(_sentence(one, found.against.policy)), (0, 0, 0, 2))


def _table(found: Evaluation) -> Table:
    """Lay out values and gains, each with its interval."""
    sure = f"{100 - 100 * found.alpha:g} %"
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET, pad_edge=False)
    table.add_column("  policy")
    table.add_column(f"{found.unit} ({sure} interval)", justify="right", no_wrap=True)
    table.add_column("more (at every look)", justify="right")  # breaks where it must
    table.add_column("weighs like", justify="right", no_wrap=True)
    for one in found.policies:
        table.add_row(*_row(one))
    return table


def _current(found: Evaluation) -> str:
    """Say what the policy in force has earned, or would have."""
    one = found.against
    if one.value is None:
        return f"held against {one.policy}: {one.refused}"
    earned = f"held against {one.policy}: {_number(one.value)} {found.unit} a decision"
    return f"{earned} ({_interval(one.low, one.high)})"


def _row(one: Judged) -> tuple[str, ...]:
    if one.value is None:
        return f"  {one.policy}", "cannot say", "", f"{one.ess:,.0f}"
    gain = f"{_number(one.gain)} ({_interval(one.gain_low, one.gain_high)})"
    return (
        f"  {one.policy}",
        f"{_number(one.value)} ({_interval(one.low, one.high)})",
        "cannot say" if one.gain is None else gain,
        f"{one.ess:,.0f}",
    )


def _sentence(one: Judged, against: str) -> str:
    """Say what to make of one policy, and what the number rests on."""
    if one.gain is None:
        return f"`{one.policy}`: {one.why}"
    more = "" if one.needed is None else f" It takes about {one.needed:,} more decisions to tell."
    return (
        f"`{one.policy}` {TO_DO[one.verdict].format(against)}.{more} Estimated by {one.estimator}; "
        f"greatest weight {_number(one.greatest_weight)}, mean weight {_number(one.mean_weight)}."
    )


def _interval(low: float | None, high: float | None) -> str:
    return f"{_number(low)} to {_number(high)}"


def _number(value: float | None) -> str:
    """Give three figures, with a real minus; what is large, to the unit."""
    if value is None:
        return ""
    said = f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.3g}"
    return said.replace("-", "−")
