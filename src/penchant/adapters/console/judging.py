"""Judging beside the pages: candidates of a moment are judged on a thread of their own.

It takes seconds, so a page waits a moment for it and then shows what is known by then: an earlier
answer with its time, or that one is being reckoned.
Rule 1: one question at a time, so that a look at a page takes one processor at most.
Rule 2: what went wrong on the thread is raised where the answer is asked for.
"""

import threading
from collections import OrderedDict
from datetime import datetime
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from penchant.engine import Engine
from penchant.errors import PenchantError
from penchant.learn.evaluate.decided import EVEN, NEUTRAL, Columns, always
from penchant.learn.evaluate.evaluation import Evaluation, evaluated

__all__ = ["Answered", "Judging"]

PATIENCE_SECONDS = 1.5
KEPT = 32
MOST_ALWAYS = 6  # actions of which "always" is asked on a page, those chosen most


class Answered(NamedTuple):
    """An evaluation, when it was made, and of how many outcomes of the moment."""

    evaluation: Evaluation
    at: datetime
    n_outcomes: int


class _Job:
    """One question under way: the answer or what went wrong, once `done` is set."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.wrong: PenchantError | None = None


class Judging:
    """Answers what candidates would have earned at the moments of one engine."""

    def __init__(self, engine: Engine, *, patience_seconds: float | None = None) -> None:
        """Start with nothing judged."""
        self._engine = engine
        self._patience = PATIENCE_SECONDS if patience_seconds is None else patience_seconds
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Answered] = OrderedDict()
        self._jobs: dict[tuple[str, str], _Job] = {}

    def ask(self, moment: str, against: str, n_outcomes: int) -> tuple[Answered | None, bool]:
        """Ask about the candidates of a moment.

        Args:
            moment: Its name; it must be declared.
            against: The policy in force; "" for as logged.
            n_outcomes: How many the moment has by now: an answer of as many is not asked for again.

        Returns:
            The latest answer, None where there is none yet; and whether a newer one is under way.

        Raises:
            PenchantError: When the question could not be answered.
        """
        key = (moment, against)
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.n_outcomes == n_outcomes:
                self._kept.move_to_end(key)
                return found, False
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = _Job()
                asked = (key, job, n_outcomes)
                threading.Thread(target=self._judge, args=asked, daemon=True).start()
        is_done = job.done.wait(self._patience)
        with self._lock:
            if is_done and job.wrong is not None:
                raise job.wrong
            return self._kept.get(key), not is_done

    def _judge(self, key: tuple[str, str], job: _Job, n_outcomes: int) -> None:
        """Judge on this thread, and keep the answer."""
        moment, against = key
        try:
            with self._turn:
                insight = self._engine.insight
                at, columns = insight.now, insight.log(moment)
                found = evaluated(_fewer(columns, against), against=against)
            with self._lock:
                self._kept[key] = Answered(found, at, n_outcomes)
                self._kept.move_to_end(key)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        except PenchantError as wrong:
            job.wrong = wrong
        finally:
            with self._lock:
                self._jobs.pop(key, None)
            job.done.set()


def _fewer(columns: Columns, against: str) -> Columns:
    """Leave the candidates that a page has room for."""
    counts = np.bincount(columns.actions, minlength=len(columns.names))
    often = np.argsort(-counts, kind="stable")[:MOST_ALWAYS]
    shown = {NEUTRAL, EVEN, against, *(always(columns.names[place]) for place in often)}
    policies = {name: columns.policies[name] for name in columns.policies if name in shown}
    return replace(columns, policies=policies)
