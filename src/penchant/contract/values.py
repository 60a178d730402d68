"""Values: whether what an expert keeps is one that nobody can change behind the engine's back.

A state is shared by every reader, dropped and folded again. If a fold changed it in place, two
readers of one person would see two people.
"""

from typing import Any

import msgspec
import numpy as np

from penchant.words import FrozenMap

__all__ = ["encoded", "not_a_value"]

_PLAIN = (bool, int, float, str, bytes, type(None))
_DEEPEST = 32


def not_a_value(state: object, path: str = "state") -> str:
    """Say which part of a state can be changed; "" where none can.

    Values are: nothing, yes/no, numbers, texts, bytes, tuples, frozen sets, frozen structs,
    `FrozenMap`s of these, and arrays that are not writeable.

    Example:
        >>> not_a_value((1, 2.0, "three"))
        ''
        >>> not_a_value((1, [2]))
        '`state[1]` is a `list`, which can be changed'
    """
    return _problem(state, path, 0)


def _problem(state: object, path: str, depth: int) -> str:
    if depth > _DEEPEST:
        return f"`{path}` is nested deeper than {_DEEPEST}"
    if isinstance(state, _PLAIN) or type(state).__module__ == "datetime":
        return ""
    if isinstance(state, np.generic):
        return ""
    if isinstance(state, np.ndarray):
        return f"`{path}` is an array that is writeable" if state.flags.writeable else ""
    found = _inside(state, path)
    if found is None:
        return f"`{path}` is a `{type(state).__name__}`, which can be changed"
    return next((said for at, one in found if (said := _problem(one, at, depth + 1))), "")


def _inside(state: object, path: str) -> list[tuple[str, Any]] | None:
    """Give what a value holds, each with its place; None where it is no value."""
    if isinstance(state, tuple | frozenset):
        names = getattr(state, "_fields", None)
        labels = [f".{one}" for one in names] if names else [f"[{n}]" for n in range(len(state))]
        return [(f"{path}{label}", one) for label, one in zip(labels, state, strict=True)]
    if isinstance(state, FrozenMap):
        return [(f"{path}[{name!r}]", one) for name, one in state.items()]
    if isinstance(state, msgspec.Struct) and state.__struct_config__.frozen:
        return [(f"{path}.{name}", getattr(state, name)) for name in state.__struct_fields__]
    return None


def encoded(state: object) -> bytes:
    """Give a state as JSON: what an export shows of it, and what two equal states agree in.

    Example:
        >>> encoded((1, FrozenMap({"a": 2.5})))
        b'[1,{"a":2.5}]'
    """
    return msgspec.json.encode(state, enc_hook=_plain, order="sorted")


def _plain(value: Any) -> Any:
    if isinstance(value, FrozenMap):
        return dict(value)
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    msg = f"A state holds a `{type(value).__name__}`, which cannot be written."
    raise TypeError(msg)
