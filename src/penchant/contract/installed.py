"""A pack with its code: what an engine is opened with."""

from collections.abc import Mapping

from msgspec import Struct

from penchant.contract.declarations import Pack
from penchant.contract.parts import Part

__all__ = ["Installed"]


class Installed(Struct, frozen=True):
    """What a pack declares, and what every `module:name` in it leads to."""

    pack: Pack
    parts: Mapping[str, Part]
