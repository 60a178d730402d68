"""Rivals that are logistic regressions on counts: PFA, Best-LR and DAS3H.

φ(x) = ln(1 + x); c and a count the right answers and all answers before a row. PFA: Pavlik, Cen and
Koedinger 2009, with φ of the counts as Gervet et al. do, which does better than the counts.
Best-LR: Gervet, Koedinger, Schneider and Mitchell, JEDM 2020: item and skill effects, skill counts
with a weight for each skill, counts of the item and of everything with one shared weight.
DAS3H: Choffin, Popineau, Bourda and Vie, EDM 2019, without student effects since students are
unseen: counts in windows of 1 h, 1 d, 7 d, 30 d and ever.
Each is `sklearn.linear_model.LogisticRegression`; its penalty is the published C = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from tracing_sets import Answers, Floats, Ints, previous

__all__ = ["LOGISTIC", "best_lr", "das3h", "pfa"]

WINDOWS = (3600.0, 86400.0, 7 * 86400.0, 30 * 86400.0, np.inf)


def pfa(answers: Answers) -> csr_matrix:
    """Give the features of PFA: skill effects, right and wrong answers of each skill."""
    right, tried = _counts(answers, answers.skill)
    skill = answers.skill
    won, lost = np.log1p(right), np.log1p(tried - right)
    return hstack([_hot(skill), _hot(skill, won), _hot(skill, lost)], format="csr")


def best_lr(answers: Answers) -> csr_matrix:
    """Give the features of Best-LR."""
    skill, item = answers.skill, answers.item
    right, tried = (np.log1p(one) for one in _counts(answers, skill))
    total = np.column_stack(_counts(answers, np.zeros_like(skill)))
    blocks = [_hot(skill), _hot(skill, right), _hot(skill, tried), csr_matrix(np.log1p(total))]
    if item is not None:
        own = np.column_stack(_counts(answers, item))
        blocks += [_hot(item), csr_matrix(np.log1p(own))]
    return hstack(blocks, format="csr")


def das3h(answers: Answers) -> csr_matrix:
    """Give the features of DAS3H; needs times."""
    skill, item = answers.skill, answers.item
    blocks = [_hot(skill)] + ([] if item is None else [_hot(item)])
    for right, tried in _windows(answers):
        blocks += [_hot(skill, np.log1p(right)), _hot(skill, np.log1p(tried))]
    return hstack(blocks, format="csr")


LOGISTIC: Mapping[str, Callable[[Answers], csr_matrix]] = {
    "PFA": pfa,
    "Best-LR": best_lr,
    "DAS3H": das3h,
}


def fitted(features: csr_matrix, correct: Ints, train: NDArray[np.bool_]) -> Floats:
    """Fit on some rows and give the probability of a right answer for all others."""
    model = LogisticRegression(C=1.0, max_iter=1000, solver="lbfgs")
    model.fit(features[train], correct[train])
    return np.asarray(model.predict_proba(features[~train])[:, 1])


def _counts(answers: Answers, key: Ints) -> tuple[Floats, Floats]:
    """Count right answers and all answers of a student to the same key before each row."""
    tried = previous(answers.student, key)
    order = np.lexsort((key, answers.student))
    running = np.cumsum(answers.correct[order]) - answers.correct[order]
    first = tried[order] == 0
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    right = np.empty(len(order))
    right[order] = running - running[start]
    return right, tried.astype(np.float64)


def _windows(answers: Answers) -> list[tuple[Floats, Floats]]:
    """Count right answers and all answers to the skill inside each window before each row."""
    if answers.at is None:
        msg = "DAS3H needs times."
        raise ValueError(msg)
    order = np.lexsort((answers.skill, answers.student))
    running = np.concatenate([[0], np.cumsum(answers.correct[order])])
    group = np.cumsum(previous(answers.student, answers.skill)[order] == 0)
    # a time that runs backwards inside a group counts as standing still
    span = float(np.ptp(answers.at)) + 1.0
    clock = np.maximum.accumulate(answers.at[order] - answers.at.min() + group * span)
    here = np.arange(len(order))
    start = np.searchsorted(group, group, side="left")
    counts = []
    for window in WINDOWS:
        begin = (
            start
            if np.isinf(window)
            else np.maximum(start, np.searchsorted(clock, clock - window, side="left"))
        )
        right, tried = np.empty(len(order)), np.empty(len(order))
        right[order] = running[here] - running[begin]
        tried[order] = here - begin
        counts.append((right, tried))
    return counts


def _hot(key: Ints, value: Floats | None = None) -> csr_matrix:
    """Give one column for each key, with a value in the row's own column."""
    rows = np.arange(len(key))
    given = np.ones(len(key)) if value is None else value
    return csr_matrix((given, (rows, key)), shape=(len(key), int(key.max()) + 1))
