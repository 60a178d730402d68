"""Evidence: what the facts of one person say about that person, each thing once and in order.

Loop: Profile. Takes facts, gives what a person did (`Observed`) and how the actions taken for
them went (`Experience`: a decision with its outcome).
Rule 1: the order of the facts does not matter: evidence comes sorted by time, then by content.
Rule 2: statements are registers, not evidence; a forced decision says nothing about its action.
Rule 3: nothing after `now` counts, so a profile can be asked for any day of the past.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from penchant.guard.apprentice import was_done
from penchant.journal import Decided, Fact, Learned, Observed, encode
from penchant.profile.registers import STATEMENT_KINDS
from penchant.words import Action

__all__ = ["Evidence", "Experience", "Gathering", "evidence_of", "seconds_of"]


class Experience(Struct, frozen=True):
    """An action taken for a person and its reward, scaled to 0..1; `at` is when it was taken."""

    at: datetime
    moment: str
    action: Action
    reward: float


Evidence = Observed | Experience


def seconds_of(evidence: Evidence) -> float:
    """Give the time of a piece of evidence, in seconds since 1970."""
    return _time(evidence).timestamp()


def _time(evidence: Evidence) -> datetime:
    """Give when it happened: an observation's signal knows better than its entry."""
    if isinstance(evidence, Observed):
        return evidence.signal.at or evidence.at
    return evidence.at


class Gathering:
    """Facts of one person on their way to evidence, in any order; whole decisions are not kept."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._seen: list[tuple[datetime, bytes, Evidence]] = []
        self._decided: dict[str, tuple[datetime, str, Action]] = {}
        self._learned: dict[str, tuple[datetime, bytes, float]] = {}

    def see(self, fact: Fact) -> None:
        """Take a fact in; others than observations, decisions and outcomes are passed over."""
        if isinstance(fact, Observed) and fact.signal.kind not in STATEMENT_KINDS:
            self._seen.append((_time(fact), encode(fact), fact))
        elif isinstance(fact, Decided) and was_done(fact.decision):
            decision = fact.decision
            self._decided[decision.id] = (decision.at, decision.moment, decision.action)
        elif isinstance(fact, Learned):
            this = (fact.at, encode(fact), fact.scaled)
            self._learned[fact.decision] = min(self._learned.get(fact.decision, this), this)

    def evidence(self, now: datetime) -> tuple[Evidence, ...]:
        """Give the evidence up to `now`, sorted by time; of several outcomes the first counts."""
        seen = list(self._seen)
        for decision in self._learned.keys() & self._decided.keys():
            experience = Experience(*self._decided[decision], self._learned[decision][2])
            seen.append((experience.at, decision.encode(), experience))
        # Two pieces with one time and one content are equal, so their order does not matter.
        seen.sort(key=lambda one: one[:2])
        return tuple(evidence for at, _, evidence in seen if at <= now)


def evidence_of(facts: Iterable[Fact], *, now: datetime) -> tuple[Evidence, ...]:
    """Give the evidence in some facts of one person.

    Args:
        facts: In any order.
        now: The present, with a zone.
    """
    gathering = Gathering()
    for fact in facts:
        gathering.see(fact)
    return gathering.evidence(now)
