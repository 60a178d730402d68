"""How far off is what a log says of another policy, on sets where the truth is known?

Every estimator reads the same logs (see `bandit_sets.py`); the error is against the target's value
on the contexts of the log. Rivals: IPS, SNIPS, DR on ridge regressions, and DRos and SWITCH-DR as
obp 0.4.1 defines them, each tuned on a grid by variance plus a bound of the bias (Su et al. 2020),
on a logistic regression over context and action as obp fits it, and on ridge regressions for each
action, which is better. `--validation` runs the sets on which constants were chosen.

Prints the median error of each beside SNIPS, with intervals by drawing the logs anew, and how often
the intervals hold the truth.
"""

from __future__ import annotations

import argparse
import json
import math
import time
import warnings
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from bandit_sets import CHOSEN_ON, SETS, TARGETS, TEMPERATURES, Logged, logged
from numpy.typing import NDArray

from penchant.learn.evaluate import estimate

Floats = NDArray[np.float64]
Setting: TypeAlias = tuple[str, float, str]

FOLDS = 3
GRID = 24


class Found(NamedTuple):
    """What one log gave: errors by estimator, and ours in full."""

    errors: dict[str, float]
    held: bool
    held_anytime: bool
    wide: float
    wide_anytime: float
    seconds: float
    refused: bool
    estimator: str


def judged(log: Logged) -> Found:
    """Ask everybody about one log."""
    begun = time.perf_counter()
    ours = estimate(log.actions, log.rewards, log.propensities, log.target, contexts=log.contexts)
    seconds = time.perf_counter() - begun
    values = {"Penchant": ours.value, **rivals(log)}
    return Found(
        {name: value - log.truth for name, value in values.items()},
        bool(ours.low <= log.truth <= ours.high),
        bool(ours.anytime_low <= log.truth <= ours.anytime_high),
        ours.high - ours.low,
        ours.anytime_high - ours.anytime_low,
        seconds,
        ours.refused is not None,
        ours.estimator,
    )


def rivals(log: Logged) -> dict[str, float]:
    """Give the value by every rival."""
    row_weights = log.target[np.arange(len(log.actions)), log.actions] / log.propensities
    found = {
        "IPS": float(np.mean(row_weights * log.rewards)),
        "SNIPS": float(row_weights @ log.rewards / row_weights.sum()),
    }
    folds = np.random.default_rng(0).permutation(len(log.actions)) % FOLDS
    for name, guessed in (("ridge", _ridge(log, folds)), ("logistic", _logistic(log, folds))):
        under = (log.target * guessed).sum(axis=1)
        left = log.rewards - guessed[np.arange(len(log.actions)), log.actions]
        largest = float(row_weights.max())
        found[f"DM, {name}"] = float(under.mean())
        found[f"DR, {name}"] = float((under + row_weights * left).mean())
        scales = np.geomspace(0.1, 100 * largest**2, GRID)
        found[f"DRos tuned, {name}"] = _tuned(
            under, left, row_weights, [s * row_weights / (row_weights**2 + s) for s in scales]
        )
        steps = np.geomspace(0.5, largest, GRID)
        found[f"SWITCH tuned, {name}"] = _tuned(
            under, left, row_weights, [np.where(row_weights <= s, row_weights, 0) for s in steps]
        )
    return found


def _tuned(under: Floats, left: Floats, row_weights: Floats, shrunk: list[Floats]) -> float:
    """Choose among shrunk weights by variance plus a squared upper bound of the bias."""
    risks, values = [], []
    for one in shrunk:
        missed = (row_weights - one) * left
        bound = abs(missed.mean()) + missed.std() / math.sqrt(len(left))
        terms = under + one * left
        risks.append(terms.var() / len(left) + bound**2)
        values.append(float(terms.mean()))
    return values[int(np.argmin(risks))]


def _ridge(log: Logged, folds: NDArray[np.int64]) -> Floats:
    """Guess by a ridge regression for each action, fitted on the other folds."""
    from sklearn.linear_model import Ridge  # noqa: PLC0415 - rivals only

    guessed = np.zeros(log.target.shape)
    for fold in range(FOLDS):
        seen, rest = folds != fold, folds == fold
        for action in range(log.target.shape[1]):
            rows = seen & (log.actions == action)
            if rows.any():
                model = Ridge(alpha=3.0).fit(log.contexts[rows], log.rewards[rows])
                guessed[rest, action] = model.predict(log.contexts[rest])
    return np.clip(guessed, 0, 1)


def _logistic(log: Logged, folds: NDArray[np.int64]) -> Floats:
    """Guess by a logistic regression over context and action, as obp's RegressionModel does."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - rivals only

    n, n_actions = log.target.shape
    one_hot = np.eye(n_actions)
    guessed = np.zeros((n, n_actions))
    for fold in range(FOLDS):
        seen, rest = folds != fold, folds == fold
        columns = np.hstack([log.contexts[seen], one_hot[log.actions[seen]]])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = LogisticRegression(max_iter=300).fit(columns, log.rewards[seen])
        shape, shared = model.coef_[0], float(model.intercept_[0])
        by_context = log.contexts[rest] @ shape[: log.contexts.shape[1]]
        by_action = shape[log.contexts.shape[1] :]
        guessed[rest] = 1 / (1 + np.exp(-(shared + by_context[:, None] + by_action)))
    return guessed


def _report(found: dict[Setting, list[Found]]) -> None:
    """Print the tables."""
    for name in dict.fromkeys(one for one, _, _ in found):
        own = [one for setting, some in found.items() if setting[0] == name for one in some]
        ratio = np.median([abs(one.errors["Penchant"]) for one in own])
        ratio /= np.median([abs(one.errors["SNIPS"]) for one in own])
        held = 100 * np.mean([one.held for one in own])
        print(f"{name:<12} {len(own)} logs, error beside SNIPS {ratio:.2f}, held {held:.0f} %")
    every = [one for some in found.values() for one in some]
    names = list(every[0].errors)
    errors = {name: np.abs([one.errors[name] for one in every]) for name in names}
    rng = np.random.default_rng(7)
    drawn = rng.integers(len(every), size=(2_000, len(every)))
    print(
        "\nerror beside SNIPS       median (95 % interval)     root mean square, median of settings"
    )
    for name in names:
        ratio = np.median(errors[name]) / np.median(errors["SNIPS"])
        again = np.median(errors[name][drawn], axis=1) / np.median(errors["SNIPS"][drawn], axis=1)
        low, high = np.quantile(again, (0.025, 0.975))
        by_setting = [
            math.sqrt(
                sum(one.errors[name] ** 2 for one in some)
                / sum(one.errors["SNIPS"] ** 2 for one in some)
            )
            for some in found.values()
        ]
        middle = float(np.median(by_setting))
        print(f"  {name:<24} {ratio:.3f} ({low:.3f} to {high:.3f})          {middle:.3f}")
    tuned = min((float(np.median(errors[name])), name) for name in names if "tuned" in name)
    ours = float(np.median(errors["Penchant"]))
    held = 100 * float(np.mean([one.held for one in every]))
    always = 100 * float(np.mean([one.held_anytime for one in every]))
    answered = [one for one in every if not one.refused]
    wide = float(np.median([one.wide_anytime / one.wide for one in answered]))
    print(f"\nPenchant beside the best tuned, {tuned[1]}: {ours / tuned[0]:.3f}")
    print(f"the 95 % intervals hold the truth in {held:.1f} % of {len(every)} logs,")
    print(f"the anytime ones in {always:.1f} %; these are {wide:.2f} times as wide (median)")
    print(f"refused: {len(every) - len(answered)}; seconds a question, median ", end="")
    print(f"{np.median([one.seconds for one in every]):.1f}")


def main() -> None:
    """Draw the logs, ask everybody, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--validation", action="store_true", help="the sets constants came from")
    parser.add_argument("--results", type=Path, help="keep each log's answers here, and go on")
    asked = parser.parse_args()
    sets = CHOSEN_ON if asked.validation else SETS
    known = _kept(asked.results)
    found: dict[Setting, list[Found]] = defaultdict(list)
    for seed, name, temperature, target in product(range(asked.seeds), sets, TEMPERATURES, TARGETS):
        key = f"{name} {temperature} {target} {seed}"
        if key not in known:
            known[key] = judged(logged(name, temperature, seed, target=target))
            if asked.results:
                with asked.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([key, known[key]]) + "\n")
        found[name, temperature, target].append(known[key])
    _report(found)


def _kept(path: Path | None) -> dict[str, Found]:
    """Read the answers of an earlier run."""
    if path is None or not path.exists():
        return {}
    lines = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    return {key: Found(*answer) for key, answer in lines}


if __name__ == "__main__":
    main()
