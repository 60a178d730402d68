"""Every guardrail passes every check of the kit; broken ones do not."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import pytest

from penchant.guard.guardrail import GUARDRAILS, Asked, Guardrail
from penchant.testing import guardrails
from penchant.testing.guardrails import GUARDRAIL_CHECKS, QUESTIONS, Make
from penchant.words import Action, Refused

Check = Callable[[Make], None]
Answer = Callable[[Sequence[Action], Asked], Mapping[Any, Any]]
NO = Refused("No.")


@pytest.mark.parametrize("kind", [type(one) for one in GUARDRAILS])
@pytest.mark.parametrize("check", GUARDRAIL_CHECKS, ids=lambda check: check.__name__[6:])
def test_the_guardrail_keeps_its_contract(check: Check, kind: Make) -> None:
    """The guardrail does what the check says."""
    check(kind)


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda one: one.name)
def test_the_questions_concern_every_guardrail(guardrail: Guardrail) -> None:
    """The kit's questions make each guardrail object to some, so that its checks see something."""
    said = 0
    for question in QUESTIONS:
        try:
            said += bool(guardrail.check(question.actions, question.asked))
        except ValueError:
            said += 1

    assert said > 0


class _Says:
    """A guardrail that answers what it is told to."""

    def __init__(self, answer: Answer, name: str = "says") -> None:
        """Keep the answer."""
        self.answer, self.name = answer, name

    def check(self, actions: Sequence[Action], asked: Asked) -> Mapping[Any, Any]:
        """Give the answer."""
        return self.answer(actions, asked)


def _says(answer: Answer, name: str = "says") -> Make:
    """Give a way to make such a guardrail."""
    return lambda: _Says(answer, name)


def _emptied(actions: Sequence[Action], _: Asked) -> Mapping[int, Refused]:
    """Take the actions out of the list that was given."""
    if isinstance(actions, list):
        actions.clear()
    return {}


class _TwoNames(_Says):
    """Refuses under one name and is recorded under another."""

    def __init__(self) -> None:
        """Refuse everything."""
        super().__init__(lambda actions, _: dict.fromkeys(range(len(actions)), NO))
        self._names = count()

    def __getattribute__(self, attribute: str) -> Any:
        """Give a new name each time."""
        given = super().__getattribute__(attribute)
        return f"{given}{next(self._names)}" if attribute == "name" else given


numbers = count()
BROKEN: tuple[tuple[Make, Check], ...] = (
    (_says(lambda *_: {}, ""), guardrails.check_it_has_a_name),
    (lambda: _Says(lambda *_: {}, f"n{next(numbers)}"), guardrails.check_it_has_a_name),
    (_says(lambda *_: {True: NO}), guardrails.check_verdicts_are_sound),
    (_says(lambda actions, _: {len(actions): NO}), guardrails.check_verdicts_are_sound),
    (_says(lambda *_: {0: "No."}), guardrails.check_verdicts_are_sound),
    (_says(lambda *_: {0: Refused("")}), guardrails.check_verdicts_are_sound),
    (_says(lambda *_: {0: Refused(f"No {next(numbers)}.")}), guardrails.check_it_is_pure),
    (_says(_emptied), guardrails.check_it_changes_nothing),
    (_says(lambda *_: {0: NO}), guardrails.check_each_action_is_judged_alone),
    (
        _says(lambda actions, _: dict.fromkeys(range(len(actions)), NO) if actions[1:] else {}),
        guardrails.check_each_action_is_judged_alone,
    ),
    (
        _says(lambda actions, _: {} if len(actions) == 1 else {0: 1 // 0}),
        guardrails.check_each_action_is_judged_alone,
    ),
    (_says(lambda *_: {0: NO}), guardrails.check_of_no_actions_it_says_nothing),
    (
        _says(lambda actions, _: {} if actions[1:] else {0: NO}),
        guardrails.check_what_it_refuses_is_gone,
    ),
    (_TwoNames, guardrails.check_what_it_refuses_is_gone),
)


@pytest.mark.parametrize(("broken", "check"), BROKEN)
def test_a_broken_guardrail_fails_its_check(broken: Make, check: Check) -> None:
    """What the check is for makes it fail."""
    with pytest.raises(AssertionError):
        check(broken)


def test_every_check_of_guardrails_is_seen_to_fail() -> None:
    """The broken guardrails above leave out no check of the kit."""
    assert {check for _, check in BROKEN} == set(GUARDRAIL_CHECKS)
