"""The engine against its neutral answer, in sentences and figures, for overview and moments."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from penchant.adapters.console.drawing.intervals import axis, interval_track
from penchant.adapters.console.drawing.over_time import Point, running_band
from penchant.adapters.console.drawing.scale import Scale, scale_over
from penchant.adapters.console.figures import Figure, Row, Table
from penchant.adapters.console.wording import (
    Unit,
    about,
    counted,
    day,
    percentage,
    signed,
    three,
    tick,
    whole,
)
from penchant.learn.confidence import Estimate, needed, share_of
from penchant.runtime.insight.readings import Compared, Health, Running

__all__ = [
    "ALARM",
    "difference_words",
    "health_figure",
    "power_sentence",
    "rates_figure",
    "running_figure",
    "verdict",
]

ALARM = 1_000.0
"""Odds against the declared share from which something else must choose who gets the neutral one;
the usual bar of checks of sample ratios, p < 0.001."""

FAR = 1.6  # a running band is shown up to so many times its last width; it starts endlessly wide


def verdict(compared: Compared | None) -> Markup:
    """Say in one sentence whether the engine did better than its neutral answer."""
    if compared is None:
        return Markup(
            "What followed is not known yet, so it cannot be held against the neutral answer."
        )
    unit, apart = Unit(compared.low, compared.high), compared.comparison.difference
    if math.isnan(apart.value):
        return Markup(
            "It cannot be held against the neutral answer: somewhere that one had no chance."
        )
    low, high = unit.step(apart.low), unit.step(apart.high)
    of = "" if unit.is_share else f", {unit.about}"
    if apart.holds_zero:
        return Markup(
            "Whether that is better than the neutral answer <strong>cannot be told yet</strong>: "
            "the difference is {} ({} to {}{})."
        ).format(unit.say_step(apart.value), signed(low), signed(high), of)
    better = apart.low > 0
    ends = (low, high) if better else (-high, -low)
    return Markup("It did {} than the neutral answer by <strong>{}</strong> ({} to {}{}).").format(
        "better" if better else "worse",
        unit.say_step(abs(apart.value)).lstrip("+"),
        *map(three, ends),
        of,
    )


def difference_words(compared: Compared | None) -> str:
    """Say the difference to the neutral answer in a table."""
    if compared is None:
        return "nothing followed yet"
    unit = Unit(compared.low, compared.high)
    return unit.say_difference(compared.comparison.difference)


def power_sentence(compared: Compared) -> str:
    """Say the smallest difference that would be seen by now, and how many outcomes are missing."""
    unit, found = Unit(compared.low, compared.high), compared.comparison
    if math.isinf(found.smallest) or math.isnan(found.difference.value):
        return "Set `explore` above 0, so that every permitted action has a chance."
    if found.smallest > 1.0:
        return "There are too few outcomes yet to see a difference of any size."
    small = f"A difference of {unit.say_step(found.smallest).lstrip('+')} would be seen by now"
    if not found.difference.holds_zero:
        return f"{small}, in 80 % of cases."
    wanted = needed(found, found.difference.value)
    if wanted is None or not found.difference.value:
        return f"{small}, in 80 % of cases; one as small as the present one is out of reach."
    more = about(max(wanted - found.n, 1))
    return f"{small}, in 80 % of cases; to see the present one takes about {more} more outcomes."


def rates_figure(compared: Compared | None) -> Figure:
    """Show the mean reward of the engine and of its neutral answer."""
    name, title = "rates", "Reward per decision"
    columns = ("what", "mean reward", "low", "high", "outcomes")
    if compared is None:
        empty = "What is decided waits for what follows it; `penchant learn` says it by hand."
        return Figure(name, title, "", Table(columns, ()), empty=empty)
    unit, found = Unit(compared.low, compared.high), compared.comparison
    both = (("Penchant", found.engine, "you"), ("Neutral answer", found.neutral, "people"))
    ends = [end for _, one, _ in both for end in (one.low, one.high)]
    scale = scale_over(ends)
    scale = Scale(max(scale.low, 0.0), min(scale.high, 1.0))
    notes = (
        f"{whole(found.n)} outcomes",
        "what would have followed it, weighed from the same outcomes",
    )
    rows = [
        Row(
            what, interval_track(one.value, (one.low, one.high), scale, kind, zero=None), said, note
        )
        for (what, one, kind), note in zip(both, notes, strict=True)
        for said in [unit.say_estimate(one)]
    ]
    says = f"Mean reward {unit.about}. Each line holds the truth at every look, in 95 % of cases."
    if unit.is_share:
        says = "Mean reward. Each line holds the truth at every look, in 95 % of cases."
    return Figure(
        name,
        title,
        says,
        Table(
            columns,
            [(what, *_ends(unit, one), whole(found.n)) for what, one, _ in both],
        ),
        rows=rows,
        axis=axis(scale, [(value, unit.mark(value)) for value in scale.ticks()]),
    )


def running_figure(running: Sequence[Running], compared: Compared | None) -> Figure:
    """Show the difference to the neutral answer as it ran, day by day, with its band."""
    name, title = "difference", "The difference as outcomes came in"
    columns = ("day", "outcomes so far", "difference", "low", "high")
    told = [one for one in running if not math.isnan(one.difference.value)]
    if compared is None or not told:
        empty = "Nothing to compare yet."
        return Figure(name, title, "", Table(columns, ()), empty=empty)
    unit = Unit(compared.low, compared.high)
    rows = [
        (
            day(one.on),
            whole(one.n),
            *(three(unit.step(number)) for number in one.difference),
        )
        for one in told
    ]
    table, last = Table(columns, rows), told[-1].difference
    if len(told) == 1:
        return _one_day(Figure(name, title, power_sentence(compared), table), told[0], unit)
    reach = FAR * max(abs(last.low), abs(last.high))
    scale = Scale(-reach, reach)
    points = [Point(one.on, *one.difference) for one in told]
    ticks = [(value, unit.mark_step(value)) for value in scale.ticks(4)]
    return Figure(
        name,
        title,
        power_sentence(compared),
        table,
        picture=running_band(
            points,
            scale,
            ticks,
            (day(told[0].on), day(told[-1].on)),
            label=f"The difference stands at {unit.say_difference(last)}.",
        ),
        legend=(
            ("line", "difference"),
            ("band", "holds the truth at every look, in 95 % of cases"),
        ),
    )


def _one_day(figure: Figure, one: Running, unit: Unit) -> Figure:
    """Show the difference as it stands, where there is no second day to draw a line to."""
    difference = one.difference
    scale = scale_over([difference.low, difference.high])
    row = Row(
        "Difference",
        interval_track(difference.value, (difference.low, difference.high), scale, "you"),
        unit.say_difference(difference),
        f"{counted(one.n, 'outcome')}, all of {day(one.on)}",
    )
    ticks = axis(scale, [(value, unit.mark_step(value)) for value in scale.ticks()])
    return figure._replace(rows=[row], axis=ticks)


def health_figure(health: Sequence[Health]) -> Figure:
    """Show whether the neutral share was drawn as declared, moment by moment."""
    shares = [share_of(one.drawn, one.n) for one in health]
    most = max([one.declared for one in health] + [share.high for share in shares], default=1.0)
    scale = Scale(0.0, min(most * 1.1, 1.0))
    rows = [
        Row(
            one.moment,
            interval_track(share.value, (share.low, share.high), scale, "you", zero=one.declared),
            percentage(share.value),
            health_sentence(one),
            kind="bad" if one.odds >= ALARM else "",
        )
        for one, share in zip(health, shares, strict=True)
    ]
    return Figure(
        "neutral-share",
        "Neutral share",
        "Decisions taken by lot as if nothing were known of the person; the upright line is the "
        "share declared.",
        Table(
            ("moment", "declared", "drawn", "of", "odds against", "mean weight"),
            [_health_row(one) for one in health],
        ),
        rows=rows,
        axis=axis(scale, [(value, f"{tick(100 * value)} %") for value in scale.ticks(3)]),
        empty="" if rows else "No decision has been taken for a person yet.",
    )


def health_sentence(one: Health) -> str:
    """Say whether the neutral share of one moment was drawn as declared."""
    of = f"{whole(one.drawn)} of {counted(one.n, 'decision')}, {percentage(one.declared)} declared"
    if one.odds >= ALARM:
        return f"{of}. These do not fit: something else decides who is treated how."
    if one.weight is not None and not one.weight.low <= 1.0 <= one.weight.high:
        return f"{of}. The propensities do not fit what was drawn."
    return f"{of}: as it should be."


def _health_row(one: Health) -> tuple[str, ...]:
    weight = "" if one.weight is None else three(one.weight.value)
    declared = percentage(one.declared)
    return (one.moment, declared, whole(one.drawn), whole(one.n), three(one.odds), weight)


def _ends(unit: Unit, one: Estimate) -> tuple[str, str, str]:
    return (unit.say(one.value), unit.say(one.low), unit.say(one.high))
