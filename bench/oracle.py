"""Oracles: the same kind of learner, told beforehand what the engine has to find out.

Conjugate Gaussian models in numpy, one for each person, on [1, item features]; what is left for
them is the reward minus what people in general give. Exploration is the engine's: 32 even points
of optimism up to .2 of a person's uncertainty, a floor, a neutral share.

- `oracle`: told how people differ (mean and covariance of their own parts, and the noise); learns
  what people in general like, by the same logistic sums over products as the engine.
- `oracle-of-everything`: told what people in general like as well; nothing is left but the person.
- `separate`: told nothing and learns nothing from others: a ridge for each person.

Each decides for everybody before it learns what followed; as everybody decides once in a round,
that changes nothing for a person. They have no `nothing` among their actions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from penchant.decide.weighing import OPTIMISM, PERSON_SCALE
from penchant.laboratory import Floats, Ints, Round, World
from penchant.laboratory.tastes import Tastes

__all__ = ["ORACLES", "Gaussians"]

ORACLES = ("oracle", "oracle-of-everything", "separate")
EXPLORE, NEUTRAL = 0.01, 0.01  # the engine's
RIDGE, RIDGE_OF_ONE = 3.0, 1.0  # the engine's, of the shared model
SEPARATE = 0.05  # the best variance of .003, .01, .05, .2 on seed 100, at heterogeneity 1 and 4
USUAL = 0.3  # a reward rate to start from
CONTEXTS = 64


class Truth(NamedTuple):
    """What an oracle is told: covariance (d, d) of people's own parts, and the noise."""

    covariance: Floats
    noise: float


class Gaussians:
    """One Gaussian model for each person, beside one of people in general."""

    def __init__(self, world: World, name: str) -> None:
        """Start; `name` is one of `ORACLES`."""
        self.batch = world.shape.people
        self._world = world
        self._rows = np.column_stack([np.ones(len(world.items)), world.items / _length(world)])
        width = self._rows.shape[1]
        if name == "separate":
            truth = Truth(SEPARATE * np.eye(width), USUAL * (1 - USUAL))
        else:
            truth = _truth(world, self._rows)
        self._noise = truth.noise
        people = world.shape.people
        self._precision = np.tile(np.linalg.inv(truth.covariance), (people, 1, 1))
        self._moment = np.zeros((people, width))
        self._name = name
        shared = width * (1 + len(world.context_names))
        self._gram = RIDGE * np.eye(shared)
        self._gram[0, 0] = RIDGE_OF_ONE
        self._sum = np.zeros(shared)
        self._weights = np.zeros(shared)
        contexts = world.round(0).contexts
        self._reach = float(np.sqrt((contexts**2).sum(axis=1).mean()))
        self._asked: tuple[Floats, Ints] | None = None

    def decide(self, step: Round, rows: Ints) -> Ints:
        """Decide for everybody."""
        people, slates = step.people[rows], step.slates[rows]
        seen = self._rows[slates]
        general = self._general(step.contexts[rows], slates)
        spread = np.linalg.inv(self._precision[people])
        mean = np.einsum("nij,nj->ni", spread, self._moment[people])
        own = general + np.einsum("nki,ni->nk", seen, mean)
        deviation = np.sqrt(np.einsum("nki,nij,nkj->nk", seen, spread, seen))
        weights = _mixed(own, deviation, general)
        ends = weights.cumsum(axis=1)
        chosen = (ends <= step.draws[rows, None] * ends[:, -1:]).sum(axis=1)
        self._asked = general, chosen
        return np.asarray(chosen)

    def learn(self, step: Round, rows: Ints, rewards: Floats) -> None:
        """Learn what followed the decisions of everybody."""
        if self._asked is None:
            return
        general, chosen = self._asked
        places = np.arange(len(rows))
        items, people = step.slates[rows, chosen], step.people[rows]
        seen = self._rows[items]
        residual = rewards - general[places, chosen]
        self._precision[people] += seen[:, :, None] * seen[:, None, :] / self._noise
        self._moment[people] += seen * residual[:, None] / self._noise
        if self._name == "oracle":
            self._learn_general(step.contexts[rows], items, rewards)

    def _general(self, contexts: Floats, slates: Ints) -> Floats:
        """Give what people in general would give: ``(n, k) float64``."""
        if self._name == "separate":
            return np.full(slates.shape, USUAL)
        if self._name == "oracle-of-everything":
            return _people_in_general(self._world, contexts, slates)
        width = self._rows.shape[1]
        sides = self._sides(contexts) @ self._weights.reshape(-1, width)
        return _sigmoid(np.einsum("nki,ni->nk", self._rows[slates], sides))

    def _sides(self, contexts: Floats) -> Floats:
        """Give a one beside contexts of about unit length, as the engine scales them."""
        return np.column_stack([np.ones(len(contexts)), contexts / self._reach])

    def _learn_general(self, contexts: Floats, items: Ints, rewards: Floats) -> None:
        """Add one step of logistic least squares for each outcome, and solve."""
        sides = self._sides(contexts)
        products = (sides[:, :, None] * self._rows[items][:, None, :]).reshape(len(items), -1)
        linear = products @ self._weights
        chance = _sigmoid(linear)
        weight = np.maximum(chance * (1 - chance), 1e-3)
        self._gram += (products * weight[:, None]).T @ products
        self._sum += products.T @ (weight * linear + rewards - chance)
        self._weights = np.linalg.solve(self._gram, self._sum)


def _mixed(own: Floats, deviation: Floats, general: Floats) -> Floats:
    """Give propensities as the engine would: ``(n, k) float64``."""
    scores = own[:, None, :] + PERSON_SCALE * OPTIMISM * deviation[:, None, :]
    count = own.shape[1]
    wins = np.eye(count)[scores.argmax(axis=2)].mean(axis=1)
    neutral = np.eye(count)[general.argmax(axis=1)]
    return np.asarray((1 - NEUTRAL) * _floored(wins) + NEUTRAL * _floored(neutral))


def _floored(weights: Floats) -> Floats:
    """Raise to the floor, and take what that costs from all."""
    raised = np.maximum(weights, EXPLORE / weights.shape[1])
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _truth(world: World, rows: Floats) -> Truth:
    """Find the straight parts of people's own rewards, and what noise is left around them."""
    slates = np.tile(np.arange(len(rows)), (world.shape.people, 1))
    turned = np.zeros(world.shape.people, dtype=np.int64)
    solve = np.linalg.pinv(rows)
    parts, noise = [], []
    for number in range(max(1, CONTEXTS // world.shape.people)):
        step = world.round(number)
        utility = world.tastes.utility(step.people, step.contexts, slates, turned=turned)
        chance = _sigmoid(utility)
        residual = chance - _people_in_general(world, step.contexts, slates)
        part = residual @ solve.T
        parts.append(part)
        noise.append((chance * (1 - chance) + (residual - part @ rows.T) ** 2).mean())
    all_parts = np.vstack(parts)
    # People who are alike have no spread at all, which cannot be inverted.
    covariance = all_parts.T @ all_parts / len(all_parts) + 1e-6 * np.eye(rows.shape[1])
    return Truth(covariance, float(np.mean(noise)))


def _people_in_general(world: World, contexts: Floats, slates: Ints) -> Floats:
    """Give the mean reward over people; the mean of a sigmoid under a normal, MacKay 1992."""
    likes = world.tastes
    if not isinstance(likes, Tastes):
        raise TypeError("An oracle knows tastes that are a sum over features.")
    moving = np.take_along_axis(contexts @ likes.moving, slates, axis=1)
    usual, spread = likes.own.mean(axis=0), likes.own.var(axis=0)
    utility = (likes.common + usual)[slates] + moving
    return _sigmoid(utility / np.sqrt(1 + np.pi * spread[slates] / 8))


def _length(world: World) -> float:
    """Give the usual length of an item's features."""
    return float(np.sqrt((world.items**2).sum(axis=1).mean()))


def _sigmoid(values: Floats) -> Floats:
    """Give 1 / (1 + exp(-v))."""
    return np.asarray(1 / (1 + np.exp(-values)))
