"""Open Bandit: what each of a shop's two policies earns, told from the log of the other.

ZOZOTOWN showed fashion items for a week by lot (`random`) and by Bernoulli Thompson sampling
(`bts`), propensities logged; here are 10,000 rows of each, for two of its pages. The policy asked
about is the other log's own propensities, averaged by item and place on the page, since it knew
nothing of the visitor. The truth is the other log's mean, with an interval of its own: some 50
clicks in 10,000 rows. The set is found as in `bandit_sets.py`; nobody in it has an id.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from data_folder import data_folder
from numpy.typing import NDArray

from penchant.learn.evaluate import judge

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PAGES, POLICIES = ("all", "men"), ("random", "bts")
COMMON = 20  # words of a visitor's feature that get a column


class Shown(NamedTuple):
    """A log: items, places, clicks, propensities, and what is known of the visitor."""

    items: Ints
    places: Ints
    clicks: Floats
    propensities: Floats
    visitors: Floats


def load(page: str, policy: str) -> Shown:
    """Read one log, in the order of its times."""
    import pandas as pd  # noqa: PLC0415 - the rest does without

    folder = data_folder("bandit", "open_bandit")
    if folder is None:
        raise FileNotFoundError("Open Bandit is not here; set `PENCHANT_DATA`.")
    table = pd.read_csv(folder / policy / page / f"{page}.csv.gz").sort_values("timestamp")
    columns = []
    for number in range(4):
        words = table[f"user_feature_{number}"]
        common = words.value_counts().index[:COMMON]
        columns += [(words == word).to_numpy(float) for word in common]
    places = table["position"].to_numpy(np.int64) - int(table["position"].min())
    columns += [(places == place).astype(float) for place in range(int(places.max()) + 1)]
    return Shown(
        table["item_id"].to_numpy(np.int64),
        places,
        table["click"].to_numpy(float),
        table["propensity_score"].to_numpy(float),
        np.stack(columns, axis=1),
    )


def policy_of(log: Shown, n_items: int) -> Floats:
    """Give the chances of every item at each place, (places, items), as the log has them."""
    chances = np.zeros((int(log.places.max()) + 1, n_items))
    counts = np.zeros_like(chances)
    np.add.at(chances, (log.places, log.items), log.propensities)
    np.add.at(counts, (log.places, log.items), 1)
    chances = chances / np.maximum(counts, 1)
    shares: Floats = chances / chances.sum(axis=1, keepdims=True)
    return shares


def main() -> None:
    """Print every estimate beside the truth."""
    print(
        "clicks in 1,000 rows: estimate (95 %; at every look), beside what the policy really earned"
    )
    for page in PAGES:
        logs = {policy: load(page, policy) for policy in POLICIES}
        n_items = 1 + max(int(log.items.max()) for log in logs.values())
        for asked, given in (("bts", "random"), ("random", "bts")):
            log, other = logs[given], logs[asked]
            target = policy_of(other, n_items)[log.places]
            found = judge(log.items, log.clicks, log.propensities, target, contexts=log.visitors)
            one, real = found.estimate, 1_000 * other.clicks.mean()
            error = 1_960 * other.clicks.std() / math.sqrt(len(other.clicks))
            truth = f"{real:.2f} ({real - error:.2f} to {real + error:.2f})"
            if one.refused:
                print(f"{page:<4} {asked} from {given}: truth {truth}. {one.refused}")
                continue
            ends = [1_000 * end for end in one[1:5]]
            fixed, always = (f"{low:.2f} to {high:.2f}" for low, high in (ends[:2], ends[2:]))
            said = f"{1_000 * one.value:.2f} ({fixed}; {always}), {one.estimator}"
            print(f"{page:<4} {asked} from {given}: {said}, weighs like {one.ess:,.0f}; ", end="")
            print(f"truth {truth}")


if __name__ == "__main__":
    main()
