"""Who will not pass, week by week, on a real university's courses: how well, how fair, how sure.

OULAD: registration, dated scores, final result (never a feature). At risk is who failed or
withdrew. This copy has no dates of withdrawal, so who had left by a week is still asked about then.
Students are split, never rows: 30 % are for choosing settings, the rivals' too, and are in no
figure; the others are predicted in folds by models that saw the rest. A second table learns from
earlier runs and predicts the last. The first figure is the precision among the riskiest, as many
as hold half of all at risk. Intervals are 95 % from bootstraps by student.

Run: python bench/early_warning.py [--weeks 2 4 6 8 10 12] [--folds 10] [--draws 1000]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from data_folder import data_folder
from measuring import machine, on_one_thread
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from penchant.packs.school.flags import precision_at
from penchant.packs.school.oulad import Oulad, oulad_from
from penchant.packs.school.standing import Standing
from penchant.packs.school.warning import fit_warning

Floats = NDArray[np.float64]
Predict = Callable[[Standing], Floats]
Fit = Callable[[Standing, Floats], Predict]

CHOOSING = 0.3
RULE = "rule: work missed"
BINS = 10
AGES = ("0-35", "35-55", "55<=")
BOOSTS = [
    {"learning_rate": rate, "max_iter": trees, "max_leaf_nodes": leaves}
    for rate, trees in ((0.05, 150), (0.1, 100), (0.03, 300))
    for leaves in (4, 7, 15, 31)
]
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


class Judged(NamedTuple):
    """What a way of telling said of the rows of a table, out of fold."""

    risk: Floats
    told: Floats
    people: NDArray[np.intp]


def ours(table: Standing, told: Floats) -> Predict:
    """Fit Penchant's model."""
    return fit_warning(table, told).risk


def rule(*_: object) -> Predict:
    """Do as a teacher might: the share of work missed, then the mean score; no probability."""

    def predict(given: Standing) -> Floats:
        missed = np.nan_to_num(given.values[:, given.names.index("missed share")])
        score = np.nan_to_num(given.values[:, given.names.index("mean score")], nan=0.0)
        return np.clip(0.9 * missed + 0.09 * (1 - score / 100), 1e-6, 1 - 1e-6)

    return predict


def logistic(strength: float) -> Fit:
    """Make a logistic regression on the features, standardised, with marks of what is missing."""

    def fit(table: Standing, told: Floats) -> Predict:
        courses = sorted(set(table.courses))
        middle = np.nan_to_num(np.array([_mean(column) for column in table.values.T]))
        spread = np.array([np.nanstd(c) if not np.isnan(c).all() else 0.0 for c in table.values.T])

        def design(given: Standing) -> Floats:
            filled = np.nan_to_num((given.values - middle) / np.where(spread > 0, spread, 1.0))
            course = np.array([[one == name for name in courses] for one in given.courses], float)
            return np.hstack([filled, np.isnan(given.values).astype(float), course])

        model = LogisticRegression(C=strength, max_iter=2_000).fit(design(table), told)
        return lambda given: model.predict_proba(design(given))[:, 1]

    return fit


def boosting(settings: Mapping[str, float]) -> Fit:
    """Make scikit-learn's histogram gradient boosting, which takes what is missing as it is."""

    def fit(table: Standing, told: Floats) -> Predict:
        courses = {name: number for number, name in enumerate(sorted(set(table.courses)))}

        def design(given: Standing) -> Floats:
            course = [float(courses.get(one, np.nan)) for one in given.courses]
            return np.column_stack([given.values, course])

        kinds = [False] * len(table.names) + [True]
        model = HistGradientBoostingClassifier(
            **settings, min_samples_leaf=30, categorical_features=kinds, random_state=0
        )
        model.fit(design(table), told)
        return lambda given: model.predict_proba(design(given))[:, 1]

    return fit


def _mean(column: Floats) -> float:
    return float(np.nanmean(column)) if not np.isnan(column).all() else 0.0


def part_of(table: Standing, rows: NDArray[np.bool_]) -> Standing:
    """Give some rows of a table."""
    courses = tuple(one for one, kept in zip(table.courses, rows, strict=True) if kept)
    return Standing(table.names, table.values[rows], courses)


def spread_of(people: Sequence[str], salt: str) -> Floats:
    """Give each row a number in 0..1 that is the same for all rows of a student."""
    return np.array(
        [int.from_bytes(blake2b(f"{salt} {one}".encode(), digest_size=6).digest()) / 2**48
         for one in people]
    )  # fmt: skip


def out_of_fold(
    fit: Fit, table: Standing, told: Floats, folds: NDArray[np.intp], asked: NDArray[np.bool_]
) -> Floats:
    """Predict each row that is asked about by a model that saw no row of its student."""
    risk = np.full(len(told), np.nan)
    for fold in np.unique(folds[asked]):
        held = (folds == fold) & asked
        kept = folds != fold
        risk[held] = fit(part_of(table, kept), told[kept])(part_of(table, held))
    return risk[asked]


def log_loss(risk: Floats, told: Floats) -> float:
    """Give the mean surprise, in nats."""
    safe = np.clip(risk, 1e-9, 1 - 1e-9)
    return float(-np.mean(told * np.log(safe) + (1 - told) * np.log(1 - safe)))


def auc(risk: Floats, told: Floats) -> float:
    """Give the chance that somebody at risk ranks above somebody who is not; ties count half."""
    _, place, counts = np.unique(risk, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n = told.sum()
    return float((rank[told == 1].sum() - n * (n + 1) / 2) / (n * (len(told) - n)))


def calibration_error(risk: Floats, told: Floats) -> float:
    """Give the mean gap of risk and share over ten bins of as many rows each."""
    bins = np.array_split(np.argsort(risk, kind="stable"), BINS)
    return float(sum(len(b) * abs(risk[b].mean() - told[b].mean()) for b in bins) / len(risk))


def precision(risk: Floats, told: Floats) -> float:
    """Give the precision at recall one half."""
    return precision_at(risk, told).precision


def interval(
    measure: Callable[[NDArray[np.intp]], float], people: NDArray[np.intp], draws: int
) -> tuple[float, float]:
    """Give a 95 % interval from samples of students, each with all of its rows."""
    dice = np.random.default_rng(0)
    order = np.argsort(people, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(people[order]) > 0])
    rows = np.split(order, starts[1:])
    found = [
        measure(np.concatenate([rows[n] for n in dice.integers(0, len(rows), len(rows))]))
        for _ in range(draws)
    ]
    low, high = np.nanquantile(found, [0.025, 0.975])
    return float(low), float(high)


def chosen(data: Oulad, choosing: NDArray[np.bool_]) -> dict[str, Fit]:
    """Choose the rivals' settings by log loss in week 6, on students who are in no figure."""
    table = part_of(data.standing(42), choosing)
    told = data.at_risk[choosing]
    own = [one for one, kept in zip(data.students, choosing, strict=True) if kept]
    folds = (spread_of(own, "folds for choosing") * 6).astype(np.intp)
    every = np.ones(len(told), dtype=bool)

    def loss(fit: Fit) -> float:
        return log_loss(out_of_fold(fit, table, told, folds, every), told)

    strength = min(STRENGTHS, key=lambda one: loss(logistic(one)))
    settings = min(BOOSTS, key=lambda one: loss(boosting(one)))
    print(f"\nRivals' settings, chosen on {every.sum():,} rows: C = {strength:g}; {settings}")
    return {
        "Penchant": ours,
        "logistic regression": logistic(strength),
        "gradient boosting": boosting(settings),
        RULE: rule,
    }


def print_week(ways: Mapping[str, Judged], draws: int) -> None:
    """Print one week's rows: each way of telling, and ours less each rival."""
    mine = ways["Penchant"]
    for name, one in ways.items():
        low, high = interval(lambda at, one=one: _precision_of(one, at), one.people, draws)
        line = (
            f"  {name:22}{precision(one.risk, one.told):.3f} [{low:.3f}, {high:.3f}]  "
            f"AUC {auc(one.risk, one.told):.3f}"
        )
        if name != RULE:
            loss, gap = log_loss(one.risk, one.told), calibration_error(one.risk, one.told)
            line += f"  log loss {loss:.4f}  ECE {gap:.3f}"
        if one is not mine:
            line += "  " + difference(mine, one, draws)
        print(line, flush=True)


def _precision_of(one: Judged, at: NDArray[np.intp]) -> float:
    return precision(one.risk[at], one.told[at])


def difference(mine: Judged, other: Judged, draws: int) -> str:
    """Say how much higher our precision is, with its interval."""

    def gap(at: NDArray[np.intp]) -> float:
        return precision(mine.risk[at], mine.told[at]) - precision(other.risk[at], other.told[at])

    low, high = interval(gap, mine.people, draws)
    word = "apart" if low > 0 or high < 0 else "cannot be told apart"
    whole = precision(mine.risk, mine.told) - precision(other.risk, other.told)
    return f"ours less this {whole:+.4f} [{low:+.4f}, {high:+.4f}] {word}"


def by_student(
    data: Oulad,
    ways: Mapping[str, Fit],
    choosing: NDArray[np.bool_],
    how: tuple[Sequence[int], int, int],
) -> None:
    """Print the table by week in folds by student, and the gaps in week 6."""
    people = data.students
    weeks, n_folds, draws = how
    folds = np.where(choosing, -1, (spread_of(people, "folds") * n_folds).astype(np.intp))
    numbers = np.unique(people, return_inverse=True)[1][~choosing]
    told = data.at_risk[~choosing]
    print(f"\nBy week, {n_folds} folds by student; {len(told):,} rows, {told.mean():.1%} at risk")
    for week in weeks:
        print(f"week {week}")
        table = data.standing(7 * week)
        judged = {
            name: Judged(out_of_fold(fit, table, data.at_risk, folds, ~choosing), told, numbers)
            for name, fit in ways.items()
        }
        print_week(judged, draws)
        if week == 6:  # noqa: PLR2004 - the week the target names
            gaps(data, judged["Penchant"], ~choosing, draws)
            without(data, judged["Penchant"], (folds, ~choosing), draws)


def groups_of(data: Oulad) -> dict[str, NDArray[np.str_]]:
    """Give the groups that gaps are measured between; a spreadsheet made a date of 10 to 20 %."""
    bands = [str(band or "unknown") for band in data.info["imd_band"]]
    named = {"20-Oct": "10-20%", "nan": "unknown", "None": "unknown"}
    return {
        "disability": data.info["disability"].astype(str),
        "region": data.info["region"].astype(str),
        "deprivation": np.array([named.get(band, band) for band in bands]),
    }


def who_they_are(data: Oulad) -> dict[str, Floats]:
    """Give who somebody is as numbers: yes or no, a step of a scale, one column a region."""
    groups = groups_of(data)
    bands = [band.split("-")[0] for band in groups["deprivation"]]
    found = {
        "disability": (groups["disability"] == "Y").astype(float),
        "deprivation": np.array([float(one) if one.isdigit() else np.nan for one in bands]),
        "gender": (data.info["gender"] == "F").astype(float),
        "age": np.array([AGES.index(one) for one in data.info["age_band"]], dtype=float),
    }
    for region in sorted(set(groups["region"])):
        found[f"region {region}"] = (groups["region"] == region).astype(float)
    return found


def gaps(data: Oulad, mine: Judged, asked: NDArray[np.bool_], draws: int) -> None:
    """Print, for each group, who is flagged at the threshold of recall one half."""
    at = precision_at(mine.risk, mine.told)
    flagged = mine.risk >= at.threshold
    print(f"  groups at one threshold ({at.threshold:.3f}); none of them is a feature")
    for kind, values in groups_of(data).items():
        own = values[asked]
        rows = {name: own == name for name in sorted(set(own))}
        for name, one in rows.items():
            risky, safe = one & (mine.told == 1), one & (mine.told == 0)
            print(
                f"    {kind:12}{name:22}n {one.sum():6,}  at risk {mine.told[one].mean():.3f}  "
                f"mean risk {mine.risk[one].mean():.3f}  found {flagged[risky].mean():.3f}  "
                f"false alarms {flagged[safe].mean():.3f}  "
                f"precision {mine.told[one & flagged].mean():.3f}"
            )
        largest_gap(mine, flagged, own, (kind, draws))


def largest_gap(
    mine: Judged, flagged: NDArray[np.bool_], own: NDArray[np.str_], about: tuple[str, int]
) -> None:
    """Print the largest difference of two groups in who is found and in who is alarmed falsely."""
    kind, draws = about
    for word, told in (("found", 1.0), ("false alarms", 0.0)):
        rows = mine.told == told
        shares = {name: flagged[rows & (own == name)].mean() for name in sorted(set(own))}
        pair = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)

        def gap(
            at: NDArray[np.intp],
            rows: NDArray[np.bool_] = rows,
            pair: tuple[str, str] = pair,
        ) -> float:
            first, second = (flagged[at][rows[at] & (own[at] == name)] for name in pair)
            return float(first.mean() - second.mean()) if len(first) and len(second) else np.nan

        low, high = interval(gap, mine.people, draws)
        print(
            f"    {kind}: largest gap in {word} {shares[pair[0]] - shares[pair[1]]:.3f} "
            f"[{low:.3f}, {high:.3f}] ({pair[0]} over {pair[1]})"
        )


def without(
    data: Oulad,
    mine: Judged,
    split: tuple[NDArray[np.intp], NDArray[np.bool_]],
    draws: int,
) -> None:
    """Print what it costs to know nothing of disability, region, deprivation, gender and age."""
    folds, asked = split
    table = data.standing(42)
    who = who_they_are(data)
    values = np.column_stack([table.values, *who.values()])
    table = Standing((*table.names, *who), values, table.courses)
    risk = out_of_fold(ours, table, data.at_risk, folds, asked)
    print(f"  without what is sensitive AUC {auc(mine.risk, mine.told):.4f}, with it "
          f"{auc(risk, mine.told):.4f}; log loss {log_loss(mine.risk, mine.told):.4f}, "
          f"{log_loss(risk, mine.told):.4f}; precision: "
          f"{difference(mine, Judged(risk, mine.told, mine.people), draws)}")  # fmt: skip


def forward(
    data: Oulad,
    ways: Mapping[str, Fit],
    choosing: NDArray[np.bool_],
    how: tuple[Sequence[int], int],
) -> None:
    """Print the table with earlier runs for training and the last run to be predicted."""
    people = data.students
    weeks, draws = how
    last = np.array([run.endswith("2014J") for run in data.runs])
    seen_before = {one for one, is_last in zip(people, last, strict=True) if not is_last}
    asked = last & ~choosing & np.array([one not in seen_before for one in people])
    kept = ~last
    told = data.at_risk[asked]
    numbers = np.unique(people, return_inverse=True)[1][asked]
    print(f"\nThe last run from earlier ones: {kept.sum():,} rows to learn from, {asked.sum():,} "
          f"of students never seen, {told.mean():.1%} at risk")  # fmt: skip
    for week in weeks:
        print(f"week {week}")
        table = data.standing(7 * week)
        judged = {
            name: Judged(
                fit(part_of(table, kept), data.at_risk[kept])(part_of(table, asked)), told, numbers
            )
            for name, fit in ways.items()
        }
        print_week(judged, draws)


def main() -> None:
    """Measure, and print."""
    on_one_thread()
    words = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    words.add_argument("--weeks", type=int, nargs="+", default=[2, 4, 6, 8, 10, 12])
    words.add_argument("--folds", type=int, default=10)
    words.add_argument("--draws", type=int, default=1_000)
    given = words.parse_args()
    folder = data_folder("education", "oulad")
    if folder is None:
        print("OULAD is not here; set `PENCHANT_DATA` to the folder that holds the data.")
        return
    data = oulad_from(lambda name: (folder / name).read_bytes())
    print(machine())
    choosing = spread_of(data.students, "choosing") < CHOOSING
    ways = chosen(data, choosing)
    by_student(data, ways, choosing, (given.weeks, given.folds, given.draws))
    forward(data, ways, choosing, (given.weeks, given.draws))


if __name__ == "__main__":
    main()
