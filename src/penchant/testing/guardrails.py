"""The check kit of guardrails: what a rule over actions must do, whatever it refuses.

A guardrail is pure and judges each action by itself. It may raise: what it raises takes actions
out (`permitted`), so a check counts that as an answer like others.
Each check takes `make`, which gives a new guardrail, and questions to put to it; who has a
guardrail that these questions do not concern gives some that do, or the kit sees it say nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from msgspec import Struct

from penchant.guard.guardrail import Asked, Guardrail, Held, permitted
from penchant.testing.expecting import checks_of, expect
from penchant.words import (
    Action,
    Cap,
    Consent,
    FrozenMap,
    GuardrailRule,
    Moment,
    Never,
    QuietHours,
    Refused,
)

__all__ = ["ACTIONS", "GUARDRAIL_CHECKS", "QUESTIONS", "Make", "Question", "questions"]

Make = Callable[[], Guardrail]

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_ODD: Any = "unheard of"
ACTIONS = (
    Action("nothing"),
    Action("tip", FrozenMap({"kind": "walk", "loud": False}), channel="app", burden=0.2),
    Action("wine", FrozenMap({"alcohol": True, "size": (1.0, 2.0)}), burden=0.5, risk="notify"),
    Action("call", channel="phone", burden=0.9, risk="human"),
    Action("pay", FrozenMap({"price": 80}), burden=1.0, risk="confirm"),
    Action("odd", burden=float("nan"), risk=_ODD),
    Action("tip", FrozenMap({"kind": "run", "loud": True})),
)
"""Every class of risk, burdens from 0 to 1 and none, and a name that comes twice."""


class Question(Struct, frozen=True):
    """What a guardrail is asked: about which actions, and what it may know."""

    actions: Sequence[Action]
    asked: Asked


def questions(actions: Sequence[Action] = ACTIONS) -> tuple[Question, ...]:
    """Ask about some actions at every mixture of hours, zones, dials, rules and nevers."""
    mixtures = product(
        (NOON, NOON + timedelta(hours=11, seconds=30)),
        ("", "Europe/Berlin", "Middle/Earth"),
        (0.0, 0.5, 1.0, float("nan")),
        _RULES,
        _NEVERS,
    )
    return tuple(
        Question(tuple(actions), _asked(now, zone, dial, rules)(nevers))
        for now, zone, dial, rules, nevers in mixtures
    )


def _asked(
    now: datetime, zone: str, dial: float, rules: tuple[GuardrailRule, ...]
) -> Callable[[tuple[Never, ...]], Asked]:
    """Give what is asked at a moment that acted a second, an hour and a day ago."""
    recent = tuple(now.timestamp() - age for age in (86_400.0, 3_600.0, 1.0))
    moment = Moment("nudge", "coaching", ACTIONS, guardrails=rules)
    consent = Consent("coaching", "granted", dial)
    return lambda nevers: Asked(now, moment, consent, nevers, zone, recent)


_RULES: tuple[tuple[GuardrailRule, ...], ...] = (
    (),
    (Cap(2, "2h"), QuietHours("22:00", "07:00", "UTC")),
    (Cap(9), Cap(1, "one day"), QuietHours("25:00", "")),
)
_NEVERS = (
    (),
    (
        Never("wine", "no alcohol", NOON, feature="alcohol"),
        Never("night", "never at night", NOON, channel="phone", start="20:00", end="08:00"),
        Never("tips", "", NOON, action="tip", start="noon"),
        Never("peace", "leave me in peace", NOON),
    ),
)
QUESTIONS = questions()
"""What the checks ask a guardrail when nothing else is given."""


def check_it_has_a_name(make: Make, asking: Sequence[Question] = QUESTIONS) -> None:
    """The record says which guardrail refused, always by the same name, on one line."""
    one = make()
    name: object = one.name
    for question in asking:
        _told(one, question)
    expect(one.name == make().name == name, "Its name changes.")
    expect(isinstance(name, str) and name.isprintable() and name.strip(), "It has no name.")


def check_verdicts_are_sound(make: Make, asking: Sequence[Question] = QUESTIONS) -> None:
    """It answers with a Refused or a Held, by the index of the action, each with a sentence."""
    for question, verdicts in _answers(make(), asking):
        for index, verdict in verdicts.items():
            known = type(index) is int and 0 <= index < len(question.actions)
            expect(known, f"It answers about action {index!r}, and was asked about no such.")
            is_verdict = isinstance(verdict, Refused | Held)
            expect(is_verdict, f"Its answer on action {index} is no Refused and no Held.")
            sentence = verdict.sentence
            is_text = isinstance(sentence, str) and sentence.isprintable()
            ends = is_text and sentence.strip() == sentence and sentence[-1:] in {".", "!", "?"}
            expect(ends, f"Its answer on action {index} is no sentence on one line.")


def check_it_is_pure(make: Make, asking: Sequence[Question] = QUESTIONS) -> None:
    """It answers the same whenever it is asked, and so does another one: it remembers nothing."""
    one, other = make(), make()
    first = [_told(one, question) for question in asking]
    again = [_told(one, question) for question in reversed(asking)]
    expect(first == again[::-1], "Asked again, it answers something else.")
    expect(first == [_told(other, question) for question in asking], "Two of them disagree.")


def check_it_changes_nothing(make: Make, asking: Sequence[Question] = QUESTIONS) -> None:
    """The actions it was asked about are as they were."""
    one = make()
    for question in asking:
        actions = list(question.actions)
        _told(one, Question(actions, question.asked))
        unchanged = list(map(id, actions)) == list(map(id, question.actions))
        expect(unchanged, "It changed the actions it was asked about.")


def check_each_action_is_judged_alone(make: Make, asking: Sequence[Question] = QUESTIONS) -> None:
    """What it says of an action does not depend on which others are there, or in which order.

    Where it raises for all together, it raises for at least one of them alone.
    """
    one = make()
    for question in asking:
        together = _told(one, question)
        alone = [_told(one, Question((action,), question.asked)) for action in question.actions]
        if not isinstance(together, dict):
            expect(not all(isinstance(each, dict) for each in alone), "It raises for no action.")
            continue
        expected = [{0: together[n]} if n in together else {} for n in range(len(alone))]
        expect(alone == expected, "It judges an action by the others that are there.")
        last = len(alone) - 1
        backwards = Question(question.actions[::-1], question.asked)
        mirrored = {last - index: verdict for index, verdict in together.items()}
        expect(_told(one, backwards) == mirrored, "It judges an action by its place.")


def check_of_no_actions_it_says_nothing(make: Make, asking: Sequence[Question] = QUESTIONS) -> None:
    """Asked about no actions it has no verdicts."""
    for _, verdicts in _answers(make(), [Question((), question.asked) for question in asking]):
        expect(not verdicts, "It has verdicts on actions that are not there.")


def check_what_it_refuses_is_gone(make: Make, asking: Sequence[Question] = QUESTIONS) -> None:
    """In the loop, what it refuses or raises for is removed under its name, the fallback apart."""
    one = make()
    for question in asking:
        left = permitted(question.actions, question.asked, (one,))
        for index, action in enumerate(question.actions):
            told = _told(one, Question((action,), question.asked))
            refuses = not isinstance(told, dict) or isinstance(told.get(0), Refused)
            stays = action.name == question.asked.moment.fallback or not refuses
            expect((index in left.kept) == stays, f"Action {index} is kept, or not, against it.")
        rules = {removed.rule for removed in left.removed}
        expect(rules <= {one.name}, f"What it refuses is recorded under {sorted(rules)}.")


def _told(guardrail: Guardrail, question: Question) -> dict[int, Any] | str:
    """Give its verdicts, or the name of what it raises."""
    try:
        return dict(guardrail.check(question.actions, question.asked))
    except Exception as error:  # noqa: BLE001 - a guardrail may raise anything
        return type(error).__name__


def _answers(
    guardrail: Guardrail, asking: Sequence[Question]
) -> Iterator[tuple[Question, dict[int, Any]]]:
    """Give its verdicts on each question for which it raises nothing."""
    for question in asking:
        if isinstance(verdicts := _told(guardrail, question), dict):
            yield question, verdicts


GUARDRAIL_CHECKS: tuple[Callable[..., None], ...] = checks_of(globals())
"""Every check, found by its name; each takes `make`, and questions if the usual do not do."""
