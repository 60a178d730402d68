"""The loop on questions made by hand: refusals, what is drawn, what is learned."""

from datetime import timedelta

import numpy as np
import pytest
from engines import NOW, PURPOSE, SHOP, shop
from views import Shape, question, view_of

from penchant.errors import BadNumber
from penchant.guard.verdict import Verdicts
from penchant.learn.pending import Open
from penchant.loop import decide, fallback_only, learned, refusal, replayed
from penchant.words import Action, Cap, Consent, Decision, Moment, Outcome, Refused

MOMENT = shop()
VIEW = view_of(Shape(1, n_actions=9, n_context=2), (*SHOP, Action("nothing")))


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        (None, ""),
        (Consent(PURPOSE, "granted", 1.0), ""),
        (Consent(PURPOSE, "granted", 0.0), "stands at 0"),
        (Consent(PURPOSE), "was not asked"),
        (Consent(PURPOSE, "denied"), "was denied"),
        (Consent(PURPOSE, "granted", 1.0, until=NOW), "has expired"),
        (Consent(PURPOSE, "granted", 1.0, until=NOW + timedelta(seconds=1)), ""),
    ],
)
def test_nothing_is_personal_without_consent_that_holds(consent: Consent | None, said: str) -> None:
    """Nobody needs none; a person one that is granted, not ended, with a dial above 0."""
    sentence = refusal(question(MOMENT, consent=consent))

    assert said in sentence
    assert bool(sentence) == bool(said)


@pytest.mark.parametrize(("default", "name"), [("", "nothing"), ("ball", "ball")])
def test_the_fallback_alone_rests_on_nothing(default: str, name: str) -> None:
    """No context, no belief, no expectation: a record of who was asked what, and why not more."""
    asked = question(shop(default=default), consent=Consent(PURPOSE, "denied"))
    decision = fallback_only(asked, "Nothing was personalised.")

    assert (decision.action.name, decision.names, decision.weights) == (name, (name,), (1.0,))
    assert decision.action.features == (SHOP[3].features if default else {})
    assert decision.mode == "neutral"
    assert (decision.expected, decision.belief, dict(decision.context)) == ((), (), {})
    assert decision.note == decision.reasons[0].sentence == "Nothing was personalised."
    assert fallback_only(question(MOMENT, consent=None), "x").person is None


def test_a_decision_records_what_it_rests_on() -> None:
    """All of the question and of the view, in parallel over the permitted actions."""
    asked = question(MOMENT, 0.25)
    decision, place = decide(asked, VIEW, note="Said so.")
    posterior = VIEW.posterior
    assert posterior is not None

    assert decision.names == VIEW.choices.names
    assert decision.action == VIEW.choices.actions[place]
    assert decision.personal == pytest.approx(VIEW.choices.seen @ posterior.mean)
    assert decision.belief == tuple(posterior.mean.tolist())
    assert (decision.draw, decision.version, decision.note) == (0.25, 3, "Said so.")
    assert decision.person == "ada"
    assert decision.consent == Consent(PURPOSE, "granted", 1.0)
    assert replayed(decision, MOMENT.neutral_share) == decision.action.name


def test_strangers_are_under_no_dial_but_under_the_rules_of_the_moment() -> None:
    """A moment that does not profile asks nobody's dial; a cap it has is kept for everybody."""
    loud = shop([Action("call", burden=0.9)], non_profiling=True)
    view = view_of(Shape(1, n_actions=2), (Action("call", burden=0.9), Action("nothing")))
    for consent in (None, Consent(PURPOSE, "denied"), Consent(PURPOSE)):
        decision, _ = decide(question(loud, consent=consent), view)
        assert decision.names == ("call", "nothing")

    capped = shop([Action("call")], guardrails=[Cap(0, "1d")])
    decision, _ = decide(question(capped, consent=None), view)
    assert decision.names == ("nothing",)


def test_guardrails_may_be_others() -> None:
    """They are asked before anything is weighed."""

    class NoBikes:
        """Refuses bikes."""

        name = "no_bikes"

        def check(self, actions: object, asked: object) -> Verdicts:
            """Refuse the third."""
            del actions, asked
            return {2: Refused("No bikes.")}

    decision, _ = decide(question(MOMENT), VIEW, guardrails=[NoBikes()])

    assert "bike" not in decision.names
    assert decision.removed[0].sentence == "No bikes."


def opened(**more: object) -> Open:
    """Give a decision that waits."""
    decision, _ = decide(question(MOMENT, 0.25), VIEW)
    place = decision.names.index(decision.action.name)
    return Open(decision, np.zeros(1), np.zeros(1), place, 1.0)._replace(**more)  # type: ignore[arg-type]  # any


@pytest.mark.parametrize(
    ("given", "origin", "reward"),
    [
        ({"reward": 0.5}, "reward", 0.5),
        ({"outcome": "clicked"}, "outcome", 1.0),
        ({"is_missing": True}, "missing", 0.25),
    ],
)
def test_what_followed_becomes_a_fact(
    given: dict[str, float | str | bool], origin: str, reward: float
) -> None:
    """With the reward, where it came from, and what people in general were expected to give."""
    one = opened()
    moment = shop(outcome=Outcome("clicked", default=0.25))
    fact = learned(one, moment, NOW, **given)  # type: ignore[arg-type]  # any of them

    assert (fact.origin, fact.reward, fact.scaled) == (origin, reward, reward)
    assert fact.predicted == one.decision.expected[one.place]
    assert (fact.person, fact.decision, fact.version) == ("ada", "d-1", 3)


def test_rewards_are_scaled_to_the_moments_range() -> None:
    """The fact holds both."""
    moment = Moment("m", PURPOSE, reward_range=(-1.0, 3.0))
    fact = learned(opened(), moment, NOW, reward=2.0)

    assert (fact.reward, fact.scaled) == (2.0, 0.75)
    with pytest.raises(BadNumber, match="between -1 and 3"):
        learned(opened(), moment, NOW, reward=4.0)


def test_an_outcome_of_nobody_belongs_to_nobody() -> None:
    """It teaches about people in general alone."""
    decision: Decision = decide(
        question(MOMENT, consent=None),
        view_of(Shape(1, n_actions=9), (*SHOP, Action("nothing")), known=False),
    )[0]

    assert learned(opened(decision=decision), MOMENT, NOW, reward=1.0).person == ""
