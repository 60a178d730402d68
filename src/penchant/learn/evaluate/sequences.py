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
    design_of,
    guesses,
    mixture,
    sums_by,
    weights,
)

__all__ = ["sequence"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_BLOCK = 200  # rows before the first model; guesses are the middle of the range until then
GROWTH = 1.6  # a model is fitted anew when the log has grown by so much
TIGHT_AT = 8_000  # rows at which the interval is at its tightest
TIGHT_SHARE = 0.5  # of the stake on the bet that is right there
LENGTHS = np.geomspace(30, 3e6, 11)  # rows for which the other bets are right
MOST_LOST = 0.9  # of a bet's stake in one row
PRIOR_ROWS = 10.0  # how strongly a spread of 1 is believed beforehand
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


def sequence(log: Log, alpha: float) -> tuple[float, float]:
    """Give the ends, in rewards of 0..1, of an interval that holds at every look.

    The lower end bets on w r with guesses q taken off and added again under the target; the upper
    end is 1 less the lower end of 1 - r, since E[w] = 1.

    Args:
        log: In the order of its times.
        alpha: The interval misses the truth at any look at all in this share of logs.

    Source: Waudby-Smith, Ramdas 2024, "Estimating means of bounded random variables by betting",
    section 4; Waudby-Smith, Wu, Ramdas, Karampatziakis, Mineiro 2024, "Anytime-valid off-policy
    inference for contextual bandits", section 3; a mixture of stakes in place of one.
    """
    units = _units(log.people)
    below, above = _predicted(log, units)
    low = _least(_bets(below, units, alpha), alpha)
    high = 1.0 - _least(_bets(above, units, alpha), alpha)
    return low, high


def _units(people: Ints) -> Ints:
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
    design = design_of(log)
    squares, products, mean = sums_by(design, log, blocks, n_blocks)
    least = float(log.propensities.min())
    kept = np.full((3, n), 0.5)  # at the logged action, under the target, reach below
    reach_above = 0.5 * log.target.max(axis=1) / least
    reach_below = reach_above.copy()
    past: list[tuple[Ints, Guesses]] = []
    for block in range(1, n_blocks):
        models = weights(design, squares[:block].sum(axis=0), products[:block].sum(axis=0))
        shares = _shares(past, row_weights, log.rewards, len(models))
        rows = np.flatnonzero(blocks == block)
        own = Guesses(np.empty((len(models), len(rows))), np.empty((len(models), len(rows))))
        done = 0
        for part, guessed in guesses(design, log, rows, models, mean):
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
    """Lay the bets of one side: a stake for each length of log, and the guesses it can bear.

    A stake s bears a loss of at most `MOST_LOST` / s, so guesses are scaled down where a row could
    lose more by them; without guesses a row loses at most m, and m is at most 1.
    """
    counts = np.bincount(units).astype(np.float64)
    most = float(counts.max())
    centred = terms.earned - terms.at + terms.under
    spread = _spread_before(np.bincount(units, centred).astype(np.float64))
    lengths = np.array([TIGHT_AT, *LENGTHS])
    scale = math.sqrt(len(units) / len(counts))  # people come fewer than rows
    stakes = math.sqrt(2 * math.log(2 / alpha)) / np.sqrt(lengths)[:, None] * scale / spread
    stakes = np.minimum(stakes, MOST_LOST / (2.0 * most))
    bears = np.maximum(MOST_LOST / (stakes[:, units] * most) - 1.0, 0.0)
    borne = np.minimum(1.0, bears / np.maximum(terms.reach, 1e-12))
    rows = terms.earned + borne * (terms.under - terms.at)
    sums = np.array([np.bincount(units, row) for row in rows], dtype=np.float64)
    shares = np.array([TIGHT_SHARE, *[(1 - TIGHT_SHARE) / len(LENGTHS)] * len(LENGTHS)])
    return _Bets(stakes, sums, counts, np.log(shares))


def _spread_before(sums: Floats) -> Floats:
    """Give the standard deviation of all units before each one, (u,)."""
    n = np.arange(len(sums)) + PRIOR_ROWS
    first = np.concatenate([[0.0], np.cumsum(sums)[:-1]])
    second = np.concatenate([[0.0], np.cumsum(sums**2)[:-1]])
    mean = (first + PRIOR_ROWS / 2) / n
    spread: Floats = np.sqrt(np.maximum((second + PRIOR_ROWS) / n - mean**2, 1e-4))
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
    most = float(gains.max())
    return most + math.log(float(np.exp(gains - most).sum()))
