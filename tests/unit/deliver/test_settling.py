"""Settling: which drawn actions give way to the fallback."""

from datetime import UTC, datetime

from penchant.deliver.settling import forced_sentence
from penchant.guard.guardrail import Asked, permitted
from penchant.words import Action, Consent, Moment


def test_only_what_is_held_is_forced() -> None:
    """The sentence of the drawn action is given where it is held, and none where it stands."""
    held = ((1, "Ask ada."), (3, "Ask bob."))

    assert [forced_sentence(held, index) for index in range(4)] == ["", "Ask ada.", "", "Ask bob."]
    assert forced_sentence((), 0) == ""


def test_what_the_guardrails_hold_is_forced() -> None:
    """Indexes are those of the actions asked about, not of the ones that are left."""
    actions = (Action("loud", burden=0.9), Action("nothing"), Action("loan", risk="confirm"))
    consent = Consent("advice", "granted", dial=0.5)
    asked = Asked(datetime(2026, 11, 22, tzinfo=UTC), Moment("m", "advice", actions), consent)
    left = permitted(actions, asked)

    assert left.kept == (1, 2)
    assert forced_sentence(left.held, 2) == "It needs the person's yes before it is done."
    assert forced_sentence(left.held, 1) == ""
