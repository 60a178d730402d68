"""One decision: how likely each action was, why this one, what would have changed it."""

from markupsafe import Markup

from penchant.adapters.console.contributions import contributions_figure
from penchant.adapters.console.drawing.choices import propensity_track
from penchant.adapters.console.drawing.intervals import axis
from penchant.adapters.console.drawing.scale import Scale
from penchant.adapters.console.figures import Figure, Page, Row, Table
from penchant.adapters.console.wording import Unit, code, counted, percentage, three
from penchant.loop import replayed
from penchant.runtime.insight.readings import DecisionReading
from penchant.words import Decision, Explanation

__all__ = ["decision_page", "replay_sentence"]

SHOWN = 24  # actions drawn; the table has them all


def decision_page(reading: DecisionReading, *, replay: bool, names_people: bool) -> Page:
    """Put the page of one decision together.

    Args:
        reading: The decision, with what followed and why.
        replay: Whether to draw it again from its record.
        names_people: Whether it may be said whom it was for.
    """
    decision = reading.decision
    whom = f" for {decision.person}" if decision.person and names_people else ""
    return Page(
        "decision.html",
        f"Decision{whom}",
        {
            "person": decision.person if names_people else None,
            "reading": reading,
            "decision": decision,
            "answer": _answer(reading),
            "sentences": _sentences(reading.explanation),
            "would_change": reading.explanation.would_change if reading.explanation else "",
            "replay": replay_sentence(reading) if replay else None,
            "record": _record(reading),
            "outcome": _outcome(reading),
        },
        (_propensities(decision), contributions_figure(reading)),
    )


def replay_sentence(reading: DecisionReading) -> tuple[bool, str]:
    """Draw a decision again from its record alone: whether it comes out equal, and a sentence."""
    decision = reading.decision
    was = decision.drawn or decision.action.name
    now = replayed(decision, reading.moment.neutral_share)
    total = sum(decision.weights)
    if now == was:
        return True, (
            f"Equal. From the recorded propensities, which sum to {total:.12g}, and the recorded "
            f"draw {decision.draw:.6g} comes `{now}`, as was decided."
        )
    return False, (
        f"Not equal. From the record comes `{now}`, but `{was}` was decided. The record is not "
        "what was decided by; keep it and look at the journal with `penchant doctor`."
    )


def _answer(reading: DecisionReading) -> Markup:
    decision = reading.decision
    chance = percentage(decision.propensity)
    if decision.forced:
        return Markup(
            "<strong>{}</strong> was drawn with a chance of {}, but not done: "
            "<strong>{}</strong> stood in."
        ).format(decision.drawn, chance, decision.action.name)
    if len(decision.names) == 1:
        left = {one.action for one in decision.removed}
        why = Markup(": {} left out").format(counted(len(left), "action was", "actions were"))
        return Markup("<strong>{}</strong> was all there was to choose{}.").format(
            decision.action.name, why if left else ""
        )
    said = Markup("<strong>{}</strong> was chosen with a chance of <strong>{}</strong>{}")
    return said.format(decision.action.name, chance, _what_for(reading))


def _what_for(reading: DecisionReading) -> str:
    """Say what an action was chosen for: as a try, for this person, for people in general."""
    decision, explanation = reading.decision, reading.explanation
    if explanation is None:
        return "."
    if explanation.explored:
        return f", as a try: {explanation.runner_up} looked better."
    if not reading.waterfall or not reading.waterfall.steps:
        return ": nothing tells the actions apart yet."
    if decision.person is None or not any(decision.personal):
        return ", by what is known of people in general."
    percent = round(100 * explanation.person_share)
    return f"; {percent} % of that was this person, {100 - percent} % people in general."


def _sentences(explanation: Explanation | None) -> list[Markup]:
    """Give what a person is told, without what other parts of the page show."""
    return [] if explanation is None else [code(one) for one in explanation.sentences]


def _outcome(reading: DecisionReading) -> tuple[str, str]:
    """Say what followed: the reward, and where it came from."""
    unit, found = Unit(*reading.moment.reward_range), reading.outcome
    if found is None:
        waits = "Its window is still open." if reading.is_open else "Nothing came that was learned."
        return "No outcome", waits
    how = {
        "reward": "as it was reported",
        "outcome": f"the outcome `{reading.moment.outcome.name}` came",
        "missing": "nothing came in time, so it counts as the default",
    }
    return f"Reward {unit.say(found.scaled)}", how[found.origin]


def _propensities(decision: Decision) -> Figure:
    """Show the chance of every permitted action, and what was removed and why."""
    drawn = decision.drawn or decision.action.name
    order = sorted(
        zip(decision.names, decision.weights, decision.neutral, strict=True),
        key=lambda one: -one[1],
    )
    shown = [one for place, one in enumerate(order) if place < SHOWN or one[0] == drawn]
    rows = [
        Row(
            name,
            propensity_track(chance, neutral, is_chosen=name == drawn),
            percentage(chance),
            "chosen" if name == drawn else "",
            "chosen" if name == drawn else "",
        )
        for name, chance, neutral in shown
    ]
    rows += [
        Row(one.action, Markup(""), "left out", code(one.sentence), "removed")
        for one in decision.removed
    ]
    rest = len(order) - len(shown)
    numbers = [(name, percentage(chance), percentage(neutral)) for name, chance, neutral in order]
    numbers += [(one.action, "left out", one.rule) for one in decision.removed]
    return Figure(
        "propensities",
        "How likely each action was",
        f"{rest} more are in the numbers." if rest else "",
        Table(("action", "chance", "for a stranger"), numbers),
        rows=rows,
        axis=axis(Scale(0.0, 1.0), [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")]),
        legend=(("chosen", "chosen"), ("tick", "the neutral answer's chance")),
    )


def _record(reading: DecisionReading) -> list[tuple[str, str]]:
    """Give the rest of the record, name by name."""
    decision, consent = reading.decision, reading.decision.consent
    told = [
        ("Decision", decision.id),
        ("Treated", "as a person" if decision.mode == "personal" else "as a stranger, by lot"),
        ("Draw", f"{decision.draw:.6g}"),
        (
            "Model version",
            three(decision.version) if decision.version else "0, nothing learned yet",
        ),
    ]
    if consent is not None:
        state = consent.state.replace("_", " ")
        told.append(("Consent", f"{consent.purpose}: {state}, dial {three(consent.dial)}"))
    if decision.note:
        told.append(("Note", decision.note))
    return told
