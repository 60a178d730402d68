"""Rivals with a state for each student: IRT, BKT and Elo; each predicts from earlier answers only.

IRT: one- and two-parameter models, calibrated by marginal maximum likelihood (EM over 41 nodes,
priors ln a ~ N(0, 0.3²), b ~ N(0, 1); Bock and Aitkin 1981), ability by its posterior mean
chance after every answer. BKT: Corbett and Anderson 1995, four numbers a skill by EM, guess and
slip at most one half. Elo: Pelánek 2016 with a term for each student and skill beside the student's
own, steps a / (1 + b n); a, b and the size of the skill's step are the best of a grid on a quarter
of the training students. Where a set has no items, the skill stands for the item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from math import exp

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from tracing_sets import Answers, Floats, Ints, previous

__all__ = ["FOLDED", "bkt", "elo", "irt"]

Mask = NDArray[np.bool_]

_NODES = np.linspace(-4.0, 4.0, 41)
_ROUNDS = 10
_STEPS = tuple(product((0.3, 0.6, 1.0), (0.03, 0.1), (0.3, 1.0)))


def irt(answers: Answers, train: Mask, *, has_slopes: bool) -> Floats:
    """Calibrate on some students and predict the others, answer by answer."""
    item = answers.skill if answers.item is None else answers.item
    a, b = _calibrated(answers.rows(train), item[train], int(item.max()) + 1, has_slopes=has_slopes)
    test, thing = answers.rows(~train), item[~train]
    odds = a[thing, None] * (_NODES - b[thing, None])
    chance = 1.0 / (1.0 + np.exp(-odds))
    gained = test.correct[:, None] * odds - np.logaddexp(0.0, odds)
    before = np.cumsum(gained, axis=0) - gained
    first = previous(test.student) == 0
    start = np.flatnonzero(first)[np.cumsum(first) - 1]
    belief = before - before[start] - 0.5 * _NODES**2
    belief = np.exp(belief - belief.max(axis=1, keepdims=True))
    return np.asarray((belief * chance).sum(axis=1) / belief.sum(axis=1))


def _calibrated(
    answers: Answers, item: Ints, n_items: int, *, has_slopes: bool
) -> tuple[Floats, Floats]:
    log_a, b = np.zeros(n_items), np.zeros(n_items)
    rows = np.arange(len(item))
    right = answers.correct.astype(np.float64)
    by_item = csr_matrix((np.ones(len(item)), (item, rows)), shape=(n_items, len(item)))
    by_right = csr_matrix((right, (item, rows)), shape=(n_items, len(item)))
    starts = np.flatnonzero(previous(answers.student) == 0)
    student = np.cumsum(previous(answers.student) == 0) - 1
    for _ in range(_ROUNDS):
        odds = np.exp(log_a)[item, None] * (_NODES - b[item, None])
        gained = np.add.reduceat(right[:, None] * odds - np.logaddexp(0.0, odds), starts)
        belief = gained - 0.5 * _NODES**2
        belief = np.exp(belief - belief.max(axis=1, keepdims=True))
        belief /= belief.sum(axis=1, keepdims=True)
        met, won = by_item @ belief[student], by_right @ belief[student]
        for _ in range(3):
            slope = np.exp(log_a)[:, None]
            away = _NODES - b[:, None]
            chance = 1.0 / (1.0 + np.exp(-slope * away))
            pull, weight = won - met * chance, met * chance * (1.0 - chance)
            down = (-slope * pull).sum(axis=1) - b
            b = np.clip(b + down / ((slope**2 * weight).sum(axis=1) + 1.0), -6.0, 6.0)
            if has_slopes:
                up = (pull * slope * away).sum(axis=1) - log_a / 0.09
                bend = (weight * (slope * away) ** 2).sum(axis=1) + 1.0 / 0.09
                log_a = np.clip(log_a + up / bend, -2.0, 2.0)
    return np.exp(log_a), b


def bkt(answers: Answers, train: Mask) -> Floats:
    """Fit four numbers for each skill by EM and predict the others."""
    n_skills = int(answers.skill.max()) + 1
    known = np.tile(np.array([0.4, 0.1, 0.2, 0.1]), (n_skills, 1))
    learned = answers.rows(train)
    chains = _chains(learned)
    for _ in range(_ROUNDS):
        known = _improved(known, learned, chains, n_skills)
    met = np.bincount(learned.skill, minlength=n_skills)
    known[met == 0] = np.average(known, axis=0, weights=met)
    test = answers.rows(~train)
    prior, _ = _forward(known, test, _chains(test))
    guess, slip = known[test.skill, 2], known[test.skill, 3]
    return np.asarray(prior * (1.0 - slip) + (1.0 - prior) * guess)


def _chains(answers: Answers) -> list[tuple[Ints, Ints]]:
    """Give, turn by turn, the rows of each student and skill, and the rows before them."""
    nth = previous(answers.student, answers.skill)
    order = np.lexsort((np.arange(len(nth)), answers.skill, answers.student))
    before = np.full(len(nth), -1)
    before[order[1:]] = order[:-1]
    by_turn = np.split(np.argsort(nth, kind="stable"), np.cumsum(np.bincount(nth))[:-1])
    return [(rows, before[rows]) for rows in by_turn]


def _forward(
    known: Floats, answers: Answers, chains: list[tuple[Ints, Ints]]
) -> tuple[Floats, Floats]:
    """Give what was believed before and after each answer."""
    prior, after = np.empty(len(answers.skill)), np.empty(len(answers.skill))
    start, learns, guess, slip = known[answers.skill].T
    for turn, (rows, before) in enumerate(chains):
        here = start[rows]
        if turn:
            here = after[before] + (1.0 - after[before]) * learns[rows]
        right = answers.correct[rows] == 1
        knows = here * np.where(right, 1.0 - slip[rows], slip[rows])
        not_yet = (1.0 - here) * np.where(right, guess[rows], 1.0 - guess[rows])
        prior[rows], after[rows] = here, knows / (knows + not_yet)
    return prior, after


def _improved(
    known: Floats, answers: Answers, chains: list[tuple[Ints, Ints]], n_skills: int
) -> Floats:
    prior, after = _forward(known, answers, chains)
    smooth, moved = after.copy(), np.zeros(len(after))
    has_next = np.zeros(len(after), dtype=bool)
    learns = known[answers.skill, 1]
    for rows, before in reversed(chains[1:]):
        ratio = smooth[rows] / np.maximum(prior[rows], 1e-9)
        smooth[before] = np.clip(after[before] * ratio, 0.0, 1.0)
        moved[before] = (1.0 - after[before]) * learns[rows] * ratio
        has_next[before] = True
    skill, right = answers.skill, answers.correct
    first = np.zeros(len(after), dtype=bool)
    first[chains[0][0]] = True

    def share(part: Floats, whole: Floats, which: Mask) -> Floats:
        up = np.bincount(skill[which], part[which], n_skills)
        return np.asarray((up + 0.5) / (np.bincount(skill[which], whole[which], n_skills) + 2.0))

    every, one = np.ones(len(after), dtype=bool), np.ones(len(after))
    return np.column_stack(
        [
            np.clip(share(smooth, one, first), 0.01, 0.99),
            np.clip(share(moved, 1.0 - smooth, has_next), 0.001, 0.9),
            np.clip(share((1.0 - smooth) * right, 1.0 - smooth, every), 0.01, 0.5),
            np.clip(share(smooth * (1 - right), smooth, every), 0.01, 0.5),
        ]
    )


def elo(answers: Answers, train: Mask) -> Floats:
    """Choose steps on a part of the training students, then predict the others."""
    item = answers.skill if answers.item is None else answers.item
    columns = (answers.student, item, answers.skill, answers.correct)
    learned = tuple(column[train] for column in columns)
    held = learned[0] % 4 == 0
    right = learned[3][held]
    best, steps = np.inf, _STEPS[0]
    for tried in _STEPS:
        chance = _rated(learned, ~held, tried)
        loss = -np.log(np.where(right == 1, chance, 1.0 - chance)).mean()
        if loss < best:
            best, steps = loss, tried
    return _rated(columns, train, steps)


def _rated(columns: tuple[Ints, ...], train: Mask, steps: tuple[float, float, float]) -> Floats:
    """Rate students and items; what is learned of items stands still while others are predicted."""
    a, b, share = steps
    hard: dict[int, float] = {}
    met: dict[int, int] = {}
    chances = []
    for part in (train, ~train):
        is_test = part is not train
        own: dict[int, tuple[float, int]] = {}
        skills: dict[tuple[int, int], tuple[float, int]] = {}
        for student, item, skill, right in zip(*(c[part].tolist() for c in columns), strict=True):
            able, n = own.get(student, (0.0, 0))
            more, m = skills.get((student, skill), (0.0, 0))
            chance = 1.0 / (1.0 + exp(hard.get(item, 0.0) - able - more))
            chances.append(chance)
            off = right - chance
            own[student] = (able + a / (1.0 + b * n) * off, n + 1)
            skills[student, skill] = (more + share * a / (1.0 + b * m) * off, m + 1)
            if not is_test:
                k = met.get(item, 0)
                hard[item] = hard.get(item, 0.0) - 1.0 / (1.0 + 0.05 * k) * off
                met[item] = k + 1
    return np.clip(chances[int(train.sum()) :], 1e-6, 1.0 - 1e-6)


FOLDED: Mapping[str, Callable[[Answers, Mask], Floats]] = {
    "IRT 1PL": lambda answers, train: irt(answers, train, has_slopes=False),
    "IRT 2PL": lambda answers, train: irt(answers, train, has_slopes=True),
    "BKT": bkt,
    "Elo": elo,
}
