"""Importers meet files that are not as they should be: every one is read, or said."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs.school.test_importers import CHOICE_2, CHOICE_3, ENTRY, TABLE, oatutor

from penchant.pack import Contents
from penchant.packs.school import importers, population, runs
from penchant.packs.school.answers import Answer
from penchant.packs.school.statements import xapi_of

TWO = [
    Answer("ada", "2+2", ("add",), correct=True, at=100.0, response="4", id="a"),
    Answer("ben", "3+2", ("add",), correct=False, at=200.0, response="4", id="b"),
]
STATEMENT, BESIDE = json.loads(xapi_of(TWO, home="https://school.example"))
STRANGE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-13-01T00:00:00Z", "PT", "9" * 400, "\x00"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
Reading = Callable[[Contents], importers.Reader]
TABLES: dict[str, tuple[Reading, str]] = {
    "course": (importers.csv_course, "name,skills,right\n2+2,add,4\n"),
    "answers": (importers.csv_answers, "student,item,skills,correct,at\nada,2+2,add,1,100\n"),
    "population": (population.population, "student,item,skills,correct,at\nada,2+2,add,1,100\n"),
    "timetable": (runs.timetable, "work,item,due,weight\none,2+2,2026-01-09,10\n"),
    "past_runs": (runs.past_runs, "student,run,work,due,weight,handed_in,score,passed\n"),
}


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path to each part of a value."""
    yield place
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(part, (*place, key))


def put(value: Any, place: tuple[Any, ...], strange: Any) -> Any:
    """Give the value with something else in one of its places."""
    if not place:
        return strange
    first, *rest = place
    copied = value.copy()
    copied[first] = put(value[first], tuple(rest), strange)
    return copied


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """Give files as an archive."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return told.getvalue()


def spoilt(content: bytes, data: st.DataObject) -> bytes:
    """Give content of which a part is something else."""
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(start + 9, len(content))))
    return content[:start] + data.draw(st.binary(max_size=6)) + content[end:]


@given(st.data())
def test_a_statement_with_anything_at_any_place(data: st.DataObject) -> None:
    """It is read or said, and the one beside it is read."""
    place = data.draw(st.sampled_from(list(places(STATEMENT))[1:]))
    lines = map(json.dumps, (put(STATEMENT, place, data.draw(STRANGE)), BESIDE))
    read = importers.xapi_answers({}).read("\n".join(lines).encode())

    assert "b" in [one.id for one in read.signals]
    assert read.findings or len(read.signals) == len(TWO)


@given(st.data())
def test_oatutor_with_anything_at_any_place(data: st.DataObject) -> None:
    """The step beside the strange one is read."""
    files = oatutor(p1a={"answerType": "numeric", "stepAnswer": ["4"]}, p1b={"choices": ["1"]})
    name = data.draw(st.sampled_from([one for one in files if "p1b" in one or "Pathway" in one]))
    value = json.loads(files[name])
    place = data.draw(st.sampled_from(list(places(value))))
    files[name] = json.dumps(put(value, place, data.draw(STRANGE)))
    read = importers.oatutor_course({}).read(zipped(files))

    assert "p1a" in {item.name for item in read.content["course"].items}


@given(st.sampled_from([CHOICE_2, CHOICE_3, ENTRY]), st.data())
def test_any_spoilt_qti_is_read_or_said(item: str, data: st.DataObject) -> None:
    """Its item is in the course, or there is a finding."""
    files = {"q.xml": spoilt(item.encode(), data), "skills.csv": TABLE.encode()}
    read = importers.qti_course({}).read(zipped(files))

    assert read.findings or "course" in read.content


@pytest.mark.parametrize("name", TABLES)
@given(data=st.data())
def test_any_spoilt_table_is_read_or_said(name: str, data: st.DataObject) -> None:
    """Whatever stands in it."""
    reading, table = TABLES[name]
    cells = data.draw(st.lists(st.text(max_size=4) | st.sampled_from(["nan", "-1e999", "9" * 40])))
    content = spoilt(f"{table}{','.join(cells)}\n".encode(), data)
    read = reading({}).read(content)

    assert read.findings or read.signals or read.content
