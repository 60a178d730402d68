"""Pages of a stranger's pack, and an example: what every pack may have, by the same road."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np

from penchant.pack import (
    Agreed,
    Box,
    Contents,
    Entries,
    Entry,
    Estimate,
    Estimates,
    Evidence,
    Field,
    File,
    Form,
    FrozenMap,
    HeatMap,
    HeatRow,
    Link,
    Lived,
    Note,
    Page,
    Sheet,
    Signal,
    View,
)

__all__ = ["club", "runner", "sunday"]


class _Runner:
    """The page of one person."""

    def page(self, view: View) -> Page:
        """Show their runs."""
        runs = [one for one in view.signals if one.kind == "pace.ran"]
        rows = tuple((one.at or "never", str(one.data.get("route", ""))) for one in runs)
        short = sum(float(str(one.data["km"])) < 6 for one in runs) / max(len(runs), 1)
        evidence = Evidence(f"{len(rows)} runs", ("When", "Route"), rows)
        say = Form("pace.rated", "Say", FrozenMap({"route": "<wood>"}), (_GOOD,))
        return Page(
            f"You ran {len(runs)} times on `<wood>`.",
            (
                Note(("Nothing <b>bold</b> here.",), "A note"),
                Estimates(
                    "short",
                    "Short runs",
                    "Under 6 km.",
                    (
                        Estimate(
                            "Short", f"{100 * short:.0f} %", short, 0.0, 1.0, evidence=evidence
                        ),
                        Estimate("Long", "nothing known"),
                    ),
                ),
                Sheet("runs", "Runs", "", ("When", "Route"), rows, empty="No run yet."),
                Entries("rate", "Rate", "", (Entry("`wood`", ("How was it?",), forms=(say,)),)),
            ),
        )


class _Club:
    """The page of everybody who agreed."""

    def page(self, views: Mapping[str, View], at: datetime) -> Page:
        """Show who runs."""
        del at
        rows = tuple(
            HeatRow(
                Link(name, "runner", name),
                (
                    Box(0.5, 0.2, f"{name}: about half", Link("", "runner", name, "runs")),
                    Box(None, None, "not known"),
                ),
            )
            for name in views
        )
        return Page(f"{len(views)} run.", (HeatMap("map", "Map", "", "Who", ("a", "b"), rows),))


class _Sunday:
    """An example: two who run every Sunday."""

    def lived(self, until: datetime, dice: np.random.Generator) -> Lived:
        """Give their runs."""
        start = until - timedelta(weeks=4)
        runs = tuple(
            Signal(
                "pace.ran",
                name,
                start + timedelta(weeks=week),
                FrozenMap({"km": float(dice.uniform(4, 8)), "route": "wood"}),
            )
            for week in range(4)
            for name in ("eve", "moe")
        )
        agreed = tuple(Agreed(name, "pace.training", start) for name in ("eve", "moe"))
        return Lived((File("routes", b"name,km\nwood,5\n"),), agreed, runs)


_GOOD = Field("good", "It was", (("yes", "good"), ("no", "not good")))


def runner(contents: Contents) -> _Runner:
    """Make the page."""
    del contents
    return _Runner()


def club(contents: Contents) -> _Club:
    """Make the page."""
    del contents
    return _Club()


def sunday(contents: Contents) -> _Sunday:
    """Make the example."""
    del contents
    return _Sunday()
