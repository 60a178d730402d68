"""An immutable mapping, so that nouns can be frozen to the last value.

Rule: a list or an array that goes in comes out as a tuple, a numpy number as one of Python's;
everything else is kept as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from penchant.errors import BadInput

__all__ = ["FrozenMap", "Value", "frozen"]

Value = bool | float | int | str | Sequence[float]
V = TypeVar("V")


_PLAIN = frozenset({bool, int, float, str, tuple})


def _plain(value: Any) -> Any:
    """Give a list as a tuple, and numpy's numbers and arrays as Python's; keep anything else."""
    if type(value) not in _PLAIN and callable(getattr(value, "tolist", None)):
        value = value.tolist()
    return tuple(value) if type(value) is list else value


class FrozenMap(Mapping[str, V]):
    """An immutable mapping kept as two tuples: names and values, in the order given.

    Lists and arrays among the values become tuples. Equality is that of mappings.

    Example:
        >>> FrozenMap({"price": 80, "sport": "run"})["sport"]
        'run'
    """

    __slots__ = ("held", "names")

    names: tuple[str, ...]
    held: tuple[V, ...]

    def __init__(self, given: Mapping[str, V] = MappingProxyType({})) -> None:
        """Copy `given`; later changes to it are not seen."""
        self.names = tuple(given)
        held: tuple[Any, ...] = tuple(given.values())
        if not _PLAIN.issuperset(map(type, held)):
            held = tuple(_plain(value) for value in held)
        self.held = held

    def __getitem__(self, name: str) -> V:
        """Give the value of `name`."""
        try:
            return self.held[self.names.index(name)]
        except ValueError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self.names)

    def __len__(self) -> int:
        """Count the names."""
        return len(self.names)

    def __hash__(self) -> int:
        """Hash by content, whatever the order."""
        return hash(frozenset(zip(self.names, self.held, strict=True)))

    def __repr__(self) -> str:
        """Show as a mapping."""
        return f"FrozenMap({dict(self)})"


def frozen(given: Mapping[str, V]) -> FrozenMap[V]:
    """Give a mapping as a FrozenMap; one that is none already is copied.

    Raises:
        BadInput: When it is no mapping.
    """
    if type(given) is FrozenMap:
        return given
    checked: object = given
    if not isinstance(checked, Mapping):
        got = type(checked).__name__
        raise BadInput(f"Features and data must be a mapping of names to values (got a `{got}`).")
    return FrozenMap(given)
