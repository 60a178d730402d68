"""Keeping to what a pack says: which signals come in, how long they stay.

Loop: the first arrow, and beside it. A kind in the namespace of a pack is one that the pack
declares, with the fields it declares, for the purpose it declares; anything else is refused.
Rule 1: a sentence names the kind and the field, never what it holds.
Rule 2: what has ended is not used from then on, and emptied in the journal by the next `tick`s.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from penchant.contract.declarations import Pack
from penchant.journal import Fact
from penchant.runtime.memory import Memory
from penchant.runtime.packs.loaded import Loaded
from penchant.signals import CONTROL_KINDS
from penchant.words import Signal

__all__ = ["end_what_is_over", "purpose_for", "signal_problem", "undeclared"]

AT_ONCE = 64
"""Of how many people a `tick` empties what is over: some milliseconds each."""

_IS: Mapping[str, Callable[[object], bool]] = {
    "yes or no": lambda value: isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "text": lambda value: isinstance(value, str),
    "list of numbers": lambda value: isinstance(value, tuple),
}
_OF_ENGINE = frozenset({"time_zone"})
"""Traits that the engine itself reads, under whichever purpose."""


def purpose_for(loaded: Loaded, signal: Signal, given: str) -> str:
    """Give the purpose of a signal: that of its pack where none was given with it."""
    kind = loaded.kinds.get(signal.kind)
    return kind.purpose if kind is not None and not given else given


def signal_problem(loaded: Loaded, signal: Signal, purpose: str, now: datetime) -> str:
    """Say why a clean signal may not be kept, as its pack has it; "" where it may."""
    pack = loaded.owner(signal.kind)
    if pack is not None:
        return _kind_problem(loaded, pack, signal, purpose, now)
    owner = loaded.owner(purpose)
    if signal.kind == "trait.stated" and owner is not None:
        return _trait_problem(owner, signal, purpose)
    if owner is not None and signal.kind not in {"goal.stated", "goal.dropped"}:
        return (
            f"Not kept: pack `{owner.name}` keeps signals of its own kinds only for `{purpose}`, "
            f"and `{signal.kind}` is none of them."
        )
    return ""


def undeclared(loaded: Loaded, signal: Signal, purpose: str) -> str:
    """Say why packs do not keep a signal that was kept elsewhere, however old it is; or ""."""
    if signal.kind in CONTROL_KINDS:
        return ""
    return "" if signal.at is None else signal_problem(loaded, signal, purpose, signal.at)


def _kind_problem(loaded: Loaded, pack: Pack, signal: Signal, purpose: str, now: datetime) -> str:
    kind = loaded.kinds.get(signal.kind)
    what = f"signal `{signal.kind}`"
    if kind is None:
        return f"Not kept: pack `{pack.name}` declares no {what}."
    if purpose != kind.purpose:
        return f"Not kept: {what} is kept for `{kind.purpose}`, not for `{purpose}`."
    for name, value in signal.data.items():
        if name not in kind.data:
            return f"Not kept: {what} has no field `{name}`; no purpose needs it."
        if not _IS[kind.data[name]](value):
            return f"Not kept: `{name}` of {what} must be a {kind.data[name]}."
    if signal.at is not None and (now - signal.at).total_seconds() > loaded.kept_for[kind.name]:
        return f"Not kept: {what} is kept for {kind.retention}, and this one is older than that."
    return ""


def _trait_problem(pack: Pack, signal: Signal, purpose: str) -> str:
    known = {one.name for one in pack.traits if one.purpose == purpose} | _OF_ENGINE
    strange = next((name for name in signal.data if name not in known), "")
    if strange:
        return f"Not kept: pack `{pack.name}` needs no trait `{strange}` for `{purpose}`."
    return ""


def end_what_is_over(memory: Memory, now: datetime) -> int:
    """Empty signals past their retention, of some people at a time; give how many signals.

    Raises:
        StoreError: When it could not be done now; the next call does it.
    """
    watch, at = memory.watch, now.timestamp()
    with memory.lock:
        people = watch.over(at, AT_ONCE)
    if not people:
        return 0
    left: list[tuple[str, float]] = []

    def is_over(fact: Fact) -> bool:
        end = watch.end_of(fact)
        if end >= at:
            left.append((fact.person, end))
        return end < at

    try:
        removed = memory.store.remove(people, is_over)
    except BaseException:
        left = [(person, at) for person in people]
        raise
    finally:
        with memory.lock:
            for person, end in left:
                watch.ends(person, end)
            for person in people:
                memory.people.drop([memory.people.home(person)])
    return removed
