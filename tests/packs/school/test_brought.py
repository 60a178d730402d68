"""The importers and the exporter as a pack declares them: bytes in, signals and content out."""

import io
import json
import zipfile
from collections.abc import Mapping
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant.pack import Importer, Signal
from penchant.packs.school import importers
from penchant.packs.school.answers import Answer
from penchant.packs.school.course import Course

ITEMS = "name,skills,right\n2+2,add,4\n3-1,minus,2\n"
SKILLS = "name,prerequisites\nadd,\nminus,add\n"
ROWS = "student,item,correct,at\nada,2+2,1,100\nben,9*9,0,\nben,3-1,0,\n"
TEXTS = st.text(min_size=1, max_size=8)
ANSWERS = st.builds(
    Answer,
    student=TEXTS,
    item=TEXTS,
    skills=st.lists(TEXTS, max_size=3).map(tuple),
    correct=st.booleans(),
    at=st.none() | st.integers(0, 4_000_000_000).map(float),
    seconds=st.none() | st.floats(0, 1e6),
    response=st.just("") | TEXTS,
    session=st.just("") | TEXTS,
    id=TEXTS,
)


def archive(**files: str) -> bytes:
    """Pack files into a zip; `_` in a name stands for the dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for name, text in files.items():
            into.writestr("folder/" + name.replace("_", "."), text)
    return packed.getvalue()


def course_in(reader: Importer, content: bytes) -> Course:
    """Read a course, and see that nothing was wrong with it."""
    brought = reader.read(content)
    assert brought.findings == ()
    course = brought.content["course"]
    assert isinstance(course, Course)
    return course


def test_course_then_answers() -> None:
    """A course is content; answers of known items become signals, the others are said."""
    course = course_in(importers.csv_course({}), archive(items_csv=ITEMS, skills_csv=SKILLS))
    reader = importers.csv_answers({"course": course})

    brought = reader.read(ROWS.encode())

    assert course.before("minus") == {"add"}
    assert [(one.kind, one.person, one.data["item"]) for one in brought.signals] == [
        ("school.answered", "ada", "2+2"),
        ("school.answered", "ben", "3-1"),
    ]
    assert [(f.line, f.field) for f in brought.findings] == [(3, "item")]
    assert brought.findings[0].sentence.startswith("Item `9*9` is not in the course.")
    assert reader.read(ROWS.encode()) == brought


def test_items_alone_are_a_course() -> None:
    """A table of items needs no archive."""
    reader = importers.csv_course({})
    assert len(course_in(reader, ITEMS.encode()).items) == 2

    (alone,) = reader.read(b"name,skills,right\n2+2,add,\n").findings
    (within,) = reader.read(archive(items_csv="name,skills,right\n2+2,add,\n")).findings
    assert (alone.line, alone.field) == (within.line, within.field) == (2, "right")
    assert within.sentence == f"items.csv: {alone.sentence}"


def test_archives_of_oatutor_and_qti() -> None:
    """Both come as an archive, in whichever folder."""
    step = {"stepAnswer": ["4"], "stepTitle": "2 + 2"}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        into.writestr("x/skillModel.json", json.dumps({"p1a": ["add"]}))
        into.writestr("x/content-pool/p1/p1.json", json.dumps({"courseName": "Numbers"}))
        into.writestr("x/content-pool/p1/steps/p1a/p1a.json", json.dumps(step))
    item = (
        '<assessmentItem identifier="q1"><responseDeclaration identifier="R" baseType="string">'
        "<correctResponse><value>4</value></correctResponse></responseDeclaration><itemBody>"
        '<textEntryInteraction responseIdentifier="R"/></itemBody></assessmentItem>'
    )
    qti = archive(q1_xml=item, items_csv="name,skills\nq1,add\n")

    assert len(course_in(importers.oatutor_course({}), packed.getvalue()).items) == 1
    assert importers.oatutor_course({"course_name": "Other"}).read(packed.getvalue()).content[
        "course"
    ] == Course("Other")
    assert course_in(importers.qti_course({}), qti).items[0].right == ("4",)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_broken_archive(content: bytes) -> None:
    """What is no archive is said."""
    for make in (importers.oatutor_course, importers.qti_course):
        assert "no archive" in make({}).read(content).findings[0].sentence


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@given(data=st.data())
def test_any_broken_archive_is_said(method: int, data: st.DataObject) -> None:
    """Whatever bytes are changed and wherever it is cut, reading gives a result."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as into:
        into.writestr("items.csv", ITEMS * 20)
        into.writestr("skills.csv", SKILLS)
    content = bytearray(packed.getvalue())
    places = st.integers(0, len(content) - 1)
    for place, byte in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
        content[place] = byte
    brought = importers.csv_course({}).read(bytes(content[: data.draw(places) + 1]))

    assert brought.findings or "course" in brought.content


def test_one_broken_file_keeps_nobody_back() -> None:
    """The other files of its archive are read, and it is named."""
    name, text = b"folder/broken.xml", b"<broken/>"
    content = bytearray(archive(items_csv=ITEMS, skills_csv=SKILLS, broken_xml=text.decode()))
    content[content.index(text) + 1] ^= 1
    brought = importers.csv_course({}).read(bytes(content))

    assert [item.name for item in brought.content["course"].items] == ["2+2", "3-1"]
    assert brought.findings[0].sentence.startswith(f"{name.decode()}: This file cannot be read")


def test_archive_that_is_too_large() -> None:
    """An archive of more than may be read is said, and nothing of it is unpacked."""
    with patch.object(importers, "_MOST_FILES", 1):
        brought = importers.qti_course({}).read(archive(a_xml="<a/>", b_xml="<b/>"))

    assert "at most 1 of" in brought.findings[0].sentence


@given(ANSWERS)
def test_an_answer_is_its_signal(answer: Answer) -> None:
    """An answer made a signal and read back is the same answer."""
    assert importers.answer_of(importers.signal_of(answer)) == answer


STRANGE: tuple[Mapping[str, str], ...] = ({}, {"skills": "add"}, {"skills": "[1"}, {"skills": "7"})


@pytest.mark.parametrize("data", STRANGE)
def test_a_strange_signal_is_survived(data: Mapping[str, str]) -> None:
    """A signal with little in it is an answer with little in it."""
    answer = importers.answer_of(Signal("school.answered", "ada", data=data))

    assert answer.skills == ((data["skills"],) if data else ())


def test_answers_out_and_in_again() -> None:
    """What goes out as xAPI comes in as the same signals; other kinds stay at home."""
    signals = (
        importers.csv_answers({}).read(b"student,item,skills,correct\nada,2+2,add,1\n").signals
    )
    other = Signal("school.hint_asked", "ada", data={"item": "2+2"})
    contents = {"home": "https://school.example"}

    written = importers.xapi_out(contents).write((*signals, other))
    (read,) = importers.xapi_answers(contents).read(written).signals

    assert importers.answer_of(read) == importers.answer_of(signals[0])
