"""One person: what is believed and how sure, what was decided and why, and what they settled."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

from penchant.adapters.console.drawing.density import hills
from penchant.adapters.console.drawing.intervals import axis, interval_track
from penchant.adapters.console.drawing.scale import Scale, scale_over
from penchant.adapters.console.drawing.week import DAY_NAMES, week_map
from penchant.adapters.console.figures import Figure, Page, Row, Table
from penchant.adapters.console.timeline import timeline
from penchant.adapters.console.wording import (
    Unit,
    code,
    counted,
    percentage,
    signed,
    third_person,
    three,
    tick,
)
from penchant.journal import Learned
from penchant.learn.confidence import Estimate
from penchant.profile.corrections import TASTE, taste_name
from penchant.runtime.insight.readings import Leaning, PersonReading
from penchant.words import Belief, Consent, Decision, Goal, Moment, Profile, Reason, sureness

__all__ = ["person_page"]

NINETY_FIVE = 1.96  # standard deviations of a 95 % interval
CELLS = 168
SAID = 2  # reasons in a line


def person_page(reading: PersonReading, moments: Sequence[Moment], **forms: object) -> Page:
    """Put the page of one person together.

    Args:
        reading: What is believed about them, their facts and leanings.
        moments: All that are declared, for their ranges of reward.
        forms: What the forms need: a token, what was refused last, what was typed.
    """
    profile = reading.profile
    ranges = {moment.name: moment.reward_range for moment in moments}
    by_name = {belief.name: belief for belief in profile.beliefs}
    rhythm, interests = by_name.get("rhythm"), by_name.get("interests")
    figures = [
        *(
            _leaning_figure(name, tuple(some), Unit(*ranges[name]))
            for name, some in _by_moment(reading)
        ),
        _rhythm_figure(rhythm, reading.time_zone),
        _apart_figure(profile, ranges),
        _interests_figure(interests),
    ]
    return Page(
        "person.html",
        f"Person {reading.person}",
        {
            "reading": reading,
            "profile": profile,
            "answer": _answer(reading, profile),
            "known": [_known(one) for one in _tastes(profile)],
            "counts": [_count(one) for one in profile.beliefs if one.name.startswith("counts.")],
            "leanings": [name for name, _ in _by_moment(reading)],
            "consents": _consents(reading, profile),
            "timeline": timeline(reading),
            "decisions": [_decided(*one, ranges) for one in reading.decisions],
            "goals": _goals(reading, profile),
            "actions": sorted({one.name for moment in moments for one in moment.actions}),
            **forms,
        },
        tuple(figures),
    )


def _by_moment(reading: PersonReading) -> list[tuple[str, list[Leaning]]]:
    return [(name, list(some)) for name, some in groupby(reading.leanings, lambda one: one.moment)]


def _tastes(profile: Profile) -> list[Belief]:
    """Give how much is known of the person at each moment, but not what it is made of."""
    return [one for one in profile.beliefs if one.name.startswith(TASTE) and "known" in one.data]


def _answer(reading: PersonReading, profile: Profile) -> Markup:
    if not reading.n_decisions:
        return Markup("Nothing was decided for this person yet.")
    known = _tastes(profile)
    said = Markup(
        "Penchant decided <strong>{}</strong> for this person and learned from {}."
    ).format(counted(reading.n_decisions, "time"), counted(reading.n_outcomes, "outcome"))
    if not known:
        return said + Markup(" What sets them apart is not known yet.")
    best = max(known, key=lambda one: one.sure)
    return said + Markup(" Of what sets them apart <strong>{}</strong> is known.").format(
        percentage(round(best.sure, 2))
    )


class Entry(NamedTuple):
    """One decision in a person's list."""

    id: str
    at: datetime
    action: str
    chance: str
    followed: str
    why: Markup


def _decided(
    decision: Decision,
    outcome: Learned | None,
    reasons: Sequence[Reason],
    ranges: Mapping[str, tuple[float, float]],
) -> Entry:
    """Say one decision in a line, and its weightiest reason."""
    unit = Unit(*ranges.get(decision.moment, (0.0, 1.0)))
    return Entry(
        decision.id,
        decision.at,
        decision.action.name,
        percentage(decision.propensity),
        "no outcome" if outcome is None else f"reward {unit.say(outcome.scaled)}",
        code(" ".join(third_person(reason.sentence) for reason in reasons[:SAID])),
    )


def _goals(reading: PersonReading, profile: Profile) -> list[tuple[Goal, str]]:
    """Give the goals, each with the purpose it was stated under."""
    return [(goal, reading.goal_purposes.get(goal.name, "")) for goal in profile.goals]


def _known(belief: Belief) -> tuple[str, Markup]:
    return belief.name.removeprefix(TASTE), code(belief.says)


def _count(belief: Belief) -> tuple[str, Markup, float]:
    kind = belief.name.removeprefix("counts.")
    says = belief.says.removeprefix(f"`{kind}` ")
    return kind, code(says), belief.sure


def _consents(reading: PersonReading, profile: Profile) -> list[Consent]:
    """Give the answer for every purpose that is asked for anywhere."""
    held = {consent.purpose: consent for consent in profile.consents}
    purposes = sorted({*held, *reading.purposes})
    return [held.get(purpose, Consent(purpose)) for purpose in purposes]


def _leaning_figure(name: str, leanings: Sequence[Leaning], unit: Unit) -> Figure:
    """Show what each action is expected to bring this person, over what it brings people."""
    scale = _leaning_scale(leanings)
    rows = [
        Row(
            Markup("<code>{}</code>").format(one.action),
            hills(
                (one.people, one.people_sd),
                (one.mean, one.sd),
                scale,
                label=f"{one.action}: {unit.say_estimate(_estimate(one.mean, one.sd))}",
            ),
            unit.say_estimate(_estimate(one.mean, one.sd)),
            _leaning_words(one, unit),
        )
        for one in leanings
    ]
    columns = ("action", "this person", "low", "high", "people in general", "how people differ")
    table = [
        (
            one.action,
            *(unit.say(end) for end in _estimate(one.mean, one.sd)),
            unit.say(one.people),
            f"± {three(unit.step(one.people_sd))}",
        )
        for one in leanings
    ]
    return Figure(
        f"leaning-{name}",
        "What each action is expected to bring",
        Markup(
            "At <code>{}</code>, in usual circumstances. The wider the hill, the less is known."
        ).format(name),
        Table(columns, table),
        rows=rows,
        axis=axis(scale, [(value, unit.mark(value)) for value in scale.ticks(4)]),
        legend=(("you", "this person"), ("people", "people in general")),
    )


def _leaning_scale(leanings: Sequence[Leaning]) -> Scale:
    """Give a scale on which this person's hills are seen, within the range of rewards."""
    reach = 4 * max(one.sd for one in leanings)
    ends = [end for one in leanings for end in (one.mean - reach, one.mean + reach, one.people)]
    return Scale(max(min(ends), 0.0), min(max(ends), 1.0))


def _leaning_words(one: Leaning, unit: Unit) -> str:
    """Say how this person differs from people in general, and how sure that is."""
    apart = one.mean - one.people
    if abs(apart) < one.sd:
        return f"about as for people in general, {unit.say(one.people)}"
    sure = sureness(min(abs(apart) / (NINETY_FIVE * one.sd), 1.0) * 0.9)
    more = "more" if apart > 0 else "less"
    size = unit.say_step(abs(apart)).removeprefix("+")
    return f"{size} {more} than for people in general, {sure}"


def _estimate(mean: float, spread: float) -> Estimate:
    """Give a reward with its 95 % interval, within the range of rewards."""
    reach = NINETY_FIVE * spread
    low, high = max(mean - reach, 0.0), min(mean + reach, 1.0)
    return Estimate(min(max(mean, 0.0), 1.0), low, high)


def _rhythm_figure(belief: Belief | None, time_zone: str) -> Figure:
    """Show at which hours of the week the person is active."""
    zone = time_zone or "UTC, as no time zone is known"
    shares = [] if belief is None else list(belief.data.values())
    rows = (
        [
            (name, *(f"{100 * share:.2f}" for share in shares[24 * place : 24 * place + 24]))
            for place, name in enumerate(DAY_NAMES)
        ]
        if len(shares) == CELLS
        else []
    )
    says = "" if belief is None else belief.says
    table = Table(("% of the week", *(f"{hour:02}" for hour in range(24))), rows)
    if belief is None or len(shares) != CELLS:
        return Figure("rhythm", "Rhythm of the week", "", table, empty="Nothing was seen yet.")
    return Figure(
        "rhythm",
        "Rhythm of the week",
        f"{says[0].upper()}{says[1:]}. Hours in {zone}.",
        table,
        picture=week_map(shares, label=f"Rhythm of the week: {says}"),
    )


def _apart_figure(profile: Profile, ranges: Mapping[str, tuple[float, float]]) -> Figure:
    """Show which features add to, or take from, what this person's rewards are expected to be."""
    rows: list[Row] = []
    table: list[tuple[str, ...]] = []
    told = [(name, label, one) for name in ranges for label, one in _labelled(profile, name)]
    units = {name: Unit(*one) for name, one in ranges.items()}
    shares = [
        Estimate(*(one.data[key] / (high - low) for key in ("is", "low", "high")))
        for name, _, one in told
        for low, high in [ranges[name]]
    ]
    scale = scale_over([end for one in shares for end in one])
    for (name, label, _), share in zip(told, shares, strict=True):
        track = interval_track(share.value, (share.low, share.high), scale, "you")
        said = units[name].say_difference(share)
        rows.append(Row(Markup("<code>{}</code>").format(label), track, said, name))
        table.append((name, label, *(units[name].say_step(number) for number in share)))
    return Figure(
        "apart",
        "What sets them apart",
        "What a feature adds for this person beyond people in general; 90 % intervals."
        if rows
        else "",
        Table(("moment", "feature", "adds", "low", "high"), table),
        rows=rows,
        empty="" if rows else "No feature stands out yet.",
    )


def _labelled(profile: Profile, moment: str) -> list[tuple[str, Belief]]:
    """Give the features that stand out at a moment, each with its belief."""
    whole = taste_name(moment, "")
    return [
        (one.name.removeprefix(f"{whole}: "), one)
        for one in profile.beliefs
        if one.name.startswith(f"{whole}: ") and {"is", "low", "high"} <= one.data.keys()
    ]


def _interests_figure(belief: Belief | None) -> Figure:
    """Show which features went with better outcomes, each with its interval."""
    data = {} if belief is None else belief.data
    names = [name for name in data if f"{name} low" in data and f"{name} high" in data]
    estimates = {
        name: Estimate(data[name], data[f"{name} low"], data[f"{name} high"]) for name in names
    }
    scale = scale_over([end for one in estimates.values() for end in one])
    rows = [
        Row(
            Markup("<code>{}</code>").format(name),
            interval_track(one.value, (one.low, one.high), scale, "you"),
            f"{signed(one.value)} ({signed(one.low)} to {signed(one.high)})",
        )
        for name, one in estimates.items()
    ]
    says = "" if belief is None else belief.says
    return Figure(
        "interests",
        "Interests",
        "Difference in reward, 0 to 1, with and without the feature; 90 % intervals."
        if rows
        else "",
        Table(
            ("feature", "difference", "low", "high"),
            [(name, *map(signed, one)) for name, one in estimates.items()],
        ),
        rows=rows,
        axis=axis(scale, [(value, tick(value)) for value in scale.ticks(4)])
        if rows
        else Markup(""),
        empty="" if rows else code(f"{says[:1].upper()}{says[1:]}." if says else "Nothing yet."),
    )
