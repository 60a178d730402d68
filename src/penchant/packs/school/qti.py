"""Items in QTI 2.0 to 3.0: one choice, several choices, and short entries of text or numbers.

Loop: an importer. QTI has no place for skills and calibration; they stand in a table beside it.
Rule 1: what cannot be marked by machine here is kept, said, and marked by hand: a guess at its
marking would teach a wrong thing about students.
Rule 2: names of 3.0 (`qti-simple-choice`) are read as those of 2.x (`simpleChoice`).

Source: 1EdTech QTI 2.2 and 3.0 information models.
"""

from collections.abc import Mapping
from typing import NamedTuple

from penchant.packs.school.course import Course, Finding, Item, Place, number_in
from penchant.packs.school.course_checks import checked_course
from penchant.packs.school.markup import Element, markup_in
from penchant.packs.school.tables import (
    ITEM_COLUMNS,
    items_from_rows,
    rows_of,
    skills_from_csv,
)

__all__ = ["course_from_qti"]

_READ = frozenset({"choiceInteraction", "textEntryInteraction"})


class _Key(NamedTuple):
    """What a response declaration says is right, and how it is compared."""

    right: tuple[str, ...]
    several: bool
    number: bool


def course_from_qti(
    files: Mapping[str, bytes | str],
    table: bytes | str,
    skills: bytes | str | None = None,
    *,
    name: str = "QTI",
) -> tuple[Course, tuple[Finding, ...]]:
    """Read a course from QTI items and a table of what they exercise.

    Args:
        files: Content by path; only items are read, a manifest or a test is passed over.
        table: CSV with columns `name` (the item's identifier) and `skills`, and `difficulty`,
            `discrimination`, `seconds`, `format`, `language`, `licence`, `credit` where known.
        skills: CSV of skills with their prerequisites, as for `course_from_csv`.
        name: The name of the course.

    Returns:
        The course, and what was found, with the line in its file.

    Example:
        >>> course, findings = course_from_qti({"a.xml": "<assessmentItem>"}, "name,skills")
        >>> str(findings[0]).split(".")[1]
        'xml:1: The file is no XML: no element found'
    """
    rows, findings = rows_of(table, "items.csv", ITEM_COLUMNS, ("name", "skills"))
    beside, _ = items_from_rows(rows, findings)
    known = {item.name: item for item in beside}
    items: list[Item] = []
    places: list[Place] = []
    for path, content in sorted(files.items()):
        if not path.endswith(".xml"):
            continue
        root = markup_in(content, path)
        if isinstance(root, Finding):
            findings.append(root)
        elif _name(root) == "assessmentItem":
            items.append(_item(root, known, path, findings))
            places.append(Place(path, root.line))
    named, skill_places = skills_from_csv(skills, items, findings)
    at = {"items": places, "skills": skill_places}
    course, more = checked_course(name, items, named, at)
    return course, (*findings, *more)


def _name(element: Element) -> str:
    """Give the name of an element as QTI 2 writes it.

    Example:
        >>> _name(Element("qti-simple-choice", {}, 1))
        'simpleChoice'
    """
    first, *rest = element.name.removeprefix("qti-").split("-")
    return first + "".join(part.capitalize() for part in rest)


def _below(element: Element, *names: str) -> list[Element]:
    return [one for one in element.all() if _name(one) in names]


def _attribute(element: Element, name: str) -> str:
    """Give an attribute by its name in QTI 2; QTI 3 writes `max-choices` for `maxChoices`."""
    kebab = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
    return element.attributes.get(name, element.attributes.get(kebab, ""))


def _item(root: Element, known: Mapping[str, Item], path: str, findings: list[Finding]) -> Item:
    name = _attribute(root, "identifier")
    beside = known.get(name, Item(name, ()))
    bodies = _below(root, "itemBody")
    asked = [one for one in root.all() if _name(one).endswith("Interaction")]
    fields: dict[str, object] = {
        "title": _attribute(root, "title"),
        "language": root.attributes.get("lang", beside.language),
        "text": bodies[0].text("simpleChoice", "qti-simple-choice") if bodies else "",
    }
    why = _why_by_hand(root, asked)
    if why:
        sentence = f"Item `{name}` {why}; a person has to mark it."
        line = asked[0].line if asked else root.line
        findings.append(Finding("marked by hand", sentence, path, line, "itemBody", left_out=False))
        fields["marking"] = "hand"
    else:
        fields |= _marking(root, asked[0])
    given = {field: getattr(beside, field) for field in ITEM_COLUMNS}
    return Item(**{**given, **fields, "name": name})


def _why_by_hand(root: Element, asked: list[Element]) -> str:
    """Say why answers to an item cannot be marked by machine, or give nothing."""
    if len(asked) != 1:
        return f"asks {len(asked)} things at once"
    kind = _name(asked[0])
    if any(_attribute(one, "toleranceMode") == "relative" for one in _below(root, "equal")):
        return "is marked by a relative tolerance"
    return "" if kind in _READ else f"asks by `{kind}`, which is not read"


def _marking(root: Element, asked: Element) -> dict[str, object]:
    key = _key(root, _attribute(asked, "responseIdentifier"))
    if _name(asked) == "textEntryInteraction":
        tolerance = _tolerance(root) if key.number else 0.0
        marking = "number" if key.number else "any"
        return {"right": key.right, "marking": marking, "tolerance": tolerance}
    offered = {_attribute(one, "identifier"): one.text() for one in _below(asked, "simpleChoice")}
    # Two choices that read alike (or are pictures) are told apart by their identifiers.
    if len(set(offered.values()) - {""}) < len(offered):
        offered = {name: name for name in offered}
    right = tuple(offered.get(one, one) for one in key.right)
    marking = "all" if key.several else "any"
    return {"choices": tuple(offered.values()), "right": right, "marking": marking}


def _key(root: Element, identifier: str) -> _Key:
    """Read the declaration of a response; without a correct one the best mapped value is right."""
    for one in _below(root, "responseDeclaration"):
        if _attribute(one, "identifier") != identifier:
            continue
        values = tuple(
            value.text()
            for correct in _below(one, "correctResponse")
            for value in _below(correct, "value")
        )
        several = _attribute(one, "cardinality") == "multiple"
        number = _attribute(one, "baseType") in {"float", "integer"}
        return _Key(values or _best_mapped(one, several=several), several, number)
    return _Key((), several=False, number=False)


def _best_mapped(declaration: Element, *, several: bool) -> tuple[str, ...]:
    """Give the answers that the mapping pays for: all of them, or those it pays most for."""
    paid = {
        _attribute(one, "mapKey"): number_in(_attribute(one, "mappedValue")) or 0.0
        for one in _below(declaration, "mapEntry")
    }
    best = max(paid.values(), default=0.0)
    return tuple(key for key, worth in paid.items() if worth > 0 and (several or worth == best))


def _tolerance(root: Element) -> float:
    """Read the absolute tolerance of a comparison; 0 where there is none or it is relative."""
    for one in _below(root, "equal"):
        if _attribute(one, "toleranceMode") == "absolute":
            bounds = [number_in(part) for part in _attribute(one, "tolerance").split()]
            return min((abs(bound) for bound in bounds if bound is not None), default=0.0)
    return 0.0
