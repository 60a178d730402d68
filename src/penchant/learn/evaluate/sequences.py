"""Sequences: an interval that holds at every look at a growing log, by betting.

Loop: Learn. Somebody who bets, row after row, that the value is higher than m cannot expect to win
if m is true; the values of m against which they have won much are left out. Bets of many sizes are
held at once, so that some size is right at every length of the log.
Rule 1: each bet is made before its row is seen: by guesses from earlier rows alone.
Rule 2: a person's rows make one bet, in the order in which people first came.
Notation: q(x, a) the guess, w = pi / p, m a value put to the test.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from penchant.learn.evaluate.log import Log
from penchant.learn.evaluate.reward_models import (
    Guesses,
    add_rows,
    design_of,
    guesses,
    mixture,
    models_of,
    no_sums,
)

__all__ = ["Walk", "evidence", "gain_sequence", "mean_sequence", "sequence", "walked"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_BLOCK = 200  # rows before the first model; guesses are the middle of the range until then
WAVES = 192  # fewer than of the fixed interval: models are fitted many times
GROWTH = 1.6  # a model is fitted anew when the log has grown by so much
TIGHT_AT = 8_000  # rows at which the interval is at its tightest
TIGHT_SHARE = 0.5  # of the stake on the bet that is right there
LENGTHS = np.geomspace(30, 3e6, 11)  # rows for which the other bets are right
MOST_LOST = 0.9  # of a bet's stake in one row
PRIOR_VARIANCE = 0.25  # of a person's part, believed beforehand as strongly as one person
PARTS = (1.0, 0.5, 0.25, 0.125, 0.0625)  # of a stake, to choose among
STEPS = 50  # of the bisection: ends are right to 1e-15 of the range


class _Terms(NamedTuple):
    """What the rows give to one side: w r, guesses at the logged action and under the target.

    `reach` is the most w q(x, a) could have been, by the least propensity of the log.
    """

    earned: Floats
    at: Floats
    under: Floats
    reach: Floats


class _Bets(NamedTuple):
    """Stakes lambda (J, u) on people, their sums (J, u), their counts (u,), log shares (J,)."""

    stakes: Floats
    sums: Floats
    counts: Floats
    shares: Floats


class Walk(NamedTuple):
    """A log walked through once: the terms of both sides, and each row's person, by first coming.

    `better` and `worse` are the terms of half of 1 more than the gain, and of 1 less the gain.
    """

    below: _Terms
    above: _Terms
    better: _Terms
    worse: _Terms
    people: Ints


def walked(log: Log, against: Floats | None = None) -> Walk:
    """Walk through a log in the order of its times, guessing each row from those before it.

    Args:
        log: Its target is the policy asked about.
        against: (n, K) propensities of the policy it is held against; None for whoever logged.
    """
    people = _by_coming(log.people)
    found = _predicted(log, people, against)
    weights, rewards = log.weights, log.rewards
    below, above = (
        _Terms(weights * earned, weights * at, under, reach)
        for earned, at, under, reach in (
            (rewards, found.at, found.under, found.reach[0]),
            (1.0 - rewards, 1.0 - found.at, 1.0 - found.under, found.reach[1]),
        )
    )
    if against is None:
        better, worse = _halved(below, 1.0 - rewards), _halved(above, rewards)
    else:
        better, worse = _apart(log, found, against)
    return Walk(below, above, better, worse, people)


def mean_sequence(values: Floats, people: Ints, alpha: float) -> tuple[float, float]:
    """Give the ends of an interval of a plain mean that holds at every look.

    Args:
        values: (n,) in 0..1, in the order of their times.
        people: (n,) whose each is; those of a person make one bet.
        alpha: As for `sequence`.

    Example:
        >>> low, high = mean_sequence(np.arange(2_000) % 4 / 3.0, np.arange(2_000), 0.05)
        >>> low < 0.5 < high
        True

    Source: as for `sequence`, with every weight 1 and nothing guessed.
    """
    none, units = np.zeros(len(values)), _by_coming(people)
    low, high = (
        _least(_bets(_Terms(one, none, none, none), units, alpha), alpha)
        for one in (values, 1.0 - values)
    )
    return low, 1.0 - high


def sequence(walk: Walk, alpha: float) -> tuple[float, float]:
    """Give the ends, in rewards of 0..1, of an interval that holds at every look.

    The lower end bets on w r with guesses q taken off and added again under the target; the upper
    end is 1 less the lower end of 1 - r, since E[w] = 1.

    Args:
        walk: Through the log.
        alpha: The interval misses the truth at any look at all in this share of logs.

    Source: Waudby-Smith, Ramdas 2024, "Estimating means of bounded random variables by betting",
    section 4; Waudby-Smith, Wu, Ramdas, Karampatziakis, Mineiro 2024, "Anytime-valid off-policy
    inference for contextual bandits", section 3; a mixture of stakes in place of one.
    """
    below, above = (_bets(one, walk.people, alpha) for one in (walk.below, walk.above))
    return _least(below, alpha), 1.0 - _least(above, alpha)


def gain_sequence(walk: Walk, alpha: float) -> tuple[float, float]:
    """Give the same of how much more the target earns than the policy it is held against, -1..1.

    Source: as for `sequence`. With v = pi' / p of the other policy, w r + v (1 - r) is never below
    0 and 1 + gain on average, since E[v] = 1; half of it is bet on. Whoever logged has v = 1.
    """
    low, high = (_least(_bets(one, walk.people, alpha), alpha) for one in (walk.better, walk.worse))
    return 2.0 * low - 1.0, 1.0 - 2.0 * high


def evidence(walk: Walk, reward: float, alpha: float) -> tuple[Floats, Floats]:
    """Give what bets that the value is above, and below, a reward of 0..1 have won by each person.

    The value differs from that reward, and somebody who looks at every step is wrong in a share of
    alpha at most, once either exceeds 2 / alpha.

    Args:
        walk: Through the log.
        reward: The value put to the test, in 0..1.
        alpha: As for `sequence`.

    Returns:
        Two arrays (u,), a number for each person in the order in which they came: the log of what 1
        has become.
    """
    below, above = (_bets(one, walk.people, alpha) for one in (walk.below, walk.above))
    return _won_by(below, reward), _won_by(above, 1.0 - reward)


def _halved(terms: _Terms, kept: Floats) -> _Terms:
    """Give the terms of half of w r + 1 - r."""
    return _Terms((terms.earned + kept) / 2, terms.at / 2, terms.under / 2, terms.reach / 2)


def _apart(log: Log, found: "_Found", against: Floats) -> tuple[_Terms, _Terms]:
    """Give the terms of half of w r + v (1 - r), and of half of w (1 - r) + v r."""
    here, rewards, at = log.weights, log.rewards, found.at
    other = against[np.arange(len(at)), log.actions] / log.propensities
    gain = found.under - found.under_other
    better = _Terms(
        (here * rewards + other * (1.0 - rewards)) / 2,
        (here * at + other * (1.0 - at)) / 2,
        (1.0 + gain) / 2,
        found.reach[2],
    )
    worse = _Terms(
        (here * (1.0 - rewards) + other * rewards) / 2,
        (here * (1.0 - at) + other * at) / 2,
        (1.0 - gain) / 2,
        found.reach[3],
    )
    return better, worse


def _by_coming(people: Ints) -> Ints:
    """Number people by the order in which they first came."""
    _, first, place = np.unique(people, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[place]


def _blocks(units: Ints) -> Ints:
    """Give each row its block: whole people, each block larger than those before it."""
    counts = np.bincount(units)
    ends, end = [], float(FIRST_BLOCK)
    while end < len(units):
        ends.append(end)
        end *= GROWTH
    rows_before = np.cumsum(counts) - counts
    by_unit = np.searchsorted(np.array(ends), rows_before, side="right")
    by_unit = np.unique(by_unit, return_inverse=True)[1]  # one person may span several blocks
    blocks: Ints = by_unit[units]
    return blocks


class _Found(NamedTuple):
    """Guesses q of each row from those before it: at the logged action, under both policies.

    `reach` (4, n): the most that w q could have been, w (1 - q), and both with the other policy's.
    """

    at: Floats
    under: Floats
    under_other: Floats
    reach: Floats


def _predicted(log: Log, units: Ints, against: Floats | None) -> _Found:
    """Guess every row from the blocks before its own."""
    blocks, row_weights = _blocks(units), log.weights
    design = design_of(log, waves=WAVES)
    sums, usual = no_sums(design, log.target.shape[1]), 0.5
    least = float(log.propensities.min())
    held = np.zeros((1, log.target.shape[1])) if against is None else against
    at, under, other = np.full((3, len(blocks)), 0.5)
    found = _Found(at, under, other, _reach(np.array(0.5), log.target, held, least))
    past: list[tuple[Ints, Guesses]] = []
    for block in range(1, int(blocks.max()) + 1):
        add_rows(sums, design, log, np.flatnonzero(blocks == block - 1), usual=usual)
        models = models_of(design, sums)
        shares = _shares(past, row_weights, log.rewards, len(models))
        rows = np.flatnonzero(blocks == block)
        own = Guesses(np.empty((len(models), len(rows))), np.empty((len(models), len(rows))))
        done = 0
        for part, guessed in guesses(design, log, rows, models, usual):
            here, took, wanted = np.arange(len(part)), log.actions[part], log.target[part]
            place = slice(done, done := done + len(part))
            own.logged[:, place] = guessed[:, here, took]
            own.target[:, place] = np.einsum("jnk,nk->jn", guessed, wanted)
            mixed = np.clip(np.tensordot(shares[:-1], guessed, 1) + shares[-1], 0.0, 1.0)
            rival = held if against is None else held[part]
            found.at[part] = mixed[here, took]
            found.under[part] = (mixed * wanted).sum(axis=1)
            found.under_other[part] = (mixed * rival).sum(axis=1)
            found.reach[:, part] = _reach(mixed, wanted, rival, least)
        past.append((rows, own))
    return found


def _reach(guessed: Floats, wanted: Floats, other: Floats, least: float) -> Floats:
    """Give the most that the guessed terms could be at the least propensity, (4, n)."""
    good, bad = guessed * wanted, (1.0 - guessed) * wanted
    better = (good + (1.0 - guessed) * other) / 2
    worse = (bad + guessed * other) / 2
    return np.stack([one.max(axis=1) for one in (good, bad, better, worse)]) / least


def _shares(
    past: list[tuple[Ints, Guesses]], row_weights: Floats, rewards: Floats, n_models: int
) -> Floats:
    """Mix the models by how they guessed earlier rows; evenly where there are none yet."""
    if not past:
        return np.array([*[1.0 / n_models] * n_models, 0.0])
    rows = np.concatenate([one for one, _ in past])
    whole = Guesses(
        np.concatenate([one.logged for _, one in past], axis=1),
        np.concatenate([one.target for _, one in past], axis=1),
    )
    return mixture(whole, row_weights[rows], rewards[rows])


def _bets(terms: _Terms, units: Ints, alpha: float) -> _Bets:
    """Lay the bets of one side: a stake for each length of log, and the guesses it can bear."""
    counts = np.bincount(units).astype(np.float64)
    most = float(counts.max())
    centred = terms.earned - terms.at + terms.under
    spread = _spread_before(np.bincount(units, centred).astype(np.float64))
    lengths = np.array([TIGHT_AT, *LENGTHS])
    scale = math.sqrt(len(units) / len(counts))  # people come fewer than rows
    errors = math.sqrt(2 * math.log(2 / alpha)) * scale / np.sqrt(lengths)
    laid = [_bet(terms, units, error / spread, error * spread, most) for error in errors]
    shares = np.array([TIGHT_SHARE, *[(1 - TIGHT_SHARE) / len(LENGTHS)] * len(LENGTHS)])
    stakes, sums = (np.array(one) for one in zip(*laid, strict=True))
    return _Bets(stakes, sums, counts, np.log(shares))


def _bet(
    terms: _Terms, units: Ints, wanted: Floats, apart: Floats, most: float
) -> tuple[Floats, Floats]:
    """Give one bet's stakes and sums (u,): of some part of the stake wanted, whichever would win.

    A stake s bears a loss of at most `MOST_LOST` / s, so guesses are scaled down where a row could
    lose more by them: a smaller stake keeps more of the guesses. By earlier people alone that part
    is taken with which a value so far `apart` would have been found out soonest.
    """
    stakes, sums, growth = [], [], []
    largest = MOST_LOST / ((2.0 if terms.reach.any() else 1.0) * most)  # half is for guesses
    for part in PARTS:
        stake = np.minimum(part * wanted, largest)
        bears = np.maximum(MOST_LOST / (stake[units] * most) - 1.0, 0.0)
        borne = np.minimum(1.0, bears / np.maximum(terms.reach, 1e-12))
        rows = terms.earned + borne * (terms.under - terms.at)
        total = np.bincount(units, rows).astype(np.float64)
        stakes.append(stake)
        sums.append(total)
        growth.append(stake * apart - stake**2 * _spread_before(total) ** 2 / 2)
        if part == 1.0 and borne.min() == 1.0:  # nothing is lost, so no smaller part does better
            break
    best = np.argmax(growth, axis=0)[None]
    return (
        np.take_along_axis(np.array(stakes), best, 0)[0],
        np.take_along_axis(np.array(sums), best, 0)[0],
    )


def _spread_before(sums: Floats) -> Floats:
    """Give the standard deviation of all units before each one, (u,)."""
    n = np.maximum(np.arange(len(sums)), 1.0)
    first = np.concatenate([[0.0], np.cumsum(sums)[:-1]])
    second = np.concatenate([[0.0], np.cumsum(sums**2)[:-1]])
    variance = np.maximum(second / n - (first / n) ** 2, 0.0)
    spread: Floats = np.sqrt((variance * n + PRIOR_VARIANCE) / (n + 1.0))
    return spread


def _least(bets: _Bets, alpha: float) -> float:
    """Give the least m against which the bets have not won 2 / alpha."""
    low, high = 0.0, 1.0
    if _won(bets, 0.0) < math.log(2 / alpha):
        return 0.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if _won(bets, middle) < math.log(2 / alpha):
            high = middle
        else:
            low = middle
    return low


def _won(bets: _Bets, m: float) -> float:
    """Give the log of what the bets together have made of 1 against m."""
    gains = np.log1p(bets.stakes * (bets.sums - m * bets.counts)).sum(axis=1) + bets.shares
    return float(np.logaddexp.reduce(gains))


def _won_by(bets: _Bets, m: float) -> Floats:
    """Give the same by each person, (u,)."""
    gains = np.log1p(bets.stakes * (bets.sums - m * bets.counts)).cumsum(axis=1)
    together: Floats = np.logaddexp.reduce(gains + bets.shares[:, None], axis=0)
    return together
