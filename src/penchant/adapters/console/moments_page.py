"""Moments: what is declared, what is chosen for whom, and how much is tried out."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from penchant.adapters.console.comparing import (
    difference_words,
    health_figure,
    rates_figure,
    running_figure,
    verdict,
)
from penchant.adapters.console.drawing.intervals import axis, share_track
from penchant.adapters.console.drawing.scale import Scale
from penchant.adapters.console.figures import Figure, Page, Row, Table
from penchant.adapters.console.wording import code, counted, percentage, plain, whole
from penchant.learn.confidence import share_of
from penchant.runtime.insight.readings import ActionReading, Around, MomentLine, MomentReading
from penchant.runtime.opening.opening_nouns import said
from penchant.words import Cap, GuardrailRule, Moment

__all__ = ["moment_page", "moments_page"]

SHOWN = 24
SHARES = axis(Scale(0.0, 1.0), [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")])


def moments_page(now: datetime, lines: Sequence[MomentLine]) -> Page:
    """Put the list of moments together."""
    n = sum(line.n for line in lines)
    answer = Markup("<strong>{}</strong> {} declared; {} taken at {} so far.").format(
        counted(len(lines), "moment"),
        "is" if len(lines) == 1 else "are",
        f"{counted(n, 'decision')} {'was' if n == 1 else 'were'}",
        "it" if len(lines) == 1 else "them",
    )
    if not lines:
        answer = Markup("No moment is declared yet.")
    rows = [(line, difference_words(line.compared)) for line in lines]
    return Page("moments.html", "Moments", {"now": now, "answer": answer, "lines": rows})


def moment_page(reading: MomentReading, asked: str) -> Page:
    """Put the page of one moment together; `asked` names the action looked at by circumstance."""
    moment = reading.moment
    names = [one.action.name for one in reading.actions]
    action = asked if asked in names else _usual_action(reading)
    return Page(
        "moment.html",
        moment.name,
        {
            "reading": reading,
            "answer": _answer(reading),
            "settings": _settings(moment),
            "opens": [code(_sentence(said(one))) for one in moment.opens],
            "guardrails": [code(_rule(rule)) for rule in moment.guardrails],
            "action": action,
            "names": names if len(names) <= SHOWN else [],
        },
        (
            _chosen_figure(reading),
            _around_figure(reading.around, action, reading.n_latest),
            _tries_figure(reading),
            rates_figure(reading.compared),
            running_figure(reading.running, reading.compared),
            health_figure([reading.health] if reading.health.n else []),
        ),
    )


def _usual_action(reading: MomentReading) -> str:
    """Give the action chosen most that is not the one which stands for nothing."""
    fallback = reading.moment.fallback
    others = [one for one in reading.actions if one.action.name != fallback]
    most = max(others or reading.actions, key=lambda one: one.personal)
    return most.action.name


def _answer(reading: MomentReading) -> Markup:
    if not reading.n_personal:
        return Markup("Nothing has been chosen for a person at this moment yet.")
    most = max(reading.actions, key=lambda one: one.personal)
    chosen = Markup(
        "<strong>{}</strong> is chosen most, for people in <strong>{}</strong> of cases. "
    )
    share = percentage(most.share.value)
    return chosen.format(most.action.name, share) + verdict(reading.compared)


def _chosen_figure(reading: MomentReading) -> Figure:
    """Show how often each action is chosen for people, beside the neutral answer."""
    order = sorted(reading.actions, key=lambda one: -one.personal)
    shown, rest = order[:SHOWN], len(order) - SHOWN
    rows = [
        Row(
            Markup("<code>{}</code>").format(one.action.name),
            share_track(one.share.value, (one.share.low, one.share.high), one.expected, "you"),
            percentage(one.share.value),
            _removed(one.removed),
        )
        for one in shown
    ]
    days = counted(reading.n_days, "day")
    says = f"{counted(reading.n_personal, 'decision')} for people on the last {days} with any."
    return Figure(
        "chosen",
        "What is chosen",
        says + (f" {rest} more are in the numbers." if rest > 0 else ""),
        Table(
            ("action", "chosen", "share", "low", "high", "neutral answer"),
            [_chosen_row(one) for one in order],
        ),
        rows=rows,
        axis=SHARES,
        legend=(("you", "chosen for people, with its interval"), ("tick", "by the neutral answer")),
        empty="" if reading.n_personal else "Nothing yet. The first decision shows here.",
    )


def _chosen_row(one: ActionReading) -> tuple[str, ...]:
    expected = "" if one.expected is None else percentage(one.expected)
    return (one.action.name, whole(one.personal), *map(percentage, one.share), expected)


def _removed(removed: Mapping[str, int]) -> str:
    told = [f"{whole(n)} times left out by {rule.replace('_', ' ')}" for rule, n in removed.items()]
    return ", ".join(told)


def _around_figure(around: Sequence[Around], action: str, n: int) -> Figure:
    """Show how often one action was chosen in which circumstances."""
    total = sum(one.n for one in around if one.feature == around[0].feature) if around else 0
    overall = sum(one.chosen.get(action, 0) for one in around if one.feature == around[0].feature)
    tick = overall / total if total else None
    rows, table = [], []
    for one in around:
        share = share_of(one.chosen.get(action, 0), one.n)
        label = Markup("<code>{}</code> {}").format(one.feature, one.value)
        track = share_track(share.value, (share.low, share.high), tick, "you")
        rows.append(Row(label, track, percentage(share.value), counted(one.n, "decision")))
        said = map(percentage, share)
        table.append((one.feature, one.value, whole(one.n), *said))
    return Figure(
        "around",
        "What is chosen when",
        Markup("How often <code>{}</code> was chosen among the latest {} for people.").format(
            action, counted(n, "decision")
        ),
        Table(("circumstance", "is", "decisions", "share", "low", "high"), table),
        rows=rows,
        axis=SHARES,
        legend=(("you", "share, with its interval"), ("tick", "in all of them")),
        empty="" if rows else "No circumstance came often enough to say: it takes 10 decisions.",
    )


def _tries_figure(reading: MomentReading) -> Figure:
    """Show how often another action looked better: what is given up to learn."""
    share = share_of(reading.tries, reading.n_latest)
    row = Row(
        "Tries",
        share_track(share.value, (share.low, share.high), None, "you"),
        percentage(share.value),
        f"{whole(reading.tries)} of the latest {counted(reading.n_latest, 'decision')}",
    )
    return Figure(
        "tries",
        "Exploration",
        "Decisions in which another action looked better; they are taken to learn.",
        Table(
            ("tries", "of", "share", "low", "high"),
            [(whole(reading.tries), whole(reading.n_latest), *map(percentage, share))],
        ),
        rows=[row] if reading.n_latest else [],
        axis=SHARES,
        empty="" if reading.n_latest else "No decision has been taken for a person yet.",
    )


def _settings(moment: Moment) -> list[tuple[str, str]]:
    low, high = moment.reward_range
    missing = moment.outcome.default
    return [
        ("Purpose", moment.purpose),
        ("Stands for nothing", moment.fallback),
        ("Outcome", f"{moment.outcome.name}, within {moment.outcome.window}"),
        ("No outcome counts as", "nothing" if missing is None else plain(missing)),
        ("Rewards", f"{plain(low)} to {plain(high)}"),
        ("Half-life of an outcome", moment.half_life),
        ("Neutral share", percentage(moment.neutral_share)),
        *([("Apprentice", "your own logic decides; it learns to do the same")] * moment.apprentice),
        ("Floor of a chance", f"{percentage(moment.explore)} shared by all actions"),
        (
            "Without consent",
            "as for a stranger" if moment.non_profiling else "what stands for nothing",
        ),
    ]


def _rule(rule: GuardrailRule) -> str:
    if isinstance(rule, Cap):
        return f"At most {whole(rule.at_most)} in any `{rule.per}`."
    zone = f"`{rule.zone}` where the person's zone is not known" if rule.zone else ""
    return f"Nothing from {rule.start} to {rule.end} of the person's day" + (
        f", in {zone}." if zone else "."
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
