"""The early warning on the teacher's page: who is flagged, on what that rests, how far to trust it.

Place: beside `class_page.py`. Past runs and a timetable are the pack's content; a model of this day
of the run is fitted to them once. Rule: no risk without the precision of flags in past runs, from
students whom the model never saw.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from penchant.pack import Block, Contents, Entries, Entry, Estimate, Estimates, Evidence, Link
from penchant.packs.school.answers import Answer
from penchant.packs.school.flags import Precision, Warned, out_of_fold, precision_at, warned
from penchant.packs.school.runs import RUN, Past, Timetable, handed_in
from penchant.packs.school.standing import Enrolled, Handed, pieces_of, standing
from penchant.packs.school.warning import EarlyWarning, fit_warning

__all__ = ["ClassWarning"]

DAY = 86_400.0
COURSE = "course"
_TITLE = "Early warning"
_EMPTY = (
    "Nobody can be flagged yet: it takes a timetable, past runs of the course, and two pieces of "
    "work that were due. `penchant pack bring school runs.csv --importer past_runs` brings the "
    "runs."
)


class _Fitted(NamedTuple):
    """A model of one day, and how far its flags can be trusted."""

    model: EarlyWarning
    known: Precision


class ClassWarning:
    """Makes the blocks of the early warning."""

    def __init__(self, contents: Contents) -> None:
        """Use the timetable and the past runs that were brought."""
        table, past = contents.get("timetable"), contents.get("past")
        self._table = table if isinstance(table, Timetable) else None
        self._past = past if isinstance(past, Past) else None
        self._fits: dict[int, _Fitted] = {}

    def sheets(
        self, students: Sequence[str], answers: Sequence[Answer], at: datetime
    ) -> Mapping[str, str]:
        """Say for each student how much of the work that is due came in; nothing without dates."""
        if self._table is None:
            return {}
        day = (at.timestamp() - self._table.start) / DAY
        due = {one.work for one in self._table.due if one.day <= day}
        came = handed_in(self._table, answers)
        return {
            student: f"{sum(one.student == student and one.work in due for one in came)} "
            f"of {len(due)}"
            for student in students
        }

    def blocks(
        self, students: Sequence[str], answers: Sequence[Answer], at: datetime
    ) -> tuple[Block, ...]:
        """Give how far flags can be trusted, and who is flagged.

        Args:
            students: Everybody who is looked at.
            answers: Theirs, in the order they were given.
            at: Now.
        """
        if self._table is None or self._past is None:
            return (Entries("warning", _TITLE, "", (), _EMPTY),)
        day = int((at.timestamp() - self._table.start) // DAY)
        if sum(one.day <= day for one in self._table.due) < 2:  # noqa: PLR2004 - one piece says little
            return (Entries("warning", _TITLE, "", (), _EMPTY),)
        fitted = self._fitted(self._past, day)
        enrolled = [Enrolled(one, COURSE, RUN) for one in students]
        came = handed_in(self._table, answers)
        rows = standing(enrolled, self._table.due, came, day)
        found = warned(fitted.model, rows, fitted.known)
        entries = tuple(self._entry(enrolled[one.row], one, came, day) for one in found)
        return _trust(fitted.known, self._past), _flagged(entries, len(students))

    def _fitted(self, past: Past, day: int) -> _Fitted:
        if day not in self._fits:
            rows = standing(past.enrolled, past.due, past.handed, day)
            students = [one.student for one in past.enrolled]
            risk = out_of_fold(rows, past.at_risk, students)
            known = precision_at(risk, np.asarray(past.at_risk, dtype=np.float64))
            self._fits = {day: _Fitted(fit_warning(rows, past.at_risk), known)}
        return self._fits[day]

    def _entry(self, one: Enrolled, flag: Warned, came: Sequence[Handed], day: float) -> Entry:
        due = self._table.due if self._table else ()
        pieces = pieces_of(one, due, came, day)
        rows = tuple(
            (
                piece.work,
                f"day {piece.due:.0f}",
                "missing" if piece.came is None else f"day {piece.came:.0f}",
                "none" if piece.score is None else f"{piece.score:.0f} of 100",
            )
            for piece in pieces
        )
        return Entry(
            Link(one.student, "student", one.student, "answers"),
            (flag.sentence, *(str(why) for why in flag.reasons)),
            evidence=Evidence(
                f"{len(rows)} pieces of work", ("Work", "Due", "Came", "Score"), rows
            ),
        )


def _flagged(entries: tuple[Entry, ...], of: int) -> Entries:
    return Entries(
        "flagged",
        f"Flagged: {len(entries)} of {of}",
        "A reason to talk with somebody, the likeliest first. It decides nothing.",
        entries,
        "Nobody stands as those did who were flagged in past runs.",
    )


def _trust(known: Precision, past: Past) -> Estimates:
    """Say how often flags were right, and how many they miss."""
    runs = len({one.run for one in past.enrolled})
    made_up = all(one.run.startswith("simulated") for one in past.enrolled)
    what = "simulated past runs" if made_up else "past runs"
    low, high = 100 * known.low, 100 * known.high
    row = Estimate(
        "Flagged, and did not pass",
        f"{100 * known.precision:.0f} % ({low:.0f} to {high:.0f})",
        known.precision,
        known.low,
        known.high,
        note=f"of {known.flagged} who would have been flagged on this day of {runs} {what}",
        name="precision",
    )
    told = np.asarray(past.at_risk, dtype=np.float64)
    every = precision_at(np.zeros(len(told)), told)
    usual = Estimate(
        "Anybody, and did not pass",
        f"{100 * every.precision:.0f} % ({100 * every.low:.0f} to {100 * every.high:.0f})",
        every.precision,
        every.low,
        every.high,
        note=f"of all {len(told)} of them: what a flag has to be better than",
    )
    return Estimates(
        "warning",
        _TITLE,
        f"How far a flag can be trusted. Flags find {100 * known.recall:.0f} % of those who will "
        "not pass, so a student without one is not out of danger. Precision comes from students "
        "whom the model never saw.",
        (row, usual),
    )
