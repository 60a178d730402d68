"""Estimators: IPS, SNIPS, DM, DR, SWITCH-DR and DRos of one log, and which of them to trust.

Loop: Learn. All but IPS and SNIPS are mean(q(x, pi) + v (r - q(x, a))) and differ in v, which is w
or a shrunk w. Shrinking costs bias and saves variance; the one chosen has the least of both
together, judged without the truth.
Rule: the interval is always that of the unbiased DR, whatever is chosen.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.learn.evaluate.log import Log
from penchant.learn.evaluate.resampling import student
from penchant.learn.evaluate.reward_models import crossed, mixture

__all__ = ["Valued", "canonical", "chosen", "folds_of", "half_width", "valued"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
PRIOR_ROWS = 2.0  # of usual weight, seen beforehand
LARGEST_VARIANCE = 0.25  # of a reward in 0..1
SHRINKAGES = 12  # steps from hardly to almost wholly shrunk


class Valued(NamedTuple):
    """One estimator's value, in rewards of 0..1, and what it may be off by.

    `error` is the standard error of its noise, `bias` an upper bound of its bias.
    """

    estimator: str
    value: float
    error: float
    bias: float

    @property
    def risk(self) -> float:
        """Estimated mean squared error."""
        return self.error**2 + self.bias**2


def canonical(log: Log) -> Ints:
    """Give an order of the rows that does not hang on the order they came in.

    Rows are told apart by all they hold, so that the same rows, however shuffled, make the same
    folds and the same sums to the last digit.
    """
    mixed = np.zeros(len(log.actions))
    columns = [*log.contexts.T, *log.target.T]
    for place, column in enumerate(columns):
        mixed += column * math.cos(1.0 + place)  # any fixed and unequal factors do
    keys = [log.rewards, log.actions, log.propensities, mixed]
    return np.lexsort([*keys, log.people] if log.is_grouped else keys)


def folds_of(log: Log) -> Ints:
    """Deal whole people to folds, always alike for the same log in canonical order."""
    dealt = np.random.default_rng(0).permutation(log.n_people) % FOLDS
    if log.is_grouped:
        return dealt[log.people].astype(np.int64)
    return dealt.astype(np.int64)


def valued(log: Log) -> tuple[list[Valued], Floats]:
    """Value the target policy by every estimator.

    Args:
        log: In canonical order.

    Returns:
        The estimators, DR first, and DR's terms (n,): their mean is its value.

    Source: Dudik, Langford, Li 2011 (DR); Wang, Agarwal, Dudik 2017 (SWITCH); Su, Dimakopoulou,
    Krishnamurthy, Dudik 2020 (DRos, and choosing by variance plus a bound of the bias).
    """
    row_weights = log.weights
    under, left = _residuals(log, row_weights)
    terms = under + row_weights * left
    whole = float(terms.mean())
    found = [Valued("DR", whole, _error(row_weights * left, log), 0.0)]
    for name, shrunk in _shrunk(row_weights):
        found.append(
            Valued(
                name,
                float((under + shrunk * left).mean()),
                _error(shrunk * left, log),
                _bias((row_weights - shrunk) * left, log),
            )
        )
    return [*found, *_without_models(log, row_weights)], terms


def chosen(estimators: list[Valued]) -> Valued:
    """Choose the estimator of the least estimated squared error."""
    return min(estimators, key=lambda one: one.risk)


def half_width(
    terms: Floats, log: Log, alpha: float, *, row_weights: Floats | None = None
) -> float:
    """Give half the width of the interval of a mean of terms, people apart.

    Counted as seen beforehand are two rows of usual weight with the largest variance, so that few
    clicks, or rows all alike, leave no interval that is too narrow; and one of the greatest weight
    with the variance of the rewards, since rows that weigh much come seldom. `row_weights` are
    those of the log's target where None.

    Source: Liang, Zeger 1986 (variance clustered by person), Student's t for few people.
    """
    reach = student(1 - alpha / 2, log.n_people - 1)
    row_weights = log.weights if row_weights is None else row_weights
    usual = float(row_weights @ row_weights) / max(float(row_weights.sum()), 1e-12)
    greatest = float(row_weights.max())
    before = PRIOR_ROWS * LARGEST_VARIANCE * usual**2 + float(log.rewards.var()) * greatest**2
    seen = _error(terms - terms.mean(), log)
    return reach * math.sqrt(seen**2 + before / len(terms) ** 2)


def _residuals(log: Log, row_weights: Floats) -> tuple[Floats, Floats]:
    """Give q(x, pi) and r - q(x, a) of each row, models and their mixture from other folds."""
    folds = folds_of(log)
    guessed = crossed(log, folds, FOLDS)
    under, at = np.empty(len(folds)), np.empty(len(folds))
    for fold in range(FOLDS):
        others, own = folds != fold, folds == fold
        parts = type(guessed)(guessed.logged[:, others], guessed.target[:, others])
        *shares, constant = mixture(parts, row_weights[others], log.rewards[others])
        under[own] = np.array(shares) @ guessed.target[:, own] + constant
        at[own] = np.array(shares) @ guessed.logged[:, own] + constant
    return under, log.rewards - at


def _shrunk(row_weights: Floats) -> Iterator[tuple[str, Floats]]:
    """Give shrunk weights, by estimator: from DM, which has none left, to nearly whole."""
    yield "DM", np.zeros_like(row_weights)
    largest = max(float(row_weights.max()), 2.0)
    for least in np.geomspace(0.5, largest, SHRINKAGES, endpoint=False):
        yield "SWITCH-DR", np.where(row_weights <= least, row_weights, 0.0)
    for scale in np.geomspace(0.1, 100 * largest**2, SHRINKAGES):
        yield "DRos", scale * row_weights / (row_weights**2 + scale)


def _without_models(log: Log, row_weights: Floats) -> Iterator[Valued]:
    """Value by weights alone."""
    total = float(row_weights.sum())
    earned = row_weights * log.rewards
    yield Valued("IPS", float(earned.mean()), _error(earned, log), 0.0)
    if total > 0:
        value = float(earned.sum()) / total
        scale = len(row_weights) / total
        left = row_weights * (log.rewards - value) * scale
        yield Valued("SNIPS", value, _error(left, log), 0.0)


def _error(terms: Floats, log: Log) -> float:
    """Give the standard error of a mean around 0 of terms, summed by person first."""
    n_people = log.n_people
    by_person = np.bincount(log.people, terms, n_people)
    return math.sqrt(float(by_person @ by_person) * n_people / max(n_people - 1, 1)) / len(terms)


def _bias(missed: Floats, log: Log) -> float:
    """Bound the mean of what shrinking leaves out: its estimate and one standard error."""
    return abs(float(missed.mean())) + _error(missed, log)
