"""Progress: what is kept of one student, folded from the signals of the pack.

Place: the expert of the school pack (`pack.toml`, `experts`). Puts together what its other modules
keep: the tracer's sums, memories that fade, items that were seen, and what was asked for.
Rule 1: a state is a value; each signal gives a new one. Rule 2: bounded, whatever a student does.
Without a population (the content `tracer`) a skill is believed by its own faded answers alone.
"""

from collections.abc import Mapping
from datetime import datetime
from math import sqrt
from typing import TypeVar

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from penchant.pack import (
    Contents,
    FrozenMap,
    Mastery,
    Memory,
    Signal,
    Sum,
    Tracer,
    Value,
    faded,
    grade_of,
    seconds,
)
from penchant.packs.school.course import Course
from penchant.packs.school.importers import answer_of
from penchant.packs.school.steering import NO_WISHES, Traits, Wishes, overridden
from penchant.packs.school.teaching import remembers

__all__ = ["Knowing", "Progress", "plain", "progress"]

V = TypeVar("V")

MOST_SEEN = 1_000
MOST_ASKED = 50
HALF_LIFE = seconds("30d")
LATELY = seconds("7d")
SAID, SAYS_YES = 6.0, 0.9
"""Answers that a student's own word counts as, and the share of right ones it stands for."""
_SOMEBODY = ""
"""Whose state lies in the tracer while it is asked; an engine asks under its lock."""
_WIDEST = len(Traits._fields) + 1


class Progress(Struct, frozen=True):
    """What is kept of one student.

    `sums` are right answers, wrong answers and when, by skill; `lately` are answers, right ones and
    hints of the last days. `leaning` is the sum of what overrides taught, at `leaning_at`.
    """

    tracing: bytes = b""
    sums: FrozenMap[tuple[float, float, float]] = FrozenMap()
    memories: FrozenMap[Memory] = FrozenMap()
    seen: FrozenMap[float] = FrozenMap()
    lately: tuple[float, float, float] = (0.0, 0.0, 0.0)
    contested: FrozenMap[tuple[bool, float]] = FrozenMap()
    at: float = 0.0
    goals: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    leaning: tuple[float, ...] = (0.0,) * _WIDEST
    leaning_at: float = float("-inf")

    @property
    def wishes(self) -> Wishes:
        """What was asked for, as the plan reads it."""
        return Wishes(
            frozenset(self.goals),
            self.pinned,
            frozenset(self.skipped),
            Sum(np.array(self.leaning), self.leaning_at),
        )


class Knowing:
    """The expert."""

    def __init__(self, tracer: Tracer | None, course: Course | None) -> None:
        """Use a population and a course where they were brought."""
        self._tracer, self._course = tracer, course

    def initial(self) -> Progress:
        """Give the progress of somebody of whom nothing is known."""
        return Progress()

    def fold(self, state: Progress, signal: Signal) -> Progress:
        """Give the progress with one more signal in it."""
        at = 0.0 if signal.at is None else signal.at.timestamp()
        folding = {
            "school.answered": self._answered,
            "school.hint_asked": self._hinted,
            "school.lesson_viewed": self._viewed,
            "school.goal_set": self._wanted,
            "school.accepted": self._accepted,
            "school.contested": self._contested,
            "school.override": self._overridden,
        }
        return folding[signal.kind](state, signal, at)

    def features(self, state: Progress, at: datetime) -> Mapping[str, Value]:
        """Give what decisions may know of a student."""
        gone = at.timestamp() - state.at if state.at else 0.0
        answers, right, hints = (faded(one, gone, LATELY) for one in state.lately)
        return {
            "school.answers_lately": answers,
            "school.right_lately": (right + 1.0) / (answers + 2.0),
            "school.hints_lately": hints,
            "school.skills_met": len(state.sums),
        }

    def believed(self, state: Progress) -> Mapping[str, Mastery]:
        """Give what is believed of each skill that was met."""
        known = self._traced_mastery(state)
        for skill, (knows, since) in state.contested.items():
            known[skill] = _said(known.get(skill, _counted(0.0, 0.0)), since, knows=knows)
        return known

    def _traced_mastery(self, state: Progress) -> dict[str, Mastery]:
        """Give what answers say of each skill."""
        if self._tracer is not None and state.tracing:
            self._tracer.restore(_SOMEBODY, state.tracing)
            try:
                known = self._tracer.mastery(_SOMEBODY)
            finally:
                self._tracer.forget(_SOMEBODY)
            return dict(known)
        sums = plain(state.sums).items()
        return {name: _counted(right, wrong) for name, (right, wrong, _) in sums}

    def _answered(self, state: Progress, signal: Signal, at: float) -> Progress:
        answer = answer_of(signal)
        tracing = self._traced(state.tracing, signal, at)
        sums, memories = plain(state.sums), plain(state.memories)
        for skill in answer.skills:
            sums[skill] = _added(sums.get(skill), at, correct=answer.correct)
            hints = signal.data.get("hints", 0.0)
            grade = grade_of(
                correct=answer.correct,
                seconds=answer.seconds,
                usual=self._usual(answer.item),
                hints=int(hints) if isinstance(hints, float | int) else 0,
            )
            known = self._of_skill(tracing, sums, skill)
            memories = remembers(memories, skill, known, grade=grade, at=at)
        state = self._lately(state, at, (1.0, float(answer.correct), 0.0))
        return replace(
            state,
            tracing=tracing,
            sums=FrozenMap(sums),
            memories=FrozenMap(memories),
            seen=_seen(state.seen, answer.item, at),
            pinned=tuple(one for one in state.pinned if one != answer.item),
        )

    def _hinted(self, state: Progress, signal: Signal, at: float) -> Progress:
        del signal
        return self._lately(state, at, (0.0, 0.0, 1.0))

    def _viewed(self, state: Progress, signal: Signal, at: float) -> Progress:
        return replace(state, seen=_seen(state.seen, str(signal.data.get("item", "")), at))

    def _wanted(self, state: Progress, signal: Signal, at: float) -> Progress:
        del at
        skill = str(signal.data.get("skill", ""))
        if signal.data.get("wanted") is False:
            return replace(state, goals=tuple(one for one in state.goals if one != skill))
        goals = (*state.goals, skill)
        return replace(state, goals=tuple(dict.fromkeys(goals))[-MOST_ASKED:])

    def _accepted(self, state: Progress, signal: Signal, at: float) -> Progress:
        del at
        pinned = (*state.pinned, str(signal.data.get("item", "")))
        return replace(state, pinned=tuple(dict.fromkeys(pinned))[-MOST_ASKED:])

    def _contested(self, state: Progress, signal: Signal, at: float) -> Progress:
        """Keep what a student says of a skill, and how many answers there were before."""
        del at
        skill = str(signal.data.get("skill", ""))
        known = self._traced_mastery(state).get(skill)
        told = dict(state.contested)
        told[skill] = (signal.data.get("knows") is True, float(known.answers if known else 0))
        return replace(state, contested=FrozenMap(dict(list(told.items())[-MOST_ASKED:])))

    def _overridden(self, state: Progress, signal: Signal, at: float) -> Progress:
        item, instead = (str(signal.data.get(name, "")) for name in ("item", "instead"))
        taken = self._traits(state, instead) if instead else None
        leaning = overridden(
            NO_WISHES._replace(leaning=state.wishes.leaning), self._traits(state, item), taken, at
        ).leaning
        pinned = (*state.pinned, instead) if instead else state.pinned
        skipped = state.skipped if instead else (*state.skipped, item)
        return replace(
            state,
            pinned=tuple(dict.fromkeys(pinned))[-MOST_ASKED:],
            skipped=tuple(dict.fromkeys(skipped))[-MOST_ASKED:],
            leaning=tuple(leaning.total.tolist()),
            leaning_at=leaning.at,
        )

    def _traits(self, state: Progress, item: str) -> Traits:
        """Say what kind of step an item would be for a student right now."""
        known = self._course.item_named.get(item) if self._course else None
        skills = known.skills if known else ()
        believed = self.believed(state)
        chances = [believed[one].probability for one in skills if one in believed]
        easy = 2.0 * min(chances, default=0.5) - 1.0
        review = float(any(one in state.memories for one in skills))
        return Traits(review, float(not chances), easy)

    def _traced(self, before: bytes, signal: Signal, at: float) -> bytes:
        """Give the tracer's state with one more answer in it."""
        answer = answer_of(signal)
        if self._tracer is None or not answer.skills:
            return before
        if before:
            self._tracer.restore(_SOMEBODY, before)
        try:
            self._tracer.answer(_SOMEBODY, answer.item, answer.skills, answer.correct, at)
            return self._tracer.state(_SOMEBODY)
        finally:
            self._tracer.forget(_SOMEBODY)

    def _of_skill(
        self, tracing: bytes, sums: Mapping[str, tuple[float, float, float]], skill: str
    ) -> Mastery:
        """Give what answers say of one skill; with a tracer without how sure that is."""
        if self._tracer is None or not tracing:
            right, wrong, _ = sums[skill]
            return _counted(right, wrong)
        self._tracer.restore(_SOMEBODY, tracing)
        try:
            return Mastery(self._tracer.predict(_SOMEBODY, None, (skill,)), 0.0, 0)
        finally:
            self._tracer.forget(_SOMEBODY)

    def _usual(self, item: str) -> float | None:
        known = self._course.item_named.get(item) if self._course else None
        return known.seconds if known else None

    def _lately(self, state: Progress, at: float, new: tuple[float, float, float]) -> Progress:
        gone = at - state.at if state.at else 0.0
        left = [
            faded(one, gone, LATELY) + more for one, more in zip(state.lately, new, strict=True)
        ]
        return replace(state, lately=(left[0], left[1], left[2]), at=at)


def progress(contents: Contents) -> Knowing:
    """Make the expert of what was brought."""
    tracer, course = contents.get("tracer"), contents.get("course")
    return Knowing(
        tracer if isinstance(tracer, Tracer) else None,
        course if isinstance(course, Course) else None,
    )


def plain(kept: FrozenMap[V]) -> dict[str, V]:
    """Give what a map holds as a dict, at once: looked up name by name it would be slow."""
    return dict(zip(kept.names, kept.held, strict=True))


def _added(
    before: tuple[float, float, float] | None, at: float, *, correct: bool
) -> tuple[float, float, float]:
    """Add an answer to the faded sums of a skill."""
    right, wrong, since = before or (0.0, 0.0, at)
    right, wrong = (faded(one, at - since, HALF_LIFE) for one in (right, wrong))
    return right + correct, wrong + (not correct), at


def _counted(right: float, wrong: float) -> Mastery:
    """Give what a beta distribution over faded answers, one each way to begin with, says."""
    n = right + wrong + 2.0
    mean = (right + 1.0) / n
    return Mastery(mean, sqrt(mean * (1.0 - mean) / (n + 1.0)), round(right + wrong))


def _said(known: Mastery, since: float, *, knows: bool) -> Mastery:
    """Give a belief with what the student said of it, which counts less with each answer since.

    It counts as `SAID` answers that agree, and half as much after as many answers more.
    """
    chance = known.probability
    weight = SAID * 0.5 ** (max(known.answers - since, 0.0) / SAID)
    held = chance * (1.0 - chance) / max(known.sd, 1e-3) ** 2
    mean = (chance * held + weight * (SAYS_YES if knows else 1.0 - SAYS_YES)) / (held + weight)
    return Mastery(mean, sqrt(mean * (1.0 - mean) / (held + weight)), known.answers)


def _seen(before: FrozenMap[float], item: str, at: float) -> FrozenMap[float]:
    """Note when an item was seen last; what was seen longest ago is let go."""
    seen = plain(before)
    seen.pop(item, None)
    seen[item] = at
    if len(seen) > MOST_SEEN:
        del seen[next(iter(seen))]
    return FrozenMap(seen)
