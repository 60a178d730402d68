"""Every estimator passes every check of the kit; broken ones do not."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from msgspec.structs import replace

from penchant.profile.counters import Counters
from penchant.profile.evidence import Evidence
from penchant.profile.interests import Interests
from penchant.profile.rhythm import Rhythm
from penchant.profile.tally import Tally
from penchant.testing import estimators
from penchant.testing.estimators import ESTIMATOR_CHECKS, Make
from penchant.words import Belief

Check = Callable[[Make], None]
ESTIMATORS: dict[str, Make] = {
    "counters": Counters,
    "rhythm": lambda: Rhythm("Europe/Berlin"),
    "rhythm without a zone": Rhythm,
    "interests": Interests,
}


@pytest.mark.parametrize("make", ESTIMATORS.values(), ids=ESTIMATORS.keys())
@pytest.mark.parametrize("check", ESTIMATOR_CHECKS, ids=lambda check: check.__name__[6:])
def test_the_estimator_keeps_its_contract(check: Check, make: Make) -> None:
    """The estimator does what the check says."""
    check(make)


class _Broken(Counters, frozen=True):
    """Counts right; each class below breaks one thing."""


class _Drifting(_Broken, frozen=True):
    """Says something else each time it is made."""

    def say(self, state: Tally, now: datetime) -> tuple[Belief, ...]:
        """Put a number of this object into the words."""
        return tuple(replace(one, says=f"{one.says} {id(self)}") for one in super().say(state, now))


class _Biased(_Broken, frozen=True):
    """Starts with something rather than nothing."""

    def see(self, evidence: Sequence[Evidence]) -> Tally:
        """See one piece that was not there."""
        return super().see([estimators.EVIDENCE[0], *evidence])


class _Sure(_Broken, frozen=True):
    """Is sure before it saw anything, and more than can be."""

    def say(self, state: Tally, now: datetime) -> tuple[Belief, ...]:
        """Say two things of one name."""
        del state, now
        return (Belief("counts", "much", 1.5), Belief("counts", "more", 1.5))


class _Lopsided(_Broken, frozen=True):
    """Counts the first of two states alone."""

    def join(self, one: Tally, other: Tally) -> Tally:
        """Leave the other out, unless the first is empty."""
        return super().join(one, other if not one.keys else super().see(()))


class _FirstHalf(_Broken, frozen=True):
    """Sees only the first half of what it is shown."""

    def see(self, evidence: Sequence[Evidence]) -> Tally:
        """Look away after the first half."""
        return super().see(evidence[: len(evidence) // 2])


class _Overwriting(_Broken, frozen=True):
    """Writes into the states it joins."""

    def join(self, one: Tally, other: Tally) -> Tally:
        """Double the first state in place."""
        for total in one.sums:
            total.total[:] *= 2
        return super().join(one, other)


BROKEN: tuple[tuple[Make, Check], ...] = (
    (_Drifting, estimators.check_the_same_evidence_says_the_same),
    (_Biased, estimators.check_of_nothing_it_is_zero),
    (_Lopsided, estimators.check_parts_join_like_sums),
    (_Sure, estimators.check_nothing_is_believed_of_nothing),
    (_Sure, estimators.check_beliefs_can_be_read),
    (_FirstHalf, estimators.check_any_order_says_the_same),
    (_Overwriting, estimators.check_states_are_values),
    (lambda: Counters(most=10**9), estimators.check_memory_is_bounded),
)


@pytest.mark.parametrize(("broken", "check"), BROKEN)
def test_a_broken_estimator_fails_its_check(broken: Make, check: Check) -> None:
    """What the check is for makes it fail."""
    with pytest.raises(AssertionError):
        check(broken)


def test_every_check_of_estimators_is_seen_to_fail() -> None:
    """The broken estimators above leave out no check of the kit."""
    assert {check for _, check in BROKEN} == set(ESTIMATOR_CHECKS)
