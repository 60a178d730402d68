"""Checks of a pack's code: each part is there, and what an expert keeps is a value.

Loop: beside it. The parts are made of an empty content and asked what they do with a made-up
signal of each kind; a story of the pack (`penchant pack check`) asks with real ones.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from penchant.contract.checking import Problem, sentence_of
from penchant.contract.declarations import Expertise, Kind, Pack, Paging
from penchant.contract.pages import not_a_page
from penchant.contract.parts import Part, View
from penchant.contract.values import encoded, not_a_value
from penchant.words import Signal, Value

__all__ = ["NEEDS", "part_problems", "sample", "state_problem"]

NEEDS: Mapping[str, tuple[str, ...]] = {
    "experts": ("initial", "fold", "features"),
    "proposers": ("propose",),
    "planners": ("plan",),
    "importers": ("read",),
    "exporters": ("write",),
    "pages": ("page",),
    "examples": ("lived",),
}
"""What a part of each sort can do."""

_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_SAMPLES: Mapping[str, Value] = {
    "yes or no": True,
    "number": 1.0,
    "text": "a",
    "list of numbers": (0.5, 1.0),
}


def part_problems(pack: Pack, parts: Mapping[str, Part]) -> tuple[str, ...]:
    """Give everything that stands against the code of a pack, a sentence each.

    Args:
        pack: As declared.
        parts: What each `module:name` in it leads to.
    """
    return tuple(sentence_of(pack, found) for found in _problems(pack, parts))


def state_problem(expert: Any, kinds: Mapping[str, Kind], folds: tuple[str, ...]) -> str:
    """Say why what an expert keeps is no value; "" where it is one."""
    state = expert.initial()
    if problem := not_a_value(state):
        return f"Its first state is no value: {problem}."
    for kind in folds:
        before = encoded(state)
        after = expert.fold(state, sample(kinds[kind]))
        if encoded(state) != before:
            return f"Folding `{kind}` changes the state it was given. Give a new one."
        if problem := not_a_value(after):
            return f"Its state is no value: {problem}."
        if encoded(expert.fold(state, sample(kinds[kind]))) != encoded(after):
            return f"Folding `{kind}` twice gives two states. Use nothing but what comes in."
        state = after
    return ""


def sample(kind: Kind) -> Signal:
    """Give a signal of a kind with something in every field.

    Example:
        >>> sample(Kind("pace.ran", "pace.training", "1y", "ran", data={"km": "number"})).data
        FrozenMap({'km': 1.0})
    """
    data = {name: _SAMPLES[what] for name, what in kind.data.items()}
    return Signal(kind.name, at=_AT, data=data)


def _problems(pack: Pack, parts: Mapping[str, Part]) -> Iterator[Problem]:
    kinds = {one.name: one for one in pack.signals}
    for where, key, part in _named(pack):
        made = _made(parts.get(part))
        if isinstance(made, str):
            yield Problem(f"{where}.{key}.part", f"`{part}` {made}")
            continue
        missing = [one for one in NEEDS[where] if not callable(getattr(made, one, None))]
        if missing:
            yield Problem(
                f"{where}.{key}.part",
                f"What `{part}` makes has no `{missing[0]}`; it needs {', '.join(NEEDS[where])}.",
            )
        elif where == "experts":
            expert = next(one for one in pack.experts if one.name == key)
            yield from _expert(pack, expert, made, kinds)
        elif where == "pages":
            yield from _page(next(one for one in pack.pages if one.name == key), made)
    for one in pack.claims:
        if not callable(parts.get(one.measure)):
            yield Problem(
                f"claims.{one.name}.measure", f"`{one.measure}` is nothing that can be called."
            )


def _expert(
    pack: Pack, declared: Expertise, made: Any, kinds: Mapping[str, Kind]
) -> Iterator[Problem]:
    if any(kind not in kinds for kind in declared.folds):
        return  # said already by `experts_fold_what_is_declared`
    try:
        problem = state_problem(made, kinds, declared.folds)
        given = {} if problem else dict(made.features(made.initial(), _AT))
    except Exception as wrong:  # noqa: BLE001 - whatever a stranger's code raises is told
        yield Problem(f"experts.{declared.name}.part", _raised(wrong))
        return
    if problem:
        yield Problem(
            f"experts.{declared.name}", f"The state of this expert is not a value. {problem}"
        )
    known = {one.name for one in pack.features if one.expert == declared.name}
    for name in sorted(set(given) - known):
        yield Problem(
            f"experts.{declared.name}",
            f"It gives a feature `{name}` that is not declared. Say under `[[features]]` what it "
            "tells of a person.",
        )


def _page(declared: Paging, made: Any) -> Iterator[Problem]:
    """See that there is a page before anything is known."""
    view = View(declared.purpose, _AT)
    try:
        page = made.page(view) if declared.of == "person" else made.page({"a": view}, _AT)
    except Exception as wrong:  # noqa: BLE001 - whatever a stranger's code raises is told
        yield Problem(f"pages.{declared.name}.part", _raised(wrong))
        return
    if problem := not_a_page(page):
        yield Problem(f"pages.{declared.name}.part", problem)


def _named(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """Give every part: the list it stands in, its key there, and its place in the code."""
    yield from (("experts", one.name, one.part) for one in pack.experts)
    yield from (("proposers", one.moment, one.part) for one in pack.proposers)
    yield from (("planners", one.moment, one.part) for one in pack.planners)
    yield from (("importers", one.name, one.part) for one in pack.importers)
    yield from (("exporters", one.name, one.part) for one in pack.exporters)
    yield from (("pages", one.name, one.part) for one in pack.pages)
    yield from (("examples", one.name, one.part) for one in pack.examples)


def _made(part: Part | None) -> Any:
    """Make a part of no content; a text says why it could not be made."""
    if not callable(part):
        return "is not there, or cannot be called. Name a callable as `module:name`."
    try:
        return part({})
    except Exception as wrong:  # noqa: BLE001 - whatever a stranger's code raises is told
        return f"cannot be made where nothing was brought yet. {_raised(wrong)}"


def _raised(wrong: Exception) -> str:
    return f"It raised a `{type(wrong).__name__}`: {wrong}"
