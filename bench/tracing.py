"""Tracing beside its rivals: who predicts the answers of students nobody has seen.

Real answers of four public sets, which do not ship (`bench/tracing_sets.py` says where they lie).
Students are dealt to 5 folds; what was learned from four parts predicts the fifth, each answer from
earlier ones only. Printed are AUC, log loss and calibration error (10 bins) over all students, and
the difference from each rival with a 95 % interval over folds (t, 4 degrees of freedom). Cold start
is a student's first 10 answers. Constants of ours were chosen on a part of the students of folds 1
to 4; nothing was chosen on the students of fold 0, so its difference stands beside.

    python bench/tracing.py --jobs 1
    python bench/tracing.py --cost          # microseconds and bytes, with simulated students

Results are kept line by line in `--results`, chances beside them, and a run that is repeated goes
on where it stopped.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import log_loss, roc_auc_score
from tracing_cost import cost
from tracing_logistic import LOGISTIC, fitted
from tracing_rivals import FOLDED
from tracing_sets import FOLDS, SETS, Answers, Floats, folds, load, previous

from penchant.experts.tracing import population as tracing_population
from penchant.packs.school import Tracer

OURS = "Penchant"
STRAIGHT = "no trees"
"""Ours without the trees: what they add is the difference."""
MODELS = (OURS, STRAIGHT, *LOGISTIC, *FOLDED)
COLD = 10
_T = 2.776
"""Student's t, 4 degrees of freedom, 97.5 %."""


class Job(NamedTuple):
    """One model on one fold of one set."""

    data: str
    model: str
    fold: int


class Result(NamedTuple):
    """What came of a job; cold is over first answers."""

    data: str
    model: str
    fold: int
    auc: float
    loss: float
    cold: float
    cold_loss: float
    fit_seconds: float


def rows_of(answers: Answers) -> list[tuple[object, ...]]:
    """Give rows as a caller would; where there are no items, the skill is the item."""
    item = answers.skill if answers.item is None else answers.item
    columns = [answers.student, item, answers.skill, answers.correct]
    at = [None] * len(item) if answers.at is None else answers.at.tolist()
    named = zip(*(column.tolist() for column in columns), at, strict=True)
    return [(f"s{s}", f"i{i}", (f"k{k}",), y, t) for s, i, k, y, t in named]


def chances(job: Job, answers: Answers, train: NDArray[np.bool_]) -> tuple[Floats, float]:
    """Give the probability of each answer of the fold, and processor seconds of the fit."""
    started = time.process_time()
    if job.model in (OURS, STRAIGHT):
        growth = tracing_population.GROWTH
        if job.model == STRAIGHT:
            tracing_population.GROWTH = growth._replace(trees=0)
        tracer = Tracer.fit(rows_of(answers.rows(train)))
        tracing_population.GROWTH = growth
        seconds = time.process_time() - started
        return tracer.follow(*map(list, zip(*rows_of(answers.rows(~train)), strict=True))), seconds
    if job.model in LOGISTIC:
        told = fitted(LOGISTIC[job.model](answers), answers.correct, train)
    else:
        told = FOLDED[job.model](answers, train)
    return told, time.process_time() - started


def run(job: Job, folder: Path) -> Result:
    """Do one job, and keep its chances."""
    answers = load(job.data)
    fold = folds(answers)
    told, seconds = chances(job, answers, fold != job.fold)
    np.save(folder / f"{'-'.join(map(str, job))}.npy", told.astype(np.float32))
    test = answers.rows(fold == job.fold)
    is_cold = previous(test.student) < COLD
    scores = [*scored(test.correct, told), *scored(test.correct[is_cold], told[is_cold])]
    return Result(*job, *scores, seconds)


def scored(right: NDArray[np.int64], told: Floats) -> tuple[float, float]:
    """Give AUC and log loss."""
    safe = np.clip(told, 1e-6, 1.0 - 1e-6)
    return float(roc_auc_score(right, told)), float(log_loss(right, safe))


def calibration(right: NDArray[np.int64], told: Floats) -> float:
    """Give the expected calibration error over 10 bins of one width."""
    place = np.minimum((told * 10).astype(int), 9)
    return float(np.abs(np.bincount(place, right - told, 10)).sum() / len(told))


def jobs_of(data: Sequence[str]) -> Iterator[Job]:
    """Give all jobs, those of ours last: they take longest."""
    for name in data:
        has_times = load(name).at is not None
        models = [model for model in MODELS if model != "DAS3H" or has_times]
        for model in [*models[1:], OURS]:
            yield from (Job(name, model, fold) for fold in range(FOLDS))


def report(results: Sequence[Result], folder: Path) -> None:
    """Print the tables."""
    for data in SETS:
        here = [one for one in results if one.data == data]
        if here:
            _table(data, here, folder)


def _table(data: str, here: Sequence[Result], folder: Path) -> None:
    answers = load(data)
    fold = folds(answers)
    students = int(answers.student.max()) + 1
    print(f"\n{data}: {len(fold):,} answers of {students:,} students, 5 folds by student")
    print(f"{'model':10} {'AUC':>7} {'log loss':>9} {'ECE':>7} {'cold AUC':>9} {'fit s':>7}")
    rows, by = [], {}
    for model in MODELS:
        own = sorted((one for one in here if one.model == model), key=lambda one: one.fold)
        if len(own) < FOLDS:
            continue
        by[model] = own
        parts = [(fold == n, _kept(folder, Job(data, model, n))) for n in range(FOLDS)]
        told = np.empty(len(fold))
        for which, part in parts:
            told[which] = part
        auc, loss, cold, seconds = (
            float(np.mean([getattr(one, field) for one in own]))
            for field in ("auc", "loss", "cold", "fit_seconds")
        )
        error = calibration(answers.correct, told)
        line = f"{model:10} {auc:7.4f} {loss:9.4f} {error:7.4f} {cold:9.4f} {seconds:7.1f}"
        rows.append((auc, line))
    print("\n".join(line for _, line in sorted(rows, reverse=True)))
    for rival in by if OURS in by else ():
        if rival != OURS:
            _compare(rival, by[OURS], by[rival])


def _compare(rival: str, ours: Sequence[Result], theirs: Sequence[Result]) -> None:
    told = []
    for field in ("auc", "cold", "loss"):
        gaps = [getattr(a, field) - getattr(b, field) for a, b in zip(ours, theirs, strict=True)]
        half = _T * float(np.std(gaps, ddof=1)) / FOLDS**0.5
        mean = float(np.mean(gaps))
        label = {"auc": "AUC", "cold": "cold AUC", "loss": "log loss"}[field]
        inner = f"{mean - half:+.4f} to {mean + half:+.4f}"
        told.append(f"{label} {mean:+.4f} ({inner}; fold 0 {gaps[0]:+.4f})")
    print(f"  ours - {rival}: {', '.join(told)}")


def _kept(folder: Path, job: Job) -> Floats:
    return np.asarray(np.load(folder / f"{'-'.join(map(str, job))}.npy"), dtype=np.float64)


def main() -> None:
    """Do what is not done yet, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", nargs="*", default=SETS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--results", type=Path, default=Path("build/tracing.jsonl"))
    parser.add_argument("--cost", action="store_true")
    parser.add_argument("--students", type=int, default=100_000, help="with --cost")
    given = parser.parse_args()
    if given.cost:
        cost(given.students)
        return
    folder = given.results.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    lines = given.results.read_text().splitlines() if given.results.exists() else []
    results = [Result(**json.loads(line)) for line in lines]
    done = {Job(*one[:3]) for one in results}
    wanted = [job for job in jobs_of(given.sets) if job not in done]
    with ProcessPoolExecutor(given.jobs) as pool, given.results.open("a") as kept:
        waiting = [pool.submit(run, job, folder) for job in wanted]
        for number, future in enumerate(as_completed(waiting), 1):
            one = future.result()
            results.append(one)
            kept.write(json.dumps(one._asdict()) + "\n")
            kept.flush()
            print(
                f"{number}/{len(wanted)} {one.data} {one.model} {one.fold}: {one.auc:.4f}",
                flush=True,
            )
    report(results, folder)


if __name__ == "__main__":
    main()
