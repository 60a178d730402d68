"""The overview: does it do better than the neutral answer, and is all well?"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from penchant.adapters.console.comparing import (
    difference_words,
    health_figure,
    rates_figure,
    running_figure,
    verdict,
)
from penchant.adapters.console.drawing.intervals import count_track
from penchant.adapters.console.drawing.over_time import Bar, bars
from penchant.adapters.console.figures import Figure, Page, Row, Table
from penchant.adapters.console.wording import counted, day, percentage, three, whole
from penchant.runtime.insight.readings import DayReading, Overview

__all__ = ["PERIODS", "overview_page"]

PERIODS: Mapping[str, tuple[str, int | None]] = {
    "1": ("Today", 1),
    "7": ("7 days", 7),
    "28": ("28 days", 28),
    "365": ("A year", 365),
    "all": ("All", None),
}
"""How far back the overview looks: what its address says, its name, its days."""

WHEN: Mapping[str, str] = {
    "1": "Today",
    "7": "In the last 7 days",
    "28": "In the last 28 days",
    "365": "In the last year",
}

MOST_BARS = 92
LATELY = 10  # minutes over which "a minute" is averaged

RULES: Mapping[str, str] = {
    "dial": "Its burden was above the person's dial",
    "nevers": "A standing rule of the person",
    "caps": "Enough had been done lately",
    "quiet_hours": "A quiet hour",
    "risk": "Nobody had said yes to it yet",
}
CONSENT: Mapping[str, str] = {
    "not_asked": "Consent was not asked",
    "denied": "Consent was denied",
    "withdrawn": "Consent was withdrawn",
    "expired": "Consent had expired",
    "restricted": "The person restricts all use",
    "dial": "The dial stood at 0",
}


def overview_page(overview: Overview, chosen: str) -> Page:
    """Put the overview together; `chosen` is a key of `PERIODS`."""
    figures = (
        rates_figure(overview.compared),
        running_figure(overview.running, overview.compared),
        _decisions_figure(overview, chosen),
        health_figure(overview.health),
        _removed_figure(overview),
    )
    return Page(
        "overview.html",
        "Overview",
        {
            "overview": overview,
            "chosen": chosen,
            "periods": [(key, name) for key, (name, _) in PERIODS.items()],
            "answer": _answer(overview, chosen),
            "tiles": _tiles(overview),
            "refused": _refused(overview),
            "moments": [(line, difference_words(line.compared)) for line in overview.moments],
        },
        figures,
    )


def _answer(overview: Overview, chosen: str) -> Markup:
    """Answer the page's question in a sentence or two."""
    when = _when(overview, chosen)
    if not overview.moments:
        return Markup("Nothing is declared yet, so nothing can be decided.")
    if not overview.latest:
        return Markup("No decision has been taken yet.")
    if not overview.n:
        return Markup("{} Penchant decided nothing.").format(when)
    people = counted(overview.n_people, "person", "people")
    if not overview.people_are_all:
        people = f"at least {people}"
    said = Markup("{} Penchant decided <strong>{}</strong> for {}. {}")
    return said.format(when, _times(overview.n), people, verdict(overview.compared))


def _times(n: int) -> str:
    return "once" if n == 1 else f"{whole(n)} times"


def _when(overview: Overview, chosen: str) -> str:
    if overview.since is not None:
        return WHEN[chosen]
    return f"Since {day(overview.days[0].on)}" if overview.days else "So far"


def _tiles(overview: Overview) -> list[tuple[str, str, str]]:
    """Give the figures that stand alone: a name, a number, what it means."""
    lately = sum(overview.minutes[-LATELY:]) / LATELY
    counts, n = overview.counts, max(overview.n, 1)
    without = sum(m for what, m in counts.items() if what.startswith("no consent"))
    removed = counts.get("removed", 0)
    return [
        ("Decisions a minute", three(lately), f"over the last {LATELY} minutes"),
        (
            "Without consent",
            whole(without),
            f"{percentage(without / n)} of decisions, not personal",
        ),
        (
            "By the neutral share",
            whole(counts.get("neutral", 0)),
            f"{percentage(counts.get('neutral', 0) / n)} of decisions, to compare with",
        ),
        (
            "Narrowed by guardrails",
            whole(removed),
            f"{percentage(removed / n)} of decisions, an action was left out",
        ),
    ]


def _decisions_figure(overview: Overview, chosen: str) -> Figure:
    """Show how many decisions were taken, by minute or by day."""
    if chosen == "1" and any(overview.minutes):
        return _minutes_figure(overview)
    size, given = _grouped(overview.days)
    each = {1: "day", 7: "week", 30: "month"}.get(size, f"{size} days")
    rows = [(day(one.on), *map(whole, (one.personal, one.neutral, one.others))) for one in given]
    table = Table((f"{each} from", "personal", "neutral share", "others"), rows)
    if not given:
        empty = "No decision in this stretch of time."
        return Figure("decisions", "Decisions", "", table, empty=empty)
    shapes = [
        Bar(
            f"{day(one.on)}: {counted(one.total, 'decision')}",
            (("you", one.personal), ("people", one.neutral), ("others", one.others)),
        )
        for one in given
    ]
    return Figure(
        "decisions",
        f"Decisions by {each}",
        f"{whole(sum(one.total for one in given))} in all, days in UTC.",
        table,
        picture=bars(
            shapes,
            (day(given[0].on), day(given[-1].on)),
            "",
            label=f"Decisions by {each}",
        ),
        legend=(("you", "for a person"), ("people", "by the neutral share"), ("others", "others")),
    )


def _minutes_figure(overview: Overview) -> Figure:
    minutes = overview.minutes
    first = len(minutes) - 1
    said = [f"{first - place} min ago" if first - place else "now" for place in range(len(minutes))]
    return Figure(
        "decisions",
        "Decisions by minute",
        f"{whole(sum(minutes))} in the last hour.",
        Table(("minute", "decisions"), [*zip(said, map(whole, minutes), strict=True)]),
        picture=bars(
            [Bar(f"{when}: {n}", (("you", n),)) for when, n in zip(said, minutes, strict=True)],
            ("an hour ago", "now"),
            "",
            label="Decisions in each of the last 60 minutes",
        ),
    )


def _grouped(days: Sequence[DayReading]) -> tuple[int, list[DayReading]]:
    """Give days, weeks or months without gaps, so that there are few enough to draw."""
    if not days:
        return 1, []
    first, span = days[0].on, (days[-1].on - days[0].on).days + 1
    size = next((size for size in (1, 7, 30) if span / size <= MOST_BARS), span // MOST_BARS + 1)
    sums: dict[int, list[int]] = {place: [0, 0, 0] for place in range((span - 1) // size + 1)}
    for one in days:
        held = sums[(one.on - first).days // size]
        held[:] = [held[0] + one.personal, held[1] + one.neutral, held[2] + one.others]
    return size, [
        DayReading(_after(first, place * size), *held) for place, held in sorted(sums.items())
    ]


def _after(first: date, days: int) -> date:
    return first + timedelta(days=days)


def _removed_figure(overview: Overview) -> Figure:
    """Show what was not personalised or taken out, and why."""
    found = [
        (words, overview.counts.get(f"{sort}{key}", 0), sort)
        for sort, names in (("no consent: ", CONSENT), ("rule: ", RULES))
        for key, words in names.items()
    ]
    found.append(("Drawn but not done", overview.counts.get("forced", 0), ""))
    told = sorted((one for one in found if one[1]), key=lambda one: -one[1])
    rows = [
        Row(
            words,
            count_track(n / max(overview.n, 1), "warn"),
            f"{whole(n)}, {percentage(n / max(overview.n, 1))}",
            "nothing was personalised" if sort.startswith("no") else "",
        )
        for words, n, sort in told
    ]
    table = Table(
        ("why", "decisions", "share"),
        [(words, whole(n), percentage(n / max(overview.n, 1))) for words, n, _ in told],
    )
    return Figure(
        "removed",
        "Left out, and why",
        "Decisions in which consent or a guardrail took something out, of all.",
        table,
        rows=rows,
        empty="" if rows else "Nothing was left out: consent held, and no guardrail spoke.",
    )


def _refused(overview: Overview) -> list[tuple[str, int]]:
    """Give sentences with which outcomes were refused, the commonest first."""
    order = sorted(overview.refused.items(), key=lambda one: -one[1])
    return [(sentence or "Other reasons.", n) for sentence, n in order]
