"""Names of items and skills as numbers, as a tracer keeps them.

Place: below `tracing.py`. What the population had is numbered from 1. What it had not is 0 there,
but a student's own sums tell such names apart by a hash, so that what is new to all is still
learned for one student.
Rule: a name has one number, whatever the process or the order it came in after the fit.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from zlib import crc32

from penchant.errors import BadInput

__all__ = ["Kind", "Names"]

_NEW = 0x80000000
"""Keys from here on are hashes of names that the population had not."""
_REMEMBERED = 10_000
"""Sets of skills that came after the fit and are remembered, so that they are checked once."""


class Kind(NamedTuple):
    """A set of skills that are asked together.

    Attributes:
        number: From 1; 0 where the population had not this set.
        keys: Of each skill, the key of its sums.
        alike: Numbers of the kinds that are one skill of it each.
    """

    number: int
    keys: tuple[int, ...]
    alike: tuple[int, ...]


class Names:
    """The names of a population.

    Example:
        >>> names = Names([("add",), ("add", "carry")], ["2+2"])
        >>> names.kind(["add"]).number, names.kind("add").number, names.kind(["new"]).number
        (1, 1, 0)
    """

    __slots__ = ("_items", "_kinds", "_skills", "_words", "n_items", "n_kinds")

    def __init__(self, kinds: Iterable[Sequence[str]], items: Iterable[Any]) -> None:
        sets = dict.fromkeys(_skills_of(kind) for kind in kinds)
        self._skills = {name: key for key, name in enumerate(sorted({s for k in sets for s in k}))}
        self._words = {key: name for name, key in self._skills.items()}
        self._items = {name: key for key, name in enumerate(dict.fromkeys(items), 1)}
        self.n_kinds, self.n_items = len(sets), len(self._items)
        numbers = {kind: number for number, kind in enumerate(sets, 1)}
        self._kinds: dict[Any, Kind] = {
            kind: Kind(
                number,
                tuple(self._skills[skill] for skill in kind),
                tuple(numbers[skill,] for skill in kind if (skill,) in numbers),
            )
            for kind, number in numbers.items()
        }

    def kind(self, skills: Sequence[str] | str) -> Kind:
        """Give the kind of a set of skills; one skill may be given as it is.

        Raises:
            BadInput: When there is no skill, or one has an empty name.
        """
        given = skills if isinstance(skills, (str, tuple)) else _sequence(skills)
        found = self._kinds.get(given)
        if found is None:
            own = _skills_of(given)
            found = self._kinds.get(own)
            if found is None:
                keys = tuple(self._key(skill) for skill in own)
                one = (self._kinds.get((skill,)) for skill in own)
                found = Kind(0, keys, tuple(kind.number for kind in one if kind and kind.number))
            if len(self._kinds) < self.n_kinds + _REMEMBERED:
                self._kinds[given] = found
        return found

    def item(self, name: Any) -> int:
        """Give the number of an item, 0 when the population had it not."""
        return self._items.get(name, 0)

    def items(self, names: Iterable[Any]) -> list[int]:
        """Give the numbers of many items."""
        get = self._items.get
        return [get(name, 0) for name in names]

    def item_key(self, name: Any) -> int:
        """Give the key of a student's sums of an item; 0 where there is none."""
        if name is None:
            return 0
        return self._items.get(name) or _NEW | crc32(str(name).encode())

    def _key(self, skill: str) -> int:
        key = self._skills.get(skill)
        if key is None:
            key = _NEW | crc32(skill.encode())
            if len(self._words) < len(self._skills) + _REMEMBERED:
                self._words[key] = skill
        return key

    def skill(self, key: int) -> str:
        """Give the name of a skill by its key; empty when it is not remembered."""
        return self._words.get(key, "")


def _skills_of(given: Sequence[str] | str) -> tuple[str, ...]:
    """Give the skills of a row as a sorted set."""
    names = (given,) if isinstance(given, str) else tuple(str(skill) for skill in given)
    if not names or not all(names):
        msg = "An answer has no skill, or one without a name. Name at least one skill of the item."
        raise BadInput(msg)
    return tuple(sorted(set(names)))


def _sequence(given: Any) -> tuple[Any, ...]:
    try:
        return tuple(given)
    except TypeError as error:
        msg = "Field `skills` of an answer must be a sequence of names. Give a list, or one name."
        raise BadInput(msg) from error
