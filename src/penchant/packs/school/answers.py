"""Answers of students to items, and what is wrong with a row as it was read.

Loop: what signals of this pack become. Everything that learns here takes checked answers.
Rule 1: a row that is wrong is left out and said, with its line and field; the rest stands.
Rule 2: rows keep the order they came in; a time that goes backwards is said and not used.
Rule 3: a finding names students and items, never what was answered.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from penchant.packs.school.course import Course, Finding, Place

__all__ = ["Answer", "Session", "checked_answers", "digest_of"]


class Answer(NamedTuple):
    """One answer of one student to one item.

    `at` is in seconds since 1970 (UTC), None where no time is known; `seconds` is how long it took.
    `response` is what was chosen, kept only where somebody needs it; `id` is what a number on a
    page opens to.

    Example:
        >>> Answer("ada", "2+2", ("add",), True).at is None
        True
    """

    student: str
    item: str
    skills: tuple[str, ...]
    correct: bool
    at: float | None = None
    seconds: float | None = None
    response: str = ""
    session: str = ""
    id: str = ""


class Session(NamedTuple):
    """A sitting: when it was opened and closed, in seconds since 1970; None is not known."""

    opened: float | None = None
    closed: float | None = None


class _Wrong(NamedTuple):
    rule: str
    field: str
    sentence: str


def checked_answers(
    rows: Iterable[Sequence[object]],
    course: Course | None = None,
    *,
    places: Sequence[Place] = (),
    sessions: Mapping[str, Session] | None = None,
    now: float | None = None,
    batch: str = "",
) -> tuple[tuple[Answer, ...], tuple[Finding, ...]]:
    """Check rows of answers one by one, in the order given.

    Args:
        rows: `Answer`s, or tuples that begin as one does.
        course: What is taught; without it items and skills are taken as they are named.
        places: Where each row was read, in parallel; without it a row is known by its number.
        sessions: When each session named in the rows was opened and closed.
        now: Seconds since 1970; a later answer has a wrong clock. None: not asked.
        batch: What tells this file from others, such as its digest. An answer without an id gets
            one: of what it says where it has a time, of its place in this batch where it has none.

    Returns:
        The answers that stand, each with an id, and what was found.

    Example:
        >>> rows = [("ada", "2+2", ("add",), True), ("ada", "", ("add",), False)]
        >>> answers, findings = checked_answers(rows)
        >>> len(answers), str(findings[0])
        (1, 'row:2 `item`: The answer names no item. Name one.')
    """
    check = _Check(course, sessions or {}, now)
    untimed = batch or "batch"
    findings: list[Finding] = []
    kept: list[Answer] = []
    for number, row in enumerate(rows):
        place = places[number] if number < len(places) else Place("row", number + 1)
        wrong = _misshapen(row)
        answer = None if wrong else _built(row)
        wrong = check.about(answer) if answer else wrong
        if wrong or not answer:
            findings += [_finding(wrong, place)] if wrong else []
            continue
        answer, told = check.settled(answer)
        mark = untimed + str(place) if answer.at is None else ""
        kept.append(answer if answer.id else answer._replace(id=digest_of(mark, *answer[:-1])))
        findings += [_finding(one, place, left_out=False) for one in told]
    return tuple(kept), tuple(findings)


def digest_of(*parts: object) -> str:
    """Give 24 hexadecimal digits that stand for what is given, the same ones everywhere.

    Example:
        >>> digest_of("ada", 1.0) == digest_of("ada", 1.0) != digest_of("ada", 2.0)
        True
    """
    return blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def _finding(wrong: _Wrong, place: Place, *, left_out: bool = True) -> Finding:
    return Finding(wrong.rule, wrong.sentence, *place, wrong.field, left_out)


def _misshapen(row: Sequence[object]) -> _Wrong | None:
    """Say what is wrong with the shape of a row, or give None."""
    if not _LEAST <= len(row) <= len(Answer._fields):
        sentence = "A row must begin with student, item, skills and correct. Give at least these."
        return _Wrong("broken row", "", sentence)
    student, item, skills, correct, at, seconds = (*row, *_REST)[: _LEAST + 2]
    checks = (
        (_is_name(student), "no student", "student", "The answer names no student. Name one."),
        (_is_name(item), "no item", "item", "The answer names no item. Name one."),
        (
            correct not in (None, ""),
            "empty answer",
            "correct",
            "The answer is empty: it is neither right nor wrong. Say 1 or 0.",
        ),
        (
            correct in (0, 1),
            "not right or wrong",
            "correct",
            "Whether the answer is right must be 1 or 0. Correct the row.",
        ),
        (
            isinstance(skills, list | tuple) and all(map(_is_name, skills)),
            "broken skills",
            "skills",
            "Skills must be a list of names. Give one.",
        ),
        (_is_time(at) and _FIRST <= (at or 0) < _LAST, "not a time", "at", _NO_TIME),
        (_is_time(seconds), "not a number", "seconds", _NO_NUMBER),
    )
    return next((_Wrong(*wrong) for is_right, *wrong in checks if not is_right), None)


def _built(row: Sequence[object]) -> Answer:
    """Give a row of the right shape as an answer."""
    answer = Answer(*row)  # type: ignore[arg-type]
    return answer._replace(
        skills=tuple(dict.fromkeys(answer.skills)),
        correct=bool(answer.correct),
        at=None if answer.at is None else float(answer.at),
        seconds=None if answer.seconds is None else float(answer.seconds),
    )


_LEAST = 4  # student, item, skills, correct
_REST = tuple(Answer._field_defaults.values())
_NO_NUMBER = "How long it took must be a number of seconds, or nothing. Correct it."
_NO_TIME = "A time must be in seconds since 1970, within the years 1 to 9999. Correct it."
_FIRST = datetime(1, 1, 2, tzinfo=UTC).timestamp()
_LAST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_time(value: object) -> bool:
    return value is None or (isinstance(value, int | float) and math.isfinite(value))


class _Check:
    """What has to be remembered from row to row: ids and rows seen, and each student's clock."""

    def __init__(
        self, course: Course | None, sessions: Mapping[str, Session], now: float | None
    ) -> None:
        self._course = course
        self._sessions = sessions
        self._now = now
        self._seen: set[object] = set()
        self._clocks: dict[str, float] = {}

    def about(self, answer: Answer) -> _Wrong | None:
        """Say why an answer cannot stand, or give None and remember it."""
        wrong = self._unknown(answer) or self._out_of_time(answer)
        if wrong:
            return wrong
        # Without an id or a time two equal rows may be two answers, so they are not counted as one.
        keys: list[object] = [answer.id] if answer.id else []
        keys += [] if answer.at is None else [answer._replace(id="", session="", seconds=None)]
        if any(key in self._seen for key in keys):
            sentence = (
                f"Student `{answer.student}` gave this answer to `{answer.item}` before. "
                "It is counted once; nothing is to do."
            )
            return _Wrong("duplicate answer", "id" if answer.id in self._seen else "at", sentence)
        self._seen.update(keys)
        return None

    def settled(self, answer: Answer) -> tuple[Answer, tuple[_Wrong, ...]]:
        """Give what stands with its item's skills, and what is to be told of it."""
        told: list[_Wrong] = []
        known = self._course.item_named.get(answer.item) if self._course else None
        if known and not answer.skills:
            answer = answer._replace(skills=known.skills)
        if answer.seconds is not None and answer.seconds < 0:
            sentence = f"The answer took {answer.seconds:g} s, below 0; its length is not used."
            told.append(_Wrong("negative time taken", "seconds", sentence))
            answer = answer._replace(seconds=None)
        before = self._clocks.get(answer.student, -math.inf)
        if answer.at is not None and answer.at < before:
            sentence = (
                f"The clock of student `{answer.student}` went back {before - answer.at:,.0f} s. "
                "The answer is kept in its place, its time is not used. Sort the rows by time if "
                "they are not in the order of answering."
            )
            told.append(_Wrong("clock went back", "at", sentence))
            answer = answer._replace(at=None)
        elif answer.at is not None:
            self._clocks[answer.student] = answer.at
        return answer, tuple(told)

    def _unknown(self, answer: Answer) -> _Wrong | None:
        if self._course is None:
            if answer.skills:
                return None
            sentence = f"The answer to `{answer.item}` names no skill. Name one, or give a course."
            return _Wrong("no skill", "skills", sentence)
        if answer.item not in self._course.item_named:
            sentence = f"Item `{answer.item}` is not in the course. Add it, or correct its name."
            return _Wrong("unknown item", "item", sentence)
        missing = [name for name in answer.skills if name not in self._course.skill_named]
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            sentence = f"{names} is no skill of the course. Add the skill, or correct its name."
            return _Wrong("unknown skill", "skills", sentence)
        return None

    def _out_of_time(self, answer: Answer) -> _Wrong | None:
        if answer.at is None:
            return None
        if self._now is not None and answer.at > self._now + _AHEAD:
            ahead = answer.at - self._now
            sentence = f"The answer lies {ahead:,.0f} s in the future. Check the sender's clock."
            return _Wrong("answer in the future", "at", sentence)
        session = self._sessions.get(answer.session, Session())
        what = f"The answer of student `{answer.student}` came"
        if session.closed is not None and answer.at > session.closed:
            late = answer.at - session.closed
            sentence = f"{what} {late:,.0f} s after session `{answer.session}` was closed."
            return _Wrong("answer after the session", "at", f"{sentence} It does not count.")
        if session.opened is not None and answer.at < session.opened:
            early = session.opened - answer.at
            sentence = f"{what} {early:,.0f} s before session `{answer.session}` was opened."
            return _Wrong("answer before the session", "at", f"{sentence} It does not count.")
        return None


_AHEAD = 300.0  # the clock skew that the engine allows a signal
