"""The table and the cards: aligned, within the width, whole without colour."""

import contextlib
import io

import pytest
from msgspec.structs import replace

from penchant.adapters.cli.replay_page import page
from penchant.adapters.cli.terminal import show
from penchant.adapters.replay.report import (
    Card,
    Comparison,
    Counts,
    Known,
    PolicyValue,
    ReplayReport,
)
from penchant.adapters.replay.rows import BadRow
from penchant.words import FrozenMap

REPORT = ReplayReport(
    title="A small log",
    unit="steps",
    reward_is="steps after",
    purpose="wellbeing",
    seed=7,
    counts=Counts(
        people=24,
        moments=5_360,
        available=4_271,
        missing_rewards=532,
        measured=3_739,
        accepted=1_703,
        accepted_missing=210,
        bad_rows=0,
    ),
    constant=2.5,
    alpha=0.05,
    resamples=4_000,
    accepted_mean=224.8,
    propensities="of the design: nothing 0.4, tip 0.6",
    policies=(
        PolicyValue("as logged", 225.2, 190.9, 262.5, 3_739.0),
        PolicyValue("never sending", 214.2, 181.7, 247.4, 1_540.0),
        PolicyValue("the engine", 225.6, 187.6, 266.8, 1_855.9),
    ),
    comparisons=(
        Comparison("never sending", "as logged", -11.0, -31.0, 6.9, told_apart=False),
        Comparison("the engine", "as logged", 0.4, -13.3, 12.8, told_apart=False),
        Comparison("the engine", "never sending", 11.4, -11.6, 36.8, told_apart=False),
    ),
    warnings=(),
    bad_rows=(),
    cards=(
        Card(
            person="14",
            moments=227,
            learned=75,
            traits=(),
            beliefs=(
                Known("rhythm", "mostly mornings on weekdays, fairly sure", 0.7),
                Known("interests", "nothing stands out yet", 0.0),
            ),
            decided_at="2015-11-16T18:01-05:00",
            context=FrozenMap({"place": "home", "degrees_outside": 12.0, "sun": True}),
            action="tip",
            propensity=0.985,
            sentences=("`tip` was chosen; its chance was 98.5 %.",),
        ),
    ),
)


def shown(report: ReplayReport, width: int = 80) -> str:
    """Print as to a file."""
    file = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(file):
        patch.setenv("COLUMNS", str(width))
        show(*page(report))
    return file.getvalue()


def test_the_table_shows_every_number_with_its_interval() -> None:
    """Values, intervals, differences and verdicts stand in one row each."""
    lines = shown(REPORT).splitlines()

    row = next(line for line in lines if "never sending" in line)
    assert row.split() == [
        *("never", "sending", "214", "182", "to", "247"),
        *("−11", "(−31", "to", "+7)", "cannot", "be", "told", "apart"),
    ]
    assert any("the engine" in line and "+0" not in line and "0 (−13" in line for line in lines)
    assert "  No two of these policies can be told apart with this log." in lines


@pytest.mark.parametrize("width", [80, 70])
def test_no_number_is_cut_off(width: int) -> None:
    """Where decimals make an interval too wide for its column, it goes on below."""
    policies = (
        PolicyValue("as logged", 0.446, 0.408, 0.484, 399.0),
        PolicyValue("never anything but nothing", 0.279, 0.230, 0.323, 200.0),
    )
    apart = Comparison(policies[1].policy, "as logged", -0.167, -0.220, -0.125, told_apart=True)
    text = shown(replace(REPORT, unit="clicks", policies=policies, comparisons=(apart,)), width)

    assert "…" not in text
    assert "−0.125)" in text


def test_counts_stand_in_one_column_with_what_they_mean() -> None:
    """Numbers are right-aligned, and missing rewards are said to be apart."""
    lines = shown(REPORT, width=120).splitlines()

    counted = [
        line
        for line in lines
        if line.split()[1:2] in (["people"], ["moments"], ["available"], ["accepted"])
    ]
    assert len({line.index(line.split()[1]) for line in counted}) == 1
    assert any("12.5 % of the available; apart from here on, never taken as 0" in x for x in lines)


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_and_carry_no_codes_when_piped(width: int) -> None:
    """Nothing is wider than the terminal, padded at its end, or coloured in a file."""
    lines = shown(REPORT, width).splitlines()

    assert max(map(len, lines)) <= width
    assert all(line == line.rstrip() for line in lines)
    assert "\x1b" not in "".join(lines)


def test_a_person_is_shown_with_belief_and_reasons() -> None:
    """How sure is a number at the right; names are quoted, not in code marks."""
    text = shown(REPORT)

    assert "Person 14   227 moments, learned from 75 outcomes" in text
    assert "70 % sure" in text
    assert not next(line for line in text.splitlines() if "interests" in line).endswith("sure")
    assert "‘tip’ was chosen; its chance was 98.5 %." in text
    assert "last decision, 2015-11-16 18:01-05:00" in text
    assert "    place home, degrees_outside 12, sun yes" in text


def test_what_differs_is_said() -> None:
    """A pair told apart is named, the better first."""
    apart = Comparison("never sending", "as logged", -11.0, -21.0, -2.0, told_apart=True)

    text = shown(replace(REPORT, comparisons=(apart,)))

    assert "‘as logged’ earns more than ‘never sending’" in text
    assert "No two of these" not in text
    assert "cannot be told apart" not in text


def test_what_cannot_be_said_is_not() -> None:
    """Where propensities do not fit there is a note and no number."""
    policies = (REPORT.policies[0], PolicyValue("the engine", None, None, None, 0.0))

    text = shown(replace(REPORT, policies=policies, comparisons=(), warnings=("They do not fit.",)))

    assert "Note  They do not fit." in text
    assert "cannot be said" in next(line for line in text.splitlines() if "the engine  " in line)
    assert "told apart" not in text


def test_missing_ends_are_shown_as_such() -> None:
    """Too few people have a value and no interval."""
    policies = (PolicyValue("as logged", 0.25, None, None, 9.0),)

    assert "ten people" in shown(replace(REPORT, policies=policies, comparisons=()))
    assert "0.250  " in shown(replace(REPORT, policies=policies, comparisons=()))
    assert "too few" in shown(replace(REPORT, policies=policies, comparisons=()))


def test_bad_lines_are_listed() -> None:
    """The first ones with their sentence, the others by their number."""
    bad = (BadRow(5, "no action in `did`."),)

    text = shown(replace(REPORT, bad_rows=bad, counts=replace(REPORT.counts, bad_rows=3)))

    assert "5,360  moments        3 with a fault, shown below" in text
    assert "line 5: no action in ‘did’." in text
    assert "and 2 more lines" in text
