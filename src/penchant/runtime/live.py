"""A declared moment, and a person, while an engine runs: what would be slow to make anew each time.

Everything here follows from the journal and can be dropped; the engine owns it under its lock.
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.decide.explaining import DecisionExplainer
from penchant.decide.slate import Slate, slate_of
from penchant.errors import BadInput
from penchant.journal import Decided, Derived, Fact, Learned, Observed
from penchant.learn import learner
from penchant.learn.pending import Open
from penchant.limits import Limits, check_length, seconds
from penchant.loop import Question, Standing, View, decide
from penchant.model.evidence import Row
from penchant.model.moment_model import MomentModel
from penchant.model.version import Version, pack, unpack
from penchant.profile.registers import Registers, fold, trait_features
from penchant.words import Action, Belief, Consent, Decision, FrozenMap, Moment, Value

__all__ = ["LiveMoment", "LivePerson", "Submit"]

Floats = NDArray[np.float64]
Submit = Callable[[Callable[[learner.RoundTask], learner.Round], learner.RoundTask], Future[learner.Round]]

_REMEMBERED_IDS = 1_024


class LivePerson:
    """One person's registers, and what follows from them for a purpose or a moment."""

    def __init__(self, registers: Registers, facts: Iterable[Fact]) -> None:
        """Start from registers and the facts they were folded from."""
        self.registers = registers
        self.recent: dict[str, tuple[float, ...]] = {}
        self.signal_ids: dict[str, None] = {}
        self._standings: dict[tuple[str, str], Standing] = {}
        self._features: dict[str, FrozenMap[Value]] = {}
        for fact in facts:
            if isinstance(fact, Decided):
                self.done(fact.decision)
            elif isinstance(fact, Observed):
                self.remember(fact.signal.id)

    def fold(self, fact: Fact) -> None:
        """Take a fact in."""
        self.registers = fold(self.registers, fact)
        self._standings.clear()
        self._features.clear()

    def remember(self, signal_id: str) -> None:
        """Keep a signal's id, so that a repeat has no second effect."""
        if signal_id:
            self.signal_ids[signal_id] = None
            if len(self.signal_ids) > _REMEMBERED_IDS:
                del self.signal_ids[next(iter(self.signal_ids))]

    def done(self, decision: Decision) -> None:
        """Keep when something was done, for the caps of its moment."""
        if decision.executed and len(decision.names) > 1:
            times = (*self.recent.get(decision.moment, ()), decision.at.timestamp())
            self.recent[decision.moment] = times[-1_000:]
            self._standings.pop((decision.person or "", decision.moment), None)

    def standing(self, person: str, moment: Moment) -> Standing:
        """Give what bears on decisions of one moment; `person` is the id in use."""
        found = self._standings.get((person, moment.name))
        if found is None:
            registers = self.registers
            found = Standing(
                person,
                registers.consent(moment.purpose),
                registers.nevers,
                registers.time_zone,
                self.recent.get(moment.name, ()) if moment.guardrails else (),
            )
            self._standings[person, moment.name] = found
        return found

    def features(self, purpose: str) -> FrozenMap[Value]:
        """Give the traits and goals stated under a purpose, as features."""
        found = self._features.get(purpose)
        if found is None:
            found = self._features[purpose] = trait_features(self.registers, purpose)
        return found


class _Running(NamedTuple):
    """A round under way, and the count of outcomes at which it comes into force."""

    adopt_at: int
    round: Future[learner.Round]


class LiveMoment:
    """One moment at work: its model, the slate of its actions, the versions decisions name."""

    def __init__(self, moment: Moment, limits: Limits, submit: Submit) -> None:
        """Start with nothing learned."""
        self.limits = limits
        self.model = MomentModel(seconds(moment.half_life), limits)
        self.versions: dict[int, Version] = {0: self.model.version}
        self._submit = submit
        self._running: _Running | None = None
        self._next_round = learner.next_round_at(0)
        self.declare(moment)

    def declare(self, moment: Moment) -> None:
        """Take a (new) declaration; what was learned stays."""
        self.moment = moment
        self.window = seconds(moment.outcome.window)
        self.actions = _with_fallback(moment.actions, moment)
        self.plain: dict[str, tuple[int, Consent]] = {}
        self._slate: tuple[int, int, Slate] | None = None
        self._explainer: DecisionExplainer | None = None

    def candidates(self, given: Iterable[Action]) -> tuple[Action, ...]:
        """Check the actions given with a call.

        Raises:
            BadInput: When there is none, or two have the same name.
            LimitReached: When there are more than a call may give.
        """
        actions = tuple(given)
        check_length(len(actions), self.limits.candidates_per_call, "Actions of a call")
        if not actions:
            msg = (
                f"A decision of moment `{self.moment.name}` was given an empty list of actions. "
                "Give at least one, or leave `actions` out to use the declared ones."
            )
            raise BadInput(msg)
        if len({action.name for action in actions}) < len(actions):
            msg = f"Two actions given to moment `{self.moment.name}` have the same name."
            raise BadInput(msg)
        return actions

    def slate(self, candidates: tuple[Action, ...]) -> Slate:
        """Give the slate of a call, or that of the declared actions."""
        version, encoder = self.model.version, self.model.action
        if candidates:
            return slate_of(_with_fallback(candidates, self.moment), encoder, version)
        if self._slate is None or self._slate[:2] != (version.round, encoder.width):
            slate = slate_of(self.actions, encoder, version)
            self._slate = (version.round, encoder.width, slate)
        return self._slate[2]

    def context_row(self, context: Mapping[str, Value]) -> Floats:
        """Give the raw row of a context, rounded as the evidence keeps it."""
        return self.model.context.encode(context).astype(np.float32).astype(np.float64)

    def context_columns(self, name: str, given: Floats) -> Floats:
        """Give n contexts that are one list of d numbers each as raw rows."""
        count, width = given.shape
        if width == 0:
            return np.tile(self.context_row({}), (count, 1))
        first = self.context_row({name: given[0].tolist()}) if count else np.zeros(0)
        rows = np.tile(first, (count, 1))
        columns = self.model.context.columns_of(name, tuple(range(width)))
        if len(set(columns.tolist())) < width:
            return np.array([self.context_row({name: row.tolist()}) for row in given])
        rows[:, columns] = given.astype(np.float32)
        return rows

    def context_with(self, context: FrozenMap[Value], person: LivePerson) -> FrozenMap[Value]:
        """Give a context with what the person stated under the moment's purpose."""
        stated = person.features(self.moment.purpose)
        return FrozenMap({**context, **stated}) if stated.names else context

    def decide(self, question: Question, person: str | None, note: str) -> Open:
        """Decide a question; `person` is whose own part counts, None for nobody's."""
        model, at = self.model, question.at.timestamp()
        row, slate = self.context_row(question.context), self.slate(question.candidates)
        version, people = model.version, model.people
        posterior = None
        if person is not None:
            posterior = people.posterior(people.find(person), version, at)
        view = View(version, slate, version.context.apply(row), posterior, self.explainer())
        decision, place = decide(question, view, note=note)
        return Open(
            decision,
            row,
            slate.raw[place],
            decision.names.index(decision.action.name),
            at + self.window,
        )

    def reopened(self, decision: Decision) -> Open:
        """Give a decision of the journal as it was when it waited for its outcome."""
        action = self.model.action.encode_actions([decision.action])[0]
        place = decision.names.index(decision.action.name)
        row, at = self.context_row(decision.context), decision.at.timestamp()
        return Open(decision, row, action, place, at + self.window)

    def explainer(self, number: int | None = None) -> DecisionExplainer:
        """Give what explains the decisions of the version in force, or of an earlier one."""
        version = self.model.version if number is None else self.versions[number]
        if self._explainer is None or self._explainer.version.number != version.number:
            encoders = (self.model.context, self.model.action)
            explainer = DecisionExplainer(self.moment, version, encoders)
            if number is not None:
                return explainer
            self._explainer = explainer
        return self._explainer

    def learn(self, one: Open, fact: Learned) -> None:
        """Add the contribution of one outcome; a forced decision teaches nothing."""
        if one.decision.forced:
            return
        model, at = self.model, one.decision.at.timestamp()
        row = -1
        if fact.person:
            row = model.people.row(fact.person)
            version = model.version
            seen = version.action.apply(one.action) @ version.basis
            home = model.people.find(fact.person)
            model.people.add_one(home, seen, fact.scaled - fact.predicted, at, version)
        model.evidence.add_one(
            Row(one.context, one.action, fact.scaled, fact.predicted, at, row)
        )

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
            self.model.people.gather(persons, home)
        for home in people:
            self.model.people.refold_one(home, self.model.evidence.rows(), self.model.version)

    def belief(self, person: str, now: datetime) -> Belief | None:
        """Say how much of what sets a person apart is known here."""
        people, version = self.model.people, self.model.version
        row = people.find(person)
        if row < 0 or version.rank == 0:
            return None
        posterior = people.posterior(row, version, now.timestamp())
        known = float(1.0 - np.mean(np.diag(posterior.covariance) / version.prior))
        count = int(people.counts(np.array([row]))[0])
        outcomes = "1 outcome" if count == 1 else f"{count:,} outcomes"
        return Belief(
            f"taste at {self.moment.name}",
            f"learned from {outcomes}: {100 * known:.0f} % of what sets this person apart is "
            "known, the rest is taken from people in general",
            max(known, 0.0),
            FrozenMap({"outcomes": float(count), "known": known}),
        )

    def check_redeclared(self, moment: Moment) -> None:
        """See that what was learned still fits a new declaration.

        Raises:
            BadInput: When outcomes were learned and the scale of rewards or time is another now.
        """
        old = self.moment
        changed = [
            name for name in ("reward_range", "half_life") if getattr(old, name) != getattr(moment, name)
        ]
        if changed and len(self.model.evidence):
            msg = (
                f"Moment `{moment.name}` has learned outcomes, so its `{changed[0]}` cannot change. "
                "Declare a moment of another name."
            )
            raise BadInput(msg)
        if changed:
            self.model = MomentModel(seconds(moment.half_life), self.limits)

    def _note_version(self) -> None:
        self.versions[self.model.version.number] = self.model.version._replace(spread=None)

    def derived(self, at: datetime) -> Derived:
        """Give the version in force as a fact."""
        model = self.model
        numbers = pack(model.version, model.context.hashes, model.action.hashes)
        return Derived(at, self.moment.name, model.version.number, numbers)

    def restore(self, fact: Derived) -> None:
        """Take over a version from the journal; its sums follow with `restored`."""
        version, of_context, of_actions = unpack(fact.numbers)
        self.model.context.restore(of_context)
        self.model.action.restore(of_actions)
        self.model.version = self.versions[version.number] = version

    def restored(self) -> None:
        """Fold the sums of the version in force anew, once all facts were read."""
        learner.rebuild(self.model)
        self._next_round = learner.next_round_at(len(self.model.evidence))


def _with_fallback(actions: tuple[Action, ...], moment: Moment) -> tuple[Action, ...]:
    """Give the actions with the moment's fallback among them."""
    if any(action.name == moment.fallback for action in actions):
        return actions
    declared = (action for action in moment.actions if action.name == moment.fallback)
    return (*actions, next(declared, Action(moment.fallback)))
