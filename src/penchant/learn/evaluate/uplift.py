"""Uplift: for whom does an action change the reward, and is that more than chance?

Loop: Learn. From a trial of doing against not doing, a score of what doing adds for each person.
Rule 1: a score is learned from other people than it is judged on.
Rule 2: a feature counts only for what it shows beyond chance; where none shows anything, nobody is
told apart.
Notation: t done or not, e its propensity, m_t(x) the reward guessed, phi the gain of one row.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.errors import BadInput
from penchant.learn.evaluate.reading import check_lengths, features, ids, numbers
from penchant.learn.evaluate.resampling import FEWEST_GROUPS, rows_like
from penchant.learn.evaluate.trial import FARTHEST, check_finite, checked_trial

__all__ = ["Heterogeneity", "Uplift", "fit_uplift", "gains", "heterogeneity", "qini"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
PENALTY = 10.0  # of the guesses of rewards, in rows
CHANCE = 9.0  # squared standard errors that a feature's part must exceed to count at all
LEAST_SPREAD = 1e-9  # of a feature, beside its largest value: below, it is rounding
SURE = 0.01  # the test finds heterogeneity by chance in this share of trials without any
FEWEST = 100  # rows on either side


class Uplift(NamedTuple):
    """What doing adds: `usual` on average, and by each feature, which has mean and spread."""

    usual: float
    parts: Floats
    means: Floats
    spreads: Floats

    def scores(self, contexts: Floats) -> Floats:
        """Give what doing adds for each row, (n,), in the unit of the rewards.

        Raises:
            BadInput: When contexts have other features than were learned from, or hold no number.
        """
        asked = features(contexts)
        if asked.shape[1] != len(self.means):
            raise BadInput(
                f"`contexts` has {asked.shape[1]} features, but what doing adds was learned from "
                f"{len(self.means)}. Give the same, in the same order."
            )
        check_finite("contexts", asked)
        score: Floats = self.usual + (asked - self.means) / self.spreads @ self.parts
        return score


class Heterogeneity(NamedTuple):
    """Whether anybody gains more than others; `slope` is 1 where the scores are right."""

    slope: float
    errors: float
    chance: float

    @property
    def is_found(self) -> bool:
        """Whether it is more than chance."""
        return self.chance < SURE

    @property
    def sentence(self) -> str:
        """Say it in words."""
        if self.is_found:
            return (
                f"Some gain more than others: {self.errors:.1f} standard errors from all the same."
            )
        return "No heterogeneity found: with this trial, nobody can be told to gain more."


def gains(
    done: Ints,
    rewards: Floats,
    contexts: Floats,
    propensity: Floats,
    *,
    people: Sequence[object] | Ints | None = None,
) -> Floats:
    """Give phi of each row: unbiased for what doing adds there, whatever the guesses are worth.

    Args:
        done: (n,) 1 where it was done, else 0.
        rewards: (n,).
        contexts: (n, d).
        propensity: (n,) of doing it, between 0 and 1.
        people: (n,) whose row it is; None where each row is another person.

    Raises:
        BadInput: When there are too few rows or people, or they make no trial; see `checked_trial`.

    Source: Kennedy 2020, "Towards optimal doubly robust estimation of heterogeneous causal
    effects", algorithm 1: m1 - m0 + t (y - m1) / e - (1 - t)(y - m0) / (1 - e).
    """
    done, rewards, propensity = checked_trial(done, rewards, propensity, contexts=contexts)
    contexts = features(contexts)
    for how, chance in (("with", propensity[done == 1]), ("without", 1 - propensity[done == 0])):
        like = rows_like(1 / chance)
        if like < FEWEST:
            raise BadInput(
                f"A trial needs at least {FEWEST} rows with and without the action; those {how} "
                f"it are {len(chance)}, and by their propensities weigh like {like:.0f}."
            )
    folds = _folds(_places(people, len(done), "done"))
    guessed = np.empty((2, len(done)))
    for fold in range(FOLDS):
        own = folds == fold
        for side in (0, 1):
            seen = ~own & (done == side)
            guessed[side, own] = _ridge(contexts[seen], rewards[seen], contexts[own])
    without, with_it = guessed
    phi: Floats = (
        with_it
        - without
        + done * (rewards - with_it) / propensity
        - (1 - done) * (rewards - without) / (1 - propensity)
    )
    return phi


def fit_uplift(phi: Floats, contexts: Floats) -> Uplift:
    """Learn what doing adds from the gains of rows.

    Each feature is taken for what it shows alone, shrunk by how far that is beyond chance; a ridge
    regression of all features would let many small noises outweigh the few that matter.

    Args:
        phi: (n,) from `gains`.
        contexts: (n, d).

    Source: the DR-learner of Kennedy 2020; James, Stein 1961, positive part, feature by feature.

    Example:
        >>> rows = np.arange(400.0)
        >>> fitted = fit_uplift((rows % 2) * 2.0, np.stack([rows % 2, rows // 2 % 2], axis=1))
        >>> fitted.scores(np.array([[0.0, 1.0], [1.0, 0.0]])).round(1).tolist()
        [0.0, 2.0]
    """
    phi, contexts = _checked(phi, contexts)
    means, spreads = _scale(contexts)
    standard = (contexts - means) / spreads
    apart = phi - phi.mean()
    part = standard.T @ apart / len(phi)
    left = standard * apart[:, None] - part
    error = np.sqrt((left**2).mean(axis=0) / len(phi))
    tells = part**2 > 0
    square = np.where(tells, part**2, 1.0)
    kept = np.where(tells, np.maximum(0.0, 1.0 - CHANCE * error**2 / square), 0.0)
    return Uplift(float(phi.mean()), part * kept, means, spreads)


def heterogeneity(
    phi: Floats, contexts: Floats, *, people: Sequence[object] | Ints | None = None
) -> Heterogeneity:
    """Test whether anybody gains more than others at all.

    Scores are learned from other people; what is tested is that gains rise with them.

    Args:
        phi: (n,) from `gains`.
        contexts: (n, d).
        people: (n,) whose row it is; None where each row is another person. Where people come
            more than once, their own rows would else teach the scores they are tested by.

    Raises:
        BadInput: When lengths differ, some hold no number, or there are too few people.

    Source: Chernozhukov, Demirer, Duflo, Fernandez-Val 2018, "Generic machine learning inference",
    theorem 2.1, the second coefficient of the best linear predictor; one-sided.
    """
    phi, contexts = _checked(phi, contexts)
    place = _places(people, len(phi), "phi")
    folds, scores = _folds(place), np.zeros(len(phi))
    for fold in range(FOLDS):
        own = folds == fold
        fitted = fit_uplift(phi[~own], contexts[~own])
        scores[own] = fitted.scores(contexts[own]) - fitted.usual
    apart = scores - scores.mean()
    square = float(apart @ apart)
    if square <= 0:
        return Heterogeneity(0.0, 0.0, 1.0)
    slope = float(apart @ phi) / square
    left = phi - phi.mean() - slope * apart
    by_person = np.bincount(place, apart * left)
    error = math.sqrt(float(by_person @ by_person)) / square
    errors = slope / error if error > 0 else math.inf
    return Heterogeneity(slope, errors, 1.0 - NormalDist().cdf(errors))


def qini(scores: Floats, done: Ints, rewards: Floats) -> float:
    """Give the Qini coefficient of scores: 0 for chance, 1 for knowing everybody's answer.

    Args:
        scores: (n,), who gains most first when sorted down.
        done: (n,) 1 where it was done.
        rewards: (n,) 0 or 1.

    Raises:
        BadInput: When one is missing, rewards are others or all the same, all were treated alike,
            or lengths differ.

    Source: Radcliffe 2007; as scikit-uplift's `qini_auc_score` with its defaults.
    """
    scores, took = numbers(scores, "scores"), numbers(done, "done")
    share = float(np.clip(took.mean(), 1e-9, 1 - 1e-9)) if len(took) else 0.5
    done, rewards, _ = checked_trial(took, rewards, np.full(len(took), share))
    check_lengths({"scores": scores}, len(took), "done")
    check_finite("scores", scores)
    if not np.isin(rewards, (0.0, 1.0)).all():
        raise BadInput("`rewards` must be 0 or 1, since Qini counts those who answered.")
    best = _area(*_qini_curve(rewards * done - rewards * (1 - done), done, rewards))
    if not best:
        raise BadInput("However people are ranked, it comes to the same, so a rank has no worth.")
    return _area(*_qini_curve(scores, done, rewards)) / best


def _qini_curve(scores: Floats, done: Ints, rewards: Floats) -> tuple[Floats, Floats]:
    """Give how many were reached, and how much more came of it; ties are taken at once."""
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    with_it = done[order].cumsum()[ends].astype(np.float64)
    earned = (rewards * done)[order].cumsum()[ends]
    other = (rewards * (1 - done))[order].cumsum()[ends]
    reached = ends + 1.0
    without = reached - with_it
    ratio = np.divide(with_it, without, out=np.zeros(len(ends)), where=without > 0)
    return np.append(0.0, reached), np.append(0.0, earned - other * ratio)


def _area(reached: Floats, more: Floats) -> float:
    """Give the area between a curve and the straight line to its end."""
    area = float(((more[1:] + more[:-1]) / 2 * np.diff(reached)).sum())
    return area - float(reached[-1] * more[-1] / 2)


def _places(people: Sequence[object] | Ints | None, n: int, beside: str) -> Ints:
    """Give the place of each row's person, (n,); rows are people where none are named.

    Raises:
        BadInput: When people are missing, of other rows, or too few.
    """
    if people is None:
        return np.arange(n)
    known = ids(people, "people")
    check_lengths({"people": known}, n, beside)
    _, place = np.unique(known, return_inverse=True)
    n_people = int(place.max(initial=-1)) + 1
    if n_people < FEWEST_GROUPS:
        raise BadInput(f"There are {n_people} people; it takes at least {FEWEST_GROUPS}.")
    return place.astype(np.int64)


def _folds(place: Ints) -> Ints:
    """Deal whole people to folds, always alike."""
    dealt = np.random.default_rng(0).permutation(int(place.max()) + 1) % FOLDS
    return dealt[place].astype(np.int64)


def _scale(contexts: Floats) -> tuple[Floats, Floats]:
    """Give means and spreads (d,) of features; the spread of one that hardly varies is 1."""
    means, spreads = contexts.mean(axis=0), contexts.std(axis=0)
    least = np.maximum(LEAST_SPREAD * np.abs(contexts).max(axis=0, initial=0.0), 1 / FARTHEST)
    return means, np.where(spreads > least, spreads, 1.0)


def _checked(phi: Floats, contexts: Floats) -> tuple[Floats, Floats]:
    """Give gains and contexts as arrays of as many rows.

    Raises:
        BadInput: When lengths differ, there are no rows, or some hold no number.
    """
    phi, contexts = numbers(phi, "phi"), features(contexts)
    check_lengths({"contexts": contexts}, len(phi), "phi")
    if len(phi) < FOLDS:
        raise BadInput(f"There are {len(phi)} gains; at least {FOLDS} are needed to compare them.")
    check_finite("phi", phi)
    check_finite("contexts", contexts)
    return phi, contexts


def _ridge(contexts: Floats, rewards: Floats, asked: Floats) -> Floats:
    """Guess rewards from contexts by ridge regression, clipped to what was seen."""
    means, spreads = _scale(contexts)
    columns, usual = (contexts - means) / spreads, rewards.mean()
    square = columns.T @ columns + PENALTY * np.eye(columns.shape[1])
    parts = np.linalg.solve(square, columns.T @ (rewards - usual))
    guessed: Floats = usual + (asked - means) / spreads @ parts
    return np.clip(guessed, rewards.min(), rewards.max())
