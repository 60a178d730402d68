"""Playing: a player lives through a world, and what its choices were worth is kept.

A player decides a few rows of a round at a time and is told what followed when the answer is there:
at once, some rounds later, or never. What is kept is the true chance of a reward of what was
chosen, not the luck, so that two players differ by their choices alone.
Knows nothing of a learner: whoever has `decide` and `learn` may play.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from penchant.laboratory.tastes import Floats, Ints
from penchant.laboratory.world import Round, World

__all__ = ["Limits", "Marks", "Player", "Progress", "limits", "play"]

Marks = np.ndarray[tuple[int], np.dtype[np.bool_]]
Progress = Callable[[int, int], None]


class Player(Protocol):
    """Somebody who decides and learns.

    Attributes:
        batch: How many decisions it takes at a time before it is told what followed.
    """

    batch: int

    def decide(self, step: Round, rows: Ints) -> Ints:
        """Give the position chosen for some rows of a round: ``(m,) int64``, -1 for nothing."""
        ...

    def learn(self, step: Round, rows: Ints, rewards: Floats) -> None:
        """Learn what followed the decisions of some rows of a round, this one or one before."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What two players earn who know the world, one who does not care and one who does.

    Attributes:
        random: ``(rounds, people) float64``, chance of a reward of an item drawn evenly.
        best: ``(rounds, people) float64``, of the item that is best now. Where tastes wear off this
            one looks no step ahead either.
    """

    random: Floats
    best: Floats


def play(
    world: World,
    player: Player,
    progress: Progress | None = None,
    *,
    rounds: range | None = None,
    who: Marks | None = None,
) -> Floats:
    """Let a player live through a world.

    Args:
        world: Where.
        player: Who; it is changed by it.
        progress: Called with how many decisions are done, and of how many.
        rounds: Which rounds; all of them by default. Nothing was shown before the first.
        who: ``(people,) bool``, who is there; everybody by default.

    Returns:
        ``(rounds, people) float64``: the chance of a reward of what was chosen, NaN for who was
        not there.
    """
    rounds = rounds or range(world.shape.rounds)
    there = np.ones(world.shape.people, dtype=bool) if who is None else who
    chances = np.full((len(rounds), world.shape.people), np.nan)
    n_there = int(there.sum())
    done, n_all = 0, n_there * len(rounds)
    late: defaultdict[int, list[tuple[Round, Ints, Floats]]] = defaultdict(list)
    past = world.begin()
    for place, number in enumerate(rounds):
        for one in late.pop(number, ()):
            player.learn(*one)
        step = world.round(number, past)
        present = np.flatnonzero(there[step.people])
        chosen = np.full(world.shape.people, -1)
        for rows in np.array_split(present, range(player.batch, n_there, player.batch)):
            chosen[rows] = player.decide(step, rows)
            soon = rows[step.due[rows] == number + 1]
            if len(soon):
                player.learn(step, soon, step.rewards(soon, chosen[soon]))
            done += len(rows)
            if progress:
                progress(done, n_all)
        for due in set(step.due[present].tolist()) - {number + 1, -1}:
            rows = present[step.due[present] == due]
            late[due].append((step, rows, step.rewards(rows, chosen[rows])))
        shown = np.take_along_axis(step.expected, np.maximum(chosen, 0)[:, None], axis=1)[:, 0]
        earned = np.where(chosen >= 0, shown, 0.0)
        chances[place, step.people[present]] = earned[present]
        past = world.after(past, step, chosen)
    return chances


def limits(world: World) -> Limits:
    """Play a world at random, and by always taking what is best now.

    Args:
        world: Where.

    Returns:
        What both earn; the one at random as the mean over the slate, so without luck of its own.
    """
    shape = world.shape
    random, best = (np.zeros((shape.rounds, shape.people)) for _ in range(2))
    blind, wise = world.begin(), world.begin()
    for number in range(shape.rounds):
        step = world.round(number, blind)
        random[number, step.people] = step.expected.mean(axis=1)
        blind = world.after(blind, step, (step.draws * shape.slate).astype(np.int64))
        step = world.round(number, wise) if world.remembers else step
        best[number, step.people] = step.expected.max(axis=1)
        wise = world.after(wise, step, step.expected.argmax(axis=1))
    return Limits(random, best)
