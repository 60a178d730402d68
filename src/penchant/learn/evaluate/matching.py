"""Matching: how often would an apprentice do what the host's own logic does, on what came after?

Loop: Learn. Each decision says with which chance it would have done the same, before it learned
what followed. The later ones count: what was done first was done by a beginner.
Rule: the interval holds at every look, so that going live may be decided by it on any day.
"""

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.errors import BadNumber
from penchant.learn.evaluate.reading import check_alpha, check_lengths, ids, numbers
from penchant.learn.evaluate.resampling import FEWEST_GROUPS, FEWEST_ROWS
from penchant.learn.evaluate.sequences import mean_sequence

__all__ = ["ENOUGH", "Match", "match_of"]

ENOUGH = 0.6
"""From 60 to 80 % on, Azure Personalizer's manual lets an apprentice go live."""

FIRST = int(FEWEST_ROWS)
ROUNDING = 1e-9


class Match(Struct, frozen=True):
    """In what share of cases an apprentice would have done the same as the host's own logic.

    It is that of the average person, however many decisions each of them had. `low` to `high` holds
    the truth at every look; it is of the latest `decisions`, at least half of all. `refused` says
    why nothing can be said, "" where something can.
    """

    share: float
    low: float
    high: float
    decisions: int
    people: int
    refused: str = ""

    @property
    def is_enough(self) -> bool:
        """Whether it may go live: the whole interval is above the least."""
        return not self.refused and self.low >= ENOUGH

    @property
    def sentence(self) -> str:
        """Say it in words."""
        if self.refused:
            return f"Apprentice: {self.refused}"
        told = (
            f"Apprentice: it would do what your own logic does in {100 * self.share:.0f} % of "
            f"cases ({100 * self.low:.0f} to {100 * self.high:.0f} at every look), by the latest "
            f"{self.decisions:,} decisions of {self.people:,} people. "
        )
        if self.is_enough:
            return told + "It may go live: declare the moment without `apprentice`."
        return told + f"It may go live when all of that is above {100 * ENOUGH:.0f} %."


def match_of(
    chances: Sequence[float] | NDArray[np.float64], people: Sequence[str], alpha: float = 0.05
) -> Match:
    """Measure how well an apprentice matches.

    Args:
        chances: (n,) with which it would have done what was done, in the order of their times.
        people: (n,) whose decision each was.
        alpha: The interval misses the truth at any look at all in this share of cases.

    Returns:
        The share for the average person over the latest decisions, at least half of all: those from
        200, 400, 800, ... on, the last of these by which as many have come again. Each stretch
        spends a part of alpha.

    Raises:
        BadInput: When there is not a person for each chance, or chances are no numbers.
        BadNumber: When a chance is none, or alpha no share.

    Example:
        >>> dice = np.random.default_rng(1)
        >>> found = match_of(dice.random(4_000) * 0.4 + 0.6, [str(n) for n in range(4_000)])
        >>> found.is_enough, found.low < 0.8 < found.high, found.decisions
        (True, True, 2400)

    Source: `sequences.mean_sequence`, begun anew at 200, 400, 800, ... decisions.
    """
    known, named = numbers(chances, "chances"), ids(people, "people")
    n = len(known)
    check_alpha(alpha)
    check_lengths({"people": named}, n, "chances")
    if not np.all((known >= 0) & (known <= 1 + ROUNDING)):
        raise BadNumber("The chance of doing the same must be from 0 to 1 in every decision.")
    stretch = max(int(math.log2(n / FIRST)), 0) if n else 0
    start = FIRST * 2 ** (stretch - 1) if stretch else 0
    by_person: dict[str, list[float]] = {}
    for chance, person in zip(known[start:].tolist(), named[start:].tolist(), strict=True):
        by_person.setdefault(person, []).append(chance)
    means = np.array([sum(some) / len(some) for some in by_person.values()])
    n_people, decisions = len(means), n - start
    share = float(means.mean()) if n_people else math.nan
    if n < FIRST or n_people < FEWEST_GROUPS:
        sentence = (
            f"cannot say yet. {n:,} decisions of {n_people:,} people show too little; it takes "
            f"{FIRST} of {FEWEST_GROUPS} people at least."
        )
        return Match(share, 0.0, 1.0, decisions, n_people, sentence)
    spent = alpha * 6.0 / (math.pi * (stretch + 1)) ** 2  # sums to alpha over all stretches
    low, high = mean_sequence(means, np.arange(n_people), spent)
    return Match(share, min(low, share), max(high, share), decisions, n_people)
