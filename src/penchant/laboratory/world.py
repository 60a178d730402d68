"""Simulated worlds: people with tastes of their own, slates of items, yes-or-no rewards.

Everything here is SIMULATED and says so (`World.label`). No person is described.
A world is drawn whole from its seed; each round of it is drawn from (seed, round), so the same
decision meets the same context, slate and luck whoever plays: rivals are paired. Where tastes wear
off, a round also depends on what that player showed before (`Past`), and on nothing else.
The reward is 1 with probability sigmoid(utility). Knows nothing of any learner.
"""

from dataclasses import dataclass

import numpy as np

from penchant.laboratory import ideals, tastes
from penchant.laboratory.ideals import FADING, Ideals
from penchant.laboratory.shape import Answering, Kind, Shape, check_kind
from penchant.laboratory.tastes import Floats, Ints, Tastes

__all__ = ["Past", "Round", "World", "make_world"]

_HOURS = 24.0  # a round is a day: everybody decides once in it
_ROUNDS, _DRIFTERS, _ANSWERS, _ADVERSARIES = 1, 4, 5, 6
"""Mark dice, so that what is drawn for one thing changes nothing of another."""


@dataclass(frozen=True, slots=True)
class Past:
    """What one player showed everybody so far; faded by each later decision.

    Attributes:
        items: ``(people, items) float64``, exposures to each item.
        kinds: ``(people, kinds) float64``, to each kind.
    """

    items: Floats
    kinds: Floats


@dataclass(frozen=True, slots=True)
class Round:
    """One decision of every person, in the order in which they arrive.

    Attributes:
        number: Which round, from 0.
        hours: ``(n,) float64``, when, in hours since the world began; never falling.
        people: ``(n,) int64``, a permutation of all people.
        contexts: ``(n, d) float64``, by `World.context_names`.
        slates: ``(n, slate) int64``, the items offered.
        expected: ``(n, slate) float64``, the chance of a reward for each.
        luck: ``(n,) float64`` in 0..1; the reward is 1 where luck < expected.
        draws: ``(n,) float64`` in 0..1, with which the action is drawn.
        due: ``(n,) int64``, the round before which the answer is there: the next one when it comes
            at once; -1 for never.
        manners: ``(n,) int64``: 0 answers by taste, 1 against it, 2 says no and 3 yes to anything.
    """

    number: int
    hours: Floats
    people: Ints
    contexts: Floats
    slates: Ints
    expected: Floats
    luck: Floats
    draws: Floats
    due: Ints
    manners: Ints

    def rewards(self, rows: Ints, chosen: Ints) -> Floats:
        """Give what people answer: ``(m,) float64``, 0 or 1.

        Args:
            rows: ``(m,) int64``, which decisions of the round.
            chosen: ``(m,) int64``, positions in their slates; -1 where nothing was shown, which
                nobody likes.
        """
        chance = np.where(chosen >= 0, self.expected[rows, chosen], 0.0)
        likes = self.luck[rows] < chance
        answers = np.choose(
            self.manners[rows], [likes, ~likes, np.zeros_like(likes), ~likes | likes]
        )
        return np.asarray(answers, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class World:
    """A simulated world, whole.

    Attributes:
        kind: Which world.
        seed: What it was drawn from.
        shape: Its size and spreads.
        items: ``(items, features) float64``, what is known of each item.
        traits: ``(people, traits) float64``, what is known of each person.
        tastes: What everybody likes; never shown to a player.
        turns: ``(people,) int64``, the first round in which a person's taste has moved; the number
            of rounds for those whose taste does not.
        adversaries: ``(people,) bool``, who does not answer by their taste.
        answering: How people answer.
    """

    kind: Kind
    seed: int
    shape: Shape
    items: Floats
    traits: Floats
    tastes: Tastes | Ideals
    turns: Ints
    adversaries: np.ndarray[tuple[int], np.dtype[np.bool_]]
    answering: Answering

    @property
    def label(self) -> str:
        """Name the world in tables; always says that it is simulated."""
        return f"simulated {self.kind} world, seed {self.seed}"

    @property
    def context_names(self) -> tuple[str, ...]:
        """The columns of `Round.contexts`."""
        is_ideal = isinstance(self.tastes, Ideals)
        return ideals.CONTEXT_FEATURES if is_ideal else tastes.CONTEXT_FEATURES

    @property
    def remembers(self) -> bool:
        """Whether what is shown changes what is liked later."""
        return isinstance(self.tastes, Ideals) and self.tastes.satiation > 0

    def begin(self) -> Past:
        """Give the past of a player who showed nothing yet."""
        if not isinstance(self.tastes, Ideals) or not self.remembers:
            return Past(np.zeros((0, 0)), np.zeros((0, 0)))
        people = self.shape.people
        return Past(np.zeros((people, self.shape.items)), np.zeros((people, self.tastes.n_kinds)))

    def round(self, number: int, past: Past | None = None) -> Round:
        """Draw one round; the same number, and past, give the same round.

        Args:
            number: Which, from 0.
            past: What the player showed before; None is nothing.
        """
        dice = np.random.default_rng([self.seed, _ROUNDS, number])
        n = self.shape.people
        hours, people, contexts = self._arrivals(dice, number)
        slates = self._slates(dice)
        turned = (self.turns[people] <= number).astype(np.int64)
        utility = self.tastes.utility(people, contexts, slates, turned=turned)
        if isinstance(self.tastes, Ideals) and past is not None and len(past.items):
            utility = utility - self.tastes.worn(past.items[people], past.kinds[people], slates)
        luck, draws = dice.random(n), dice.random(n)
        due, manners = self._answers(number, people)
        return Round(
            number, hours, people, contexts, slates, _sigmoid(utility), luck, draws, due, manners
        )

    def after(self, past: Past, step: Round, chosen: Ints) -> Past:
        """Give the past after a round.

        Args:
            past: The one before it.
            step: The round.
            chosen: ``(n,) int64``, positions in the slates; -1 where nothing was shown.
        """
        if not isinstance(self.tastes, Ideals) or not len(past.items):
            return past
        items, kinds = FADING * past.items, FADING * past.kinds
        shown = chosen >= 0
        who, what = step.people[shown], step.slates[shown, chosen[shown]]
        items[who, what] += 1.0
        kinds[who, self.tastes.kinds[what]] += 1.0
        return Past(items, kinds)

    def _answers(self, number: int, people: Ints) -> tuple[Ints, Ints]:
        """Draw when the answers to a round come, and how they are made."""
        n, answering = len(people), self.answering
        due, manners = np.full(n, number + 1), np.zeros(n, dtype=np.int64)
        if answering.is_plain:
            return due, manners
        late, lost, coins = np.random.default_rng([self.seed, _ANSWERS, number]).random((3, n))
        due = due + (late * (answering.delay + 1)).astype(np.int64)
        due[lost < answering.missing] = -1
        liars = self.adversaries[people]
        if answering.manner == "random":
            manners[liars] = 2 + (coins[liars] < 0.5)  # noqa: PLR2004 - a fair coin
        elif answering.manner == "against" or 2 * number >= self.shape.rounds:
            manners[liars] = 1
        return due, manners

    def _arrivals(self, dice: np.random.Generator, number: int) -> tuple[Floats, Ints, Floats]:
        """Draw when everybody comes, in which order, and what holds then."""
        n = self.shape.people
        if isinstance(self.tastes, Ideals):
            hours = np.sort(dice.uniform(0, _HOURS, n))
            people = dice.permutation(n)
            angles = 2 * np.pi * hours / _HOURS
            quarters = np.eye(4)[(hours // 6).astype(np.int64) % 4]
            contexts = np.column_stack([np.sin(angles), np.cos(angles), quarters])
        else:
            people = dice.permutation(n)
            contexts = np.hstack([_situations(dice, n), self.traits[people]])
            hours = _HOURS * np.arange(n) / n
        return number * _HOURS + hours, people, contexts

    def _slates(self, dice: np.random.Generator) -> Ints:
        """Draw what is offered."""
        shape = self.shape
        if shape.is_fixed:
            return np.tile(np.arange(shape.slate), (shape.people, 1))
        order = np.argpartition(dice.random((shape.people, shape.items)), shape.slate - 1, axis=1)
        return np.asarray(order[:, : shape.slate])


def make_world(
    kind: str, seed: int, shape: Shape | None = None, answering: Answering | None = None
) -> World:
    """Draw a world.

    Args:
        kind: `linear`, `nonlinear` or `ideal`.
        seed: Everything random comes from it; 0 or more.
        shape: Size and spreads; the usual ones by default.
        answering: How people answer; by their taste, always and at once, by default.

    Returns:
        The world.

    Raises:
        BadInput: When there is no world of that name.

    Example:
        >>> world = make_world("linear", 0, Shape(people=3, rounds=2))
        >>> len(world.round(0).people), world.label
        (3, 'simulated linear world, seed 0')
    """
    known, shape, answering = check_kind(kind), shape or Shape(), answering or Answering()
    dice = np.random.default_rng([seed, 0])
    if known == "ideal":
        items, likes = ideals.drawn(seed, shape, dice)
        traits: Floats = np.zeros((shape.people, 0))
        what: Tastes | Ideals = likes
    else:
        items, traits, what = tastes.drawn(known, seed, shape, dice)
    return World(
        known, seed, shape, items, traits, what, _turns(seed, shape),
        _adversaries(seed, shape, answering), answering,
    )  # fmt: skip


def _turns(seed: int, shape: Shape) -> Ints:
    """Draw when tastes move: somewhere in the middle third, for a share of people."""
    dice = np.random.default_rng([seed, _DRIFTERS])
    when = dice.integers(shape.rounds // 3, max(2 * shape.rounds // 3, 1), size=shape.people)
    moves = dice.permutation(shape.people) < round(shape.drifters * shape.people)
    return np.asarray(np.where(moves, when, shape.rounds))


def _adversaries(
    seed: int, shape: Shape, answering: Answering
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Draw who does not answer by their taste."""
    order = np.random.default_rng([seed, _ADVERSARIES]).permutation(shape.people)
    return np.asarray(order < round(answering.adversaries * shape.people))


def _situations(dice: np.random.Generator, n: int) -> Floats:
    """Draw what holds around n decisions: ``(n, 5) float64``."""
    angle = dice.uniform(0, 2 * np.pi, n)
    flags = dice.random((n, 2)) < np.array([2 / 7, 0.5])
    return np.column_stack([np.sin(angle), np.cos(angle), flags, dice.normal(size=n)])


def _sigmoid(values: Floats) -> Floats:
    """Give 1 / (1 + exp(-v))."""
    return np.asarray(1 / (1 + np.exp(-values)))
