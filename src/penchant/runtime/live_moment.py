"""A declared moment while an engine runs: what would be slow to make anew for each decision.

Everything here follows from the journal and can be dropped; the engine owns it under its lock.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from penchant.decide.choices import Choices, choices_of
from penchant.decide.contributions import Encoders
from penchant.decide.explaining import DecisionExplainer, Words, explain
from penchant.errors import BadInput
from penchant.guard.apprentice import taught
from penchant.guard.guardrail import exposure_of
from penchant.learn.outcome import unseen
from penchant.learn.pending import Open
from penchant.limits import Limits, seconds
from penchant.loop import Question, View, decide, decide_slate
from penchant.model.encoding import OWN
from penchant.model.exposure import Asked, counts
from penchant.model.people import Posterior
from penchant.model.said import ALL, Said, said_basis, said_posterior
from penchant.runtime.live_model import LiveModel, Submit
from penchant.runtime.live_person import LivePerson
from penchant.runtime.rights.corrections import said_of
from penchant.runtime.standing import Plain
from penchant.words import Action, Decision, Explanation, Moment, Value

__all__ = ["LiveMoment", "declared_at", "seen_by"]

Floats = NDArray[np.float64]


class LiveMoment:
    """One moment at work: its model, its actions as choices, the versions decisions name."""

    def __init__(self, moment: Moment, limits: Limits, submit: Submit) -> None:
        """Start with nothing learned."""
        self.limits = limits
        self.learning = LiveModel(seconds(moment.half_life), limits, submit)
        self.model = self.learning.model
        self.declared: list[tuple[datetime, Moment]] = []
        """Every declaration with its time; a decision is explained by its own."""
        self.plain = Plain()
        self.words: Words | None = None
        """What a pack says of a decision, where the moment is one of its own."""
        self.declare(moment)

    def declare(self, moment: Moment) -> None:
        """Take a (new) declaration; what was learned stays."""
        self.moment = moment
        self.learning.redeclared(seconds(moment.half_life))
        self.window = seconds(moment.outcome.window)
        self.actions = _with_fallback(tuple(moment.actions), moment)
        self.exposure = exposure_of(self.actions)
        self.plain.clear()
        self._choices: tuple[int, int, Choices] | None = None
        self._own_of = -1
        self._asked: tuple[tuple[str, ...], Asked] | None = None
        self._explainer: DecisionExplainer | None = None

    def choices(self, candidates: tuple[Action, ...]) -> Choices:
        """Give the choices of a call, or those of the declared actions."""
        version, encoder = self.model.version, self.model.action
        known = self.model.names
        if candidates:
            return choices_of(_with_fallback(candidates, self.moment), encoder, known, version)
        if self._choices is None or self._choices[:2] != (version.round, encoder.width):
            choices = choices_of(self.actions, encoder, known, version)
            self._choices = (version.round, encoder.width, choices)
            self._own_of = version.number
        choices = self._choices[2]
        if self._own_of != version.number:
            choices = choices.of_version(version, known)
            self._choices, self._own_of = (version.round, encoder.width, choices), version.number
        return choices

    def context_row(self, context: Mapping[str, Value]) -> Floats:
        """Give the raw row of a context, rounded as the evidence keeps it."""
        return self.model.context.encode(context).astype(np.float32).astype(np.float64)

    def context_columns(self, name: str, given: Floats) -> Floats:
        """Give n contexts that are one list of d numbers each as raw rows."""
        count, width = given.shape
        if width == 0 or count == 0:
            return np.tile(self.context_row({}), (count, 1))
        first = self.context_row({name: given[0].tolist()})
        rows = np.tile(first, (count, 1))
        columns = self.model.context.columns_of(name, tuple(range(width)))
        if columns.max() >= OWN:  # some are shared, where numbers add up by sign
            return np.array([self.context_row({name: row.tolist()}) for row in given])
        rows[:, columns] = given.astype(np.float32)
        return rows

    def decide(self, question: Question, someone: LivePerson | None, note: str) -> list[Open]:
        """Decide a question, alone or as a slate; `someone` is whose own part counts, or None."""
        row, view = self._view(question, someone)
        if not question.draws:
            return [self._open(*decide(question, view, note=note), row, view.choices)]
        if self.moment.apprentice:
            raise BadInput(
                f"Moment `{self.moment.name}` is an apprentice's: ask for one decision at a time."
            )
        examined = self.model.positions.shares(len(question.draws), unseen(self.moment))
        slate = decide_slate(question, view, examined, note=note)
        return [self._open(decision, place, row, view.choices) for decision, place in slate]

    def _view(self, question: Question, someone: LivePerson | None) -> tuple[Floats, View]:
        """Give the raw row of a question's context, and what the model shows of it."""
        version, at = self.model.version, question.at.timestamp()
        row, choices = self.context_row(question.context), self.choices(question.candidates)
        posterior: Posterior | None = None
        said: Said = ()
        context = version.context.apply(row)
        if someone is not None:
            choices, posterior, said = seen_by(self, someone, choices, at)
            if not version.reach.is_plain:
                choices = self._faced(choices, someone, (row, context), at)
                if said and said[0][0] == ALL and choices.carried is not None:
                    choices = choices._replace(carried=np.zeros(len(choices.names)))
        exposure = None if question.candidates else self.exposure
        return row, View(version, choices, context, posterior, self.explainer(), exposure, said)

    def _open(self, decision: Decision, place: int, row: Floats, choices: Choices) -> Open:
        """Give a decision as it waits for its outcome, which may be about what was drawn alone."""
        names = decision.names
        known = place if len(names) == len(choices.names) else names.index(choices.names[place])
        if decision.forced:
            name = taught(decision) or decision.action.name
            place, known = choices.names.index(name), names.index(name)
        return Open(
            decision,
            row,
            choices.raw[place],
            known,
            decision.at.timestamp() + self.window,
        )

    def _faced(
        self, choices: Choices, someone: LivePerson, context: tuple[Floats, Floats], at: float
    ) -> Choices:
        """Give actions as one person meets them in a context, raw and scaled."""
        model, reach = self.model, self.model.version.reach
        raw, scaled = context
        numbers = reach.numbers(raw[None], scaled[None])[0]
        past = np.zeros((len(choices.names), 0))
        if len(reach.mean):
            recent = model.exposures.of(model.people.homes.find(someone.registers.person))
            past = counts(recent, self.asked_about(choices), at)
        return choices.facing(numbers, past, reach)

    def asked_about(self, choices: Choices) -> Asked:
        """Give what to ask about being shown some actions; of the declared ones it is kept."""
        known = self._asked
        if known is not None and known[0] is choices.names:
            return known[1]
        asked = self.model.asked(choices.names, choices.raw)
        self._asked = choices.names, asked
        return asked

    def reopened(self, decision: Decision) -> Open:
        """Give a decision of the journal as it was when it waited for its outcome."""
        name = taught(decision) or decision.action.name
        known = (one for one in (*decision.candidates, *self.actions) if one.name == name)
        done = decision.action if name == decision.action.name else next(known, Action(name))
        action = self.model.action.encode_actions([done])[0]
        place = decision.names.index(name)
        row, at = self.context_row(decision.context), decision.at.timestamp()
        return Open(decision, row, action, place, at + self.window)

    @property
    def encoders(self) -> Encoders:
        """What reads decisions of this moment as numbers."""
        return Encoders(self.model.context, self.model.action, self.model.names)

    def explainer(self) -> DecisionExplainer:
        """Give what explains the decisions of the version in force."""
        version = self.model.version
        if self._explainer is None or self._explainer.version.number != version.number:
            self._explainer = DecisionExplainer(self.moment, version, self.encoders, self.words)
        return self._explainer

    def explain(self, decision: Decision) -> Explanation:
        """Explain a decision by the declaration and the version it was taken under."""
        version = self.learning.versions[decision.version]
        moment = declared_at(self.declared, decision.at) or self.moment
        words = "" if self.words is None else self.words(decision)
        return explain(decision, moment, version, self.encoders, words)

    def check_redeclared(self, moment: Moment) -> None:
        """See that what was learned still fits a new declaration; before it is written.

        Raises:
            BadInput: When outcomes were learned and the scale of rewards or time is another now,
                or a feature of an action has another type than before.
        """
        old = self.moment
        changed = [
            name
            for name in ("reward_range", "half_life")
            if getattr(old, name) != getattr(moment, name)
        ]
        if changed and len(self.model.evidence):
            msg = (
                f"Moment `{moment.name}` has learned outcomes, so its `{changed[0]}` cannot "
                "change. Declare a moment of another name."
            )
            raise BadInput(msg)
        self.model.action.encode_actions(moment.actions)


def seen_by(
    live: LiveMoment, someone: LivePerson, choices: Choices, at: float
) -> tuple[Choices, Posterior, Said]:
    """Give actions and what is believed of a person in one basis, and what they said of it."""
    people, version = live.model.people, live.model.version
    posterior = people.posterior(people.homes.find(someone.registers.person), version, at)
    told = someone.told(live.moment.name)
    said = said_of(told, live.moment, live.model.action, version) if told else ()
    if not said:
        return choices, posterior, said
    basis = said_basis(version.basis, said, version.reach)
    return choices.seen_in(basis, version.reach), said_posterior(posterior), said


def declared_at(declared: Sequence[tuple[datetime, Moment]], at: datetime) -> Moment | None:
    """Give the declaration that held at a time; None where there was none yet."""
    return next((moment for since, moment in reversed(declared) if since <= at), None)


def _with_fallback(actions: tuple[Action, ...], moment: Moment) -> tuple[Action, ...]:
    """Give the actions with the moment's fallback among them."""
    fallback = moment.fallback
    if any(action.name == fallback for action in actions):
        return actions
    declared = (action for action in moment.actions if action.name == fallback)
    return (*actions, next(declared, Action(fallback)))
