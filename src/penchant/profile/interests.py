"""Interests: which features of actions go with better outcomes for one person, and how sure we are.

Loop: Profile. Takes experiences (an action taken and its reward, 0..1), compares those with a
feature to those without, within each moment.
Rule 1: state is a value; memory is bounded by `most` keys.
Rule 2: every difference is shrunk toward none, and comes with an interval.
This describes; what is decided rests on the personal model, which corrects for circumstances.
Knows nothing of signals, hours or consent.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from penchant.profile.evidence import Evidence, Experience, seconds_of
from penchant.profile.tally import Entry, Key, Ledger, Tally, category
from penchant.words import Belief, FrozenMap, Value, sureness

__all__ = ["Interests"]

Floats = NDArray[np.float64]

HALF_LIFE = 91 * 86_400.0  # a quarter: tastes outlast a week and follow the seasons
ENOUGH = 10.0  # outcomes it takes before anything is said
# Before any data: differences in reward among features have this standard deviation; that counts
# as much as this many features seen.
USUAL_EFFECT, PRIOR_FEATURES = 0.1, 2.0
PRIOR_VARIANCE, PRIOR_WEIGHT = 0.25, 2.0  # of one reward in 0..1: the greatest there is, twice
NINETY = 1.645  # standard deviations of a 90 % interval
SURE_ENOUGH = 0.75  # below it nothing is said: among many features some look good by luck
SAID = 3
LARGEST = 1e12  # numbers beyond it would drown the others' squares
ONE_VALUE = 1e-9  # a number's variance, relative to its square, that is rounding alone


class Interests(Struct, frozen=True):
    """Decayed means of rewards by feature; at most `most` keys a person (6 numbers each)."""

    most: int = 512

    def see(self, evidence: Sequence[Evidence]) -> Tally:
        """Sum the experiences among some evidence."""
        entries = [
            Entry((one.moment, *label), seconds_of(one), _row(one.reward, number))
            for one in evidence
            if isinstance(one, Experience)
            for label, number in (((), 1.0), *_labels(one.action.features.items()))
        ]
        return self._ledger.tally(entries)

    def join(self, one: Tally, other: Tally) -> Tally:
        """Add two sums."""
        return self._ledger.join(one, other)

    def say(self, state: Tally, now: datetime) -> tuple[Belief, ...]:
        """Say which features the person leans to and away from, the surest first."""
        (rows,) = self._ledger.at(state, now.timestamp())
        n = sum(float(rows[i, 0]) for i, key in enumerate(state.keys) if len(key) == 1)
        if n < ENOUGH:
            few = (
                f"not enough yet to say which (about {n:.0f} of the {ENOUGH:.0f} outcomes it takes)"
            )
            return (Belief("interests", few, 0.0),)
        leanings = [one for one in _leanings(state, rows) if one.sure >= SURE_ENOUGH]
        if not leanings:
            return (Belief("interests", "nothing stands out yet", 0.0),)
        leanings.sort(key=lambda one: (-round(one.sure, 6), -one.mean, one.label))
        data = {key: number for one in leanings for key, number in one.data.items()}
        # One value of a feature says the rest: leaning to `sport=run` is leaning from the others.
        by_feature = {one.label[0]: one for one in reversed(leanings)}
        told = [one for one in leanings if by_feature[one.label[0]] is one]
        says = ", ".join(one.says for one in told[:SAID])
        return (Belief("interests", says, leanings[0].sure, FrozenMap(data)),)

    @property
    def _ledger(self) -> Ledger:
        """How these sums are kept."""
        return Ledger((HALF_LIFE,), 6, self.most)


class Leaning(NamedTuple):
    """One feature's difference in reward: mean and standard deviation after shrinkage.

    `label` is a feature and its value, or the name of a number alone.
    """

    label: Key
    mean: float
    deviation: float

    @property
    def sure(self) -> float:
        """Probability that the sign is right, made 0..1."""
        return math.erf(abs(self.mean) / self.deviation / math.sqrt(2))

    @property
    def says(self) -> str:
        """Give it in words; a number has a direction instead of a value."""
        sign = "+" if self.mean > 0 else "−"
        verb, what = ("leans to" if self.mean > 0 else "leans away from"), "=".join(self.label)
        if len(self.label) == 1:
            verb, what, sign = "leans to", f"{'high' if self.mean > 0 else 'low'} {what}", "+"
        return f"{verb} {what} ({sign}{abs(self.mean):.2f} reward, {sureness(self.sure)})"

    @property
    def data(self) -> dict[str, float]:
        """The difference and its 90 % interval."""
        name, reach = "=".join(self.label), NINETY * self.deviation
        return {
            name: self.mean,
            f"{name} low": self.mean - reach,
            f"{name} high": self.mean + reach,
        }


def _row(reward: float, number: float) -> tuple[float, ...]:
    """Give what is summed: n, r, r^2, x, x^2 and x * r."""
    return (1.0, reward, reward**2, number, number**2, number * reward)


def _labels(features: Iterable[tuple[str, Value]]) -> Iterator[tuple[Key, float]]:
    """Give each feature's label and number: its name and value with 1, or its name with it."""
    for name, value in features:
        text = category(value)
        if text is not None:
            yield (name, text), 1.0
        elif isinstance(value, int | float) and abs(value) <= LARGEST:
            yield (name,), float(value)


def _leanings(state: Tally, rows: Floats) -> list[Leaning]:
    """Give the leaning of every feature, over all moments by their precision.

    Source: normal means with a normal prior on the differences, N(0, usual^2):
    posterior precision = 1 / usual^2 + sum of n / variance.
    """
    wholes = {key[0]: rows[i] for i, key in enumerate(state.keys) if len(key) == 1}
    sums: dict[Key, tuple[float, float]] = {}
    for i, key in enumerate(state.keys):
        label = key[1:]
        if not label or key[0] not in wholes:
            continue
        n, difference = _compared(rows[i], wholes[key[0]], is_number=len(label) == 1)
        precision = n / _variance(wholes[key[0]])
        weighted, total = sums.get(label, (0.0, 0.0))
        sums[label] = (weighted + precision * difference, total + precision)
    seen = [(label, *pair) for label, pair in sums.items() if pair[1] > 0]
    prior = 1 / _usual_square([(weighted, precision) for _, weighted, precision in seen])
    return [
        Leaning(label, weighted / (precision + prior), 1 / math.sqrt(precision + prior))
        for label, weighted, precision in seen
    ]


def _usual_square(seen: Sequence[tuple[float, float]]) -> float:
    """Give the usual square of a difference: what this person's features have beyond noise.

    With many features and no real difference it nears 0, so that luck is not taken for taste.

    Args:
        seen: precision * difference and precision of each feature.

    Source: empirical Bayes by moments, E[d^2] = usual^2 + 1 / precision, each feature weighted
    by how much it can tell.
    """
    square, total = PRIOR_FEATURES * USUAL_EFFECT**2, PRIOR_FEATURES
    for weighted, precision in seen:
        noise = 1 / precision
        weight = USUAL_EFFECT**2 / (USUAL_EFFECT**2 + noise)
        square += weight * ((weighted * noise) ** 2 - noise)
        total += weight
    return max(square / total, (USUAL_EFFECT / 10) ** 2)


def _variance(whole: Floats) -> float:
    """Give the variance of one reward in a moment, steadied by the greatest there could be."""
    n, total, squares = (float(number) for number in whole[:3])
    around = max(0.0, squares - total**2 / n) if n > 0 else 0.0
    return (around + PRIOR_WEIGHT * PRIOR_VARIANCE) / (n + PRIOR_WEIGHT)


def _compared(part: Floats, whole: Floats, *, is_number: bool) -> tuple[float, float]:
    """Give how much evidence there is (in outcomes) and the difference in mean reward.

    With a feature against without it; for a number, the slope for each step of its usual spread.
    """
    n, total, _, x, squares, products = (float(number) for number in part)
    if n <= 0:  # faded to nothing
        return 0.0, 0.0
    if is_number:
        spread = squares / n - (x / n) ** 2
        if spread <= ONE_VALUE * (squares / n):
            return 0.0, 0.0
        return n, (products / n - x / n * (total / n)) / math.sqrt(spread)
    rest = float(whole[0]) - n
    if rest <= ONE_VALUE * n:  # every action had it: nothing to compare with
        return 0.0, 0.0
    return n * rest / (n + rest), total / n - (float(whole[1]) - total) / rest
