"""Candidates: what other policies would have earned at a moment, and whether to promote one.

Rule 1: an interval here holds at every look, so somebody who comes back each day is not misled.
Rule 2: what cannot be said has a place of its own, with its reason.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from markupsafe import Markup

from penchant.adapters.console.comparing import health_sentence
from penchant.adapters.console.drawing.intervals import axis, interval_track, unsaid_track
from penchant.adapters.console.drawing.scale import Scale, scale_over
from penchant.adapters.console.figures import Figure, Page, Row, Table
from penchant.adapters.console.judging import Answered
from penchant.adapters.console.wording import Unit, about, code, counted, percentage, three, whole
from penchant.learn.confidence import Estimate
from penchant.learn.evaluate.evaluation import AS_LOGGED, Evaluation, Judged, Valued
from penchant.runtime.insight.readings import MomentReading

__all__ = ["judge_page"]

CANNOT = "Cannot say"
DO = {
    "promote": "Promote it.",
    "roll back": "Leave it, or roll it back.",
    "keep looking": "Keep looking.",
    "cannot say": CANNOT,
}


class _Sight(NamedTuple):
    """An evaluation, and how rewards of its moment are said."""

    found: Evaluation
    unit: Unit

    def gain(self, one: Judged) -> Estimate:
        """Give the gain of a candidate in rewards of 0..1; the interval is that of every look."""
        return _estimate(one.gain, one.gain_low, one.gain_high, 0.0, self._width)

    def value(self, one: Valued) -> Estimate:
        """Give the value of a policy in rewards of 0..1, so too."""
        ends = (one.value, one.anytime_low, one.anytime_high)
        return _estimate(*ends, self.unit.low, self._width)

    @property
    def _width(self) -> float:
        return self.unit.high - self.unit.low


def judge_page(
    reading: MomentReading, answered: Answered | None, against: str, *, is_newer: bool
) -> Page:
    """Put the page together.

    Args:
        reading: The moment.
        answered: What was judged of it, None where that is not known yet.
        against: The policy in force, "" for as logged.
        is_newer: Whether a newer answer is under way.
    """
    values: dict[str, Any] = {
        "reading": reading,
        "answered": answered,
        "is_newer": is_newer,
        "against": against or AS_LOGGED,
        "choices": _choices(answered),
        "rests": [],
        "command_line": "",
    }
    if answered is None:
        waits = Markup("<strong>Still reckoning.</strong> {} are being judged.").format(
            counted(reading.n_outcomes, "outcome")
        )
        return Page("judge.html", "Candidates", {**values, "answer": waits})
    sight = _Sight(answered.evaluation, Unit(*reading.moment.reward_range))
    named = f' --against "{against}"' if against else ""
    values |= {
        "answer": _answer(sight),
        "rests": [*_log_sentences(sight.found, reading), *_rest_sentences(sight.found)],
        "command_line": f"penchant evaluate {reading.moment.name}{named}",
    }
    return Page("judge.html", "Candidates", values, (_gain_figure(sight), _value_figure(sight)))


def _choices(answered: Answered | None) -> list[str]:
    """Give the policies that may be held against."""
    if answered is None:
        return []
    found = answered.evaluation
    names = [AS_LOGGED, found.against.policy, *(one.policy for one in found.policies)]
    return list(dict.fromkeys(sorted(names, key=lambda name: (name != AS_LOGGED, name))))


def _answer(sight: _Sight) -> Markup:
    """Answer in one sentence: is there anything to promote?"""
    found, against = sight.found, sight.found.against.policy
    by_verdict = {
        verdict: [one for one in found.policies if one.verdict == verdict] for verdict in DO
    }
    better, worse = by_verdict["promote"], by_verdict["roll back"]
    unsaid = by_verdict["cannot say"]
    if better:
        best = max(better, key=lambda one: one.gain or 0.0)
        return Markup("<strong>{}</strong> would earn more than {}: {}. Promote it.").format(
            best.policy, _what(against), sight.unit.say_difference(sight.gain(best))
        )
    if found.match is not None and len(unsaid) == len(found.policies):
        return Markup("{}").format(code(found.match.sentence))
    if len(unsaid) == len(found.policies):
        why = _shared_reason(found) or "Each candidate has its own reason, below."
        return Markup("<strong>Cannot say.</strong> {}").format(why)
    if worse and len(worse) + len(unsaid) == len(found.policies):
        return Markup("Nothing asked about would earn more than {}; {}.").format(
            _what(against), f"{counted(len(worse), 'candidate')} would earn less"
        )
    return Markup(
        "Nothing can be told to earn more than {} yet. <strong>Keep looking.</strong>"
    ).format(_what(against))


def _what(policy: str) -> Markup:
    """Name a policy within a sentence."""
    if policy == AS_LOGGED:
        return Markup("what was done")
    return Markup("<strong>{}</strong>").format(policy)


def _shared_reason(found: Evaluation) -> Markup | str:
    """Give the one reason why nothing can be said of any candidate, or ""."""
    reasons = {one.why for one in found.policies}
    return code(_reason(found.policies[0])) if len(reasons) == 1 and "" not in reasons else ""


def _reason(one: Judged) -> str:
    """Give why nothing is said of a candidate's gain, without its first words."""
    why = one.why.removeprefix(f"{CANNOT}: ")
    return f"{why[:1].upper()}{why[1:]}"


def _gain_figure(sight: _Sight) -> Figure:
    """Show how much more each candidate would earn, with the interval of every look."""
    found, unit = sight.found, sight.unit
    gains = [(one, sight.gain(one)) for one in found.policies]
    scale = scale_over([end for _, gain in gains for end in gain])
    rows = [_gain_row(one, gain, scale, unit) for one, gain in gains]
    sure = f"{100 - 100 * found.alpha:g} %"
    says = Markup(
        "How much more each would have earned than {}. Each line holds the truth at every look, in "
        "{} of cases; the upright line is no difference."
    ).format(_what(found.against.policy), sure)
    return Figure(
        "gain",
        "More than the policy in force",
        says,
        Table(
            ("candidate", "more", "low", "high", "verdict", "weighs like", "why not"),
            [_gain_numbers(one, gain, unit) for one, gain in gains],
        ),
        rows=rows,
        axis=_axis(scale, unit.mark_step),
        empty=_shared_reason(found),
    )


def _axis(scale: Scale, mark: Callable[[float], str]) -> Markup:
    return axis(scale, [(value, mark(value)) for value in scale.ticks()])


def _gain_row(one: Judged, gain: Estimate, scale: Scale, unit: Unit) -> Row:
    """Draw one candidate."""
    if one.gain is None:
        return Row(one.policy, unsaid_track(), CANNOT, code(_reason(one)), kind="unsaid")
    more = "" if one.needed is None else f" About {about(one.needed)} more decisions would tell."
    note = f"{DO[one.verdict]}{more}"
    track = interval_track(gain.value, (gain.low, gain.high), scale, "you")
    return Row(one.policy, track, unit.say_difference(gain), note, kind=one.verdict.split()[0])


def _gain_numbers(one: Judged, gain: Estimate, unit: Unit) -> tuple[str, ...]:
    said = ("", "", "")
    if one.gain is not None:
        said = (unit.say_step(gain.value), unit.say_step(gain.low), unit.say_step(gain.high))
    return (one.policy, *said, one.verdict, whole(one.ess), one.why)


def _value_figure(sight: _Sight) -> Figure:
    """Show what each policy would have earned a decision."""
    found, unit = sight.found, sight.unit
    untold = bool(_shared_reason(found))
    every: list[Valued] = [found.against, *(() if untold else found.policies)]
    values = [(one, sight.value(one)) for one in every]
    scale = scale_over([end for _, value in values for end in value], also=())
    rows = [
        Row(one.policy, unsaid_track(), CANNOT, kind="unsaid")
        if one.value is None
        else Row(
            one.policy,
            interval_track(
                value.value,
                (value.low, value.high),
                scale,
                "people" if one is found.against else "you",
                zero=None,
            ),
            unit.say_estimate(value),
            "in force" if one is found.against else f"by {one.estimator}",
        )
        for one, value in values
    ]
    return Figure(
        "value",
        "Reward per decision",
        f"What each would have earned, {unit.about}."
        if not unit.is_share
        else "What each would have earned.",
        Table(
            ("policy", "reward", "low", "high", "estimator", "weighs like", "greatest weight"),
            [_value_numbers(one, value, unit) for one, value in values],
        ),
        rows=rows,
        axis=_axis(scale, unit.mark),
    )


def _value_numbers(one: Valued, value: Estimate, unit: Unit) -> tuple[str, ...]:
    greatest = "" if one.greatest_weight is None else three(one.greatest_weight)
    said = ("", "", "") if one.value is None else tuple(map(unit.say, value))
    return (one.policy, *said, one.estimator, whole(one.ess), greatest)


def _log_sentences(found: Evaluation, reading: MomentReading) -> Iterator[tuple[str, Markup]]:
    """Say what all answers rest on."""
    rows = f"{counted(found.rows, 'decision')} of {counted(found.people, 'person', 'people')}"
    left = ", ".join(f"{why}: {whole(n)}" for why, n in found.left_out.items())
    yield "Judged on", Markup("{}. {}").format(rows, f"Left out: {left}." if left else "")
    if found.match is not None:
        yield "Match", Markup("{}").format(code(found.match.sentence))
    if reading.health.n:
        yield "Neutral share", Markup("{}").format(health_sentence(reading.health))
    off = next((one for one in found.policies if one.off), None)
    if off is not None:
        yield (
            "Propensities",
            Markup("<strong>They do not fit what was done.</strong> {} is {} off.").format(
                off.off, counted(round(abs(off.off_errors or 0.0)), "standard error")
            ),
        )
    elif found.rows:
        as_far = Markup("Each action was taken as often as they say, as far as {} tell.")
        yield "Propensities", as_far.format(counted(found.rows, "decision"))


def _rest_sentences(found: Evaluation) -> Iterator[tuple[str, Markup]]:
    """Say what the answer for each policy rests on."""
    for one in found.policies:
        if one.greatest_weight is not None:
            yield one.policy, Markup("{}").format(" ".join(_support(one, found.rows)))


def _support(one: Judged, rows: int) -> Iterator[str]:
    """Say in words how well the log supports one candidate."""
    errors, greatest = abs(one.mean_errors or 0.0), one.greatest_weight or 0.0
    fits = "no sign of wrong propensities" if not one.off else "which does not fit"
    yield (
        f"Weighs like {whole(one.ess)} of the {whole(rows)}; one decision counts for "
        f"{three(greatest)} at most. Mean weight {three(one.mean_weight or 0.0)}, "
        f"{errors:.1f} standard errors from 1: {fits}."
    )
    if one.unsupported:
        yield f"{percentage(one.unsupported)} of what it would do was never done here."


def _estimate(
    value: float | None, low: float | None, high: float | None, zero: float, width: float
) -> Estimate:
    """Bring a value and its ends to rewards of 0..1; not a number where nothing is said."""
    ends = (float("nan") if one is None else (one - zero) / width for one in (value, low, high))
    return Estimate(*ends)
