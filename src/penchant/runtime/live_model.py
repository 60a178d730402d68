"""A model while an engine runs: outcomes come in, rounds run aside, versions come into force.

A round is worked on another thread from a snapshot, and taken into force at a count of outcomes
that was fixed when it started, so that the same outcomes give the same versions.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import NamedTuple

from penchant.guard.apprentice import taught
from penchant.journal import Learned
from penchant.learn import learner
from penchant.learn.pending import Open
from penchant.learn.refitting import IN_FORCE_SECONDS, START_SECONDS, refit
from penchant.learn.resting import Asleep
from penchant.limits import Limits
from penchant.model.evidence import Row
from penchant.model.moment_model import MomentModel
from penchant.runtime.own_past import expose, past_of
from penchant.runtime.versions import Versions

__all__ = ["LiveModel", "Submit"]

Work = Callable[[learner.RoundTask], learner.Round]
Submit = Callable[[Work, learner.RoundTask], Future[learner.Round]]


class _Running(NamedTuple):
    """A round under way, and the count of outcomes at which it comes into force.

    `is_refit` says that it knows nothing of who was forgotten before.
    """

    adopt_at: int
    round: Future[learner.Round]
    is_refit: bool = False


class LiveModel:
    """What one moment has learned, and goes on learning."""

    def __init__(self, half_life: float, limits: Limits, submit: Submit) -> None:
        """Start with nothing learned; `half_life` in seconds."""
        self.model = MomentModel(half_life, limits)
        self.versions = Versions(self.model)
        self._submit = submit
        self._running: _Running | None = None
        self._next_round = learner.next_round_at(0)
        self.asleep = Asleep(self.model)

    def row(self, person: str, home: str) -> int:
        """Give the row of an id, living with the one its person goes by."""
        row = self.model.people.row(person)
        if home != person:
            self.model.people.row(home)
            self.model.people.homes.gather([person], home)
        return row

    def learn(self, one: Open, fact: Learned, home: str) -> None:
        """Add the contribution of one outcome; a forced decision teaches nothing.

        An apprentice's teaches about what was drawn. `home` is the id that the person goes by.
        """
        if not (self.keep(one, fact, home) and fact.person):
            return
        model, people, version = self.model, self.model.people, self.model.version
        mine, at = people.homes.find(fact.person), one.decision.at.timestamp()
        if people.drift.add(mine, fact.surprise, at):
            people.refold_one(mine, model.evidence.rows(), version)
            return
        seen, carried = model.seen_one(one.context, one.action, past_of(one))
        root = math.sqrt(_examined(one))  # what counts w times has √w in both of its factors
        residual = fact.teaches - fact.predicted - carried
        people.add_one(mine, seen * root, residual * root, at, version)

    def keep(self, one: Open, fact: Learned, home: str) -> bool:
        """Add one outcome to the evidence alone, and say whether it teaches."""
        lesson = taught(one.decision)
        if not lesson:
            return False
        row = self.row(fact.person, home) if fact.person else -1
        at = one.decision.at.timestamp()
        name = int(self.model.names.places([lesson])[0])
        if not one.decision.past:
            expose(self.model, one.decision, is_late=True)
        position = one.decision.position
        self.model.evidence.add_one(
            Row(
                one.context,
                one.action,
                fact.teaches,
                fact.predicted,
                at,
                row,
                name,
                fact.rest,
                _examined(one),
                0 if position is None else position.number,
                0.0 if position is None else fact.predicted + one.decision.personal[one.place],
                fact.carried,
                fact.surprise,
                past_of(one),
            )
        )
        return True

    def advance(self) -> bool:
        """Take a due round into force, refresh the weights, start the next round.

        Returns:
            Whether another version is in force now.
        """
        model, count = self.model, len(self.model.evidence)
        before = model.version.number
        self.asleep.lay_down_late()
        if self._running is None and count >= self._next_round:
            self._running = _Running(
                learner.adopt_at(count), self._submit(learner.work, learner.plan(model))
            )
            self._next_round = self._round_after(count)
        if self._running is not None and count >= self._running.adopt_at:
            self._adopt(self._running)
        elif learner.is_refresh_due(model):
            learner.refresh(model)
        if model.version.number == before:
            return False
        self.versions.note()
        return True

    def _round_after(self, count: int) -> int:
        return learner.next_round_at(count, by_name=not self.model.action.are_shared)

    def redeclared(self, half_life: float) -> None:
        """Take a half-life, and let actions that are new have columns soon, not at the next round.

        Without a column an action can be neither told apart nor tried beyond the floor. A half-life
        changes only before the first outcome (`LiveMoment.check_redeclared`).
        """
        model, version = self.model, self.model.version
        model.fade_in(half_life)
        has_new = model.action.width > len(version.action.mean)
        if version.round and has_new and not model.is_given:
            self._next_round = len(model.evidence)

    def _settle(self) -> None:
        """Wait for a round under way and take it into force at once."""
        if self._running is not None:
            self._adopt(self._running)
            self.versions.note()

    def _adopt(self, running: _Running) -> None:
        """Take a round into force; after a refit nothing is owed any more."""
        learner.adopt(self.model, running.round.result())
        self._running = None
        if running.is_refit:
            self.versions.owed = None

    def _owe(self, at: datetime) -> None:
        """Note that what was derived from outcomes here rests on some that were taken out."""
        if self.model.population is not None:
            self.versions.owed = self.versions.owed or at

    @property
    def refit_at(self) -> float:
        """When a refit that is owed to somebody forgotten has to start, or to be in force."""
        if self.versions.owed is None:
            return math.inf
        is_under_way = self._running is not None and self._running.is_refit
        after = IN_FORCE_SECONDS if is_under_way else START_SECONDS
        return self.versions.owed.timestamp() + after

    def catch_up(self, now: float) -> bool:
        """Start the refit that is owed, or take it into force at last; say whether one did."""
        owed, before = self.versions.owed, self.model.version.number
        if owed is None or now < self.refit_at:
            return False
        if self._running is None or not self._running.is_refit:
            self._settle()
            later = learner.adopt_at(len(self.model.evidence))
            work = self._submit(learner.work, refit(self.model))
            self._running = _Running(later, work, is_refit=True)
        if now >= owed.timestamp() + IN_FORCE_SECONDS:
            self._settle()
        return self.model.version.number != before

    def unlearn(self, persons: Iterable[str], at: datetime) -> int:
        """Take a person out of all sums; give how many outcomes that were."""
        self._settle()
        outcomes = 0
        for person in persons:
            outcomes += self.asleep.forget(person)
            outcomes += learner.unlearn(self.model, person)
        self.model.forget_names()
        if outcomes:
            self._owe(at)
        self.versions.note()
        return outcomes

    def restrict(self, persons: Sequence[str], *, is_restricted: bool) -> None:
        """Let the outcomes of a person's ids, the one they go by first, rest or teach again."""
        self._settle()
        if is_restricted:
            self.asleep.rest(persons)
        else:
            self.asleep.wake(persons)
        self.versions.note()

    def gather(self, people: Mapping[str, Iterable[str]]) -> None:
        """Let the ids of each person (the one they go by: all of them) share their sums."""
        self._settle()
        homes = self.model.people.homes
        for home, persons in people.items():
            homes.gather(persons, home)
            rows = [homes.row(person) for person in persons]
            self.model.exposures.gather(homes.row(home), rows)
        for home in people:
            evidence = self.model.evidence.rows()
            self.model.people.refold_one(
                self.model.people.row(home), evidence, self.model.version, anew=True
            )

    def restored(self, at: datetime) -> None:
        """Fold the sums of the version in force anew, once all facts were read."""
        learner.rebuild(self.model)
        if self.versions.is_behind():
            learner.refresh(self.model)
            self._owe(at)
        self.versions.note()
        outcomes, version = len(self.model.evidence), self.model.version
        # What another instance learned from more than is known here is better than what is here.
        known = max(outcomes, version.n_outcomes) if self.model.is_given else outcomes
        self._next_round = self._round_after(known)
        self.redeclared(self.model.half_life)


def _examined(one: Open) -> float:
    """Give what an outcome counts: the share of people who look as far as its position."""
    position = one.decision.position
    return 1.0 if position is None else position.examined
