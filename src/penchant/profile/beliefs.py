"""Beliefs: the estimators of a profile, and the fold of one person's facts through all of them.

Loop: Profile. Takes facts, gives what is believed about the person, in words and numbers.
Rule 1: an estimator is three functions over a state that is a value and a sum: what some evidence
says, two states together, the state in words. Seeing more is joining what the more says.
Rule 2: facts in any order, cut anywhere, give the same beliefs (within `algebra.TOLERANCE`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from msgspec.structs import replace

from penchant.journal import Fact
from penchant.profile.corrections import corrected
from penchant.profile.counters import Counters
from penchant.profile.evidence import Evidence, evidence_of
from penchant.profile.interests import Interests
from penchant.profile.registers import Registers
from penchant.profile.rhythm import UNIFORM, Rhythm
from penchant.words import Belief, Consent, Profile

__all__ = ["Estimator", "believe", "believed", "profile_of", "update"]

S = TypeVar("S")

BLOCK = 4_096  # pieces of evidence summed at once: bounds the memory a fold needs


class Estimator(Protocol[S]):
    """One kind of belief: a commutative sum over evidence, and how to say it."""

    def see(self, evidence: Sequence[Evidence]) -> S:
        """Give the state that this evidence alone makes; of none, the zero."""
        ...

    def join(self, one: S, other: S) -> S:
        """Add two states: of one person at two times, or of two ids that are one person."""
        ...

    def say(self, state: S, now: datetime) -> tuple[Belief, ...]:
        """Say what the state means at a time; changes nothing."""
        ...


def update(estimator: Estimator[S], state: S, evidence: Sequence[Evidence]) -> S:
    """Give the state with more evidence in it."""
    return estimator.join(state, estimator.see(evidence))


def believe(
    facts: Iterable[Fact],
    *,
    now: datetime,
    time_zone: str = "",
    people: tuple[float, ...] = UNIFORM,
) -> tuple[Belief, ...]:
    """Give what is believed about one person.

    Args:
        facts: Of that person (and of the other ids they are known as), in any order.
        now: The present, with a zone; facts after it do not count.
        time_zone: The person's, such as "Europe/Berlin"; "" means hours in UTC.
        people: The rhythm of people in general: 168 shares, Monday 00:00 first.

    Returns:
        Rhythm, interests, then a belief for each of the commonest kinds of signal.

    Example:
        >>> from datetime import UTC
        >>> [belief.says for belief in believe([], now=datetime(2026, 11, 22, tzinfo=UTC))]
        ['not enough yet to say when (about 0 of the 8 signals it takes)',
         'not enough yet to say which (about 0 of the 10 outcomes it takes)']
    """
    return believed(evidence_of(facts, now=now), now=now, time_zone=time_zone, people=people)


def believed(
    evidence: Sequence[Evidence],
    *,
    now: datetime,
    time_zone: str = "",
    people: tuple[float, ...] = UNIFORM,
) -> tuple[Belief, ...]:
    """Give what is believed about one person, of whom the evidence is gathered already."""
    estimators: tuple[Estimator[Any], ...] = (Rhythm(time_zone, people), Interests(), Counters())
    return tuple(belief for one in estimators for belief in one.say(_folded(one, evidence), now))


def _folded(estimator: Estimator[S], evidence: Sequence[Evidence]) -> S:
    """Fold evidence block by block."""
    state = estimator.see(())
    for first in range(0, len(evidence), BLOCK):
        state = update(estimator, state, evidence[first : first + BLOCK])
    return state


def profile_of(registers: Registers, beliefs: tuple[Belief, ...], now: datetime) -> Profile:
    """Put a person's registers and beliefs together; a consent that has ended shows so."""
    return Profile(
        person=registers.person,
        known_as=registers.known_as,
        consents=tuple(_as_it_stands(consent, now) for consent in registers.consents),
        traits=registers.traits,
        goals=registers.goals,
        nevers=registers.nevers,
        beliefs=corrected(beliefs, registers.corrections),
        corrections=registers.corrections,
        restricted=registers.restricted,
    )


def _as_it_stands(consent: Consent, now: datetime) -> Consent:
    if consent.state == "granted" and consent.until is not None and consent.until <= now:
        return replace(consent, state="expired")
    return consent
