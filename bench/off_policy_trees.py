"""What do trees add to the guess of rewards? DR's standard error with and without, log by log.

The logs are those of `off_policy.py`. Both errors are of one log, beside that of SNIPS, so a few
logs tell what a comparison of values, which is noisier, would need hundreds for.
"""

from __future__ import annotations

import argparse
import time
from itertools import product

import numpy as np
from bandit_sets import CHOSEN_ON, SETS, TARGETS, TEMPERATURES, Logged, logged

from penchant.learn.evaluate import estimators, reward_models
from penchant.learn.evaluate.log import read_log


def beside_snips(one: Logged) -> tuple[float, float]:
    """Give DR's standard error beside that of SNIPS, and the seconds it took."""
    log = read_log(
        one.actions,
        one.rewards,
        one.propensities,
        one.target,
        contexts=one.contexts,
        groups=None,
    )
    if isinstance(log, str):
        raise SystemExit(log)
    rows = log.taken(estimators.canonical(log))._replace(people=np.arange(len(one.actions)))
    begun = time.process_time()
    values, _ = estimators.valued(rows)
    seconds = time.process_time() - begun
    snips = next(value for value in values if value.estimator == "SNIPS").error
    return next(value for value in values if value.estimator == "DR").error / snips, seconds


def main() -> None:
    """Print a line for each log, and the middle of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="*", default=list(SETS))
    parser.add_argument("--validation", action="store_true", help="the sets constants came from")
    parser.add_argument("--temperatures", nargs="*", type=float, default=list(TEMPERATURES))
    parser.add_argument("--targets", nargs="*", default=list(TARGETS))
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    sets = CHOSEN_ON if asked.validation else asked.sets
    fewest, found = reward_models.FEWEST_FOR_TREES, []
    print("DR's standard error beside that of SNIPS      without      with     seconds")
    for name, temperature, target in product(sets, asked.temperatures, asked.targets):
        one = logged(name, temperature, asked.seed, target=target)
        reward_models.FEWEST_FOR_TREES = len(one.actions) + 1
        without, quick = beside_snips(one)
        reward_models.FEWEST_FOR_TREES = fewest
        with_trees, slow = beside_snips(one)
        found.append(with_trees / without)
        print(
            f"  {name:<12} {temperature:>4g} {target:<10} {without:>20.3f} {with_trees:>9.3f}"
            f"    {quick:.1f}, {slow:.1f}",
            flush=True,
        )
    print(f"with beside without: median {np.median(found):.3f}, most {max(found):.3f}")


if __name__ == "__main__":
    main()
