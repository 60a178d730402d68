"""Consent: each state, its end, and the dial at 0."""

from datetime import UTC, datetime, timedelta
from math import nan
from typing import Any

import pytest

from penchant.guard.consent import consent_refusal, keeping_refusal
from penchant.words import Consent

NOW = datetime(2026, 11, 22, tzinfo=UTC)
START = "Nothing was personalised: "


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("granted", ""),
        ("denied", START + "consent for `ads` was denied."),
        ("withdrawn", START + "consent for `ads` was withdrawn."),
        ("expired", START + "consent for `ads` has expired."),
        ("not_asked", START + "consent for `ads` was not asked."),
        ("Granted", START + "consent for `ads` is in a state that is not known."),
    ],
)
def test_only_granted_holds(state: Any, sentence: str) -> None:
    """Each state but granted stops everything, one that nobody knows too."""
    assert consent_refusal(Consent("ads", state, dial=1.0), NOW) == sentence


def test_a_consent_nobody_gave_does_not_hold() -> None:
    """The default of a consent is not asked, at dial 0."""
    assert consent_refusal(Consent("ads"), NOW) == START + "consent for `ads` was not asked."


@pytest.mark.parametrize(
    ("until", "holds"),
    [
        (NOW + timedelta(microseconds=1), True),
        (NOW, False),
        (NOW - timedelta(days=1), False),
        (datetime(2030, 1, 1), False),  # noqa: DTZ001 - an end without a zone is the case
    ],
)
def test_an_end_is_kept(until: datetime, *, holds: bool) -> None:
    """Consent holds up to its end, not at it; an end without a zone counts as past."""
    refusal = consent_refusal(Consent("ads", "granted", 1.0, until=until), NOW)

    assert refusal == ("" if holds else START + "consent for `ads` has expired.")


@pytest.mark.parametrize("dial", [0.0, -1.0, nan])
def test_dial_zero_stops_everything(dial: float) -> None:
    """A dial at 0 is a no, and so is one that is below or no number."""
    refusal = consent_refusal(Consent("ads", "granted", dial), NOW)

    assert refusal == START + "the dial for `ads` stands at 0."


@pytest.mark.parametrize(
    ("consent", "refusal"),
    [
        (Consent("ads", "granted", 1.0), ""),
        (Consent("ads", "granted", 0.0), ""),
        (Consent("ads", "granted", until=NOW + timedelta(days=1)), ""),
        (Consent("ads", "granted", until=NOW), "Not kept: consent for `ads` has expired."),
        (Consent("ads", "withdrawn", 1.0), "Not kept: consent for `ads` was withdrawn."),
        (Consent("ads"), "Not kept: consent for `ads` was not asked."),
    ],
)
def test_signals_are_kept_under_a_granted_purpose(consent: Consent, refusal: str) -> None:
    """The dial plays no part: it bounds what is done, not what may be known."""
    assert keeping_refusal(consent, NOW) == refusal


def test_signals_are_not_kept_in_a_state_nobody_knows() -> None:
    """A state that was misspelt is no grant."""
    odd: Any = "yes"

    assert keeping_refusal(Consent("ads", odd), NOW) == (
        "Not kept: consent for `ads` is in a state that is not known."
    )
