"""Runs of a course: which work is due when, and what became of the students of past runs.

Loop: content of the pack, read by the early warning. A piece of work is some items; it came when
the last of them was answered for the first time, and its score is how many of those were right.
Rule: days are counted from the start of a run, so that runs of other years can be put beside it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from penchant.pack import Brought, Contents, FrozenMap
from penchant.pack import Finding as Said
from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Finding, number_in
from penchant.packs.school.importers import Reader
from penchant.packs.school.standing import Due, Enrolled, Handed
from penchant.packs.school.tables import Row, rows_of

__all__ = ["RUN", "Past", "Timetable", "handed_in", "past_runs", "timetable"]

DAY = 86_400.0
RUN = "now"
"""What the run that is under way is called."""
_WORK = ("work", "item", "day", "weight", "start")
_PAST = ("run", "student", "work", "due", "weight", "day", "score", "passed")


class Timetable(Struct, frozen=True):
    """The work of the run that is under way; `start` is in seconds since 1970."""

    start: float
    due: tuple[Due, ...]
    items: FrozenMap[tuple[str, ...]]


class Past(Struct, frozen=True):
    """Students of past runs, their work, and 1 for each who did not pass."""

    enrolled: tuple[Enrolled, ...]
    due: tuple[Due, ...]
    handed: tuple[Handed, ...]
    at_risk: tuple[float, ...]


def timetable(contents: Contents) -> Reader:
    """Read a table of items and the work they belong to; the first row says when the run began."""
    del contents
    return Reader(_read_timetable)


def past_runs(contents: Contents) -> Reader:
    """Read a table of what came in past runs, a row for each student and piece of work."""
    del contents
    return Reader(_read_past)


def handed_in(table: Timetable, answers: Sequence[Answer]) -> tuple[Handed, ...]:
    """Give the work that came, from the first answers to its items.

    Example:
        >>> table = Timetable(0.0, (Due(RUN, "one", 7.0, 10.0),), FrozenMap({"one": ("a", "b")}))
        >>> given = [Answer("ada", "a", (), True, DAY), Answer("ada", "b", (), False, 2 * DAY)]
        >>> handed_in(table, given)
        (Handed(student='ada', run='now', work='one', day=2.0, score=50.0, carried=False),)
    """
    first: dict[tuple[str, str], Answer] = {}
    for answer in answers:
        if answer.at is not None:
            first.setdefault((answer.student, answer.item), answer)
    came = []
    for student in dict.fromkeys(answer.student for answer in answers):
        for work, items in table.items.items():
            given = [first[student, item] for item in items if (student, item) in first]
            if len(given) == len(items):
                day = (max(one.at or 0.0 for one in given) - table.start) / DAY
                score = 100.0 * sum(one.correct for one in given) / len(given)
                came.append(Handed(student, RUN, work, day, score))
    return tuple(came)


def _read_timetable(content: bytes) -> Brought:
    rows, findings = rows_of(content, "", _WORK, ("work", "item", "day"))
    due: dict[str, Due] = {}
    items: dict[str, tuple[str, ...]] = {}
    start = _time(rows[0].cells.get("start", "")) if rows else None
    if rows and start is None:
        findings.append(_wrong(rows[0], "start", "The first row must say when the run began."))
    for row in rows:
        day, work = number_in(row.cells["day"]), row.cells["work"].strip()
        if day is None:
            findings.append(_wrong(row, "day", "`day` must be a number of days from the start."))
            continue
        weight = number_in(row.cells.get("weight", "")) or 0.0
        due[work] = Due(RUN, work, day, weight)
        items[work] = (*items.get(work, ()), row.cells["item"].strip())
    if start is None:
        return Brought(findings=_said(findings))
    found = Timetable(start, tuple(due.values()), FrozenMap(items))
    return Brought(content=FrozenMap({"timetable": found}), findings=_said(findings))


def _read_past(content: bytes) -> Brought:
    rows, findings = rows_of(content, "", _PAST, ("run", "student", "work", "due", "passed"))
    enrolled: dict[tuple[str, str], float] = {}
    due: dict[tuple[str, str], Due] = {}
    handed = []
    for row in rows:
        run, student, work = (row.cells[name].strip() for name in ("run", "student", "work"))
        numbers = {
            name: number_in(row.cells.get(name, "")) for name in ("due", "weight", "day", "score")
        }
        last, passed = numbers["due"], row.cells["passed"].strip()
        if last is None or passed not in {"yes", "no"}:
            field = "due" if last is None else "passed"
            findings.append(_wrong(row, field, "Needed are a day and, for `passed`, yes or no."))
            continue
        enrolled[student, run] = float(passed == "no")
        due[run, work] = Due(run, work, last, numbers["weight"] or 0.0)
        day, score = numbers["day"], numbers["score"]
        if day is not None:
            handed.append(Handed(student, run, work, day, float("nan") if score is None else score))
    past = Past(
        tuple(Enrolled(student, "course", run) for student, run in enrolled),
        tuple(due.values()),
        tuple(handed),
        tuple(enrolled.values()),
    )
    content_: Mapping[str, object] = {"past": past} if len(set(past.at_risk)) > 1 else {}
    if not content_:
        findings.append(Finding("no past", "There must be some who passed and some who did not."))
    return Brought(content=FrozenMap(content_), findings=_said(findings))


def _time(text: str) -> float | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _wrong(row: Row, field: str, sentence: str) -> Finding:
    return Finding("broken cell", sentence, *row.place, field)


def _said(findings: Sequence[Finding]) -> tuple[Said, ...]:
    return tuple(Said(one.line, one.field, one.sentence) for one in findings)
