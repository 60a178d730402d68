"""Are the rivals of `off_policy.py` what obp 0.4.1 has? Its own classes, on the same logs.

`pip install --no-deps obp==0.4.1`. Its estimators import torch for the type of an argument that is
not used here; a module of that name stands in for it, so that no gigabyte has to be installed.

Prints the greatest difference between obp's value and ours, estimator by estimator.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from typing import Any

import numpy as np
from bandit_sets import logged
from off_policy import FOLDS, _ridge

LAMBDAS, TAUS = (1.0, 10.0, 1_000.0), (1.0, 5.0, 50.0)
NAMES = ("satimage", "nursery")


def obp_estimators() -> Any:
    """Load obp's estimators, and nothing else of it."""
    found = importlib.util.find_spec("obp")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("obp is not here: pip install --no-deps obp==0.4.1")
    folder = found.submodule_search_locations[0]
    torch = types.ModuleType("torch")
    torch.Tensor = type("Tensor", (), {})  # type: ignore[attr-defined]
    sys.modules.setdefault("torch", torch)
    package = types.ModuleType("obp.ope")
    package.__path__ = [f"{folder}/ope"]
    sys.modules["obp.ope"] = package  # its own __init__ imports what it needs for slates, too
    return importlib.import_module("obp.ope.estimators")


def main() -> None:
    """Print the differences."""
    obp = obp_estimators()
    apart: dict[str, float] = {}
    for name in NAMES:
        log = logged(name, 3.0, 0, target="softmax")
        here = np.arange(len(log.actions))
        guessed = _ridge(log, np.random.default_rng(0).permutation(len(here)) % FOLDS)
        row_weights = log.target[here, log.actions] / log.propensities
        under = (log.target * guessed).sum(axis=1)
        left = log.rewards - guessed[here, log.actions]
        given = {
            "reward": log.rewards,
            "action": log.actions,
            "pscore": log.propensities,
            "action_dist": log.target[:, :, None],
            "estimated_rewards_by_reg_model": guessed[:, :, None],
        }
        pairs = [
            ("IPS", obp.InverseProbabilityWeighting(), row_weights * log.rewards),
            ("DR", obp.DoublyRobust(), under + row_weights * left),
        ]
        for scale in LAMBDAS:
            shrunk = scale * row_weights / (row_weights**2 + scale)
            pairs.append(
                ("DRos", obp.DoublyRobustWithShrinkage(lambda_=scale), under + shrunk * left)
            )
        for most in TAUS:
            kept = np.where(row_weights <= most, row_weights, 0.0)
            pairs.append(("SWITCH-DR", obp.SwitchDoublyRobust(tau=most), under + kept * left))
        for which, theirs, ours in pairs:
            value = float(theirs.estimate_policy_value(**given))
            apart[which] = max(apart.get(which, 0.0), abs(value - float(ours.mean())))
    for which, most in apart.items():
        print(f"{which:<10} greatest difference {most:.1e}")


if __name__ == "__main__":
    main()
