"""How guardrails are asked: all of them about all actions, failing closed, sparing the fallback."""

from collections.abc import Sequence
from typing import Any

import pytest
from unit.guard.asking import ACTIONS, NOON, Says, ask

from penchant.guard.guardrail import GUARDRAILS, Asked, Held, Verdicts, permitted
from penchant.guard.verdict import PASSED
from penchant.words import Action, Cap, Never, QuietHours, Refused, Removed

REFUSED = Refused("Because.")


def says(answer: Any, name: str = "says") -> Says:
    """Make a guardrail that always gives this answer."""
    return Says(lambda _actions, _asked: answer, name)


def unasked(action: str, rule: str, error: str) -> Removed:
    """Give the record of an action for which a guardrail could not be asked."""
    sentence = (
        f"The guardrail `{rule}` could not be asked ({error}); what cannot be checked is not done."
    )
    return Removed(action, rule, sentence)


def test_the_default_guardrails() -> None:
    """Five are asked for every moment, under these names."""
    assert [one.name for one in GUARDRAILS] == ["dial", "nevers", "caps", "quiet_hours", "risk"]


def test_with_no_objection_all_stay() -> None:
    """What nobody objects to is kept, in the order given."""
    left = permitted(ACTIONS[:3], ask())

    assert (left.kept, left.removed, left.held) == ((0, 1, 2), (), ())


def test_no_actions_are_no_error() -> None:
    """Of no actions none are left."""
    assert permitted((), ask(Cap(0), QuietHours())).kept == ()


def test_each_default_guardrail_is_asked() -> None:
    """Dial, nevers, caps, quiet hours and risk each leave their mark."""
    never = Never("wine", "no wine", NOON, action="wine")

    def rules(asked: Asked) -> set[str]:
        return {one.rule for one in permitted(ACTIONS, asked).removed}

    assert rules(ask(dial=0.5)) == {"dial"}
    assert rules(ask(nevers=[never])) == {"nevers"}
    assert rules(ask(Cap(0))) == {"caps"}
    assert rules(ask(QuietHours())) == {"quiet_hours"}
    assert permitted(ACTIONS, ask()).held == ((3, "It needs a human's yes before it is done."),)


def test_every_refusal_is_recorded() -> None:
    """An action that two guardrails refuse stands in the record twice, in the order asked."""
    never = Never("calls", "no calls", NOON, channel="phone")
    left = permitted(ACTIONS, ask(dial=0.5, nevers=[never]))

    assert [(one.action, one.rule) for one in left.removed] == [
        ("call", "dial"),
        ("call", "nevers"),
    ]
    assert left.held == ()


@pytest.mark.parametrize("default", ["", "tip", "call"])
def test_the_fallback_stays_and_is_never_held(default: str) -> None:
    """Neither refusals, nor holds, nor errors reach `nothing` or the moment's default."""
    asked = ask(Cap(0), QuietHours(), dial=0.0, default=default)
    index = [one.name for one in ACTIONS].index(default or "nothing")
    broken = says(None)
    left = permitted(ACTIONS, asked, (*GUARDRAILS, broken))

    assert left.kept == (index,)
    assert left.held == ()
    assert default not in {one.action for one in left.removed}


def test_two_holds_are_both_told() -> None:
    """An action held by two guardrails waits for both; the same sentence is told once."""
    first, second = says({1: Held("Ask ada.")}, "a"), says({1: Held("Ask bob.")}, "b")

    assert permitted(ACTIONS, ask(), (first, second, first)).held == ((1, "Ask ada. Ask bob."),)


def test_a_refusal_outweighs_a_hold() -> None:
    """What is refused waits for nobody, whichever guardrail spoke first."""
    hold, refuse = says({1: Held("Ask.")}), says({1: REFUSED})

    for guardrails in ((hold, refuse), (refuse, hold)):
        left = permitted(ACTIONS, ask(), guardrails)
        assert (left.kept, left.held) == ((0, 2, 3), ())


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        7,
        "no",
        {-1: REFUSED},
        {4: REFUSED},
        {"0": REFUSED},
        {1.0: REFUSED},
        {True: REFUSED},
        {0: None},
        {0: "no"},
        {0: Removed("tip", "x", "y")},
        {0: Refused("")},
        {0: Held(" ")},
        {0: Refused(None)},  # type: ignore[arg-type]  # what the type forbids is the case
    ],
)
def test_nonsense_counts_as_an_error(answer: Any) -> None:
    """An answer that is no verdicts, or about no action, removes what it cannot be asked about."""
    left = permitted(ACTIONS, ask(), (says(answer),))

    assert left.kept == (0,)
    assert {one.rule for one in left.removed} == {"says"}
    assert all("could not be asked (" in one.sentence for one in left.removed)


def test_an_empty_answer_of_any_make_passes() -> None:
    """A guardrail of someone else's need not know the shared empty answer."""
    assert permitted(ACTIONS, ask(), (says({}),)).kept == (0, 1, 2, 3)
    assert permitted(ACTIONS, ask(), (says(PASSED),)).kept == (0, 1, 2, 3)


def test_only_what_cannot_be_asked_about_is_removed() -> None:
    """A guardrail that chokes on one action is asked about the others alone, and heard."""

    def answer(actions: Sequence[Action], _asked: Asked) -> Verdicts:
        sizes = [len(one.features["kind"]) for one in actions]  # type: ignore[arg-type]
        return {index: REFUSED for index, size in enumerate(sizes) if size > 4}

    left = permitted(ACTIONS, ask(), (Says(answer),))

    assert left.kept == (0, 1)
    assert left.removed == (
        Removed("wine", "says", "Because."),
        unasked("call", "says", "KeyError"),
    )


def test_an_error_says_its_class_and_nothing_it_holds() -> None:
    """What a guardrail read about the person does not come out with its error."""

    def answer(_actions: Sequence[Action], _asked: Asked) -> Verdicts:
        message = "ada is ill"
        raise RuntimeError(message)

    removed = permitted(ACTIONS[:2], ask(), (Says(answer, "health"),)).removed

    assert removed == (unasked("tip", "health", "RuntimeError"),)


def test_an_error_beside_others_takes_nothing_back() -> None:
    """The other guardrails are heard as if the erring one were not there."""
    left = permitted(ACTIONS, ask(dial=0.5), (says(None, "first"), *GUARDRAILS))

    assert [(one.action, one.rule) for one in left.removed] == [
        ("tip", "first"),
        ("wine", "first"),
        ("call", "first"),
        ("call", "dial"),
    ]


class Nameless:
    """A guardrail whose very name cannot be had."""

    @property
    def name(self) -> str:
        """Fail."""
        raise LookupError

    def check(self, actions: Sequence[Action], asked: Asked) -> Verdicts:
        """Refuse the second of several."""
        return {1: REFUSED} if len(actions) > 1 and asked.moment.name else PASSED


@pytest.mark.parametrize(
    ("guardrail", "rule"), [(Nameless(), "Nameless"), (says({1: REFUSED}, ""), "Says")]
)
def test_a_guardrail_without_a_name_still_refuses(guardrail: Any, rule: str) -> None:
    """It is recorded under the name of its class."""
    assert permitted(ACTIONS, ask(), (guardrail,)).removed == (Removed("tip", rule, "Because."),)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_stopping_the_program_is_no_error_of_a_guardrail(stop: type[BaseException]) -> None:
    """What ends the program is passed on."""

    def answer(_actions: Sequence[Action], _asked: Asked) -> Verdicts:
        raise stop

    with pytest.raises(stop):
        permitted(ACTIONS, ask(), (Says(answer),))


def test_what_is_asked_about_is_not_changed() -> None:
    """The actions and the question are the same afterwards."""
    actions, asked = list(ACTIONS), ask(Cap(0), dial=0.1)
    permitted(actions, asked)

    assert (tuple(actions), asked) == (ACTIONS, ask(Cap(0), dial=0.1))
