"""Will somebody sit through the next hour? The engine's model as a predictor, on real wristbands.

Fitbit (Furberg et al. 2016, 21 people here, 31 days): it is foretold whether the next waking hour
(8 to 21) has fewer than 250 steps. Split by time: learned until day 20, told from day 21 on,
nothing is learned from what is told. Rivals: logistic regression for everybody; with an intercept
for each person; and with an hour of the day of each person's own. How hard each is shrunk is chosen
on days 15 to 20.

Run: python bench/next_hour.py [--bootstraps 1000]; needs the data, see bench/data_folder.py.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from data_folder import data_folder
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from penchant import Action, Engine, Moment, Outcome
from penchant.adapters.store.memory import MemoryStore
from penchant.laboratory import Clock

Floats = NDArray[np.float64]

FEW_STEPS, FIRST_HOUR, LAST_HOUR, SATURDAY = 250, 8, 21, 5
VALID_DAY, TEST_DAY = 14, 20
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
MOMENT, PURPOSE = "wellbeing.next_hour", "wellbeing"
HOUR_NAMES = ("sine", "cosine", "sine_twice", "cosine_twice", "weekend")


class Hours(NamedTuple):
    """n hours: whose, which day since the first, when, what is known of them, and what came.

    `hour` (n, 5) tells the next hour of the day and whether it is a weekend, `lately` (n, 3) the
    steps of the last hour, of the one before and of the day so far.
    """

    person: NDArray[np.int64]
    day: NDArray[np.int64]
    at: list[datetime]
    hour: Floats
    lately: Floats
    sat: NDArray[np.int64]


def load() -> Hours | None:
    """Read the hours, oldest first; None where the data are not here."""
    folder = data_folder("wellness", "fitbit")
    if folder is None:
        return None
    with gzip.open(folder / "hourlySteps_merged.csv.gz", "rt") as file:
        rows = [
            (row["Id"], _time(row["ActivityHour"]), int(row["StepTotal"]))
            for row in csv.DictReader(file)
        ]
    steps = {(person, at): count for person, at, count in rows}
    people = {
        person: place for place, person in enumerate(sorted({person for person, _, _ in rows}))
    }
    begun = min(at for _, at, _ in rows).date()
    found = []
    for (person, at), count in steps.items():
        after = at + timedelta(hours=1)
        if FIRST_HOUR <= after.hour <= LAST_HOUR and (person, after) in steps:
            midnight = at.replace(hour=0)
            today = sum(
                steps.get((person, midnight + timedelta(hours=h)), 0) for h in range(at.hour + 1)
            )
            before = steps.get((person, at - timedelta(hours=1)), count)
            turn = 2 * np.pi * after.hour / 24
            hour = [
                np.sin(turn),
                np.cos(turn),
                np.sin(2 * turn),
                np.cos(2 * turn),
                float(after.weekday() >= SATURDAY),
            ]
            lately = np.log1p([count, before, today]).tolist()
            sat = int(steps[person, after] < FEW_STEPS)
            found.append((people[person], (after.date() - begun).days, after, hour, lately, sat))
    found.sort(key=lambda one: (one[2], one[0]))
    whose, days, times, hours, before_it, rests = zip(*found, strict=True)
    hour_table, lately_table = np.array(hours), np.array(before_it)
    ids, dates, outcomes = np.array(whose), np.array(days), np.array(rests)
    return Hours(ids, dates, list(times), hour_table, lately_table, outcomes)


def everybody(hours: Hours) -> Floats:
    """Give what a logistic regression for everybody sees: features and their products."""
    products = (hours.hour[:, :, None] * hours.lately[:, None, :]).reshape(len(hours.sat), -1)
    return np.hstack([hours.hour, hours.lately, products])


def each(hours: Hours) -> Floats:
    """Give the same, with columns for each person: an intercept, and the hour of the day."""
    n_people = int(hours.person.max()) + 1
    own = np.eye(n_people)[hours.person]
    seen = np.hstack([np.ones((len(own), 1)), hours.hour])
    return np.hstack([everybody(hours), (own[:, :, None] * seen[:, None, :]).reshape(len(own), -1)])


def intercepts(hours: Hours) -> Floats:
    """Give what everybody's sees, with an intercept for each person."""
    return np.hstack([everybody(hours), np.eye(int(hours.person.max()) + 1)[hours.person]])


def logistic(hours: Hours, sees: Callable[[Hours], Floats]) -> Floats:
    """Fit on the days before the test, and tell all days; shrunk as is best on the last of them."""
    x = sees(hours)
    x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-9)
    early, late = hours.day < VALID_DAY, (hours.day >= VALID_DAY) & (hours.day < TEST_DAY)

    def told(strength: float, known: NDArray[np.bool_]) -> Floats:
        model = LogisticRegression(C=strength, max_iter=2_000).fit(x[known], hours.sat[known])
        return np.asarray(model.predict_proba(x)[:, 1])

    best = max(STRENGTHS, key=lambda one: roc_auc_score(hours.sat[late], told(one, early)[late]))
    return told(best, hours.day < TEST_DAY)


def engine(hours: Hours) -> Floats:
    """Let an engine meet the hours one after the other; it learns until the days of the test."""
    clock = Clock()
    clock.now = hours.at[0] - timedelta(days=1)
    dice = random.Random(0)  # noqa: S311 - dice, not secrets
    told = np.zeros(len(hours.sat))
    with Engine(MemoryStore(), clock=clock, dice=dice) as running:
        outcome = Outcome("sat", window="2h", default=None)  # what is not told is not known
        running.declare(Moment(MOMENT, purpose=PURPOSE, default="hour", outcome=outcome))
        for one in range(int(hours.person.max()) + 1):
            running.consent(f"p{one}", PURPOSE, granted=True, dial=1.0)
        for place, (person, day, at, hour, lately, sat) in enumerate(_rows(hours)):
            clock.now = at
            decision = running.decide(
                MOMENT,
                person=f"p{person}",
                context=dict(zip(("last", "before", "today"), lately, strict=True)),
                actions=[Action("hour", dict(zip(HOUR_NAMES, hour, strict=True)))],
            )
            told[place] = decision.expected[0] + decision.personal[0]
            if day < TEST_DAY:
                running.learn(decision.id, reward=float(sat))
    return told


def _rows(hours: Hours) -> Iterator[tuple[int, int, datetime, list[float], list[float], int]]:
    columns = (hours.person, hours.day, hours.at, hours.hour, hours.lately, hours.sat)
    lists = (one if isinstance(one, list) else one.tolist() for one in columns)
    return zip(*lists, strict=True)


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=UTC)


def main() -> None:
    """Print the areas and what sets them apart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootstraps", type=int, default=1_000)
    given = parser.parse_args()
    hours = load()
    if hours is None:
        print("The Fitbit data are not here; see bench/data_folder.py.")
        return
    told = {
        "everybody": logistic(hours, everybody),
        "everybody + intercepts": logistic(hours, intercepts),
        "everybody + intercepts and hours": logistic(hours, each),
        "penchant": engine(hours),
    }
    test = hours.day >= TEST_DAY
    sat, person = hours.sat[test], hours.person[test]
    print(f"{len(sat):,} hours of {len(set(person.tolist()))} people told, {sat.mean():.0%} sat")
    areas = {name: roc_auc_score(sat, one[test]) for name, one in told.items()}
    for name, area in areas.items():
        print(f"{name:36}{area:.4f}")
    dice, places = (
        np.random.default_rng(0),
        [np.flatnonzero(person == one) for one in set(person.tolist())],
    )
    for name in list(told)[:-1]:
        gaps = []
        for _ in range(given.bootstraps):
            drawn = np.concatenate(
                [places[one] for one in dice.integers(0, len(places), len(places))]
            )
            ours, theirs = (
                roc_auc_score(sat[drawn], told[one][test][drawn]) for one in ("penchant", name)
            )
            gaps.append(ours - theirs)
        low, high = np.quantile(gaps, [0.025, 0.975])
        print(
            f"penchant ahead of {name}: {areas['penchant'] - areas[name]:+.4f} "
            f"({low:+.4f} to {high:+.4f} over people)"
        )


if __name__ == "__main__":
    main()
