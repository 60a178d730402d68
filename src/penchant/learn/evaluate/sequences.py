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

__all__ = ["Walk", "evidence", "gain_sequence", "sequence", "walked"]

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

    `kept` is 1 - r of each row: what whoever logged left on the table.
    """

    below: _Terms
    above: _Terms
    people: Ints
    kept: Floats


def walked(log: Log) -> Walk:
    """Walk through a log in the order of its times, guessing each row from those before it."""
    people = _by_coming(log.people)
    below, above = _predicted(log, people)
    return Walk(below, above, people, 1.0 - log.rewards)


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
    """Give the same of how much more the target earns than whoever logged, in -1..1.

    Source: as for `sequence`; w r + 1 - r is never below 0, and half of it is bet on.
    """
    below = _halved(walk.below, walk.kept)
    above = _halved(walk.above, 1.0 - walk.kept)
    low, high = (_least(_bets(one, walk.people, alpha), alpha) for one in (below, above))
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
    blocks: Ints = by_unit[units]
    return blocks


def _predicted(log: Log, units: Ints) -> tuple[_Terms, _Terms]:
    """Guess every row from the blocks before its own; give the terms of both sides."""
    blocks, row_weights = _blocks(units), log.weights
    n_blocks, n = int(blocks.max()) + 1, len(blocks)
    design = design_of(log, waves=WAVES)
    sums, usual = no_sums(design, log.target.shape[1]), 0.5
    least = float(log.propensities.min())
    kept = np.full((3, n), 0.5)  # at the logged action, under the target, reach below
    reach_above = 0.5 * log.target.max(axis=1) / least
    reach_below = reach_above.copy()
    past: list[tuple[Ints, Guesses]] = []
    for block in range(1, n_blocks):
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
            kept[0, part] = mixed[here, took]
            kept[1, part] = (mixed * wanted).sum(axis=1)
            reach_below[part] = (mixed * wanted).max(axis=1) / least
            reach_above[part] = ((1.0 - mixed) * wanted).max(axis=1) / least
        past.append((rows, own))
    return (
        _Terms(row_weights * log.rewards, row_weights * kept[0], kept[1], reach_below),
        _Terms(
            row_weights * (1.0 - log.rewards),
            row_weights * (1.0 - kept[0]),
            1.0 - kept[1],
            reach_above,
        ),
    )


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
    for part in PARTS:
        stake = np.minimum(part * wanted, MOST_LOST / (2.0 * most))
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
