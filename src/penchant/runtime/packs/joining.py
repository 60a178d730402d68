"""Joining: the moments of packs become moments of an engine, in the words of their packs."""

from functools import partial

from penchant.runtime.declaring import declare
from penchant.runtime.memory import Memory
from penchant.runtime.packs.proposing import pack_words

__all__ = ["declare_packs"]


def declare_packs(memory: Memory) -> None:
    """Declare the moments of the packs of an engine, and let these speak of what is decided there.

    Raises:
        BadInput: When one cannot be decided, or does not fit what was learned there.
    """
    for name, giving in memory.packs.giving.items():
        declare(memory, giving.declared.moment)
        memory.moments[name].words = partial(pack_words, memory.packs, name)
