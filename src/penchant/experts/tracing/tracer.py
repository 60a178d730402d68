"""The tracer: what each student knows, after every answer.

Place: what is believed of what a student knows. A population is fitted once; then each answer
is folded into the sums of its student, and the next answer is predicted from them.
Rule 1: predicting changes nothing; an answer changes the state of its student only.
Rule 2: a state is a value: it can be taken out, kept, and put back into a tracer of the same fit.
Rule 3: a student, an item or a skill that nobody met is answered as what is usual.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, sqrt
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from penchant.experts.tracing.columns import (
    Columns,
    asked_of,
    columns_of,
    instant,
    instants,
    is_right,
    rights,
    same_length,
)
from penchant.experts.tracing.context import Sizes
from penchant.experts.tracing.difficulty import Hardness, Rows, chance_of
from penchant.experts.tracing.fold import Fold, One, Several, turns
from penchant.experts.tracing.names import Kind, Names
from penchant.experts.tracing.population import Population, fit_population
from penchant.experts.tracing.signals import OF_SKILL, S_N, S_SUMS, Given, Shape
from penchant.model.boosting import QuickForest

__all__ = ["Mastery", "Tracer"]

Floats = NDArray[np.float64]

_WIDE = 12
"""Answers at once from which arrays are quicker than one by one."""
_PART = 2048
"""Answers looked at together, so that their states stay in the processor's cache."""
_TOLD = 65_536
"""Answers whose chances are computed together."""
_FADING = 2
"""Which of the sums of a skill says how much is known: half-life of 10 answers."""
_SPREAD = 1.0
"""Prior variance of a skill of a student, in log-odds."""


class Mastery(NamedTuple):
    """What is believed about one skill of one student.

    Attributes:
        probability: Of a right answer to a middling item of the skill that is new to the student.
        sd: How unsure that is, on the same scale.
        answers: Answers to the skill so far.
    """

    probability: float
    sd: float
    answers: int


class Tracer:
    """Predicts answers of students and learns from them.

    Example:
        >>> answers = [(f"s{n}", f"i{n % 3}", ["add"], n % 3 > 0) for n in range(60)]
        >>> tracer = Tracer.fit(answers)
        >>> before = tracer.predict("ada", "i1", ["add"])
        >>> tracer.answer("ada", "i1", ["add"], correct=False)
        >>> 0.0 < tracer.predict("ada", "i1", ["add"]) < 1.0
        True
        >>> tracer.mastery("ada")["add"].answers
        1
    """

    def __init__(self, names: Names, fold: Fold, population: Population) -> None:
        """Use `Tracer.fit`."""
        self._names, self._fold, self._population = names, fold, population
        self._hardness = Hardness(population.difficulty)
        self._forest = QuickForest(population.forest)
        self._leftovers = [one.as_mapping() for one in population.leftovers]
        self._states: dict[Any, bytes] = {}

    @classmethod
    def fit(cls, answers: Iterable[Sequence[Any]]) -> Self:
        """Learn from the answers of a population.

        Args:
            answers: Rows of student, item (or None), skills, correct and, if known, when (seconds
                or an aware datetime), each student's in order. Without rows the tracer starts from
                one half.

        Returns:
            A tracer that knows no student yet: those of the population are not kept.

        Raises:
            BadInput: When a row is no answer; it says which.
        """
        columns = columns_of(answers)
        has_items = columns.has_items
        items = [item for item in columns.item if item is not None] if has_items else []
        names = Names(columns.skills, items)
        fold = Fold(Shape(has_items, columns.has_times), Sizes(names.n_kinds, names.n_items))
        return cls(names, fold, _fitted(columns, names, fold))

    def predict(
        self, student: Any, item: Any, skills: Sequence[str] | str, at: Any = None
    ) -> float:
        """Give the probability that a student's next answer is right; changes nothing.

        Args:
            student: Who would answer; somebody new is a middling student.
            item: What would be asked; None where there are no items.
            skills: What it exercises, at least one.
            at: When, in seconds or as an aware datetime; None is at once after the last answer.

        Returns:
            A probability above 0 and below 1.

        Raises:
            BadInput: When no skill is named, or the time is none.
        """
        kind = self._names.kind(skills)
        state = self._states.get(student, self._fold.layout.empty)
        return self._chance(state, self._one(kind, item, at), kind)

    def answer(
        self,
        student: Any,
        item: Any,
        skills: Sequence[str] | str,
        correct: Any,
        at: Any = None,
    ) -> None:
        """Take in an answer; the arguments are as in `predict`.

        Raises:
            BadInput: When `correct` is neither true nor false, no skill is named, or the time is
                none; nothing was taken in then.
        """
        right = is_right(correct)
        kind = self._names.kind(skills)
        one = self._one(kind, item, at)
        expected = self._hardness.expected(kind.number, kind.alike, one.item)
        state = self._states.get(student, self._fold.layout.empty)
        self._states[student] = self._fold.after(state, one, Given(right, expected))

    def predict_many(
        self,
        students: Sequence[Any],
        items: Sequence[Any] | None,
        skills: Sequence[Sequence[str] | str],
        at: Sequence[Any] | None = None,
    ) -> Floats:
        """Give the probability of each of many answers, all as the students stand now.

        Args:
            students: Who would answer, one for each; a student may stand there more than once.
            items: What would be asked; None where there are no items.
            skills: What each exercises.
            at: When; None where that is not known.

        Returns:
            ``(n,) float64``, as `predict` gives them.

        Raises:
            BadInput: As `predict`, or when the columns differ in length.
        """
        asked, kinds = self._asked(students, items, skills, at)
        states, rows = self._states_of(students), np.arange(len(students))
        said = [
            self._fold.all_say(states[start : start + _PART], asked.take(rows[start:][:_PART]))
            for start in range(0, max(len(rows), 1), _PART)
        ]
        signals, pairs = (np.concatenate(column) for column in zip(*said, strict=True))
        return self._told(self._hard(asked, kinds), signals, pairs)

    def follow(
        self,
        students: Sequence[Any],
        items: Sequence[Any] | None,
        skills: Sequence[Sequence[str] | str],
        correct: Sequence[Any],
        at: Sequence[Any] | None = None,
    ) -> Floats:
        """Take in many answers, each predicted first from those before it.

        Returns:
            ``(n,) float64``, what `predict` would have given before each `answer`.

        Raises:
            BadInput: As `answer_many`; nothing was taken in then.
        """
        same_length(students=students, correct=correct)
        right = rights(correct)
        asked, kinds = self._asked(students, items, skills, at)
        hard = self._hard(asked, kinds)
        given = Given(right, chance_of(hard[:, 0]))
        signals, pairs = _scanned(self._fold, students, asked, given, self._states)
        return self._told(hard, signals, pairs)

    def answer_many(
        self,
        students: Sequence[Any],
        items: Sequence[Any] | None,
        skills: Sequence[Sequence[str] | str],
        correct: Sequence[Any],
        at: Sequence[Any] | None = None,
    ) -> None:
        """Take in many answers, those of a student in order; else as `answer`.

        Raises:
            BadInput: As `answer`, or when the columns differ in length; nothing was taken in then.
        """
        same_length(students=students, correct=correct)
        right = rights(correct)
        asked, kinds = self._asked(students, items, skills, at)
        expected = chance_of(self._hard(asked, kinds)[:, 0])
        for turn in turns(_numbered(students)):
            own = [students[n] for n in turn.tolist()]
            states = self._states_of(own)
            given = Given(right[turn], expected[turn])
            if len(turn) < _WIDE:
                after = self._fold.each_after(states, asked.take(turn), given)
            else:
                after = self._fold.all_after(states, asked.take(turn), given)
            self._states.update(zip(own, after, strict=True))

    def mastery(self, student: Any) -> Mapping[str, Mastery]:
        """Give what is believed about each skill that a student has answered.

        Args:
            student: Whose; of somebody unknown nothing is believed.

        Returns:
            By name of the skill. `sd` counts the answers to the skill, older ones less: about
            1 / sqrt(information) on the log-odds, brought to the scale of probabilities.
        """
        layout = self._fold.layout
        state = self._states.get(student, layout.empty)
        believed = {}
        for key in layout.keys(state, layout.skill):
            name = self._names.skill(key)
            if name:
                row = layout.row(state, layout.skill, key)
                chance = self.predict(student, None, (name,))
                information = row[S_SUMS + len(OF_SKILL) + _FADING] + 1.0 / _SPREAD
                sd = chance * (1.0 - chance) / sqrt(information)
                believed[name] = Mastery(chance, sd, int(row[S_N]))
        return believed

    def state(self, student: Any) -> bytes:
        """Give what is kept of a student, as a value that `restore` takes."""
        return self._states.get(student, self._fold.layout.empty)

    def restore(self, student: Any, state: bytes) -> None:
        """Put a state back, or in another student's place.

        Raises:
            BadInput: When it does not fit this tracer.
        """
        self._fold.layout.check(state)
        self._states[student] = bytes(state)

    def forget(self, student: Any) -> None:
        """Drop what is kept of a student; who is not known stays so."""
        self._states.pop(student, None)

    def _one(self, kind: Kind, item: Any, at: Any) -> One:
        names = self._names
        when = None if at is None else instant(at)
        return One(kind.number, names.item(item), kind.keys, names.item_key(item), when)

    def _chance(self, state: bytes, one: One, kind: Kind) -> float:
        described = self._hardness.of(one.kind, kind.alike, one.item)
        signals, pairs = self._fold.says(state, one)
        described += signals
        for known, key in zip(self._leftovers, pairs, strict=True):
            described += known.get(key, (0.0, 0.0))
        row = np.array(described, dtype=np.float32)
        line = self._population.line
        odds = float(row @ line.weights) + line.intercept + self._forest.added(row)
        return 1.0 / (1.0 + exp(-odds))

    def _told(self, hard: Floats, signals: NDArray[np.float32], pairs: Floats) -> Floats:
        """Give the chances of rows, a part after the other to bound what is held at once."""
        chances = np.empty(len(hard))
        for start in range(0, len(hard), _TOLD):
            part = slice(start, start + _TOLD)
            described = self._population.described(hard[part], signals[part], pairs[part])
            chances[part] = self._population.chances(described)
        return chances

    def _asked(
        self,
        students: Sequence[Any],
        items: Sequence[Any] | None,
        skills: Sequence[Any],
        at: Sequence[Any] | None,
    ) -> tuple[Several, list[Kind]]:
        same_length(students=students, items=items, skills=skills, at=at)
        things = [None] * len(students) if items is None else items
        return asked_of(self._names, things, skills, instants(at, len(students)))

    def _hard(self, asked: Several, kinds: Sequence[Kind]) -> Floats:
        hard = self._population.difficulty.of(asked.kind, asked.item)
        for n in np.flatnonzero(asked.kind == 0).tolist():
            hard[n] = self._hardness.of(0, kinds[n].alike, int(asked.item[n]))
        return hard

    def _states_of(self, students: Sequence[Any]) -> list[bytes]:
        empty = self._fold.layout.empty
        return [self._states.get(student, empty) for student in students]


def _fitted(columns: Columns, names: Names, fold: Fold) -> Population:
    """Fit a population; its students are kept only while their answers are folded."""
    asked, _ = asked_of(names, columns.item, columns.skills, columns.at)
    rows = Rows(_numbered(columns.student), asked.kind, asked.item, columns.right)

    def scan(hard: Floats) -> tuple[NDArray[np.float32], Floats]:
        given = Given(columns.right, chance_of(hard))
        return _scanned(fold, columns.student, asked, given, {})

    return fit_population(rows, fold.sizes, scan)


def _scanned(
    fold: Fold, students: Sequence[Any], asked: Several, given: Given, states: dict[Any, bytes]
) -> tuple[NDArray[np.float32], Floats]:
    """Fold answers into `states`, and give what was said before each: signals and pairs."""
    none = fold.all_say([], asked.take(np.zeros(0, dtype=np.int64)))
    signals, pairs = (np.empty((len(students), part.shape[1]), part.dtype) for part in none)
    for turn in turns(_numbered(students)):
        own = [students[n] for n in turn.tolist()]
        before = [states.get(student, fold.layout.empty) for student in own]
        part = Given(given.right[turn], given.expected[turn])
        signals[turn], pairs[turn], after = fold.step(before, asked.take(turn), part)
        states.update(zip(own, after, strict=True))
    return signals, pairs


def _numbered(students: Sequence[Any]) -> NDArray[np.int64]:
    """Number students from 0 as they first appear."""
    numbers: dict[Any, int] = {}
    given = [numbers.setdefault(student, len(numbers)) for student in students]
    return np.array(given, dtype=np.int64)
