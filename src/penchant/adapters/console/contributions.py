"""From the neutral answer to the chosen one: the parts of a margin as a waterfall."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from penchant.adapters.console.drawing.choices import level_track, step_track
from penchant.adapters.console.drawing.intervals import axis
from penchant.adapters.console.drawing.scale import Scale, scale_over
from penchant.adapters.console.figures import Figure, Row, Table
from penchant.adapters.console.wording import Unit, code, plain
from penchant.runtime.insight.readings import DecisionReading, Step, Waterfall
from penchant.words import Decision

__all__ = ["contributions_figure"]

NAME = "contributions"
COLUMNS = ("part", "of", "adds", "stands at")


def contributions_figure(reading: DecisionReading) -> Figure:
    """Show the way from the neutral answer to the chosen one, part by part."""
    found, decision = reading.waterfall, reading.decision
    if found is None:
        empty = (
            code(reading.unexplained)
            if reading.unexplained
            else "There was nothing to choose between, so nothing adds up to a choice."
        )
        return Figure(NAME, "Why this one", "", Table(COLUMNS, ()), empty=empty)
    if not found.steps:
        empty = "Nothing is known yet that tells these actions apart."
        return Figure(NAME, "Why this one", "", Table(COLUMNS, ()), empty=empty)
    unit, levels = Unit(*reading.moment.reward_range), _levels(found)
    scale = scale_over([found.start, found.end, *levels], also=())
    which = "neutral answer" if found.other_is_neutral else "runner-up"
    same = "" if found.other_is_neutral else "The neutral answer would have been the same. "
    return Figure(
        NAME,
        f"From the {which} to this one",
        f"{same}What each of the two was expected to bring, and what lies between them.",
        Table(COLUMNS, _numbers(found, levels, unit, decision)),
        rows=[
            _end(found.other, which, found.start, scale, unit),
            *_steps(found, levels, scale, unit, decision),
            _end(found.chosen, "chosen", found.end, scale, unit),
        ],
        axis=axis(scale, [(value, unit.mark(value)) for value in scale.ticks()]),
        legend=(("you", "this person"), ("people", "people in general")),
    )


def _levels(found: Waterfall) -> list[float]:
    """Give where the sum stands after each step."""
    levels, stands = [], found.start
    for step in found.steps:
        stands += step.amount
        levels.append(stands)
    return levels


def _end(name: str, what: str, value: float, scale: Scale, unit: Unit) -> Row:
    label = Markup("<code>{}</code>").format(name)
    is_last = what == "chosen"
    return Row(
        label,
        level_track(value, scale, is_last=is_last),
        unit.say(value),
        what,
        "chosen" if is_last else "",
    )


def _steps(
    found: Waterfall, levels: Sequence[float], scale: Scale, unit: Unit, decision: Decision
) -> list[Row]:
    starts = [found.start, *levels]
    return [
        Row(
            _label(step, decision),
            step_track(start, end, scale, _kind(step)),
            unit.say_step(step.amount),
            _source(step),
        )
        for step, start, end in zip(found.steps, starts, levels, strict=False)
    ]


def _numbers(
    found: Waterfall, levels: Sequence[float], unit: Unit, decision: Decision
) -> list[tuple[str, ...]]:
    rows = [(found.other, "", "", unit.say(found.start))]
    for step, level in zip(found.steps, levels, strict=True):
        said = _label(step, decision).striptags()
        rows.append((said, _source(step), unit.say_step(step.amount), unit.say(level)))
    return [*rows, (found.chosen, "", "", unit.say(found.end))]


def _label(step: Step, decision: Decision) -> Markup:
    """Name a part: the feature that sets the two apart, and the circumstance it goes with."""
    if not step.source:
        return Markup("all the rest")
    feature = _feature(step) if step.feature else Markup("")
    if not step.context:
        return feature or Markup("in any case")
    value = decision.context[step.context]
    shown = "as now" if isinstance(value, tuple) else plain(value)
    around = Markup("while <code>{}</code> is {}").format(step.context, escape(shown))
    return Markup("{} {}").format(feature, around) if feature else around


def _feature(step: Step) -> Markup:
    """Name a feature with what sets the two actions apart in it; a list has too many to name."""
    name = Markup("<code>{}</code>").format(step.feature)
    values = [step.mine, step.theirs]
    if step.mine == step.theirs or any(isinstance(one, tuple) for one in values):
        return name
    mine, theirs = ("none" if one is None else plain(one) for one in values)
    return Markup("{} {} rather than {}").format(name, mine, theirs)


def _kind(step: Step) -> str:
    return {"person": "you", "people": "people"}.get(step.source, "rest")


def _source(step: Step) -> str:
    return {"person": "this person", "people": "people in general"}.get(step.source, "")
