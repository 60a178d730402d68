"""Consent: whether anything may be decided for a person under a purpose at all.

Asked with each decision, before the guardrails; where it does not hold, the moment's fallback is
the answer. Rule: only `granted`, not ended, with a dial above 0, holds; not asked is not granted.
"""

from collections.abc import Mapping
from datetime import datetime

from penchant.words import Consent

__all__ = ["consent_refusal", "keeping_refusal"]

_WHY: Mapping[str, str] = {
    "denied": "was denied",
    "withdrawn": "was withdrawn",
    "expired": "has expired",
    "not_asked": "was not asked",
}


def consent_refusal(consent: Consent, now: datetime) -> str:
    """Say why consent does not hold; an empty text when it does.

    Args:
        consent: The person's answer for one purpose.
        now: The time of the decision, aware.

    Returns:
        A sentence for the decision and its reasons, or "".

    Example:
        >>> from datetime import UTC, datetime
        >>> now = datetime(2026, 11, 22, tzinfo=UTC)
        >>> consent_refusal(Consent("recommendation", "granted", dial=1.0), now)
        ''
        >>> consent_refusal(Consent("recommendation"), now)
        'Nothing was personalised: consent for `recommendation` was not asked.'
    """
    if consent.state == "restricted":
        return "Nothing was personalised: the person restricted the use of what is kept about them."
    if consent.state != "granted":
        why = _WHY.get(consent.state, "is in a state that is not known")
        return f"Nothing was personalised: consent for `{consent.purpose}` {why}."
    if consent.until is not None and _has_ended(consent.until, now):
        return f"Nothing was personalised: consent for `{consent.purpose}` has expired."
    if not consent.dial > 0:  # written so that a dial that is not a number stops too
        return f"Nothing was personalised: the dial for `{consent.purpose}` stands at 0."
    return ""


def keeping_refusal(consent: Consent, now: datetime) -> str:
    """Say why a signal may not be kept under a purpose; an empty text when it may.

    The dial plays no part: it bounds what is done, not what may be known.

    Example:
        >>> from datetime import UTC, datetime
        >>> keeping_refusal(Consent("shop", "denied"), datetime(2026, 11, 22, tzinfo=UTC))
        'Not kept: consent for `shop` was denied.'
    """
    state = consent.state
    if state == "granted" and consent.until is not None and _has_ended(consent.until, now):
        state = "expired"
    if state == "granted":
        return ""
    if state == "restricted":
        return "Not kept: the person restricted the use of what is kept about them."
    why = _WHY.get(state, "is in a state that is not known")
    return f"Not kept: consent for `{consent.purpose}` {why}."


def _has_ended(until: datetime, now: datetime) -> bool:
    """Tell whether a consent has run out; an end in no zone cannot be placed and counts as past."""
    return until.utcoffset() is None or now >= until
