"""Expecting: how a check says that an implementation fails, and how kept facts are compared.

Every kit is a tuple of checks. A check takes `make`, which gives a new implementation, and raises
AssertionError with a sentence when it fails; it returns nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from penchant.journal import Decided, Fact
from penchant.words import Decision

__all__ = ["checks_of", "expect", "kept", "same"]


def expect(right: object, sentence: str) -> None:
    """Fail the check with a sentence unless something is right.

    Example:
        >>> expect(1 + 1 == 2, "Arithmetic is broken.")
    """
    if not right:
        raise AssertionError(sentence)


def same(given: Iterable[Fact], expected: Iterable[Fact], what: str) -> None:
    """Compare facts by what is kept of them: everything but a decision's explainer."""
    ours, theirs = ([_without_explainer(fact) for fact in facts] for facts in (given, expected))
    expect(ours == theirs, f"{what}: {len(ours)} given, {len(theirs)} expected.")


def kept(decision: Decision) -> dict[str, object]:
    """Give the fields of a decision that are kept."""
    names = decision.__struct_fields__
    return {name: getattr(decision, name) for name in names if name != "explainer"}


def checks_of(names: Mapping[str, Any]) -> tuple[Callable[..., None], ...]:
    """Give the checks of a module, found by their names, in the order of the alphabet.

    Args:
        names: What the module holds: `globals()`.
    """
    return tuple(check for name, check in sorted(names.items()) if name.startswith("check_"))


def _without_explainer(fact: Fact) -> object:
    """Give the fields of a fact, a decision's without its explainer."""
    held = {name: getattr(fact, name) for name in fact.__struct_fields__}
    if isinstance(fact, Decided):
        held["decision"] = kept(fact.decision)
    return type(fact), held
