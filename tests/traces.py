"""Traces: where in memory a text is still kept, found by walking all that an object reaches."""

import gc
import types
from collections.abc import Iterator
from typing import Any

import msgspec

__all__ = ["traces"]

# What every object of a kind shares, or what belongs to the test: not part of what an engine keeps.
_SHARED = (type, types.ModuleType, types.FrameType, types.TracebackType, types.GeneratorType)


def traces(root: object, *needles: str) -> list[str]:
    """Say where a needle is kept in what `root` reaches, each by a road of types and names.

    Code and modules are passed over; closures, bound methods and everything with fields are not.
    """
    wanted = [(needle, needle.encode()) for needle in needles]
    seen: set[int] = {id(wanted), id(needles)}
    found: list[str] = []
    ahead: list[tuple[object, str]] = [(root, type(root).__name__)]
    while ahead:
        one, road = ahead.pop()
        if isinstance(one, str | bytes | bytearray):
            if _holds(one, wanted):
                found.append(road)  # by each of its roads
            continue
        if id(one) in seen or isinstance(one, _SHARED):
            continue
        seen.add(id(one))
        ahead += [(inner, f"{road} > {name}") for inner, name in _inside(one)]
    return found


def _holds(one: str | bytes | bytearray, wanted: list[tuple[str, bytes]]) -> bool:
    """Tell whether a text or some bytes hold a needle."""
    if isinstance(one, str):
        return any(text in one for text, _ in wanted)
    return any(octets in one for _, octets in wanted)


def _inside(one: Any) -> Iterator[tuple[object, str]]:
    """Give what an object reaches, with a name for it where there is one."""
    if isinstance(one, types.FunctionType):
        for cell in one.__closure__ or ():
            yield cell, one.__name__
        return
    if isinstance(one, dict):
        for key, value in one.items():
            yield key, "key"
            yield value, key[:40] if isinstance(key, str) else type(value).__name__
        return
    for field, inner in getattr(one, "__dict__", {}).items():
        yield inner, field
    if isinstance(one, msgspec.Struct):  # some are kept out of the collector's sight
        for field in one.__struct_fields__:
            yield getattr(one, field), field
    for inner in gc.get_referents(one):
        yield inner, type(inner).__name__
