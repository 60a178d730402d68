"""One stream of decisions for everybody who is measured, and Vowpal Wabbit as who stands beside us.

A stream has actions, contexts and people; whoever decides meets the same of them, and what follows
depends on the action shown. Shape A: 20 actions of 32 features, 8 numbers of context. Shape B: 20
actions known by their names, 32 numbers of context.

Vowpal Wabbit is asked as its users ask it from Python: text lines, `--cb_explore_adf --squarecb`,
context crossed with action (`--interactions ca`; without it contexts could not tell actions apart),
one model for everybody, which is its cheapest. Reading its text is part of the call.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import vowpalwabbit
from numpy.typing import NDArray

from penchant import Action, Engine, Moment

__all__ = [
    "MOMENT",
    "VW",
    "VW_SETTINGS",
    "Shape",
    "VowpalWabbit",
    "engine_for",
    "named",
    "shape",
    "vw_action",
]

Floats = NDArray[np.float64]

MOMENT = "home.hero"
VW = "Vowpal Wabbit"
VW_SETTINGS = "--cb_explore_adf --squarecb --gamma_scale 1000 --interactions ca"
N_ACTIONS = 20
_WIDTHS = {"A": (32, 8), "B": (0, 32)}


class Shape(NamedTuple):
    """A kind of stream: features of its actions (20, da) and how many numbers a context has."""

    name: str
    features: Floats
    n_context: int
    taste: Floats

    @property
    def label(self) -> str:
        """Say what the shape is."""
        return (
            f"shape {self.name}: {N_ACTIONS} actions x {self.features.shape[1]} features, "
            f"context of {self.n_context}"
        )

    def actions(self) -> list[Action]:
        """Give the actions as a caller declares them."""
        return [Action(f"a{k}", features=named("f", row)) for k, row in enumerate(self.features)]

    def contexts(self, count: int, seed: int) -> Floats:
        """Draw contexts: (count, n_context)."""
        return np.random.default_rng([seed, 1]).normal(size=(count, self.n_context))

    def chances(self, contexts: Floats) -> Floats:
        """Give the chance of a reward for each action: (n, 20)."""
        return np.asarray(1.0 / (1.0 + np.exp(1.0 - contexts @ self.taste)))


def shape(name: str) -> Shape:
    """Give shape A or B.

    Example:
        >>> shape("B").actions()[0]
        Action(name='a0', features=FrozenMap({}), content='', channel='', burden=0.0, risk='auto')
    """
    n_features, n_context = _WIDTHS[name]
    dice = np.random.default_rng(0)
    taste = dice.normal(size=(n_context, N_ACTIONS)) / np.sqrt(n_context)
    return Shape(name, dice.normal(size=(N_ACTIONS, n_features)), n_context, taste)


def named(prefix: str, row: Floats) -> dict[str, float]:
    """Give numbers as named features."""
    return {f"{prefix}{place}": value for place, value in enumerate(row.tolist())}


def engine_for(actions: list[Action], people: list[str]) -> Engine:
    """Open an engine in memory with one moment that everybody consents to."""
    engine = Engine.open(seed=1)
    engine.declare(Moment(MOMENT, purpose="recommendation", actions=actions))
    for person in people:
        engine.consent(person, "recommendation")
    return engine


class VowpalWabbit:
    """Vowpal Wabbit 9 through its Python `Workspace`."""

    def __init__(self) -> None:
        """Start an empty learner."""
        self._workspace = vowpalwabbit.Workspace(f"{VW_SETTINGS} --quiet")
        self._label = vowpalwabbit.LabelType.CONTEXTUAL_BANDIT

    def text(self, context: Floats, actions: list[str]) -> list[str]:
        """Write a context as Vowpal Wabbit reads it, with the lines of the actions."""
        return [f"shared |c {vw_features('c', context)}", *actions]

    def decide(self, lines: list[str], draw: float) -> tuple[int, float]:
        """Give the place of the action drawn, and its propensity."""
        examples = self._workspace.parse(lines, self._label)
        weights: list[float] = self._workspace.predict(examples)
        self._workspace.finish_example(examples)
        ends = list(accumulate(weights))
        place = min(bisect_right(ends, draw * ends[-1]), len(ends) - 1)
        return place, weights[place]

    def learn(self, lines: list[str], place: int, propensity: float, reward: float) -> None:
        """Learn what followed; Vowpal Wabbit wants costs."""
        labelled = lines.copy()
        labelled[place + 1] = f"0:{-reward}:{propensity:.6f} {lines[place + 1]}"
        examples: Any = self._workspace.parse(labelled, self._label)
        self._workspace.learn(examples)
        self._workspace.finish_example(examples)


def vw_action(features: Floats, name: str = "a") -> str:
    """Give an action as a line; one without features is known by its name."""
    return f"|a {vw_features('f', features)}" if len(features) else f"|a {name}"


def vw_features(prefix: str, row: Floats) -> str:
    """Write numbers as features."""
    return " ".join(f"{prefix}{place}:{value:.4f}" for place, value in enumerate(row.tolist()))
