"""A course and answers in CSV: as a spreadsheet or another system writes them.

Loop: an importer. Takes bytes or text; what it reads goes through `course_checks` and `answers`.
Rule 1: the separator is the one that gives the header its known columns; nothing else is guessed.
Rule 2: several names in one cell stand between `;` or `|`.
Rule 3: a time carries its zone (`2026-11-22T10:00Z`) or is a number of seconds since 1970.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from penchant.packs.school.answers import Answer, Session, checked_answers, digest_of
from penchant.packs.school.course import Course, Finding, Item, Place, Skill, number_in
from penchant.packs.school.course_checks import checked_course

__all__ = [
    "ITEM_COLUMNS",
    "Row",
    "answers_from_csv",
    "course_from_csv",
    "items_from_rows",
    "rows_of",
    "skills_from_csv",
    "text_of",
]

ITEM_COLUMNS = tuple(Item.__struct_fields__)
SKILL_COLUMNS = tuple(Skill.__struct_fields__)
ANSWER_COLUMNS = Answer._fields
_LISTS = frozenset({"skills", "choices", "right", "hints", "prerequisites"})
_NUMBERS = frozenset({"seconds", "difficulty", "discrimination", "tolerance"})
_MARKINGS = ("any", "all", "number", "hand")
_LONGEST_ROW = 65_536
"""Characters of one row; a quote that is never closed makes one cell of the rest of a file."""


class Row(NamedTuple):
    """A row of a table: its cells by column, and where it begins."""

    cells: Mapping[str, str]
    place: Place


def text_of(content: bytes | str, source: str) -> tuple[str, tuple[Finding, ...]]:
    """Give the text of a file; what is not UTF-8 is read as Windows-1252, and that is said.

    Example:
        >>> text, findings = text_of("é".encode("cp1252"), "items.csv")
        >>> text, findings[0].rule
        ('é', 'not UTF-8')
    """
    if isinstance(content, str):
        return content.removeprefix("\ufeff"), ()
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding), ()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    sentence = (
        f"A byte of line {line} is not {encoding}. The file was read as Windows-1252, so letters "
        "outside English may be wrong. Save it as UTF-8."
    )
    text = content.decode("cp1252", errors="replace")
    return text, (Finding("not UTF-8", sentence, source, line, left_out=False),)


def rows_of(
    content: bytes | str, source: str, columns: Sequence[str], needed: Sequence[str]
) -> tuple[list[Row], list[Finding]]:
    """Read a table with a header.

    Args:
        content: The file.
        source: Its name, for findings.
        columns: The columns that are known; others are left alone, and that is said once.
        needed: The columns without which nothing can be read.

    Returns:
        The rows that have as many cells as the header, and what was found.
    """
    text, told = text_of(content, source)
    findings = list(told)
    first = next((line for line in text.splitlines() if line.strip()), "")
    by_fit = sorted(",;\t", key=lambda sign: -len(_names(first, sign) & set(columns)))
    header: list[str] = []
    rows: list[Row] = []
    for line, cells in _records(text, by_fit[0], source, findings):
        if not header:
            header = [cell.strip().casefold() for cell in cells]
            findings += _about_header(header, columns, needed, Place(source, line))
            if any(name not in header for name in needed):
                return [], findings
        elif len(cells) != len(header):
            sentence = f"The row has {len(cells)} cells, the header {len(header)}. Mend the row."
            findings.append(Finding("broken row", sentence, source, line))
        else:
            rows.append(Row(dict(zip(header, cells, strict=True)), Place(source, line)))
    if not header:
        sentence = f"The file is empty. It must begin with a header: {', '.join(needed)}."
        findings.append(Finding("empty file", sentence, source, 1))
    return rows, findings


def _names(line: str, sign: str) -> set[str]:
    return {cell.strip().strip('"').casefold() for cell in line.split(sign)}


def _records(
    text: str, sign: str, source: str, findings: list[Finding]
) -> Iterator[tuple[int, list[str]]]:
    """Give each record that is not empty, with the line on which it begins."""
    lines = list(io.StringIO(text, newline=""))
    skipped = 0
    how: dict[str, Any] = {"delimiter": sign, "strict": True}
    reader = csv.reader(lines, **how)
    while True:
        line = skipped + reader.line_num + 1
        try:
            cells = next(reader)
            broken = "" if sum(map(len, cells)) <= _LONGEST_ROW else "it is too long"
        except StopIteration:
            return
        except csv.Error as error:
            broken, cells = str(error), []
        if broken:
            sentence = f"The row cannot be read: {broken}. Close its quotes, or take them away."
            findings.append(Finding("broken row", sentence, source, line))
            # An open quote takes the lines after it along; they are read by themselves.
            skipped = line
            reader = csv.reader(map(lines.__getitem__, range(line, len(lines))), **how)
        elif any(cell.strip() for cell in cells):
            yield line, cells


def _about_header(
    header: Sequence[str], columns: Sequence[str], needed: Sequence[str], place: Place
) -> Iterator[Finding]:
    for name in needed:
        if name not in header:
            sentence = f"Column `{name}` is missing, so nothing was read. Add it to the header."
            yield Finding("missing column", sentence, *place, name)
    for name in sorted(set(header)):
        if name not in columns:
            sentence = (
                f"Column `{name}` is not known and was left alone. Known: {', '.join(columns)}."
            )
            yield Finding("unknown column", sentence, *place, name, left_out=False)
        elif header.count(name) > 1:
            sentence = f"Column `{name}` stands {header.count(name)} times; the last was read."
            yield Finding("duplicate column", sentence, *place, name, left_out=False)


def _listed(cell: str) -> tuple[str, ...]:
    sign = "|" if "|" in cell else ";"
    return tuple(one.strip() for one in cell.split(sign) if one.strip())


def course_from_csv(
    items: bytes | str, skills: bytes | str | None = None, *, name: str = "course"
) -> tuple[Course, tuple[Finding, ...]]:
    r"""Read a course from a table of items and, where there is one, a table of skills.

    Args:
        items: Columns `name`, `skills`, `right` and any other field of an `Item`.
        skills: Columns `name`, `title`, `prerequisites`. Without it the skills that items name are
            the skills of the course, with no order among them.
        name: The name of the course.

    Returns:
        The course, and what was found.

    Example:
        >>> course, findings = course_from_csv("name,skills,right\n2+2,add,4\n3+3,add,\n")
        >>> [item.name for item in course.items], str(findings[0]).split(":")[1][:1]
        (['2+2'], '3')
    """
    rows, findings = rows_of(items, "items.csv", ITEM_COLUMNS, ("name", "skills"))
    read, places = items_from_rows(rows, findings)
    named, skill_places = skills_from_csv(skills, read, findings)
    course, more = checked_course(name, read, named, {"items": places, "skills": skill_places})
    return course, (*findings, *more)


def skills_from_csv(
    content: bytes | str | None, items: Sequence[Item], findings: list[Finding]
) -> tuple[list[Skill], list[Place]]:
    """Give the skills of a table with their places; without a table, those that items name."""
    if content is None:
        names = dict.fromkeys(skill for item in items for skill in item.skills)
        return [Skill(name) for name in names], [Place("items.csv")] * len(names)
    rows, told = rows_of(content, "skills.csv", SKILL_COLUMNS, ("name",))
    findings += told
    skills = [
        Skill(
            row.cells["name"].strip(),
            row.cells.get("title", "").strip(),
            _listed(row.cells.get("prerequisites", "")),
        )
        for row in rows
    ]
    return skills, [row.place for row in rows]


def items_from_rows(rows: Sequence[Row], findings: list[Finding]) -> tuple[list[Item], list[Place]]:
    """Give rows as items; a cell that is no number or no marking leaves its item out."""
    items, places = [], []
    for row in rows:
        fields: dict[str, object] = {}
        wrong = ""
        for column, cell in row.cells.items():
            if column not in ITEM_COLUMNS or not cell.strip():
                continue
            value: object = _listed(cell) if column in _LISTS else cell.strip()
            if column in _NUMBERS:
                value = number_in(cell)
            if value is None or (column == "marking" and value not in _MARKINGS):
                wrong = column
            fields[column] = value
        if wrong:
            kind = f"one of {', '.join(_MARKINGS)}" if wrong == "marking" else "a number"
            sentence = f"`{wrong}` must be {kind}. Correct the cell."
            findings.append(Finding("broken cell", sentence, *row.place, wrong))
            continue
        items.append(Item(**{"name": "", "skills": (), **fields}))  # type: ignore[arg-type]
        places.append(row.place)
    return items, places


def answers_from_csv(
    content: bytes | str,
    course: Course | None = None,
    *,
    sessions: Mapping[str, Session] | None = None,
    now: float | None = None,
) -> tuple[tuple[Answer, ...], tuple[Finding, ...]]:
    r"""Read answers from a table, in the order of its rows.

    Args:
        content: Columns `student`, `item`, `correct`; `skills`, `at`, `seconds`, `response`,
            `session` and `id` where they are known.
        course: What is taught.
        sessions: When each session was opened and closed.
        now: Seconds since 1970, to find clocks that run ahead.

    Returns:
        The answers, and what was found.

    Example:
        >>> table = "student,item,skills,correct,at\nada,2+2,add,1,2026-11-22T10:00\n"
        >>> answers, findings = answers_from_csv(table)
        >>> str(findings[0]).split(" or ")[0]
        'answers.csv:2 `at`: The time has no zone'
    """
    source = "answers.csv"
    rows, findings = rows_of(content, source, ANSWER_COLUMNS, ("student", "item", "correct"))
    read: list[Sequence[object]] = []
    places: list[Place] = []
    for row in rows:
        answer, wrong = _answer_in(row.cells)
        if wrong:
            findings.append(Finding("broken cell", _UNREADABLE[wrong], *row.place, wrong))
        else:
            read.append(answer)
            places.append(row.place)
    given = content.encode() if isinstance(content, str) else content
    answers, more = checked_answers(
        read, course, places=places, sessions=sessions, now=now, batch=digest_of(given)
    )
    return answers, tuple(sorted((*findings, *more), key=lambda one: one.line))


def _answer_in(cells: Mapping[str, str]) -> tuple[Sequence[object], str]:
    """Give the fields of an answer, and the column that could not be read, if any."""
    fields: dict[str, object] = {name: cells.get(name, "").strip() for name in ANSWER_COLUMNS}
    fields["skills"] = _listed(cells.get("skills", ""))
    fields["correct"] = _MARKS.get(cells["correct"].strip().casefold(), "unreadable")
    wrong = ""
    for name, reader in (("at", _time_in), ("seconds", number_in)):
        cell = str(fields[name])
        fields[name] = reader(cell) if cell else None
        wrong = name if cell and fields[name] is None else wrong
    return tuple(fields.values()), wrong


_MARKS: Mapping[str, object] = {
    "": None,
    **dict.fromkeys(("1", "1.0", "true", "yes"), 1),
    **dict.fromkeys(("0", "0.0", "false", "no"), 0),
}
_UNREADABLE = {
    "at": "The time has no zone or is no time. Write UTC, such as `2026-11-22T10:00Z`.",
    "seconds": "`seconds` must be a number. Correct the cell.",
}


def _time_in(cell: str) -> float | None:
    """Read seconds since 1970, or a time with a zone; None where it is neither."""
    seconds = number_in(cell)
    if seconds is not None:
        return seconds
    try:
        at = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return None if at.utcoffset() is None else at.timestamp()
