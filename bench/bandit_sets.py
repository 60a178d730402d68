"""The multiclass sets as logs of a bandit: real rows, rewards known for every action, so truth is.

They lie in the folder that `PENCHANT_DATA` names.
Reward 1 where the action is the row's class. The logging policy is a softmax of a model of 1 % of
the rows, at a temperature, mixed with a uniform of .1; the target is a model of other 5 %.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from data_folder import data_folder
from numpy.typing import NDArray

__all__ = [
    "CHOSEN_ON",
    "SETS",
    "TARGETS",
    "TEMPERATURES",
    "Logged",
    "load",
    "logged",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SETS = ("letter", "penbased", "satimage", "nursery", "mushroom", "spambase", "adult")
CHOSEN_ON = ("digits", "made 20x8", "made 12x10", "made 30x5")
TEMPERATURES = (1.0, 3.0, 10.0)
TARGETS = ("best", "softmax")
LOGGING_SHARE, TARGET_SHARE, FEWEST = 0.01, 0.05, 30
UNIFORM = 0.1


class Logged(NamedTuple):
    """One log, the target asked about, and the target's value on the contexts of the log."""

    contexts: Floats
    actions: Ints
    rewards: Floats
    propensities: Floats
    target: Floats
    truth: float


@lru_cache(maxsize=2)
def load(name: str) -> tuple[Floats, Ints]:
    """Read a set: columns of texts become one column a text."""
    if name not in SETS:
        return _made(name)
    import pandas as pd  # noqa: PLC0415 - tests that only look for the folder do without it

    folder = data_folder("bandit", "classification")
    if folder is None:
        msg = "The multiclass sets are not here; set `PENCHANT_DATA` to the folder of the data."
        raise FileNotFoundError(msg)
    table = pd.read_parquet(folder / f"{name}.parquet")
    table = table.drop(columns="part", errors="ignore")  # adult: of which file a row was
    classes = table.iloc[:, -1].astype(str).str.strip().str.rstrip(".")
    features = pd.get_dummies(table.iloc[:, :-1].fillna("?"), dtype=float)
    places = np.unique(classes.to_numpy(dtype=str), return_inverse=True)[1]
    return features.to_numpy(np.float64), places.astype(np.int64)


def logged(name: str, temperature: float, seed: int, *, target: str, n: int = 10_000) -> Logged:
    """Draw a log from a set.

    Args:
        name: Of the set.
        temperature: The scores of the logging model are divided by it.
        seed: Of the order of the rows and of every draw.
        target: "best": the target model's best action; "softmax": its softmax.
        n: Rows; where the set has fewer left, they are drawn with replacement.
    """
    features, classes = load(name)
    dice = np.random.default_rng([seed, sum(map(ord, name))])
    order = dice.permutation(len(classes))
    features, classes = features[order], classes[order]
    n_actions, total = int(classes.max()) + 1, len(classes)
    first = max(int(LOGGING_SHARE * total), FEWEST)
    second = first + int(TARGET_SHARE * total)
    spread = features.std(axis=0)
    features = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    rows = np.arange(second, total)
    rows = rows[:n] if len(rows) >= n else dice.choice(rows, n)
    here = np.arange(len(rows))
    scores = _scores(features, classes, slice(0, first), rows, n_actions)
    chances = (1 - UNIFORM) * _softmax(scores / temperature) + UNIFORM / n_actions
    wanted = _scores(features, classes, slice(first, second), rows, n_actions)
    policy = np.eye(n_actions)[wanted.argmax(axis=1)] if target == "best" else _softmax(wanted)
    actions = (chances.cumsum(axis=1) > dice.random((len(rows), 1))).argmax(axis=1)
    rewards = (actions == classes[rows]).astype(np.float64)
    truth = float(policy[here, classes[rows]].mean())
    return Logged(features[rows], actions, rewards, chances[here, actions], policy, truth)


def _scores(features: Floats, classes: Ints, seen: slice, rows: Ints, n_actions: int) -> Floats:
    """Give the logits of a logistic regression fitted on the rows seen; -20 for classes unseen."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above

    scores = np.full((len(rows), n_actions), -20.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it need not converge to be an imperfect model
        model = LogisticRegression(max_iter=200).fit(features[seen], classes[seen])
    found = model.decision_function(features[rows])
    scores[:, model.classes_] = np.stack([-found, found], 1) / 2 if found.ndim == 1 else found
    return scores


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _made(name: str) -> tuple[Floats, Ints]:
    """Give a set on which constants are chosen: digits of scikit-learn, or a SIMULATED one."""
    from sklearn.datasets import load_digits, make_classification  # noqa: PLC0415 - as above

    if name == "digits":
        features, classes = load_digits(return_X_y=True)
        return features.astype(np.float64), classes.astype(np.int64)
    columns, n_classes = (int(part) for part in name.removeprefix("made ").split("x"))
    features, classes = make_classification(
        20_000,
        n_features=columns,
        n_informative=8,
        n_classes=n_classes,
        class_sep=1.2,
        flip_y=0.05,
        random_state=n_classes,
    )
    return features, classes.astype(np.int64)
