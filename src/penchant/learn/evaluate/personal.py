"""Personal: do people answer differently to what was done, or does it only look so?

Loop: Learn. Whoever looks at people one by one always finds some whom an action seems to suit. The
dice of the log are thrown again, as if the action did the same for everybody, to see how different
people then look by chance alone.
Rule: the dice come in as an argument; the same dice give the same answer.
Notation: t done or not, e its propensity, y the reward.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput
from penchant.learn.evaluate.reading import ids
from penchant.learn.evaluate.trial import checked_trial

__all__ = ["Personal", "is_personal"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

THROWS = 999  # chances in steps of one in a thousand
FEWEST_PEOPLE = 10
SURE = 0.05


class Personal(NamedTuple):
    """How differently people answered, beside what the dice alone make of equal people.

    `effect` is what doing it adds on average; `spread` the standard deviation of what it adds,
    between people, chance taken off; `chance` how often the dice alone make people look as
    different.
    """

    effect: float
    spread: float
    chance: float
    people: int

    @property
    def sentence(self) -> str:
        """Say it in words."""
        if self.chance < SURE:
            return (
                f"It is personal: what it adds differs between people by about {self.spread:.3g} "
                f"around {self.effect:.3g}; chance alone does so in {100 * self.chance:.1f} % of "
                "throws."
            )
        return (
            f"Not shown to be personal: people look as different in {100 * self.chance:.0f} % of "
            "throws in which it does the same for everybody."
        )


def is_personal(
    done: Ints,
    rewards: Floats,
    propensity: Floats,
    people: Sequence[object] | Ints,
    rng: np.random.Generator,
) -> Personal:
    """Test whether doing it adds more for some people than for others.

    What doing it adds on average is taken out of the rewards of those to whom it was done, actions
    are drawn anew with their propensities, and it is added again where it was drawn; so the rows
    are what they would be if all people were alike in this, whatever else sets them apart.

    Args:
        done: (n,) 1 where it was done, else 0.
        rewards: (n,), in any unit.
        propensity: (n,) of doing it, between 0 and 1.
        people: (n,) whose row it is.
        rng: The dice.

    Raises:
        BadInput: When there are too few people, or the rows make no trial; see `checked_trial`.

    Source: Fisher's randomization test of the sharp null of one common effect; the question is that
    of Ghosh, Kim, Chhabria, Dwivedi, Klasnja, Liao, Zhang, Murphy 2023, "Did we personalize?".

    Example:
        >>> rng = np.random.default_rng(2)
        >>> people, done = np.arange(4_000) % 40, rng.integers(0, 2, 4_000)
        >>> rewards = rng.random(4_000) + done * np.where(people < 20, 0.3, -0.3)
        >>> is_personal(done, rewards, np.full(4_000, 0.5), people, rng).chance
        0.001
    """
    _, place = np.unique(ids(people, "people"), return_inverse=True)
    n_people = int(place.max(initial=-1)) + 1
    if n_people < FEWEST_PEOPLE:
        raise BadInput(f"There are {n_people} people; it takes at least {FEWEST_PEOPLE}.")
    done, rewards, propensity = checked_trial(done, rewards, propensity, people=people)
    repeated = int(np.count_nonzero(np.bincount(place) > 1))
    if repeated < FEWEST_PEOPLE:
        raise BadInput(
            f"Of the {n_people} people {repeated} have two rows or more; it takes at least "
            f"{FEWEST_PEOPLE}, since a person's only row says nothing of how they differ."
        )
    seen = _Effects(rewards, done, propensity, place, n_people)
    effect = seen.usual
    without = rewards - done * effect
    thrown = []
    for _ in range(THROWS):
        again = (rng.random(len(done)) < propensity).astype(np.int64)
        thrown.append(_Effects(without + again * effect, again, propensity, place, n_people).apart)
    chance = (1 + sum(one >= seen.apart for one in thrown)) / (THROWS + 1)
    beyond = max(seen.apart - float(np.mean(thrown)), 0.0)
    return Personal(effect, float(np.sqrt(beyond)), chance, n_people)


class _Effects:
    """What doing it adds: `usual` over all, and the variance between people, as estimated."""

    def __init__(
        self,
        rewards: Floats,
        done: Ints,
        propensity: Floats,
        place: NDArray[np.intp],
        n_people: int,
    ) -> None:
        """Estimate by person, each around the person's own mean."""
        counts = np.bincount(place, minlength=n_people)
        own = np.bincount(place, rewards, n_people) / counts
        tried = done - propensity
        known = np.bincount(place, propensity * (1 - propensity), n_people)
        parts = np.bincount(place, tried * (rewards - own[place]), n_people)
        self.usual = float(parts.sum() / known.sum())
        self.apart = float(known @ (parts / known - self.usual) ** 2 / known.sum())
