"""Diagnosis: how many items it takes to know a student, beside catsim and random items.

Everything here is SIMULATED: 500 items drawn by catsim's own generator (a ~ N(1.2, 0.25),
b ~ N(0, 1)), 2,000 students, theta ~ N(0, 1). Student s answers item i by one number drawn for the
pair, so all ways of asking meet the same luck. catsim runs its parts as its simulator does
(`MaxInfoSelector`, `NumericalSearchEstimator`, error <= .30, at most 45 items), once without and
once with `r_max=.25`. Ours is held at three values of `least_gain`; its items at catsim's error are
interpolated on logarithms. `--calibrated`: both sides know the bank only as calibrated by EM from
2,000 other students with 60 answers each.

    python bench/diagnosis.py --seeds 10
    python bench/diagnosis.py --seeds 10 --calibrated
    python bench/diagnosis.py --seeds 10 --bank  # how well items are found, at once and one by one

Results are kept line by line in `--results`; a run that is repeated goes on where it stopped.
"""

from __future__ import annotations

from measuring import machine, on_one_thread

if __name__ == "__main__":
    on_one_thread()

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.irt import inf_hpc
from catsim.item_bank import ItemBank
from catsim.selection import MaxInfoSelector
from numpy.typing import NDArray

from penchant.experts.item_bank import (
    ABILITIES,
    PRIOR,
    Bank,
    calibrated,
    chances,
    empty,
    given_by,
    joined,
)
from penchant.packs.school.diagnosis import (
    NOBODY_YET,
    Paper,
    Rules,
    answered,
    begun,
    drawn,
    exposed,
    weigh,
)
from penchant.packs.school.skill_graph import Skills

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ITEMS, STUDENTS = 500, 2_000
ERROR, MOST, LIMIT = 0.3, 45, 0.25
GAINS = (0.0048, 0.0040, 0.0033)
LENGTHS = (35, 45, 55)
CALIBRATING, EACH = 2_000, 60
KNOWN, KNOWN_LIMITED = "ability known (bound)", "ability known, limited (bound)"
CATSIM, LIMITED = "catsim maximum information", f"catsim, r_max {LIMIT}"


class World(NamedTuple):
    """A bank as it is, as it is known, students, and which answers would be right."""

    bank: Bank
    known: Bank
    theta: Floats
    right: Bools


class Sat(NamedTuple):
    """What came of one way of asking: items, error, bias, greatest exposure."""

    items: float
    rmse: float
    bias: float
    exposure: float
    longest: int


def make_world(seed: int, n: int, *, is_calibrated: bool) -> World:
    """Draw a bank and students."""
    dice = np.random.default_rng([seed, 1])
    drawn_items = ItemBank.generate_item_bank(ITEMS, itemtype="2PL", seed=seed).items
    bank = given_by([f"i{k}" for k in range(ITEMS)], drawn_items[:, 0], drawn_items[:, 1])
    theta = dice.normal(size=n)
    right = dice.random((n, ITEMS)) < chances(bank, theta)
    known = calibrate(bank, dice) if is_calibrated else bank
    return World(bank, known, theta, right)


def calibrate(bank: Bank, dice: np.random.Generator) -> Bank:
    """Calibrate by EM from other students, who answered random items."""
    chance = chances(bank, dice.normal(size=CALIBRATING))
    items = np.concatenate([dice.permutation(ITEMS)[:EACH] for _ in range(CALIBRATING)])
    students = np.repeat(np.arange(CALIBRATING), EACH)
    right = (dice.random(len(items)) < chance[students, items]).astype(np.float64)
    return calibrated(empty(bank.names), students, items, right)


def summed(world: World, ends: Floats, asked: Sequence[Sequence[int]]) -> Sat:
    """Sum up one way of asking."""
    lengths = [len(items) for items in asked]
    shown = np.bincount([i for items in asked for i in items], minlength=ITEMS)
    away = ends - world.theta
    rmse = float(np.sqrt(np.mean(away**2)))
    exposure = float(shown.max() / len(world.theta))
    return Sat(float(np.mean(lengths)), rmse, float(away.mean()), exposure, max(lengths))


def ours(world: World, least_gain: float, dice: np.random.Generator) -> Sat:
    """Let every student sit our test, one after the other."""
    skills = Skills(("ability",), np.zeros(1), np.eye(1))
    rules = Rules(sure=0.0, least_gain=least_gain, most=MOST, exposure=LIMIT)
    paper = Paper(world.known, skills, np.ones((ITEMS, 1)), rules)
    exposure, ends, asked = NOBODY_YET, [], []
    for row in world.right:
        diagnosis = begun(paper)
        while not (weighing := weigh(paper, diagnosis, exposure)).ended:
            item = drawn(weighing, dice.random())
            diagnosis = answered(paper, diagnosis, item, correct=bool(row[paper.place[item]]))
        exposure = exposed(exposure, diagnosis)
        ends.append(diagnosis.mean[0])
        asked.append([paper.place[item] for item in diagnosis.items])
    return summed(world, np.array(ends), asked)


def catsim(world: World, r_max: float) -> Sat:
    """Let every student sit catsim's maximum information, stopped by its own standard error."""
    table = np.stack([world.known.sharpness, world.known.difficulty], axis=1)
    bank = ItemBank(table)
    selector, estimator = MaxInfoSelector(r_max=r_max), NumericalSearchEstimator()
    shown, ends, asked = np.zeros(ITEMS), [], []
    for row in world.right:
        theta, given, answers, error = 0.0, [], [], 9.0
        while error > ERROR and len(given) < MOST:
            item = selector.select(item_bank=bank, administered_items=given, est_theta=theta)
            given.append(item)
            answers.append(bool(row[item]))
            theta = estimator.estimate(
                item_bank=bank,
                administered_items=given,
                response_vector=answers,
                est_theta=theta,
            )
            shown[item] += 1
            bank.update_exposure_rate(item, shown[item] / len(world.theta))
            error = 1 / np.sqrt(inf_hpc(theta, bank.items[given]).sum())
        ends.append(theta)
        asked.append(given)
    return summed(world, np.array(ends), asked)


def by_grid(world: World, asked: Sequence[Sequence[int]]) -> Sat:
    """Give what comes of asking these items; ability by our prior and quadrature."""
    chance = np.clip(chances(world.known), 1e-12, 1 - 1e-12)
    ends = []
    for given, row in zip(asked, world.right, strict=True):
        logs = np.where(row[given], np.log(chance[:, given]), np.log1p(-chance[:, given]))
        weights = PRIOR * np.exp(logs.sum(axis=1) - logs.sum(axis=1).max())
        ends.append(float(weights @ ABILITIES / weights.sum()))
    return summed(world, np.array(ends), asked)


def foreseen(world: World, least_gain: float, limit: float) -> Sat:
    """Ask what tells most of the ability as it is, which nobody knows: a bound, not a way.

    Its error is the one that information and prior allow, sqrt(mean of 1 / (1 + information)).
    """
    chance = chances(world.known, world.theta)
    information = world.known.sharpness**2 * chance * (1 - chance)
    shown, lengths, variances = np.zeros(ITEMS), [], []
    for number, row in enumerate(information):
        most = max(1.0, limit * (number + 1))
        given: list[int] = []
        precision = 1.0
        for item in np.argsort(-row).tolist():
            if 1 / precision - 1 / (precision + row[item]) < least_gain:
                break
            if shown[item] + 1 <= most:
                given.append(item)
                precision += row[item]
        shown[given] += 1
        lengths.append(len(given))
        variances.append(1 / precision)
    exposure = float(shown.max() / len(world.theta))
    rmse = float(np.sqrt(np.mean(variances)))
    return Sat(float(np.mean(lengths)), rmse, 0.0, exposure, max(lengths))


def ways(world: World, seed: int) -> Iterator[tuple[str, Callable[[], Sat]]]:
    """Give each way of asking with its name."""
    dice = np.random.default_rng([seed, 2])
    yield CATSIM, lambda: catsim(world, 1.0)
    yield LIMITED, lambda: catsim(world, LIMIT)
    for gain in GAINS:
        yield f"ours {gain}", lambda gain=gain: ours(world, gain, dice)
    for length in LENGTHS:
        yield (
            f"random {length}",
            lambda n=length: by_grid(world, [dice.permutation(ITEMS)[:n] for _ in world.theta]),
        )
    for name, limit in ((KNOWN, 1.0), (KNOWN_LIMITED, LIMIT)):
        for gain in GAINS:
            yield (
                f"{name} {gain}",
                lambda gain=gain, limit=limit: foreseen(world, gain, limit),
            )


def at_error(items: Floats, mse: Floats, wanted: float) -> float:
    """Give the items at which a way reaches a squared error, log-linear between its settings."""
    slope, start = np.polyfit(np.log(mse), np.log(items), 1)
    return float(np.exp(start + slope * np.log(wanted)))


def share(members: Sequence[Sequence[Sat]], rival: Sequence[Sat]) -> str:
    """Give a way's items at a rival's error, by the rival's items; 95 % bootstrap over seeds.

    Errors are pooled over seeds before anything is divided: one seed's is good to 2 %.
    """
    items = np.array([[one.items for one in rows] for rows in members])
    mse = np.array([[one.rmse**2 for one in rows] for rows in members])
    theirs = np.array([[one.items, one.rmse**2] for one in rival])
    dice, n, found = np.random.default_rng(0), len(rival), []
    for turn in range(2_001):
        seeds = dice.integers(0, n, n) if turn else np.arange(n)
        wanted = theirs[seeds].mean(axis=0)
        ours = at_error(items[:, seeds].mean(axis=1), mse[:, seeds].mean(axis=1), wanted[1])
        found.append(ours / wanted[0])
    low, high = np.percentile(found[1:], [2.5, 97.5])
    return f"{found[0]:.3f} ({low:.3f} to {high:.3f})"


def interval(values: Sequence[float]) -> str:
    """Give mean and 95 % interval over seeds (bootstrap)."""
    dice, taken = np.random.default_rng(0), np.array(values)
    means = dice.choice(taken, (4_000, len(taken))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{taken.mean():.3f} ({low:.3f} to {high:.3f})"


def found_items(seed: int, students: int) -> dict[str, float]:
    """Calibrate at once by EM and student by student; give errors of difficulty and sharpness."""
    world = make_world(seed, students, is_calibrated=False)
    dice = np.random.default_rng([seed, 3])
    items = np.stack([dice.permutation(ITEMS)[:EACH] for _ in range(students)])
    right = world.right[np.arange(students)[:, None], items]
    at_once = calibrated(
        empty(world.bank.names),
        np.repeat(np.arange(students), EACH),
        items.ravel(),
        right.ravel().astype(np.float64),
    )
    one_by_one = empty(world.bank.names)
    for asked, answers in zip(items, right, strict=True):
        names = [world.bank.names[item] for item in asked]
        one_by_one = joined(one_by_one, dict(zip(names, answers.tolist(), strict=True)))
    return {
        f"{what} {name}": float(np.sqrt(np.mean((getattr(bank, what) - truth) ** 2)))
        for name, bank in (("at once", at_once), ("one by one", one_by_one))
        for what, truth in (
            ("difficulty", world.bank.difficulty),
            ("sharpness", world.bank.sharpness),
        )
    }


def kept(path: Path) -> dict[str, Sat]:
    """Read what earlier runs found."""
    if not path.exists():
        return {}
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row["key"]: Sat(*row["sat"]) for row in rows}


def run(given: Any) -> dict[str, Sat]:
    """Play all ways in all worlds, those kept aside."""
    found = kept(given.results)
    mark = "calibrated" if given.calibrated else "known"
    for seed in range(given.first, given.first + given.seeds):
        world = make_world(seed, given.students, is_calibrated=given.calibrated)
        for name, play in ways(world, seed):
            key = f"{mark} {given.students} {seed} {name}"
            if key not in found:
                found[key] = play()
                with given.results.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"key": key, "sat": found[key]}) + "\n")
                print(key, found[key], flush=True)
    return found


def table(found: Mapping[str, Sat], prefix: str, seeds: Sequence[int]) -> None:
    """Print what was found, and items at equal error."""
    print("way | items | RMSE | bias | greatest exposure | longest")
    names = [name for name, _ in ways(make_world(0, 1, is_calibrated=False), 0)]
    sat = {name: [found[f"{prefix} {seed} {name}"] for seed in seeds] for name in names}
    for name, rows in sat.items():
        cells = [interval([one[place] for one in rows]) for place in range(4)]
        print(f"{name} | {' | '.join(cells)} | {max(one.longest for one in rows)}")
    groups = {
        "ours": [f"ours {gain}" for gain in GAINS],
        "random": [f"random {length}" for length in LENGTHS],
        KNOWN: [f"{KNOWN} {gain}" for gain in GAINS],
        KNOWN_LIMITED: [f"{KNOWN_LIMITED} {gain}" for gain in GAINS],
    }
    for rival in (CATSIM, LIMITED):
        for group, members in groups.items():
            found_share = share([sat[name] for name in members], sat[rival])
            print(f"items of {group} / items of {rival}, at its RMSE: {found_share}")


def main() -> None:
    """Run and print."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--seeds", type=int, default=10)
    given.add_argument("--first", type=int, default=0)
    given.add_argument("--students", type=int, default=STUDENTS)
    given.add_argument("--calibrated", action="store_true")
    given.add_argument("--bank", action="store_true")
    given.add_argument("--results", type=Path, default=Path("build/diagnosis.jsonl"))
    asked = given.parse_args()
    if asked.bank:
        rows = [found_items(seed, asked.students) for seed in range(asked.seeds)]
        print(f"SIMULATED: {asked.students:,} students, {EACH} of {ITEMS} items each; RMSE of")
        for name in rows[0]:
            print(f"{name} | {interval([row[name] for row in rows])}")
        return
    asked.results.parent.mkdir(parents=True, exist_ok=True)
    found = run(asked)
    print(machine())
    print(f"SIMULATED: {asked.students:,} students, {ITEMS} items, {asked.seeds} seeds")
    mark = "calibrated" if asked.calibrated else "known"
    seeds = range(asked.first, asked.first + asked.seeds)
    table(found, f"{mark} {asked.students}", seeds)


if __name__ == "__main__":
    main()
