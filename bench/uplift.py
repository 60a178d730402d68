"""Who gains from an e-mail? The Hillstrom trial, by half the customers judged on the other half.

64,000 customers were sent, by lot, an e-mail on men's goods, on women's, or none; 44,762 are here.
10 splits 50/50, stratified by treatment and visit; constants were chosen on splits 100 to 109
(`--first 100`). Rivals in the same run: an S-learner (one logistic regression with the treatment as
a feature, with and without its products), a T-learner. The set is found as in `bandit_sets.py`.

Prints Qini as scikit-uplift defines it, paired differences, the value of mailing by the score at
equal numbers, and the test whether anybody gains more than others.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
from data_folder import data_folder
from numpy.typing import NDArray

from penchant.learn.evaluate import estimate
from penchant.learn.evaluate.uplift import fit_uplift, gains, heterogeneity, qini

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAILS = ("Womens E-Mail", "Mens E-Mail")
OURS, ONE_MODEL, CROSSED, TWO_MODELS = "DR-learner", "S-learner", "S-learner, products", "T-learner"


def load(mail: str) -> tuple[Floats, Ints, Floats]:
    """Read those who were sent this e-mail or none: features, treated, visited."""
    import pandas as pd  # noqa: PLC0415 - the rest does without

    folder = data_folder("rct")
    if folder is None:
        raise FileNotFoundError("Hillstrom is not here; set `PENCHANT_DATA` to the data's folder.")
    table = pd.read_csv(folder / "hillstrom_email.csv.gz")
    table = table[table["segment"].isin([mail, "No E-Mail"])]
    words = pd.get_dummies(table[["history_segment", "zip_code", "channel"]], dtype=float)
    plain = table[["recency", "mens", "womens", "newbie", "history"]].to_numpy(float)
    features = np.hstack([words.to_numpy(float), plain, np.log(plain[:, 4:])])
    treated = (table["segment"] == mail).to_numpy(np.int64)
    return features, treated, table["visit"].to_numpy(float)


def halves(treated: Ints, visited: Floats, seed: int) -> NDArray[np.bool_]:
    """Draw half of the customers, of each treatment and outcome alike."""
    rng, seen = np.random.default_rng(seed), np.zeros(len(treated), bool)
    for side in (0, 1):
        for outcome in (0, 1):
            rows = rng.permutation(np.flatnonzero((treated == side) & (visited == outcome)))
            seen[rows[: len(rows) // 2]] = True
    return seen


def rivals(features: Floats, treated: Ints, visited: Floats, asked: Floats) -> dict[str, Floats]:
    """Give the scores of the rivals, each a logistic regression of scikit-learn."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - rivals only

    means, spreads = features.mean(axis=0), features.std(axis=0)
    x, z = (features - means) / spreads, (asked - means) / spreads
    t, ones = treated[:, None], np.ones((len(z), 1))
    plain = LogisticRegression(max_iter=500).fit(np.hstack([x, t]), visited)
    crossed = LogisticRegression(max_iter=500).fit(np.hstack([x, t, x * t]), visited)
    with_it, without = (
        LogisticRegression(max_iter=500).fit(x[treated == side], visited[treated == side])
        for side in (1, 0)
    )

    def chance(model: LogisticRegression, columns: Floats) -> Floats:
        chances: Floats = model.predict_proba(columns)[:, 1]
        return chances

    return {
        ONE_MODEL: chance(plain, np.hstack([z, ones])) - chance(plain, np.hstack([z, 0 * ones])),
        CROSSED: chance(crossed, np.hstack([z, ones, z]))
        - chance(crossed, np.hstack([z, 0 * ones, 0 * z])),
        TWO_MODELS: chance(with_it, z) - chance(without, z),
    }


def main() -> None:
    """Print a table for each e-mail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    for mail in MAILS:
        features, treated, visited = load(mail)
        share = treated.mean()
        found: dict[str, list[float]] = {}
        worth: list[float] = []
        for seed in range(asked.first, asked.first + asked.splits):
            seen = halves(treated, visited, seed)
            rest = ~seen
            chances = np.full(int(seen.sum()), share)
            phi = gains(treated[seen], visited[seen], features[seen], chances)
            scores = {OURS: fit_uplift(phi, features[seen]).scores(features[rest])}
            scores |= rivals(features[seen], treated[seen], visited[seen], features[rest])
            for name, score in scores.items():
                found.setdefault(name, []).append(qini(score, treated[rest], visited[rest]))
            worth.append(_worth(scores[OURS], treated[rest], visited[rest], share))
        ours = np.array(found[OURS])
        print(
            f"\n{mail}, visits, {asked.splits} splits      Qini      sd    ours ahead, difference"
        )
        for name, values in found.items():
            apart = ours - np.array(values)
            half = 2.26 * apart.std(ddof=1) / math.sqrt(len(apart))  # Student's t, 9 degrees
            beside = f"{(apart > 0).sum()} of {len(apart)}, {apart.mean():+.4f} ± {half:.4f}"
            said = beside if name != OURS else ""
            print(f"  {name:<28} {np.mean(values):10.4f} {np.std(values):7.4f}    {said}")
        print(
            f"  visits gained by mailing the better half, beside half by lot: {np.mean(worth):+.4f}"
        )
        phi = gains(treated, visited, features, np.full(len(treated), share))
        print(f"  {heterogeneity(phi, features).sentence}")


def _worth(score: Floats, treated: Ints, visited: Floats, share: float) -> float:
    """Estimate what mailing the half of the best scores earns more than mailing half by lot."""
    order = np.lexsort([np.random.default_rng(0).random(len(score)), -score])  # ties by lot
    better = np.zeros(len(score), dtype=np.int64)
    better[order[: len(score) // 2]] = 1
    logged = np.where(treated == 1, share, 1 - share)
    values = []
    for policy in (np.eye(2)[better], np.full((len(score), 2), 0.5)):
        found = estimate(treated, visited, logged, policy)
        values.append(found.value)
    return values[0] - values[1]


if __name__ == "__main__":
    main()
