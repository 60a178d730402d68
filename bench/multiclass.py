"""Classes read as a bandit: what a learner is worth from the first row on, beside its rivals.

Eight sets, rows in a drawn order, the first 5,000 of them. A row is the context, the classes are
the actions (in a drawn order, too), and only the action played tells its reward: 1 for the row's
class. The worth of a pass is the mean probability that was given to the right action; of rivals
that do not know their own probabilities, the mean reward of what they played.
Everybody goes through the same rows of the same shuffle. Penchant is asked as a caller asks it:
`decide` without a person, `learn`, default settings, or with `explore=0`.

Run: python bench/multiclass.py [--shuffles 0-9] [--sets letter,adult] [--rivals all] [--keep FILE]
Passes that a kept file holds are not played again; `--table` only prints what it holds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from bandit_sets import load
from data_folder import data_folder
from measuring import machine, on_one_thread
from numpy.typing import NDArray
from rivals_multiclass import RIVALS, Rival, Task, agreement

from penchant import Action, Engine, Moment

Floats = NDArray[np.float64]

SETS = ("letter", "penbased", "satimage", "nursery", "mushroom", "spambase", "adult", "digits")
OURS = {"Penchant, explore 0": 0.0, "Penchant": None}
"""None is the default."""
ROWS = 5_000
CRITICAL = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
"""Student's t at 5 %, two sides, by degrees of freedom."""


class Pass(NamedTuple):
    """One learner's way through one shuffle of one set."""

    rival: str
    set: str
    shuffle: int
    value: float
    exact: bool
    seconds: float


class Table(NamedTuple):
    """A set: columns of numbers and of texts, as a caller has them, and the classes."""

    rows: list[dict[str, float | str]]
    columns: Floats
    is_number: NDArray[np.bool_]
    classes: NDArray[np.int64]


def read(name: str) -> Table:
    """Read a set, once as features by name and once as a table with categories spread out."""
    columns, classes = load(name)
    is_number = np.ones(columns.shape[1], dtype=bool)
    folder = data_folder("bandit", "classification")
    if name == "digits" or folder is None:
        rows = [dict(zip(_names(columns.shape[1]), row, strict=True)) for row in columns.tolist()]
        return Table(rows, columns, is_number, classes)
    import pandas as pd  # noqa: PLC0415 - as in `bandit_sets`

    table = pd.read_parquet(folder / f"{name}.parquet").drop(columns="part", errors="ignore")
    table = table.iloc[:, :-1].fillna("?")
    texts = [kind.kind not in "fi" for kind in table.dtypes]
    spread = pd.get_dummies(table, dtype=float)
    is_number = np.array([column in set(table.columns[~np.array(texts)]) for column in spread])
    values = [
        (table[column].astype(str).str.strip() if text else table[column].astype(float)).tolist()
        for column, text in zip(table.columns, texts, strict=True)
    ]
    names = _names(len(values))
    rows = [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
    return Table(rows, columns, is_number, classes)


def _names(count: int) -> list[str]:
    return [f"x{place}" for place in range(count)]


def task_of(table: Table, shuffle: int) -> tuple[Task, list[dict[str, float | str]]]:
    """Draw the order of the rows and of the actions."""
    dice = np.random.default_rng(shuffle)
    order = dice.permutation(len(table.classes))[:ROWS]
    n_actions = int(table.classes.max()) + 1
    right = dice.permutation(n_actions)[table.classes[order]]
    task = Task(table.columns[order], table.is_number, right, n_actions, shuffle)
    return task, [table.rows[place] for place in order.tolist()]


def play(rival: Rival, task: Task) -> float:
    """Let a rival go through a task."""
    dice = np.random.default_rng([task.seed, 2])
    draws, total = dice.random(len(task.right)), 0.0
    for row, (right, draw) in enumerate(zip(task.right.tolist(), draws.tolist(), strict=True)):
        weights = rival.decide(row)
        ends = weights.cumsum()
        action = min(int((ends <= draw * ends[-1]).sum()), len(ends) - 1)
        reward = float(action == right)
        total += float(weights[right]) if rival.exact else reward
        rival.learn(row, action, float(weights[action]), reward)
    return total / len(task.right)


def play_ours(task: Task, rows: list[dict[str, float | str]], explore: float | None) -> float:
    """Go through a task with the engine's own verbs and dice."""
    names = [f"a{action}" for action in range(task.n_actions)]
    given = {} if explore is None else {"explore": explore}
    total = 0.0
    with Engine.open(seed=task.seed) as engine:
        actions = [Action(name) for name in names]
        engine.declare(Moment("row", purpose="bench", actions=actions, default=names[0], **given))
        for row, right in zip(rows, task.right.tolist(), strict=True):
            decision = engine.decide("row", context=row)
            total += decision.propensities[names[right]]
            engine.learn(decision.id, reward=float(decision.action.name == names[right]))
    return total / len(rows)


def passes(
    names: Sequence[str], sets: Sequence[str], shuffles: Sequence[int], kept: Sequence[Pass]
) -> Iterator[Pass]:
    """Play what was not played yet."""
    done = {one[:3] for one in kept}
    for shuffle in shuffles:
        for name in sets:
            missing = [rival for rival in names if (rival, name, shuffle) not in done]
            if not missing:
                continue
            task, rows = task_of(read(name), shuffle)
            for rival in missing:
                start = time.perf_counter()
                exact = True
                if rival in OURS:
                    value = play_ours(task, rows, OURS[rival])
                else:
                    learner = RIVALS[rival](task)
                    exact, value = learner.exact, play(learner, task)
                yield Pass(rival, name, shuffle, value, exact, time.perf_counter() - start)


def of(kept: Sequence[Pass], rival: str, name: str) -> dict[int, float]:
    """Give the values of a rival on a set, by shuffle."""
    return {one.shuffle: one.value for one in kept if one.rival == rival and one.set == name}


def mean_of(kept: Sequence[Pass], rival: str, shuffles: set[int] | None = None) -> float:
    """Give the mean of the means of the sets; NaN where a set was not played."""
    means = []
    for name in SETS:
        values = [v for s, v in of(kept, rival, name).items() if shuffles is None or s in shuffles]
        means.append(float(np.mean(values)) if values else float("nan"))
    return float(np.mean(means))


def table(kept: Sequence[Pass]) -> None:
    """Print the mean of every learner on every set, best first."""
    rivals = sorted({one.rival for one in kept}, key=lambda rival: -mean_of(kept, rival))
    print(f"{'':28}" + "".join(f"{name[:8]:>9}" for name in SETS) + "     mean  shuffles  value")
    for rival in rivals:
        found = [of(kept, rival, name) for name in SETS]
        cells = "".join(f"{np.mean([*one.values()]) if one else np.nan:9.4f}" for one in found)
        fewest = min(len(one) for one in found)
        exact = next(one.exact for one in kept if one.rival == rival)
        how = "probability" if exact else "played"
        print(f"{rival:28}{cells}{mean_of(kept, rival):9.4f}{fewest:8}    {how}")


def against(kept: Sequence[Pass], mine: str, other: str) -> None:
    """Print how one learner does against another on the shuffles that both played."""
    wins = losses = 0
    print(f"\n{mine} minus {other}, 95 % interval by paired t")
    worst = ("", np.inf)
    for name in SETS:
        ours, theirs = of(kept, mine, name), of(kept, other, name)
        apart = np.array([ours[shuffle] - theirs[shuffle] for shuffle in ours.keys() & theirs])
        if len(apart) - 1 not in CRITICAL:
            print(f"{name:10} {len(apart)} shuffles: too few")
            continue
        gain = float(apart.mean())
        half = CRITICAL[len(apart) - 1] * float(apart.std(ddof=1)) / len(apart) ** 0.5
        wins, losses = wins + (gain > half), losses + (gain < -half)
        worst = min(worst, (name, gain), key=lambda one: one[1])
        print(f"{name:10}{gain:+.4f} ({gain - half:+.4f} to {gain + half:+.4f}) of {len(apart)}")
    print(f"won {wins}, lost {losses} of {len(SETS)}; least: {worst[0]} {worst[1]:+.4f}")


def report(kept: Sequence[Pass]) -> None:
    """Print everything that was kept: the best rival of all, and the best without our waves."""
    table(kept)
    rivals = {one.rival for one in kept} - OURS.keys()
    full = [rival for rival in rivals if not np.isnan(mean_of(kept, rival))]
    best = sorted(full, key=lambda rival: -mean_of(kept, rival))
    plain = [rival for rival in best if not rival.endswith("waves")]
    for mine in OURS:
        for other in dict.fromkeys([*best[:1], *plain[:1]]):
            against(kept, mine, other)
    cost = [
        np.mean([*of(kept, "Penchant", name).values()])
        - np.mean([*of(kept, "Penchant, explore 0", name).values()])
        for name in SETS
        if of(kept, "Penchant", name) and of(kept, "Penchant, explore 0", name)
    ]
    if cost:
        print(f"\nthe floor costs, in the mean of {len(cost)} sets: {np.mean(cost):+.4f}")


def chosen(text: str, known: Sequence[str], what: str) -> list[str]:
    """Give the names of a list, `all`, or those that begin as a part of it does."""
    parts = text.split(",")
    names = [name for name in known if text == "all" or any(name.startswith(p) for p in parts)]
    if not names:
        raise SystemExit(f"No {what} is named `{text}`. There are: {', '.join(known)}.")
    return names


def numbers(text: str) -> list[int]:
    """Read `0-9` or `0,1,2`."""
    first, _, last = text.partition("-")
    return [*range(int(first), int(last) + 1)] if last else [int(one) for one in text.split(",")]


def main() -> None:
    """Play, keep, print."""
    on_one_thread()
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    options.add_argument("--shuffles", default="0-2", help="0-9, or 0,1,2")
    options.add_argument("--sets", default="all", help="names, with commas between")
    options.add_argument("--rivals", default="all", help="names or how they begin")
    options.add_argument("--keep", type=Path, help="JSON lines: added to, and not played again")
    options.add_argument("--table", action="store_true", help="only print what was kept")
    given = options.parse_args()
    kept: list[Pass] = []
    if given.keep and given.keep.exists():
        lines = given.keep.read_text(encoding="utf-8").splitlines()
        kept = [Pass(**json.loads(line)) for line in lines]
    if not given.table:
        print(machine())
        sets = chosen(given.sets, SETS, "set")
        names = chosen(given.rivals, [*OURS, *RIVALS], "rival")
        for one in passes(names, sets, numbers(given.shuffles), kept):
            kept.append(one)
            print(f"{one.rival:28}{one.set:10}{one.shuffle:4}{one.value:9.4f}{one.seconds:8.1f} s")
            if given.keep:
                with given.keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(one._asdict()) + "\n")
        if any(name.startswith("Lin") for name in names):
            apart = agreement(task_of(read("penbased"), 0)[0])
            print(f"our LinUCB and MABWiser's over 500 rows: scores at most {apart:.1e} apart")
    report(kept)


if __name__ == "__main__":
    main()
