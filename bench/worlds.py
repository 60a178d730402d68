"""Simulated worlds: people with tastes of their own, slates of items, yes-or-no rewards.

Everything here is SIMULATED and says so (`World.label`). No person is described.
A world is drawn whole from its seed; each round of it is drawn from (seed, round), so the
same decision meets the same context, slate and luck whoever plays: rivals are paired.

Utility of item a for person p in context c:
    bias + taste shared by all + taste that moves with c + taste of p alone,
reward 1 with probability sigmoid(utility). In the `linear` world every taste is linear in the
item's features; in the `nonlinear` world people fall into segments and tastes also act on bent
features (hidden from the players), so no linear model is right.
Knows nothing of any learner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kind = Literal["linear", "nonlinear"]

CONTEXT_FEATURES = (
    "hour_sin",
    "hour_cos",
    "weekend",
    "at_home",
    "warmth",
    "trait_age",
    "trait_pace",
    "trait_budget",
)
"""Five facts about the situation, then three about the person that do not change."""
N_TRAITS = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a world is and how much people differ.

    Spreads are standard deviations of utility between items.

    Attributes:
        people: Number of people.
        rounds: Decisions of each person.
        items: Items that exist.
        slate: Items offered at a decision.
        features: Known features of an item.
        bias: Utility of a middling item; -1 is a reward rate of about .3.
        shared: Spread of the taste shared by all.
        moving: Spread of the taste that moves with context and traits.
        heterogeneity: Spread of a person's own taste.
        fading: Ratio of one direction's spread in people's own tastes to the one before.
        segments: Number of segments in the nonlinear world.
    """

    people: int = 2_000
    rounds: int = 100
    items: int = 200
    slate: int = 20
    features: int = 32
    bias: float = -1.0
    shared: float = 0.8
    moving: float = 0.6
    heterogeneity: float = 1.0
    fading: float = 0.85
    segments: int = 6


@dataclass(frozen=True, slots=True)
class Round:
    """One decision of every person, in the order in which they arrive.

    Attributes:
        people: ``(n,) int64``, a permutation of all people.
        contexts: ``(n, 8) float64``, by `CONTEXT_FEATURES`.
        slates: ``(n, slate) int64``, the items offered.
        expected: ``(n, slate) float64``, the chance of a reward for each.
        luck: ``(n,) float64`` in 0..1; the reward is 1 where luck < expected.
        draws: ``(n,) float64`` in 0..1, with which the action is drawn.
    """

    people: Ints
    contexts: Floats
    slates: Ints
    expected: Floats
    luck: Floats
    draws: Floats


@dataclass(frozen=True, slots=True)
class World:
    """A simulated world, whole.

    Attributes:
        kind: Which world.
        seed: What it was drawn from.
        shape: Its size and spreads.
        items: ``(items, features) float64``, what is known of each item.
        traits: ``(people, 3) float64``, what is known of each person.
        common: ``(items,) float64``, utility shared by all, bias included.
        moving: ``(8, items) float64``, utility for each unit of a context feature.
        own: ``(people, items) float64``, utility for that person alone; never shown to a player.
    """

    kind: Kind
    seed: int
    shape: Shape
    items: Floats
    traits: Floats
    common: Floats
    moving: Floats
    own: Floats

    @property
    def label(self) -> str:
        """Name the world in tables; always says that it is simulated."""
        return f"simulated {self.kind} world, seed {self.seed}"

    def rounds(self) -> Iterator[Round]:
        """Play through the world's rounds in order."""
        return (self.round(number) for number in range(self.shape.rounds))

    def round(self, number: int) -> Round:
        """Draw one round; the same number gives the same round."""
        dice = np.random.default_rng([self.seed, 1, number])
        shape = self.shape
        people = dice.permutation(shape.people)
        contexts = np.hstack([_situations(dice, shape.people), self.traits[people]])
        order = np.argpartition(dice.random((shape.people, shape.items)), shape.slate - 1, axis=1)
        slates = order[:, : shape.slate]
        utility = (
            self.common[slates]
            + np.take_along_axis(contexts @ self.moving, slates, axis=1)
            + self.own[people[:, None], slates]
        )
        luck, draws = dice.random(shape.people), dice.random(shape.people)
        return Round(people, contexts, slates, _sigmoid(utility), luck, draws)


def make_world(kind: Kind, seed: int, shape: Shape | None = None) -> World:
    """Draw a world.

    Args:
        kind: `linear` or `nonlinear`.
        seed: Everything random comes from it.
        shape: Size and spreads; the usual ones by default.

    Returns:
        The world.

    Example:
        >>> world = make_world("linear", 0, Shape(people=3, rounds=2))
        >>> [len(step.people) for step in world.rounds()], world.label
        ([3, 3], 'simulated linear world, seed 0')
    """
    shape = shape or Shape()
    dice = np.random.default_rng([seed, 0])
    items = _standardised(dice.normal(size=(shape.items, shape.features)) @ _mixing(dice, shape))
    seen = items if kind == "linear" else np.hstack([items, _bent(dice, items)])
    tastes = _tastes(dice, kind, shape, seen.shape[1])
    common = shape.bias + shape.shared * _unit(seen @ dice.normal(size=seen.shape[1]))
    moving = dice.normal(size=(len(CONTEXT_FEATURES), seen.shape[1])) @ seen.T
    moving *= shape.moving / np.sqrt((moving**2).mean() * len(CONTEXT_FEATURES))
    own = tastes @ seen.T
    own *= shape.heterogeneity / own.std(axis=1).mean()
    traits = dice.normal(size=(shape.people, N_TRAITS))
    return World(kind, seed, shape, items, traits, common, moving, own)


def normalised(expected: Floats, chosen: Ints) -> Floats:
    """Give how good choices were: 0 is a random choice, 1 the best possible.

    The ratio is taken of sums by whoever reports it, so this returns both parts.

    Args:
        expected: ``(n, k) float64``, chance of a reward of each candidate.
        chosen: ``(n,) int64``, position of the candidate chosen.

    Returns:
        ``(2, n) float64``: gain over random, and the gain that was possible.
    """
    mean = expected.mean(axis=1)
    got = expected[np.arange(len(chosen)), chosen]
    return np.stack([got - mean, expected.max(axis=1) - mean])


def _situations(dice: np.random.Generator, n: int) -> Floats:
    """Draw what holds around n decisions: ``(n, 5) float64``."""
    angle = dice.uniform(0, 2 * np.pi, n)
    flags = dice.random((n, 2)) < np.array([2 / 7, 0.5])
    return np.column_stack([np.sin(angle), np.cos(angle), flags, dice.normal(size=n)])


def _mixing(dice: np.random.Generator, shape: Shape) -> Floats:
    """Draw how raw features mix, so that known features are mildly correlated."""
    d = shape.features
    return np.asarray(np.eye(d) + 0.5 * dice.normal(size=(d, d)) / np.sqrt(d))


def _bent(dice: np.random.Generator, items: Floats) -> Floats:
    """Bend item features: products of two directions and soft thresholds, hidden from players."""
    d = items.shape[1]
    one, two = (items @ dice.normal(size=(d, d // 2)) / np.sqrt(d) for _ in range(2))
    return np.asarray(0.6 * np.hstack([_standardised(one * two), _standardised(np.abs(one))]))


def _tastes(dice: np.random.Generator, kind: Kind, shape: Shape, width: int) -> Floats:
    """Draw people's own tastes: ``(people, width) float64``, some directions mattering more."""
    turn, _ = np.linalg.qr(dice.normal(size=(width, width)))
    spread = shape.fading ** np.arange(width)
    tastes = (dice.normal(size=(shape.people, width)) * spread) @ turn.T
    tastes /= np.sqrt((spread**2).sum())
    if kind == "linear":
        return np.asarray(tastes)
    centres = dice.normal(size=(shape.segments, width)) / np.sqrt(width)
    lead = centres[dice.integers(shape.segments, size=shape.people)]
    return np.asarray((tastes + lead) / np.sqrt(2))


def _standardised(columns: Floats) -> Floats:
    """Bring each column to mean 0 and standard deviation 1."""
    return np.asarray((columns - columns.mean(axis=0)) / columns.std(axis=0))


def _unit(values: Floats) -> Floats:
    """Bring values to mean 0 and standard deviation 1 together."""
    return np.asarray((values - values.mean()) / values.std())


def _sigmoid(values: Floats) -> Floats:
    """Give 1 / (1 + exp(-v))."""
    return np.asarray(1 / (1 + np.exp(-values)))
