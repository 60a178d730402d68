"""The importers and the exporter of this pack, in the form a pack declares them.

Loop: files come in as signals `school.answered` and as the pack's content `course`.
Rule 1: an answer is one signal, whose id is the answer's: what was read before adds nothing.
Rule 2: an archive is unpacked in memory, up to a size; names in it lead nowhere.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from msgspec import structs

from penchant.pack import Brought, Contents, FrozenMap, Signal, Value
from penchant.pack import Finding as Said
from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course, Finding
from penchant.packs.school.oatutor import course_from_oatutor
from penchant.packs.school.qti import course_from_qti
from penchant.packs.school.statements import answers_from_xapi, xapi_of
from penchant.packs.school.tables import answers_from_csv, course_from_csv

__all__ = [
    "ANSWERED",
    "Reader",
    "Writer",
    "answer_of",
    "csv_answers",
    "csv_course",
    "oatutor_course",
    "qti_course",
    "signal_of",
    "xapi_answers",
    "xapi_out",
]

ANSWERED = "school.answered"
_HOME = "urn:penchant:school"
"""Whose names items and students are by, where the content `home` names no system."""
_WHOLE = frozenset({"", "archive", "answers.csv", "statements.json"})
"""Where a finding is about the file itself, whose name the reader knows."""
_MOST_FILES = 100_000
_MOST_BYTES = 512 * 2**20
"""Of an archive unpacked; all of OATutor's content has about a fifth of it."""


def signal_of(answer: Answer, source: str = "") -> Signal:
    """Give an answer as a signal.

    Example:
        >>> answer = Answer("ada", "2+2", ("add",), True, 60.0, id="a1")
        >>> answer_of(signal_of(answer)) == answer
        True
    """
    data: dict[str, Value] = {
        "item": answer.item,
        "skills": json.dumps(answer.skills, ensure_ascii=False),
        "correct": answer.correct,
    }
    if answer.seconds is not None:
        data["seconds"] = answer.seconds
    for name in ("response", "session"):
        if text := getattr(answer, name):
            data[name] = text
    at = None if answer.at is None else datetime.fromtimestamp(answer.at, UTC)
    return Signal(ANSWERED, answer.student, at, FrozenMap(data), source=source, id=answer.id)


def answer_of(signal: Signal) -> Answer:
    """Give a signal of an answer as the answer; its skills may be one name, or a list of JSON."""
    data = signal.data
    skills = str(data.get("skills", "[]"))
    seconds = data.get("seconds")
    return Answer(
        signal.person,
        str(data.get("item", "")),
        _names_in(skills),
        bool(data.get("correct")),
        None if signal.at is None else signal.at.timestamp(),
        float(seconds) if isinstance(seconds, int | float) else None,
        str(data.get("response", "")),
        str(data.get("session", "")),
        signal.id,
    )


@lru_cache(maxsize=4_096)  # the skills of a course are few, its answers many
def _names_in(text: str) -> tuple[str, ...]:
    """Read a list of names; a text that is no list is one name."""
    try:
        names = json.loads(text)
    except ValueError:
        return (text,) if text else ()
    return tuple(map(str, names)) if isinstance(names, list) else (text,)


class Reader(NamedTuple):
    """An importer: reads the bytes of one file."""

    reading: Callable[[bytes], Brought]

    def read(self, content: bytes) -> Brought:
        """Give what the file holds, and what is wrong with it."""
        return self.reading(content)


class Writer(NamedTuple):
    """An exporter of answers as xAPI statements; `home` is whose names they are by."""

    home: str

    def write(self, signals: Sequence[Signal]) -> bytes:
        """Give the answers among the signals as the bytes of a file."""
        answers = [answer_of(one) for one in signals if one.kind == ANSWERED]
        return xapi_of(answers, home=self.home).encode()


def csv_course(contents: Contents) -> Reader:
    """Read a table of items; the skills it names are the course's, unless there is an archive.

    An archive (zip) holds `items.csv` and `skills.csv`, the latter with prerequisites.
    """
    del contents

    def read(content: bytes) -> Brought:
        if not content.startswith(b"PK"):
            course, found = course_from_csv(content)
            return _course((course, (structs.replace(one, source="") for one in found)))
        files, findings = _unpacked(content)
        course, more = course_from_csv(_one(files, "items.csv") or b"", _one(files, "skills.csv"))
        return _course((course, (*findings, *more)))

    return Reader(read)


def oatutor_course(contents: Contents) -> Reader:
    """Read an archive (zip) of OATutor's content; the content `course_name` picks one course."""
    name = str(contents.get("course_name", ""))

    def read(content: bytes) -> Brought:
        files, findings = _unpacked(content)
        course, more = course_from_oatutor(files, course_name=name)
        return _course((course, (*findings, *more)))

    return Reader(read)


def qti_course(contents: Contents) -> Reader:
    """Read an archive (zip) of QTI items, with `items.csv` beside them to say their skills."""
    del contents

    def read(content: bytes) -> Brought:
        files, findings = _unpacked(content)
        items, skills = _one(files, "items.csv"), _one(files, "skills.csv")
        course, more = course_from_qti(files, items or b"", skills)
        return _course((course, (*findings, *more)))

    return Reader(read)


def csv_answers(contents: Contents) -> Reader:
    """Read a table of answers; the content `course` says which items and skills there are."""
    course = _known(contents)
    return Reader(lambda content: _answers(answers_from_csv(content, course), "csv"))


def xapi_answers(contents: Contents) -> Reader:
    """Read xAPI statements; the content `home` is the address of the system they are from."""
    course, home = _known(contents), str(contents.get("home", _HOME))
    return Reader(lambda content: _answers(answers_from_xapi(content, course, home=home), "xapi"))


def xapi_out(contents: Contents) -> Writer:
    """Write answers as xAPI statements."""
    return Writer(str(contents.get("home", _HOME)))


def _known(contents: Contents) -> Course | None:
    course = contents.get("course")
    return course if isinstance(course, Course) else None


def _course(read: tuple[Course, Iterable[Finding]]) -> Brought:
    return Brought(content=FrozenMap({"course": read[0]}), findings=_said(read[1]))


def _answers(read: tuple[Iterable[Answer], Iterable[Finding]], source: str) -> Brought:
    signals = tuple(signal_of(one, source) for one in read[0])
    return Brought(signals, findings=_said(read[1]))


def _said(findings: Iterable[Finding]) -> tuple[Said, ...]:
    """Give findings in the form of every pack; which file of an archive, the sentence says."""
    return tuple(
        Said(
            one.line,
            one.field,
            one.sentence if one.source in _WHOLE else f"{one.source}: {one.sentence}",
        )
        for one in findings
    )


def _one(files: Mapping[str, bytes], name: str) -> bytes | None:
    """Give the file of a name, in whichever folder of the archive it lies."""
    return next((files[path] for path in sorted(files) if path.split("/")[-1] == name), None)


def _unpacked(content: bytes) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """Give the files of an archive that can be read, and say what cannot."""
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            told = [one for one in archive.infolist() if not one.is_dir()]
            if wrong := _too_large(told):
                return {}, (wrong,)
            for one in told:
                try:
                    files[one.filename] = archive.read(one)
                except Exception as error:  # noqa: BLE001 - as below
                    findings.append(_unreadable("This file cannot be read", error, one.filename))
    except Exception as error:  # noqa: BLE001 - of broken bytes zipfile raises whatever it meets
        return {}, (_unreadable("The file is no archive that can be read", error, "archive"),)
    return files, tuple(findings)


def _too_large(told: Sequence[zipfile.ZipInfo]) -> Finding | None:
    size = sum(one.file_size for one in told)
    if len(told) <= _MOST_FILES and size <= _MOST_BYTES:
        return None
    sentence = (
        f"The archive holds {len(told):,} files of {size:,} bytes; at most "
        f"{_MOST_FILES:,} of {_MOST_BYTES:,} are read. Split it."
    )
    return Finding("too large", sentence, "archive")


def _unreadable(what: str, error: Exception, source: str) -> Finding:
    sentence = (
        f"{what}: it is cut short, changed, locked with a password or packed in a way "
        f"that is not known here ({type(error).__name__}). Pack its folder as a zip again."
    )
    return Finding("broken archive", sentence, source)
