"""Vetting: whether a fact that comes from outside is one that this engine could have kept itself.

Rule 1: whatever reads facts later may rely on what is asked here, so nothing is let in half right.
Rule 2: a sentence names the field that is wrong and never what it holds.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from penchant.errors import BadInput
from penchant.journal import Claimed, Consented, Decided, Learned, Linked, Observed, Settled
from penchant.limits import Limits, check_end, check_id, check_number, check_time
from penchant.model.positions import LEAST
from penchant.runtime.rights.portable import PersonFact
from penchant.signals import check_signal
from penchant.words import Decision, Moment, Position, Refused, Signal

__all__ = ["Vetting"]

_ROUNDING = 1e-6
_LONGEST_SAID = 1_000


class Vetting:
    """Asks about the facts of one person, in order; an outcome may follow its decision only."""

    def __init__(
        self,
        ids: Iterable[str],
        moments: Mapping[str, Moment],
        now: datetime,
        limits: Limits,
        undeclared: Callable[[Signal, str], str],
    ) -> None:
        """Take what facts may speak of: the person's ids, and the moments there are.

        `undeclared` says why packs do not keep a signal under a purpose, "" where they do.
        """
        self._undeclared = undeclared
        self._ids = frozenset(ids)
        self._moments = moments
        self._now, self._limits = now, limits
        self._decided: dict[str, Decision] = {}
        self._learned: set[str] = set()

    def fault(self, fact: PersonFact) -> str:
        """Say what is wrong with a fact; "" when nothing is."""
        try:
            self._check(fact)
        except BadInput as wrong:
            return str(wrong)
        return ""

    def _check(self, fact: PersonFact) -> None:
        """Raise BadInput at the first thing that is wrong."""
        if fact.person not in self._ids:
            raise BadInput("Its `person` is none of the ids of the header.")
        check_time(fact.at, self._now, "Its `at`", self._limits)
        if isinstance(fact, Observed):
            self._observed(fact)
        elif isinstance(fact, Consented):
            self._consented(fact)
        elif isinstance(fact, Linked):
            if fact.to:
                check_id(fact.to, "Its `to`", self._limits)
        elif isinstance(fact, Decided):
            self._decision(fact)
        elif isinstance(fact, Learned):
            self._outcome(fact)
        else:
            self._delivered(fact)

    def _observed(self, fact: Observed) -> None:
        """The signal is one that would be kept, about the same person."""
        checked = check_signal(fact.signal, now=self._now, limits=self._limits)
        if isinstance(checked, Refused):
            raise BadInput(checked.sentence)
        if checked != fact.signal or checked.person != fact.person:
            raise BadInput("Its `signal` is not as a journal keeps it.")
        if fact.purpose:
            check_id(fact.purpose, "Its `purpose`", self._limits)
        if problem := self._undeclared(fact.signal, fact.purpose):
            raise BadInput(problem)

    def _consented(self, fact: Consented) -> None:
        """The answer is one a person can give."""
        consent = fact.consent
        check_id(consent.purpose, "The `purpose` of a consent", self._limits)
        check_number(consent.dial, "The `dial` of a consent", 0.0, 1.0)
        check_end(consent.until)
        if consent.state not in {"granted", "denied", "withdrawn"}:
            raise BadInput("The `state` of a consent is no answer of a person.")
        if consent.at is not None:
            check_time(consent.at, self._now, "The `at` of a consent", self._limits)

    def _decision(self, fact: Decided) -> None:
        """The decision is whole, its numbers run in parallel, and its propensities sum to 1."""
        decision = fact.decision
        check_id(decision.id, "The `id` of a decision", self._limits)
        check_time(decision.at, self._now, "The `at` of a decision", self._limits)
        if decision.id in self._decided:
            raise BadInput("A decision of that `id` stands on an earlier line.")
        if decision.person != fact.person:
            raise BadInput("The `person` of its decision is another one.")
        if decision.moment not in self._moments:
            raise BadInput("Neither this instance nor the export declares the decision's `moment`.")
        _check_numbers(decision)
        if decision.position is not None:
            _check_position(decision.position, self._limits)
        self._decided[decision.id] = decision

    def _outcome(self, fact: Learned) -> None:
        """The outcome follows a decision, the first one, within the range of its moment."""
        decision = self._decided.get(fact.decision)
        if decision is None or decision.person != fact.person or decision.moment != fact.moment:
            raise BadInput("An outcome must follow the line of its decision.")
        if fact.decision in self._learned:
            raise BadInput("Its decision has an outcome already.")
        low, high = self._moments[fact.moment].reward_range
        check_number(fact.reward, "The `reward` of an outcome", low, high)
        check_number(fact.scaled, "The `scaled` reward of an outcome", 0.0, 1.0)
        check_number(fact.predicted, "The `predicted` reward of an outcome")
        check_number(fact.rest, "The `rest` of an outcome")
        check_number(fact.teaches, "The `worth` of an outcome", 1.0 - 1.0 / LEAST, 1.0 / LEAST)
        if abs(fact.scaled - (fact.reward - low) / (high - low)) > _ROUNDING:
            raise BadInput(f"The rewards of moment `{fact.moment}` have another range here.")
        self._learned.add(fact.decision)

    def _delivered(self, fact: Claimed | Settled) -> None:
        """What became of a letter is said of one that there was."""
        if fact.decision not in self._decided:
            raise BadInput("What became of a decision must follow its line.")
        if fact.channel:
            check_id(fact.channel, "Its `channel`", self._limits)


def _check_position(position: Position, limits: Limits) -> None:
    """See that a decision stands where one can, and that some people look there."""
    check_id(position.slate, "The `slate` of a decision", limits)
    most = limits.open_decisions
    check_number(position.number, "The `number` of a position", 1, most)
    check_number(position.examined, "The share `examined` of a position", LEAST, 1.0)


def _check_numbers(decision: Decision) -> None:
    """See that the numbers of a decision are ones, and belong together."""
    count = len(decision.names)
    alike = (decision.weights, decision.neutral)
    perhaps = (decision.expected, decision.personal)
    if not count or any(len(one) != count for one in alike):
        raise BadInput("The `names`, `weights` and `neutral` of a decision must be as many.")
    if any(len(one) not in {0, count} for one in perhaps) or len({*map(len, perhaps)}) > 1:
        raise BadInput(
            "The `expected` and `personal` of a decision must be as many as its `names`."
        )
    told = (*alike, *perhaps, decision.belief, (decision.propensity, decision.draw))
    if not all(math.isfinite(number) for numbers in told for number in numbers):
        raise BadInput("The numbers of a decision must be finite.")
    for weights in alike:
        if min(weights) < 0.0 or abs(sum(weights) - 1.0) > _ROUNDING:
            raise BadInput("The propensities of a decision must be 0 or more and sum to 1.")
    if not (0.0 < decision.propensity <= 1.0 and 0.0 <= decision.draw < 1.0):
        raise BadInput("The `propensity` or the `draw` of a decision is none.")
    if {decision.action.name, decision.drawn or decision.action.name} - set(decision.names):
        raise BadInput("What was done or drawn must be among the `names` of a decision.")
    if len(decision.said) > _LONGEST_SAID or not all(math.isfinite(w) for _, w in decision.said):
        raise BadInput("What was `said` must be columns with finite weights.")
