"""A model while an engine runs: outcomes come in, rounds run aside, versions come into force.

A round is worked on another thread from a snapshot, and taken into force at a count of outcomes
that was fixed when it started, so that the same outcomes give the same versions.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import NamedTuple

import numpy as np

from penchant.journal import Derived, Learned
from penchant.learn import learner
from penchant.learn.pending import Open
from penchant.limits import Limits
from penchant.model.evidence import Row
from penchant.model.moment_model import MomentModel
from penchant.model.version import Version, pack, unpack
from penchant.words import Belief, FrozenMap

__all__ = ["LiveModel", "Submit"]

Work = Callable[[learner.RoundTask], learner.Round]
Submit = Callable[[Work, learner.RoundTask], Future[learner.Round]]


class _Running(NamedTuple):
    """A round under way, and the count of outcomes at which it comes into force."""

    adopt_at: int
    round: Future[learner.Round]


class LiveModel:
    """What one moment has learned, and goes on learning."""

    def __init__(self, half_life: float, limits: Limits, submit: Submit) -> None:
        """Start with nothing learned; `half_life` in seconds."""
        self.model = MomentModel(half_life, limits)
        self.versions: dict[int, Version] = {0: self.model.version}
        self._submit = submit
        self._running: _Running | None = None
        self._next_round = learner.next_round_at(0)

    def row(self, person: str, home: str) -> int:
        """Give the row of an id, living with the one its person goes by."""
        row = self.model.people.row(person)
        if home != person:
            self.model.people.row(home)
            self.model.people.homes.gather([person], home)
        return row

    def learn(self, one: Open, fact: Learned, home: str) -> None:
        """Add the contribution of one outcome; a forced decision teaches nothing.

        `home` is the id that the person goes by.
        """
        if self.keep(one, fact, home) and fact.person:
            people, version = self.model.people, self.model.version
            seen = version.action.apply(one.action) @ version.basis
            mine, at = people.homes.find(fact.person), one.decision.at.timestamp()
            people.add_one(mine, seen, fact.scaled - fact.predicted, at, version)

    def keep(self, one: Open, fact: Learned, home: str) -> bool:
        """Add one outcome to the evidence alone, and say whether it teaches."""
        if one.decision.forced:
            return False
        row = self.row(fact.person, home) if fact.person else -1
        at = one.decision.at.timestamp()
        name = int(self.model.own_effects.places([one.decision.action.name])[0])
        self.model.evidence.add_one(
            Row(one.context, one.action, fact.scaled, fact.predicted, at, row, name, fact.rest)
        )
        return True

    def advance(self) -> bool:
        """Take a due round into force, refresh the weights, start the next round.

        Returns:
            Whether another version is in force now.
        """
        model, count = self.model, len(self.model.evidence)
        before = model.version.number
        if self._running is None and count >= self._next_round:
            self._running = _Running(
                learner.adopt_at(count), self._submit(learner.work, learner.plan(model))
            )
            self._next_round = learner.next_round_at(count)
        if self._running is not None and count >= self._running.adopt_at:
            learner.adopt(model, self._running.round.result())
            self._running = None
        elif learner.is_refresh_due(model):
            learner.refresh(model)
        if model.version.number == before:
            return False
        self._note_version()
        return True

    def redeclared(self, half_life: float) -> None:
        """Take a half-life, and let actions that are new have columns soon, not at the next round.

        Without a column an action can be neither told apart nor tried beyond the floor. A half-life
        changes only before the first outcome (`LiveMoment.check_redeclared`).
        """
        model, version = self.model, self.model.version
        model.fade_in(half_life)
        if version.round and model.action.width > len(version.action.mean):
            self._next_round = len(model.evidence)

    def settle(self) -> None:
        """Wait for a round under way and take it into force at once."""
        if self._running is not None:
            learner.adopt(self.model, self._running.round.result())
            self._running = None
            self._note_version()

    def unlearn(self, persons: Iterable[str]) -> int:
        """Take a person out of all sums; give how many outcomes that were."""
        self.settle()
        outcomes = sum(learner.unlearn(self.model, person) for person in persons)
        self._note_version()
        return outcomes

    def gather(self, people: Mapping[str, Iterable[str]]) -> None:
        """Let the ids of each person (the one they go by: all of them) share their sums."""
        self.settle()
        for home, persons in people.items():
            self.model.people.homes.gather(persons, home)
        for home in people:
            self.model.people.refold_one(home, self.model.evidence.rows(), self.model.version)

    def belief(self, moment: str, person: str, now: datetime) -> Belief | None:
        """Say how much of what sets a person apart is known here."""
        people, version = self.model.people, self.model.version
        row = people.homes.find(person)
        if row < 0 or version.rank == 0:
            return None
        posterior = people.posterior(row, version, now.timestamp())
        known = float(1.0 - np.mean(np.diag(posterior.covariance) / version.prior))
        count = int(people.counts(np.array([row]))[0])
        outcomes = "1 outcome" if count == 1 else f"{count:,} outcomes"
        return Belief(
            f"taste at {moment}",
            f"learned from {outcomes}: {100 * known:.0f} % of what sets this person apart is "
            "known, the rest is taken from people in general",
            max(known, 0.0),
            FrozenMap({"outcomes": float(count), "known": known}),
        )

    def derived(self, moment: str, at: datetime) -> Derived:
        """Give the version in force as a fact."""
        model = self.model
        numbers = pack(model.version, model.context.hashes, model.action.hashes)
        return Derived(at, moment, model.version.number, numbers)

    def restore(self, fact: Derived) -> None:
        """Take over a version from the journal; its sums follow with `restored`."""
        version, of_context, of_actions = unpack(fact.numbers)
        self.model.context.restore(of_context)
        self.model.action.restore(of_actions)
        self.versions[version.number] = version
        if version.number > self.model.version.number:
            self.model.version = version

    def reached(self, number: int) -> None:
        """Note that the version in force was derived from what is kept so far.

        Its own count does not say: some of those outcomes may be forgotten by now.
        """
        if number == self.model.version.number:
            self.model.folded = len(self.model.evidence)

    def restored(self) -> None:
        """Fold the sums of the version in force anew, once all facts were read."""
        learner.rebuild(self.model)
        self._next_round = learner.next_round_at(len(self.model.evidence))
        self.redeclared(self.model.half_life)

    def _note_version(self) -> None:
        self.versions[self.model.version.number] = self.model.version.stripped()
