"""Rivals: other people's learners, each well set, behind one protocol.

Vowpal Wabbit reads text, one line for the shared part and one for each action, and is asked and
taught decision by decision; it gives propensities and is taught with the propensity that was
used (cost = -reward). MABWiser keeps a model for each of a declared set of arms and gives
expectations, not propensities: it plays the best expectation in the slate, and is asked and
taught in batches of 50, because it predicts all of its arms at once.
Both see what Penchant sees: context, traits, item features, the person's id where stated.
Needs the packages `vowpalwabbit` and `mabwiser`; knows nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import vowpalwabbit
from mabwiser.mab import MAB, LearningPolicy

from penchant.laboratory import Floats, Ints, Round, World
from penchant.laboratory import play as play_world


class Rival(Protocol):
    """A learner that can be asked and taught.

    Attributes:
        name: What it is called in tables.
        batch: How many decisions it is asked for before it is taught.
    """

    name: str
    batch: int

    def decide(self, people: Ints, contexts: Floats, slates: Ints) -> Floats:
        """Give the propensity of each candidate: ``(n, k) float64``, rows sum to 1."""
        ...

    def learn(self, positions: Ints, propensities: Floats, rewards: Floats) -> None:
        """Learn from what followed the decisions last asked for.

        Args:
            positions: ``(n,) int64``, the candidate that was shown.
            propensities: ``(n,) float64``, the probability with which it was shown.
            rewards: ``(n,) float64``, what followed.
        """
        ...


VW_BOUNDED = "--regcbopt --cb_min_cost -1 --cb_max_cost 0 --mellowness 0.001"
VW_SQUARE = "--squarecb --gamma_scale 1000"
VW_BITS = 22
"""2^22 weights: 2,000 people x 33 features fit without collisions that would hurt it."""
MAB_BATCH = 50


class VowpalWabbit:
    """Vowpal Wabbit 9 through its Python `Workspace`, `--cb_explore_adf`, text format."""

    batch = 1

    def __init__(
        self,
        world: World,
        explorer: str,
        *,
        personal: bool,
        by_name: bool = False,
        squares: bool = False,
    ) -> None:
        """Start an empty learner.

        Args:
            world: Gives the items; their features are known to the learner.
            explorer: How it explores, for example `VW_SQUARE`.
            personal: Whether person x (1, item features) is crossed in; context x item always is.
            by_name: Whether the item's own name stands beside its features, and so in the crosses.
            squares: Whether item x item is crossed in as well, alone and with the context.
        """
        crosses = ["ca", *(["pa"] if personal else []), *(["aa", "caa"] if squares else [])]
        interactions = " ".join(f"--interactions {cross}" for cross in crosses)
        self.name = f"VW {explorer.split(maxsplit=1)[0][2:]} {'personal' if personal else 'pooled'}"
        self.name += (" by name" if by_name else "") + (" with squares" if squares else "")
        self._workspace = vowpalwabbit.Workspace(
            f"--cb_explore_adf {explorer} {interactions} -b {VW_BITS} --quiet"
        )
        self._label = vowpalwabbit.LabelType.CONTEXTUAL_BANDIT
        self._personal = personal
        self._items = [
            f"|a {_named('f', row)}" + (f" i{item}" if by_name else "")
            for item, row in enumerate(world.items)
        ]
        self._lines: list[str] = []

    def decide(self, people: Ints, contexts: Floats, slates: Ints) -> Floats:
        """Ask for one decision (`batch` is 1)."""
        person = f" |p p{people[0]}" if self._personal else ""
        shared = f"shared |c {_named('c', contexts[0])}{person}"
        self._lines = [shared, *(self._items[item] for item in slates[0])]
        found = np.array([self._with_examples(self._lines, self._workspace.predict)])
        return np.asarray(found / found.sum())

    def learn(self, positions: Ints, propensities: Floats, rewards: Floats) -> None:
        """Teach the decision last asked for."""
        lines = list(self._lines)
        place = int(positions[0]) + 1
        lines[place] = f"0:{-rewards[0]}:{propensities[0]:.6f} {lines[place]}"
        self._with_examples(lines, self._workspace.learn)

    def _with_examples(self, lines: list[str], use: Callable[[Any], Any]) -> Any:
        """Parse lines, use them, and give them back to the workspace."""
        examples = self._workspace.parse(lines, self._label)
        answer = use(examples)
        self._workspace.finish_example(examples)
        return answer


class Mabwiser:
    """MABWiser with every item of the world as an arm and a ridge regression on context each.

    It has no place for item features or for people, so it is a pooled rival.
    """

    batch = MAB_BATCH

    def __init__(self, world: World, policy: str, alpha: float) -> None:
        """Start an empty learner.

        Args:
            world: Gives the arms.
            policy: `LinTS` or `LinUCB`.
            alpha: Its degree of exploration.
        """
        self.name = f"MABWiser {policy}"
        self._arms = list(range(len(world.items)))
        chosen = getattr(LearningPolicy, policy)(alpha=alpha)
        self._mab = MAB(self._arms, chosen, seed=world.seed)
        self._contexts: Floats | None = None
        self._slates: Ints | None = None
        self._started = False

    def decide(self, people: Ints, contexts: Floats, slates: Ints) -> Floats:
        """Give all to the best expectation in each slate; before any outcome, share evenly."""
        del people
        self._contexts = np.column_stack([np.ones(len(contexts)), contexts])
        self._slates = slates
        if not self._started:
            return np.full(slates.shape, 1 / slates.shape[1])
        answer = self._mab.predict_expectations(self._contexts)
        rows = [answer] if isinstance(answer, dict) else answer
        values = np.array([[row[arm] for arm in self._arms] for row in rows])
        best = np.take_along_axis(values, slates, axis=1).argmax(axis=1)
        return np.asarray(np.eye(slates.shape[1])[best])

    def learn(self, positions: Ints, propensities: Floats, rewards: Floats) -> None:
        """Teach the batch last asked for."""
        del propensities
        if self._contexts is None or self._slates is None:
            return
        arms = self._slates[np.arange(len(positions)), positions]
        teach = self._mab.partial_fit if self._started else self._mab.fit
        teach(arms, rewards, self._contexts)
        self._started = True


def _vowpal(explorer: str, **how: bool) -> Callable[[World], Rival]:
    return lambda world: VowpalWabbit(world, explorer, **how)  # type: ignore[arg-type]


def _vowpals() -> Mapping[str, Callable[[World], Rival]]:
    """Give every way in which Vowpal Wabbit plays, by name."""
    found = {}
    for name, options in (("vw-squarecb", VW_SQUARE), ("vw-regcbopt", VW_BOUNDED)):
        for personal, by_name, squares in product((False, True), repeat=3):
            end = f"{'-names' * by_name}{'-squares' * squares}"
            how = {"personal": personal, "by_name": by_name, "squares": squares}
            found[f"{name}-{'personal' if personal else 'pooled'}{end}"] = _vowpal(options, **how)
    return found


RIVALS: Mapping[str, Callable[[World], Rival]] = MappingProxyType(
    {
        **_vowpals(),
        "mabwiser-lints": lambda world: Mabwiser(world, "LinTS", 0.05),
        "mabwiser-linucb": lambda world: Mabwiser(world, "LinUCB", 0.1),
    }
)
"""Every rival by name. MABWiser's alphas are the best of .05, .1, .3 and 1 on seed 100."""


class RivalPlayer:
    """A rival as a player of a world; in worlds whose answers come at once."""

    def __init__(self, rival: Rival) -> None:
        """Take an empty learner."""
        self.batch = rival.batch
        self._rival = rival
        self._shown: tuple[Ints, Floats] | None = None

    def decide(self, step: Round, rows: Ints) -> Ints:
        """Ask for propensities, and draw with the draws of the round."""
        weights = self._rival.decide(step.people[rows], step.contexts[rows], step.slates[rows])
        ends = weights.cumsum(axis=1)
        positions = (ends <= step.draws[rows, None] * ends[:, -1:]).sum(axis=1)
        self._shown = positions, weights[np.arange(len(positions)), positions]
        return np.asarray(positions)

    def learn(self, step: Round, rows: Ints, rewards: Floats) -> None:
        """Teach the rows last asked for."""
        del step, rows
        if self._shown:
            self._rival.learn(*self._shown, rewards)


def play(rival: Rival, world: World) -> Floats:
    """Let a rival play a whole world.

    Args:
        rival: An empty learner.
        world: Where it plays.

    Returns:
        ``(rounds, people) float64``: the chance of a reward of what was chosen.
    """
    return play_world(world, RivalPlayer(rival))


def _named(prefix: str, row: Floats) -> str:
    """Write numbers as Vowpal Wabbit features."""
    return " ".join(f"{prefix}{place}:{value:.4f}" for place, value in enumerate(row))
