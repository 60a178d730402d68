"""A course in the form of OATutor's content: folders of JSON, one for each problem and step.

Loop: an importer. `content-pool/<problem>/<problem>.json`, below it `steps/<step>/<step>.json` and
`tutoring/*.json` with its hints; `skillModel.json` says which skills a step exercises.
Rule 1: an item is a step; licence and origin of its problem stay with it, file by file.
Rule 2: an answer that needs algebra to be marked is marked by hand, never by comparing letters.
Rule 3: OATutor names no prerequisites, so there are none.

Source: Pardos et al. 2023, "OATutor: An Open-source Adaptive Tutoring System"; content CC BY 4.0.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from penchant.packs.school.course import Course, Finding, Item, Place, Skill, number_in
from penchant.packs.school.course_checks import checked_course
from penchant.packs.school.tables import text_of

__all__ = ["course_from_oatutor"]

_SKILLS = "skillModel.json"
_FRACTION = re.compile(r"\\frac\{(\d+)\}\{(\d+)\}", re.ASCII)


class _Step(NamedTuple):
    """A step with what stands around it: the place of its file, its problem, its hints."""

    path: str
    fields: Mapping[str, Any]
    problem: Mapping[str, Any]
    hints: tuple[str, ...]


def course_from_oatutor(
    files: Mapping[str, bytes | str], *, course_name: str = ""
) -> tuple[Course, tuple[Finding, ...]]:
    """Read a course from files of OATutor's content.

    Args:
        files: Content by path; the folder that all lie in may have any name.
        course_name: Where given, only problems of this `courseName` are read.

    Returns:
        The course, and what was found. A file that is no JSON is said with its line.

    Example:
        >>> course, findings = course_from_oatutor({"skillModel.json": "{"})
        >>> str(findings[0]).split(":")[:2]
        ['skillModel.json', '1 `skillModel.json`']
    """
    findings: list[Finding] = []
    read = {
        path: value
        for path, content in sorted(files.items())
        if path.endswith(".json") and (value := _json_in(path, content, findings)) is not None
    }
    model = _skill_model(read, findings)
    items, places = [], []
    for step in _steps(read, course_name, findings):
        items.append(_item(step, model, findings))
        places.append(Place(step.path, _line_of(files[step.path], "stepAnswer")))
    names = dict.fromkeys(skill for item in items for skill in item.skills)
    course, more = checked_course(
        course_name or "OATutor", items, [Skill(name) for name in names], {"items": places}
    )
    return course, (*findings, *more)


def _json_in(path: str, content: bytes | str, findings: list[Finding]) -> Any:
    text, told = text_of(content, path)
    findings += told
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        sentence = f"The file is no JSON: {error.msg}. Mend it; nothing of it was read."
        findings.append(Finding("broken JSON", sentence, path, error.lineno, _last(path)))
    except RecursionError:
        sentence = "The file nests too deep to be read. Mend it; nothing of it was read."
        findings.append(Finding("broken JSON", sentence, path, 1, _last(path)))
    return None


def _last(path: str) -> str:
    return PurePosixPath(path).name


def _line_of(content: bytes | str, field: str) -> int:
    """Give the line on which a field of a step stands; steps are files of one object."""
    text, _ = text_of(content, "")
    return text[: max(text.find(f'"{field}"'), 0)].count("\n") + 1


def _skill_model(read: Mapping[str, Any], findings: list[Finding]) -> Mapping[str, tuple[str, ...]]:
    path = next((path for path in read if _last(path) == _SKILLS), "")
    model = read.get(path)
    if not isinstance(model, dict):
        sentence = f"`{_SKILLS}` is missing or no object, so no step has a skill. Add it."
        findings.append(Finding("no skill model", sentence, path or _SKILLS, 0, "skills"))
        return {}
    return {
        step: tuple(dict.fromkeys(str(skill) for skill in skills if str(skill).strip()))
        for step, skills in model.items()
        if isinstance(skills, list)
    }


def _steps(read: Mapping[str, Any], course_name: str, findings: list[Finding]) -> list[_Step]:
    """Join steps to their problems and hints by the folders they lie in."""
    problems: dict[str, Mapping[str, Any]] = {}
    hints: dict[str, tuple[str, ...]] = {}
    steps: list[tuple[str, str, Mapping[str, Any]]] = []
    for path, value in read.items():
        parts = PurePosixPath(path).parts
        folder = parts[-2] if len(parts) > 1 else ""
        if folder == "tutoring" and isinstance(value, list):
            hints[parts[-3]] = _hints(value)
        elif folder and isinstance(value, dict) and parts[-1] == f"{folder}.json":
            if "steps" in parts[:-2]:
                steps.append((path, parts[len(parts) - parts[::-1].index("steps") - 2], value))
            else:
                problems[folder] = value
    found = []
    for path, problem, step in steps:
        fields = problems.get(problem)
        if fields is None:
            sentence = f"The step lies below `{problem}`, which has no problem file. Add it."
            findings.append(Finding("no problem", sentence, path, 1, "id"))
        elif not course_name or fields.get("courseName") == course_name:
            name = PurePosixPath(path).parts[-2]
            found.append(_Step(path, {"id": name, **step}, fields, hints.get(name, ())))
    return found


def _hints(pathway: Sequence[Any]) -> tuple[str, ...]:
    """Give the hints of a pathway in the order in which one leads to the next."""
    given = {str(one.get("id")): one for one in pathway if isinstance(one, dict)}
    waiting = dict(given)
    ordered: list[str] = []
    while waiting:
        # Where hints wait for each other in a ring the first of them goes first.
        ready = [
            name
            for name, one in waiting.items()
            if not set(_listed(one.get("dependencies"))) & set(waiting)
        ] or [next(iter(waiting))]
        ordered += ready
        for name in ready:
            del waiting[name]
    texts = (_text(given[name].get("text")) for name in ordered)
    return tuple(text for text in texts if text)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _listed(value: object) -> tuple[str, ...]:
    return tuple(str(one).strip() for one in value) if isinstance(value, list) else ()


def _item(step: _Step, model: Mapping[str, tuple[str, ...]], findings: list[Finding]) -> Item:
    fields, problem = step.fields, step.problem
    name = str(fields["id"])
    right = tuple(one for one in _listed(fields.get("stepAnswer")) if one)
    choices = tuple(dict.fromkeys(_listed(fields.get("choices"))))
    marking = "any"
    kind = _text(fields.get("answerType"))
    if kind == "MultipleSelect":
        marking = "all"
    elif not choices and kind in {"arithmetic", "numeric"}:
        right = tuple(_FRACTION.sub(r"\1/\2", one.strip("$ ")) for one in right)
        marking = "hand" if None in map(number_in, right) else "number"
    if any("@{" in one for one in right):  # a number drawn anew for each student
        marking = "hand"
    if marking == "hand":
        sentence = f"The answer to step `{name}` needs algebra to be marked; a person has to."
        place = Place(step.path, 0)
        findings.append(Finding("marked by hand", sentence, *place, "stepAnswer", left_out=False))
    return Item(
        name,
        model.get(name, ()),
        title=_text(fields.get("stepTitle")) or _text(problem.get("title")),
        text="\n".join(filter(None, (_text(problem.get("body")), _text(fields.get("stepBody"))))),
        choices=choices,
        right=right,
        hints=step.hints,
        marking=marking,  # type: ignore[arg-type]
        licence=_text(problem.get("license")),
        credit=_text(problem.get("oer")),
    )
