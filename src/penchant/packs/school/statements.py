"""Answers as xAPI statements, in and out.

Loop: an importer and an exporter. What is written reads back as it was (a law of the tests).
Rule 1: an actor is an account with an opaque name. One known by an e-mail address is refused: the
address of a child has no business here.
Rule 2: a statement that cannot be read is said with its line; the statements around it are read.
Rule 3: `voided` takes an earlier statement back; `terminated` closes a session.

Source: xAPI 1.0.3, sections 2.4 (statements), 4.1 (verbs) and appendix A; cmi5 for `terminated`.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote, unquote
from uuid import UUID, uuid5

from penchant.packs.school.answers import Answer, Session, checked_answers, digest_of
from penchant.packs.school.course import Course, Finding, Place, is_right
from penchant.packs.school.durations import duration_in, duration_of
from penchant.packs.school.tables import text_of

__all__ = ["answers_from_xapi", "xapi_of"]

_VERBS = "http://adlnet.gov/expapi/verbs/"
_OPENED, _CLOSED = ("initialized", "launched"), ("terminated", "suspended")
_OWN = "urn:penchant:school:"
"""What xAPI has no word for stands in extensions below this name."""
_MOST_BROKEN = 1_000
"""Statements that are no JSON, after which a file is no list of statements and is not read on."""
_SPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562, the name space of addresses


def xapi_of(answers: Sequence[Answer], *, home: str) -> str:
    """Write answers as a list of xAPI statements.

    Args:
        answers: Checked answers.
        home: The address of the school's system; names of students and items are its own.

    Returns:
        JSON, one statement a line.

    Example:
        >>> text = xapi_of([Answer("ada", "2+2", ("add",), True)], home="https://school.example")
        >>> json.loads(text)[0]["object"]["id"]
        'https://school.example/items/2%2B2'
    """
    lines = (json.dumps(_statement(one, home), ensure_ascii=False) for one in answers)
    return "[" + ",\n ".join(lines) + "]\n"


def _statement(answer: Answer, home: str) -> dict[str, Any]:
    own = {"skills": list(answer.skills), "answer": answer.id, "session": answer.session}
    result: dict[str, Any] = {"success": answer.correct, "completion": True}
    if answer.response:
        result["response"] = answer.response
    if answer.seconds is not None:
        result["duration"] = duration_of(answer.seconds)
    statement: dict[str, Any] = {
        "id": str(uuid5(_SPACE, f"{home} {answer.id or digest_of(*answer)}")),
        "actor": {"objectType": "Agent", "account": {"homePage": home, "name": answer.student}},
        "verb": {"id": f"{_VERBS}answered", "display": {"en": "answered"}},
        "object": {
            "objectType": "Activity",
            "id": f"{home}/items/{quote(answer.item, safe='')}",
            "definition": {"type": "http://adlnet.gov/expapi/activities/cmi.interaction"},
        },
        "result": result,
        "context": {"extensions": {_OWN + name: value for name, value in own.items() if value}},
    }
    if answer.at is not None:
        at = datetime.fromtimestamp(answer.at, UTC)
        statement["timestamp"] = at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return statement


class _Told(NamedTuple):
    """A statement and where it stands."""

    fields: Mapping[str, Any]
    place: Place


class _Unread(Exception):
    """A statement that cannot be taken; the field and the sentence say why."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def answers_from_xapi(
    content: bytes | str, course: Course | None = None, *, home: str, now: float | None = None
) -> tuple[tuple[Answer, ...], tuple[Finding, ...]]:
    """Read answers from xAPI statements: a list, one statement, or one a line.

    Args:
        content: JSON.
        course: Says the skills of items, and marks an answer whose `success` is not said.
        home: The address of the system; an activity below `home/items/` is an item by its name,
            another one is an item named by its whole address.
        now: Seconds since 1970, to find clocks that run ahead.

    Returns:
        The answers, and what was found. Verbs other than `answered` are counted and left alone.

    Example:
        >>> answers, findings = answers_from_xapi('[{"verb": 3}]', home="https://school.example")
        >>> str(findings[0])
        'statements.json:1 `verb`: The statement has no verb with an id. Give it one.'
    """
    source = "statements.json"
    text, told = text_of(content, source)
    findings = list(told)
    statements = list(_statements(text, source, findings))
    voided = _voided(statements)
    sessions = _sessions(statements)
    others: Counter[str] = Counter()
    read: list[Answer] = []
    places: list[Place] = []
    for one in statements:
        try:
            verb = _verb(one.fields)
            if verb == "answered" and str(one.fields.get("id", "")) not in voided:
                read.append(_answer(one.fields, course, home))
                places.append(one.place)
            others[verb] += verb not in {"answered", "voided", *_OPENED, *_CLOSED}
        except _Unread as why:
            findings.append(Finding("broken statement", str(why), *one.place, why.field))
    for verb, times in sorted(others.items()):
        if times:
            sentence = f"{times} statements with verb `{verb}` are no answers and were left alone."
            findings.append(Finding("other verb", sentence, source, 0, "verb", left_out=False))
    batch = digest_of(text)
    answers, more = checked_answers(
        read, course, places=places, sessions=sessions, now=now, batch=batch
    )
    return answers, tuple(sorted((*findings, *more), key=lambda one: one.line))


def _statements(text: str, source: str, findings: list[Finding]) -> Iterator[_Told]:
    """Give each statement with its line; after one that is no JSON go on at a line with a `{`."""
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    at, line, counted, broken = 0, 1, 0, 0
    while True:
        at = _next(text, at)
        line, counted = line + text.count("\n", counted, at), at
        if at >= len(text):
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            wrong = error.lineno if isinstance(error, json.JSONDecodeError) else line
            why = error.msg if isinstance(error, json.JSONDecodeError) else "a number or its depth"
            broken += 1
            goes_on = broken < _MOST_BROKEN
            then = "the next line with a `{` was read" if goes_on else "no line after it was read"
            sentence = f"The statement is no JSON: {why}; {then}. Mend it."
            findings.append(Finding("broken JSON", sentence, source, wrong))
            at = _resume(text, at) if goes_on else len(text)
            continue
        at = end
        if isinstance(value, dict):
            yield _Told(value, Place(source, line))
        else:
            sentence = "A statement must be an object. Take this out, or write it as one."
            findings.append(Finding("broken statement", sentence, source, line))


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _next(text: str, at: int) -> int:
    """Give where the next value begins: lists of statements and plain lines are read alike."""
    while at < len(text) and text[at] in " \t\r\n,[]":
        at += 1
    return at


def _resume(text: str, at: int) -> int:
    found = text.find("\n", at)
    while found >= 0:
        begin = _next(text, found)
        if text[begin : begin + 1] == "{":
            return begin
        found = text.find("\n", max(begin, found + 1))
    return len(text)


def _object(fields: Mapping[str, Any], *road: str) -> Mapping[str, Any]:
    """Give an object within objects; an empty one where any of them is missing."""
    here: Any = fields
    for name in road:
        here = here.get(name) if isinstance(here, dict) else None
    return here if isinstance(here, dict) else {}


def _verb(fields: Mapping[str, Any]) -> str:
    verb = _object(fields, "verb").get("id")
    if not isinstance(verb, str) or not verb:
        raise _Unread("verb", "The statement has no verb with an id. Give it one.")
    return verb.removeprefix(_VERBS)


def _voided(statements: Sequence[_Told]) -> frozenset[str]:
    return frozenset(
        str(_object(one.fields, "object").get("id"))
        for one in statements
        if _object(one.fields, "verb").get("id") == f"{_VERBS}voided"
    )


def _sessions(statements: Sequence[_Told]) -> Mapping[str, Session]:
    """Give when each registration was opened and closed, where a statement says so."""
    found: dict[str, Session] = {}
    for one in statements:
        verb = str(_object(one.fields, "verb").get("id")).removeprefix(_VERBS)
        name = _object(one.fields, "context").get("registration")
        at = _time_in(one.fields.get("timestamp"))
        if isinstance(name, str) and at is not None and verb in (*_OPENED, *_CLOSED):
            field = "opened" if verb in _OPENED else "closed"
            found[name] = found.get(name, Session())._replace(**{field: at})
    return found


def _answer(fields: Mapping[str, Any], course: Course | None, home: str) -> Answer:
    result = _object(fields, "result")
    own = _object(fields, "context", "extensions")
    item = _item(fields, home)
    skills = own.get(f"{_OWN}skills", ())
    response = result.get("response", "")
    if not isinstance(response, str) or not isinstance(skills, list | tuple):
        field = "skills" if isinstance(response, str) else "response"
        raise _Unread(field, f"`{field}` has a wrong type. Give a text, or a list of names.")
    correct = result.get("success")
    known = course.item_named.get(item) if course else None
    if correct is None and known and response:
        correct = is_right(known, response.split("[,]") if "[,]" in response else response)
    if not isinstance(correct, bool):
        raise _Unread("success", "The answer is empty: `success` is not said. Say true or false.")
    at, seconds = _times(fields, result)
    session = own.get(f"{_OWN}session") or _object(fields, "context").get("registration") or ""
    name = own.get(f"{_OWN}answer") or fields.get("id") or ""
    return Answer(
        _student(fields),
        item,
        tuple(map(str, skills)),
        correct,
        at,
        seconds,
        response,
        str(session),
        str(name),
    )


def _student(fields: Mapping[str, Any]) -> str:
    actor = _object(fields, "actor")
    name = _object(actor, "account").get("name")
    if isinstance(name, str) and name.strip():
        return name
    known_by = next((key for key in ("mbox", "mbox_sha1sum", "openid") if key in actor), "")
    if known_by:
        sentence = f"The actor is known by `{known_by}`. Send an account with an opaque name."
        raise _Unread("actor", sentence)
    raise _Unread("actor", "The statement has no actor with an account. Give it one.")


def _item(fields: Mapping[str, Any], home: str) -> str:
    address = _object(fields, "object").get("id")
    if not isinstance(address, str) or not address:
        raise _Unread("object", "The statement has no object with an id. Give it one.")
    own = f"{home}/items/"
    return unquote(address.removeprefix(own)) if address.startswith(own) else address


def _times(
    fields: Mapping[str, Any], result: Mapping[str, Any]
) -> tuple[float | None, float | None]:
    at, seconds = _time_in(fields.get("timestamp")), duration_in(result.get("duration"))
    if at is None and "timestamp" in fields:
        sentence = "`timestamp` has no zone or is no time. Write UTC: `2026-11-22T10:00Z`."
        raise _Unread("timestamp", sentence)
    if seconds is None and "duration" in result:
        raise _Unread("duration", "`duration` is no ISO 8601 duration. Write it like `PT12.5S`.")
    return at, seconds


def _time_in(value: object) -> float | None:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at.timestamp() if at and at.utcoffset() is not None else None
