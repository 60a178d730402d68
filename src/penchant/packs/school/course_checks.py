"""What is wrong with a course as it was read: the checks every importer shares.

Rule 1: what is wrong is left out and said, with its place; the rest stands.
Rule 2: nothing is guessed: an unknown skill is not made up, a ring is not cut in silence.
"""

from collections.abc import Mapping, Sequence

from penchant.packs.school.course import (
    ASKED,
    Course,
    Finding,
    Item,
    Place,
    Skill,
    number_in,
)

__all__ = ["checked_course"]

_Placed = tuple[Skill, Place]


def checked_course(
    name: str,
    items: Sequence[Item],
    skills: Sequence[Skill],
    places: Mapping[str, Sequence[Place]] | None = None,
) -> tuple[Course, tuple[Finding, ...]]:
    """Check what was read, leave out what is wrong, and say so.

    Args:
        name: The name of the course.
        items: As read, duplicates included.
        skills: As read, duplicates included.
        places: Where each of `items` and each of `skills` was read, in parallel.

    Returns:
        A course whose names are unique, whose items exercise skills it has and can be marked, and
        whose prerequisites have no ring; and what was found.

    Example:
        >>> ring = (Skill("a", "", ("b",)), Skill("b", "", ("a",)))
        >>> course, findings = checked_course("ring", (), ring)
        >>> print(findings[0].sentence.split(".")[0])
        Prerequisites form a ring: `a` needs `b` needs `a`
    """
    at = places or {}
    item_places = at.get("items") or [Place()] * len(items)
    skill_places = at.get("skills") or [Place()] * len(skills)
    findings: list[Finding] = []
    kept = _unique_skills(list(zip(skills, skill_places, strict=True)), findings)
    known = frozenset(kept)
    sound = _without_rings(_known_prerequisites(kept, known, findings), findings)
    checked: dict[str, Item] = {}
    for item, place in zip(items, item_places, strict=True):
        found = _about_item(item, known, checked)
        if found:
            rule, field, sentence = found
            findings.append(Finding(rule, sentence, place.source, place.line, field))
        else:
            checked[item.name] = item
    return Course(name, tuple(checked.values()), tuple(sound)), tuple(findings)


def _unique_skills(placed: Sequence[_Placed], findings: list[Finding]) -> dict[str, _Placed]:
    kept: dict[str, _Placed] = {}
    for skill, place in placed:
        if not skill.name.strip():
            sentence = "A skill has no name. Give it one."
            findings.append(Finding("no name", sentence, *place, "skill"))
        elif skill.name in kept:
            sentence = (
                f"Skill `{skill.name}` was named before; the first stays. "
                "Give each skill once, with all its prerequisites."
            )
            findings.append(Finding("duplicate skill", sentence, *place, "skill"))
        else:
            kept[skill.name] = (skill, place)
    return kept


def _known_prerequisites(
    kept: Mapping[str, _Placed], known: frozenset[str], findings: list[Finding]
) -> dict[str, _Placed]:
    sound: dict[str, _Placed] = {}
    for name, (skill, place) in kept.items():
        for missing in (one for one in skill.prerequisites if one not in known):
            sentence = (
                f"Skill `{name}` needs `{missing}`, which is no skill of the course. "
                "Add the skill, or take the prerequisite away."
            )
            findings.append(Finding("unknown prerequisite", sentence, *place, "prerequisites"))
        needs = tuple(dict.fromkeys(one for one in skill.prerequisites if one in known))
        sound[name] = (Skill(name, skill.title, needs), place)
    return sound


def _without_rings(kept: Mapping[str, _Placed], findings: list[Finding]) -> list[Skill]:
    """Walk down the prerequisites; one that leads back to where the walk came from is left out.

    The walk goes by name, so that the same course in another order loses the same prerequisites.
    """
    needs = {name: sorted(skill.prerequisites)[::-1] for name, (skill, _) in kept.items()}
    cut: set[tuple[str, str]] = set()
    done: set[str] = set()
    for start in sorted(needs):
        road: dict[str, list[str]] = {} if start in done else {start: list(needs[start])}
        while road:
            here = next(reversed(road))
            if not road[here]:
                done.add(here)
                del road[here]
                continue
            there = road[here].pop()
            if there in road:
                names = list(road)
                ring = [*names[names.index(there) :], there]
                cut.add((here, there))
                findings.append(_ring(ring, kept[here][1]))
            elif there not in done:
                road[there] = list(needs[there])
    return [
        Skill(name, skill.title, tuple(n for n in skill.prerequisites if (name, n) not in cut))
        for name, (skill, _) in kept.items()
    ]


def _ring(ring: Sequence[str], place: Place) -> Finding:
    sentence = (
        f"Prerequisites form a ring: {' needs '.join(f'`{name}`' for name in ring)}. "
        f"That `{ring[-2]}` needs `{ring[-1]}` was left out; take one of them away."
    )
    return Finding("prerequisite ring", sentence, place.source, place.line, "prerequisites")


def _about_item(
    item: Item, known: frozenset[str], before: Mapping[str, Item]
) -> tuple[str, str, str] | None:
    """Give rule, field and sentence of the first thing wrong with an item, or None."""
    what = f"Item `{item.name}`"
    missing = ", ".join(f"`{skill}`" for skill in item.skills if skill not in known)
    if not item.name.strip():
        return "no name", "item", "An item has no name. Give it one."
    if item.name in before:
        sentence = f"{what} was named before; the first stays. Give each item a name of its own."
        return "duplicate item", "item", sentence
    if not item.skills:
        return "no skill", "skills", f"{what} exercises no skill. Name at least one."
    if missing:
        sentence = f"{what} exercises {missing}, no skill of the course. Add it, or correct it."
        return "unknown skill", "skills", sentence
    if item.format in ASKED and item.marking != "hand":
        return _about_marking(item, what)
    return None


def _about_marking(item: Item, what: str) -> tuple[str, str, str] | None:
    """Say why the answers to an item could not be marked, or give None."""
    if not item.right:
        sentence = f"{what} has no right answer. Give one, or mark it by hand."
        return "no right answer", "right", sentence
    if item.choices and any(one not in item.choices for one in item.right):
        sentence = (
            f"A right answer of item `{item.name}` is none of its {len(item.choices)} choices. "
            "Write it as its choice is written."
        )
        return "right is no choice", "right", sentence
    if item.marking == "number" and None in map(number_in, item.right):
        sentence = (
            f"{what} is marked as a number, but a right answer is none, or may be two. "
            "Write it in digits with a point."
        )
        return "right is no number", "right", sentence
    return None
